"""Peers not written here complete calls with hold, resume, keys (RFC 4733) and hang-up from either side, in and out.

baresip, linphonec, sipp, and Asterisk as a trunk; the last needs root and a folder with Asterisk to chroot into, named
by YUQIAO_TEST_ASTERISK_ROOT. Bob, whom the peer talks to, and the peer say tones, so that it is known who hears whom.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from yuqiao.media.ari.tests.live import Client, Handset, connected, running, until
from yuqiao.media.ari.tests.peers.asterisk import TRUNK, Asterisk, asterisk
from yuqiao.media.ari.tests.peers.baresip import baresip
from yuqiao.media.ari.tests.peers.linphone import linphone
from yuqiao.media.ari.tests.peers.peer import HEARD, Peer, hears, misses
from yuqiao.media.ari.tests.peers.sipp import sipp
from yuqiao.media.ari.tests.shapes import assert_events
from yuqiao.media.sip.trunks import TrunkSettings

pytestmark = pytest.mark.live
ASTERISK = os.environ.get("YUQIAO_TEST_ASTERISK_ROOT", "")
PEERS: dict[str, Callable[[Path, Handset], AbstractAsyncContextManager[Peer]]] = {
    "sipp": sipp,
    "baresip": lambda folder, _bob: baresip(folder),
    "linphonec": lambda folder, _bob: linphone(folder),
    "asterisk": lambda _folder, _bob: asterisk(Path(ASTERISK)),
}
WITH_ASTERISK = pytest.param("asterisk", marks=pytest.mark.asterisk)


class Talk:
    """A peer and Bob, and the media server between them, steered by an application."""

    def __init__(self, peer: Peer, client: Client, sip: tuple[str, int], bob: Handset) -> None:
        self.peer, self.client, self.sip, self.bob = peer, client, sip, bob
        self.channel = ""

    async def begin(self, direction: str) -> None:
        """Let the peer call us (``in``), or call it (``out``), and put it and Bob into a room."""
        if direction == "in":
            await self.peer.dial("sip:960169@{}:{}".format(*self.sip))
            await until(lambda: bool(self.client.told("StasisStart")), "the call")
            self.channel = str(self.client.told("StasisStart")[0]["channel"]["id"])
            await self.client.do("POST", f"/channels/{self.channel}/answer")
        else:
            self.channel = "out"
            await self.peer.expect()
            await self._call(self.channel, self.peer.endpoint)
            await self.peer.accept()
            await self.client.event("StasisStart", channel=self.channel)
        await self.client.do("POST", "/bridges/room", type="mixing")
        await self.client.do("POST", "/bridges/room/addChannel", channel=self.channel)
        await self._call("bob", f"PJSIP/yuqiao/{self.bob.uri}", originator=self.channel)
        await self.client.event("StasisStart", channel="bob")
        await self.client.do("POST", "/bridges/room/addChannel", channel="bob")

    async def _call(self, channel: str, endpoint: str, **more: str) -> None:
        call = {"endpoint": endpoint, "app": "yuqiao", "callerId": "960169", **more}
        await self.client.do("POST", "/channels", channelId=channel, **call)

    async def they_hear_each_other(self, what: str) -> None:
        await until(lambda: self.bob.phone.hears(self.peer.voice) > HEARD, f"Bob to hear the peer {what}")
        await hears(self.peer, self.bob.freq)

    async def sent_to_both(self) -> None:
        """Wait until RTP goes out to two parties, not to one alone."""
        for _ in range(20):
            before = (await self.client.do("GET", "/yuqiao/counters"))["mixer"]["packets_out"]
            await asyncio.sleep(0.5)  # in which each party is sent 25 packets
            if (await self.client.do("GET", "/yuqiao/counters"))["mixer"]["packets_out"] - before > 40:
                return
        pytest.fail("nothing is sent to the peer")


@asynccontextmanager
async def talking(name: str, folder: Path, bob: Handset) -> AsyncIterator[Talk]:
    """Start the peer and a media server that has Asterisk for its trunk where that is the peer."""
    (folder / name).mkdir()
    async with PEERS[name](folder / name, bob) as peer:
        trunks = [TrunkSettings(TRUNK, (peer.address,), options_seconds=0)] if isinstance(peer, Asterisk) else []
        async with running(folder, trunks=tuple(trunks)) as station, connected(station) as client:
            await client.listen()
            yield Talk(peer, client, station.trunk.address, bob)


@pytest.mark.parametrize("name", ["sipp", "baresip", "linphonec", WITH_ASTERISK])
@pytest.mark.parametrize(("direction", "ended_by"), [("in", "peer"), ("in", "us"), ("out", "peer"), ("out", "us")])
async def test_hold_resume_keys_and_hanging_up(
    name: str, direction: str, ended_by: str, bob: Handset, tmp_path: Path
) -> None:
    async with talking(name, tmp_path, bob) as talk:
        peer, client = talk.peer, talk.client
        await talk.begin(direction)
        channel = talk.channel
        await talk.they_hear_each_other("at first")
        await peer.hold()
        await client.event("ChannelHold", channel=channel)
        await misses(peer, bob.freq)
        await peer.resume()
        await client.event("ChannelUnhold", channel=channel)
        if peer.hears_after_hold:
            await talk.they_hear_each_other("again")
        else:
            await talk.sent_to_both()
        await peer.press("5")
        await client.event("ChannelDtmfReceived", channel=channel, digit="5")
        if ended_by == "peer":
            await peer.hang_up()
        else:
            await client.do("DELETE", f"/channels/{channel}", reason="normal")
        assert (await client.event("ChannelDestroyed", channel=channel))["cause"] == 16
        await peer.over()
        assert_events(client, "ChannelHold", "ChannelUnhold", "ChannelDtmfReceived")
        counters = (await client.do("GET", "/yuqiao/counters"))["trunk"]
        assert counters["malformed"] == counters["errors"] == 0
