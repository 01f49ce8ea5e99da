"""How far a tone stands above everything else: held against noise, gaps and jumps whose power is known."""

import numpy as np
import pytest

from yuqiao.lib.tone import SNR_WINDOW, sine, snr_of

LENGTH = 25 * SNR_WINDOW


@pytest.mark.parametrize("wanted", [5.0, 15.0, 30.0])
def test_known_noise(wanted: float) -> None:
    tone = sine(440, LENGTH / 8000).astype(np.float64)
    noise = np.random.default_rng(1).normal(size=LENGTH)
    noise *= np.sqrt(np.square(tone).mean() / 10 ** (wanted / 10))
    assert abs(snr_of(tone + noise, 440) - wanted) < 0.3


def test_a_clean_tone_has_only_the_noise_of_its_quantization() -> None:
    assert snr_of(sine(440, 5.0, -12), 440) > 70


def test_another_tone_is_noise_unless_it_is_meant() -> None:
    both = sine(440, 5.0, -12) + sine(1000, 5.0, -12)
    assert abs(snr_of(both, 440)) < 0.5
    assert snr_of(both, 440, besides=(1000,)) > 60


def test_gaps_of_one_frame_in_twenty() -> None:
    """A twentieth of the tone's power is missing where it should be: 10 lg (0.95 / 0.05) = 12.8 dB at most."""
    tone = sine(440, 5.0, -12)
    tone.reshape(-1, 160)[::20] = 0
    assert 11.0 < snr_of(tone, 440) < 13.0


def test_a_jump_of_phase_counts() -> None:
    tone = sine(440, 5.0, -12)
    jumping = np.concatenate([tone[: 7 * 160], tone[8 * 160 + 9 :]])
    assert snr_of(jumping, 440) < 25


def test_too_short() -> None:
    with pytest.raises(ValueError, match="window"):
        snr_of(sine(440, 0.1), 440)
