"""A supervisor who listens, told event by event: whom she hears, who hears her, and that the call does not notice."""

from __future__ import annotations

from yuqiao.engines import events as engine
from yuqiao.hotline import effects as ask
from yuqiao.hotline import events as desk
from yuqiao.hotline.beginning import Facts
from yuqiao.hotline.monitors import MonitorState
from yuqiao.hotline.state import LegPhase, Phase
from yuqiao.hotline.tests.world import CALLER_LEG, World

ROSA = 7  # the supervisor


def talking() -> World:
    """A caller and an interpreter talk; another one is free."""
    world = World(Facts(language="en", agent_contact=""), ["claimed", "claimed"])
    world.up("caller")
    world.up("interpreter")
    return world


def asks(world: World, mode: str = "listen", *, confirm: bool = False, announced: bool = False) -> list[ask.Effect]:
    """Rosa asks from the desk."""
    command = next(world.commands)
    return world.tell(desk.MonitorAsked(command, ROSA, "sip:rosa@desk", mode, "quality", confirm, announced, world.now))


def monitor(world: World) -> MonitorState:
    """The newest one who listens."""
    return world.call.monitors[-1]


def picks_up(world: World) -> list[ask.Effect]:
    """Rosa's phone is answered."""
    return world.tell(engine.LegControlled(monitor(world).id, world.now))


def ears(effects: list[ask.Effect]) -> list[tuple[str, bool]]:
    """Return whom she is put to by these effects, and whether she is heard."""
    return [(one.of, one.whisper) for one in effects if isinstance(one, ask.Overhear)]


def test_she_is_rung_beside_the_call_and_hears_it_by_the_interpreters_leg() -> None:
    world = talking()
    li = world.leg("interpreter")
    (ring,) = [one for one in asks(world) if isinstance(one, ask.Ring)]
    assert (ring.contact, ring.beside) == ("sip:rosa@desk", CALLER_LEG)
    assert ears(picks_up(world)) == [(li, False)]
    assert [leg.role for leg in world.call.legs] == ["caller", "interpreter"], "she is no party"
    assert [one for one in world.done if isinstance(one, ask.FinishCommand)] == [ask.FinishCommand(1)]


def test_a_number_that_may_have_a_voicemail_presses_a_key_first() -> None:
    world = talking()
    asks(world, confirm=True)
    assert ears(picks_up(world)) == []
    assert ears(world.later(60)) == []
    assert monitor(world).phase == "over"
    assert ask.FinishCommand(1, "not answered") in world.done
    asks(world, confirm=True)
    picks_up(world)
    heard = world.tell(engine.KeyPressed(monitor(world).id, "5", world.now))
    assert ears(heard) == [(world.leg("interpreter"), True)], "the key of a mode is a key, too"


def test_keys_and_desk_switch_what_she_does_on_the_same_phone() -> None:
    world = talking()
    li = world.leg("interpreter")
    asks(world)
    picks_up(world)
    first = monitor(world)
    whispered = asks(world, "whisper")
    assert ears(whispered) == [(li, True)]
    assert not [one for one in whispered if isinstance(one, ask.Ring)], "one phone is enough"
    assert next(one.was for one in whispered if isinstance(one, ask.Overhear)) == first.tap, "the tap before ends"
    barged = world.tell(engine.KeyPressed(first.id, "6", world.now))
    assert ask.Join(first.id) in barged
    assert ask.JournalOf(ROSA, "call.monitor", {"mode": "barge", "by": "key"}) in barged
    assert not [one for one in barged if isinstance(one, ask.Play)], "announced to nobody"
    assert ears(world.tell(engine.KeyPressed(first.id, "4", world.now))) == [(li, False)]
    assert not world.tell(engine.KeyPressed(first.id, "4", world.now)), "nothing changes"


def test_where_the_site_says_so_the_others_hear_a_tone_when_she_joins() -> None:
    world = talking()
    asks(world, "barge", announced=True)
    tones = [one for one in picks_up(world) if isinstance(one, ask.Play)]
    assert {one.leg for one in tones} == {CALLER_LEG, world.leg("interpreter")}


def test_without_an_interpreter_she_hears_the_caller_and_whispers_to_nobody() -> None:
    world = World(Facts(language="en"), ["claimed"])
    world.up("caller")
    asks(world, "whisper")
    assert ears(picks_up(world)) == [(CALLER_LEG, False)], "a caller does not hear voices"
    li = world.leg("interpreter", LegPhase.RINGING)
    assert ears(world.tell(engine.LegControlled(li, world.now))) == [(li, True)]


def test_when_the_interpreter_is_replaced_the_ear_moves() -> None:
    world = talking()
    li = world.leg("interpreter")
    asks(world, "whisper")
    picks_up(world)
    assert ears(world.gone(li)) == [(CALLER_LEG, False)]
    wang = world.leg("interpreter", LegPhase.RINGING)
    assert ears(world.tell(engine.LegControlled(wang, world.now))) == [(wang, True)]


def test_whoever_is_on_hold_is_not_listened_to() -> None:
    world = talking()
    asks(world)
    picks_up(world)
    world.tell(desk.HoldAsked(next(world.commands), CALLER_LEG, world.now))
    assert monitor(world).tapped == world.leg("interpreter")
    world = World(Facts(way_in="transferred", agent_contact="sip:agent@desk", language="en"), ["wait"])
    world.up("caller")
    agent = world.up("agent")
    asks(world)
    assert ears(picks_up(world)) == [(agent, False)]
    assert ears(world.gone(agent)) == [(CALLER_LEG, False)]


def test_she_keeps_no_call_alive_and_is_hung_up_with_it() -> None:
    world = talking()
    asks(world, "barge")
    picks_up(world)
    hers = monitor(world).id
    last = world.gone(CALLER_LEG)
    assert ask.HangUp(hers) in last
    world.gone(world.leg("interpreter"))
    assert world.phase() is Phase.ENDED, "nobody waits for her phone to be down"
    assert ask.HangUp(hers) in world.tell(engine.LegControlled(hers, world.now))


def test_her_own_hanging_up_changes_nothing_for_the_others() -> None:
    world = talking()
    asks(world)
    picks_up(world)
    effects = world.gone(monitor(world).id)
    assert {type(one) for one in effects} == {ask.EndOverhearing, ask.Note}
    assert world.phase() is Phase.TALKING
    assert len(world.call.present()) == 2


def test_a_phone_that_is_busy_is_told_to_who_asked() -> None:
    world = talking()
    asks(world)
    world.gone(monitor(world).id, engine.BUSY)
    assert ask.FinishCommand(1, "not reached (cause 17)") in world.done
    assert world.kinds()[-1] == "monitor_unreachable"


def test_before_anybody_is_on_and_after_the_end_nobody_listens() -> None:
    world = talking()
    world.gone(CALLER_LEG)
    assert asks(world) == [ask.FinishCommand(1, "the call is over")]


def test_after_a_take_over_the_ear_is_made_anew() -> None:
    world = talking()
    li = world.leg("interpreter")
    asks(world, "whisper")
    picks_up(world)
    old = monitor(world)
    everybody = frozenset({CALLER_LEG, li, old.id})
    again = world.tell(engine.EngineReviewed(world.now, up=everybody, joined=everybody - {old.id}))
    assert ears(again) == [(li, True)]
    assert monitor(world).tap != old.tap
    gone = world.tell(engine.EngineReviewed(world.now, up=everybody - {old.id}, joined=everybody - {old.id}))
    assert monitor(world).phase == "over"
    assert not ears(gone)
