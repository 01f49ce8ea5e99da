"""Before the interpreter, as real calls: the phone's language (RFC 8373), a refusal to be recorded, a correction."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest

from yuqiao.calls.tests.city import only_call, recording, seed
from yuqiao.calls.tests.stage import Stage, live, until
from yuqiao.calls.tests.voices import VOICES
from yuqiao.demo.hearing import levels
from yuqiao.hotline.models import Call, CallEvent, Recording
from yuqiao.hotline.tracks import read_samples
from yuqiao.hotline.wishes import ask_language
from yuqiao.lib.net import free_port
from yuqiao.workforce.models import Interpreter

pytestmark = [pytest.mark.live, pytest.mark.django_db(transaction=True)]


async def ended() -> Call:
    await until(lambda: Call.objects.filter(phase="ended").exists(), "the call's end on paper")
    return await asyncio.to_thread(only_call)


def kinds() -> list[str]:
    return list(CallEvent.objects.order_by("id").values_list("kind", flat=True))


def test_a_phone_that_says_japanese_rings_the_japanese_interpreter_without_any_menu(tmp_path: Path) -> None:
    async def journey(stage: Stage) -> None:
        await asyncio.to_thread(seed, stage)
        stage.answers("wang")
        anna = stage.dial("9601690", "anna", languages=("ja-JP", "en"))
        await stage.hear({"anna": ["wang"], "wang": ["anna"]})
        assert anna.sip is not None
        assert anna.sip.languages == ("ja-JP",), "our answer takes the tag that was offered"
        anna.hangup()
        call = await ended()
        assert (call.language, call.language_by) == ("ja", "hlang")
        told = await asyncio.to_thread(kinds)
        assert told[:3] == ["arrived", "language_known", "interpreter_requested"]
        assert "language_chosen" not in told, "nobody was asked"

    live(journey, tmp_path)


def voices_on_disk(folder: Path) -> set[str]:
    """Whose voices are in any sound file that is not a prompt."""
    found: set[str] = set()
    for path in folder.rglob("*"):
        if path.is_file() and path.suffix != ".log" and "sounds" not in path.parts:
            samples = read_samples(path)
            if len(samples) >= 4000:
                loudest = levels(np.asarray(samples), list(VOICES.values())).max(axis=0)
                found |= {name for name, level in zip(VOICES, loudest, strict=True) if level > -45}
    return found


def test_who_presses_zero_is_on_no_file_and_the_call_goes_on(tmp_path: Path) -> None:
    async def journey(stage: Stage) -> None:
        await asyncio.to_thread(seed, stage)
        stage.start("work", "yuqiao.config.cli", "work")
        stage.answers("li")
        anna = stage.dial("9601691", "anna")
        await stage.hear({"anna": ["li"], "li": ["anna"]})
        await recording()
        await until(lambda: "anna" in voices_on_disk(stage.folder), "a file that holds the caller")
        anna.press("0")
        await until(lambda: Call.objects.filter(consent="refused").exists(), "the refusal on paper")
        await until(lambda: not voices_on_disk(stage.folder), "all files gone, while the call goes on")
        await asyncio.sleep(1.0)
        await stage.hear({"anna": ["li"], "li": ["anna"]})
        anna.hangup()
        call = await ended()
        await until(lambda: (stage.folder / "work.log").read_text().count("state=SUCCESSFUL") >= 3, "the end's own job")
        assert await asyncio.to_thread(voices_on_disk, stage.folder) == set()
        assert (call.consent, call.consent_by, call.outcome) == ("refused", "caller", "served")
        rows = await asyncio.to_thread(lambda: list(Recording.objects.values_list("path", "sha256")))
        assert rows == [("", "")] * 3, "what was recorded is known, and that it is gone"

    live(journey, tmp_path)


def test_a_wrong_language_corrected_on_the_desk_brings_the_right_interpreter(tmp_path: Path) -> None:
    async def journey(stage: Stage) -> None:
        await asyncio.to_thread(seed, stage)
        await asyncio.to_thread(lambda: Interpreter.objects.filter(number="1002").update(tier="remote"))
        for user in ("li", "wang", "agent"):
            stage.answers(user)
        anna = stage.dial("123451", "anna")
        await stage.hear({"anna": ["agent", "li"], "agent": ["anna", "li"]})
        await recording()
        call = await asyncio.to_thread(only_call)
        await asyncio.to_thread(lambda: ask_language(call, "ja", by=None))
        await stage.hear({"anna": ["agent", "wang"], "agent": ["anna", "wang"], "wang": ["anna", "agent"]})
        assert stage.session("li") is None, "thanked and let go"
        anna.hangup()
        call = await ended()
        assert (call.language, call.language_by, call.outcome) == ("ja", "agent", "served")
        assert "interpreter_lost" not in await asyncio.to_thread(kinds)
        assert not await asyncio.to_thread(lambda: Interpreter.objects.exclude(held_by="").exists())

    live(journey, tmp_path)


class ListeningStage(Stage):
    """A stage with a speech engine, as a process of its own that judges what it is really sent."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.speech_port = free_port()
        self.environment["YUQIAO_SPEECH_URL"] = f"http://127.0.0.1:{self.speech_port}/language"

    async def start_engine(self) -> None:
        await super().start_engine()
        self.start("speech", "yuqiao.calls.tests.speech_double", str(self.speech_port), str(self.folder))


def test_what_the_caller_speaks_is_suggested_by_machine_and_confirmed_by_one_key(tmp_path: Path) -> None:
    async def journey(stage: Stage) -> None:
        await asyncio.to_thread(seed, stage)
        stage.answers("wang")
        anna = stage.dial("9601690", "anna")
        await until(lambda: CallEvent.objects.filter(kind="language_suggested").exists(), "a suggestion", 25)
        [told] = await asyncio.to_thread(
            lambda: list(CallEvent.objects.filter(kind="language_suggested").values_list("data", flat=True))
        )
        assert told == {"language": "ja", "confidence": 0.91, "model": "test-tones"}
        assert (stage.folder / "heard.txt").read_text() == "4.0 anna\n", "real sound, the caller's alone, once"
        call = await asyncio.to_thread(only_call)
        assert (call.language, call.phase) == ("", "choosing"), "a machine only suggests"
        anna.press("2")
        await stage.hear({"anna": ["wang"], "wang": ["anna"]})
        anna.hangup()
        call = await ended()
        assert (call.language, call.language_by) == ("ja", "speech")

    live(journey, tmp_path, ListeningStage)
