"""Pausing and muting a recording at awkward moments: before it has begun, and one that is to end by itself."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from yuqiao.media.ari.errors import AriError
from yuqiao.media.ari.tests.memory import Office

UNHURRIED = True  # see `media.sip.tests.unhurried`


async def recorded(office: Office, *, max_seconds: int = 0) -> asyncio.Task[object]:
    """Ask for a recording of an answered call, and return before the mixer has begun it."""
    office.listen()
    office.trunk.incoming()
    (channel_id,) = office.switch.channels
    await office.engine.legs.answer(channel_id)
    recording = asyncio.create_task(
        office.engine.record_channel(channel_id, name="r", if_exists="fail", max_seconds=max_seconds)
    )
    await asyncio.sleep(0)
    return recording


@pytest.mark.parametrize("verb", ["mute", "pause"])
async def test_asked_before_it_began_it_begins_so(tmp_path: Path, verb: str) -> None:
    office = Office(tmp_path, pauses=[0, 0, 5])
    recording = await recorded(office)
    assert not office.switch.recordings["r"].begun
    if verb == "mute":
        await office.engine.recordings.mute("r", muted=True)
    else:
        await office.engine.recordings.pause("r", paused=True)
    await recording
    ref = office.switch.recordings["r"].ref
    assert (ref in office.mixer.muted, ref in office.mixer.paused) == (verb == "mute", verb == "pause")
    await office.engine.recordings.stop("r")
    with pytest.raises(AriError, match="not found"):
        await office.engine.recordings.mute("r", muted=False)


async def test_time_paused_does_not_count_for_how_long_it_may_last(tmp_path: Path) -> None:
    office = Office(tmp_path)
    recording = await recorded(office, max_seconds=1)
    await recording
    one = office.switch.recordings["r"]
    await asyncio.sleep(0.5)
    await office.engine.recordings.pause("r", paused=True)
    assert one.seconds_left is not None
    assert 0.2 < one.seconds_left < 0.6
    await asyncio.sleep(0.8)
    assert not one.finished.is_set(), "its second is not over"
    assert one.as_json()["state"] == "paused"
    await office.engine.recordings.pause("r", paused=False)
    await asyncio.wait_for(one.finished.wait(), 2)
    assert one.state == "done"
