"""What happens within calls: hold and its music, early media, keys by INFO, REFER; over real SIP and RTP."""

from __future__ import annotations

import pytest

from yuqiao.lib import g711
from yuqiao.media.ari.tests.live import Client, Handset, hear_each_other, until
from yuqiao.media.ari.tests.shapes import EVENTS, assert_shape
from yuqiao.media.ari.tests.test_calls import answered, rung
from yuqiao.media.server import MediaServer
from yuqiao.media.sip.tests.rawpeer import carol_at, sdp
from yuqiao.media.tests.mixer.phone import Phone

pytestmark = pytest.mark.live


async def test_a_party_that_holds_is_not_heard_until_it_is_back(
    client: Client, station: MediaServer, alice: Handset, bob: Handset, carol: Handset
) -> None:
    caller = await answered(client, station, alice)
    await client.do("POST", "/bridges/room", type="mixing")
    await rung(client, bob, "bob", originator=caller)
    await rung(client, carol, "carol", originator=caller)
    await client.do("POST", "/bridges/room/addChannel", channel=f"{caller},bob,carol")
    await hear_each_other(alice, bob, carol)

    assert bob.call is not None
    bob.call.hold(held=True)  # Bob's phone plays its music, 1000 Hz here
    await client.event("ChannelHold", channel="bob")
    for party in (alice, carol):
        party.phone.heard.clear()
    await until(lambda: alice.misses(bob) and carol.misses(bob), "silence from who holds")
    assert alice.hears(carol)

    bob.call.hold(held=False)
    await client.event("ChannelUnhold", channel="bob")
    await hear_each_other(alice, bob, carol)


async def test_the_application_holds_a_party_and_takes_it_back(
    client: Client, station: MediaServer, alice: Handset, bob: Handset
) -> None:
    caller = await answered(client, station, alice)
    await client.do("POST", "/bridges/room", type="mixing")
    await rung(client, bob, "bob", originator=caller)
    await client.do("POST", "/bridges/room/addChannel", channel=f"{caller},bob")
    await hear_each_other(alice, bob)
    assert (await client.ask("POST", "/channels/nobody/hold")).status == 404

    await client.do("POST", f"/channels/{caller}/hold")
    await until(lambda: station.trunk.counters["responses"] > 0 and not _receives(station, caller), "the hold")
    bob.phone.heard.clear()
    await until(lambda: bob.misses(alice), "that Alice is not heard")
    await client.do("DELETE", f"/channels/{caller}/hold")
    await until(lambda: _receives(station, caller), "the resume")
    await hear_each_other(alice, bob)
    assert not client.told("ChannelHold"), "that tells of what parties do"


def _receives(station: MediaServer, channel_id: str) -> bool:
    audio = station.switch.channels[channel_id].audio
    return audio is not None and audio.receive


async def test_a_caller_hears_the_bridge_before_the_answer(
    client: Client, station: MediaServer, alice: Handset, bob: Handset
) -> None:
    alice.dial("960169", station)
    channel = str((await client.event("StasisStart"))["channel"]["id"])
    assert (await client.ask("POST", f"/channels/{channel}/play", media="tone:ring")).status == 412
    await client.do("POST", f"/channels/{channel}/progress")
    await client.do("POST", f"/channels/{channel}/progress")  # once more changes nothing
    await until(lambda: 183 in alice.progress, "183")
    assert alice.progress.count(183) == 1
    early = alice.early
    assert early is not None
    alice.phone.talk_to(early.remote)
    await client.do("POST", "/bridges/room", type="mixing")
    await rung(client, bob, "bob", originator=channel)
    await client.do("POST", "/bridges/room/addChannel", channel=f"{channel},bob")
    await hear_each_other(alice, bob)
    assert not alice.talking
    await client.do("POST", f"/channels/{channel}/answer")
    await until(lambda: alice.talking, "the answer")
    await hear_each_other(alice, bob)


async def test_keys_by_info_reach_the_application(client: Client, station: MediaServer) -> None:
    async with carol_at(station.trunk) as peer:
        peer.say(peer.request("INVITE", body=sdp()))
        channel = str((await client.event("StasisStart"))["channel"]["id"])
        await client.do("POST", f"/channels/{channel}/answer")
        ok = await peer.wait_for(200, of="INVITE")
        peer.say(peer.request("ACK", to_tag=ok.to_tag))
        keys = [("application/dtmf-relay", "Signal=5\r\nDuration=160\r\n"), ("application/dtmf", "#")]
        for seq, (content, body) in enumerate(keys, 2):
            peer.say(peer.request("INFO", seq=seq, to_tag=ok.to_tag, body=body, content=content))
            await peer.wait_for(200, of="INFO")
        assert (await client.event("ChannelDtmfReceived", digit="5", channel=channel))["duration_ms"] == 160
        await client.event("ChannelDtmfReceived", digit="#", channel=channel)
        peer.say(peer.request("BYE", seq=9, to_tag=ok.to_tag))
        await client.event("ChannelDestroyed", channel=channel)


async def test_a_refer_costs_nothing_unless_the_application_decides(client: Client, station: MediaServer) -> None:
    refer = "Refer-To: <sip:0190@203.0.113.1>\r\n"
    async with carol_at(station.trunk) as peer:
        peer.say(peer.request("INVITE", body=sdp()))
        channel = str((await client.event("StasisStart"))["channel"]["id"])
        await client.do("POST", f"/channels/{channel}/answer")
        ok = await peer.wait_for(200, of="INVITE")
        peer.say(peer.request("ACK", to_tag=ok.to_tag))
        await until(lambda: station.switch.channels[channel].state == "Up", "Up")
        peer.say(peer.request("REFER", seq=2, to_tag=ok.to_tag, extra=refer))
        await peer.wait_for(603, of="REFER")
        assert not client.told("ChannelTransfer")

        handling = {"variable": "PJSIP_TRANSFER_HANDLING()", "value": "ari-only"}
        await client.do("POST", f"/channels/{channel}/variable", **handling)
        progress = f"/channels/{channel}/transfer_progress"
        assert (await client.ask("POST", progress, states="channel_answered")).status == 412
        peer.say(peer.request("REFER", seq=3, to_tag=ok.to_tag, extra=refer))
        await peer.wait_for(202, of="REFER")
        peer.say(peer.respond(await peer.wait_for("NOTIFY"), 200))
        told = await client.event("ChannelTransfer")
        assert_shape(told, EVENTS["ChannelTransfer"], "ChannelTransfer")
        assert told["refer_to"]["requested_destination"]["destination"] == "0190"
        assert told["referred_by"]["source_channel"]["id"] == channel
        assert (await client.ask("POST", progress, states="perhaps")).status == 400
        assert (await client.ask("POST", progress)).status == 400
        for state, said in (("channel_progress", "183"), ("channel_declined", "603")):
            await client.do("POST", progress, states=state)
            notify = await peer.wait_for("NOTIFY")
            assert said in notify.body
            peer.say(peer.respond(notify, 200))
        assert station.trunk.counters["calls_out"] == 0
        assert [one["id"] for one in await client.do("GET", "/channels")] == [channel]
        peer.say(peer.request("BYE", seq=9, to_tag=ok.to_tag))
        await client.event("ChannelDestroyed", channel=channel)


async def test_a_party_changes_codec_and_address_within_the_call(
    client: Client, station: MediaServer, alice: Handset
) -> None:
    """Carol begins with A-law and goes on with µ-law from another telephone: each hears the other."""
    caller = await answered(client, station, alice)
    await client.do("POST", "/bridges/room", type="mixing")
    with Phone(1000, g711.PCMA) as desk, Phone(1700, g711.PCMU) as mobile:
        async with carol_at(station.trunk) as peer:
            ports = [phone.socket.getsockname()[1] for phone in (desk, mobile)]
            peer.say(peer.request("INVITE", body=sdp(port=ports[0]).replace(" 8 0 96", " 8 96")))
            await until(lambda: len(client.told("StasisStart")) == 2, "Carol's call")
            channel = str(client.told("StasisStart")[1]["channel"]["id"])
            await client.do("POST", f"/channels/{channel}/answer")
            ok = await peer.wait_for(200, of="INVITE")
            peer.say(peer.request("ACK", to_tag=ok.to_tag))
            await client.do("POST", "/bridges/room/addChannel", channel=f"{caller},{channel}")
            desk.talk_to(_place(ok.body))
            await until(lambda: len(desk.heard) >= 20 and desk.hears(440) > -30, "Carol to hear Alice")
            await until(lambda: len(alice.phone.heard) >= 20 and alice.phone.hears(1000) > -30, "Alice to hear Carol")

            desk.hush()
            offer = sdp(port=ports[1], version=2).replace(" 8 0 96", " 0 96")
            peer.say(peer.request("INVITE", seq=2, to_tag=ok.to_tag, body=offer))
            ok = await peer.wait_for(200, of="INVITE")
            assert "RTP/AVP 0 96" in ok.body
            peer.say(peer.request("ACK", seq=2, to_tag=ok.to_tag))
            mobile.talk_to(_place(ok.body))
            await until(lambda: len(mobile.heard) >= 20 and mobile.hears(440) > -30, "Carol to hear Alice in µ-law")
            await until(lambda: alice.phone.hears(1700) > -30, "Alice to hear Carol's mobile")
            peer.say(peer.request("BYE", seq=3, to_tag=ok.to_tag))
            await client.event("ChannelDestroyed", channel=channel)


def _place(body: str) -> tuple[str, int]:
    """Where an SDP of ours wants the sound."""
    port = next(line for line in body.split("\r\n") if line.startswith("m=audio")).split()[1]
    return "127.0.0.1", int(port)
