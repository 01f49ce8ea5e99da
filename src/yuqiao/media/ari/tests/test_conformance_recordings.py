"""The same checks against our server and against Asterisk 22: recordings."""

from __future__ import annotations

import asyncio
import itertools
import re
import time

import numpy as np
import pytest

from yuqiao.media.ari.tests.engines import Engine
from yuqiao.media.ari.tests.live import Handset, until
from yuqiao.media.ari.tests.shapes import CHANNEL, RECORDING, assert_events, assert_shape

pytestmark = pytest.mark.live


async def test_a_party_is_recorded_by_a_snoop_channel(engine: Engine, alice: Handset) -> None:
    client, tap, name = engine.client, engine.unique("tap"), engine.unique("track")
    caller = await engine.call(alice)
    await client.do("POST", f"/channels/{caller}/answer")
    snoop = await client.do("POST", f"/channels/{caller}/snoop/{tap}", spy="in", app="yuqiao", appArgs="snoop")
    assert_shape(snoop, CHANNEL, "snoop")
    assert (snoop["state"], snoop["id"]) == ("Up", tap)
    assert snoop["name"].startswith(f"Snoop/{caller}-")
    assert (await client.event("StasisStart", channel=tap))["args"] == ["snoop"]
    assert (await client.ask("POST", f"/channels/{caller}/snoop", spy="in")).status == 400
    assert (await client.ask("POST", f"/channels/{caller}/snoop", spy="up", app="yuqiao")).status == 400
    assert (await client.ask("POST", f"/channels/{caller}/snoop", app="yuqiao")).status == 400
    assert (await client.ask("POST", "/channels/nobody/snoop", app="yuqiao", spy="in")).status == 404

    reply = await client.ask("POST", f"/channels/{tap}/record", name=name, format="wav")
    assert reply.status == 201
    assert_shape(reply.json, RECORDING, "recording")
    started = await client.event("RecordingStarted", recording=name)
    assert started["recording"]["target_uri"] == f"channel:{tap}"
    assert (await client.ask("POST", f"/channels/{tap}/record", name=name, format="wav")).status == 409
    assert (await client.ask("POST", f"/channels/{tap}/record", name="x", format="cassette")).status == 422
    assert (await client.do("GET", f"/recordings/live/{name}"))["state"] == "recording"
    await asyncio.sleep(1.2)  # long enough for one whole second, which is what `duration` counts
    alice.hang_up()
    finished = await client.event("RecordingFinished", recording=name)
    assert finished["recording"]["state"] == "done"
    assert 1 <= finished["recording"]["duration"] <= 3
    await client.event("StasisEnd", channel=tap)
    assert await client.do("GET", f"/recordings/stored/{name}") == {"name": name, "format": "wav"}
    assert (await client.ask("GET", f"/recordings/stored/{name}/file")).raw[:4] == b"RIFF"
    assert (await client.ask("DELETE", f"/recordings/stored/{name}")).status == 204
    assert (await client.ask("GET", f"/recordings/stored/{name}")).status == 404
    assert_events(client, "RecordingStarted", "RecordingFinished")


async def test_a_bridge_is_recorded(engine: Engine, alice: Handset) -> None:
    client, bridge, name = engine.client, engine.unique("room"), engine.unique("mix")
    caller = await engine.call(alice)
    await client.do("POST", f"/channels/{caller}/answer")
    await client.do("POST", f"/bridges/{bridge}")
    await client.do("POST", f"/bridges/{bridge}/addChannel", channel=caller)
    assert (await client.ask("POST", f"/bridges/{bridge}/record", name=name, format="wav")).status == 201
    started = await client.event("RecordingStarted", recording=name)
    assert started["recording"]["target_uri"] == f"bridge:{bridge}"
    await asyncio.sleep(1.1)  # long enough for one whole second, which is what `duration` counts
    assert (await client.ask("POST", f"/recordings/live/{name}/stop")).status == 204
    assert 1 <= (await client.event("RecordingFinished", recording=name))["recording"]["duration"] <= 3
    assert (await client.ask("POST", f"/recordings/live/{name}/stop")).status in {404, 409}
    await client.do("DELETE", f"/recordings/stored/{name}")
    await client.do("DELETE", f"/bridges/{bridge}")


async def test_recordings_are_written_over_thrown_away_and_listed(engine: Engine, alice: Handset) -> None:
    client, name = engine.client, engine.unique("track")
    caller = await engine.call(alice)
    await client.do("POST", f"/channels/{caller}/answer")
    room = engine.unique("room")
    await client.do("POST", f"/bridges/{room}", type="mixing")
    await client.do("POST", f"/bridges/{room}/addChannel", channel=caller)
    for _ in range(2):  # the second is written over the first
        await client.do("POST", f"/bridges/{room}/record", name=name, format="wav", ifExists="overwrite")
        await until(lambda: bool(client.told("RecordingStarted", recording=name)), "the recording")
        await asyncio.sleep(0.2)
        await client.do("POST", f"/recordings/live/{name}/stop")
        await client.event("RecordingFinished", recording=name)
        client.events = [one for one in client.events if not one["type"].startswith("Recording")]
    assert {"name": name, "format": "wav"} in await client.do("GET", "/recordings/stored")
    assert (await client.ask("POST", f"/bridges/{room}/record", name=name, format="wav")).status == 409
    await client.do("DELETE", f"/recordings/stored/{name}")
    thrown = engine.unique("thrown")
    await client.do("POST", f"/bridges/{room}/record", name=thrown, format="wav")
    await client.event("RecordingStarted", recording=thrown)
    assert (await client.ask("DELETE", f"/recordings/live/{thrown}")).status == 204
    await client.event("RecordingFinished", recording=thrown)
    assert (await client.ask("GET", f"/recordings/stored/{thrown}")).status == 404
    assert (await client.ask("GET", f"/recordings/live/{thrown}")).status == 404


async def test_a_recording_is_paused_and_muted(engine: Engine, alice: Handset) -> None:
    """Paused: what is said is left out of the file. Muted: silence stands in its place."""
    client, bridge, name = engine.client, engine.unique("room"), engine.unique("mix")
    for method in ("POST", "DELETE"):
        for verb in ("pause", "mute"):
            assert (await client.ask(method, f"/recordings/live/none/{verb}")).status == 404
    caller = await engine.call(alice)
    await client.do("POST", f"/channels/{caller}/answer")
    await client.do("POST", f"/bridges/{bridge}")
    await client.do("POST", f"/bridges/{bridge}/addChannel", channel=caller)
    await until(lambda: alice.talking, "audio to begin")
    await client.do("POST", f"/bridges/{bridge}/record", name=name, format="wav")
    await client.event("RecordingStarted", recording=name)
    live = f"/recordings/live/{name}"
    at = [time.monotonic()]  # a busy machine may take longer over each step than we want to wait
    await asyncio.sleep(0.8)
    for _ in range(2):  # asked twice, it is the same
        assert (await client.ask("POST", f"{live}/pause")).status == 204
    at.append(time.monotonic())
    assert (await client.do("GET", live))["state"] == "paused"
    await asyncio.sleep(2.0)
    for _ in range(2):
        assert (await client.ask("DELETE", f"{live}/pause")).status == 204
    at.append(time.monotonic())
    assert (await client.do("GET", live))["state"] == "recording"
    await asyncio.sleep(0.8)
    assert (await client.ask("POST", f"{live}/mute")).status == 204
    at.append(time.monotonic())
    assert (await client.do("GET", live))["state"] == "recording"
    await asyncio.sleep(0.8)
    assert (await client.ask("DELETE", f"{live}/mute")).status == 204
    at.append(time.monotonic())
    await asyncio.sleep(0.8)
    await client.do("POST", f"{live}/stop")
    at.append(time.monotonic())
    before, _paused, between, muted, after = (later - sooner for sooner, later in itertools.pairwise(at))
    told = (await client.event("RecordingFinished", recording=name))["recording"]["duration"]
    assert abs(told - (before + between + muted + after)) < 1.3, "whole seconds, without what was left out"
    loud = loud_frames((await client.ask("GET", f"/recordings/stored/{name}/file")).raw)
    drawn = "".join("#" if one else "." for one in loud)
    drawn = re.sub(r"(?<=#)\.{1,5}(?=#)", lambda gap: "#" * len(gap[0]), drawn)  # a phone held up is no pause
    found = re.fullmatch(r"\.{0,4}(#+)(\.+)(#+)\.{0,4}", drawn)
    assert found, drawn
    for frames, seconds in zip(found.groups(), (before + between, muted, after), strict=True):
        assert abs(len(frames) - 50 * seconds) <= 12, drawn
    await client.do("DELETE", f"/recordings/stored/{name}")
    await client.do("DELETE", f"/bridges/{bridge}")


def loud_frames(wav: bytes) -> list[bool]:
    """Return of each 20 ms of a recording whether anything is said in it."""
    samples = np.frombuffer(wav[44 : len(wav) // 2 * 2], dtype="<i2")
    frames = samples[: len(samples) // 160 * 160].reshape(-1, 160).astype(int)
    return [bool(one) for one in np.abs(frames).max(axis=1) > 300]
