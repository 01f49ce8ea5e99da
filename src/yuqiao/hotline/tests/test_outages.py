"""The outage log, written by the machine from its lease and by people; availability is exact and follows at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager
from unittest import mock

import pytest

from yuqiao.accounts.models import JournalEntry, Person
from yuqiao.hotline import outages
from yuqiao.hotline.figures.availability import Availability, availability, rows
from yuqiao.hotline.figures.catalogue import BY_CODE
from yuqiao.hotline.figures.definition import Part, Scope
from yuqiao.hotline.figures.report import totals
from yuqiao.hotline.models import Call, Lease, Outage, Recording, Service
from yuqiao.hotline.services import drop_lease, hold_lease
from yuqiao.hotline.tests.rows import line
from yuqiao.lib import clock

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NOON = dt.datetime(2026, 3, 5, 4, tzinfo=dt.UTC)
MINUTE, SECOND = dt.timedelta(minutes=1), dt.timedelta(seconds=1)
HOUR = Scope(NOON, NOON + 60 * MINUTE, at=NOON + 90 * MINUTE)


@pytest.fixture
def mei(db: None) -> Person:
    return Person.objects.create(username="mei")


def away(service: str, begin: float, end: float | None, **more: object) -> Outage:
    """Write an outage from and to so many minutes after noon."""
    return Outage.objects.create(
        service=service,
        began_at=NOON + begin * MINUTE,
        ended_at=None if end is None else NOON + end * MINUTE,
        entered_at=NOON,
        cause="test",
        **more,
    )


def at(moment: dt.datetime) -> AbstractContextManager[object]:
    return mock.patch.object(clock, "now", return_value=moment)


def test_overlaps_count_once_and_edges_are_cut() -> None:
    away("calls", -10, 6)
    away("media", 3, 12)
    away("web", 20, 30)  # callers do not need it
    away("trunk", 59, 70)
    away("media", 40, 50, withdrawn_at=NOON)
    assert availability(HOUR) == Availability(scheduled=3_600_000, down=13 * 60_000)


def test_announced_maintenance_is_not_scheduled_time_and_what_exceeds_it_counts() -> None:
    away("calls", -60, -59)
    away("calls", 10, 20, planned=True)
    away("calls", 12, 25)
    assert availability(HOUR) == Availability(scheduled=50 * 60_000, down=5 * 60_000)
    assert rows(HOUR).count() == 1
    assert rows(HOUR, Part.DENOMINATOR).count() == 1


def test_what_lasts_counts_up_to_now_and_nothing_is_scheduled_before_the_platform_began() -> None:
    assert availability(HOUR) == Availability(0, 0)
    away("media", 30, None)
    now = Scope(NOON, NOON + 60 * MINUTE, at=NOON + 45 * MINUTE)
    assert availability(now) == Availability(15 * 60_000, 15 * 60_000)


def test_a_line_has_its_own_outages_besides() -> None:
    own = line()
    away("calls", 0, 1)
    away("line", 10, 20, line=own)
    assert availability(HOUR).down == 60_000
    assert availability(Scope(HOUR.since, HOUR.until, line=own.pk, at=HOUR.at)).down == 11 * 60_000


def test_the_figure_leads_to_its_outages() -> None:
    one = away("calls", 0, 3)
    found = totals(HOUR, [BY_CODE["availability"]])["availability"]
    assert (found.numerator, found.denominator) == (57 * 60_000, 60 * 60_000)
    assert list(BY_CODE["availability"].rows(HOUR)) == [one]


def test_the_next_call_server_writes_the_gap_and_closes_it_when_it_is_at_work() -> None:
    with at(NOON):
        assert hold_lease("calls", "first", 4.0)
        assert outages.took_over(NOON) is None, "the very first one follows nobody"
    with at(NOON + SECOND):
        assert hold_lease("calls", "first", 4.0)
    assert outages.away_since(NOON + 5 * SECOND) is None
    assert outages.away_since(NOON + 9 * SECOND) == NOON + SECOND
    later = NOON + 10 * SECOND
    with at(later):
        assert hold_lease("calls", "second", 4.0)
        assert outages.took_over(later) == NOON + SECOND
        outages.took_over(later)
    with at(later + SECOND):
        hold_lease("calls", "second", 4.0)
    one = Outage.objects.get()
    assert (one.service, one.began_at, one.ended_at, one.automatic) == ("calls", NOON + SECOND, None, True)
    assert outages.over(Service.CALLS, later + 2 * SECOND) == 1
    assert outages.over(Service.CALLS, later + 3 * SECOND) == 0
    one.refresh_from_db()
    assert one.ended_at == later + 2 * SECOND


def test_an_orderly_hand_over_is_no_outage() -> None:
    with at(NOON):
        hold_lease("calls", "first", 4.0)
        hold_lease("calls", "first", 4.0)
        drop_lease("calls", "first")
    with at(NOON + SECOND):
        assert hold_lease("calls", "second", 4.0)
        assert outages.took_over(NOON + SECOND) is None
    assert not Outage.objects.exists()


def test_a_silent_call_server_counts_before_anybody_wrote_it_down() -> None:
    away("media", -60, -59)
    Lease.objects.create(name="calls", holder="gone", until=NOON, alive_at=NOON + 10 * MINUTE)
    assert availability(Scope(NOON, HOUR.until, at=NOON + 30 * MINUTE)).down == 20 * 60_000


def test_one_open_row_for_each_service() -> None:
    outages.began(Service.MEDIA, NOON, outages.ENGINE_UNREACHABLE)
    outages.began(Service.MEDIA, NOON + MINUTE, outages.ENGINE_UNREACHABLE)
    outages.lapsed(NOON, NOON + 6 * SECOND)
    assert sorted(Outage.objects.values_list("service", "began_at")) == [("calls", NOON), ("media", NOON)]


def test_people_enter_announce_explain_close_and_withdraw_each_in_the_journal(mei: Person) -> None:
    with at(NOON):
        lasting = outages.enter("trunk", NOON - MINUTE, None, "运营商割接", by=mei)
        outages.announce("calls", NOON + MINUTE, NOON + 5 * MINUTE, "upgrade", by=mei)
        outages.explain(lasting, "fibre cut", by=mei)
        outages.close(lasting, NOON, by=mei)
        outages.withdraw(lasting, "the wrong trunk", by=mei)
    lasting.refresh_from_db()
    assert (lasting.cause, lasting.ended_at, lasting.withdrawn_by) == ("fibre cut", NOON, mei)
    acts = ["outage.enter", "outage.announce", "outage.explain", "outage.close", "outage.withdraw"]
    assert list(JournalEntry.objects.values_list("action", flat=True)) == acts


def test_what_makes_no_sense_is_refused(mei: Person) -> None:
    own = line()
    with at(NOON):
        refused: dict[str, Callable[[], object]] = {
            "past": lambda: outages.enter("calls", NOON + MINUTE, None, "x", by=mei),
            "future": lambda: outages.announce("calls", NOON - MINUTE, NOON + MINUTE, "x", by=mei),
            "service": lambda: outages.enter("line", NOON - MINUTE, None, "x", by=mei),
            "words": lambda: outages.enter("line", NOON - MINUTE, None, " ", by=mei, line=own),
        }
        for code, wrong in refused.items():
            with pytest.raises(outages.OutageError) as error:
                wrong()
            assert error.value.code == code
        past = outages.enter("web", NOON - 2 * MINUTE, NOON - MINUTE, "x", by=mei)
        with pytest.raises(outages.OutageError, match="closed"):
            outages.close(past, NOON, by=mei)
        outages.withdraw(past, "wrong", by=mei)
        with pytest.raises(outages.OutageError, match="closed"):
            outages.withdraw(past, "again", by=mei)
    assert Outage.objects.count() == 1


def test_recordings_that_cannot_be_written_are_an_alarm_and_no_downtime() -> None:
    in_use = away("calls", -10, -9)
    outages.recordings(NOON, works=False)
    outages.recordings(NOON + MINUTE, works=False)
    assert outages.unwritable_since() == NOON
    assert availability(HOUR) == Availability(60 * 60_000, 0), "calls go on"
    outages.recordings(NOON + 2 * MINUTE, works=True)
    assert outages.unwritable_since() is None
    (lasted,) = Outage.objects.exclude(pk=in_use.pk).values_list("began_at", "ended_at")
    assert lasted == (NOON, NOON + 2 * MINUTE)


def test_an_alarm_whose_call_ended_is_over_once_a_later_recording_was_completed() -> None:
    outages.recordings(NOON, works=False)
    call = Call.objects.create(line=line(), started_at=NOON, dialled="1")
    for name, at, lasted in (("before", -1, 5000), ("failed", 1, 0), ("running", 2, None)):
        Recording.objects.create(
            call=call, kind="segment", name=name, created_at=NOON + at * MINUTE, duration_ms=lasted, path=f"{name}.wav"
        )
    outages.recordings_proved(NOON + 3 * MINUTE)
    assert outages.unwritable_since() == NOON
    Recording.objects.filter(name="running").update(duration_ms=2500)
    outages.recordings_proved(NOON + 4 * MINUTE)
    assert outages.unwritable_since() is None
    outages.recordings_proved(NOON + 5 * MINUTE)
    assert Outage.objects.get().ended_at == NOON + 4 * MINUTE
