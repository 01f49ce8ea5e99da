"""What an agent of a partner line asks for on her page, as stories: beside a foreigner, by telephone, with a guest."""

from __future__ import annotations

import pytest

from yuqiao.engines import events as engine
from yuqiao.hotline import effects as ask
from yuqiao.hotline.beginning import Facts
from yuqiao.hotline.requested import BESIDE_LABEL, Requested, begin_requested
from yuqiao.hotline.state import BESIDE_AGENT, LegPhase, Phase, Timing
from yuqiao.hotline.tests.test_ways_in import plays, recorded, rung
from yuqiao.hotline.tests.world import CALL_ID, World

IN_PAGE = Facts(BESIDE_AGENT, "110", "sip:agent-7@browser", 100, language="ar", language_by="agent")


def by_phone(*found: str, guest: str = "", refusable: bool = True) -> World:
    world = World(Facts(), list(found))
    wanted = Requested("sip:8001@trunk", "8001", "ar", "110", 100, guest=guest, refusable=refusable)
    world.done.clear()
    world.notes.clear()
    world.call, effects = begin_requested(CALL_ID, wanted, Timing(), world.now)
    world._settle(effects)
    return world


def test_in_her_page_it_is_a_call_of_her_line_with_its_language_known() -> None:
    world = World(IN_PAGE, ["claimed"])
    assert (world.call.language, world.call.language_by, world.call.priority) == ("ar", "agent", 100)
    assert world.call.requests[0].priority == 100, "served as its line is"
    assert world.call.legs[0].label == BESIDE_LABEL
    world.up("agent")
    assert plays(world.done) == ["sound:yuqiao/ar/greeting"]
    world.up("interpreter")
    assert world.phase() is Phase.TALKING


def test_her_telephone_is_rung_first_and_nobody_is_sought_before_it_is_picked_up() -> None:
    world = by_phone("claimed")
    assert rung(world.done) == ["sip:8001@trunk"]
    assert not world.held
    agent = world.up("agent")
    assert rung(world.done) == ["sip:8001@trunk", "sip:i@desk"]
    assert world.phase() is Phase.SEEKING
    li = world.up("interpreter")
    assert world.phase() is Phase.TALKING
    assert world.heard() == "notice"
    assert recorded(world.done) == [agent, li, ""]
    world.gone(agent)
    world.gone(li)
    world.later(30)
    assert (world.phase(), world.call.outcome) == (Phase.ENDED, "served")


@pytest.mark.parametrize("cause", [engine.BUSY, engine.NO_ANSWER])
def test_a_telephone_that_is_not_picked_up_ends_it_without_a_callback(cause: int) -> None:
    world = by_phone("claimed")
    world.gone(world.leg("agent"), cause)
    assert (world.phase(), world.call.outcome) == (Phase.ENDED, "not_reached")
    assert not any(isinstance(one, ask.OpenCallback | ask.Seek) for one in world.done)


def test_a_foreigner_elsewhere_is_rung_once_the_interpreter_is_on_and_told_of_the_recording() -> None:
    world = by_phone("claimed", guest="sip:anna@trunk")
    agent = world.up("agent")
    assert "sip:anna@trunk" not in rung(world.done)
    assert not any("notice" in one for one in plays(world.done)), "she who is recorded at work is not the one to ask"
    assert plays(world.done)[0] == "sound:yuqiao/zh/connecting", "alone on the line she hears Chinese"
    li = world.up("interpreter")
    assert rung(world.done)[-1] == "sip:anna@trunk"
    assert not recorded(world.done), "nothing is recorded before consent"
    anna = world.up("caller")
    assert plays(world.done)[-1] == "sound:yuqiao/ar/notice"
    assert world.heard() == "notice"
    assert (world.call.consent, recorded(world.done)) == ("given", [agent, li, anna, ""])
    world.gone(anna)
    assert world.phase() is Phase.TALKING, "agent and interpreter go on"


def test_the_foreigner_may_refuse_to_be_recorded_by_key() -> None:
    world = by_phone("claimed", guest="sip:anna@trunk")
    world.up("agent")
    world.up("interpreter")
    anna = world.up("caller")
    world.tell(engine.KeyPressed(anna, "0", world.now))
    assert world.call.consent == "refused"


def test_a_line_with_a_duty_to_record_tells_the_foreigner_all_the_same() -> None:
    world = by_phone("claimed", guest="sip:anna@trunk", refusable=False)
    world.up("agent")
    world.up("interpreter")
    assert recorded(world.done)
    world.up("caller")
    assert plays(world.done)[-1] == "sound:yuqiao/ar/notice_duty"


def test_a_foreigner_who_is_not_reached_leaves_the_two_who_talk() -> None:
    world = by_phone("claimed", guest="sip:anna@trunk")
    agent = world.up("agent")
    li = world.up("interpreter")
    world.gone(world.leg("caller"), engine.NO_ANSWER)
    assert world.phase() is Phase.TALKING
    assert "caller_unreachable" in world.kinds()
    assert len([one for one in world.call.legs if one.role == "caller"]) == 1, "rung once"
    assert world.heard() == "notice", "now she is asked in the foreigner's place"
    assert recorded(world.done) == [agent, li, ""]


def test_an_interpreter_who_is_lost_is_replaced_and_the_foreigner_is_not_rung_again() -> None:
    world = by_phone("claimed", "claimed", guest="sip:anna@trunk")
    world.up("agent")
    li = world.up("interpreter")
    world.up("caller")
    world.gone(li, engine.INTERWORKING)
    world.up("interpreter")
    assert world.phase() is Phase.TALKING
    assert rung(world.done).count("sip:anna@trunk") == 1


def test_our_own_fault_while_her_telephone_rings_rings_it_again() -> None:
    world = by_phone("claimed")
    world.tell(engine.LegEnded(world.leg("agent"), engine.TEMPORARY_FAILURE, world.now, by_engine=True))
    assert rung(world.done) == ["sip:8001@trunk", "sip:8001@trunk"]
    world.up("agent")
    world.up("interpreter")
    assert world.phase() is Phase.TALKING


def test_our_own_fault_in_the_call_brings_all_three_back() -> None:
    world = by_phone("claimed", guest="sip:anna@trunk")
    agent = world.up("agent")
    world.up("interpreter")
    world.up("caller")
    world.heard()
    world.tell(engine.LegEnded(agent, engine.TEMPORARY_FAILURE, world.now, by_engine=True))
    for role in ("agent", "interpreter", "caller"):
        world.up(role)
    assert world.phase() is Phase.TALKING
    assert {one.role for one in world.call.legs if one.phase is LegPhase.JOINED} == {"agent", "interpreter", "caller"}
    assert "rebuilt" in world.kinds()
