"""After the call: lost jobs are repeated, segments go only when their tracks are proved, and tampering shows."""

from __future__ import annotations

import datetime as dt
import os
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django_tasks_db.models import DBTaskResult

from yuqiao.accounts.models import JournalEntry
from yuqiao.hotline import jobs, keeping
from yuqiao.hotline.keeping import CHANGED, EXCHANGED, MISSING, UNKNOWN, UNPROVED, Finding, verify
from yuqiao.hotline.models import Call, Recording
from yuqiao.hotline.recordings import finish, sha256_of
from yuqiao.hotline.tests.test_finished_recordings import a_call, a_leg, a_segment
from yuqiao.hotline.tracks import read_samples
from yuqiao.lib import clock

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def root(tmp_path: Path, settings: Any) -> Path:
    settings.RECORDINGS_DIR = tmp_path
    settings.RAW_RECORDINGS_DAYS = 30
    return tmp_path


def recorded(root: Path, *, hertz: float = 440) -> Call:
    """An ended call with a caller, an interpreter and the mix, not finished yet."""
    call = a_call()
    a_segment(root, call, a_leg(call, "caller"), at=0.5, hertz=hertz)
    a_segment(root, call, a_leg(call, "interpreter"), at=1, hertz=hertz + 300)
    a_segment(root, call, None, at=0.5, hertz=hertz + 600)
    return call


@pytest.fixture
def call(root: Path) -> Call:
    made = recorded(root)
    finish(str(made.pk))
    assert verify() == []
    return made


def track(call: Call, root: Path, name: str = "caller-1.flac") -> Path:
    return root / "finished" / str(call.pk) / name


def told(call: Call, kind: str, name: str = "caller-1.flac", other: str = "") -> Finding:
    return Finding(kind, f"finished/{call.pk}/{name}", str(call.pk), other)


def test_one_changed_byte_is_named(call: Call, root: Path) -> None:
    data = bytearray(track(call, root).read_bytes())
    data[len(data) // 2] ^= 1
    track(call, root).write_bytes(data)
    assert verify() == [told(call, CHANGED)]
    out = StringIO()
    with pytest.raises(CommandError, match="1 findings"):
        call_command("verify_recordings", stdout=out)
    assert f"changed: finished/{call.pk}/caller-1.flac" in out.getvalue()


def test_a_changed_mark_is_named(call: Call, root: Path) -> None:
    marks = track(call, root, "marks.json")
    marks.write_text(marks.read_text().replace("440", "441") + " ")
    assert verify() == [told(call, CHANGED, "marks.json")]


def test_a_removed_file_is_named(call: Call, root: Path) -> None:
    track(call, root, "mix.flac").unlink()
    assert verify() == [told(call, MISSING, "mix.flac")]


def test_exchanged_files_are_named_with_what_they_hold(call: Call, root: Path) -> None:
    one, two = track(call, root), track(call, root, "interpreter-1.flac")
    first, second = one.read_bytes(), two.read_bytes()
    one.write_bytes(second)
    two.write_bytes(first)
    base = f"finished/{call.pk}"
    assert verify() == [
        told(call, EXCHANGED, "caller-1.flac", f"holds {base}/interpreter-1.flac"),
        told(call, EXCHANGED, "interpreter-1.flac", f"holds {base}/caller-1.flac"),
    ]


def test_a_row_made_to_fit_a_changed_file_shows_too(call: Call, root: Path) -> None:
    track(call, root).write_bytes(track(call, root, "mix.flac").read_bytes() + b"more")
    row = call.recordings.get(kind="track", leg__role="caller")
    Recording.objects.filter(pk=row.pk).update(sha256=sha256_of(track(call, root)))
    assert verify() == [told(call, CHANGED), told(call, UNPROVED)]


def test_a_file_that_nobody_made_is_named(call: Call, root: Path) -> None:
    track(call, root, "extra.flac").write_bytes(b"fLaC")
    (root / "stray.wav").write_bytes(b"RIFF")
    assert verify() == [
        Finding(UNKNOWN, f"finished/{call.pk}/extra.flac"),
        Finding(UNKNOWN, "stray.wav"),
    ]


def test_what_a_refusal_deleted_is_not_missed(call: Call) -> None:
    Call.objects.filter(pk=call.pk).update(consent="refused")
    jobs.discard_recordings.call(str(call.pk))
    assert verify() == []


def test_the_command_is_content_when_all_is_as_made(call: Call) -> None:
    out = StringIO()
    call_command("verify_recordings", stdout=out)
    assert "3 finished recordings, all as made" in out.getvalue()
    assert call.pk


def test_segments_go_after_the_tracks_are_proved_and_their_time_is_over(call: Call, root: Path) -> None:
    now = clock.now()
    assert keeping.outlived(now + dt.timedelta(days=29)) == []
    assert keeping.outlived(now + dt.timedelta(days=31)) == [str(call.pk)]
    assert jobs.remove_segments.call(str(call.pk)) == 3
    assert not list(root.glob("*.wav"))
    assert keeping.outlived(now + dt.timedelta(days=31)) == []
    assert JournalEntry.objects.get(action="recording.raw_removed").detail == {"files": 3}
    assert verify() == []
    before = {row.path: row.sha256 for row in call.recordings.filter(kind__in=["track", "mix"])}
    assert finish(str(call.pk)) == 3, "and nothing is made of silence in their place"
    assert {path: sha256_of(root / path) for path in before} == before
    assert read_samples(track(call, root)).any()


@pytest.mark.parametrize("harm", ["change", "remove", "row"])
def test_nothing_is_deleted_that_is_not_proved(call: Call, root: Path, harm: str) -> None:
    if harm == "change":
        track(call, root).write_bytes(b"fLaC")
    elif harm == "remove":
        track(call, root, "mix.flac").unlink()
    else:
        call.recordings.filter(kind="mix").update(sha256="0" * 64)
    assert keeping.remove_raw(str(call.pk)) == 0
    assert len(list(root.glob("*.wav"))) == 3
    assert not JournalEntry.objects.filter(action="recording.raw_removed").exists()


def test_segments_of_a_call_without_finished_tracks_stay(root: Path) -> None:
    call = recorded(root)
    assert keeping.remove_raw(str(call.pk)) == 0
    assert len(list(root.glob("*.wav"))) == 3


def test_kept_for_ever_or_not_a_day(call: Call, settings: Any) -> None:
    settings.RAW_RECORDINGS_DAYS = -1
    assert keeping.outlived(clock.now() + dt.timedelta(days=10000)) == []
    settings.RAW_RECORDINGS_DAYS = 0
    assert keeping.outlived(clock.now()) == [str(call.pk)]


def test_a_round_repeats_what_died_and_comes_back(root: Path) -> None:
    call, refused = recorded(root), recorded(root, hertz=500)
    Call.objects.filter(pk=refused.pk).update(consent="refused")
    a_call()  # never recorded
    running = recorded(root)
    Call.objects.filter(pk=running.pk).update(ended_at=None)
    assert jobs.look_after_recordings.call() == 2
    asked = {(one.task_path.rpartition(".")[2], *one.args_kwargs["args"]) for one in DBTaskResult.objects.all()}
    assert asked == {
        ("finish_recordings", str(call.pk)),
        ("discard_recordings", str(refused.pk)),
        ("look_after_recordings",),
    }
    jobs.finish_recordings.call(str(call.pk))
    jobs.discard_recordings.call(str(refused.pk))
    assert jobs.look_after_recordings.call() == 0
    rounds = DBTaskResult.objects.filter(task_path__endswith="look_after_recordings")
    assert rounds.count() == 1, "the next one, once"
    assert jobs.look_after_soon()
    assert not jobs.look_after_soon()
    assert rounds.count() == 2, "one at once, for what died with the worker"


def test_what_a_dead_worker_was_writing_is_swept(call: Call, root: Path) -> None:
    left, fresh = (track(call, root, f"mix.flac.{pid}.part") for pid in (1, 2))
    left.write_bytes(b"fLaC")
    fresh.write_bytes(b"fLaC")
    an_hour_ago = clock.now().timestamp() - 3700
    os.utime(left, (an_hour_ago, an_hour_ago))
    jobs.look_after_recordings.call()
    assert (left.exists(), fresh.exists()) == (False, True)


def test_a_job_that_was_interrupted_is_not_taken_for_lost_before_it_had_its_time(root: Path) -> None:
    call = recorded(root)
    assert call.ended_at is not None
    assert keeping.unfinished(call.ended_at + dt.timedelta(seconds=10)) == []
    assert keeping.unfinished(call.ended_at + dt.timedelta(minutes=3)) == [str(call.pk)]
