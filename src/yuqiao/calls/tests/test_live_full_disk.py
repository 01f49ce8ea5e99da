"""The disk fills up during a real call: the call goes on, an alarm is raised, and the record says what is missing.

The mixer worker may write no byte any more (RLIMIT_FSIZE), so each of its writes fails as on a full disk.
"""

from __future__ import annotations

import asyncio
import resource
from pathlib import Path

import pytest
from django.test import override_settings

from yuqiao.calls.tests.city import only_call, recording, seed
from yuqiao.calls.tests.stage import Stage, live, until
from yuqiao.calls.tests.test_live_pausing import THREE, happened, voices
from yuqiao.hotline.models import Call, CallEvent, Outage, Recording, Service
from yuqiao.hotline.recordings import finish
from yuqiao.hotline.tracks import RATE, read_samples

pytestmark = [pytest.mark.live, pytest.mark.django_db(transaction=True)]


def worker_of(media: int) -> int:
    """Return the mixer worker that a media server started."""
    children = Path(f"/proc/{media}/task/{media}/children").read_text().split()
    (worker,) = [int(one) for one in children if b"yuqiao.media.worker" in Path(f"/proc/{one}/cmdline").read_bytes()]
    return worker


def test_a_full_disk_ends_no_call_and_is_told(tmp_path: Path) -> None:
    async def journey(stage: Stage) -> None:
        await asyncio.to_thread(seed, stage)
        for name in ("li", "agent"):
            stage.answers(name)
        anna = stage.dial("123451", "anna")
        await stage.hear(THREE)
        await recording()
        worker = worker_of(stage.processes["media"].pid)
        before = resource.prlimit(worker, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
        await happened("recording_failed", 2 * (len(THREE) + 1))  # the first file and the next, of each leg and of all
        await happened("recording_lost")
        outage = await asyncio.to_thread(lambda: Outage.objects.get(service=Service.RECORD))
        assert (outage.cause, outage.ended_at) == ("recordings_unwritable", None)
        await stage.hear(THREE)
        resource.prlimit(worker, resource.RLIMIT_FSIZE, before)
        await happened("recording_back")
        await until(lambda: Outage.objects.exclude(ended_at=None).exists(), "the end of the alarm")
        await stage.hear(THREE)
        anna.hangup()
        await until(lambda: Call.objects.filter(phase="ended").exists(), "the call's end on paper")
        call = await asyncio.to_thread(only_call)
        assert call.outcome == "served"
        with override_settings(RECORDINGS_DIR=stage.recordings):
            await asyncio.to_thread(finish, str(call.pk))
        await asyncio.to_thread(check_gaps, stage.recordings, call)

    live(journey, tmp_path)


def check_gaps(folder: Path, call: Call) -> None:
    """Each track has the voices before and after, and says from when to when it lacks them."""
    assert call.answered_at is not None
    lost = CallEvent.objects.filter(call=call, kind="recording_failed").earliest("id")
    failed_at = (lost.at - call.answered_at).total_seconds() * 1000
    expected = {"caller": {"anna"}, "agent": {"agent"}, "interpreter": {"li"}, "mix": {"anna", "agent", "li"}}
    rows = list(Recording.objects.filter(call=call, kind__in=["track", "mix"]).select_related("leg"))
    assert len(rows) == 4
    for row in rows:
        (gap,) = row.gaps
        assert gap["why"] == "lost"
        assert abs(gap["begin_ms"] - failed_at) < 1000
        assert gap["end_ms"] - gap["begin_ms"] > 3000
        samples = read_samples(folder / row.path)
        first, last = gap["begin_ms"] * RATE // 1000, gap["end_ms"] * RATE // 1000
        assert not samples[first:last].any()
        assert voices(samples[:first]) == voices(samples[last:]) == expected[row.leg.role if row.leg else "mix"]
