"""The sound of a call as lanes: the same from segments as from finished tracks, pauses silent, levels kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from yuqiao.hotline import kept_levels, lanes
from yuqiao.hotline.keeping import verify
from yuqiao.hotline.lanes import Reels, lanes_of, levels_of, placed
from yuqiao.hotline.models import Call, Leg, Recording
from yuqiao.hotline.recordings import discard, finish
from yuqiao.hotline.tests.test_finished_recordings import ANSWERED, SECONDS, a_call, a_leg, a_segment, an_event
from yuqiao.hotline.tracks import RATE, encode_flac, read_samples
from yuqiao.hotline.waveform import PER_SECOND, QUIET, levels
from yuqiao.lib.tone import sine

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def root(tmp_path: Path, settings: Any) -> Path:
    settings.RECORDINGS_DIR = tmp_path
    return tmp_path


@pytest.fixture
def call(root: Path) -> Call:
    """A caller in two pieces with a pause between, an interpreter, and the mix."""
    made = a_call()
    caller, interpreter = a_leg(made, "caller"), a_leg(made, "interpreter")
    a_segment(root, made, caller, at=0.5, hertz=440)
    a_segment(root, made, caller, at=4.0, hertz=440)
    a_segment(root, made, interpreter, at=1.0, hertz=1000, seconds=2.2)
    a_segment(root, made, None, at=0.5, hertz=620, seconds=4)
    an_event(made, "recording_paused", 3.0)
    an_event(made, "recording_resumed", 3.9)
    return made


def whole(call: Call) -> Any:
    with Reels(placed(call, lanes_of(call))) as reels:
        return reels.read(0, reels.frames)


def test_segments_and_finished_tracks_sound_the_same_and_pauses_are_silent_in_both(call: Call) -> None:
    raw = whole(call)
    assert [lane.raw for lane in lanes_of(call)] == [True, True]
    finish(str(call.pk))
    assert [lane.raw for lane in lanes_of(call)] == [False, False]
    assert raw.shape == (SECONDS * RATE, 2)
    assert np.array_equal(raw, whole(call))
    assert not raw[3 * RATE : int(3.9 * RATE)].any()
    assert raw[int(2.9 * RATE) : 3 * RATE, 1].any(), "until the pause she is heard"


@pytest.mark.parametrize("finished", [False, True])
def test_any_piece_is_read_as_of_the_whole(call: Call, finished: bool) -> None:
    if finished:
        finish(str(call.pk))
    expected = whole(call)
    dice = np.random.default_rng(5)
    with Reels(placed(call, lanes_of(call))) as reels:
        for first, count in dice.integers(0, SECONDS * RATE, (30, 2)).tolist():
            assert np.array_equal(reels.read(first, count), expected[first : first + count])


def test_levels_are_kept_when_tracks_are_finished_and_made_again_when_missing(call: Call, root: Path) -> None:
    raw = levels_of(call, lanes_of(call))
    assert not (root / kept_levels.FOLDER).exists(), "of segments nothing is kept"
    finish(str(call.pk))
    tracks = list(call.recordings.filter(kind="track").order_by("id"))
    for row, of_segments in zip(tracks, raw, strict=True):
        kept = kept_levels.kept(row)
        assert kept is not None
        assert kept.tolist() == levels(read_samples(root / row.path)).tolist() == of_segments.tolist()
        assert kept_levels.file_of(row).stat().st_size < SECONDS * PER_SECOND + 64
    for harm in (b"", b"YQW1 of something else"):
        kept_levels.file_of(tracks[0]).write_bytes(harm)
        assert kept_levels.kept(tracks[0]) is None
        assert [one.tolist() for one in levels_of(call, lanes_of(call))] == [one.tolist() for one in raw]
        assert kept_levels.kept(tracks[0]) is not None
    assert verify() == [], "they are no recordings, and the journal need not know them"


def test_a_call_that_goes_on_and_a_file_that_was_cut_off_have_levels_too(call: Call, root: Path) -> None:
    segment = call.recordings.filter(leg__role="interpreter").earliest("id")
    path = root / segment.path
    path.write_bytes(path.read_bytes()[: 44 + RATE * 2])  # a second of it, and a header that says more
    Call.objects.filter(pk=call.pk).update(ended_at=None)
    running = Call.objects.get(pk=call.pk)
    caller, interpreter = levels_of(running, lanes_of(running))
    assert len(interpreter) > SECONDS * PER_SECOND, "as long as the call up to now"
    assert (interpreter[PER_SECOND : 2 * PER_SECOND] > QUIET).all()
    assert not interpreter[2 * PER_SECOND :].any()
    assert caller.any()


def test_a_refusal_deletes_the_levels_too(call: Call, root: Path) -> None:
    finish(str(call.pk))
    assert list((root / kept_levels.FOLDER).rglob("*.levels"))
    Call.objects.filter(pk=call.pk).update(consent="refused")
    discard(str(call.pk))
    assert not list((root / kept_levels.FOLDER).rglob("*.levels"))


def test_more_parties_than_channels_sound_by_role(root: Path) -> None:
    made = a_call()
    for number in range(9):
        leg = Leg.objects.create(
            id=f"{made.pk}-{number}", call=made, role="caller" if number % 2 else "interpreter", created_at=ANSWERED
        )
        a_segment(root, made, leg, at=number / 2, hertz=500, seconds=0.4)
    found = lanes_of(made)
    assert sorted(len(lane.legs) for lane in found) == [4, 5]
    sound = whole(made)
    assert sound.shape == (SECONDS * RATE, 2)
    for number in range(9):
        assert sound[number * RATE // 2 + 100 : number * RATE // 2 + 3000].any()


def test_what_is_gone_is_silent_and_leads_nowhere(call: Call, root: Path) -> None:
    (root.parent / "secret.wav").write_bytes(b"RIFF")
    call.recordings.filter(leg__role="caller").update(path="../secret.wav")
    caller, interpreter = lanes_of(call)
    assert (caller.files, len(interpreter.files)) == ([], 1)
    sound = whole(call)
    assert not sound[:, 0].any()
    assert sound[:, 1].any()


def test_two_hours_are_looked_through_piece_by_piece(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    call = a_call()
    leg = a_leg(call, "caller")
    target = root / "finished" / str(call.pk) / "caller-1.flac"
    target.parent.mkdir(parents=True)
    tone = sine(440, SECONDS - 0.3, -15)
    target.write_bytes(encode_flac(tone))
    Recording.objects.create(
        call=call, leg=leg, kind="track", name="t", path=str(target.relative_to(root)), created_at=ANSWERED
    )
    monkeypatch.setattr(lanes, "PIECE", RATE)
    assert levels_of(call, lanes_of(call))[0].tolist() == levels(tone).tolist()
