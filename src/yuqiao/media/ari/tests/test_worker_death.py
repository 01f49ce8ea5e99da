"""A mixer worker dies: its calls end with a cause of their own, in SIP and in ARI; calls on another worker go on."""

from __future__ import annotations

import itertools
import os
import signal
import wave
from pathlib import Path

import pytest

from yuqiao.media.ari.tests.live import Client, Handset, connected, hear_each_other, running, until
from yuqiao.media.causes import MIXER_LOST
from yuqiao.media.server import MediaServer

pytestmark = pytest.mark.live


async def talk(client: Client, station: MediaServer, caller: Handset, called: Handset, room: str) -> tuple[str, str]:
    """Put two parties into a bridge of their own; returns their channels."""
    caller.dial(room, station)
    await until(lambda: len(client.told("StasisStart")) > 0 and _newest(client, room) != "", "the call")
    inbound = _newest(client, room)
    await client.do("POST", f"/channels/{inbound}/answer")
    outbound = f"out-{room}"
    await client.do("POST", "/channels", endpoint=f"PJSIP/yuqiao/{called.uri}", app="yuqiao", channelId=outbound,
                    originator=inbound)  # fmt: skip
    await client.event("StasisStart", channel=outbound)
    await client.do("POST", f"/bridges/{room}", type="mixing")
    await client.do("POST", f"/bridges/{room}/addChannel", channel=f"{inbound},{outbound}")
    return inbound, outbound


def _newest(client: Client, dialled: str) -> str:
    found = [one["channel"] for one in client.told("StasisStart") if one["channel"]["dialplan"]["exten"] == dialled]
    return str(found[-1]["id"]) if found else ""


async def test_a_killed_worker_ends_its_own_calls_with_bye_and_reason_and_no_other(
    tmp_path: Path, alice: Handset, bob: Handset
) -> None:
    async with (
        Handset(1300, "110") as dora,
        Handset(1900, "120") as emil,
        running(tmp_path, workers=2) as station,
        connected(station) as client,
    ):
        await client.listen()
        lost = await talk(client, station, alice, bob, "1")
        other = await talk(client, station, dora, emil, "2")
        await hear_each_other(alice, bob)
        await hear_each_other(dora, emil)
        await client.do("POST", "/bridges/1/record", name="mix", format="wav")
        await client.event("RecordingStarted", recording="mix")
        home = station.mixer._legs[lost[0]]
        assert home is station.mixer._legs[lost[1]] is not station.mixer._legs[other[0]]
        before = len(dora.phone.heard)
        os.kill(home.pid, signal.SIGKILL)
        for channel in lost:
            asked = await client.event("ChannelHangupRequest", channel=channel, seconds=5.0)
            assert asked["cause_txt"] == MIXER_LOST
            destroyed = await client.event("ChannelDestroyed", channel=channel)
            assert (destroyed["cause"], destroyed["cause_txt"]) == (41, MIXER_LOST)
        kinds = [event["type"] for event in client.events]
        assert kinds.index("ChannelHangupRequest") < kinds.index("RecordingFailed")
        await until(lambda: bool(alice.ends and bob.ends), "both phones to be told")
        assert [end.code for end in (*alice.ends, *bob.ends)] == [41, 41], "BYE with Reason: Q.850;cause=41"
        with wave.open(str(tmp_path / "recordings" / "mix.wav")) as kept:
            assert kept.getnframes() >= 0, "the file can be read"
        await until(lambda: len(station.mixer.loads) == 2, "a new worker")
        assert not dora.ends
        assert not emil.ends
        await hear_each_other(dora, emil)
        stamps = [int.from_bytes(packet[4:8], "big") for _, packet in dora.phone.heard[before:]]
        steps = [(later - earlier) & 0xFFFFFFFF for earlier, later in itertools.pairwise(stamps)]
        assert max(steps) < 0.4 * 8000, "the other call's sound never stopped"
        assert {one["id"] for one in await client.do("GET", "/channels")} == set(other)
        await talk(client, station, alice, bob, "3")
        await hear_each_other(alice, bob)
        workers = (await client.do("GET", "/yuqiao/counters"))["workers"]
        assert [worker["legs"] for worker in workers] == [2, 2]
