"""Ringing and early media that must arrive (RFC 3262), asked of us and asked by us; early dialogs of several forks."""

from __future__ import annotations

import pytest
from aiosipua import SipRequest, SipResponse
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.media.ports import SipCall
from yuqiao.media.sip import SipTrunk
from yuqiao.media.sip.reliable import Acknowledged, in_order, rack_of, rseq_of
from yuqiao.media.sip.tests.parties import ALICE_RTP, BOB_RTP, Desk, Witness, trunk, until
from yuqiao.media.sip.tests.rawpeer import Carol, Heard, carol_at, sdp

UNHURRIED = True

DEMAND, OFFER_IT = "Require: 100rel\r\n", "Supported: 100rel\r\n"


def ring(call: SipCall) -> None:
    call.ring()


def play_early(call: SipCall) -> None:
    call.progress(BOB_RTP)


def prack(carol: Carol, heard: Heard, *, seq: int, body: str = "", of: int = 1) -> str:
    """Carol's PRACK of a reliable response she heard."""
    return carol.request(
        "PRACK", seq=seq, to_tag=heard.to_tag, extra=f"RAck: {heard['RSeq']} {of} INVITE\r\n", body=body
    )


# -- asked of us -----------------------------------------------------------------------------------------------------


async def test_ringing_is_repeated_until_it_is_acknowledged() -> None:
    desk = Desk(ring)
    async with trunk(desk) as bob, carol_at(bob) as carol:
        carol.say(carol.request("INVITE", body=sdp(), extra=DEMAND))
        heard = [await carol.wait_for(180) for _ in range(3)]
        assert heard[0]["Require"] == "100rel"
        assert 0 < int(heard[0]["RSeq"]) < 2**31 + 1
        assert len({one["RSeq"] for one in heard}) == 1
        carol.say(prack(carol, heard[0], seq=2).replace("RAck: ", "RAck: 9"))
        await carol.wait_for(481, of="PRACK")
        carol.say(prack(carol, heard[0], seq=3))
        await carol.wait_for(200, of="PRACK")
        assert await carol.silence(0.3)
        carol.say(prack(carol, heard[0], seq=4))
        await carol.wait_for(200, of="PRACK")  # a second PRACK of the same is as good
        desk.calls[0].answer(BOB_RTP)
        ok = await carol.wait_for(200, of="INVITE")
        assert ok.body
        carol.say(carol.request("ACK", to_tag=ok.to_tag))
        await desk.witnesses[0].answered()


async def test_ringing_that_nobody_acknowledges_ends_the_call() -> None:
    desk = Desk(ring)
    async with trunk(desk) as bob, carol_at(bob) as carol:
        carol.say(carol.request("INVITE", body=sdp(), extra=DEMAND))
        refused = await carol.wait_for(504)
        carol.say(carol.request("ACK", to_tag=refused.to_tag))
        assert (await desk.witnesses[0].ended()).code == 102


async def test_who_does_not_demand_it_gets_plain_ringing_once() -> None:
    desk = Desk(ring)
    async with trunk(desk) as bob, carol_at(bob) as carol:
        carol.say(carol.request("INVITE", body=sdp(), extra=OFFER_IT))
        assert not (await carol.wait_for(180)).all("RSeq")
        assert await carol.silence(0.3)
        desk.calls[0].hangup()
        carol.say(carol.request("ACK", to_tag=(await carol.wait_for(480)).to_tag))


async def test_early_media_is_the_answer_where_it_comes_reliably_and_the_200_waits_for_the_prack() -> None:
    desk = Desk(play_early)
    async with trunk(desk) as bob, carol_at(bob) as carol:
        carol.say(carol.request("INVITE", body=sdp(), extra=OFFER_IT))
        early = await carol.wait_for(183)
        assert f"m=audio {BOB_RTP[1]} RTP/AVP 8 96" in early.body
        assert desk.calls[0].answer(BOB_RTP).remote == ("127.0.0.1", 45_000)
        assert (await carol.wait_for(183))["RSeq"] == early["RSeq"]  # and no 200 yet
        with pytest.raises(ValueError, match="answered"):
            desk.calls[0].answer(BOB_RTP)
        carol.say(prack(carol, early, seq=2))
        await carol.wait_for(200, of="PRACK")
        ok = await carol.wait_for(200, of="INVITE")
        assert not ok.body
        carol.say(carol.request("ACK", to_tag=ok.to_tag))
        assert (await desk.witnesses[0].answered()).remote == ("127.0.0.1", 45_000)


async def test_early_media_to_others_is_said_again_in_the_200() -> None:
    desk = Desk(play_early)
    async with trunk(desk) as bob, carol_at(bob) as carol:
        carol.say(carol.request("INVITE", body=sdp()))
        early = await carol.wait_for(183)
        assert not early.all("RSeq")
        desk.calls[0].answer(BOB_RTP)
        ok = await carol.wait_for(200, of="INVITE")
        assert ok.body == early.body
        carol.say(carol.request("ACK", to_tag=ok.to_tag))
        await desk.witnesses[0].answered()


async def test_early_media_may_be_changed_before_the_answer() -> None:
    desk = Desk(play_early)
    async with trunk(desk) as bob, carol_at(bob) as carol:
        carol.say(carol.request("INVITE", body=sdp(), extra=OFFER_IT))
        early = await carol.wait_for(183)
        carol.say(carol.request("UPDATE", seq=2, to_tag=early.to_tag, body=sdp(port=46_000)))
        await carol.wait_for(500, of="UPDATE")  # the answer is not through yet
        carol.say(prack(carol, early, seq=3, body=sdp(port=46_000, version=2)))
        assert "m=audio" in (await carol.wait_for(200, of="PRACK")).body
        carol.say(carol.request("UPDATE", seq=4, to_tag=early.to_tag, body=sdp(port=47_000, version=3)))
        await carol.wait_for(200, of="UPDATE")
        carol.say(carol.request("INVITE", seq=5, to_tag=early.to_tag, body=sdp()))
        await carol.wait_for(500, of="INVITE")
        desk.calls[0].answer(BOB_RTP)
        ok = await carol.wait_for(200, of="INVITE")
        carol.say(carol.request("ACK", to_tag=ok.to_tag))
        assert (await desk.witnesses[0].answered()).remote[1] == 47_000
        assert [change.remote[1] for change in desk.witnesses[0].changes] == [46_000, 47_000]


async def test_a_call_may_be_refused_or_given_up_while_its_early_media_is_unacknowledged() -> None:
    desk = Desk(play_early)
    async with trunk(desk) as bob, carol_at(bob) as carol:
        carol.say(carol.request("INVITE", body=sdp(), extra=OFFER_IT, branch="z9hG4bKone"))
        await carol.wait_for(183)
        desk.calls[0].answer(BOB_RTP)
        carol.say(carol.request("CANCEL", branch="z9hG4bKone"))
        carol.say(carol.request("ACK", to_tag=(await carol.wait_for(487)).to_tag, branch="z9hG4bKone"))
        assert (await desk.witnesses[0].ended()).sip_status == 487
        assert not desk.witnesses[0].answers


async def test_a_caller_without_an_offer_who_demands_it_hears_no_ringing_and_has_no_early_media() -> None:
    desk = Desk(ring)
    async with trunk(desk) as bob, carol_at(bob) as carol:
        carol.say(carol.request("INVITE", extra=DEMAND))
        await carol.wait_for(100)
        call, _ = await desk.called()
        assert await carol.silence(0.3)
        with pytest.raises(ValueError, match="offers no media"):
            call.progress(BOB_RTP)
        call.answer(BOB_RTP)
        ok = await carol.wait_for(200, of="INVITE")
        carol.say(carol.request("ACK", to_tag=ok.to_tag, body=sdp()))
        await desk.witnesses[0].answered()


async def test_a_prack_to_nothing() -> None:
    desk = Desk(ring)
    async with trunk(desk) as bob, carol_at(bob) as carol:
        carol.say(carol.request("INVITE", body=sdp()))
        heard = await carol.wait_for(180)
        for seq, extra in ((2, "RAck: 1 1 INVITE\r\n"), (3, ""), (4, "RAck: x\r\n")):
            carol.say(carol.request("PRACK", seq=seq, to_tag=heard.to_tag, extra=extra))
            await carol.wait_for(481, of="PRACK")


# -- asked by us -----------------------------------------------------------------------------------------------------


def call_carol(alice: SipTrunk, carol: Carol) -> Witness:
    witness = Witness()
    alice.invite(carol.uri, local=ALICE_RTP, observer=witness, caller_number="960169")
    return witness


def reliably(rseq: int) -> str:
    return f"Require: 100rel\r\nRSeq: {rseq}\r\n"


async def test_we_acknowledge_each_reliable_response_once_and_in_order() -> None:
    async with trunk() as alice, carol_at(alice) as carol:
        witness = call_carol(alice, carol)
        invite = await carol.hear()
        assert "100rel" in invite["Supported"]
        carol.say(carol.respond(invite, 180, tag="t", extra=reliably(7)))
        first = await carol.wait_for("PRACK")
        assert (first["RAck"], first["CSeq"]) == ("7 1 INVITE", "2 PRACK")
        carol.say(carol.respond(first, 200))
        for late in (9, 7):  # one that overtook another, one that comes again
            carol.say(carol.respond(invite, 183, tag="t", extra=reliably(late), body=sdp(port=1)))
        carol.say(carol.respond(invite, 183, tag="t", extra=reliably(8), body=sdp(port=47_000)))
        second = await carol.wait_for("PRACK")
        assert (second["RAck"], second["CSeq"]) == ("8 1 INVITE", "3 PRACK")
        carol.say(carol.respond(second, 200))
        assert [(status, audio and audio.remote[1]) for status, audio in witness.progress] == [
            (180, None),
            (183, 47_000),
        ]
        # The answer was given: another one in the 200 is not looked at.
        carol.say(carol.respond(invite, 200, tag="t", body=sdp(port=48_000)))
        assert (await witness.answered()).remote[1] == 47_000
        assert (await carol.wait_for("ACK"))["CSeq"] == "1 ACK"
        carol.call_id, carol.tag = invite["Call-ID"], "t"
        carol.say(carol.request("BYE", seq=9, to_tag=invite["From"].split("tag=")[1]))
        await carol.wait_for(200, of="BYE")


async def test_requests_after_the_answer_count_on_from_the_pracks() -> None:
    async with trunk() as alice, carol_at(alice) as carol:
        witness = Witness()
        call = alice.invite(carol.uri, local=ALICE_RTP, observer=witness, caller_number="960169")
        invite = await carol.hear()
        carol.say(carol.respond(invite, 183, tag="t", extra=reliably(1), body=sdp()))
        carol.say(carol.respond(await carol.wait_for("PRACK"), 200))
        carol.say(carol.respond(invite, 200, tag="t"))
        await witness.answered()
        call.hangup()
        bye = await carol.wait_for("BYE")
        assert bye["CSeq"] == "3 BYE"
        carol.say(carol.respond(bye, 200))


async def test_a_called_one_may_change_early_media_that_is_agreed() -> None:
    async with trunk() as alice, carol_at(alice) as carol:
        witness = call_carol(alice, carol)
        invite = await carol.hear()
        carol.call_id, carol.tag = invite["Call-ID"], "t"
        own = invite["From"].split("tag=")[1]
        carol.say(carol.respond(invite, 183, tag="t", extra=reliably(1), body=sdp()))
        carol.say(carol.respond(await carol.wait_for("PRACK"), 200))
        carol.say(carol.request("UPDATE", seq=5, to_tag=own, body=sdp(port=49_000, version=2)))
        assert "m=audio" in (await carol.wait_for(200, of="UPDATE")).body
        assert witness.changes[0].remote[1] == 49_000
        carol.say(carol.respond(invite, 200, tag="t"))
        assert (await witness.answered()).remote[1] == 49_000
        carol.say(carol.request("BYE", seq=6, to_tag=own))
        await carol.wait_for(200, of="BYE")


async def test_three_forks_ring_reliably_and_the_second_answers() -> None:
    async with trunk() as alice, carol_at(alice) as carol:
        witness = call_carol(alice, carol)
        invite = await carol.hear()
        own = invite["From"].split("tag=")[1]
        for number, tag in enumerate(("one", "two", "three"), 1):
            early = sdp(port=47_000 + number)
            carol.say(carol.respond(invite, 183, tag=tag, extra=reliably(100 * number), body=early))
            told = await carol.wait_for("PRACK")
            assert (told.to_tag, told["RAck"]) == (tag, f"{100 * number} 1 INVITE")
            carol.say(carol.respond(told, 200))
        carol.call_id, carol.tag = invite["Call-ID"], "one"
        carol.say(carol.request("OPTIONS", seq=3, to_tag=own))  # any fork may speak up
        await carol.wait_for(200, of="OPTIONS")
        carol.say(carol.respond(invite, 200, tag="two"))
        assert (await witness.answered()).remote[1] == 47_002
        assert (await carol.wait_for("ACK")).to_tag == "two"
        carol.say(carol.respond(invite, 200, tag="three"))
        assert (await carol.wait_for("ACK")).to_tag == "three"
        bye = await carol.wait_for("BYE")
        assert bye.to_tag == "three"
        carol.say(carol.respond(bye, 200))
        assert not witness.ends
        carol.tag = "two"
        carol.say(carol.request("BYE", seq=3, to_tag=own))
        await carol.wait_for(200, of="BYE")
        await witness.ended()


async def test_our_two_trunks_agree_on_early_media_before_the_answer() -> None:
    desk = Desk(play_early)
    async with trunk(desk) as bob, trunk() as alice:
        host, port = bob.address
        witness = Witness()
        call = alice.invite(f"sip:1@{host}:{port}", local=ALICE_RTP, observer=witness, caller_number="960169")
        await until(lambda: bool(witness.progress), "183")
        assert witness.progress[0][1] is not None
        assert witness.progress[0][1].remote == BOB_RTP
        desk.calls[0].answer(BOB_RTP)
        assert (await witness.answered()).remote == BOB_RTP
        call.hangup()
        await witness.ended()
        await desk.witnesses[0].ended()


# -- what numbers say ------------------------------------------------------------------------------------------------


@given(st.integers(1, 2**32), st.integers(0, 2**32), st.sampled_from(["INVITE", "UPDATE"]))
def test_rack_is_read_as_written(rseq: int, cseq: int, method: str) -> None:
    request = SipRequest(method="PRACK", uri="sip:a@b")
    request.headers.append("RAck", f" {rseq}  {cseq}\t{method} ")
    assert rack_of(request) == Acknowledged(rseq, cseq, method)


LINE = st.text(st.characters(exclude_characters="\r\n"), max_size=30)


@given(st.one_of(LINE, st.from_regex(r"[0-9]{1,11}[ \t]+[0-9]{1,11} [A-Z]{1,5}", fullmatch=True)))
def test_any_rack_and_rseq_are_read_or_none(text: str) -> None:
    request, response = SipRequest(method="PRACK", uri="sip:a@b"), SipResponse(status_code=180, reason_phrase="x")
    request.headers.append("RAck", text)
    response.headers.append("RSeq", text)
    rack = rack_of(request)
    assert rack is None or [rack.rseq, rack.cseq] == [int(number) for number in text.split()[:2]]
    assert rseq_of(response) == 0, "without Require it is not reliable"
    response.headers.append("Require", "100rel")
    assert 0 <= rseq_of(response) < 2**32


@given(st.lists(st.integers(1, 6), max_size=30))
def test_every_response_is_looked_at_once_and_in_order_however_they_come(arrivals: list[int]) -> None:
    taken: list[int] = []
    for rseq in arrivals:
        if in_order(rseq, taken[-1] if taken else 0):
            taken.append(rseq)
    assert taken == list(range(taken[0], taken[0] + len(taken))) if taken else not arrivals
