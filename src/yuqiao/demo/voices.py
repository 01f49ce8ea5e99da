"""Machine-made voices by espeak-ng: the placeholder prompts, and what the simulated parties say.

Prompts go to ``SOUNDS/yuqiao/<language>/<name>.wav`` (8 kHz, mono, 16 bit) and only where there is none yet, so a
human recording put there stays. Beside them a manifest says which files a machine made.
"""

from __future__ import annotations

import json
import subprocess
import wave
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from yuqiao.demo.hearing import TONE_LEVEL, notched
from yuqiao.demo.sentences import SENTENCES
from yuqiao.hotline import prompts
from yuqiao.lib.g711 import SAMPLE_RATE, Samples
from yuqiao.lib.tone import sine

#: espeak-ng's names of voices where they differ from our language codes.
VOICES: Final = {"zh": "cmn", "en": "en-gb", "fr": "fr-fr", "pt": "pt"}
#: Telephone band, Hz (ITU-T G.712), and loudness of speech in dB below full scale, as root mean square.
BAND: Final = (300.0, 3400.0)
SPEECH_LEVEL: Final = -26.0
#: A loop of speech lasts about this long, in whole seconds so that each tone's phase fits where the loop closes.
LOOP_SECONDS: Final = 12
NOTE: Final = (
    "These prompts are placeholders made by a machine (espeak-ng). Replace them with recordings of people: "
    "same file names, WAV, 8000 Hz, mono, 16 bit; files that exist are never overwritten."
)


class NoVoiceError(RuntimeError):
    """The synthesizer is missing or cannot speak."""


def synthesize(
    text: str, language: str, *, pitch: int = 50, speed: int = 165, variant: str = ""
) -> NDArray[np.float64]:
    """Return ``text`` spoken, 8 kHz, band-limited as a telephone does, peak 1.0. ``pitch`` 0-99, ``speed`` words/min.

    Raises NoVoiceError when espeak-ng is missing or refuses.
    """
    voice = VOICES.get(language, language) + (f"+{variant}" if variant else "")
    command = ["espeak-ng", "-v", voice, "-p", str(pitch), "-s", str(speed), "--stdin", "--stdout"]
    try:
        run = subprocess.run(command, input=text.encode(), capture_output=True, check=True, timeout=30)
    except FileNotFoundError:
        raise NoVoiceError("espeak-ng is not installed; say deploy/packages run, or install espeak-ng") from None
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise NoVoiceError(f"espeak-ng could not speak {language!r} with voice {voice!r}: {error}") from error
    # The header of a stream has no usable length: 44 bytes, then samples; the rate stands at byte 24 (RIFF WAVE).
    rate = int.from_bytes(run.stdout[24:28], "little")
    raw = np.frombuffer(run.stdout[44 : len(run.stdout) & ~1], dtype="<i2").astype(np.float64)
    if not len(raw) or not raw.any():
        raise NoVoiceError(f"espeak-ng said nothing in {language!r}")
    spoken = telephone(raw, rate)
    return np.asarray(spoken / np.abs(spoken).max())


def telephone(samples: NDArray[np.float64], rate: int) -> NDArray[np.float64]:
    """Return ``samples`` of ``rate`` Hz at 8 kHz, cut to the telephone band, by way of the spectrum."""
    count = round(len(samples) * SAMPLE_RATE / rate)
    spectrum = np.fft.rfft(samples)
    freqs = np.fft.rfftfreq(len(samples), 1 / rate)
    spectrum[(freqs < BAND[0]) | (freqs > BAND[1])] = 0
    bins = np.zeros(count // 2 + 1, dtype=complex)
    kept = min(len(bins), len(spectrum))
    bins[:kept] = spectrum[:kept]
    return np.asarray(np.fft.irfft(bins, count) * (count / len(samples)))


def loop_of(language: str, tone: float, tones: Iterable[float], *, seed: int) -> Samples:
    """Return what one party says, LOOP_SECONDS long, to be repeated: sentences of its language, and its faint tone.

    ``seed`` chooses pitch, speed, order and pauses, so that parties sound different; ``tones`` are cleared from speech.
    """
    chance = np.random.default_rng(seed)
    sentences = SENTENCES[language]
    variant = ("m1", "f2", "m3", "f4", "m7", "f5")[seed % 6]
    pitch, speed = int(chance.integers(35, 65)), int(chance.integers(145, 180))
    loop = np.zeros(LOOP_SECONDS * SAMPLE_RATE)
    at = int(chance.uniform(0.1, 0.8) * SAMPLE_RATE)
    for index in chance.permutation(len(sentences)):
        spoken = synthesize(sentences[index], language, pitch=pitch, speed=speed, variant=variant)[: len(loop) - at]
        loop[at : at + len(spoken)] = spoken
        at += len(spoken) + int(chance.uniform(0.4, 1.2) * SAMPLE_RATE)
        if at >= len(loop) - SAMPLE_RATE:
            break
    speech = levelled(notched(loop, tones))
    whistle = sine(tone, LOOP_SECONDS, TONE_LEVEL)  # whole Hz times whole seconds: the loop closes without a click
    return np.clip(speech + whistle, -32768, 32767).astype(np.int16)


def levelled(speech: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ``speech`` at SPEECH_LEVEL where somebody speaks, its peaks held below -6 dB; 16-bit scale."""
    loud = speech[np.abs(speech) > 0.02 * np.abs(speech).max()]
    scale = 32767 * 10 ** (SPEECH_LEVEL / 20) / max(float(np.sqrt(np.mean(loud**2))), 1e-9)
    return np.asarray(np.clip(speech * scale, -16384, 16384))


def write_wav(path: Path, samples: Samples) -> None:
    """Write ``samples`` as 8 kHz mono 16-bit WAV, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    with wave.open(str(unfinished), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(samples.astype("<i2").tobytes())
    unfinished.replace(path)


def read_wav(path: Path) -> Samples:
    """Return the samples of an 8 kHz mono 16-bit WAV file; ValueError for any other kind."""
    with wave.open(str(path), "rb") as file:
        shape = (file.getnchannels(), file.getsampwidth(), file.getframerate())
        if shape != (1, 2, SAMPLE_RATE):
            raise ValueError(f"{path.name} is not mono, 16 bit, 8000 Hz but {shape}")
        return np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").astype(np.int16)


def make_prompts(sounds: Path, tones: Sequence[float]) -> int:
    """Make every prompt that is missing under ``sounds``, with the manifest beside them; return how many were made."""
    wanted = [
        (name, language, sounds / "yuqiao" / language / f"{name}.wav")
        for name in prompts.NAMES
        for language in prompts.PROMPTS[name]
    ]
    missing = [one for one in wanted if not one[2].is_file()]

    def make(one: tuple[str, str, Path]) -> str:
        name, language, path = one
        spoken = synthesize(prompts.speech(name, language), language)
        write_wav(path, levelled(notched(spoken, tones)).astype(np.int16))
        return str(path.relative_to(sounds))

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(make, missing))
    if made:
        _note(sounds / "yuqiao" / "manifest.json", made)
    return len(made)


def _note(manifest: Path, made: Sequence[str]) -> None:
    """Add ``made`` to the list of files that a machine spoke."""
    before = json.loads(manifest.read_text())["made_by_machine"] if manifest.is_file() else []
    content = {"note": NOTE, "synthesizer": "espeak-ng", "made_by_machine": sorted({*before, *made})}
    manifest.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
