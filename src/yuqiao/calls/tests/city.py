"""A small city for whole calls: lines, numbers, two interpreters; and what its finished recordings hold."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from django.test import override_settings

from yuqiao.accounts.models import Person
from yuqiao.calls.tests.stage import until
from yuqiao.calls.tests.voices import VOICES
from yuqiao.demo.hearing import levels
from yuqiao.hotline.models import Call, CallEvent, DialledNumber, Line, Recording
from yuqiao.hotline.recordings import finish
from yuqiao.hotline.tracks import read_samples
from yuqiao.lib import clock
from yuqiao.workforce.models import Interpreter, InterpreterLanguage

if TYPE_CHECKING:
    from yuqiao.calls.tests.stage import Stage

#: A voice counts as recorded if it reached this level for half a second, in dB below full scale.
AUDIBLE = -45.0


def seed(stage: Stage) -> None:
    """Write lines, numbers and interpreters: Li holds English (resident), Wang English and Japanese (remote)."""
    own = Line.objects.create(number="960169", name_zh="多语种热线", line_class="own")
    police = Line.objects.create(number="110", name_zh="报警", line_class="emergency", priority=100)
    mayor = Line.objects.create(
        number="12345", name_zh="市民热线", line_class="government", agent_contact=stage.contact("agent")
    )
    Line.objects.create(
        number="12315", name_zh="消费维权", line_class="government", agent_contact=stage.contact("third")
    )
    for number, line, way_in, language in (
        ("9601690", own, "direct", ""),
        ("9601691", own, "direct", "en"),
        ("1101", police, "beside_agent", "en"),
        ("123451", mayor, "transferred", "en"),
    ):
        DialledNumber.objects.create(number=number, line=line, way_in=way_in, language=language)
    interpreter(stage, "li", "1001", "resident", en=3)
    interpreter(stage, "wang", "1002", "remote", en=2, ja=3)


def interpreter(stage: Stage, user: str, number: str, tier: str, **levels: int) -> Interpreter:
    """Write one interpreter who is ready."""
    row = Interpreter.objects.create(
        person=Person.objects.create(username=user),
        number=number,
        contact=stage.contact(user),
        tier=tier,
        state="ready",
        state_since=clock.now(),
    )
    for language, level in levels.items():
        InterpreterLanguage.objects.create(interpreter=row, language=language, level=level)
    return row


def only_call() -> Call:
    """Return the one call there is."""
    return Call.objects.get()


async def recording() -> None:
    """Wait until the notice was heard and the recording began, and let it run for a second."""
    await until(lambda: CallEvent.objects.filter(kind="recording_started").exists(), "the recording")
    await asyncio.sleep(1.0)  # so that there is something to measure in it


def finished_tracks(stage: Stage, call: Call) -> dict[str, set[str]]:
    """Finish the recordings; return whose voices are in each file, after checking that each is as long as the call."""
    root = stage.recordings
    with override_settings(RECORDINGS_DIR=root):
        finish(str(call.pk))
    assert call.answered_at is not None
    assert call.ended_at is not None
    length = (call.ended_at - call.answered_at).total_seconds()
    voices = {}
    for row in Recording.objects.filter(call=call, kind__in=["track", "mix"]):
        samples = read_samples(root / row.path)
        assert abs(len(samples) / 8000 - length) < 0.002, "exactly as long as the call"
        name = row.path.rpartition("/")[2].removesuffix(".flac")
        loudest = levels(samples, list(VOICES.values())).max(axis=0)
        voices[name] = {voice for voice, level in zip(VOICES, loudest, strict=True) if level > AUDIBLE}
    return voices
