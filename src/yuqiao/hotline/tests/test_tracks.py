"""Finished tracks: every segment in its place, exactly as long as the call, however the files were cut off."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.hotline.tracks import RATE, Segment, assemble, read_samples, write_wav

OFFSETS = st.integers(-3000, 6000)


@given(st.lists(st.tuples(OFFSETS, st.integers(0, 4000)), max_size=4), st.integers(0, 5000))
def test_every_track_is_as_long_as_the_call(parts: list[tuple[int, int]], length_ms: int) -> None:
    segments = [Segment(offset, np.ones(count, np.int16)) for offset, count in parts]
    whole = assemble(segments, length_ms)
    assert len(whole) == length_ms * RATE // 1000
    expected = np.zeros(len(whole), np.int64)
    for offset, count in parts:
        begin = offset * RATE // 1000
        expected[max(0, begin) : max(0, begin + count)] += 1
    assert np.array_equal(whole, expected)


def test_a_mark_stands_at_its_millisecond() -> None:
    whole = assemble([Segment(1234, np.array([1000], np.int16))], 2000)
    assert list(np.flatnonzero(whole)) == [1234 * 8]


def test_loud_overlaps_are_clipped_not_wrapped() -> None:
    loud = np.full(80, 30000, np.int16)
    assert set(assemble([Segment(0, loud), Segment(0, loud)], 10)) == {32767}


@given(st.lists(st.integers(-32768, 32767), max_size=200), st.data())
def test_reading_gives_back_what_was_written_or_its_beginning(
    tmp_path_factory: pytest.TempPathFactory, values: list[int], data: st.DataObject
) -> None:
    samples = np.array(values, np.int16)
    whole = write_wav(samples)
    path = tmp_path_factory.mktemp("wav") / "x.wav"
    path.write_bytes(whole)
    assert np.array_equal(read_samples(path), samples)
    kept = data.draw(st.integers(0, len(whole)))
    path.write_bytes(whole[:kept])
    cut = read_samples(path)
    assert np.array_equal(cut, samples[: len(cut)])
    assert len(cut) == max(0, kept - 44) // 2


@pytest.mark.parametrize("stale", [0, 2, 0xFFFFFFFF])
def test_a_stale_size_after_a_kill_does_not_lose_the_sound(tmp_path: Path, stale: int) -> None:
    samples = np.arange(500, dtype=np.int16)
    data = bytearray(write_wav(samples))
    data[40:44] = struct.pack("<I", stale)
    path = tmp_path / "cut.wav"
    path.write_bytes(data)
    assert np.array_equal(read_samples(path), samples)


def test_chunks_around_the_sound_are_passed_over(tmp_path: Path) -> None:
    samples = np.arange(100, dtype=np.int16)
    data = write_wav(samples)
    extra = b"LIST" + struct.pack("<I", 5) + b"INFOx\0"
    path = tmp_path / "chunks.wav"
    path.write_bytes(data[:36] + extra + data[36:] + extra)
    assert np.array_equal(read_samples(path), samples)


def test_another_format_is_refused_and_no_file_is_silence(tmp_path: Path) -> None:
    data = bytearray(write_wav(np.zeros(10, np.int16)))
    data[24:28] = struct.pack("<I", 16000)
    path = tmp_path / "wide.wav"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=r"wide\.wav"):
        read_samples(path)
    assert len(read_samples(tmp_path / "nothing.wav")) == 0
    path.write_bytes(b"this is no sound at all")
    assert len(read_samples(path)) == 0
