"""The gate lets through four seconds of a voice, never silence, noise, a click or a line's hum."""

from __future__ import annotations

import numpy as np
import pytest

from yuqiao.engines.speech.voice import FRAME, WINDOW, VoiceGate
from yuqiao.lib.g711 import Samples
from yuqiao.lib.tone import sine

RATE = 8000


def speech(seconds: float, level: float = -20.0) -> Samples:
    """Syllables: a tone for 160 ms, 80 ms of nothing."""
    tone = sine(300.0, seconds, level).astype(np.int16)
    tone[(np.arange(len(tone)) // (RATE * 8 // 100)) % 3 == 2] = 0
    return tone


def noise(seconds: float, level: float) -> Samples:
    rng = np.random.default_rng(7)
    return (rng.standard_normal(int(seconds * RATE)) * 32768 * 10 ** (level / 20)).astype(np.int16)


def heard(*sounds: Samples) -> list[Samples]:
    gate = VoiceGate()
    whole = np.concatenate(sounds)
    frames = [whole[begin : begin + FRAME] for begin in range(0, len(whole) - FRAME + 1, FRAME)]
    return [voice for frame in frames if (voice := gate.feed(frame)) is not None]


def test_a_voice_after_silence_gives_four_seconds_that_begin_with_it() -> None:
    [voice] = heard(np.zeros(3 * RATE, np.int16), speech(5.0))
    assert len(voice) == WINDOW * FRAME == 4 * RATE
    assert np.abs(voice[: FRAME * 12]).max() > 1000, "its beginning is not lost"


@pytest.mark.parametrize("level", [-70.0, -55.0, -46.0])
def test_noise_of_the_line_is_no_voice(level: float) -> None:
    assert heard(noise(20.0, level)) == []


def test_silence_and_clicks_are_no_voice() -> None:
    click = np.zeros(10 * RATE, np.int16)
    click[:: 2 * RATE] = 30000
    assert heard(np.zeros(10 * RATE, np.int16), click) == []


def test_a_word_and_then_nothing_is_too_little_and_a_later_voice_is_still_heard() -> None:
    assert heard(speech(0.4), np.zeros(10 * RATE, np.int16)) == []
    assert len(heard(speech(0.4), np.zeros(10 * RATE, np.int16), speech(5.0))) == 1


def test_a_voice_over_noise_is_heard() -> None:
    over = noise(8.0, -50.0)
    over[2 * RATE : 7 * RATE] += speech(5.0)
    assert len(heard(over)) == 1


def test_no_more_is_held_than_the_window() -> None:
    gate = VoiceGate()
    for _ in range(1000):
        gate.feed(np.zeros(FRAME, np.int16))
    assert len(gate._frames) <= WINDOW
