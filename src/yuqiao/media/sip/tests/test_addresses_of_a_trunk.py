"""Where a trunk listens and what it says of itself: free and taken ports, the wildcard, names, IPv6."""

from __future__ import annotations

import socket

import pytest

from yuqiao.media.sip import SipTrunk
from yuqiao.media.sip.tests.parties import ALICE_RTP, Desk, Witness, answer_at_once, trunk, until, uri
from yuqiao.media.sip.tests.rawpeer import carol_at, sdp


async def test_a_port_taken_by_udp_or_by_tcp_is_an_error() -> None:
    for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
        with socket.socket(socket.AF_INET, kind) as taken:
            taken.bind(("127.0.0.1", 0))
            port = taken.getsockname()[1]
            late = SipTrunk(host="127.0.0.1", port=port, on_incoming=Desk())
            with pytest.raises(OSError, match="in use"):
                await late.start()
            await late.stop()


async def test_a_trunk_on_the_wildcard_names_the_address_its_peer_can_reach() -> None:
    desk = Desk(answer_at_once)
    async with trunk(desk, host="0.0.0.0") as bob, carol_at(bob) as carol:  # noqa: S104
        carol.say(carol.request("INVITE", body=sdp()))
        ok = await carol.wait_for(200)
        assert ok["Contact"] == f"<sip:960169@127.0.0.1:{bob.address[1]}>"
        carol.say(carol.request("ACK", to_tag=ok.to_tag))
        await desk.witnesses[0].answered()
        desk.calls[0].hangup()
        bye = await carol.wait_for("BYE")
        assert bye["Via"].startswith(f"SIP/2.0/UDP 127.0.0.1:{bob.address[1]};")
        carol.say(carol.respond(bye, 200))


@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_a_host_name_is_looked_up(transport: str) -> None:
    desk = Desk(answer_at_once)
    async with trunk(desk) as bob, trunk() as alice:
        witness = Witness()
        target = f"sip:1@localhost:{bob.address[1]};transport={transport}"
        call = alice.invite(target, local=ALICE_RTP, observer=witness, caller_number="1")
        await witness.answered()
        call.hangup()
        await witness.ended()


async def test_a_name_that_cannot_exist_ends_the_call() -> None:
    async with trunk() as alice:
        witness = Witness()
        alice.invite("sip:1@nobody..here", local=ALICE_RTP, observer=witness, caller_number="1")
        end = await witness.ended()
        assert (end.code, end.sip_status) == (38, 0)
        assert alice.counters["unreachable"] == 1


async def test_an_ipv6_target_on_an_ipv4_trunk_ends_the_call() -> None:
    async with trunk() as alice:
        witness = Witness()
        alice.invite("sip:1@[2001:db8::1]", local=ALICE_RTP, observer=witness, caller_number="1")
        assert (await witness.ended()).code == 38


@pytest.mark.parametrize("transport", ["udp", "tcp"])
async def test_signalling_over_ipv6(transport: str) -> None:
    if not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    desk = Desk(answer_at_once)
    async with trunk(desk, host="::1") as bob, trunk(host="::1") as alice:
        witness = Witness()
        call = alice.invite(uri(bob, transport=transport), local=ALICE_RTP, observer=witness, caller_number="1")
        await witness.answered()
        call.hangup()
        _, bobs = await desk.called()
        assert (await bobs.ended()).code == 16
        assert (await witness.ended()).code == 16


async def test_a_response_that_passed_us_by_mistake_is_dropped() -> None:
    async with trunk() as alice, carol_at(alice) as carol:
        witness = Witness()
        alice.invite(carol.uri, local=ALICE_RTP, observer=witness, caller_number="1")
        invite = await carol.hear()
        carol.say(
            carol.respond(invite, 486, tag="t").replace("From:", "Via: SIP/2.0/UDP other;branch=z9hG4bKx\r\nFrom:", 1)
        )
        await until(lambda: alice.counters["strays"] == 1, "the stray counted")
        assert not witness.ends
        carol.say(carol.respond(invite, 486, tag="t"))
        assert (await witness.ended()).code == 17
