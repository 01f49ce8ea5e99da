"""Alice's trunk calls Bob's, over UDP and over TCP: from INVITE to BYE, and every way a call can fail to be."""

from __future__ import annotations

import pytest

from yuqiao.media.ports import SipCall
from yuqiao.media.sip.tests.parties import (
    ALICE_RTP,
    BOB_RTP,
    Desk,
    Witness,
    answer_at_once,
    trunk,
    until,
    uri,
)

TRANSPORTS = pytest.mark.parametrize("transport", ["udp", "tcp"])


@TRANSPORTS
async def test_a_call_is_rung_answered_and_ended_by_the_caller(transport: str) -> None:
    desk = Desk()
    async with trunk(desk) as bob, trunk() as alice:
        witness = Witness()
        call = alice.invite(
            uri(bob, "12345", transport),
            local=ALICE_RTP,
            observer=witness,
            caller_number="13800000000",
            caller_name='Zhāng "San" <12345>; lr',
            headers={"X-Yuqiao-Line": "fire"},
        )
        theirs, bobs = await desk.called()
        assert (theirs.caller_number, theirs.dialled_number) == ("13800000000", "12345")
        assert theirs.caller_name == 'Zhāng "San" <12345>; lr'
        assert theirs.headers["x-yuqiao-line"] == "fire"
        assert theirs.offer is not None
        assert theirs.offer.remote == ALICE_RTP
        theirs.ring()
        await until(lambda: witness.progress == [(180, None)], "180")
        agreed = theirs.answer(BOB_RTP)
        assert (agreed.remote, agreed.payload_type, agreed.dtmf_payload_type) == (ALICE_RTP, 8, 101)
        heard = await witness.answered()
        assert (heard.remote, heard.payload_type, heard.dtmf_payload_type) == (BOB_RTP, 8, 101)
        assert await bobs.answered() == agreed
        call.hangup()
        assert (await bobs.ended()).code == 16
        assert (await witness.ended()).code == 16
        await until(lambda: alice.calls == bob.calls == 0, "no legs left")
        assert len(bobs.ends) == len(witness.ends) == 1


@TRANSPORTS
async def test_the_called_side_hangs_up(transport: str) -> None:
    desk = Desk(answer_at_once)
    async with trunk(desk) as bob, trunk() as alice:
        witness = Witness()
        alice.invite(uri(bob, transport=transport), local=ALICE_RTP, observer=witness, caller_number="1")
        theirs, bobs = await desk.called()
        await bobs.answered()
        theirs.hangup(17)
        assert (await witness.ended()).code == 17  # the Reason header field carries it
        assert (await bobs.ended()).code == 17


@pytest.mark.parametrize(("cause", "status", "heard"), [(17, 486, 17), (21, 603, 21), (34, 503, 34), (19, 480, 19)])
async def test_a_refusal_carries_its_cause(cause: int, status: int, heard: int) -> None:
    def refuse(call: SipCall) -> None:
        call.hangup(cause)

    async with trunk(Desk(refuse)) as bob, trunk() as alice:
        witness = Witness()
        alice.invite(uri(bob), local=ALICE_RTP, observer=witness, caller_number="1")
        end = await witness.ended()
        assert (end.code, end.sip_status) == (heard, status)


@TRANSPORTS
async def test_cancel_while_it_rings(transport: str) -> None:
    desk = Desk(lambda call: call.ring())
    async with trunk(desk) as bob, trunk() as alice:
        witness = Witness()
        call = alice.invite(uri(bob, transport=transport), local=ALICE_RTP, observer=witness, caller_number="1")
        await until(lambda: bool(witness.progress), "180")
        call.hangup()
        _, bobs = await desk.called()
        end = await bobs.ended()
        assert (end.code, end.sip_status) == (16, 487)
        assert (await witness.ended()).code == 16
        await until(lambda: alice.calls == bob.calls == 0, "no legs left")


async def test_cancel_waits_for_a_provisional_response() -> None:
    desk = Desk(lambda call: call.ring())
    async with trunk(desk) as bob, trunk() as alice:
        witness = Witness()
        alice.invite(uri(bob), local=ALICE_RTP, observer=witness, caller_number="1").hangup()
        _, bobs = await desk.called()
        assert (await bobs.ended()).sip_status == 487
        await until(lambda: alice.calls == 0, "no legs left")


async def test_nobody_answers_in_time() -> None:
    desk = Desk(lambda call: call.ring())
    async with trunk(desk) as bob, trunk() as alice:
        witness = Witness()
        alice.invite(uri(bob), local=ALICE_RTP, observer=witness, caller_number="1", timeout=0.2)
        assert (await witness.ended()).code == 19
        _, bobs = await desk.called()
        assert (await bobs.ended()).code == 19


async def test_hanging_up_before_the_ack_sends_bye_after_it() -> None:
    def answer_and_regret(call: SipCall) -> None:
        call.answer(BOB_RTP)
        call.hangup()

    desk = Desk(answer_and_regret)
    async with trunk(desk) as bob, trunk() as alice:
        witness = Witness()
        alice.invite(uri(bob), local=ALICE_RTP, observer=witness, caller_number="1")
        assert (await witness.ended()).code == 16
        assert witness.answers
        _, bobs = await desk.called()
        assert not bobs.answers
        await until(lambda: bob.calls == 0, "no legs left")


async def test_nobody_listens_on_tcp() -> None:
    async with trunk() as alice, trunk() as bob:
        await bob.stop()
        witness = Witness()
        alice.invite(uri(bob, transport="tcp"), local=ALICE_RTP, observer=witness, caller_number="1")
        assert (await witness.ended()).code == 38


async def test_stopping_the_trunk_ends_its_calls() -> None:
    desk = Desk(answer_at_once)
    async with trunk() as alice:
        witness = Witness()
        async with trunk(desk) as bob:
            alice.invite(uri(bob), local=ALICE_RTP, observer=witness, caller_number="1")
            _, bobs = await desk.called()
            await bobs.answered()
        assert (await bobs.ended()).code == 16
        assert (await witness.ended()).code == 16


@pytest.mark.parametrize(
    "target", ["", "bob", "sips:b@127.0.0.1", "sip:", "sip:a@b\r\nX: y", "sip:a@127.0.0.1;transport=ws"]
)
async def test_a_target_that_is_no_sip_uri_is_refused(target: str) -> None:
    async with trunk() as alice:
        with pytest.raises(ValueError):  # noqa: PT011 - the seam promises ValueError
            alice.invite(target, local=ALICE_RTP, observer=Witness(), caller_number="1")


@pytest.mark.parametrize(
    ("number", "name", "headers"),
    [
        ("1\r\nX-Evil: 1", "", {}),
        ("1", "a\nVia: x", {}),
        ("1", "", {"X-A": "b\r\nX-Evil: 1"}),
        ("1", "", {"X-A\r\nX-Evil": "1"}),
        ("1", "", {"X A": "1"}),
        ("1", "", {"Call-ID": "1"}),
        ("1", "", {"i": "1"}),
    ],
)
async def test_no_header_can_be_smuggled_in(number: str, name: str, headers: dict[str, str]) -> None:
    async with trunk() as alice:
        with pytest.raises(ValueError):  # noqa: PT011 - the seam promises ValueError
            alice.invite(
                "sip:x@127.0.0.1",
                local=ALICE_RTP,
                observer=Witness(),
                caller_number=number,
                caller_name=name,
                headers=headers,
            )
        assert alice.calls == 0
