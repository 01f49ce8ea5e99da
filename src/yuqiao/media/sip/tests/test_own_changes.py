"""What we change in a call that stands: hold and resume, glare on both sides, sessions refreshed or ended in time."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.media.ports import SipCall
from yuqiao.media.sip.changing import glare_delay
from yuqiao.media.sip.session_timers import Terms
from yuqiao.media.sip.tests.parties import ALICE_RTP, BOB_RTP, Desk, Witness, answer_at_once, trunk, until
from yuqiao.media.sip.tests.rawpeer import Carol, Heard, carol_at, sdp

UNHURRIED = True

#: Seconds instead of minutes; RFC 4028 forbids it to real peers.
SOON = Terms(expires=2, least=1)
ALLOWED = "Allow: INVITE, ACK, BYE, CANCEL, UPDATE\r\n"


@asynccontextmanager
async def called(terms: Terms = SOON, extra: str = "") -> AsyncIterator[tuple[Carol, Heard, SipCall, Witness]]:
    """Carol has called Bob and is through: she, the answer, Bob's call and witness."""
    desk = Desk(answer_at_once)
    async with trunk(desk, terms=terms) as bob, carol_at(bob) as carol:
        carol.say(carol.request("INVITE", body=sdp(), extra=extra))
        ok = await carol.wait_for(200)
        carol.say(carol.request("ACK", to_tag=ok.to_tag))
        await desk.witnesses[0].answered()
        yield carol, ok, desk.calls[0], desk.witnesses[0]


async def bye(carol: Carol, ok: Heard) -> None:
    carol.say(carol.request("BYE", seq=99, to_tag=ok.to_tag))
    await carol.wait_for(200, of="BYE")


def body(direction: str, version: int = 2) -> str:
    return sdp(direction=direction, version=version)


async def test_we_hold_and_resume() -> None:
    async with called() as (carol, ok, call, witness):
        call.hold(held=True)
        invite = await carol.wait_for("INVITE")
        assert "a=sendonly" in invite.body
        assert "RTP/AVP 8 0 96" in invite.body
        call.hold(held=False)  # waits for the answer to the first
        carol.say(carol.respond(invite, 100))
        carol.say(carol.respond(invite, 200, body=body("recvonly")))
        assert (await carol.wait_for("ACK"))["CSeq"].split()[0] == invite["CSeq"].split()[0]
        await until(lambda: len(witness.changes) == 1, "the hold")
        assert (witness.changes[0].send, witness.changes[0].receive) == (True, False)
        carol.say(carol.respond(invite, 200, body=body("recvonly")))
        await carol.wait_for("ACK")  # a repeated answer gets its ACK again
        again = await carol.wait_for("INVITE")
        assert "a=sendrecv" in again.body
        carol.say(carol.respond(again, 200, body=body("sendrecv", 3)))
        await carol.wait_for("ACK")
        await until(lambda: len(witness.changes) == 2, "the resume")
        assert witness.changes[1].receive
        await bye(carol, ok)


async def test_whoever_resumes_while_we_hold_is_still_not_heard() -> None:
    async with called() as (carol, ok, call, witness):
        call.hold(held=True)
        invite = await carol.wait_for("INVITE")
        carol.say(carol.respond(invite, 200, body=body("recvonly")))
        await carol.wait_for("ACK")
        carol.say(carol.request("UPDATE", seq=2, to_tag=ok.to_tag, body=body("sendrecv", 3)))
        answer = await carol.wait_for(200, of="UPDATE")
        assert "a=sendonly" in answer.body
        await until(lambda: bool(witness.changes), "the hold")
        assert not witness.changes[-1].receive
        await bye(carol, ok)


async def test_a_refused_hold_leaves_the_call_as_it_was() -> None:
    async with called() as (carol, ok, call, witness):
        call.hold(held=True)
        carol.say(carol.respond(await carol.wait_for("INVITE"), 488))
        await carol.wait_for("ACK")
        carol.say(carol.request("UPDATE", seq=2, to_tag=ok.to_tag, body=body("sendrecv", 3)))
        assert "a=sendrecv" in (await carol.wait_for(200, of="UPDATE")).body
        assert not witness.changes
        assert not witness.ends
        await bye(carol, ok)


async def test_glare_491_from_them_we_wait_and_ask_again() -> None:
    async with called() as (carol, ok, call, witness):
        call.hold(held=True)
        invite = await carol.wait_for("INVITE")
        carol.say(carol.respond(invite, 491))
        await carol.wait_for("ACK")
        # Meanwhile their own change goes through, which is what the waiting is for.
        carol.say(carol.request("INVITE", seq=2, to_tag=ok.to_tag, body=sdp(port=47_000, version=2)))
        answered = await carol.wait_for(200, of="INVITE")
        carol.say(carol.request("ACK", seq=2, to_tag=ok.to_tag))
        assert "a=sendonly" in answered.body
        again = await carol.wait_for("INVITE")
        assert "a=sendonly" in again.body
        assert int(again["CSeq"].split()[0]) > int(invite["CSeq"].split()[0])
        carol.say(carol.respond(again, 200, body=sdp(port=47_000, direction="recvonly", version=3)))
        await carol.wait_for("ACK")
        await until(lambda: witness.changes[-1].remote[1] == 47_000, "the change")
        assert not witness.changes[-1].receive
        await bye(carol, ok)


@pytest.mark.parametrize("method", ["INVITE", "UPDATE"])
async def test_glare_491_to_them_while_our_offer_is_open(method: str) -> None:
    async with called() as (carol, ok, call, _):
        call.hold(held=True)
        invite = await carol.wait_for("INVITE")
        carol.say(carol.request(method, seq=2, to_tag=ok.to_tag, body=body("sendonly")))
        await carol.wait_for(491, of=method)
        if method == "INVITE":
            carol.say(carol.request("ACK", seq=2, to_tag=ok.to_tag))
        carol.say(carol.request("UPDATE", seq=3, to_tag=ok.to_tag))
        await carol.wait_for(200, of="UPDATE")  # a refresh offers nothing and crosses nothing
        carol.say(carol.respond(invite, 200, body=body("recvonly")))
        await carol.wait_for("ACK")
        await bye(carol, ok)


@given(st.integers(), st.booleans())
def test_glare_delays_are_those_of_the_standard_and_never_meet(seed: int, ours: bool) -> None:
    delay = glare_delay(ours=ours, die=random.Random(seed))
    low, high = (2.1, 4.0) if ours else (0.0, 2.0)
    assert low <= delay <= high
    assert round(delay * 100) == pytest.approx(delay * 100)


async def test_a_change_to_one_who_forgot_the_call_ends_it() -> None:
    async with called() as (carol, _, call, witness):
        call.hold(held=True)
        carol.say(carol.respond(await carol.wait_for("INVITE"), 481))
        await carol.wait_for("ACK")
        carol.say(carol.respond(await carol.wait_for("BYE"), 481))
        assert (await witness.ended()).code == 41


async def test_a_change_nobody_answers_ends_the_call() -> None:
    async with called(Terms()) as (carol, _, call, witness):
        call.hold(held=True)
        await carol.wait_for("INVITE")
        assert (await witness.ended()).code == 38
        carol.say(carol.respond(await carol.wait_for("BYE"), 200))


async def test_the_codec_changes_both_ways_in_the_call() -> None:
    async with called() as (carol, ok, _, witness):
        for seq, codec in ((2, "0"), (3, "8")):
            offer = sdp(version=seq).replace(" 8 0 96", f" {codec} 96")
            carol.say(carol.request("INVITE", seq=seq, to_tag=ok.to_tag, body=offer))
            answer = await carol.wait_for(200, of="INVITE")
            assert f"RTP/AVP {codec} 96" in answer.body
            carol.say(carol.request("ACK", seq=seq, to_tag=ok.to_tag))
        await until(lambda: len(witness.changes) == 2, "two changes")
        assert [change.payload_type for change in witness.changes] == [0, 8]
        await bye(carol, ok)


async def test_later_offers_of_ours_keep_the_streams_they_began_with() -> None:
    desk = Desk(answer_at_once)
    video = "m=video 45002 RTP/AVP 31\r\n"
    async with trunk(desk) as bob, carol_at(bob) as carol:
        offer = sdp().replace("m=audio", video + "m=audio").replace(" 8 0 96", " 0 8 96")
        carol.say(carol.request("INVITE", body=offer))
        ok = await carol.wait_for(200)
        carol.say(carol.request("ACK", to_tag=ok.to_tag))
        desk.calls[0].hold(held=True)
        invite = await carol.wait_for("INVITE")
        lines = [line for line in invite.body.split("\r\n") if line.startswith("m=")]
        assert lines == ["m=video 0 RTP/AVP 31", f"m=audio {BOB_RTP[1]} RTP/AVP 0 8 96"]
        carol.say(carol.respond(invite, 200, body=body("recvonly").replace("m=audio", video + "m=audio")))
        await carol.wait_for("ACK")
        await bye(carol, ok)


# -- session timers ------------------------------------------------------------------------------------------------


async def test_an_inbound_call_is_refreshed_by_us_with_update_where_they_take_it() -> None:
    async with called(extra=f"Supported: timer\r\n{ALLOWED}") as (carol, ok, _, witness):
        assert ok["Session-Expires"] == "2;refresher=uas"
        for _ in range(2):
            update = await carol.wait_for("UPDATE")
            assert update["Session-Expires"] == "2;refresher=uac"
            assert not update.body
            carol.say(carol.respond(update, 200, extra="Session-Expires: 2;refresher=uac\r\nRequire: timer\r\n"))
        assert not witness.ends
        await bye(carol, ok)


async def test_and_with_a_reinvite_where_they_do_not() -> None:
    async with called(extra="Supported: timer\r\n") as (carol, ok, _, witness):
        invite = await carol.wait_for("INVITE")
        assert f"m=audio {BOB_RTP[1]} RTP/AVP 8 0 96" in invite.body
        carol.say(carol.respond(invite, 200, body=sdp(), extra="Session-Expires: 2;refresher=uac\r\n"))
        await carol.wait_for("ACK")
        await carol.wait_for("INVITE")
        assert not witness.changes
        await bye(carol, ok)


async def test_who_promises_update_and_refuses_it_is_refreshed_by_reinvite() -> None:
    async with called(extra=f"Supported: timer\r\n{ALLOWED}") as (carol, ok, _, _witness):
        carol.say(carol.respond(await carol.wait_for("UPDATE"), 501))
        invite = await carol.wait_for("INVITE")
        carol.say(carol.respond(invite, 200, body=sdp()))
        await carol.wait_for("ACK")
        await bye(carol, ok)


async def test_a_call_that_they_promised_to_refresh_and_do_not_ends() -> None:
    wish = "Supported: timer\r\nSession-Expires: 2;refresher=uac\r\n"
    async with called(extra=wish) as (carol, ok, _, witness):
        assert ok["Session-Expires"] == "2;refresher=uac"
        assert ok["Require"] == "timer"
        carol.say(carol.respond(await carol.wait_for("BYE"), 200))
        assert (await witness.ended()).code == 102
        assert carol.trunk.counters["expired"] == 1


@pytest.mark.parametrize("method", ["INVITE", "UPDATE"])
async def test_a_call_that_they_refresh_goes_on(method: str) -> None:
    wish = "Supported: timer\r\nSession-Expires: 2;refresher=uac\r\n"
    async with called(extra=wish) as (carol, ok, _, witness):
        for seq in range(2, 6):
            assert await carol.silence(0.7)
            offer = sdp() if method == "INVITE" else ""
            carol.say(carol.request(method, seq=seq, to_tag=ok.to_tag, extra=wish, body=offer))
            again = await carol.wait_for(200, of=method)
            assert again["Session-Expires"] == "2;refresher=uac"
            if method == "INVITE":
                carol.say(carol.request("ACK", seq=seq, to_tag=ok.to_tag))
        assert not witness.ends
        await bye(carol, ok)


async def test_a_refresh_nobody_answers_ends_the_call() -> None:
    async with called(extra=f"Supported: timer\r\n{ALLOWED}") as (carol, _, _call, witness):
        await carol.wait_for("UPDATE")
        carol.say(carol.respond(await carol.wait_for("BYE"), 200))
        assert (await witness.ended()).code in {38, 102}


async def test_422_to_one_who_wants_it_too_often_in_and_within_a_call() -> None:
    desk = Desk(answer_at_once)
    wish = "Supported: timer\r\nSession-Expires: 60\r\n"
    async with trunk(desk) as bob, carol_at(bob) as carol:
        carol.say(carol.request("INVITE", body=sdp(), extra=wish))
        refused = await carol.wait_for(422)
        assert refused["Min-SE"] == "90"
        carol.say(carol.request("ACK", to_tag=refused.to_tag))
        assert not desk.calls
        carol.say(carol.request("INVITE", seq=2, body=sdp(), extra=wish.replace("60", "90")))
        ok = await carol.wait_for(200, of="INVITE")
        carol.say(carol.request("ACK", seq=2, to_tag=ok.to_tag))
        carol.say(carol.request("UPDATE", seq=3, to_tag=ok.to_tag, extra=wish))
        assert (await carol.wait_for(422, of="UPDATE"))["Min-SE"] == "90"
        await bye(carol, ok)


async def outbound(carol: Carol, witness: Witness, answers: str) -> tuple[Heard, Heard]:
    """Call Carol, who answers with the header lines ``answers``; return the INVITE and its ACK."""
    carol.trunk.invite(carol.uri, local=ALICE_RTP, observer=witness, caller_number="960169")
    invite = await carol.hear()
    carol.say(carol.respond(invite, 200, tag=carol.tag, body=sdp(), extra=answers))
    carol.call_id = invite["Call-ID"]
    return invite, await carol.wait_for("ACK")


async def test_an_outbound_call_asks_for_a_timer_and_is_refreshed_as_agreed() -> None:
    async with trunk(terms=SOON) as alice, carol_at(alice) as carol:
        witness = Witness()
        invite, _ = await outbound(carol, witness, f"Session-Expires: 2;refresher=uac\r\nRequire: timer\r\n{ALLOWED}")
        assert invite["Session-Expires"] == "2"
        assert "timer" in invite["Supported"]
        update = await carol.wait_for("UPDATE")
        carol.say(carol.respond(update, 200))  # without a timer: none any more
        assert await carol.silence(2.2)
        assert not witness.ends


async def test_an_outbound_call_that_the_called_one_shall_refresh_ends_without() -> None:
    async with trunk(terms=SOON) as alice, carol_at(alice) as carol:
        witness = Witness()
        await outbound(carol, witness, "Session-Expires: 2;refresher=uas\r\n")
        carol.say(carol.respond(await carol.wait_for("BYE"), 200))
        assert (await witness.ended()).code == 102


async def test_an_outbound_call_refused_with_422_goes_out_again_with_what_they_want() -> None:
    async with trunk() as alice, carol_at(alice) as carol:
        witness = Witness()
        alice.invite(carol.uri, local=ALICE_RTP, observer=witness, caller_number="960169")
        first = await carol.wait_for("INVITE")
        carol.say(carol.respond(first, 422, tag="x", extra="Min-SE: 3600\r\n"))
        await carol.wait_for("ACK")
        second = await carol.wait_for("INVITE")
        assert (second["Session-Expires"], second["Min-SE"], second["CSeq"]) == ("3600", "3600", "2 INVITE")
        assert (second["Call-ID"], second["From"]) == (first["Call-ID"], first["From"])
        assert second["Via"] != first["Via"]
        carol.say(carol.respond(second, 422, tag="x", extra="Min-SE: 3600\r\n"))  # nonsense: it has what it wants
        assert (await witness.ended()).sip_status == 422


async def test_both_trunks_of_ours_agree_and_keep_a_call_alive_without_a_word_of_their_owners() -> None:
    desk = Desk(answer_at_once)
    async with trunk(desk, terms=SOON) as bob, trunk(terms=SOON) as alice:
        witness = Witness()
        host, port = bob.address
        call = alice.invite(f"sip:1@{host}:{port}", local=ALICE_RTP, observer=witness, caller_number="960169")
        await witness.answered()
        await until(lambda: bob.counters["responses"] >= 3, "three refreshes")
        assert not witness.ends
        assert not witness.changes
        assert alice.counters["expired"] == bob.counters["expired"] == 0
        call.hangup()
        await witness.ended()
