"""Who heard whom is told rightly whatever is mixed: other voices, speech, noise, G.711."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yuqiao.demo.hearing import (
    HEARD_LEVEL,
    SERVER_TONES,
    TONE_LEVEL,
    WINDOW_SECONDS,
    Ear,
    levels,
    listen,
    notched,
    shared,
    tone_plan,
)
from yuqiao.lib import g711
from yuqiao.lib.g711 import SAMPLE_RATE, Samples
from yuqiao.lib.tone import sine

CAST = ("alice", "bob", "charlie", "dora", "emil", "fatima", "george", "hana")
VOICES = dict(zip(CAST, tone_plan(len(CAST)), strict=True))
BEGAN = 1_000_000.0


def speech(seconds: float, seed: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Something like speech: a buzz of harmonics with a wandering pitch, in syllables, cleared at all tones."""
    chance = np.random.default_rng(seed)
    count = round(seconds * SAMPLE_RATE)
    pitch = 120 + 40 * np.cumsum(chance.normal(0, 1, count)) / np.sqrt(count)
    phase = 2 * np.pi * np.cumsum(pitch) / SAMPLE_RATE
    buzz = np.sum([np.sin(n * phase) / n for n in range(2, 20)], axis=0)
    syllables = np.clip(np.sin(2 * np.pi * 3.1 * np.arange(count) / SAMPLE_RATE + chance.uniform(0, 6)), 0, 1)
    return notched(buzz * syllables * 2500, VOICES.values())


def heard_over_g711(present: dict[str, float], seconds: float, seed: int, codec: int) -> Samples:
    """What a telephone receives of these voices (name -> level of the tone in dB), with their speech and with noise."""
    chance = np.random.default_rng(seed)
    mix = chance.normal(0, 15, round(seconds * SAMPLE_RATE))
    for number, (name, level) in enumerate(present.items()):
        mix += sine(VOICES[name], seconds, level) + speech(seconds, seed + number)
    clipped = np.clip(mix, -32768, 32767).astype(np.int16)
    return g711.decode(g711.encode(clipped, codec), codec)


@settings(max_examples=40, deadline=None)
@given(
    present=st.dictionaries(st.sampled_from(CAST[1:]), st.floats(TONE_LEVEL - 6, TONE_LEVEL + 6), max_size=4),
    expected=st.sets(st.sampled_from(CAST[1:]), max_size=4),
    codec=st.sampled_from([g711.PCMA, g711.PCMU]),
    seed=st.integers(0, 10_000),
)
def test_the_matrix_never_lies(present: dict[str, float], expected: set[str], codec: int, seed: int) -> None:
    seconds = 4.0
    ear = Ear("alice", BEGAN, heard_over_g711(present, seconds, seed, codec))
    whole = (BEGAN, BEGAN + seconds)
    heard = listen(ear, [whole], VOICES, {name: [whole] for name in {*expected, "alice"}})
    assert set(heard.heard) == set(present)
    assert set(heard.missing) == expected - set(present)
    assert set(heard.strays) == set(present) - expected


def test_an_echo_of_the_own_voice_is_a_stray() -> None:
    ear = Ear("bob", BEGAN, sine(VOICES["bob"], 3.0, TONE_LEVEL))
    whole = (BEGAN, BEGAN + 3.0)
    assert listen(ear, [whole], VOICES, {"bob": [whole]}).strays == ("bob",)


def test_somebody_heard_after_leaving_is_a_stray_and_one_who_falls_silent_is_missing() -> None:
    ear = Ear("alice", BEGAN, sine(VOICES["bob"], 8.0, TONE_LEVEL))
    on = {"alice": [(BEGAN, BEGAN + 8)], "bob": [(BEGAN, BEGAN + 4)], "charlie": [(BEGAN + 2, BEGAN + 8)]}
    heard = listen(ear, on["alice"], VOICES, on)
    assert heard.strays == ("bob",)
    assert heard.missing == ("charlie",)


def test_nothing_is_said_of_those_who_shared_only_a_moment() -> None:
    ear = Ear("alice", BEGAN, sine(VOICES["charlie"], 1.0, TONE_LEVEL))
    on = {"alice": [(BEGAN, BEGAN + 5)], "charlie": [(BEGAN, BEGAN + 1.0)], "dora": [(BEGAN + 4, BEGAN + 5)]}
    heard = listen(ear, on["alice"], VOICES, on)
    assert (heard.heard, heard.missing, heard.strays) == ((), (), ())


def test_an_ear_that_received_nothing_misses_everybody() -> None:
    ear = Ear("alice", 0.0, np.zeros(0, dtype=np.int16))
    on = {"alice": [(BEGAN, BEGAN + 5)], "bob": [(BEGAN, BEGAN + 5)]}
    assert listen(ear, on["alice"], VOICES, on).missing == ("bob",)


def test_levels_are_those_that_were_made() -> None:
    mix = sine(VOICES["bob"], 2.0, -20.0) + sine(VOICES["hana"], 2.0, -33.0)
    found = levels(mix, [VOICES["bob"], VOICES["hana"], VOICES["alice"]])
    assert found.shape == (round(2.0 / WINDOW_SECONDS), 3)
    assert found[:, 0] == pytest.approx(-20.0, abs=0.1)
    assert found[:, 1] == pytest.approx(-33.0, abs=0.1)
    assert found[:, 2].max() < HEARD_LEVEL - 20


def test_tones_keep_apart_from_each_other_and_from_the_servers_own() -> None:
    tones = tone_plan(43)
    assert min(np.diff(tones)) >= 60
    assert all(abs(tone - own) >= 30 for tone in tones for own in SERVER_TONES)
    with pytest.raises(ValueError, match="only 43 tones"):
        tone_plan(44)


@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=5),
    st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=5),
)
def test_shared_time_is_the_time_both_were_on(one: list[tuple[int, int]], other: list[tuple[int, int]]) -> None:
    both = shared(one, other)
    for moment in range(50):
        middle = moment + 0.5
        there = any(a < middle < b for a, b in one) and any(a < middle < b for a, b in other)
        assert there == any(a < middle < b for a, b in both)
