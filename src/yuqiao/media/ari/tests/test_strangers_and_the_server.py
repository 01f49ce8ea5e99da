"""The whole media server against a stranger: no call out through it, no place in a conference, no RTP to a third party.

Alice, Bob and the carrier of the city are at 127.0.0.1, which is let in; Eve is at 127.0.0.2, her victim at 127.0.0.3.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest

from yuqiao.lib import g711
from yuqiao.lib.tone import level_of, sine
from yuqiao.media.ari.tests.live import Client, Handset, hear_each_other, running, until
from yuqiao.media.server import MediaServer
from yuqiao.media.sip.tests.carrier import Carrier, answer_invite, carrier
from yuqiao.media.sip.tests.rawpeer import Carol, sdp
from yuqiao.media.sip.trunks import TrunkSettings
from yuqiao.media.tests.mixer.phone import rtp

pytestmark = pytest.mark.live
EVE = 2300.0
HER_VOICE = g711.encode(sine(EVE, 0.02, -3), g711.PCMA)


@pytest.fixture
async def city() -> AsyncIterator[Carrier]:
    """The carrier by which calls go out."""
    async with carrier(answer_invite) as one:
        yield one


@pytest.fixture
async def station(tmp_path: Path, city: Carrier) -> AsyncIterator[MediaServer]:
    trunk = TrunkSettings("city", (city.address,), options_seconds=0)
    async with running(tmp_path, trunks=(trunk,), sip_peers=()) as server:
        yield server


@pytest.fixture
def victim() -> Iterator[socket.socket]:
    """A third party, at whom nothing may arrive."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.3", 0))
        sock.setblocking(False)
        yield sock


@pytest.fixture
def eve(station: MediaServer) -> Iterator[Carol]:
    """The stranger."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.2", 0))
        sock.setblocking(False)
        yield Carol(sock, station.trunk)


def is_sent_nothing(sock: socket.socket) -> bool:
    try:
        sock.recv(2048)
    except BlockingIOError:
        return True
    return False


async def a_call_of_two(client: Client, station: MediaServer, alice: Handset, bob: Handset) -> list[str]:
    """Alice and Bob in conversation; returns their channels."""
    for party in (alice, bob):
        party.dial("960169", station)
    await until(lambda: len(client.told("StasisStart")) == 2, "two calls")
    channels = [str(event["channel"]["id"]) for event in client.told("StasisStart")]
    await client.do("POST", "/bridges/room", type="mixing")
    for channel in channels:
        await client.do("POST", f"/channels/{channel}/answer")
        await client.do("POST", "/bridges/room/addChannel", channel=channel)
    await hear_each_other(alice, bob)
    return channels


async def test_a_stranger_cannot_call_out_through_us(
    client: Client, station: MediaServer, city: Carrier, eve: Carol
) -> None:
    """Neither by SIP, with every method, number and route, nor over ARI without its password."""
    numbers = ("sip:0085212345678@{}:{}", "sip:0085212345678@trunks", "tel:+85212345678", "sip:city@{}:{}")
    for text in numbers:
        uri = text.format(*city.address)
        for method in ("INVITE", "REFER", "SUBSCRIBE", "MESSAGE"):
            eve.call_id += "x"
            fields = f"Refer-To: <{uri}>\r\nRoute: <sip:{city.address[0]}:{city.address[1]};lr>\r\n"
            eve.say(eve.request(method, uri=uri, extra=fields, body=sdp() if method == "INVITE" else ""))
            assert (await eve.hear()).status == 403
    async with aiohttp.ClientSession() as nobody:
        for path in ("/channels", "/channels/x", "/channels/create"):
            query = {"endpoint": "PJSIP/city/0085212345678", "app": "yuqiao"}
            async with nobody.post(client.url + path, params=query) as answer:
                assert answer.status == 401
    assert not city.heard
    assert await client.do("GET", "/channels") == []
    assert not client.told("StasisStart")


async def test_a_stranger_cannot_join_a_conference(
    client: Client, station: MediaServer, eve: Carol, alice: Handset, bob: Handset
) -> None:
    """Not by a call of her own, not in the name of a party whose Call-ID and tags she overheard, not by RTP to every
    port the conference has, in the very stream of a party; she hears nothing, and nobody hears her."""
    channels = await a_call_of_two(client, station, alice, bob)
    assert alice.call is not None
    eve.call_id = alice.call.headers["call-id"]
    eve.tag = alice.call.headers["from"].partition("tag=")[2]
    ours = next(tag for call_id, tag in station.trunk._core.legs if call_id == eve.call_id)
    here = sdp(address="127.0.0.2", port=eve.port, version=9)
    for method, tag in (
        ("INVITE", ""),
        ("INVITE", ours),
        ("UPDATE", ours),
        ("REFER", ours),
        ("INFO", ours),
        ("BYE", ours),
    ):
        eve.say(eve.request(method, seq=50, to_tag=tag, body=here if method in {"INVITE", "UPDATE"} else ""))
        assert (await eve.hear()).status == 403
    heard = len(bob.phone.heard)
    for number in range(150):
        for party in (alice, bob):
            host, port = party.phone.peer or ("", 0)
            packet = rtp(8, party.phone.seq + number, party.phone.timestamp, party.phone.ssrc, HER_VOICE)
            for target in ((host, port), (host, port + 1)):
                eve._socket.sendto(packet, target)
        await asyncio.sleep(0.01)
    assert await eve.silence(0.1)
    assert level_of(bob.phone.last((len(bob.phone.heard) - heard) / 50), EVE) < -35
    await hear_each_other(alice, bob)
    assert {one["id"] for one in await client.do("GET", "/channels")} == set(channels)
    assert (await client.do("GET", "/bridges/room"))["channels"] == channels


async def test_a_stranger_cannot_make_us_send_rtp_to_a_third_party(
    client: Client, station: MediaServer, eve: Carol, alice: Handset, victim: socket.socket
) -> None:
    """Not by the SDP of a call or of a change, not by a Via, and not by RTP that seems to come from the victim, be it
    before a leg has heard its peer."""
    third = sdp(address="127.0.0.3", port=victim.getsockname()[1], version=7)
    eve.say(eve.request("INVITE", body=third))
    assert (await eve.hear()).status == 403
    pointed = eve.request("INVITE", body=third).replace(f"127.0.0.1:{eve.port}", f"127.0.0.3:{victim.getsockname()[1]}")
    eve.say(pointed)
    assert (await eve.hear()).status == 403
    alice.phone.talk_to = lambda address: None  # type: ignore[method-assign]  # as behind a wall that she must open first
    alice.dial("960169", station)
    start = await client.event("StasisStart")
    await client.do("POST", f"/channels/{start['channel']['id']}/answer")
    await until(lambda: alice.talking, "the answer")
    assert alice.call is not None
    leg = station.engine.switch.channels.get(start["channel"]["id"])
    assert leg is not None
    assert leg.local is not None
    for number in range(60):  # what arrives when she forges the victim's address is this
        victim.sendto(rtp(8, number, number * 160, 3, b"\x2a" * 160), leg.local)
        await asyncio.sleep(0.01)
    eve.call_id = alice.call.headers["call-id"]
    eve.tag = alice.call.headers["from"].partition("tag=")[2]
    ours = next(tag for call_id, tag in station.trunk._core.legs if call_id == eve.call_id)
    for method in ("INVITE", "UPDATE"):
        eve.say(eve.request(method, seq=9, to_tag=ours, body=third))
        assert (await eve.hear()).status == 403
    heard = len(alice.phone.heard)
    await until(lambda: len(alice.phone.heard) > heard + 40, "the leg to go on")
    assert is_sent_nothing(victim)
    assert not client.told("ChannelDestroyed")
