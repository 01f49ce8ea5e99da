"""The caller is told, may refuse, and is then not recorded; the call goes on in every respect."""

from __future__ import annotations

from dataclasses import replace

from yuqiao.engines import events as engine
from yuqiao.hotline import effects as ask
from yuqiao.hotline import events as desk
from yuqiao.hotline.beginning import Facts
from yuqiao.hotline.calling_back import Outbound
from yuqiao.hotline.state import Phase, TrackPhase
from yuqiao.hotline.tests.test_ways_in import ENGLISH, hung_up, plays, recorded, talking
from yuqiao.hotline.tests.world import CALLER_LEG, World

ZERO = "0"


def stopped(effects: list[ask.Effect]) -> list[str]:
    return [effect.leg for effect in effects if isinstance(effect, ask.StopRecording)]


def discarded(effects: list[ask.Effect]) -> int:
    return sum(isinstance(effect, ask.DiscardRecordings) for effect in effects)


def press(world: World, keys: str, leg: str = CALLER_LEG) -> list[ask.Effect]:
    return [effect for key in keys for effect in world.tell(engine.KeyPressed(leg, key, world.now))]


def test_zero_during_the_notice_and_recording_never_begins() -> None:
    world = World(ENGLISH, ["claimed"])
    world.up("caller")
    world.heard()
    effects = press(world, ZERO)
    assert plays(effects) == ["sound:yuqiao/en/not_recorded"]
    assert world.heard() == "not_recorded"
    assert world.heard() == "connecting"
    world.up("interpreter")
    world.later(60)
    assert world.phase() is Phase.TALKING
    assert recorded(world.done) == []
    assert (world.call.consent, world.call.consent_by) == ("refused", "caller")
    world.gone(CALLER_LEG)
    world.gone(world.leg("interpreter"))
    assert world.phase() is Phase.ENDED
    assert world.call.outcome == "served"


def test_zero_shortly_after_the_notice_stops_and_throws_away() -> None:
    world = talking()
    world.heard()
    assert (world.call.consent, world.call.consent_by) == ("given", "caller")
    assert len(recorded(world.done)) == 3
    for track in world.call.tracks:
        world.tell(engine.RecordingBegan(track.name, world.now))
    world.later(10)
    effects = press(world, ZERO)
    assert stopped(effects) == [CALLER_LEG, world.leg("interpreter"), ""]
    assert not discarded(effects), "not while the engine writes"
    names = [track.name for track in world.call.tracks]
    over = [effect for name in names for effect in world.tell(engine.RecordingEnded(name, 900, world.now))]
    assert discarded(over) == 1
    assert hung_up(world.done) == []
    world.gone(world.leg("interpreter"))
    world.later(1)
    assert len(recorded(world.done)) == 3, "nor is a replacement recorded"


def test_zero_long_after_the_notice_is_for_somebody_else() -> None:
    world = talking()
    world.heard()
    world.later(16)
    assert press(world, ZERO) == []
    assert world.call.consent == "given"


def test_the_interpreter_and_the_desk_may_say_it_at_any_time() -> None:
    world = talking()
    world.heard()
    world.later(300)
    effects = press(world, "*0#", world.leg("interpreter"))
    assert len(stopped(effects)) == 3
    assert any(isinstance(one, ask.Journal) and one.action == "call.refuse_recording" for one in effects)
    assert world.call.consent_by == "interpreter"

    world = talking()
    world.heard()
    effects = world.tell(desk.RefusalAsked(4, world.now))
    assert ask.FinishCommand(4) in effects
    assert (world.call.consent, world.call.consent_by) == ("refused", "desk")
    [again] = world.tell(desk.RefusalAsked(5, world.now))
    assert again == ask.FinishCommand(5, "this call is not recorded")


def test_a_line_with_a_legal_duty_tells_and_does_not_ask() -> None:
    world = talking(Facts("beside_agent", "110", language="en", refusable=False))
    assert world.heard() == "notice_duty"
    assert len(recorded(world.done)) == 3
    assert press(world, ZERO) == []
    assert plays(press(world, "*0#", world.leg("interpreter"))) == ["tone:beep"]
    [told] = world.tell(desk.RefusalAsked(4, world.now))
    assert told == ask.FinishCommand(4, "this line has a legal duty to record")
    assert world.call.consent == "not_asked"


def test_beside_the_agent_the_key_comes_from_their_one_leg() -> None:
    world = talking(Facts("beside_agent", "12345", language="en"))
    world.heard()
    press(world, ZERO)
    assert world.call.consent == "refused"


def test_an_agent_s_key_on_another_leg_refuses_nothing() -> None:
    world = talking(Facts("transferred", "12345", "sip:12345@desk", language="en"))
    agent = world.up("agent")
    press(world, ZERO, agent)
    assert world.call.consent == "not_asked"


def test_a_notice_nobody_heard_is_no_consent() -> None:
    world = talking()
    playing = world.call.playing
    assert playing is not None
    world.tell(engine.PlaybackEnded(playing.id, playing.leg, world.now, done=False))
    assert recorded(world.done) == []
    assert world.call.consent == "not_asked"


def test_after_a_crash_a_refused_call_is_stopped_again_and_swept() -> None:
    world = talking()
    world.heard()
    press(world, ZERO)
    legs = frozenset(leg.id for leg in world.call.legs)
    running = frozenset(track.name for track in world.call.tracks)
    effects = world.tell(engine.EngineReviewed(world.now, up=legs, joined=legs, recording=running))
    assert len(stopped(effects)) == 3
    effects = world.tell(engine.EngineReviewed(world.now, up=legs, joined=legs))
    assert all(track.phase is TrackPhase.OVER for track in world.call.tracks)
    assert discarded(effects) == 1
    assert recorded(effects) == []


def test_a_callback_says_the_notice_and_hears_a_refusal_too() -> None:
    missed = Outbound("callback", 7, "sip:caller@trunk", "13900000001", "en")
    world = World(wanted=missed, found=["claimed"])
    world.up("interpreter")
    caller = world.up("caller")
    assert world.heard() == "callback"
    press(world, ZERO, caller)
    assert world.call.consent == "refused"
    world = World(wanted=replace(missed, record=False), found=["claimed"])
    world.up("interpreter")
    world.up("caller")
    assert world.call.script == (), "who refused before is not asked again, and not recorded"
