"""A sensitive part of a real call: who speaks only while the recording is paused is on no file, proved by tones."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest
from django.test import override_settings

from yuqiao.accounts.models import JournalEntry
from yuqiao.calls.tests.asterisk_stage import AsteriskStage
from yuqiao.calls.tests.city import only_call, recording, seed
from yuqiao.calls.tests.stage import Stage, live, until
from yuqiao.calls.tests.voices import VOICES
from yuqiao.demo.hearing import levels
from yuqiao.hotline.models import Call, CallCommand, CallEvent, Recording
from yuqiao.hotline.recordings import finish
from yuqiao.hotline.tracks import RATE, Samples, read_samples
from yuqiao.hotline.wishes import ask_steer

pytestmark = [pytest.mark.live, pytest.mark.django_db(transaction=True)]

THREE = {"anna": ["agent", "li"], "agent": ["anna", "li"], "li": ["anna", "agent"]}
FOUR = {"third": ["anna", "agent", "li"], "anna": ["agent", "li", "third"]}


def voices(samples: Samples) -> set[str]:
    """Whose tone is in these samples."""
    if len(samples) < RATE // 2:
        return set()
    loudest = levels(np.asarray(samples), list(VOICES.values())).max(axis=0)
    return {name for name, level in zip(VOICES, loudest, strict=True) if level > -45}


async def happened(kind: str, times: int = 1) -> CallEvent:
    await until(lambda: CallEvent.objects.filter(kind=kind).count() >= times, kind)
    return await asyncio.to_thread(lambda: CallEvent.objects.filter(kind=kind).order_by("id")[times - 1])


def raw_files(folder: Path, call: Call) -> list[Samples]:
    return [read_samples(path) for path in folder.glob(f"{call.pk}*") if path.is_file()]


def test_nothing_said_while_the_recording_is_paused_is_on_any_file(tmp_path: Path) -> None:
    live(sensitive_part, tmp_path)


@pytest.mark.asterisk
def test_nor_with_asterisk(tmp_path: Path) -> None:
    live(sensitive_part, tmp_path, AsteriskStage)


async def sensitive_part(stage: Stage) -> None:
    """A third party speaks only while the recording is paused."""
    await asyncio.to_thread(seed, stage)
    for name in ("li", "agent", "third"):
        stage.answers(name)
    anna = stage.dial("123451", "anna")
    await stage.hear(THREE)
    await recording()
    li = await stage.on("li")
    li.press("*00#")
    await happened("recording_paused")
    li.press("*12315#")  # a third party comes on for the sensitive part alone
    await stage.hear(FOUR)
    await asyncio.sleep(1.0)
    (await stage.on("third")).hangup()
    await stage.hear(THREE)
    await asyncio.to_thread(lambda: ask_steer(only_call(), "resume_recording", by=None))
    await happened("recording_resumed")
    await asyncio.sleep(1.5)
    anna.hangup()
    await until(lambda: Call.objects.filter(phase="ended").exists(), "the call's end on paper")
    call = await asyncio.to_thread(only_call)
    raw = await asyncio.to_thread(raw_files, stage.recordings, call)
    assert set().union(*(voices(one) for one in raw)) == {"anna", "agent", "li"}
    with override_settings(RECORDINGS_DIR=stage.recordings):
        await asyncio.to_thread(finish, str(call.pk))
    await asyncio.to_thread(check_finished, stage.recordings, call)


def check_finished(folder: Path, call: Call) -> None:
    """Each track and the mix: everybody before and after, nobody in the gap, which is marked."""
    assert call.answered_at is not None
    marks = {one.kind: (one.at - call.answered_at).total_seconds() for one in CallEvent.objects.filter(call=call)}
    begin, end = marks["recording_paused"], marks["recording_resumed"]
    assert end - begin > 2
    rows = Recording.objects.filter(call=call, kind__in=["track", "mix"]).select_related("leg")
    expected = {"caller": {"anna"}, "agent": {"agent"}, "interpreter": {"li"}, "mix": {"anna", "agent", "li"}}
    found: dict[str, set[str]] = {}
    for row in rows:
        role = row.leg.role if row.leg else "mix"
        samples = read_samples(folder / row.path)
        before, gap, after = np.split(samples, [int(begin * RATE), int(end * RATE)])
        assert not gap.any(), "silence, to the last sample"
        assert voices(before) == voices(after) == expected[role]
        found[role] = voices(samples)
    assert found == expected
    assert set(JournalEntry.objects.filter(action__endswith="_recording").values_list("action", flat=True)) == {
        "call.pause_recording",
        "call.resume_recording",
    }
    assert not CallCommand.objects.filter(done_at=None).exists()
