"""Alice's trunk calls Carol, who answers as no library would let her: forks, repetitions, races, redirections."""

from __future__ import annotations

import socket

import pytest

from yuqiao.media.ports import SipCall
from yuqiao.media.sip import SipTrunk
from yuqiao.media.sip.tests.parties import ALICE_RTP, Witness, trunk, until
from yuqiao.media.sip.tests.rawpeer import Carol, Heard, carol_at, sdp

UNHURRIED = True


def call_carol(alice: SipTrunk, carol: Carol, witness: Witness, timeout: float = 60.0) -> SipCall:
    return alice.invite(carol.uri, local=ALICE_RTP, observer=witness, caller_number="960169", timeout=timeout)


async def test_the_invite_says_who_we_are_and_what_we_offer() -> None:
    async with trunk() as alice, carol_at(alice) as carol:
        witness = Witness()
        call_carol(alice, carol, witness)
        invite = await carol.hear()
        assert invite.start == f"INVITE {carol.uri} SIP/2.0"
        assert invite["From"].startswith(f"<sip:960169@127.0.0.1:{alice.address[1]}>;tag=")
        assert invite["Contact"] == f"<sip:960169@127.0.0.1:{alice.address[1]}>"
        assert invite["Via"].endswith(";rport")
        for line in ("RTP/AVP 8 0 101", "a=fmtp:101 0-15", "a=ptime:20", "a=sendrecv", "c=IN IP4 127.0.0.1"):
            assert line in invite.body
        carol.say(carol.respond(invite, 486, tag="t"))
        ack = await carol.wait_for("ACK")
        assert ack["Via"] == invite["Via"]
        assert ack.to_tag == "t"
        end = await witness.ended()
        assert (end.code, end.sip_status, end.text) == (17, 486, "User busy")


async def test_early_media_is_reported_and_serves_for_an_answer_without_sdp() -> None:
    async with trunk() as alice, carol_at(alice) as carol:
        witness = Witness()
        call_carol(alice, carol, witness)
        invite = await carol.hear()
        carol.say(carol.respond(invite, 100))
        carol.say(carol.respond(invite, 183, tag="t", body=sdp(port=47_000)))
        await until(lambda: len(witness.progress) == 1, "183")
        status, audio = witness.progress[0]
        assert status == 183
        assert audio is not None
        assert audio.remote == ("127.0.0.1", 47_000)
        carol.say(carol.respond(invite, 200, tag="t"))
        assert (await witness.answered()) == audio
        await carol.wait_for("ACK")


async def test_a_repeated_answer_gets_its_ack_again() -> None:
    async with trunk() as alice, carol_at(alice) as carol:
        witness = Witness()
        call_carol(alice, carol, witness)
        invite = await carol.hear()
        for _ in range(3):
            carol.say(carol.respond(invite, 200, tag="t", body=sdp()))
        acks = [await carol.wait_for("ACK") for _ in range(3)]
        assert len({ack["Via"] for ack in acks}) == 1
        assert acks[0]["Via"] != invite["Via"]
        assert acks[0]["CSeq"] == "1 ACK"
        assert len(witness.answers) == 1


async def test_a_second_fork_that_answers_gets_ack_and_bye() -> None:
    async with trunk() as alice, carol_at(alice) as carol:
        witness = Witness()
        call_carol(alice, carol, witness)
        invite = await carol.hear()
        carol.say(carol.respond(invite, 180, tag="one"))
        carol.say(carol.respond(invite, 180, tag="two"))
        carol.say(carol.respond(invite, 200, tag="two", body=sdp()))
        assert (await carol.wait_for("ACK")).to_tag == "two"
        carol.say(carol.respond(invite, 200, tag="one", body=sdp(port=47_000)))
        assert (await carol.wait_for("ACK")).to_tag == "one"
        bye = await carol.wait_for("BYE")
        assert bye.to_tag == "one"
        carol.say(carol.respond(bye, 200))
        assert not witness.ends
        assert witness.answers[0].remote[1] == 45_000


async def test_cancel_waits_for_a_provisional_response() -> None:
    async with trunk() as alice, carol_at(alice) as carol:
        witness = Witness()
        call_carol(alice, carol, witness).hangup(16)
        invite = await carol.hear()
        again = await carol.hear()
        assert again.start == invite.start  # still the INVITE by Timer A, no CANCEL
        carol.say(carol.respond(invite, 100))
        cancel = await carol.wait_for("CANCEL")
        assert cancel["Via"] == invite["Via"]
        assert cancel["CSeq"] == "1 CANCEL"
        carol.say(carol.respond(cancel, 200, tag="t"))
        carol.say(carol.respond(invite, 487, tag="t"))
        await carol.wait_for("ACK")
        assert (await witness.ended()).code == 16
        await until(lambda: alice.calls == 0, "no legs left")


async def test_an_answer_that_crosses_the_cancel_gets_ack_and_bye() -> None:
    async with trunk() as alice, carol_at(alice) as carol:
        witness = Witness()
        call = call_carol(alice, carol, witness)
        invite = await carol.hear()
        carol.say(carol.respond(invite, 180, tag="t"))
        await until(lambda: bool(witness.progress), "180")
        call.hangup()
        cancel = await carol.wait_for("CANCEL")
        carol.say(carol.respond(invite, 200, tag="t", body=sdp()))
        carol.say(carol.respond(cancel, 200, tag="t"))
        await carol.wait_for("ACK")
        bye = await carol.wait_for("BYE")
        carol.say(carol.respond(bye, 200))
        await witness.ended()
        assert not witness.answers
        assert len(witness.ends) == 1
        await until(lambda: alice.calls == 0, "no legs left")


async def test_a_cancelled_invite_that_nobody_finishes_is_forgotten() -> None:
    async with trunk() as alice, carol_at(alice) as carol:
        witness = Witness()
        call = call_carol(alice, carol, witness)
        carol.say(carol.respond(await carol.hear(), 180, tag="t"))
        await until(lambda: bool(witness.progress), "180")
        call.hangup()
        await until(lambda: alice.calls == 0, "forgotten after 64*T1", deadline=8.0)
        assert len(witness.ends) == 1


REFUSALS = {
    302: 23, 401: 21, 403: 21, 404: 1, 408: 18, 410: 22, 415: 127, 480: 19, 484: 28, 486: 17, 488: 58, 500: 38,
    502: 27, 503: 34, 504: 102, 580: 34, 600: 17, 603: 21, 604: 1, 699: 127,
}  # fmt: skip


@pytest.mark.parametrize("status", REFUSALS)
async def test_each_refusal_has_its_cause(status: int) -> None:
    async with trunk() as alice, carol_at(alice) as carol:
        witness = Witness()
        call_carol(alice, carol, witness)
        carol.say(carol.respond(await carol.hear(), status, tag="t"))
        end = await witness.ended()
        assert (end.code, end.sip_status) == (REFUSALS[status], status)


async def test_an_answer_we_cannot_speak_ends_with_bye() -> None:
    async with trunk() as alice, carol_at(alice) as carol:
        witness = Witness()
        call_carol(alice, carol, witness)
        invite = await carol.hear()
        carol.say(carol.respond(invite, 200, tag="t", body=sdp().replace(" 8 0 96", " 18")))
        await carol.wait_for("ACK")
        carol.say(carol.respond(await carol.wait_for("BYE"), 200))
        assert (await witness.ended()).code == 58
        assert not witness.answers


ROUTES = "Record-Route: <sip:127.0.0.1:{0};lr;n=2>\r\nRecord-Route: <sip:127.0.0.1:{0};lr;n=1>\r\n"
STRICT = "Record-Route: <sip:127.0.0.1:{0};lr;n=2>\r\nRecord-Route: <sip:127.0.0.1:{0};n=1>\r\n"


async def answered_with(alice: SipTrunk, carol: Carol, routes: str) -> tuple[SipCall, Heard]:
    witness = Witness()
    call = call_carol(alice, carol, witness)
    invite = await carol.hear()
    carol.say(carol.respond(invite, 200, tag="t", body=sdp(), extra=routes.format(carol.port)))
    return call, await carol.wait_for("ACK")


async def test_a_silent_peer_is_given_up_after_timer_b() -> None:
    async with trunk() as alice:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
            silent.bind(("127.0.0.1", 0))
            witness = Witness()
            target = f"sip:x@127.0.0.1:{silent.getsockname()[1]}"
            alice.invite(target, local=ALICE_RTP, observer=witness, caller_number="1")
            end = await witness.ended()
        assert (end.code, end.sip_status) == (38, 0)
        assert alice.counters["timeouts"] == 1
        assert alice.counters["retransmitted"] == 6  # T1, 2*T1 … 32*T1


async def test_requests_follow_the_route_set_in_reverse() -> None:
    async with trunk() as alice, carol_at(alice) as carol:
        call, ack = await answered_with(alice, carol, ROUTES)
        assert ack.start == f"ACK {carol.uri} SIP/2.0"
        assert [route[-4:] for route in ack.all("Route")] == ["n=1>", "n=2>"]
        call.hangup()
        bye = await carol.wait_for("BYE")
        assert bye.all("Route") == ack.all("Route")
        assert bye["CSeq"] == "2 BYE"
        carol.say(carol.respond(bye, 200))


async def test_a_strict_router_takes_the_place_of_the_target() -> None:
    async with trunk() as alice, carol_at(alice) as carol:
        call, ack = await answered_with(alice, carol, STRICT)
        assert ack.start == f"ACK sip:127.0.0.1:{carol.port};n=1 SIP/2.0"
        assert ack.all("Route")[-1] == f"<{carol.uri}>"
        call.hangup()
        carol.say(carol.respond(await carol.wait_for("BYE"), 200))
