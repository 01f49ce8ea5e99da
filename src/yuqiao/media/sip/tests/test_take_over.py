"""Mei's page is loaded anew: while it rings it rings on, a call goes on, and nobody else takes it (RFC 3891)."""

from __future__ import annotations

import pytest
from aiosipua import SipRequest
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.media.ports import SipCall
from yuqiao.media.sip import SipTrunk, taking_over
from yuqiao.media.sip.tests.browser import SAID, Mei, exchange, mei_at, moved, ticket
from yuqiao.media.sip.tests.parties import ALICE_RTP, BOB_RTP, Desk, Witness, until


async def rung(trunk: SipTrunk, mei: Mei) -> tuple[SipCall, Witness, str]:
    """A call to Mei that she has answered; what her page keeps of it for Replaces."""
    caller = Witness()
    call = trunk.invite("sip:desk-1@browser", local=ALICE_RTP, observer=caller, caller_number="1")
    invite = await mei.take(tag="former")
    await caller.answered()
    our_tag = invite["From"].partition(";tag=")[2]
    return call, caller, f"Replaces: {invite['Call-ID']};to-tag={our_tag};from-tag=former\r\n"


async def take_over(mei: Mei, replaces: str, body: str = SAID["offer-voice"], seq: int = 1) -> None:
    await mei.say(
        mei.request("INVITE", uri="sip:desk-1@browser", to="<sip:call@browser>", body=body, extra=replaces, seq=seq)
    )


async def test_a_call_goes_on_in_the_new_page() -> None:
    async with exchange() as trunk, mei_at(trunk) as before:
        await before.register()
        call, caller, replaces = await rung(trunk, before)
        await before.socket.close()
        async with mei_at(trunk) as after:
            await after.register()
            await take_over(after, replaces, moved(SAID["offer-voice"]))
            ok = await after.wait_for(200, of="INVITE")
            await after.say(after.request("ACK", uri=ok.contact, to=ok["To"]))
            await until(lambda: bool(caller.changes), "the new page's audio")
            first, second = caller.answers[0].dtls, caller.changes[0].dtls
            assert first is not None
            assert second is not None
            assert (second.their_ufrag, second.fingerprint) == ("n3w1", "cd" * 32)
            assert second.password != first.password
            assert f"m=audio {ALICE_RTP[1]} " in ok.body  # our socket stays
            assert not caller.ends
            assert trunk.calls == 1
            call.hangup()
            bye = await after.wait_for("BYE")
            assert bye["Call-ID"] == after.call_id
            await after.say(after.respond(bye, 200))
            assert (await caller.ended()).code == 16


async def test_a_call_she_made_is_taken_over_and_its_former_dialog_is_known_no_more() -> None:
    desk = Desk(lambda call: (call.answer(BOB_RTP), None)[1])
    async with exchange(desk) as trunk, mei_at(trunk, ticket(dials="1")) as before:
        ok = await before.dial("1")
        _, witness = await desk.called()
        await witness.answered()
        our_tag = ok["To"].partition(";tag=")[2]
        async with mei_at(trunk, ticket(dials="1")) as after:
            assert await before.closed() == 4001
            await take_over(after, f"Replaces: {before.call_id};to-tag={our_tag};from-tag={before.tag}\r\n")
            new = await after.wait_for(200, of="INVITE")
            await after.say(after.request("ACK", uri=new.contact, to=new["To"]))
            await until(lambda: bool(witness.changes), "the new page's audio")
            bye = after.request("BYE", uri=ok.contact, to=ok["To"], seq=2, call_id=before.call_id, tag=before.tag)
            await after.say(bye)
            await after.wait_for(481, of="BYE")
            assert not witness.ends
            await after.say(after.request("BYE", uri=new.contact, to=new["To"], seq=2))
            await after.wait_for(200, of="BYE")
            assert (await witness.ended()).code == 16


async def test_nobody_takes_over_what_is_anothers_or_nobodys() -> None:
    async with exchange() as trunk, mei_at(trunk) as mei, mei_at(trunk, name="desk-2") as li:
        await mei.register()
        call, caller, replaces = await rung(trunk, mei)
        await take_over(li, replaces)
        await li.wait_for(481, of="INVITE")
        await take_over(mei, replaces.replace("from-tag=former", "from-tag=guessed"))
        await mei.wait_for(481, of="INVITE")
        await take_over(mei, "Replaces: nothing;to-tag=a;from-tag=b\r\n", seq=2)
        await mei.wait_for(481, of="INVITE")
        await take_over(mei, "Replaces: nonsense\r\n", seq=3)
        await mei.wait_for(400, of="INVITE")
        await take_over(mei, replaces.replace("\r\n", ";early-only\r\n"), seq=4)
        await mei.wait_for(486, of="INVITE")
        await take_over(mei, replaces, body="", seq=5)
        await mei.wait_for(488, of="INVITE")
        await take_over(mei, replaces, body="v=0\r\nm=audio 4 RTP/AVP 8\r\n", seq=6)
        await mei.wait_for(488, of="INVITE")
        assert not caller.changes
        assert not caller.ends
        call.hangup()
        await mei.say(mei.respond(await mei.wait_for("BYE"), 200))


async def test_a_call_not_answered_yet_cannot_be_taken_over_but_rings_in_the_new_page() -> None:
    async with exchange() as trunk, mei_at(trunk) as before:
        await before.register()
        caller = Witness()
        call = trunk.invite("sip:desk-1@browser", local=ALICE_RTP, observer=caller, caller_number="1")
        invite = await before.wait_for("INVITE")
        await before.say(before.respond(invite, 180, tag="former"))
        await until(lambda: bool(caller.progress), "ringing")
        our_tag = invite["From"].partition(";tag=")[2]
        async with mei_at(trunk) as after:
            await take_over(after, f"Replaces: {invite['Call-ID']};to-tag={our_tag};from-tag=former\r\n")
            await after.wait_for(481, of="INVITE")
            await after.register()
            again = await after.take()
            assert int(again["CSeq"].split()[0]) > int(invite["CSeq"].split()[0])
            await caller.answered()
            call.hangup()
            await after.say(after.respond(await after.wait_for("BYE"), 200))


async def test_a_page_that_rings_and_does_not_come_back_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yuqiao.media.sip.exchange.BACK_WITHIN", 0.1)
    async with exchange() as trunk, mei_at(trunk) as mei:
        await mei.register()
        caller = Witness()
        trunk.invite("sip:desk-1@browser", local=ALICE_RTP, observer=caller, caller_number="1")
        await mei.wait_for("INVITE")
        await mei.socket.close()
        assert (await caller.ended()).code == 20


async def test_a_hold_asked_while_the_page_is_away_reaches_the_page_that_takes_over() -> None:
    async with exchange() as trunk, mei_at(trunk) as before:
        await before.register()
        call, caller, replaces = await rung(trunk, before)
        await before.socket.close()
        await until(lambda: trunk.phones == 0, "her page to be gone")
        call.hold(held=True)
        async with mei_at(trunk) as after:
            await take_over(after, replaces, moved(SAID["offer-voice"]))
            ok = await after.wait_for(200, of="INVITE")
            assert "a=sendonly\r\n" in ok.body
            await after.say(after.request("ACK", uri=ok.contact, to=ok["To"]))
            await until(lambda: bool(caller.changes), "the new page's audio")
            assert not caller.changes[0].receive
            call.hangup()
            await after.say(after.respond(await after.wait_for("BYE"), 200))


words = st.text(
    st.characters(min_codepoint=33, max_codepoint=126, exclude_characters=';,"<>='), min_size=1, max_size=40
)


@given(call_id=words, ours=words, theirs=words, early=st.booleans(), turned=st.booleans())
def test_what_replaces_names_is_read_whole(call_id: str, ours: str, theirs: str, *, early: bool, turned: bool) -> None:
    tags = [f"to-tag={ours}", f"from-tag={theirs}"]
    value = "; ".join([call_id, *(reversed(tags) if turned else tags), *(["early-only"] if early else [])])
    request = SipRequest(method="INVITE", uri="sip:a@b")
    request.headers.append("Replaces", value)
    assert taking_over.read(request) == taking_over.Replaced(call_id, ours, theirs, early)


@given(values=st.lists(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=60), max_size=2))
def test_any_replaces_is_read_or_refused(values: list[str]) -> None:
    request = SipRequest(method="INVITE", uri="sip:a@b")
    for value in values:
        request.headers.append("Replaces", value)
    try:
        found = taking_over.read(request)
    except ValueError:
        return
    assert found.call_id
    assert found.our_tag
    assert found.their_tag
