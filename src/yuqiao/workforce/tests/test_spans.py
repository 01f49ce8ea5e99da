"""Times signed on, on a break and wrapping up: one row each, without gap or overlap, written with the presence."""

from __future__ import annotations

import datetime as dt

import pytest

from yuqiao.accounts.models import Person
from yuqiao.workforce import services, spans
from yuqiao.workforce.models import Interpreter, PresenceSpan, PresenceState

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NOON = dt.datetime(2026, 3, 5, 4, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def li(db: None) -> Interpreter:
    return Interpreter.objects.create(
        person=Person.objects.create(username="li"), number="1001", contact="sip:li", state_since=NOON
    )


def rows() -> list[tuple[str, float, float | None]]:
    """Return kind, begin and length of each span in minutes after noon."""
    return [
        (one.kind, (one.began_at - NOON) / MINUTE, None if one.lasted is None else one.lasted / MINUTE)
        for one in PresenceSpan.objects.order_by("began_at", "id")
    ]


def test_a_day_on_with_a_break(li: Interpreter) -> None:
    for minute, state in ((0, "ready"), (1, "ready"), (60, "break"), (75, "ready"), (100, "off"), (101, "off")):
        spans.chose(li.pk, PresenceState(state), NOON + minute * MINUTE)
    assert rows() == [("on", 0, 60), ("break", 60, 15), ("on", 75, 25)]


def test_choosing_writes_them(li: Interpreter) -> None:
    services.set_presence(li.pk, "ready", li.person)
    services.set_presence(li.pk, "off", li.person)
    ((kind, _begin, lasted),) = rows()
    assert kind == "on"
    assert lasted is not None
    assert lasted >= 0


def test_a_dead_phone_ends_the_time_signed_on(li: Interpreter) -> None:
    spans.chose(li.pk, PresenceState.READY, NOON)
    Interpreter.objects.filter(pk=li.pk).update(state="busy", held_by="request")
    assert services.release("request", "off", NOON + 5 * MINUTE, li.pk) == 1
    assert rows() == [("on", 0, 5)]


def test_a_wrap_up_is_written_when_it_is_over_and_once(li: Interpreter) -> None:
    spans.chose(li.pk, PresenceState.READY, NOON)
    Interpreter.objects.filter(pk=li.pk).update(state="wrap_up", state_since=NOON + MINUTE)
    assert services.end_wrap_ups(NOON + 2 * MINUTE, 120) == 0
    assert services.end_wrap_ups(NOON + 3 * MINUTE, 120) == 1
    assert services.end_wrap_ups(NOON + 4 * MINUTE, 120) == 0
    assert rows() == [("on", 0, None), ("wrap_up", 1, 2)]


def test_a_wrap_up_she_ends_herself_counts_as_long_as_it_was(li: Interpreter) -> None:
    services.set_presence(li.pk, "ready", li.person)
    Interpreter.objects.filter(pk=li.pk).update(state="wrap_up", state_since=NOON)
    services.set_presence(li.pk, "ready", li.person)
    assert [kind for kind, *_ in rows()] == ["wrap_up", "on"]


def test_who_is_not_signed_on_has_no_wrap_up(li: Interpreter) -> None:
    Interpreter.objects.filter(pk=li.pk).update(state="wrap_up", state_since=NOON)
    assert services.end_wrap_ups(NOON + 3 * MINUTE, 60) == 1
    assert rows() == []
