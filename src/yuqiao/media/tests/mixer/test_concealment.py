"""What stands in for lost audio, and how deep the jitter buffer is: measured with tones over lines of all kinds."""

from __future__ import annotations

import random

import numpy as np
import pytest
from numpy.typing import NDArray

from yuqiao.lib.g711 import SAMPLE_RATE, Samples
from yuqiao.media.concealment import HISTORY, SILENT, Concealment
from yuqiao.media.depth import TARGET
from yuqiao.media.ring import JitterRing
from yuqiao.media.rtp import FRAME
from yuqiao.media.tests.mixer.test_ring import Line

TONES = [440.0, 1000.0, 1700.0]


def tone(freq: float, seconds: float, amplitude: float = 3000.0) -> Samples:
    wave = amplitude * np.sin(2 * np.pi * freq * np.arange(round(SAMPLE_RATE * seconds)) / SAMPLE_RATE)
    return np.round(wave).astype(np.int16)


def snr(heard: Samples, freq: float) -> float:
    """Return how many dB the tone of ``freq`` stands above everything else."""
    angle = 2 * np.pi * freq * np.arange(len(heard)) / SAMPLE_RATE
    basis = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    sound = heard.astype(np.float64)
    weights = np.linalg.lstsq(basis, sound, rcond=None)[0]
    found = basis @ weights
    rest = sound - found
    return float(10 * np.log10((found @ found + 1e-9) / (rest @ rest + 1e-9)))


def over_a_line(
    freq: float, *, loss: float, jitter: float, doubled: float, seconds: int = 12, seed: int = 7
) -> tuple[Samples, JitterRing]:
    """Say a tone over a line that loses, doubles and delays packets (by up to ``jitter`` ms, each for itself, so that
    they overtake each other); return what is heard and the ring."""
    dice = random.Random(seed)
    said = tone(freq, seconds)
    arrivals: list[tuple[float, int]] = []
    for packet in range(seconds * 50):
        for _ in range(2 if dice.random() < doubled else 1):
            if dice.random() >= loss:
                arrivals.append((packet * 20 + 7 + dice.uniform(0, jitter), packet))
    arrivals.sort(reverse=True)
    line = Line()
    heard = []
    for tick in range(seconds * 50):
        while arrivals and arrivals[-1][0] <= tick * 20:
            packet = arrivals.pop()[1]
            line.write(packet, packet * FRAME, said[packet * FRAME : (packet + 1) * FRAME])
        heard.append(line.read())
    return np.concatenate(heard), line.ring


def by_second(heard: Samples, freq: float) -> list[float]:
    """Return the SNR of each second, the first, in which the buffer finds its depth, left out."""
    return [snr(heard[at : at + SAMPLE_RATE], freq) for at in range(SAMPLE_RATE, len(heard), SAMPLE_RATE)]


@pytest.mark.parametrize("freq", TONES)
@pytest.mark.parametrize("seed", range(4))
def test_at_5_percent_loss_and_60_ms_jitter_tones_keep_an_snr_of_15_db(freq: float, seed: int) -> None:
    heard, ring = over_a_line(freq, loss=0.05, jitter=60, doubled=0.05, seed=seed)
    assert sorted(by_second(heard, freq))[1] >= 15  # one second may hold a change of depth
    assert ring.concealment.concealed[0] > 0


@pytest.mark.parametrize("freq", TONES)
def test_one_lost_packet_in_ten_is_hardly_heard(freq: float) -> None:
    heard, _ = over_a_line(freq, loss=0.1, jitter=0, doubled=0)
    assert min(by_second(heard, freq)) >= 15


def test_without_loss_and_jitter_nothing_is_made_up_and_every_octet_is_as_it_was() -> None:
    heard, ring = over_a_line(440, loss=0, jitter=0, doubled=0)
    assert ring.concealment.concealed[0] == 0
    said = tone(440, 12)
    begin = int(np.flatnonzero(heard)[0]) // FRAME * FRAME
    assert np.array_equal(heard[begin + FRAME :], said[FRAME : len(heard) - begin])


def test_after_the_first_second_hardly_a_packet_is_too_late() -> None:
    """60 ms of jitter over a buffer that begins at 40 ms."""
    _, ring = over_a_line(440, loss=0, jitter=60, doubled=0, seconds=30, seed=3)
    assert ring.late[0] < 15
    assert ring.wait[0] < 100 * 8  # and yet it is no deeper than it must be


def test_a_gap_that_stays_fades_to_silence_in_60_ms_without_a_click() -> None:
    line = Line()
    said = tone(300, 1.0)
    for packet in range(20):
        line.write(packet, packet * FRAME, said[packet * FRAME : (packet + 1) * FRAME])
        line.read()
    after = line.read_all(20)
    steps = np.abs(np.diff(after.astype(int)))
    assert steps.max() < 900  # a 300 Hz tone of this level moves by 700 a sample at most
    end = TARGET + SILENT
    assert not after[end:].any()
    assert np.abs(after[end - FRAME : end]).max() < 1300 < np.abs(after[TARGET : TARGET + FRAME]).max()


def test_the_first_words_swell_and_do_not_click() -> None:
    line = Line()
    loud = np.full(FRAME, 12000, dtype=np.int16)
    line.write(1, 0, loud)
    heard = line.read_all(3)
    assert np.abs(np.diff(heard.astype(int))).max() < 1000


def test_a_quiet_moment_is_used_to_shorten_the_delay() -> None:
    """On a line without jitter the buffer begins at 40 ms and is 20 ms deep after the first pause of speech."""
    line = Line()
    words = tone(440, 1.2)
    speech = np.concatenate([words, np.zeros(1600, np.int16), words]).reshape(-1, FRAME)
    heard = []
    for packet, frame in enumerate(speech):
        line.write(packet, packet * FRAME, frame)
        heard.append(line.read())
    sound = np.concatenate(heard)
    onset = int(np.flatnonzero(np.abs(sound[len(words) + 2 * FRAME :]) > 1000)[0]) + len(words) + 2 * FRAME
    assert onset - (len(words) + 1600) <= FRAME + 8
    assert np.flatnonzero(np.abs(sound) > 1000)[0] >= TARGET  # before that


def test_a_steady_tone_is_not_cut_to_shorten_the_delay() -> None:
    heard, _ = over_a_line(440, loss=0, jitter=0, doubled=0, seconds=8)
    assert min(by_second(heard, 440)) > 60


def test_concealment_goes_on_in_phase_whatever_the_pitch() -> None:
    """For tones over the whole band the made-up 10 ms hardly differ from what was said."""
    freqs = np.arange(150.0, 3400.0, 130.0)
    said = np.stack([tone(freq, 0.1) for freq in freqs])
    made = made_up(said[:, :HISTORY], 80)
    error = made - said[:, HISTORY : HISTORY + 80]
    ratio = (error**2).sum(axis=1) / (said[:, HISTORY : HISTORY + 80].astype(float) ** 2).sum(axis=1)
    assert np.median(ratio) < 0.05
    assert (ratio < 0.6).all()


def made_up(history: Samples, count: int) -> NDArray[np.float64]:
    concealment = Concealment(len(history))
    concealment.gap[:] = 0
    return concealment.fill(np.arange(len(history)), history, count).astype(np.float64)


def test_silence_and_full_scale_noise_stay_within_bounds() -> None:
    noise = np.random.default_rng(5).integers(-32768, 32767, (2, HISTORY)).astype(np.int16)
    noise[1] = 0
    made = made_up(noise, SILENT)
    assert np.isfinite(made).all()
    assert not made[1].any()
    assert np.abs(made[0]).max() < 2 * 65536
