"""After the call: one question, one key, thanks, goodbye; nobody is held up, and a key counts once."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yuqiao.engines import events as engine
from yuqiao.hotline import effects as ask
from yuqiao.hotline import events as desk
from yuqiao.hotline.beginning import Facts
from yuqiao.hotline.calling_back import Outbound
from yuqiao.hotline.state import BESIDE_AGENT, TRANSFERRED, Phase
from yuqiao.hotline.tests.world import CALLER_LEG, World

#: Longest way from the end of the talk to the end of the call when the engine says nothing at all.
LONGEST_SILENCE = 25.0


def talking(way_in: str = "direct", *, survey: bool = True) -> World:
    world = World(Facts(way_in=way_in, line="960169", language="en", survey=survey), ["claimed"])
    world.up("agent" if way_in == BESIDE_AGENT else "caller")
    world.up("interpreter")
    return world


def finish(world: World) -> None:
    for key in "##":
        world.tell(engine.KeyPressed(world.leg("interpreter"), key, world.now))


def asked(survey_world: World) -> bool:
    playing = survey_world.call.playing
    return playing is not None and playing.name == "survey"


def press(world: World, key: str) -> None:
    world.tell(engine.KeyPressed(CALLER_LEG, key, world.now))


def scores(world: World) -> list[int]:
    return [effect.score for effect in world.done if isinstance(effect, ask.Rated)]


def invitations(world: World) -> int:
    return sum(isinstance(effect, ask.InviteToRate) for effect in world.done)


def test_a_key_is_counted_thanked_and_the_call_ends() -> None:
    world = talking()
    finish(world)
    assert asked(world)
    press(world, "5")
    assert [world.heard(), world.heard()] == ["rated", "goodbye"]
    assert ask.HangUp(CALLER_LEG) in world.done
    world.gone(CALLER_LEG)
    world.gone(world.leg("interpreter"))
    world.later(30)
    assert (world.phase(), world.call.outcome, scores(world), invitations(world)) == (Phase.ENDED, "served", [5], 0)


def test_no_key_means_goodbye_after_a_few_seconds_and_a_link() -> None:
    world = talking()
    finish(world)
    assert world.heard() == "survey"
    world.later(world.call.timing.survey - 0.1)
    assert world.call.playing is None
    world.later(0.2)
    assert world.heard() == "goodbye"
    world.gone(CALLER_LEG)
    assert (scores(world), invitations(world)) == ([], 1)


def test_a_late_key_counts_and_delays_nothing() -> None:
    world = talking()
    finish(world)
    world.heard()
    world.later(world.call.timing.survey)
    press(world, "2")
    assert world.heard() == "goodbye"
    assert scores(world) == [2]
    world.gone(CALLER_LEG)
    assert invitations(world) == 0


@pytest.mark.parametrize("key", ["0", "6", "9", "*", "#"])
def test_other_keys_say_nothing_and_the_first_one_stays(key: str) -> None:
    world = talking()
    finish(world)
    press(world, key)
    assert asked(world)
    press(world, "4")
    press(world, "1")
    press(world, key)
    assert scores(world) == [4]


def test_a_prompt_that_cannot_be_played_holds_nobody_up() -> None:
    world = talking()
    finish(world)
    playing = world.call.playing
    assert playing is not None
    world.tell(engine.PlaybackEnded(playing.id, CALLER_LEG, world.now, done=False))
    world.later(0)
    assert world.heard() == "goodbye"


def test_who_hangs_up_first_may_get_a_link_and_is_not_asked() -> None:
    world = talking()
    world.gone(CALLER_LEG)
    assert (scores(world), invitations(world)) == ([], 1)


def test_the_desk_ends_the_call_with_the_same_question() -> None:
    world = talking()
    world.tell(desk.EndAsked(1, world.now))
    assert asked(world)


def test_everybody_else_has_left_when_the_caller_is_asked() -> None:
    world = talking(TRANSFERRED)
    finish(world)
    hung_up = {effect.leg for effect in world.done if isinstance(effect, ask.HangUp)}
    assert hung_up == {leg.id for leg in world.call.legs if leg.id != CALLER_LEG}
    assert asked(world)


def test_a_line_that_does_not_ask_asks_nobody() -> None:
    world = talking(survey=False)
    finish(world)
    assert not asked(world)
    world.gone(CALLER_LEG)
    assert invitations(world) == 0


def test_the_agents_own_leg_is_never_asked() -> None:
    world = talking(BESIDE_AGENT)
    finish(world)
    assert not asked(world)
    world.gone(world.leg("agent"))
    assert invitations(world) == 0


def test_nobody_is_asked_who_was_not_served() -> None:
    world = World(Facts(line="960169", language="en", survey=True), ["nobody"])
    world.up("caller")
    assert world.heard() == "nobody_free"
    world.gone(CALLER_LEG)
    assert invitations(world) == 0


def called_back() -> World:
    wanted = Outbound("callback", 7, "sip:anna@trunk", "13900000001", "en", "12345", "123451", survey=True)
    world = World(Facts(), ["claimed"], wanted=wanted)
    world.up("interpreter")
    return world


def test_a_caller_who_was_called_back_and_served_is_asked() -> None:
    world = called_back()
    caller = world.up("caller")
    finish(world)
    assert asked(world)
    world.tell(engine.KeyPressed(caller, "5", world.now))
    assert scores(world) == [5]


def test_a_callback_that_reached_nobody_asks_and_invites_nobody() -> None:
    world = called_back()
    world.gone(world.leg("caller"), engine.NO_ANSWER)
    world.gone(world.leg("interpreter"))
    assert world.phase() is Phase.ENDED
    assert (scores(world), invitations(world)) == ([], 0)


def test_a_new_call_server_asks_again_what_nobody_knows_was_heard() -> None:
    world = talking()
    finish(world)
    world.gone(world.leg("interpreter"))
    there = frozenset({CALLER_LEG})
    world.tell(engine.EngineReviewed(world.now, up=there, joined=there))
    assert asked(world)
    press(world, "3")
    assert scores(world) == [3]


@given(
    keys=st.lists(st.tuples(st.sampled_from("0123456789*#"), st.floats(0, 8), st.booleans()), max_size=40),
)
@settings(max_examples=100, deadline=None)
def test_the_survey_never_keeps_a_call_from_ending(keys: list[tuple[str, float, bool]]) -> None:
    world = talking()
    finish(world)
    ended = world.now
    for key, pause, heard in keys:
        if world.phase() is Phase.ENDED:
            break
        press(world, key)
        if heard and world.call.playing is not None:
            world.heard()
        world.later(pause)
    world.later(max(0.0, ended + 2 * LONGEST_SILENCE - world.now))
    assert world.phase() is Phase.ENDED, "no key, heard or not, holds the line longer"
    assert len(scores(world)) <= 1
    assert len(scores(world)) + invitations(world) == 1
