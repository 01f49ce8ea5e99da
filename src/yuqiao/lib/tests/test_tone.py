"""A tone is found at its own level, and only there."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.lib.tone import FLOOR, level_of, sine


@given(st.floats(300, 3400), st.floats(-40, 0))
def test_a_tone_is_found_at_its_level(freq: float, level: float) -> None:
    assert abs(level_of(sine(freq, 0.5, level), freq) - level) < 0.5


@given(st.floats(300, 3000), st.floats(20, 400))
def test_a_neighbour_is_not_mistaken_for_it(freq: float, distance: float) -> None:
    assert level_of(sine(freq, 0.5, -10), freq + distance) < -50


def test_silence_has_no_tone() -> None:
    assert level_of(np.zeros(800, dtype=np.int16), 440) == FLOOR
    assert level_of(np.zeros(0, dtype=np.int16), 440) == FLOOR
