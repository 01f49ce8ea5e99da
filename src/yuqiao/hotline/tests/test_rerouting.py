"""The floor has a waiting request sought anew: who waits loses nothing by it, and one may be asked first."""

from __future__ import annotations

import pytest

from yuqiao.hotline import effects as ask
from yuqiao.hotline import events as desk
from yuqiao.hotline.beginning import Facts
from yuqiao.hotline.state import CLAIMED, WAITING, WITHDRAWN
from yuqiao.hotline.tests.test_another import finished
from yuqiao.hotline.tests.world import World

BESIDE = Facts("beside_agent", "110", "sip:110@desk", language="ru", priority=100)


def reroute(world: World, interpreter: int = 0) -> str:
    """The floor asks; returns why it was not done, empty when it was."""
    command = next(world.commands)
    world.tell(desk.RerouteAsked(command, interpreter, world.now))
    return finished(world)[command]


def test_a_waiting_request_keeps_its_age_and_asks_her_first() -> None:
    world = World(BESIDE, ["wait", "claimed"])
    first = world.call.requests[0]
    world.later(5)
    assert reroute(world, 7) == ""
    old, new = world.call.requests
    assert (old.id, old.state) == (first.id, WITHDRAWN)
    assert (new.state, new.created_at, new.preferred) == (CLAIMED, first.created_at, (7,))
    assert "reroute_asked" in world.kinds()


def test_who_rings_is_let_go_and_may_be_rung_again() -> None:
    world = World(BESIDE, ["claimed", "wait"])
    ringing = world.call.requests[0].ringing
    leg = world.leg("interpreter")
    assert reroute(world, ringing[0]) == ""
    assert ask.HangUp(leg) in world.done
    new = world.call.requests[1]
    assert new.state == WAITING
    assert not set(ringing) & set(new.tried)


@pytest.mark.parametrize("interpreter", [0, 7])
def test_nothing_happens_while_an_interpreter_is_on(interpreter: int) -> None:
    world = World(BESIDE, ["claimed"])
    world.up("interpreter")
    before = world.call.requests
    assert reroute(world, interpreter) == "nobody is sought for this call now"
    assert world.call.requests == before
