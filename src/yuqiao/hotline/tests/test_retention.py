"""How long recordings are kept: each class its days, what keeps one longer, and that gone means gone and shown."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.accounts.models import JournalEntry, Person
from yuqiao.hotline import jobs, keeping, kept_levels, retention
from yuqiao.hotline.keeping import MISSING, UNPROVED, Finding, verify
from yuqiao.hotline.models import Call, Complaint, Line, Violation
from yuqiao.hotline.recordings import finish
from yuqiao.hotline.retention import HoldError, Why, due, kept_of
from yuqiao.hotline.tests.test_keeping import recorded
from yuqiao.lib import clock
from yuqiao.lib.environment import SettingError, days_by_class, read
from yuqiao.workforce.models import Interpreter

pytestmark = [pytest.mark.database, pytest.mark.django_db]
DAY = dt.timedelta(days=1)


@pytest.fixture
def root(tmp_path: Path, settings: Any) -> Path:
    settings.RECORDINGS_DIR = tmp_path
    settings.RAW_RECORDINGS_DAYS = 30
    settings.RECORDINGS_DAYS = {"": 100, "emergency": 500, "own": -1}
    return tmp_path


def aged(root: Path, days: float, line_class: str = "") -> Call:
    """A finished recording of a call that ended so many days ago."""
    call = recorded(root)
    ended = clock.now() - days * DAY
    length = call.ended_at - call.answered_at if call.ended_at and call.answered_at else dt.timedelta()
    line = Line.objects.create(number=f"9{call.pk}"[:30], name_zh="线", line_class=line_class) if line_class else None
    Call.objects.filter(pk=call.pk).update(ended_at=ended, answered_at=ended - length, line=line)
    finish(str(call.pk))
    return Call.objects.get(pk=call.pk)


def files(root: Path) -> list[Path]:
    return [path for path in root.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("line_class", "days", "goes"),
    [
        ("", 99, False),
        ("", 101, True),
        ("government", 101, True),
        ("emergency", 499, False),
        ("emergency", 501, True),
        ("own", 9000, False),
    ],
)
def test_each_class_of_lines_has_its_days(root: Path, line_class: str, days: int, goes: bool) -> None:
    call = aged(root, days, line_class)
    assert due(clock.now()) == ([str(call.pk)] if goes else [])
    assert retention.expire(str(call.pk)) == (6 if goes else 0)
    assert bool(files(root)) is not goes


def test_what_is_gone_is_gone_everywhere_and_the_journal_says_so(root: Path) -> None:
    call = aged(root, 101)
    hashes = dict(call.recordings.filter(kind__in=["track", "mix"]).values_list("name", "sha256"))
    assert jobs.expire_recordings.call(str(call.pk)) == 6, "three segments, two tracks, the mix"
    assert files(root) == [], "marks and levels, too"
    assert JournalEntry.objects.get(action="recording.expire").detail == {"files": 6, "days": 100}
    assert dict(call.recordings.filter(kind__in=["track", "mix"]).values_list("name", "sha256")) == hashes
    assert verify() == [], "what went at its time is not missed"
    assert kept_of(call).gone
    assert jobs.expire_recordings.call(str(call.pk)) == 0
    assert jobs.remove_segments.call(str(call.pk)) == 0
    assert jobs.finish_recordings.call(str(call.pk)) == 3, "nothing is made anew"
    assert (files(root), keeping.unfinished(clock.now())) == ([], [])
    assert JournalEntry.objects.filter(action="recording.expire").count() == 1


def test_a_file_that_only_the_row_gave_up_is_named(root: Path) -> None:
    call = aged(root, 1)
    row = call.recordings.get(kind="mix")
    (root / row.path).unlink()
    type(row).objects.filter(pk=row.pk).update(path="")
    assert verify() == [Finding(MISSING, row.name, str(call.pk)), Finding(UNPROVED, row.name, str(call.pk))]


def test_what_died_in_between_is_done_by_the_next_round(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    call = aged(root, 101)

    def fails(*_args: object) -> None:
        raise OSError("the disk is gone")

    with monkeypatch.context() as broken:
        broken.setattr(kept_levels, "forget", fails)
        with pytest.raises(OSError, match="disk"):
            retention.expire(str(call.pk))
    assert due(clock.now()) == [str(call.pk)]
    retention.expire(str(call.pk))
    assert (files(root), due(clock.now()), verify()) == ([], [], [])


def a_violation(call: Call, state: str) -> None:
    person = Person.objects.create(username="li")
    li = Interpreter.objects.create(number="1001", person=person, state_since=clock.now())
    at = clock.now()
    Violation.objects.create(kind="rude", state=state, interpreter=li, call=call, happened_at=at, proposed_at=at)


@pytest.mark.parametrize("state", ["proposed", "confirmed", "dismissed", "annulled"])
def test_a_violation_keeps_its_proof_as_long_as_it_stands(root: Path, state: str) -> None:
    call = aged(root, 101)
    a_violation(call, state)
    stands = state in {"proposed", "confirmed"}
    assert (due(clock.now()) == []) is stands
    assert kept_of(call).why == (frozenset({Why.VIOLATION}) if stands else frozenset())
    assert (retention.expire(str(call.pk)) == 0) is stands


@pytest.mark.parametrize("state", ["new", "handling", "upheld", "unfounded"])
def test_a_complaint_keeps_the_recording_until_it_is_closed(root: Path, state: str) -> None:
    call = aged(root, 101)
    Complaint.objects.create(call=call, source="phone", text="…", state=state, made_at=clock.now())
    opened = state in {"new", "handling"}
    assert (due(clock.now()) == []) is opened
    assert (retention.expire(str(call.pk)) == 0) is opened


def test_a_hold_keeps_it_until_it_is_released_and_both_are_journaled(root: Path) -> None:
    call = aged(root, 101)
    boss = Person.objects.create(username="boss")
    retention.hold(call, "  Case 17 at the district court ", by=boss)
    assert (due(clock.now()), retention.expire(str(call.pk))) == ([], 0)
    kept = kept_of(call)
    assert kept.hold is not None
    assert (kept.why, kept.hold.reason) == (frozenset({Why.HELD}), "Case 17 at the district court")
    with pytest.raises(HoldError, match="held"):
        retention.hold(call, "again", by=boss)
    retention.release(call, by=boss)
    assert due(clock.now()) == [str(call.pk)]
    with pytest.raises(HoldError, match="free"):
        retention.release(call, by=boss)
    acts = JournalEntry.objects.filter(actor=boss).order_by("id").values_list("action", flat=True)
    assert list(acts) == ["recording.keep_longer", "recording.keep_no_longer"]


@pytest.mark.parametrize("reason", ["", "   ", "x" * 301])
def test_a_hold_needs_a_reason(root: Path, reason: str) -> None:
    with pytest.raises(HoldError, match="reason"):
        retention.hold(aged(root, 1), reason, by=Person.objects.create(username="boss"))


def test_what_is_gone_cannot_be_held(root: Path) -> None:
    call = aged(root, 101)
    retention.expire(str(call.pk))
    with pytest.raises(HoldError, match="gone"):
        retention.hold(call, "too late", by=Person.objects.create(username="boss"))


def test_a_round_begins_the_job_and_nothing_goes_without_days(root: Path, settings: Any) -> None:
    call = aged(root, 101)
    settings.RAW_RECORDINGS_DAYS = -1
    assert jobs.look_after_recordings.call() == 1
    settings.RECORDINGS_DAYS = {"": -1}
    assert due(clock.now() + 99999 * DAY) == []
    assert kept_of(call).until is None


@given(st.dictionaries(st.sampled_from(["emergency", "government", "public", "own"]), st.integers(-1, 9999)))
def test_days_are_read_as_they_are_written(days: dict[str, int]) -> None:
    written = " ".join(["365", *(f"{name}:{one}" for name, one in days.items())])
    assert days_by_class(written) == {"": 365, **days}


def test_a_class_that_no_line_has_is_named(settings: Any) -> None:
    settings.RECORDINGS_DAYS = {"": 365, "urgent": 9}
    with pytest.raises(ImproperlyConfigured, match="urgent; there are emergency, government"):
        apps.get_app_config("hotline").ready()


@given(st.text("0123456789 :-aé\t", max_size=20))
def test_whatever_is_written_is_read_or_refused(raw: str) -> None:
    try:
        days = days_by_class(raw)
    except ValueError as error:
        assert "such as 1095" in str(error)  # noqa: PT017 (most texts are refused, some are not)
    else:
        assert "" in days


@pytest.mark.parametrize("raw", ["forever", "365 emergency", "365 own:1 own:2", "own:3", "3.5", "365 :4", "365 own:x"])
def test_days_that_make_no_sense_name_the_setting(raw: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YUQIAO_RECORDINGS_DAYS", raw)
    with pytest.raises(SettingError, match=r"YUQIAO_RECORDINGS_DAYS=.*1095 emergency:1825"):
        read("YUQIAO_RECORDINGS_DAYS", days_by_class)
