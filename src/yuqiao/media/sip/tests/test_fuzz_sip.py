"""Broken messages out of real ones, over the wire: the trunk survives each, keeps nothing of it; calls beside stand.

`mutation` says how to give it more time and how to repeat a failure.
"""

from __future__ import annotations

import asyncio
import gc
import tracemalloc

from yuqiao.media.sip import SipTrunk, Timing
from yuqiao.media.sip.tests.parties import ALICE_RTP, Desk, Witness, answer_at_once, trunk, until, uri
from yuqiao.media.sip.tests.rawpeer import Carol, carol_at
from yuqiao.media.tests.corpus.mutation import SECONDS, Mutator, corpus

SWIFT = Timing(t1=0.005, t2=0.04, t4=0.05)
SIP = list(corpus("sip").values())
BODIES = [one.partition(b"\r\n\r\n")[2].decode() for one in SIP if b"\r\n\r\nv=0" in one]


async def a_call(alice: SipTrunk, bob: SipTrunk, transport: str = "") -> Witness:
    """A normal call, up."""
    witness = Witness()
    target = uri(bob, transport=transport)
    alice.invite(target, local=ALICE_RTP, observer=witness, caller_number="13800000001")
    await witness.answered()
    return witness


async def rest(bob: SipTrunk, desk: Desk) -> None:
    """Hang up all but the first call, and wait for everything that was begun to end."""
    for call in desk.calls[1:]:
        call.hangup()
    await until(lambda: bob.calls <= 1 and len(bob._layer) == 0, "nothing but the first call", 30.0)
    del desk.calls[1:], desk.witnesses[1:]


async def flood(bob: SipTrunk, carol: Carol, desk: Desk, numbers: range, mutator: Mutator) -> None:
    for number in numbers:
        carol.say(mutator.nth(number))
        if number % 25 == 24:
            await all_read(carol, number)
            assert bob.counters["errors"] == 0, f"seed {mutator.seed}, one of the 25 messages up to {number}"
    await rest(bob, desk)


async def all_read(carol: Carol, number: int) -> None:
    """Return once what Carol said is answered or dropped: an OPTIONS that came behind it is."""
    carol.call_id = f"mark-{number}"
    carol.say(carol.request("OPTIONS"))
    while f"Call-ID: {carol.call_id}" not in (await carol.hear()).lines:
        continue
    carol.heard.clear()


async def test_mutated_messages_over_udp_leave_no_memory_and_no_call_behind() -> None:
    """Requests, responses and halves of both from a trunk's own address, which is let in: the worst case."""
    desk = Desk(answer_at_once)
    mutator = Mutator(SIP)
    async with trunk(desk, SWIFT) as bob, trunk(timing=SWIFT) as alice, carol_at(bob) as carol:
        beside = await a_call(alice, bob)
        batch = 500 if SECONDS <= 5 else round(100 * SECONDS)
        await flood(bob, carol, desk, range(batch), mutator)
        tracemalloc.start()
        try:
            gc.collect()
            before = tracemalloc.get_traced_memory()[0]
            await flood(bob, carol, desk, range(batch, 3 * batch), mutator)
            gc.collect()
            grown = tracemalloc.get_traced_memory()[0] - before
        finally:
            tracemalloc.stop()
        most = 200_000 + 50 * 2 * batch  # a message that is kept costs thousands; caches and the log's lines cost this
        assert grown < most, f"{grown} octets more after {2 * batch} messages"
        assert bob.counters["requests"] > batch / 2
        assert bob.counters["errors"] == 0
        assert len(bob._core.arrivals) == 1
        assert not beside.ends
        await a_call(alice, bob)


async def test_mutated_streams_over_tcp() -> None:
    desk = Desk(answer_at_once)
    async with trunk(desk, SWIFT) as bob, trunk(timing=SWIFT) as alice:
        beside = await a_call(alice, bob, "tcp")
        for number, data in Mutator(SIP).within(SECONDS / 2):
            reader, writer = await asyncio.open_connection(*bob.address)
            writer.write(data + data[: number % 50])
            writer.write_eof()
            if number % 10 == 0:
                async with asyncio.timeout(5):
                    while await reader.read(65_535):
                        pass
            writer.close()
            await asyncio.gather(writer.wait_closed(), return_exceptions=True)
        await rest(bob, desk)
        await until(lambda: len(bob._transport._connections) <= 2, "the connections to be gone")
        assert bob.counters["errors"] == 0
        assert not beside.ends


async def test_mutated_answers_to_our_offer_end_the_call_or_answer_it() -> None:
    """A 200 whose SDP is broken: the call is answered or ended, never left in between; our BYE goes out if it must."""
    bodies = Mutator([body.encode() for body in BODIES])
    async with trunk(timing=SWIFT) as alice, carol_at(alice) as carol:
        for number, body in bodies.within(SECONDS, least=150):
            witness = Witness()
            call = alice.invite(carol.uri, local=ALICE_RTP, observer=witness, caller_number="1")
            invite = await carol.wait_for("INVITE")
            text = body.decode("utf-8", "replace").replace("\0", "0")
            carol.say(carol.respond(invite, 200, tag=f"t{number}", body=text))
            await until(lambda w=witness: bool(w.answers or w.ends), f"an end of body {number}")  # type: ignore[misc]
            call.hangup()
            bye = await carol.wait_for("BYE")
            carol.say(carol.respond(bye, 200))
            await witness.ended()
            assert len(witness.ends) == 1
        assert alice.counters["errors"] == 0
        await until(lambda: alice.calls == 0 and len(alice._layer) == 0, "nothing left")


async def test_mutated_changes_within_a_call_are_taken_or_refused() -> None:
    """Re-INVITE and UPDATE with broken SDP: 200, 400, 415, 488 or 5xx at once, and the call goes on."""
    desk = Desk(answer_at_once)
    bodies = Mutator([body.encode() for body in BODIES])
    async with trunk(desk, SWIFT) as bob, carol_at(bob) as carol:
        carol.say(carol.request("INVITE", body=BODIES[0]))
        taken = await carol.wait_for(200)
        carol.say(carol.request("ACK", to_tag=taken.to_tag))
        _, witness = await desk.called()
        await witness.answered()
        for number, body in bodies.within(SECONDS):
            text = body.decode("utf-8", "replace").replace("\0", "0")
            method = "INVITE" if number % 2 else "UPDATE"
            carol.say(carol.request(method, seq=number + 2, to_tag=taken.to_tag, body=text))
            heard = await carol.hear()
            while heard.status < 200 or heard["CSeq"] != f"{number + 2} {method}":
                heard = await carol.hear()
            assert heard.status in {200, 400, 488}, f"body {number}"
            if method == "INVITE":
                branch = heard["Via"].partition("branch=")[2].partition(";")[0] if heard.status > 299 else ""
                carol.say(carol.request("ACK", seq=number + 2, to_tag=taken.to_tag, branch=branch))
        assert not witness.ends
        assert bob.counters["errors"] == 0
