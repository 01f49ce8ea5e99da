"""More of what strangers try: fields that point elsewhere, forged CANCELs and answers, replayed passwords, connections
held open, floods. Nothing is sent to a third party, nothing of a call changes, nothing is kept."""

from __future__ import annotations

import asyncio
import socket

import pytest

from yuqiao.media.sip import streams
from yuqiao.media.sip.crowd import MOST_STRANGERS
from yuqiao.media.sip.tests.parties import ALICE_RTP, Desk, Witness, answer_at_once, trunk, until, uri
from yuqiao.media.sip.tests.rawpeer import Carol, carol_at, sdp
from yuqiao.media.sip.tests.test_strangers import (
    BY_DIGEST,
    CALLER,
    KNOWN,
    Stranger,
    elsewhere,
    has_heard,
    sign,
    stranger,
)

__all__ = ["elsewhere", "stranger"]  # fixtures

POINTERS = {
    "maddr": ("UDP 127.0.0.2:{port};branch=z9hG4bKm;rport", ";maddr=127.0.0.3"),
    "sent-by": ("UDP 127.0.0.3:{third};branch=z9hG4bKs;rport", ""),
    "received": ("UDP 127.0.0.2:{port};branch=z9hG4bKr;rport", ";received=127.0.0.3"),
    "rport with a value": ("UDP 127.0.0.2;branch=z9hG4bKp;rport={third};received=127.0.0.3", ""),
    "another protocol": ("TCP 127.0.0.3:{third};branch=z9hG4bKt;rport", ""),
}


@pytest.mark.parametrize("kind", POINTERS)
async def test_no_answer_goes_where_a_via_points(kind: str, elsewhere: socket.socket, stranger: Stranger) -> None:
    """Answers go to where the request came from (RFC 3581 4), to its own host at least."""
    third = elsewhere.getsockname()[1]
    async with trunk(Desk(answer_at_once), trunks=[KNOWN]) as ours:
        eve = stranger(ours)
        value, more = POINTERS[kind]
        via = f"Via: SIP/2.0/{value.format(port=eve.port, third=third)}{more}"
        for method in ("INVITE", "OPTIONS"):
            lines = eve.request(method, body=sdp(address="127.0.0.3", port=third)).split("\r\n")
            eve.say("\r\n".join(via if line.startswith("Via:") else line for line in lines))
            assert (await eve.hear()).status == 403
        assert not has_heard(elsewhere)


async def test_no_field_of_a_strangers_request_is_followed(elsewhere: socket.socket, stranger: Stranger) -> None:
    third = f"127.0.0.3:{elsewhere.getsockname()[1]}"
    fields = (
        "Route", "Record-Route", "Contact", "Refer-To", "Referred-By", "Path", "Service-Route", "Reply-To", "Call-Info",
        "Error-Info", "Alert-Info", "Also", "P-Asserted-Identity", "Diversion", "History-Info", "Target-Dialog",
    )  # fmt: skip
    async with trunk(Desk(answer_at_once), trunks=[KNOWN]) as ours:
        eve = stranger(ours)
        for field in fields:
            for method in ("INVITE", "REFER", "SUBSCRIBE", "NOTIFY", "MESSAGE", "PUBLISH", "REGISTER"):
                eve.say(eve.request(method, extra=f"{field}: <sip:{third};lr>\r\nEvent: refer\r\n"))
        await until(lambda: ours.counters["strangers"] == len(fields) * 7, "all refusals")
        assert len(ours._layer) == ours.counters["calls_in"] == ours.counters["calls_out"] == 0
        assert not has_heard(elsewhere)


async def test_answers_to_strangers_are_less_than_twice_what_they_sent(stranger: Stranger) -> None:
    """Who forges a sender's address cannot make us send that victim much more than it costs."""
    async with trunk(trunks=[KNOWN]) as ours:
        eve = stranger(ours)
        for method in ("INVITE", "OPTIONS", "BYE"):
            shortest = (
                f"{method} sip:a@b SIP/2.0\r\nv: SIP/2.0/UDP b;branch=z9hG4bK1;rport\r\nf: <sip:a@b>;tag=1\r\n"
                f"t: <sip:a@b>\r\ni: {method}\r\nCSeq: 1 {method}\r\n\r\n"
            )
            eve.say(shortest)
            heard = await eve.hear()
            assert heard.status == 403
            assert len("\r\n".join([heard.start, *heard.lines])) < 2 * len(shortest)


async def test_replaces_and_join_take_over_nobodys_call() -> None:
    """RFC 3891 and RFC 3911 are not spoken: where they are demanded 420, else it is a call like any other, even for
    who may call in."""
    desk = Desk(answer_at_once)
    async with trunk(desk, trunks=[KNOWN]) as ours, carol_at(ours) as carol, carol_at(ours) as mallory:
        witness = await talk(carol, desk)
        dialog = f"{carol.call_id};to-tag={carol.heard[-1].to_tag};from-tag={carol.tag}"
        for number, field in enumerate(("Replaces", "Join", "Target-Dialog")):
            mallory.call_id = f"over-{number}"
            demanded = f"Require: {field.lower()}\r\n{field}: {dialog}\r\n"
            mallory.say(mallory.request("INVITE", body=sdp(), extra=demanded))
            refusal = await mallory.wait_for(420)
            mallory.say(mallory.request("ACK", to_tag=refusal.to_tag))
            mallory.say(mallory.request("INVITE", seq=2, body=sdp(), extra=f"{field}: {dialog}\r\n"))
            taken = await mallory.wait_for(200)
            mallory.say(mallory.request("ACK", seq=2, to_tag=taken.to_tag))
        assert len(desk.calls) == 4
        assert not witness.ends
        assert not witness.changes


async def talk(carol: Carol, desk: Desk) -> Witness:
    """Carol's call, up."""
    carol.say(carol.request("INVITE", body=sdp()))
    taken = await carol.wait_for(200)
    carol.say(carol.request("ACK", to_tag=taken.to_tag))
    _, witness = await desk.called()
    await witness.answered()
    return witness


async def test_a_cancel_with_everything_right_from_elsewhere_changes_nothing(stranger: Stranger) -> None:
    desk = Desk(lambda call: call.ring())
    async with trunk(desk, trunks=[KNOWN]) as ours, carol_at(ours) as carol:
        carol.say(carol.request("INVITE", body=sdp(), branch="z9hG4bKknown"))
        await carol.wait_for(180)
        eve = stranger(ours)
        eve.call_id, eve.tag = carol.call_id, carol.tag
        forged = carol.request("CANCEL", branch="z9hG4bKknown")
        eve.say(forged)
        assert (await eve.hear()).status == 403
        _, witness = await desk.called()
        assert not witness.ends
        carol.say(forged)
        await carol.wait_for(487)


async def test_forged_answers_to_our_invite_are_strays(stranger: Stranger) -> None:
    """Without the branch, of 64 random bits, no answer finds our request: no call is answered or refused for us."""
    async with trunk(trunks=[KNOWN]) as ours, carol_at(ours) as carol:
        witness = Witness()
        call = ours.invite(carol.uri, local=ALICE_RTP, observer=witness, caller_number="960169")
        invite = await carol.wait_for("INVITE")
        eve = stranger(ours)
        true = invite["Via"].partition("branch=")[2].partition(";")[0]
        for status, branch in ((200, "z9hG4bKguess"), (486, "z9hG4bK"), (302, true[:-1])):
            answer = eve.respond(invite, status, tag="x", body=sdp(address="127.0.0.3"), extra=f"X: {status}\r\n")
            eve.say(answer.replace(true, branch))
        await until(lambda: ours.counters["strays"] == 3, "strays")
        assert not witness.answers
        assert not witness.ends
        carol.say(carol.respond(invite, 200, tag="t", body=sdp()))
        await witness.answered()
        call.hangup()
        bye = await carol.wait_for("BYE")
        carol.say(carol.respond(bye, 200))
        await witness.ended()


async def test_a_password_shown_once_opens_once(stranger: Stranger) -> None:
    """The same credentials again, from the same place with another Call-ID, or for another method: 401 or 403."""
    desk = Desk(answer_at_once)
    async with trunk(desk, trunks=[BY_DIGEST]) as ours:
        caller = stranger(ours)
        caller.say(caller.request("INVITE", body=sdp()))
        signed = sign(await caller.hear(), CALLER)
        caller.say(caller.request("INVITE", seq=2, body=sdp(), extra=signed))
        taken = await caller.wait_for(200)
        caller.say(caller.request("ACK", seq=2, to_tag=taken.to_tag))
        caller.call_id = "replayed"
        for method in ("INVITE", "OPTIONS", "REFER"):
            caller.say(caller.request(method, seq=3, body=sdp() if method == "INVITE" else "", extra=signed))
            assert (await caller.wait_for(401 if method == "INVITE" else 403)).method == method
        for other in ("Authorization: Digest username\r\n", "Authorization: NoOneKnowsThisScheme x=y\r\n",
                      f"{signed.strip()}, Digest\r\n", signed.replace("Digest", "Basic")):  # fmt: skip
            caller.call_id += "x"
            caller.say(caller.request("INVITE", seq=4, body=sdp(), extra=other))
            assert (await caller.hear()).status in {401, 403}
        assert len(desk.calls) == 1
        assert ours.counters["errors"] == 0


# -- connections held open, and floods ---------------------------------------------------------------------------------


async def test_a_message_in_drops_does_not_hold_a_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slow loris: an octet now and then buys no time beyond that of one message."""
    monkeypatch.setattr(streams, "PARTIAL_LIMIT", 0.4)
    async with trunk() as ours:
        reader, writer = await asyncio.open_connection(*ours.address)
        began = asyncio.get_running_loop().time()
        for octet in b"OPTIONS sip:a@b SIP/2.0\r\nX: " + b"y" * 1000:
            writer.write(bytes([octet]))
            try:
                async with asyncio.timeout(0.05):
                    assert await reader.read(1) == b""
                    break
            except TimeoutError:
                continue
        assert asyncio.get_running_loop().time() - began < 2.0
        assert ours.counters["malformed"] == 1
        writer.close()


async def test_strangers_connections_are_so_many_and_a_trunks_come_besides(stranger: Stranger) -> None:
    async with trunk(Desk(answer_at_once), trunks=[KNOWN]) as ours:
        loop = asyncio.get_running_loop()
        held = []
        try:
            for _ in range(3 * MOST_STRANGERS):
                held.append(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
                held[-1].bind(("127.0.0.2", 0))
                held[-1].setblocking(False)
                await loop.sock_connect(held[-1], ours.address)
            await until(lambda: len(ours._transport._connections) == MOST_STRANGERS, "the rest to be closed")
            async with trunk() as city:
                witness = Witness()
                city.invite(uri(ours, transport="tcp"), local=ALICE_RTP, observer=witness, caller_number="1")
                await witness.answered()
                assert len(ours._transport._connections) == MOST_STRANGERS + 1
        finally:
            for sock in held:
                sock.close()


async def test_a_flood_of_half_open_calls_is_over_by_itself(stranger: Stranger) -> None:
    """A stranger's leave nothing; those of a trunk that never acknowledges end by the timers, each owner told once."""
    desk = Desk(answer_at_once)
    async with trunk(desk, trunks=[KNOWN]) as ours, carol_at(ours) as carol:
        eve = stranger(ours)
        for number in range(300):
            for who in (carol, eve):
                who.call_id = f"flood-{who.port}-{number}"
                who.say(who.request("INVITE", body=sdp()))
            if number % 20 == 0:
                await asyncio.sleep(0)
        await until(lambda: len(desk.calls) == 300 and ours.counters["strangers"] == 300, "the flood")
        assert len(ours._layer) <= 300
        await until(lambda: ours.calls == 0, "every call's end", 15.0)
        await until(lambda: len(ours._layer) == 0, "every transaction's end", 15.0)
        assert [len(one.ends) for one in desk.witnesses] == [1] * 300


async def test_a_flood_of_options_is_answered_and_forgotten() -> None:
    async with trunk(trunks=[KNOWN]) as ours, carol_at(ours) as carol:
        answers = 0
        for number in range(2000):
            carol.call_id = f"o-{number}"
            carol.say(carol.request("OPTIONS"))
            answers += (await carol.wait_for(200)).status == 200
        assert answers == 2000
        await until(lambda: len(ours._layer) == 0, "every transaction's end", 15.0)
