"""Partners hear how their requests go and what is away: ids and states, written with what they tell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.test import override_settings

from yuqiao.accounts import tokens
from yuqiao.accounts.models import Person
from yuqiao.hooks import kinds, services
from yuqiao.hooks.models import HookEvent
from yuqiao.hotline import orders, outages, outgoing, partners
from yuqiao.hotline.models import Line, Order, PartnerRequest, Service
from yuqiao.hotline.tests.rows import interpreter
from yuqiao.hotline.tests.test_callbacks import ALL_DAY, OUTBOUND, Back
from yuqiao.lib.clock import now
from yuqiao.workforce.models import Interpreter

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

KIM = "13900000002"


@pytest.fixture(autouse=True)
def _outbound() -> Iterator[None]:
    with override_settings(OUTBOUND_CONTACT=OUTBOUND, CALLBACK_HOURS=ALL_DAY, SCHEDULED_ATTEMPTS=2):
        yield


@pytest.fixture
def partner() -> Person:
    """A partner's person with an address that is told everything, and another's who must hear nothing of it."""
    other = Person.objects.create(username="other")
    services.register(other, "x", "https://other.example/", [one for one in kinds.BY_NAME if "request" in one], by=None)
    mine = Person.objects.create(username="partner")
    services.register(mine, "x", "https://partner.example/", list(kinds.BY_NAME), by=None)
    return mine


def ask(of: Person, key: str = "a-1") -> PartnerRequest:
    token, _ = tokens.issue(of, "x", [tokens.Scope.REQUEST], 1, by=None)
    return partners.ask(token, key, orders.Wanted(KIM, "en", now(), note="住院"))[0]


def told() -> list[tuple[str, object, object]]:
    """What was told, with state and outcome; each to one address alone."""
    events = HookEvent.objects.order_by("at", "pk").prefetch_related("deliveries__hook")
    assert all(one.deliveries.get().hook.url == "https://partner.example/" for one in events)
    assert KIM not in repr(list(events.values()))
    return [(one.kind.partition(".")[2], one.data.get("state"), one.data.get("outcome")) for one in events]


def test_a_request_from_its_wish_to_its_end(partner: Person) -> None:
    interpreter("1001")
    ask(partner)
    assert told() == [("queued", "waiting", "")]
    back = Back()
    assert told()[1:] == [("ringing", "calling", "")]
    li, kim = back.up("interpreter"), back.up("caller")
    assert told()[2:] == [("answered", "talking", "")]
    back.over(kim, li)
    assert told()[3:] == [("ended", "done", "answered")]
    assert len({one.subject for one in HookEvent.objects.all()}) == 1


def test_a_request_whose_person_is_not_reached_waits_again_and_fails_at_last(partner: Person) -> None:
    interpreter("1001")
    ask(partner)
    for _ in range(2):
        back = Back()
        li = back.up("interpreter")
        back.over(back.call.principal, li, cause=19)
        Order.objects.filter(done_at=None).update(next_try_at=now())
        interpreter_ready()
    assert [name for name, _, _ in told()] == ["queued", "ringing", "queued", "ringing", "failed"]
    assert told()[-1] == ("failed", "done", "not_reached")


def interpreter_ready() -> None:
    Interpreter.objects.exclude(state="off").update(state="ready")


def test_a_request_taken_back_ended_and_one_too_late_failed(partner: Person) -> None:
    first = ask(partner)
    partners.call_off(first.order, first.token)
    second = ask(partner, "a-2")
    Order.objects.filter(pk=second.order_id).update(latest_at=now() - dt.timedelta(seconds=1), next_try_at=now())
    assert list(outgoing.due(now())) == []
    assert told() == [
        ("queued", "waiting", ""),
        ("ended", "done", "cancelled"),
        ("queued", "waiting", ""),
        ("failed", "done", "missed"),
    ]


def test_an_order_of_our_own_is_told_nobody(partner: Person) -> None:
    orders.cancel(orders.arrange(orders.Wanted(KIM, "en", now()), by=partner), by=partner)
    assert told() == []


def test_what_is_away_is_told_once_and_that_it_is_back(partner: Person) -> None:
    for _ in range(3):
        outages.began(Service.MEDIA, now(), outages.ENGINE_UNREACHABLE)
    outages.over(Service.MEDIA, now())
    outages.over(Service.MEDIA, now())
    line = Line.objects.create(number="110", name_zh="公安", line_class="emergency")
    entered = outages.enter("line", now() - dt.timedelta(hours=1), None, "断线", by=partner, line=line)
    outages.close(entered, now(), by=partner)
    wrong = outages.enter("trunk", now() - dt.timedelta(hours=1), None, "误报", by=partner)
    outages.withdraw(wrong, "没有中断", by=partner)
    events = HookEvent.objects.order_by("at", "pk").values_list("kind", "data")
    assert [(kind, data["service"], data["line"]) for kind, data in events] == [
        ("service.down", "media", ""),
        ("service.up", "media", ""),
        ("service.down", "line", "110"),
        ("service.up", "line", "110"),
        ("service.down", "trunk", ""),
        ("service.up", "trunk", ""),
    ]
