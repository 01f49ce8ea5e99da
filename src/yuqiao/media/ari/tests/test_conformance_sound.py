"""How a leg's RTP is shown, on our server and on Asterisk 22: while it lasts and when it ends."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import pytest

from yuqiao.media.ari.tests.engines import Engine
from yuqiao.media.ari.tests.live import Handset, until
from yuqiao.media.tests.mixer.phone import Packet

pytestmark = pytest.mark.live

REQUIRED = {
    "txcount", "rxcount", "txploss", "rxploss", "local_ssrc", "remote_ssrc", "txoctetcount", "rxoctetcount",
}  # fmt: skip
SECONDS = ("txjitter", "rxjitter", "rtt", "minrtt", "maxrtt", "local_maxjitter")


async def test_loss_and_jitter_of_a_leg_while_it_lasts_and_when_it_ends(engine: Engine, alice: Handset) -> None:
    numbers = iter(range(1 << 20))

    def lose(packets: list[Packet]) -> list[Packet]:
        return [] if next(numbers) % 10 == 9 else packets

    client = engine.client
    channel = await engine.call(alice)
    await client.do("POST", f"/channels/{channel}/answer")
    alice.phone._deliver = lose
    shown: dict[str, Any] = {"rxcount": 0}
    deadline = time.monotonic() + 15
    while shown["rxcount"] <= 120:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.1)
        shown = await client.do("GET", f"/channels/{channel}/rtp_statistics")
    assert shown.keys() >= REQUIRED
    assert shown["channel_uniqueid"] == channel
    assert shown["remote_ssrc"] == alice.phone.ssrc
    assert shown["rxoctetcount"] == shown["rxcount"] * 160
    assert all(0 <= shown[name] < 1 for name in SECONDS)
    assert (await client.ask("GET", "/channels/nobody/rtp_statistics")).status == 404

    alice.hang_up()
    await client.event("StasisEnd", channel=channel)

    def told() -> list[str]:
        sets = client.told("ChannelVarset", channel=channel)
        return [event["value"] for event in sets if event["variable"] == "RTPAUDIOQOS"]

    await until(lambda: bool(told()), "the figures at the end")
    (value,) = told()
    said = dict(part.split("=") for part in value.split(";") if part)
    assert {"lp", "rlp", "rxcount", "txcount", "rxjitter", "txjitter", "rtt"} <= said.keys()
    assert int(said["rxcount"]) >= shown["rxcount"]
    assert 0 <= float(said["txjitter"]) < 0.1
    if "late" in said:  # Asterisk counts what was lost each time it sends a report, the first after five seconds
        assert int(said["lp"]) >= 8


async def test_a_leg_is_made_louder_by_volume(engine: Engine, alice: Handset, bob: Handset) -> None:
    """VOLUME(TX) of 2: what Alice hears of Bob is 6 dB louder; Bob hears her as before."""
    client, bridge = engine.client, engine.unique("room")
    await client.do("POST", f"/bridges/{bridge}", type="mixing")
    legs = []
    for party in (alice, bob):
        channel = await engine.call(party)
        await client.do("POST", f"/channels/{channel}/answer")
        await client.do("POST", f"/bridges/{bridge}/addChannel", channel=channel)
        legs.append(channel)
    await until(lambda: abs(alice.phone.hears(bob.freq) + 15) < 1 and abs(bob.phone.hears(alice.freq) + 15) < 1, "talk")
    reply = await client.ask("POST", f"/channels/{legs[0]}/variable", variable="VOLUME(TX)", value="2")
    assert reply.status == 204
    await until(lambda: abs(alice.phone.hears(bob.freq) + 9) < 1, "Bob louder")
    await until(lambda: abs(bob.phone.hears(alice.freq) + 15) < 1, "Alice as before")
