"""A media server with trunks: calls in and out by them, heard by their tones, and a stranger who gets nothing."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from yuqiao.lib import g711
from yuqiao.lib.net import free_port
from yuqiao.lib.tone import sine
from yuqiao.media.ari.tests.live import Client, Handset, connected, hear_each_other, running, until
from yuqiao.media.server import MediaServer
from yuqiao.media.sip.tests.rawpeer import Carol, sdp
from yuqiao.media.sip.trunks import TrunkSettings
from yuqiao.media.tests.mixer.phone import NOT_HEARD, rtp

pytestmark = pytest.mark.live
EVE = 2500.0


def by(*phones: Handset) -> list[TrunkSettings]:
    """Trunks in the order of ``phones``, before them one at whose address nobody is."""
    dead = TrunkSettings("dead", (("127.0.0.1", free_port()),), priority=1, options_seconds=0)
    return [dead, *(TrunkSettings(f"by-{one.number}", (one.trunk.address,), options_seconds=0) for one in phones)]


async def join_two(client: Client, station: MediaServer, alice: Handset, bob: Handset) -> tuple[str, str]:
    """Alice calls in, Bob is called by number; both are put into one bridge. Returns the channels."""
    alice.dial("960169", station)
    inbound = str((await client.event("StasisStart"))["channel"]["id"])
    await client.do("POST", f"/channels/{inbound}/answer")
    await client.do(
        "POST", "/channels", endpoint=f"PJSIP/yuqiao/{bob.number}", app="yuqiao", channelId="out", originator=inbound
    )
    await client.event("StasisStart", channel="out")
    await client.do("POST", "/bridges/room", type="mixing")
    await client.do("POST", "/bridges/room/addChannel", channel=f"{inbound},out")
    return inbound, "out"


async def test_a_number_goes_out_by_the_next_trunk(tmp_path: Path, alice: Handset, bob: Handset) -> None:
    async with running(tmp_path, trunks=tuple(by(bob, alice)), sip_peers=()) as station, connected(station) as client:
        await client.listen()
        inbound, _ = await join_two(client, station, alice, bob)
        await hear_each_other(alice, bob)
        shown = (await client.do("GET", f"/channels/{inbound}"))["channelvars"]
        assert shown == {"YUQIAO_TRUNK": "by-13800000001"}
        assert bob.call is not None
        assert bob.call.dialled_number == "12345"
        names = [one["resource"] for one in await client.do("GET", "/endpoints")]
        assert names == ["dead", "by-12345", "by-13800000001"]
        reply = await client.ask("POST", "/channels", endpoint="PJSIP/nobody/sip:", app="yuqiao")
        assert reply.status == 500


async def test_a_stranger_gets_no_place_and_no_sound(tmp_path: Path, alice: Handset, bob: Handset) -> None:
    """No Stasis for the stranger's INVITE, nothing sent to the third party that its SDP names, its RTP into a leg's
    port is not heard, and those who talk go on talking."""
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as eve,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as third,
    ):
        eve.bind(("127.0.0.2", 0))
        third.bind(("127.0.0.3", 0))
        eve.setblocking(False)
        third.setblocking(False)
        async with running(tmp_path, trunks=tuple(by(bob)), sip_peers=()) as station, connected(station) as client:
            await client.listen()
            await join_two(client, station, alice, bob)
            await hear_each_other(alice, bob)
            stranger = Carol(eve, station.trunk)
            for _ in range(3):
                stranger.say(stranger.request("INVITE", body=sdp(address="127.0.0.3", port=third.getsockname()[1])))
                assert (await stranger.hear()).status == 403
            assert alice.call is not None
            assert alice.phone.peer is not None
            voice = g711.encode(sine(EVE, 1.0, -5), g711.PCMA)
            for seq in range(50):
                eve.sendto(rtp(g711.PCMA, seq, 160 * seq, 666, voice[160 * seq : 160 * seq + 160]), alice.phone.peer)
            before = len(bob.phone.heard)
            await until(lambda: len(bob.phone.heard) > before + 20, "the next 0.4 s, in which she would be heard")
            await hear_each_other(alice, bob)
            assert bob.phone.hears(EVE) < NOT_HEARD
            assert len(client.told("StasisStart")) == 2
            assert len(await client.do("GET", "/channels")) == 2
            with pytest.raises(BlockingIOError):
                third.recv(2048)
            counters = (await client.do("GET", "/yuqiao/counters"))["trunk"]
            assert counters["strangers"] == 3
            assert (counters["calls_in"], counters["calls_out"]) == (1, 2)
