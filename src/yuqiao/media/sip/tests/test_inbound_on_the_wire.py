"""Carol calls Bob's trunk with hand-written messages: retransmissions, ACKs, CANCELs, late offers, refusals."""

from __future__ import annotations

import pytest

from yuqiao.media.ports import CallObserver, SipCall
from yuqiao.media.sip.tests.parties import BOB_RTP, Desk, answer_at_once, trunk, until
from yuqiao.media.sip.tests.rawpeer import carol_at, sdp

UNHURRIED = True  # see `unhurried`


async def test_trying_comes_at_once_and_a_repeated_invite_begins_no_second_call() -> None:
    desk = Desk()
    async with trunk(desk) as bob, carol_at(bob) as carol:
        invite = carol.request("INVITE", body=sdp())
        carol.say(invite)
        trying = await carol.hear()
        assert trying.status == 100
        assert "received=127.0.0.1" in trying["Via"]
        assert f"rport={carol.port}" in trying["Via"]
        carol.say(invite)
        assert (await carol.hear()).status == 100
        assert len(desk.calls) == 1
        desk.calls[0].hangup(17)
        busy = await carol.wait_for(486)
        assert 'Q.850;cause=17;text="User busy"' in busy["Reason"]
        again = await carol.wait_for(486)  # Timer G, until ACK
        assert again.to_tag == busy.to_tag != ""


async def test_the_answer_is_repeated_until_acknowledged() -> None:
    desk = Desk(answer_at_once)
    async with trunk(desk) as bob, carol_at(bob) as carol:
        carol.say(carol.request("INVITE", body=sdp()))
        ok = await carol.wait_for(200)
        again = await carol.wait_for(200)
        assert again.body == ok.body
        assert "m=audio 50000 RTP/AVP 8 96\r\n" in ok.body
        assert not desk.witnesses[0].answers
        carol.say(carol.request("ACK", to_tag=ok.to_tag))
        await desk.witnesses[0].answered()
        carol.say(carol.request("ACK", to_tag=ok.to_tag))
        carol.say(carol.request("BYE", seq=2, to_tag=ok.to_tag))
        await carol.wait_for(200, of="BYE")
        assert (await desk.witnesses[0].ended()).code == 16
        assert len(desk.witnesses[0].answers) == 1


async def test_an_answer_never_acknowledged_ends_with_bye_after_64_t1() -> None:
    desk = Desk(answer_at_once)
    async with trunk(desk) as bob, carol_at(bob) as carol:
        carol.say(carol.request("INVITE", body=sdp()))
        bye = await carol.wait_for("BYE", deadline=8.0)
        carol.say(carol.respond(bye, 200))
        assert (await desk.witnesses[0].ended()).code == 102
        repeats = [heard for heard in carol.heard if heard.status == 200]
        assert len(repeats) == 11  # at 0, then T1, 2*T1, 4*T1, and each T2 until 64*T1


async def test_a_late_offer_is_ours_and_its_answer_comes_with_the_ack() -> None:
    desk = Desk(answer_at_once)
    async with trunk(desk) as bob, carol_at(bob) as carol:
        carol.say(carol.request("INVITE"))
        ok = await carol.wait_for(200)
        assert desk.calls[0].offer is None
        assert "m=audio 50000 RTP/AVP 8 0 101\r\n" in ok.body
        carol.say(carol.request("ACK", to_tag=ok.to_tag, body=sdp(port=46_000)))
        audio = await desk.witnesses[0].answered()
        assert (audio.remote, audio.send, audio.dtmf_payload_type) == (("127.0.0.1", 46_000), True, 96)


async def test_a_late_offer_without_its_answer_ends_the_call() -> None:
    desk = Desk(answer_at_once)
    async with trunk(desk) as bob, carol_at(bob) as carol:
        carol.say(carol.request("INVITE"))
        ok = await carol.wait_for(200)
        carol.say(carol.request("ACK", to_tag=ok.to_tag))
        bye = await carol.wait_for("BYE")
        carol.say(carol.respond(bye, 200))
        assert (await desk.witnesses[0].ended()).code == 58


async def test_cancel_ends_the_invite_with_487() -> None:
    desk = Desk(lambda call: call.ring())
    async with trunk(desk) as bob, carol_at(bob) as carol:
        carol.say(carol.request("INVITE", body=sdp(), branch="z9hG4bKcancelled"))
        ringing = await carol.wait_for(180)
        reason = 'Reason: SIP;cause=200;text="Call completed elsewhere"\r\n'
        carol.say(carol.request("CANCEL", branch="z9hG4bKcancelled", extra=reason))
        ok = await carol.wait_for(200, of="CANCEL")
        assert ok.to_tag == ringing.to_tag
        terminated = await carol.wait_for(487, of="INVITE")
        carol.say(carol.request("ACK", branch="z9hG4bKcancelled", to_tag=terminated.to_tag))
        end = await desk.witnesses[0].ended()
        assert (end.code, end.sip_status) == (26, 487)


async def test_cancel_after_the_answer_changes_nothing() -> None:
    desk = Desk(answer_at_once)
    async with trunk(desk) as bob, carol_at(bob) as carol:
        carol.say(carol.request("INVITE", body=sdp(), branch="z9hG4bKlate"))
        ok = await carol.wait_for(200)
        carol.say(carol.request("CANCEL", branch="z9hG4bKlate"))
        await carol.wait_for(200, of="CANCEL")
        carol.say(carol.request("ACK", to_tag=ok.to_tag))
        await desk.witnesses[0].answered()
        assert not desk.witnesses[0].ends


async def test_bye_before_the_answer_ends_the_invite_too() -> None:
    desk = Desk(lambda call: call.ring())
    async with trunk(desk) as bob, carol_at(bob) as carol:
        carol.say(carol.request("INVITE", body=sdp()))
        ringing = await carol.wait_for(180)
        carol.say(carol.request("BYE", seq=2, to_tag=ringing.to_tag))
        await carol.wait_for(200, of="BYE")
        await carol.wait_for(487, of="INVITE")
        assert (await desk.witnesses[0].ended()).code == 16


async def test_an_invite_that_came_by_two_ways_is_taken_once() -> None:
    desk = Desk(lambda call: call.ring())
    async with trunk(desk) as bob, carol_at(bob) as carol:
        carol.say(carol.request("INVITE", body=sdp(), branch="z9hG4bKone"))
        await carol.wait_for(180)
        carol.say(carol.request("INVITE", body=sdp(), branch="z9hG4bKtwo"))
        await carol.wait_for(482)
        assert len(desk.calls) == 1


async def test_nobody_takes_the_call_503() -> None:
    def nobody(call: SipCall) -> CallObserver | None:
        return None

    async with trunk() as bob, carol_at(bob) as carol:
        bob.on_incoming = nobody
        carol.say(carol.request("INVITE", body=sdp()))
        await carol.wait_for(503)
        assert bob.calls == 0


async def test_an_owner_that_fails_refuses_the_call_and_the_next_is_served() -> None:
    desk = Desk(lambda call: call.ring())
    async with trunk(desk) as bob, carol_at(bob) as carol, carol_at(bob) as carla:

        def fail(call: SipCall) -> CallObserver | None:
            raise RuntimeError(call.caller_number)

        bob.on_incoming = fail
        carol.say(carol.request("INVITE", body=sdp()))
        await carol.wait_for(503)
        bob.on_incoming = desk
        carla.say(carla.request("INVITE", body=sdp()))
        await carla.wait_for(180)
        assert bob.counters["errors"] == 1


NO_CODEC = sdp().replace("RTP/AVP 8 0 96", "RTP/AVP 18 96")
REFUSED_INVITES = {
    "no common codec": (NO_CODEC, "", "", 488),
    "no audio": (sdp().replace("m=audio", "m=video"), "", "", 488),
    "audio refused": (sdp(port=0), "", "", 488),
    "ipv6 only": (sdp().replace("IN IP4 127.0.0.1\r\nt=", "IN IP6 ::1\r\nt="), "", "", 488),
    "no sdp": ("hello", "", "", 400),
    "another body": ("<x/>", "", "application/xml", 415),
    "packed": (sdp(), "Content-Encoding: gzip\r\n", "", 415),
    "needs preconditions": (sdp(), "Require: 100rel, precondition\r\n", "", 420),
    "needs a path": (sdp(), "Require: timer, path\r\n", "", 420),
    "unusable contact": (sdp(), "Record-Route: <sips:p.example;lr>\r\n", "", 400),
}


@pytest.mark.parametrize("kind", REFUSED_INVITES)
async def test_an_invite_we_cannot_serve_is_refused_with_its_reason(kind: str) -> None:
    body, extra, content, status = REFUSED_INVITES[kind]
    desk = Desk()
    async with trunk(desk) as bob, carol_at(bob) as carol:
        carol.say(carol.request("INVITE", body=body, extra=extra, content=content or "application/sdp"))
        refusal = await carol.wait_for(status)
        if status == 420:
            assert refusal["Unsupported"] in extra
        assert not desk.calls
        assert bob.counters["refused"] == 1
        assert bob.calls == 0


@pytest.mark.parametrize("method", ["REGISTER", "SUBSCRIBE", "MESSAGE", "XYZZY"])
async def test_methods_we_do_not_serve_405_with_allow(method: str) -> None:
    async with trunk() as bob, carol_at(bob) as carol:
        carol.say(carol.request(method))
        refusal = await carol.hear()
        assert refusal.status == 405
        assert refusal["Allow"] == "INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, INFO, PRACK, REFER"


@pytest.mark.parametrize("method", ["BYE", "INVITE", "UPDATE", "INFO", "OPTIONS", "PRACK", "REFER"])
async def test_a_request_in_a_dialog_that_is_not_ours_481(method: str) -> None:
    async with trunk() as bob, carol_at(bob) as carol:
        carol.say(carol.request(method, to_tag="unknown", body=sdp() if method == "INVITE" else ""))
        assert (await carol.hear()).status == 481


@pytest.mark.parametrize("method", ["BYE", "CANCEL", "UPDATE", "INFO"])
async def test_a_request_that_needs_a_dialog_or_an_invite_and_has_none_481(method: str) -> None:
    async with trunk() as bob, carol_at(bob) as carol:
        carol.say(carol.request(method))
        assert (await carol.hear()).status == 481


async def test_options_tells_what_we_can() -> None:
    async with trunk() as bob, carol_at(bob) as carol:
        carol.say(carol.request("OPTIONS"))
        heard = await carol.hear()
        assert heard.status == 200
        assert "INVITE" in heard["Allow"]
        assert "application/sdp" in heard["Accept"]


async def test_no_hops_left_and_foreign_schemes() -> None:
    async with trunk() as bob, carol_at(bob) as carol:
        carol.say(carol.request("INVITE", forwards=0, body=sdp()))
        assert (await carol.hear()).status == 483
        carol.say(carol.request("OPTIONS", uri="http://example.org"))
        assert (await carol.hear()).status == 416


async def test_a_stray_ack_is_dropped_and_counted() -> None:
    async with trunk() as bob, carol_at(bob) as carol:
        carol.say(carol.request("ACK", to_tag="nobody"))
        await until(lambda: bob.counters["strays"] == 1, "the stray counted")
        assert await carol.silence(0.05)


async def test_an_answer_after_the_end_is_refused_and_hanging_up_again_is_harmless() -> None:
    desk = Desk()
    async with trunk(desk) as bob, carol_at(bob) as carol:
        carol.say(carol.request("INVITE", body=sdp()))
        call, witness = await desk.called()
        call.hangup()
        call.hangup()
        call.ring()
        with pytest.raises(ValueError, match="over"):
            call.answer(BOB_RTP)
        await carol.wait_for(480)
        await witness.ended()
        assert len(witness.ends) == 1
