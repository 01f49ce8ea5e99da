"""Alignment and voices of recorded files are measured, not believed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yuqiao.demo.judge import VOICES, lag_ms, voices_in
from yuqiao.demo.party import voice_of
from yuqiao.lib.g711 import SAMPLE_RATE, Samples

ALICE, BOB = "caller-01", "1001"


@pytest.fixture(scope="module")
def alice() -> Samples:
    return voice_of(ALICE)


@pytest.fixture(scope="module")
def bob() -> Samples:
    return voice_of(BOB)


@settings(max_examples=20, deadline=None)
@given(late=st.integers(-SAMPLE_RATE + 1, SAMPLE_RATE - 1))
def test_a_tracks_lag_behind_the_mix_is_found_to_the_sample(alice: Samples, bob: Samples, late: int) -> None:
    pad = np.zeros(SAMPLE_RATE, dtype=np.int16)
    mix = np.concatenate([pad, alice + bob, pad])
    track = np.roll(np.concatenate([pad, alice, pad]), late)
    assert lag_ms(track, mix) == pytest.approx(late * 1000 / SAMPLE_RATE)


def test_voices_in_a_file_are_those_who_spoke_for_a_second(alice: Samples, bob: Samples) -> None:
    mix = alice.copy()
    mix[3 * SAMPLE_RATE : 6 * SAMPLE_RATE] += bob[: 3 * SAMPLE_RATE]
    assert set(voices_in(mix)) == {ALICE, BOB}
    assert voices_in(alice) == (ALICE,)
    assert voices_in(np.zeros(SAMPLE_RATE, dtype=np.int16)) == ()
    assert voices_in(np.zeros(10, dtype=np.int16)) == ()


def test_every_party_has_a_tone_of_its_own() -> None:
    assert len(set(VOICES.values())) == len(VOICES)
