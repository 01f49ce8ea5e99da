"""Several tracks in one WAV file: readable by others, and any range of bytes of it is found."""

from __future__ import annotations

import io

import numpy as np
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.hotline.interleaved import HEAD_SIZE, MOST_CHANNELS, frames_within, head, size_of


@given(st.integers(0, 50), st.integers(1, MOST_CHANNELS))
def test_libsndfile_reads_what_we_write(frames: int, channels: int) -> None:
    sound = np.arange(frames * channels, dtype="<i2").reshape(frames, channels)
    data = head(frames, channels) + sound.tobytes()
    assert len(data) == size_of(frames, channels)
    read, rate = soundfile.read(io.BytesIO(data), dtype="int16", always_2d=True)
    assert (rate, read.shape) == (8000, (frames, channels))
    assert np.array_equal(read, sound)


@given(st.integers(0, 400), st.integers(1, 400), st.integers(1, MOST_CHANNELS))
def test_any_range_of_bytes_lies_in_the_frames_named(first: int, length: int, channels: int) -> None:
    sound = np.arange(1000 * channels, dtype="<i2").tobytes()
    begin, count, skip = frames_within(first, length, channels)
    block = 2 * channels
    given_out = sound[begin * block : (begin + count) * block][skip : skip + length]
    assert given_out == sound[first : first + length]
    assert count * block < length + 2 * block, "and hardly more is read"


def test_a_day_of_eight_tracks_fits_what_32_bits_can_say() -> None:
    assert len(head(86_400 * 8000, 8)) == HEAD_SIZE
    assert int.from_bytes(head(86_400 * 8000, 8)[4:8], "little") < 2**32
