"""Levels of a recording: what is drawn, and which pauses may be skipped."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from yuqiao.hotline import waveform
from yuqiao.hotline.tracks import RATE
from yuqiao.hotline.waveform import LONG_PAUSE_MS, QUIET, STEP_MS, WINDOW, Levels, levels, loudest_of, pauses, shrunk
from yuqiao.lib.tone import sine

SOUND = arrays(np.int16, st.integers(0, 5 * WINDOW), elements=st.integers(-32768, 32767))
FINE = arrays(np.uint8, st.integers(0, 300), elements=st.sampled_from([0, QUIET, QUIET + 1, 255]))


@given(SOUND)
def test_each_level_is_its_twentieth_of_a_second(samples: np.ndarray[tuple[int], np.dtype[np.int16]]) -> None:
    found = levels(samples)
    assert len(found) == -(-len(samples) // WINDOW)
    for number, level in enumerate(found.tolist()):
        loudest = int(np.abs(samples[number * WINDOW : (number + 1) * WINDOW].astype(np.int32)).max())
        assert abs((level / 255) ** 2 * 32768 - loudest) <= 32768 / 127, "within one step of the scale"
        assert (level == 0) <= (loudest < 40)


def test_a_minute_of_two_hours_costs_1200_bytes() -> None:
    assert len(levels(sine(440, 60.0, -20))) == 1200


@given(FINE, st.integers(1, 50))
def test_what_is_drawn_is_never_lower_and_no_longer_than_asked(fine: Levels, most: int) -> None:
    coarse = shrunk(fine, most)
    assert len(coarse) <= most
    assert coarse.max(initial=0) == fine.max(initial=0)
    if len(fine) <= most:
        assert coarse.tolist() == fine.tolist()


@given(st.lists(FINE, max_size=4))
def test_together_the_loudest_is_drawn(parts: list[Levels]) -> None:
    whole = loudest_of(parts)
    assert len(whole) == max((len(one) for one in parts), default=0)
    assert all((whole[: len(one)] >= one).all() for one in parts)


@given(FINE)
def test_no_word_is_skipped_and_every_long_pause_is(fine: Levels) -> None:
    length_ms = len(fine) * STEP_MS
    found = pauses(fine, length_ms)
    skipped = np.zeros(length_ms, bool)
    for begin, end in found:
        assert begin < end
        assert not skipped[begin:end].any(), "apart"
        skipped[begin:end] = True
    loud = np.repeat(fine > QUIET, STEP_MS)
    assert not (loud & skipped).any()
    longest = max((len(run) for run in "".join("x" if one else " " for one in loud).split("x")), default=0)
    assert bool(found) == (longest > LONG_PAUSE_MS)


def test_levels_are_found_again_only_for_the_recording_they_are_of() -> None:
    fine, sha = levels(sine(440, 1.0, -15)), "ab" * 32
    data = waveform.packed(fine, sha)
    again = waveform.unpacked(data, sha)
    assert again is not None
    assert again.tolist() == fine.tolist()
    assert waveform.unpacked(data, "cd" * 32) is None
    assert waveform.unpacked(b"", sha) is None
    assert len(data) < 100 + 20


def test_a_line_that_only_hums_is_quiet_and_soft_speech_is_not() -> None:
    assert levels(sine(50, 1.0, -50)).max() <= QUIET
    assert levels(sine(300, 1.0, -35)).max() > QUIET
    assert RATE // WINDOW == 20
