"""Decisions of routing are deleted when they were kept long enough, the oldest first, a few at a time."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import override_settings

from yuqiao.accounts.models import JournalEntry
from yuqiao.hotline import decisions
from yuqiao.hotline.models import InterpreterRequest, RoutingDecision
from yuqiao.hotline.reminders import do_due
from yuqiao.hotline.tests.rows import OneCall, interpreter, line
from yuqiao.lib import clock

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def decided(*ages: int) -> None:
    """Write decisions of so many days ago, in this order."""
    line()
    interpreter("1")
    OneCall()
    RoutingDecision.objects.all().delete()
    request, now = InterpreterRequest.objects.get(), clock.now()
    RoutingDecision.objects.bulk_create(
        RoutingDecision(request=request, at=now - dt.timedelta(days=age), waited_ms=0, outcome="rung") for age in ages
    )


def test_the_clock_deletes_what_is_older_than_the_settings_say(monkeypatch: pytest.MonkeyPatch) -> None:
    decided(800, 400, 366, 364, 1)
    monkeypatch.setattr(decisions, "AT_ONCE", 2)
    do_due(clock.now())
    assert RoutingDecision.objects.count() == 3, "so many at once"
    do_due(clock.now())
    do_due(clock.now())
    ages = [(clock.now() - one.at).days for one in RoutingDecision.objects.all()]
    assert ages == [364, 1]
    told = JournalEntry.objects.filter(action="decisions.prune").values_list("detail", flat=True)
    assert [one["count"] for one in told] == [2, 1]
    assert decisions.prune(clock.now()) == 0


@override_settings(DECISIONS_DAYS=30)
def test_a_city_may_keep_them_for_less() -> None:
    decided(31, 29)
    assert decisions.prune(clock.now()) == 1
