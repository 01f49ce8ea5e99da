"""Mei's browser registers, is rung, answers, calls, holds and hangs up, over a real WebSocket (RFC 7118)."""

from __future__ import annotations

from yuqiao.media.sip.tests.browser import FINGERPRINT, SAID, exchange, mei_at, ticket
from yuqiao.media.sip.tests.parties import ALICE_RTP, BOB_RTP, Desk, Witness, until


async def test_a_registered_browser_is_rung_and_answers() -> None:
    async with exchange() as trunk, mei_at(trunk) as mei:
        granted = await mei.register()
        assert granted["Contact"] == "<sip:x7@m.invalid;transport=ws>;expires=120"
        caller = Witness()
        call = trunk.invite("sip:desk-1@browser", local=ALICE_RTP, observer=caller, caller_number="13800000001")
        invite = await mei.take()
        assert invite.start == "INVITE sip:x7@m.invalid;transport=ws SIP/2.0"
        assert "SIP/2.0/WS " in invite["Via"]
        assert "sip:13800000001@" in invite["From"]
        assert invite["To"] == "<sip:desk-1@browser>"
        assert "m=audio 40000 UDP/TLS/RTP/SAVPF 8 0 101\r\n" in invite.body
        assert "a=setup:actpass\r\n" in invite.body
        audio = await caller.answered()
        assert [status for status, _ in caller.progress] == [180]
        assert audio.dtls is not None
        assert (audio.dtls.their_ufrag, audio.dtls.active, audio.payload_type) == ("w2Oe", False, 8)
        assert f"a=ice-ufrag:{audio.dtls.ufrag}\r\n" in invite.body
        call.hangup()
        bye = await mei.wait_for("BYE")
        await mei.say(mei.respond(bye, 200))
        assert (await caller.ended()).code == 16


async def test_nobody_there_is_told_at_once() -> None:
    async with exchange() as trunk, mei_at(trunk):  # she is connected, but has not registered
        for name in ("desk-1", "desk-2"):
            caller = Witness()
            trunk.invite(f"sip:{name}@browser", local=ALICE_RTP, observer=caller, caller_number="1")
            end = await caller.ended()
            assert (end.code, end.sip_status) == (20, 480)


async def test_who_registers_for_no_time_is_rung_no_more() -> None:
    async with exchange() as trunk, mei_at(trunk) as mei:
        await mei.register()
        await mei.register(seq=2, expires=0)
        caller = Witness()
        trunk.invite("sip:desk-1@browser", local=ALICE_RTP, observer=caller, caller_number="1")
        assert (await caller.ended()).code == 20


async def test_a_citizen_calls_the_number_of_the_ticket_in_its_language() -> None:
    desk = Desk()
    async with exchange(desk) as trunk, mei_at(trunk, ticket("c-9", dials="12345", language="fr"), "c-9") as lea:
        await lea.say(
            lea.request("INVITE", uri="sip:12345@browser", to="<sip:12345@browser>", body=SAID["offer-voice"])
        )
        call, witness = await desk.called()
        assert (call.caller_number, call.dialled_number, call.languages) == ("c-9", "12345", ("fr",))
        call.ring()
        audio = call.answer(BOB_RTP)
        ok = await lea.wait_for(200)
        assert "m=audio 50000 UDP/TLS/RTP/SAVPF 0 126\r\n" in ok.body
        assert "a=setup:passive\r\n" in ok.body
        assert ":".join(["AB"] * 32) in ok.body
        assert audio.dtls is not None
        assert not audio.dtls.active
        assert FINGERPRINT not in audio.dtls.fingerprint
        await lea.say(lea.request("ACK", uri=ok.contact, to=ok["To"]))
        await witness.answered()
        await lea.say(lea.request("BYE", uri=ok.contact, to=ok["To"], seq=2))
        await lea.wait_for(200, of="BYE")
        assert (await witness.ended()).code == 16


async def test_her_hold_and_ours_both_ways() -> None:
    desk = Desk(lambda call: (call.answer(BOB_RTP), None)[1])
    async with exchange(desk) as trunk, mei_at(trunk, ticket(dials="1")) as mei:
        ok = await mei.dial("1")
        call, witness = await desk.called()
        first = await witness.answered()
        again = mei.request("INVITE", uri=ok.contact, to=ok["To"], seq=2, body=SAID["reoffer-voice-restart"])
        await mei.say(again)
        second = await mei.wait_for(200, of="INVITE")
        await mei.say(mei.request("ACK", uri=ok.contact, to=ok["To"], seq=2))
        await until(lambda: bool(witness.changes), "her change")
        held = witness.changes[0]
        assert (held.send, held.receive) == (False, False)
        assert first.dtls is not None
        assert held.dtls is not None
        assert held.dtls.ufrag != first.dtls.ufrag  # ICE begun anew
        assert f"a=ice-pwd:{held.dtls.password}\r\n" in second.body
        call.hold(held=True)
        ours = await mei.wait_for("INVITE")
        assert "a=sendonly\r\n" in ours.body
        assert "a=mid:0\r\n" in ours.body
        await mei.say(mei.respond(ours, 200, body=SAID["answer-voice"].replace("a=sendrecv", "a=recvonly")))
        await mei.wait_for("ACK")
        await until(lambda: len(witness.changes) == 2, "our change")
        assert (witness.changes[1].send, witness.changes[1].receive) == (True, False)
        call.hangup()
        await mei.say(mei.respond(await mei.wait_for("BYE"), 200))


async def test_the_address_seen_from_outside_goes_first() -> None:
    async with exchange(public_host="203.0.113.9") as trunk, mei_at(trunk) as mei:
        await mei.register()
        caller = Witness()
        trunk.invite("sip:desk-1@browser", local=ALICE_RTP, observer=caller, caller_number="1")
        invite = await mei.wait_for("INVITE")
        candidates = [line.split() for line in invite.body.splitlines() if line.startswith("a=candidate")]
        assert [one[4:6] for one in candidates] == [["203.0.113.9", "40000"], ["127.0.0.1", "40000"]]
        assert int(candidates[0][3]) > int(candidates[1][3])
        await mei.say(mei.respond(invite, 486, tag="b"))
        assert (await caller.ended()).code == 17


async def test_a_second_tab_ends_the_first_and_is_the_one_that_rings() -> None:
    async with exchange() as trunk, mei_at(trunk) as first:
        await first.register()
        async with mei_at(trunk) as second:
            assert await first.closed() == 4001
            await second.register()
            caller = Witness()
            trunk.invite("sip:desk-1@browser", local=ALICE_RTP, observer=caller, caller_number="1")
            invite = await second.wait_for("INVITE")
            await second.say(second.respond(invite, 603, tag="b"))
            assert (await caller.ended()).code == 21


async def test_keep_alives_are_answered() -> None:
    async with exchange() as trunk, mei_at(trunk) as mei:
        await mei.say("\r\n\r\n")
        frame = await mei.socket.receive(timeout=5)
        assert frame.data == "\r\n"
        await mei.say(mei.request("OPTIONS"))
        assert (await mei.hear()).status == 200
