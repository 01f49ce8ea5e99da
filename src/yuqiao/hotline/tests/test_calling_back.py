"""A call back to a missed caller, as stories: interpreter first, then the caller, then both; or an honest attempt."""

from __future__ import annotations

import pytest

from yuqiao.engines import events as engine
from yuqiao.hotline import effects as ask
from yuqiao.hotline import events as desk
from yuqiao.hotline.beginning import Facts
from yuqiao.hotline.calling_back import Outbound
from yuqiao.hotline.state import LegPhase, Phase
from yuqiao.hotline.tests.test_ways_in import hung_up, plays, recorded, rung
from yuqiao.hotline.tests.world import World

ANNA = Outbound("callback", 7, "sip:anna@trunk", "13900000001", "ja", "12345", "123451")


def back(*found: str, wanted: Outbound = ANNA) -> World:
    return World(Facts(), list(found), wanted=wanted)


def test_the_interpreter_first_then_the_caller_then_both_recorded_after_the_notice() -> None:
    world = back("claimed")
    assert world.call.requests[0].priority == 0, "callers on the line go first"
    assert rung(world.done) == ["sip:i@desk"]
    li = world.up("interpreter")
    assert rung(world.done)[1:] == ["sip:anna@trunk"]
    ring = next(one for one in world.done if isinstance(one, ask.Ring) and one.contact == "sip:anna@trunk")
    assert (ring.beside, ring.caller_id) == (li, "12345")
    assert plays(world.done) == ["sound:yuqiao/zh/callback"], "she hears that it is a callback"
    assert world.phase() is Phase.CALLING_BACK
    assert world.heard() == "callback"
    world.later(13)
    assert plays(world.done)[1:] == ["tone:ring", "tone:ring"], "and that the caller's phone rings"
    anna = world.up("caller")
    assert world.phase() is Phase.TALKING
    assert plays(world.done)[-1] == "sound:yuqiao/ja/callback"
    assert not recorded(world.done)
    assert [world.heard(), world.heard()] == ["callback", "notice"]
    assert recorded(world.done) == [li, anna, ""]
    served = [one.at for one in world.done if isinstance(one, ask.CallerServed)]
    assert served == [world.call.interpreter_at]
    world.gone(anna)
    world.gone(li)
    world.later(30)
    assert (world.phase(), world.call.outcome) == (Phase.ENDED, "served")
    assert isinstance(world.done[-1], ask.EndAttempt)


@pytest.mark.parametrize("cause", [engine.BUSY, engine.NO_ANSWER, engine.REJECTED])
def test_a_caller_who_does_not_pick_up_is_an_attempt(cause: int) -> None:
    world = back("claimed")
    li = world.up("interpreter")
    assert hung_up(world.gone(world.leg("caller"), cause)) == [li]
    world.gone(li)
    assert (world.phase(), world.call.outcome) == (Phase.ENDED, "not_reached")
    assert not any(isinstance(one, ask.OpenCallback | ask.CallerServed) for one in world.done)
    assert not world.held


def test_nobody_free_puts_it_off_without_ringing_the_caller() -> None:
    world = back("nobody")
    assert (world.phase(), world.call.outcome) == (Phase.ENDED, "postponed")
    assert rung(world.done) == []
    assert isinstance(world.done[-1], ask.EndAttempt)


def test_nobody_picks_up_to_an_empty_line() -> None:
    world = back("claimed", "claimed")
    li = world.up("interpreter")
    anna = world.leg("caller")
    assert anna in hung_up(world.gone(li))
    assert hung_up(world.tell(engine.LegControlled(anna, world.now))) == [anna], "she picked up at that moment"
    world.gone(anna)
    assert (world.phase(), world.call.outcome) == (Phase.ENDED, "interrupted")


def test_an_interpreter_lost_before_the_caller_is_rung_is_replaced() -> None:
    world = back("claimed", "claimed")
    world.tell(engine.LegControlled(world.leg("interpreter"), world.now))
    world.gone(world.leg("interpreter"))
    assert rung(world.done) == ["sip:i@desk", "sip:i@desk"]
    world.up("interpreter")
    assert rung(world.done)[2:] == ["sip:anna@trunk"]


def test_an_interpreter_lost_while_they_talk_is_replaced_as_in_any_call() -> None:
    world = back("claimed", "claimed")
    li = world.up("interpreter")
    world.up("caller")
    world.gone(li, engine.INTERWORKING)
    assert world.phase() is Phase.REPLACING
    world.up("interpreter")
    assert world.phase() is Phase.TALKING
    assert sum(isinstance(one, ask.CallerServed) for one in world.done) == 1


def test_ending_it_while_the_caller_rings_stops_the_ringing() -> None:
    world = back("claimed")
    world.up("interpreter")
    anna = world.leg("caller", LegPhase.RINGING)
    assert anna in hung_up(world.tell(desk.EndAsked(3, world.now)))
    assert world.call.outcome == "interrupted"


def test_a_caller_whose_language_nobody_learnt_is_called_in_english() -> None:
    assert back("claimed", wanted=Outbound("callback", 7, "sip:x@y", "139", "")).call.requests[0].language == "en"


def test_a_new_call_server_neither_rings_nor_greets_twice() -> None:
    world = back("claimed")
    li, anna = world.up("interpreter"), world.up("caller")
    both = frozenset({li, anna})
    effects = world.tell(engine.EngineReviewed(world.now, up=both))
    effects += world.tell(engine.LegJoined(li, world.now), engine.LegJoined(anna, world.now))
    assert rung(effects) == []
    assert not any(isinstance(one, ask.CallerServed) for one in effects)
    assert not recorded(effects), "the notice is still to be heard"


def scheduled(*found: str) -> World:
    wanted = Outbound("scheduled", 3, "sip:kim@trunk", "13900000002", "ko", "12345", agent_contact="sip:agent@desk")
    return World(Facts(), list(found), wanted=wanted)


def test_an_appointment_joins_interpreter_person_and_agent_in_that_order() -> None:
    world = scheduled("claimed")
    world.up("interpreter")
    assert plays(world.done)[0] == "sound:yuqiao/zh/scheduled"
    assert rung(world.done) == ["sip:i@desk", "sip:kim@trunk"], "nobody else before the person is on"
    kim = world.up("caller")
    assert plays(world.done)[-1] == "sound:yuqiao/ko/scheduled"
    assert rung(world.done)[2:] == ["sip:agent@desk"]
    world.up("agent")
    assert {leg.role for leg in world.call.present()} == {"interpreter", "caller", "agent"}
    world.tell(engine.LegJoined(kim, world.now))
    assert len(rung(world.done)) == 3
    assert (world.call.order, world.call.callback) == (3, None)


def keys(world: World, leg: str, pressed: str) -> list[ask.Effect]:
    return world.tell(*(engine.KeyPressed(leg, key, world.now) for key in pressed))


@pytest.mark.parametrize("kind", ["callback", "scheduled", "outreach"])
def test_a_machine_that_picks_up_is_nobody_reached(kind: str) -> None:
    world = back("claimed", wanted=Outbound(kind, 7, "sip:anna@trunk", "13900000001", "ja"))
    li, anna = world.up("interpreter"), world.up("caller")
    effects = keys(world, li, "*9#")
    assert set(hung_up(effects)) == {li, anna}
    assert [one.action for one in effects if isinstance(one, ask.Journal)] == ["call.machine"]
    world.gone(anna)
    world.gone(li)
    world.later(30)
    assert (world.phase(), world.call.outcome) == (Phase.ENDED, "machine")
    assert not any(isinstance(one, ask.OpenCallback) for one in world.done)
    assert isinstance(world.done[-1], ask.EndAttempt)


def test_a_machine_is_only_believed_when_we_called_and_somebody_picked_up() -> None:
    world = back("claimed")
    li = world.up("interpreter")
    assert hung_up(keys(world, li, "*9#")) == [], "the phone still rings"
    incoming = World(Facts(language="en"), ["claimed"])
    incoming.up("caller")
    li = incoming.up("interpreter")
    assert hung_up(keys(incoming, li, "*9#")) == []
    assert incoming.phase() is Phase.TALKING


def test_who_wants_no_more_calls_of_lists_is_heard_and_the_call_goes_on() -> None:
    world = back("claimed", wanted=Outbound("outreach", 7, "sip:anna@trunk", "13900000001", "ja"))
    li = world.up("interpreter")
    world.up("caller")
    assert [world.heard(), world.heard()] == ["outreach", "notice"]
    effects = keys(world, li, "*8#")
    assert sum(isinstance(one, ask.NoMoreCalls) for one in effects) == 1
    assert plays(effects) == ["sound:yuqiao/zh/no_more_calls"]
    assert world.phase() is Phase.TALKING
    other = back("claimed")
    li = other.up("interpreter")
    other.up("caller")
    assert not any(isinstance(one, ask.NoMoreCalls) for one in keys(other, li, "*8#")), "a callback is owed to her"
