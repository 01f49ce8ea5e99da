"""Finished tracks as FLAC: bit by bit what the segments hold, gaps marked, hashes in the journal, safe to interrupt."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.accounts.models import JournalEntry
from yuqiao.accounts.services import verify_journal
from yuqiao.hotline import gaps, recordings
from yuqiao.hotline.gaps import LOST, PAUSED, Gap, Piece
from yuqiao.hotline.models import Call, CallEvent, Leg, Recording
from yuqiao.hotline.recordings import NotKeptError, finish, sha256_of
from yuqiao.hotline.tracks import RATE, decode_flac, encode_flac, read_samples, write_wav
from yuqiao.lib.tone import sine

pytestmark = [pytest.mark.database, pytest.mark.django_db]

ANSWERED = dt.datetime(2026, 11, 20, 8, 0, tzinfo=dt.UTC)
SECONDS = 6


def a_call(**more: Any) -> Call:
    """A call of six seconds."""
    return Call.objects.create(
        started_at=ANSWERED - dt.timedelta(seconds=2),
        answered_at=ANSWERED,
        ended_at=ANSWERED + dt.timedelta(seconds=SECONDS),
        phase="ended",
        dialled="960169",
        **more,
    )


def a_leg(call: Call, role: str) -> Leg:
    return Leg.objects.create(
        id=f"{call.pk}-{role}", call=call, role=role, created_at=ANSWERED, answered_at=ANSWERED, ended_at=call.ended_at
    )


def a_segment(root: Path, call: Call, leg: Leg | None, *, at: float, hertz: float, seconds: float = 1.0) -> Recording:
    name = f"{call.pk}-{call.recordings.count() + 1}"
    (root / f"{name}.wav").write_bytes(write_wav(sine(hertz, seconds, -15)))
    return Recording.objects.create(
        call=call,
        leg=leg,
        kind=Recording.Kind.SEGMENT if leg else Recording.Kind.MIX_SEGMENT,
        name=name,
        path=f"{name}.wav",
        offset_ms=round(at * 1000),
        duration_ms=round(seconds * 1000),
        created_at=ANSWERED + dt.timedelta(seconds=at),
    )


def an_event(call: Call, kind: str, at: float) -> None:
    CallEvent.objects.create(call=call, kind=kind, at=ANSWERED + dt.timedelta(seconds=at))


@pytest.fixture
def root(tmp_path: Path, settings: Any) -> Path:
    settings.RECORDINGS_DIR = tmp_path
    return tmp_path


@pytest.fixture
def call(root: Path) -> Call:
    """A call with a caller who was recorded in two pieces, an interpreter, and the mix."""
    made = a_call()
    caller, interpreter = a_leg(made, "caller"), a_leg(made, "interpreter")
    a_segment(root, made, caller, at=0.5, hertz=440)
    a_segment(root, made, caller, at=4.0, hertz=440)
    a_segment(root, made, interpreter, at=1.0, hertz=1000, seconds=2)
    a_segment(root, made, None, at=0.5, hertz=620, seconds=4)
    return made


def test_tracks_and_mix_are_as_long_as_the_call_and_hold_every_bit(call: Call, root: Path) -> None:
    assert finish(str(call.pk)) == 3
    rows = {Path(row.path).name: row for row in call.recordings.filter(kind__in=["track", "mix"])}
    assert set(rows) == {"caller-1.flac", "interpreter-1.flac", "mix.flac"}
    for row in rows.values():
        assert (root / row.path).read_bytes()[:4] == b"fLaC"
        assert len(read_samples(root / row.path)) == SECONDS * RATE
        assert (row.size, row.sha256) == ((root / row.path).stat().st_size, sha256_of(root / row.path))
        assert row.verified_at is not None
        assert row.gaps == []
    caller = read_samples(root / rows["caller-1.flac"].path)
    tone = sine(440, 1.0, -15)
    assert np.array_equal(caller[RATE // 2 : RATE // 2 + RATE], tone)
    assert np.array_equal(caller[4 * RATE : 5 * RATE], tone)
    assert not caller[RATE * 3 // 2 : 4 * RATE].any()


def test_hashes_enter_the_journal_with_the_rows(call: Call, root: Path) -> None:
    finish(str(call.pk))
    entry = JournalEntry.objects.get(action="recording.finish", subject_id=str(call.pk))
    told = {file["path"]: (file["sha256"], file["bytes"]) for file in entry.detail["files"]}
    on_disk = {p for p in (root / "finished").rglob("*") if p.is_file()}
    assert told == {str(p.relative_to(root)): (sha256_of(p), p.stat().st_size) for p in on_disk}
    assert verify_journal() == []


def test_a_pause_is_silent_in_every_track_and_marked_in_row_file_and_beside_it(call: Call, root: Path) -> None:
    an_event(call, "recording_paused", 2.5)
    an_event(call, "recording_resumed", 4.25)
    finish(str(call.pk))
    gap = {"begin_ms": 2500, "end_ms": 4250, "why": PAUSED}
    for row in call.recordings.filter(kind__in=["track", "mix"]):
        samples = read_samples(root / row.path)
        assert not samples[int(2.5 * RATE) : int(4.25 * RATE)].any()
        assert row.gaps == [gap]
        assert b"paused 2.500-4.250 s" in (root / row.path).read_bytes()[:4096]
    caller = call.recordings.get(kind="track", leg__role="caller")
    assert read_samples(root / caller.path)[int(4.25 * RATE) : 5 * RATE].any(), "and heard again after it"
    marks = json.loads((root / f"finished/{call.pk}/marks.json").read_text())
    assert marks["paused"] == [gap]
    assert {one["file"] for one in marks["tracks"]} == {"caller-1.flac", "interpreter-1.flac", "mix.flac"}


def test_what_a_full_disk_lost_is_marked_from_when_to_when(call: Call) -> None:
    first = call.recordings.order_by("id").first()
    assert first is not None
    Call.objects.filter(pk=call.pk).update(snapshot={"tracks": [{"name": first.name, "failed": True}]})
    finish(str(call.pk))
    caller = call.recordings.get(kind="track", leg__role="caller")
    assert caller.gaps == [{"begin_ms": 1500, "end_ms": 4000, "why": LOST}]
    assert call.recordings.get(kind="mix").gaps == []


def test_an_interrupted_job_loses_nothing_and_is_repeated(
    call: Call, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = {path.name: path.read_bytes() for path in root.glob("*.wav")}
    write, written = recordings._write, 0

    def die_at_the_second(target: Path, data: bytes) -> None:
        nonlocal written
        written += 1
        if written == 2:
            raise KeyboardInterrupt
        write(target, data)

    monkeypatch.setattr(recordings, "_write", die_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        finish(str(call.pk))
    assert not call.recordings.filter(kind__in=["track", "mix"]).exists()
    assert not JournalEntry.objects.filter(action="recording.finish").exists()
    assert {path.name: path.read_bytes() for path in root.glob("*.wav")} == raw
    monkeypatch.undo()
    assert finish(str(call.pk)) == 3
    assert {path.name: path.read_bytes() for path in root.glob("*.wav")} == raw
    assert not list(root.rglob("*.part"))


def test_a_file_that_cannot_be_read_back_is_no_finished_track(
    call: Call, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = recordings._write

    def spoil(target: Path, data: bytes) -> None:
        write(target, data[: len(data) // 2] if target.suffix == ".flac" else data)

    monkeypatch.setattr(recordings, "_write", spoil)
    with pytest.raises(NotKeptError):
        finish(str(call.pk))
    assert not call.recordings.filter(kind__in=["track", "mix"]).exists()
    assert not list((root / "finished").rglob("*.flac"))


def test_asked_again_what_is_intact_stays_and_what_is_not_is_made_anew_in_its_row(call: Call, root: Path) -> None:
    finish(str(call.pk))
    before = set(call.recordings.values_list("pk", "sha256"))
    assert finish(str(call.pk)) == 3
    assert JournalEntry.objects.filter(action="recording.finish").count() == 1
    mix = call.recordings.get(kind="mix")
    (root / mix.path).unlink()
    assert finish(str(call.pk)) == 3
    assert set(call.recordings.values_list("pk", "sha256")) == before, "the same rows, and the same bytes"
    assert JournalEntry.objects.filter(action="recording.finish").count() == 2


def test_a_call_without_a_second_has_no_track(root: Path) -> None:
    made = a_call()
    Call.objects.filter(pk=made.pk).update(ended_at=ANSWERED)
    a_segment(root, made, a_leg(made, "caller"), at=0, hertz=440)
    assert finish(str(made.pk)) == 0


@given(st.lists(st.integers(-32768, 32767), min_size=1, max_size=3000), st.data())
def test_flac_gives_back_every_bit_and_damage_is_noticed(values: list[int], data: st.DataObject) -> None:
    samples = np.array(values, np.int16)
    coded = encode_flac(samples, title="t", comment="paused 1.000-2.000 s")
    assert np.array_equal(decode_flac(coded), samples)
    cut = coded[: data.draw(st.integers(4, len(coded) - 1))]
    try:
        found = decode_flac(cut)
    except ValueError:
        return
    assert np.array_equal(found, samples[: len(found)]), "never other sound than there was"


def test_gaps_of_a_history() -> None:
    begun, over = "recording_paused", "recording_resumed"
    history = [(begun, 10), ("held", 11), (over, 20), (over, 25), (begun, 30), (begun, 31)]
    assert gaps.paused(history, 50) == [Gap(10, 20, PAUSED), Gap(30, 50, PAUSED)]
    assert gaps.paused([(over, 5), (begun, 60)], 50) == []


def test_what_is_lost_between_files() -> None:
    pieces = [Piece(0, 1000, True), Piece(1000, 0, True), Piece(1100, 0, True), Piece(5000, 2000, True)]
    assert gaps.lost(pieces, 10000) == [Gap(1000, 5000, LOST), Gap(7000, 10000, LOST)]
    assert gaps.lost(pieces, 7100) == [Gap(1000, 5000, LOST)]
    assert gaps.lost(pieces, 10000, [Gap(900, 5000, PAUSED)]) == [Gap(7000, 10000, LOST)]
    assert gaps.lost([Piece(0, 1000, False), Piece(5000, 1000, False)], 9000) == []
