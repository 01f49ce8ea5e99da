"""Placeholder prompts and party voices by espeak-ng."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from yuqiao.demo import voices
from yuqiao.demo.cast import PERSONAS, TONES
from yuqiao.demo.hearing import HEARD_LEVEL, TONE_LEVEL, levels
from yuqiao.demo.party import voice_of
from yuqiao.hotline import briefing_words, prompts
from yuqiao.languages.catalogue import CODES
from yuqiao.lib.tone import sine

#: Every prompt in every language it is spoken in: most in all, a briefing's words in Chinese alone.
SPOKEN = [(name, language) for name, spoken in prompts.PROMPTS.items() for language in spoken]


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sounds")
    assert voices.make_prompts(folder, TONES) == len(SPOKEN)
    return folder


def test_whatever_a_caller_may_hear_is_spoken_in_every_language() -> None:
    alone = {name for name, spoken in prompts.PROMPTS.items() if set(spoken) != set(CODES)}
    assert alone == set(briefing_words.SPOKEN)


def test_every_prompt_has_a_file_a_telephone_can_play(sounds: Path) -> None:
    for name, language in SPOKEN:
        path = prompts.sound(name, language).removeprefix("sound:")
        samples = voices.read_wav(sounds / f"{path}.wav")
        assert 0.4 < len(samples) / 8000 < 12, (name, language)
        assert np.abs(samples).max() > 2000, (name, language)


def test_no_prompt_can_be_taken_for_a_party(sounds: Path) -> None:
    for path in sounds.rglob("*.wav"):
        assert levels(voices.read_wav(path), TONES).max(initial=-120) < HEARD_LEVEL - 10, path.name


def test_the_manifest_says_that_a_machine_spoke(sounds: Path) -> None:
    manifest = json.loads((sounds / "yuqiao" / "manifest.json").read_text())
    assert "placeholders" in manifest["note"]
    assert manifest["synthesizer"] == "espeak-ng"
    assert len(manifest["made_by_machine"]) == len(SPOKEN)


def test_a_human_recording_is_never_overwritten_nor_listed(tmp_path: Path) -> None:
    for name, language in SPOKEN:
        voices.write_wav(tmp_path / "yuqiao" / language / f"{name}.wav", sine(500.0, 0.1))
    human = tmp_path / "yuqiao" / "ko" / "greeting.wav"
    before = human.read_bytes()
    (tmp_path / "yuqiao" / "ja" / "goodbye.wav").unlink()
    assert voices.make_prompts(tmp_path, TONES) == 1
    assert human.read_bytes() == before
    manifest = json.loads((tmp_path / "yuqiao" / "manifest.json").read_text())
    assert manifest["made_by_machine"] == ["yuqiao/ja/goodbye.wav"]


def test_without_espeak_the_error_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(voices.NoVoiceError, match="espeak-ng is not installed"):
        voices.synthesize("hello", "en")


def test_an_unknown_voice_is_an_error_with_its_name() -> None:
    with pytest.raises(voices.NoVoiceError, match="'xx'"):
        voices.synthesize("hello", "xx")


@pytest.mark.parametrize("key", ["caller-02", "3001", "agent-110"])
def test_a_party_whistles_its_own_tone_under_its_speech_and_no_other(key: str) -> None:
    voice = voice_of(key)
    found = levels(np.concatenate([voice, voice[: len(voice) // 2]]), TONES)
    own = list(PERSONAS).index(key)
    assert found[:, own] == pytest.approx(TONE_LEVEL, abs=0.5)
    assert np.delete(found, own, axis=1).max() < HEARD_LEVEL - 20
    without = voice - sine(TONES[own], voices.LOOP_SECONDS, TONE_LEVEL).astype(np.float64)
    assert 20 * np.log10(np.sqrt(np.mean(without**2)) / 32767) > TONE_LEVEL - 6  # speech is what one hears first
