"""Who comes to the door for browsers' phones without being asked: no ticket, another's, garbage, floods."""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
import time

import aiohttp
import pytest

from yuqiao.lib.phones import Ticket, issue
from yuqiao.media import causes
from yuqiao.media.ports import CallObserver, SipCall
from yuqiao.media.sip import SipTrunk, mapping
from yuqiao.media.sip.tests.browser import SAID, Mei, exchange, mei_at, ticket
from yuqiao.media.sip.tests.parties import ALICE_RTP, BOB_RTP, Desk, Witness, answer_at_once, until
from yuqiao.media.sip.tests.rawpeer import carol_at


async def knock(trunk: SipTrunk, given: str, protocol: str = "sip") -> tuple[int, str]:
    """Ask for a WebSocket; the status and what is said with it."""
    host, port = trunk.phones_address
    headers = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Protocol": protocol,
    }
    async with aiohttp.ClientSession() as session:
        url = f"http://{host}:{port}/sip"
        async with session.get(url, params={"ticket": given}, headers=headers) as answer:
            return answer.status, await answer.text() if answer.status != 101 else ""


FORGED = issue(Ticket("desk-1", time.time() + 3600), b"another key")
REFUSED = {
    "no ticket": ("", "not issued here"),
    "garbage": ("%%%.~~~", "no ticket"),
    "forged": (FORGED, "not issued here"),
    "over": (ticket(lasts=-5.0), "load the page anew"),
    "another's seal": (f"{ticket('desk-2').partition('.')[0]}.{ticket().partition('.')[2]}", "not issued here"),
}


@pytest.mark.parametrize("what", REFUSED)
async def test_without_a_ticket_of_ours_nobody_comes_in(what: str) -> None:
    given, sentence = REFUSED[what]
    async with exchange() as trunk:
        status, said = await knock(trunk, given)
        assert status == 403
        assert sentence in said
        assert trunk.counters["strangers"] == 1


async def test_who_does_not_speak_sip_is_told_so() -> None:
    async with exchange() as trunk:
        status, said = await knock(trunk, ticket(), protocol="chat")
        assert status == 400
        assert "RFC 7118" in said


async def test_a_desk_calls_nobody_and_a_citizen_only_her_line() -> None:
    desk = Desk()
    async with exchange(desk) as trunk, mei_at(trunk) as mei, mei_at(trunk, ticket("c-1", dials="12345"), "c-1") as lea:
        for who, uri in ((mei, "sip:12345@browser"), (lea, "sip:00441234@browser"), (lea, "sip:desk-1@browser")):
            await who.say(who.request("INVITE", uri=uri, to=f"<{uri}>", body=SAID["offer-voice"]))
            assert (await who.wait_for(403)).method == "INVITE"
        await lea.say(lea.request("REGISTER", sender="desk-1"))
        await lea.wait_for(403)
        assert desk.calls == []


async def call_anew(phone: Mei, call_id: str, status: int, extra: str = "", body: str = SAID["offer-voice"]) -> None:
    """Call 1 under a Call-ID of its own, and hear that status."""
    invite = phone.request("INVITE", uri="sip:1@browser", to="<sip:1@browser>", body=body, extra=extra, call_id=call_id)
    await phone.say(invite)
    assert (await phone.wait_for(status, of="INVITE"))["Call-ID"] == call_id


async def test_a_guest_has_one_call_whatever_her_tickets_and_goes_on_with_it_in_a_new_page() -> None:
    desk = Desk(answer_at_once)
    given = [ticket("guest-7", dials="1") for _ in range(2)]
    async with exchange(desk) as trunk, mei_at(trunk, given[0], "guest-7") as lea:
        ok = await lea.dial("1")
        await call_anew(lea, "second", 486)
        async with mei_at(trunk, given[1], "guest-7") as anew:
            await call_anew(anew, "third", 486)
            our_tag = ok["To"].partition(";tag=")[2]
            taken = f"Replaces: {lea.call_id};to-tag={our_tag};from-tag={lea.tag}\r\n"
            uri = "sip:guest-7@browser"
            await anew.say(anew.request("INVITE", uri=uri, to=f"<{uri}>", body=SAID["offer-voice"], extra=taken))
            new = await anew.wait_for(200, of="INVITE")
            await anew.say(anew.request("ACK", uri=new.contact, to=new["To"]))
            await call_anew(anew, "fourth", 486)
            await anew.say(anew.request("BYE", uri=new.contact, to=new["To"], seq=2))
            await anew.wait_for(200, of="BYE")
            await desk.witnesses[0].ended()
            await call_anew(anew, "fifth", 403)
        async with mei_at(trunk, given[0], "guest-7") as again:
            await call_anew(again, "sixth", 403)
        async with mei_at(trunk, ticket("guest-8", dials="1"), "guest-8") as other:
            await other.dial("1")
        assert [call.caller_number for call in desk.calls] == ["guest-7", "guest-8"]


async def test_an_agent_has_one_call_at_a_time_and_calls_again_after_it() -> None:
    desk = Desk(answer_at_once)
    async with exchange(desk) as trunk, mei_at(trunk, ticket("agent-7", dials="1"), "agent-7") as wu:
        ok = await wu.dial("1")
        await call_anew(wu, "second", 486)
        await wu.say(wu.request("BYE", uri=ok.contact, to=ok["To"], seq=2))
        await wu.wait_for(200, of="BYE")
        await call_anew(wu, "third", 200)
        assert len(desk.calls) == 2


class Shut(Desk):
    """Takes no call until it is opened."""

    opened = False

    def __call__(self, call: SipCall) -> CallObserver | None:
        witness = super().__call__(call)
        return witness if self.opened else None


async def test_a_guests_call_that_never_began_does_not_count() -> None:
    desk = Shut()
    async with exchange(desk) as trunk, mei_at(trunk, ticket("guest-7", dials="1"), "guest-7") as lea:
        await call_anew(lea, "no sound", 488, body="v=0\r\nm=audio 4 RTP/AVP 8\r\n")
        await call_anew(lea, "nobody", 503)
        desk.opened, desk.react = True, lambda call: call.hangup(causes.CONGESTION)
        await call_anew(lea, "nobody yet", 503)
        desk.react = lambda call: (call.answer(BOB_RTP), None)[1]
        await lea.dial("1")
        assert len(desk.calls) == 3


async def test_a_guest_who_gives_up_has_had_her_call_whatever_reason_she_says() -> None:
    desk = Desk()
    async with exchange(desk) as trunk, mei_at(trunk, ticket("guest-7", dials="1"), "guest-7") as lea:
        uri, branch = "sip:1@browser", "z9hG4bKgives-up"
        await lea.say(lea.request("INVITE", uri=uri, to=f"<{uri}>", body=SAID["offer-voice"], branch=branch))
        await desk.called()
        reason = mapping.reason_header(causes.CONGESTION)
        await lea.say(lea.request("CANCEL", uri=uri, to=f"<{uri}>", branch=branch, extra=f"Reason: {reason}\r\n"))
        await lea.wait_for(487, of="INVITE")
        await call_anew(lea, "second", 403)
        assert len(desk.calls) == 1


async def test_another_phone_cannot_end_or_change_a_call_it_knows_all_of() -> None:
    async with exchange() as trunk, mei_at(trunk) as mei, mei_at(trunk, name="desk-2") as li:
        await mei.register()
        caller = Witness()
        call = trunk.invite("sip:desk-1@browser", local=ALICE_RTP, observer=caller, caller_number="1")
        invite = await mei.take(tag="hers")
        await caller.answered()
        stolen = {"call_id": invite["Call-ID"], "tag": "hers", "to": invite["From"], "seq": 2}
        for method in ("BYE", "INVITE", "UPDATE", "INFO"):
            body = SAID["offer-voice"] if method == "INVITE" else ""
            await li.say(li.request(method, body=body, **stolen))  # type: ignore[arg-type]
            await li.wait_for(481, of=method)
        async with carol_at(trunk) as carol:  # nor from outside, by UDP
            carol.call_id, carol.tag = invite["Call-ID"], "hers"
            carol.say(carol.request("BYE", seq=3, to_tag=invite["From"].partition(";tag=")[2]))
            await carol.wait_for(403)
        assert not caller.ends
        assert not caller.changes
        call.hangup()
        await mei.say(mei.respond(await mei.wait_for("BYE"), 200))


async def test_a_browser_sends_no_call_anywhere_else() -> None:
    async with exchange() as trunk, mei_at(trunk) as mei, mei_at(trunk, name="desk-2") as li:
        await mei.register()
        await li.register()
        caller = Witness()
        trunk.invite("sip:desk-1@browser", local=ALICE_RTP, observer=caller, caller_number="1")
        invite = await mei.wait_for("INVITE")
        moved = mei.respond(invite, 302, tag="a").replace("<sip:x7@m.invalid;transport=ws>", "<sip:1@192.0.2.1>")
        await mei.say(moved)
        assert (await caller.ended()).sip_status == 302


async def test_a_flood_of_messages_ends_the_connection() -> None:
    async with exchange() as trunk, mei_at(trunk) as mei:
        for _ in range(100):
            await mei.say("\r\n\r\n")
        assert await mei.closed() == 1008
        await until(lambda: trunk.phones == 0, "the phone to be gone")


async def test_messages_too_long_end_the_connection() -> None:
    async with exchange() as trunk, mei_at(trunk) as mei:
        await mei.say("x" * 70_000)
        assert await mei.closed() == 1009


async def test_mangled_messages_and_frames_harm_nobody() -> None:
    die = random.Random(7118)
    async with exchange(Desk()) as trunk:
        seed = ticket("c-1", dials="1")
        async with mei_at(trunk, seed, "c-1") as lea:
            whole = [
                lea.request("INVITE", uri="sip:1@browser", to="<sip:1@browser>", body=SAID["offer-voice"]),
                lea.request("REGISTER", extra="Expires: 60\r\n"),
                lea.request("OPTIONS"),
                lea.request("INVITE", body=SAID["offer-video"], extra="Replaces: a;to-tag=b;from-tag=c\r\n"),
            ]
        for _ in range(12):
            async with mei_at(trunk, seed, "c-1") as lea:
                for _ in range(30):
                    octets = bytearray(die.choice(whole).encode())
                    for _ in range(die.randrange(1, 8)):
                        octets[die.randrange(len(octets))] = die.randrange(256)
                    await lea.socket.send_bytes(bytes(octets[: die.randrange(1, len(octets) + 1)]))
        await until(lambda: trunk.phones == 0, "all to be gone")
        async with mei_at(trunk) as mei:
            await mei.register()
        assert trunk.counters["errors"] == 0


async def test_frames_that_are_none_end_the_connection() -> None:
    async with exchange() as trunk, contextlib.AsyncExitStack() as stack:
        host, port = trunk.phones_address
        for garbage in (b"\xff" * 40, b"\x83\x80\0\0\0\0", b"\x81\xff" + b"\xff" * 12):
            reader, writer = await asyncio.open_connection(host, port)
            stack.callback(writer.close)
            ask = (
                f"GET /sip?ticket={ticket()} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                "Sec-WebSocket-Protocol: sip\r\n\r\n"
            )
            writer.write(ask.encode())
            head = await reader.readuntil(b"\r\n\r\n")
            assert re.match(rb"HTTP/1.1 101 ", head)
            writer.write(garbage)
            async with asyncio.timeout(5):
                await reader.read()  # to the end: they close
        await until(lambda: trunk.phones == 0, "all to be gone")
