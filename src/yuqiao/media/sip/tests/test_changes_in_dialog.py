"""What a peer may do once the call stands: hold, move its audio, refresh, press keys, ask how we are."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from yuqiao.media.sip.tests.parties import ALICE_RTP, Desk, Witness, answer_at_once, trunk, until
from yuqiao.media.sip.tests.rawpeer import Carol, carol_at, sdp

UNHURRIED = True  # see `unhurried`


@asynccontextmanager
async def talking() -> AsyncIterator[tuple[Carol, str, Witness]]:
    """Carol has called Bob and is through: she, the tag of Bob's side, Bob's witness."""
    desk = Desk(answer_at_once)
    async with trunk(desk) as bob, carol_at(bob) as carol:
        carol.say(carol.request("INVITE", body=sdp()))
        ok = await carol.wait_for(200)
        carol.say(carol.request("ACK", to_tag=ok.to_tag))
        witness = desk.witnesses[0]
        await witness.answered()
        yield carol, ok.to_tag, witness
        carol.say(carol.request("BYE", seq=99, to_tag=ok.to_tag))
        await carol.wait_for(200, of="BYE")
        await witness.ended()


HOLDS = {
    "sendonly": (sdp(direction="sendonly", version=2), "a=recvonly", (False, True)),
    "inactive": (sdp(direction="inactive", version=2), "a=inactive", (False, False)),
    "recvonly": (sdp(direction="recvonly", version=2), "a=sendonly", (True, False)),
    "the old way": (sdp(address="0.0.0.0", version=2), "a=recvonly", (False, True)),  # noqa: S104
}


@pytest.mark.parametrize("method", ["INVITE", "UPDATE"])
@pytest.mark.parametrize("hold", HOLDS)
async def test_hold_and_resume(hold: str, method: str) -> None:
    body, answer, directions = HOLDS[hold]
    async with talking() as (carol, tag, witness):
        carol.say(carol.request(method, seq=2, to_tag=tag, body=body))
        ok = await carol.wait_for(200, of=method)
        assert answer in ok.body
        if method == "INVITE":
            carol.say(carol.request("ACK", seq=2, to_tag=tag))
        await until(lambda: len(witness.changes) == 1, "the hold")
        assert (witness.changes[0].send, witness.changes[0].receive) == directions
        carol.say(carol.request(method, seq=3, to_tag=tag, body=sdp(version=3, port=47_000)))
        ok = await carol.wait_for(200, of=method)
        assert "a=sendrecv" in ok.body
        if method == "INVITE":
            carol.say(carol.request("ACK", seq=3, to_tag=tag))
        await until(lambda: len(witness.changes) == 2, "the resume")
        assert witness.changes[1].remote == ("127.0.0.1", 47_000)
        assert witness.changes[1].send


async def test_the_origin_line_keeps_its_session_and_counts_its_versions() -> None:
    async with talking() as (carol, tag, _):
        origins = []
        for seq, direction in ((2, "sendonly"), (3, "sendonly"), (4, "sendrecv")):
            carol.say(carol.request("UPDATE", seq=seq, to_tag=tag, body=sdp(direction=direction)))
            ok = await carol.wait_for(200, of="UPDATE")
            origins.append(ok.body.split("\r\n")[1].split()[1:3])
        assert len({session for session, _ in origins}) == 1
        assert [int(version) for _, version in origins] == [1, 1, 2]


async def test_a_reinvite_without_sdp_gets_our_offer() -> None:
    async with talking() as (carol, tag, witness):
        carol.say(carol.request("INVITE", seq=2, to_tag=tag))
        ok = await carol.wait_for(200, of="INVITE")
        assert "RTP/AVP 8 0 96" in ok.body  # her own number for keys stays
        carol.say(carol.request("UPDATE", seq=3, to_tag=tag, body=sdp(port=48_000)))
        await carol.wait_for(491, of="UPDATE")  # our offer is still open
        carol.say(carol.request("ACK", seq=2, to_tag=tag, body=sdp(port=46_000)))
        await until(lambda: len(witness.changes) == 1, "the new address")
        assert witness.changes[0].remote == ("127.0.0.1", 46_000)


async def test_a_second_reinvite_before_the_ack_must_wait() -> None:
    async with talking() as (carol, tag, _):
        carol.say(carol.request("INVITE", seq=2, to_tag=tag, body=sdp(direction="sendonly")))
        await carol.wait_for(200, of="INVITE")
        carol.say(carol.request("INVITE", seq=3, to_tag=tag, body=sdp()))
        wait = await carol.wait_for(500, of="INVITE")
        assert 0 <= int(wait["Retry-After"]) <= 10
        carol.say(carol.request("ACK", seq=2, to_tag=tag))


async def test_a_change_we_cannot_follow_leaves_the_call_as_it_is() -> None:
    async with talking() as (carol, tag, witness):
        carol.say(carol.request("INVITE", seq=2, to_tag=tag, body=sdp().replace(" 8 0 96", " 18")))
        await carol.wait_for(488, of="INVITE")
        carol.say(carol.request("UPDATE", seq=3, to_tag=tag, body="v=1"))
        await carol.wait_for(400, of="UPDATE")
        assert not witness.changes
        assert not witness.ends


async def test_an_unchanged_offer_is_answered_and_nobody_is_told() -> None:
    async with talking() as (carol, tag, witness):
        carol.say(carol.request("INVITE", seq=2, to_tag=tag, body=sdp(version=2)))
        await carol.wait_for(200, of="INVITE")
        carol.say(carol.request("ACK", seq=2, to_tag=tag))
        carol.say(carol.request("UPDATE", seq=3, to_tag=tag))
        refreshed = await carol.wait_for(200, of="UPDATE")
        assert not refreshed.body
        assert not witness.changes


@pytest.mark.parametrize(
    ("content", "body", "digit"),
    [
        ("application/dtmf-relay", "Signal=5\r\nDuration=160\r\n", ("5", 160)),
        ("application/dtmf-relay", "Signal= *\r\n", ("*", 100)),
        ("application/dtmf-relay", "signal=11\nduration=250", ("#", 250)),
        ("application/dtmf", "d", ("D", 100)),
    ],
)
async def test_a_key_comes_by_info(content: str, body: str, digit: tuple[str, int]) -> None:
    async with talking() as (carol, tag, witness):
        carol.say(carol.request("INFO", seq=2, to_tag=tag, body=body, content=content))
        await carol.wait_for(200, of="INFO")
        assert witness.digits == [digit]


async def test_other_infos_and_options() -> None:
    async with talking() as (carol, tag, witness):
        carol.say(carol.request("INFO", seq=2, to_tag=tag, body="x", content="application/media_control+xml"))
        await carol.wait_for(415, of="INFO")
        carol.say(carol.request("INFO", seq=3, to_tag=tag))
        await carol.wait_for(200, of="INFO")
        carol.say(carol.request("OPTIONS", seq=4, to_tag=tag))
        await carol.wait_for(200, of="OPTIONS")
        carol.say(carol.request("OPTIONS", seq=4, to_tag=tag))
        await carol.wait_for(500, of="OPTIONS")  # 12.2.2: out of order
        assert not witness.digits


async def test_another_partys_request_with_our_tag_is_refused() -> None:
    async with talking() as (carol, tag, witness):
        own, carol.tag = carol.tag, "mallory"
        carol.say(carol.request("BYE", seq=2, to_tag=tag))
        await carol.wait_for(481, of="BYE")
        carol.tag = own
        assert not witness.ends


async def test_a_later_answer_never_acknowledged_ends_the_call() -> None:
    desk = Desk(answer_at_once)
    async with trunk(desk) as bob, carol_at(bob) as carol:
        carol.say(carol.request("INVITE", body=sdp()))
        ok = await carol.wait_for(200)
        carol.say(carol.request("ACK", to_tag=ok.to_tag))
        carol.say(carol.request("INVITE", seq=2, to_tag=ok.to_tag, body=sdp(direction="inactive")))
        bye = await carol.wait_for("BYE", deadline=8.0)
        carol.say(carol.respond(bye, 200))
        assert (await desk.witnesses[0].ended()).code == 102


async def test_the_called_peer_may_hold_too_and_must_wait_while_our_offer_is_open() -> None:
    async with trunk() as alice, carol_at(alice) as carol:
        witness = Witness()
        alice.invite(carol.uri, local=ALICE_RTP, observer=witness, caller_number="960169")
        invite = await carol.hear()
        carol.say(carol.respond(invite, 180, tag=carol.tag))
        await until(lambda: bool(witness.progress), "180")
        carol.call_id = invite["Call-ID"]
        own_tag = invite["From"].split("tag=")[1]
        carol.say(carol.request("UPDATE", seq=1, to_tag=own_tag, body=sdp()))
        await carol.wait_for(491, of="UPDATE")
        carol.say(carol.respond(invite, 200, tag=carol.tag, body=sdp()))
        await carol.wait_for("ACK")
        carol.say(carol.request("INVITE", seq=2, to_tag=own_tag, body=sdp(direction="sendonly")))
        held = await carol.wait_for(200, of="INVITE")
        assert "a=recvonly" in held.body
        carol.say(carol.request("ACK", seq=2, to_tag=own_tag))
        await until(lambda: len(witness.changes) == 1, "the hold")
        carol.say(carol.request("BYE", seq=3, to_tag=own_tag, extra="Reason: Q.850;cause=31\r\n"))
        await carol.wait_for(200, of="BYE")
        assert (await witness.ended()).code == 31
