"""Who may call in; and that a stranger gets nothing from us: no call out, no place in a conference, no sound."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from yuqiao.media.sip import SipTrunk, admission
from yuqiao.media.sip.admission import ANSWERED_A_SECOND
from yuqiao.media.sip.digest import Login, answer, choose
from yuqiao.media.sip.tests.carrier import answer_invite, carrier
from yuqiao.media.sip.tests.parties import ALICE_RTP, Desk, Witness, answer_at_once, trunk, until
from yuqiao.media.sip.tests.rawpeer import Carol, Heard, carol_at, sdp
from yuqiao.media.sip.trunks import TrunkSettings

KNOWN = TrunkSettings("city-a", (("127.0.0.1", 5060),), options_seconds=0)
CALLER = Login("city-b", "geheim")
BY_DIGEST = TrunkSettings("city-b", (("127.0.0.1", 5060),), by_address=False, caller_login=CALLER, options_seconds=0)


@pytest.fixture
def elsewhere() -> Iterator[socket.socket]:
    """A third party's socket, at which nothing may arrive."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.3", 0))
        sock.setblocking(False)
        yield sock


def has_heard(sock: socket.socket) -> bool:
    try:
        sock.recv(65_535)
    except BlockingIOError:
        return False
    return True


Stranger = Callable[[SipTrunk], Carol]


@pytest.fixture
def stranger() -> Iterator[Stranger]:
    """Makes Carols at an address that no trunk has."""
    with contextlib.ExitStack() as sockets:

        def make(ours: SipTrunk) -> Carol:
            sock = sockets.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            sock.bind(("127.0.0.2", 0))
            sock.setblocking(False)
            return Carol(sock, ours)

        yield make


async def test_an_unknown_address_is_refused_without_a_word(stranger: Stranger) -> None:
    desk = Desk()
    async with trunk(desk, trunks=[KNOWN]) as ours:
        carol = stranger(ours)
        for method in ("INVITE", "OPTIONS", "REGISTER", "BYE", "UPDATE", "INFO", "SUBSCRIBE", "REFER", "MESSAGE"):
            carol.say(carol.request(method, body=sdp() if method == "INVITE" else ""))
            refusal = await carol.hear()
            assert refusal.status == 403, method
            assert not [one for name in ("Server", "Allow", "Reason") for one in refusal.all(name)]
        carol.say(carol.request("ACK"))
        carol.say(carol.request("CANCEL"))
        assert (await carol.hear()).status == 403
        assert await carol.silence(0.1)
        assert not desk.calls
        assert ours.counters["strangers"] == 10
        assert len(ours._layer) == 0


async def test_the_same_invite_gets_the_same_answer(stranger: Stranger) -> None:
    """8.2.7: a stateless server must not give one request two tags."""
    async with trunk(trunks=[KNOWN]) as ours:
        carol = stranger(ours)
        invite = carol.request("INVITE", body=sdp())
        tags = set()
        for _ in range(3):
            carol.say(invite)
            tags.add((await carol.hear()).to_tag)
        assert len(tags) == 1


async def test_a_known_address_may_call_in() -> None:
    desk = Desk(answer_at_once)
    async with trunk(desk, trunks=[KNOWN]) as ours, carol_at(ours) as carol:
        carol.say(carol.request("INVITE", body=sdp()))
        await carol.wait_for(200)
        assert len(desk.calls) == 1
        assert ours.counters["strangers"] == 0


async def test_nobody_may_where_nothing_is_set() -> None:
    desk = Desk()
    async with trunk(desk, peers=()) as ours, carol_at(ours) as carol:
        carol.say(carol.request("INVITE", body=sdp()))
        assert (await carol.hear()).status == 403
        assert not desk.calls


@pytest.mark.parametrize("peer", ["127.0.0.0/30", "127.0.0.2"])
async def test_a_network_of_peers(peer: str, stranger: Stranger) -> None:
    async with trunk(Desk(answer_at_once), peers=[ipaddress.ip_network(peer)]) as ours:
        carol = stranger(ours)
        carol.say(carol.request("INVITE", body=sdp()))
        await carol.wait_for(200)


async def test_a_caller_that_signs_in(stranger: Stranger) -> None:
    desk = Desk(answer_at_once)
    async with trunk(desk, trunks=[BY_DIGEST]) as ours, carol_at(ours) as carol:
        carol.say(carol.request("INVITE", body=sdp()))
        asked = await carol.hear()
        assert asked.status == 401
        assert [("SHA-256" in one, "MD5" in one) for one in asked.all("WWW-Authenticate")] == [
            (True, False),
            (False, True),
        ]
        carol.say(carol.request("INVITE", seq=2, body=sdp(), extra=sign(asked, Login("city-b", "guess"))))
        assert (await carol.hear()).status == 403
        assert not desk.calls
        signed = sign(asked, CALLER)
        carol.say(carol.request("INVITE", seq=3, body=sdp(), extra=signed))
        taken = await carol.wait_for(200)
        carol.say(carol.request("ACK", seq=3, to_tag=taken.to_tag))
        _, witness = await desk.called()
        await witness.answered()
        carol.say(carol.request("BYE", seq=4, to_tag=taken.to_tag))
        await carol.wait_for(200, "BYE")
        # who overheard that INVITE cannot call with it
        eve = stranger(ours)
        eve.say(eve.request("INVITE", body=sdp(), extra=signed))
        again = await eve.hear()
        assert again.status == 401
        assert "stale=true" in again["WWW-Authenticate"]
        assert len(desk.calls) == 1


def sign(asked: Heard, login: Login) -> str:
    challenge = choose(asked.all("WWW-Authenticate"), proxy=False)
    assert challenge is not None
    name, value = answer(challenge, login, method="INVITE", uri="sip:960169@us", count=1, cnonce="c")
    return f"{name}: {value}\r\n"


async def test_nobody_calls_out_through_us(elsewhere: socket.socket, stranger: Stranger) -> None:
    """Toll fraud: an INVITE for a number elsewhere, a Route or Record-Route that points there, REFER, a maddr
    that points there. A stranger's are refused; a trunk's are calls to our application and are never passed on."""
    third = f"127.0.0.3:{elsewhere.getsockname()[1]}"
    uris = (f"sip:0085212345678@{third}", "sip:0085212345678@127.0.0.1;maddr=127.0.0.3", "tel:+85212345678")
    tricks = (f"Route: <sip:{third};lr>\r\n", f"Refer-To: <sip:1@{third}>\r\n", f"X: <sip:{third}>\r\n")
    desk = Desk()
    async with carrier(answer_invite) as city:
        way_out = TrunkSettings("city-c", (city.address,), options_seconds=0)
        async with trunk(desk, trunks=[way_out]) as ours:
            carol = stranger(ours)
            for uri in uris:
                for extra in tricks:
                    carol.say(carol.request("INVITE", uri=uri, extra=extra, body=sdp(address="127.0.0.3")))
                    assert (await carol.hear()).status == 403
                    carol.say(carol.request("REFER", uri=uri, extra=extra))
                    assert (await carol.hear()).status == 403
            assert not desk.calls
            async with carol_at(ours) as insider:
                for uri in uris:
                    insider.call_id += "x"
                    insider.say(insider.request("INVITE", uri=uri, extra=tricks[0], body=sdp()))
                    assert (await insider.hear()).status == 100
                insider.say(insider.request("REFER", extra=tricks[1]))
                assert (await insider.wait_for(481)).method == "REFER"
                assert len(desk.calls) == 3
                for call in desk.calls:
                    call.hangup()
            await asyncio.sleep(0.1)
            assert ours.counters["calls_out"] == 0
            assert not city.heard
            assert not has_heard(elsewhere)


async def test_a_stranger_cannot_enter_or_steer_somebody_elses_call(
    elsewhere: socket.socket, stranger: Stranger
) -> None:
    """Without the call's tags, of 64 random bits each, a re-INVITE, BYE, INFO or CANCEL changes nothing: where the
    sound goes is what the call's own parties said."""
    desk = Desk(answer_at_once)
    async with trunk(desk, trunks=[KNOWN]) as ours, carol_at(ours) as carol:
        carol.say(carol.request("INVITE", body=sdp()))
        taken = await carol.wait_for(200)
        carol.say(carol.request("ACK", to_tag=taken.to_tag))
        _, witness = await desk.called()
        await witness.answered()
        eve = stranger(ours)
        eve.call_id = carol.call_id
        third = sdp(address="127.0.0.3", port=elsewhere.getsockname()[1], version=2)
        for method, tag in (("INVITE", "guess"), ("UPDATE", "guess"), ("BYE", "guess"), ("INFO", ""), ("CANCEL", "")):
            eve.say(eve.request(method, seq=7, to_tag=tag, body=third if method in {"INVITE", "UPDATE"} else ""))
            assert (await eve.hear()).status == 403
        # even who overheard both tags speaks from where no message of this call came from or goes to
        eve.tag = carol.tag
        for method in ("INVITE", "UPDATE", "BYE", "INFO", "REFER", "OPTIONS"):
            eve.say(
                eve.request(method, seq=7, to_tag=taken.to_tag, body=third if method in {"INVITE", "UPDATE"} else "")
            )
            assert (await eve.hear()).status == 403
        # and from the right address our tag alone is not enough
        carol.tag = "guess"
        carol.say(carol.request("BYE", seq=7, to_tag=taken.to_tag))
        await carol.wait_for(481, "BYE")
        assert not witness.changes
        assert not witness.ends
        assert not has_heard(elsewhere)


async def test_a_phone_we_called_may_hang_up_though_it_could_not_call() -> None:
    async with carrier(answer_invite, host="127.0.0.2") as phone, trunk(trunks=[KNOWN]) as ours:
        witness = Witness()
        host, port = phone.address
        ours.invite(f"sip:1001@{host}:{port}", local=ALICE_RTP, observer=witness, caller_number="960169")
        await witness.answered()
        invite = phone.of("INVITE")[0]
        bye = (
            f"BYE {invite.contact} SIP/2.0\r\nVia: SIP/2.0/UDP {host}:{port};branch=z9hG4bKbye\r\nMax-Forwards: 70\r\n"
            f"From: {invite['To']};tag=t{port}\r\nTo: {invite['From']}\r\nCall-ID: {invite['Call-ID']}\r\n"
            "CSeq: 1 BYE\r\nContent-Length: 0\r\n\r\n"
        )
        phone.send(bye, ours.address)
        assert (await witness.ended()).code == 16


async def test_a_scanner_costs_little(caplog: pytest.LogCaptureFixture, stranger: Stranger) -> None:
    """Thousands of OPTIONS and INVITEs: at most so many answers a second, one line of log, no memory, nothing in the
    way of a call that comes meanwhile."""
    desk = Desk(answer_at_once)
    async with trunk(desk, trunks=[KNOWN]) as ours, carol_at(ours) as carol:
        scanner = stranger(ours)
        for burst in range(40):
            for _ in range(50):
                scanner.call_id = f"scan-{burst}"
                scanner.say(scanner.request("OPTIONS", extra="User-Agent: friendly-scanner\r\n"))
            await asyncio.sleep(0)
        carol.say(carol.request("INVITE", body=sdp()))
        await carol.wait_for(200)
        await until(lambda: ours.counters["strangers"] >= 2000, "all of them to be counted")
        answers = 0
        while not await scanner.silence(0.05):
            answers += 1
        assert answers <= 3 * ANSWERED_A_SECOND
        assert len([one for one in caplog.records if "strangers" in one.message]) == 1
        assert len(ours._layer) == 1


async def test_malformed_from_a_stranger_gets_no_answer(stranger: Stranger) -> None:
    async with trunk(trunks=[KNOWN]) as ours:
        carol = stranger(ours)
        carol.say(carol.request("OPTIONS").replace("CSeq: 1 OPTIONS", "CSeq: 1 INVITE"))
        assert await carol.silence(0.1)
        assert ours.counters["malformed"] == 1


def test_addresses_in_every_clothing() -> None:
    """IPv4 within IPv6 (a socket that speaks both), zones, and what is no address at all."""
    counters: Counter[str] = Counter()
    door = admission.Door(
        open_to_all=False, networks=[ipaddress.ip_network("192.0.2.0/24")], verifier=None, counters=counters
    )
    door.learn(frozenset({"198.51.100.1"}))
    for host in ("192.0.2.7", "::ffff:192.0.2.7", "198.51.100.1", "::ffff:198.51.100.1"):
        assert door.knows(host), host
    for host in ("192.0.3.7", "fe80::1%eth0", "::ffff:192.0.3.7", "trunk.example", ""):
        assert not door.knows(host), host
