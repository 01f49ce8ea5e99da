"""Keys for SRTP on the wire: what the operator's policy makes of calls in and out, and what is offered when."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import pytest

from yuqiao.media.sip.secure_media import SUITES, Policy
from yuqiao.media.sip.tests.certificates import Authority
from yuqiao.media.sip.tests.parties import ALICE_RTP, BOB_RTP, Desk, Witness, answer_at_once, trunk, until
from yuqiao.media.sip.tests.rawpeer import Carol, carol_at, sdp
from yuqiao.media.sip.tests.test_tls import secured
from yuqiao.media.sip.trunks import TrunkSettings, networks

KEY = base64.b64encode(bytes(30)).decode()


def with_keys(suite: str = SUITES[0]) -> str:
    return sdp().replace("RTP/AVP", "RTP/SAVP") + f"a=crypto:1 {suite} inline:{KEY}\r\n"


def trunk_of(carol: Carol, policy: Policy) -> TrunkSettings:
    return TrunkSettings("carol", (("127.0.0.1", carol.port),), options_seconds=0, srtp=policy)


@pytest.mark.parametrize(
    ("policy", "body", "status"),
    [
        (Policy.OFF, with_keys, 488),
        (Policy.OFF, sdp, 200),
        (Policy.OPTIONAL, with_keys, 200),
        (Policy.OPTIONAL, sdp, 200),
        (Policy.REQUIRED, with_keys, 200),
        (Policy.REQUIRED, sdp, 488),
    ],
)
async def test_what_a_trunk_may_offer_us(policy: Policy, body: Callable[[], str], status: int) -> None:
    desk = Desk(answer_at_once)
    async with trunk() as anybody, carol_at(anybody) as carol:
        settings = TrunkSettings("c", (("192.0.2.1", 5060),), sources=networks("127.0.0.1"), options_seconds=0)
        settings = TrunkSettings(**{name: getattr(settings, name) for name in settings.__slots__} | {"srtp": policy})
        async with trunk(desk, trunks=[settings]) as bob:
            carol.trunk = bob
            carol.say(carol.request("INVITE", body=body()))
            answer = await carol.wait_for(status)
            if status == 200:
                carol.say(carol.request("ACK", to_tag=answer.to_tag))
                _, witness = await desk.called()
                srtp = (await witness.answered()).srtp
                assert (srtp is not None) == (body is with_keys) == ("RTP/SAVP" in answer.body)
                if srtp is not None:
                    assert srtp.theirs == KEY
                    assert f"a=crypto:1 {SUITES[0]} inline:{srtp.ours}\r\n" in answer.body


async def test_a_trunk_that_requires_it_is_offered_it_and_an_answer_without_ends_the_call() -> None:
    async with (
        trunk() as anybody,
        carol_at(anybody) as carol,
        trunk(trunks=[trunk_of(carol, Policy.REQUIRED)]) as alice,
    ):
        for answered, code in ((with_keys(), 0), (sdp(), 58)):
            witness = Witness()
            call = alice.invite("13800000001", local=ALICE_RTP, observer=witness, caller_number="960169")
            invite = await carol.wait_for("INVITE")
            assert "m=audio 40000 RTP/SAVP 8 0 101" in invite.body
            assert [line.split()[1] for line in invite.body.split("\r\n") if "a=crypto" in line] == list(SUITES)
            carol.trunk = alice
            carol.say(carol.respond(invite, 200, tag=f"c{code}", body=answered))
            if not code:
                audio = await witness.answered()
                assert audio.srtp is not None
                assert audio.srtp.theirs == KEY
                call.hangup()
            else:
                assert (await witness.ended()).code == code
            bye = await carol.wait_for("BYE")
            carol.say(carol.respond(bye, 200))


async def test_in_the_clear_nothing_is_offered_unless_required() -> None:
    async with (
        trunk() as anybody,
        carol_at(anybody) as carol,
        trunk(trunks=[trunk_of(carol, Policy.OPTIONAL)]) as alice,
    ):
        witness = Witness()
        alice.invite("13800000001", local=ALICE_RTP, observer=witness, caller_number="960169")
        invite = await carol.wait_for("INVITE")
        assert "RTP/AVP" in invite.body
        assert "crypto" not in invite.body
        carol.trunk = alice
        carol.say(carol.respond(invite, 486, tag="c"))
        await witness.ended()


@pytest.mark.parametrize(("theirs", "is_secured"), [(Policy.OPTIONAL, True), (Policy.OFF, False)])
async def test_under_tls_it_is_offered_and_where_it_is_refused_the_call_goes_on_without(
    tmp_path: Path, theirs: Policy, is_secured: bool
) -> None:
    authority = Authority(tmp_path)
    desk = Desk(answer_at_once)
    async with (
        secured(authority.settings("127.0.0.1"), desk, srtp=theirs) as bob,
        secured(authority.settings("127.0.0.1")) as alice,
    ):
        witness = Witness()
        target = f"sip:12345@127.0.0.1:{bob.tls_address[1]};transport=tls"
        call = alice.invite(target, local=ALICE_RTP, observer=witness, caller_number="960169")
        ours = (await witness.answered()).srtp
        assert (ours is not None) == is_secured
        assert bob.counters["refused"] == (0 if is_secured else 1)
        _, other = await desk.called()
        await other.answered()
        theirs_now = other.answers[0].srtp
        if ours is not None:
            assert theirs_now is not None
            assert (theirs_now.ours, theirs_now.theirs) == (ours.theirs, ours.ours)
        call.hold(held=True)  # a later offer keeps the keys
        await until(lambda: bool(other.changes), "the hold")
        assert other.changes[-1].srtp == theirs_now
        assert other.changes[-1].remote == ALICE_RTP
        assert witness.answers[0].remote == BOB_RTP
        call.hangup()
        await other.ended()
