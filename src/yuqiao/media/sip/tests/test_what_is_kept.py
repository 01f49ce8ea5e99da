"""An answered INVITE is remembered 32 s long, its leg is not: with the collector off, what is over is gone at once."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from weakref import ref

import pytest

from yuqiao.media.ports import SipCall
from yuqiao.media.sip import SipTrunk
from yuqiao.media.sip.tests.parties import ALICE_RTP, Desk, Witness, answer_at_once, trunk, until, uri
from yuqiao.media.sip.tests.rawpeer import Carol, Heard, carol_at, sdp
from yuqiao.media.sip.transactions import Timing

#: As on the wire: nothing of a call is forgotten while a test looks.
SLOW = Timing()


@pytest.fixture(autouse=True)
def _no_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def leg_of(trunk: SipTrunk) -> ref[object]:
    [leg] = trunk._core.legs.values()
    return ref(leg)


async def gone(*kept: Callable[[], object]) -> None:
    await until(lambda: all(one() is None for one in kept), "nothing left of the leg")


async def test_both_legs_of_a_call_are_let_go_although_their_transactions_live_on() -> None:
    async with trunk(desk := Desk(answer_at_once), SLOW) as bob, trunk(timing=SLOW) as alice:
        witness = Witness()
        call = alice.invite(uri(bob), local=ALICE_RTP, observer=witness, caller_number="1")
        await witness.answered()
        await until(lambda: bool(desk.witnesses[0].answers), "the ACK")
        legs = leg_of(alice), leg_of(bob)
        heard = ref(desk.witnesses[0])
        call.hangup()
        await witness.ended()
        await until(lambda: bob.calls == 0, "the BYE")
        desk.calls.clear()
        desk.witnesses.clear()
        del call
        await gone(*legs, heard)
        assert len(alice._layer) >= 1, "the INVITE is remembered"
        assert len(bob._layer) == 2, "the INVITE and the BYE are"


@pytest.mark.parametrize("status", [486, 487])
async def test_a_refused_and_a_cancelled_call_are_let_go(status: int) -> None:
    async with trunk(timing=SLOW) as alice, carol_at(alice) as carol:
        witness = Witness()
        call = alice.invite(carol.uri, local=ALICE_RTP, observer=witness, caller_number="1")
        invite = await carol.hear()
        carol.say(carol.respond(invite, 180, tag="t"))
        await until(lambda: bool(witness.progress), "180")
        leg = leg_of(alice)
        if status == 487:
            call.hangup()
            carol.say(carol.respond(await carol.wait_for("CANCEL"), 200, tag="t"))
        carol.say(carol.respond(invite, status, tag="t"))
        first = await carol.wait_for("ACK")
        await witness.ended()
        del call
        await gone(leg)
        carol.say(carol.respond(invite, status, tag="t"))
        assert (await carol.wait_for("ACK")).lines == first.lines, "a repeated refusal gets the same ACK"


async def answered_and_over(alice: SipTrunk, carol: Carol) -> tuple[Heard, Heard, ref[object]]:
    """Alice called Carol and hung up; return her INVITE, her ACK, and what is left of the leg."""
    witness = Witness()
    call: SipCall | None = alice.invite(carol.uri, local=ALICE_RTP, observer=witness, caller_number="1")
    invite = await carol.hear()
    carol.say(carol.respond(invite, 200, tag="one", body=sdp()))
    ack = await carol.wait_for("ACK")
    await witness.answered()
    leg = leg_of(alice)
    assert call is not None
    call.hangup()
    call = None
    carol.say(carol.respond(await carol.wait_for("BYE"), 200))
    await witness.ended()
    return invite, ack, leg


async def test_a_2xx_repeated_after_the_call_gets_its_ack_again() -> None:
    async with trunk(timing=SLOW) as alice, carol_at(alice) as carol:
        invite, ack, leg = await answered_and_over(alice, carol)
        await gone(leg)
        carol.say(carol.respond(invite, 200, tag="one", body=sdp()))
        assert (await carol.wait_for("ACK")).lines == ack.lines


async def test_another_fork_that_answers_after_the_call_gets_ack_and_bye() -> None:
    async with trunk(timing=SLOW) as alice, carol_at(alice) as carol:
        invite, _ack, leg = await answered_and_over(alice, carol)
        await gone(leg)
        carol.say(carol.respond(invite, 200, tag="two", body=sdp()))
        ack = await carol.wait_for("ACK")
        assert (ack.to_tag, ack["CSeq"]) == ("two", "1 ACK")
        bye = await carol.wait_for("BYE")
        assert bye.to_tag == "two"
        assert int(bye["CSeq"].split()[0]) > 1
        carol.say(carol.respond(bye, 200))
        carol.say(carol.respond(invite, 200, tag="two", body=sdp()))
        assert (await carol.wait_for("ACK")).lines == ack.lines
