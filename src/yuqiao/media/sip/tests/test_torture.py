"""The torture messages of RFC 4475 over the wire: the lawful are served, the unlawful refused or dropped, none is left
hanging, and a normal call goes on beside each of them and begins after it."""

from __future__ import annotations

import asyncio

import pytest

from yuqiao.media.sip import SipTrunk, Timing
from yuqiao.media.sip.tests.parties import ALICE_RTP, Desk, Witness, answer_at_once, trunk, until, uri
from yuqiao.media.sip.tests.rawpeer import Carol, Heard, carol_at
from yuqiao.media.sip.tests.torture_broken import BROKEN
from yuqiao.media.sip.tests.torture_unservable import UNSERVABLE
from yuqiao.media.sip.tests.torture_valid import IGNORED, VALID
from yuqiao.media.sip.trunks import TrunkSettings

ALL = (*VALID, *BROKEN, *UNSERVABLE)
BY_NAME = {torment.name: torment for torment in ALL}
#: RFC 3261's timers, a hundred times as fast: what hangs must be seen to end.
SWIFT = Timing(t1=0.005, t2=0.04, t4=0.05)


def ack(refused: Heard) -> str:
    """The ACK of a final answer to an INVITE: of a refusal in its transaction, of a 200 in one of its own."""
    via = refused.all("Via")[0]
    if refused.status < 300:
        via += "ack" if "branch" in via else ";branch=z9hG4bKack"
    return (
        f"ACK sip:960169@127.0.0.1 SIP/2.0\r\nVia: {via}\r\nMax-Forwards: 70\r\nFrom: {refused['From']}\r\n"
        f"To: {refused['To']}\r\nCall-ID: {refused['Call-ID']}\r\nCSeq: {refused['CSeq'].split()[0]} ACK\r\n"
        "Content-Length: 0\r\n\r\n"
    )


async def final_answer(carol: Carol, patience: float) -> int:
    """The status of the final answer, acknowledged if it is an INVITE's; `IGNORED` when none comes within
    ``patience`` seconds."""
    while True:
        try:
            heard = await carol.hear(patience)
        except TimeoutError:
            return IGNORED
        if heard.status >= 200:
            if heard.method == "INVITE":
                carol.say(ack(heard))
            return heard.status


async def call(alice: SipTrunk, bob: SipTrunk) -> Witness:
    """A normal call, up."""
    witness = Witness()
    alice.invite(uri(bob), local=ALICE_RTP, observer=witness, caller_number="13800000001")
    await witness.answered()
    return witness


def test_all_of_them_are_here() -> None:
    """13 of 3.1.1, 19 of 3.1.2, one of 3.2, 15 of 3.3 and one of 3.4."""
    assert len(BY_NAME) == 49
    wanted = {"3.1.1.": 13, "3.1.2.": 19, "3.2.": 1, "3.3.": 15, "3.4.": 1}
    assert {part: len([t for t in ALL if t.clause.startswith(part)]) for part in wanted} == wanted


@pytest.mark.parametrize("name", BY_NAME)
async def test_each_is_answered_sensibly_and_leaves_nothing_behind(name: str) -> None:
    torment = BY_NAME[name]
    desk = Desk(answer_at_once)
    async with trunk(desk, SWIFT) as bob, trunk(timing=SWIFT) as alice, carol_at(bob) as carol:
        beside = await call(alice, bob)
        before = len(desk.calls)
        carol.say(torment.octets(f"127.0.0.1:{carol.port}"))
        status = await final_answer(carol, 0.2 if IGNORED in torment.statuses else 5.0)
        assert status in torment.statuses
        assert len(desk.calls) - before == (status == 200 and "INVITE" in torment.text.partition("\n\n")[0])
        after = await call(alice, bob)
        assert not beside.ends
        assert not after.ends
        for ours in desk.calls:
            ours.hangup()
        await until(lambda: len(bob._layer) == 0 and bob.calls == 0, "every transaction's end")
        assert bob.counters["errors"] == 0
        assert [len(one.ends) for one in desk.witnesses] == [1] * len(desk.calls)


async def test_a_strangers_torture_gets_403_or_nothing() -> None:
    """None of them opens the door: whatever a stranger writes, no call, no transaction, and no word of ours."""
    elsewhere = TrunkSettings("city-a", (("127.0.0.9", 5060),), options_seconds=0)
    desk = Desk(answer_at_once)
    async with trunk(desk, trunks=[elsewhere]) as bob, carol_at(bob) as carol:
        for torment in ALL:
            carol.say(torment.octets(f"127.0.0.1:{carol.port}"))
        heard = []
        while (status := await final_answer(carol, 0.3)) != IGNORED:
            heard.append(status)
        assert set(heard) == {403}
        assert not desk.calls
        assert len(bob._layer) == 0
        assert bob.counters["errors"] == 0


RESPONSES = {"unreason": True, "noreason": False, "scalarlg": False, "bigcode": False, "bcast": False}


@pytest.mark.parametrize("name", RESPONSES)
async def test_tortured_responses_to_an_invite_of_ours(name: str) -> None:
    """With Via, tags, Call-ID and CSeq of our own INVITE in place of theirs: a lawful 200 with strange words answers
    the call; what is broken changes nothing, and the true answer that follows is taken."""
    text = BY_NAME[name].octets("").decode()
    async with trunk(timing=SWIFT) as alice, carol_at(alice) as carol:
        witness = Witness()
        leg = alice.invite(carol.uri, local=ALICE_RTP, observer=witness, caller_number="1")
        invite = await carol.wait_for("INVITE")
        replaced = {"Call-ID": invite["Call-ID"], "From": invite["From"], "Contact": f"<{carol.uri}>"}
        if name != "scalarlg":
            replaced["CSeq"] = invite["CSeq"]
        lines = []
        for line in text.partition("\r\n\r\n")[0].split("\r\n"):
            field = line.partition(":")[0]
            lines.append(f"{field}: {replaced[field]}" if field in replaced else line)
            if field == "Via" and "255.255.255.255" not in line:
                lines[-1] = f"Via: {invite['Via']}"
        carol.say("\r\n".join([*lines, "", text.partition("\r\n\r\n")[2]]))
        if RESPONSES[name]:
            await witness.answered()
        else:
            body = BY_NAME["unreason"].octets("").decode().partition("\r\n\r\n")[2]
            carol.say(carol.respond(invite, 200, tag="2229", body=body))
            await witness.answered()
        assert not witness.ends
        await carol.wait_for("ACK")
        leg.hangup()
        bye = await carol.wait_for("BYE")
        carol.say(carol.respond(bye, 200))
        await witness.ended()
        assert alice.counters["errors"] == 0


async def test_two_requests_without_a_true_branch_are_two() -> None:
    """badbranch: the cookie alone tells no transaction from another, so the fields of RFC 2543 do (17.2.3)."""
    async with trunk(timing=SWIFT) as bob, carol_at(bob) as carol:
        text = BY_NAME["badbranch"].octets(f"127.0.0.1:{carol.port}")
        for number in (b"badbranch.1", b"badbranch.2"):
            carol.say(text.replace(b"badbranch.sadonfo", number))
            heard = await carol.hear()
            assert (heard.status, heard["Call-ID"].encode().startswith(number)) == (200, True)
        assert bob.counters["repeated"] == 0


UNFRAMED = {"clerr", "ncl", "mcl01", "inv2543", "dblreq"}


@pytest.mark.parametrize("name", [t.name for t in ALL if IGNORED not in t.statuses and t.name not in UNFRAMED])
async def test_the_same_over_tcp(name: str) -> None:
    """Where the stream can be framed at all: the same statuses; the connection stands and serves what follows."""
    torment = BY_NAME[name]
    async with trunk(Desk(answer_at_once), SWIFT) as bob, carol_at(bob) as carol:
        reader, writer = await asyncio.open_connection(*bob.address)
        follow = carol.request("OPTIONS", seq=77).replace("/UDP", "/TCP").encode()
        writer.write(torment.octets(f"127.0.0.1:{carol.port}").replace(b"/UDP", b"/TCP") + follow)
        heard = b""
        async with asyncio.timeout(5):
            while b"CSeq: 77 OPTIONS" not in heard:
                heard += await reader.read(65_535)
        statuses = [int(line.split()[1]) for line in heard.split(b"\r\n") if line.startswith(b"SIP/2.0 ")]
        assert any(status in torment.statuses for status in statuses)
        assert bob.counters["errors"] == 0
        writer.close()
        await writer.wait_closed()
