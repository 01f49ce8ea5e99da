"""During a call, as stories: hold, consultation, handing over, help, and parties whose line breaks."""

from __future__ import annotations

from yuqiao.engines import events as engine
from yuqiao.hotline import effects as ask
from yuqiao.hotline import events as desk
from yuqiao.hotline.apart import REMIND, REMINDERS
from yuqiao.hotline.beginning import Facts
from yuqiao.hotline.recalling import PAUSE, TRIES
from yuqiao.hotline.state import LegPhase, Phase
from yuqiao.hotline.tests.test_ways_in import plays, recorded, rung
from yuqiao.hotline.tests.world import World

CALLER = "sip:anna@trunk"
TRANSFERRED = Facts("transferred", "12345", "sip:12345@desk", language="en", outbound=CALLER)
BESIDE = Facts("beside_agent", "110", "sip:110@desk", language="ru", priority=100)
LOST = 127


def three(*found: str, facts: Facts = TRANSFERRED) -> World:
    """Caller, agent and interpreter talk, and are recorded."""
    world = World(facts, ["claimed", *found])
    world.up("caller")
    world.up("agent")
    world.up("interpreter")
    while world.call.playing is not None:
        world.heard()
    assert world.call.recording
    return world


def keys(world: World, pressed: str) -> list[ask.Effect]:
    leg = world.leg("interpreter", LegPhase.JOINED, LegPhase.UP)
    return world.tell(*(engine.KeyPressed(leg, key, world.now) for key in pressed))


def where(world: World) -> dict[str, str]:
    return {leg.role: leg.aside for leg in world.call.legs if leg.present}


def finished(world: World) -> dict[int, str]:
    return {effect.command: effect.error for effect in world.done if isinstance(effect, ask.FinishCommand)}


def test_a_held_caller_hears_the_request_in_the_own_language_again_and_again_and_is_not_recorded() -> None:
    world = three()
    caller = world.leg("caller")
    effects = keys(world, "*1#")
    assert plays(effects) == ["sound:yuqiao/en/hold", "tone:ring"]
    assert [type(one) for one in effects if isinstance(one, ask.SetAside | ask.StopRecording)] == [
        ask.SetAside,
        ask.StopRecording,
    ]
    effects = world.later(REMIND)
    assert "tone:beep" in plays(effects), "the others are reminded"
    assert "sound:yuqiao/en/hold" in plays(effects)
    track = next(one.name for one in world.call.tracks if one.leg == caller)
    world.tell(engine.RecordingEnded(track, 1000, world.now))
    keys(world, "*1#")
    effects = world.tell(engine.LegJoined(caller, world.now))
    assert recorded(effects) == [caller], "a second segment"
    assert world.kinds().count("caller_joined") == 0
    assert where(world)["caller"] == ""


def test_nobody_is_held_for_ever() -> None:
    world = three()
    world.tell(desk.HoldAsked(next(world.commands), world.leg("caller"), world.now))
    world.later(REMIND * (REMINDERS + 1))
    assert "held_too_long" in world.kinds()
    assert where(world)["caller"] == ""


def test_when_nobody_is_left_to_come_back_to_the_held_party_is_back_at_once() -> None:
    world = three("wait")
    keys(world, "*1#")
    world.gone(world.leg("agent"))
    world.gone(world.leg("interpreter"))
    assert where(world) == {"caller": ""}


def test_a_held_caller_comes_back_when_the_interpreter_is_lost_and_hears_of_her_replacement() -> None:
    world = three("wait")
    keys(world, "*1#")
    music = world.call.leg(world.leg("caller"))
    assert music is not None
    effects = world.gone(world.leg("interpreter"), LOST)
    assert where(world) == {"caller": "", "agent": ""}
    assert "sound:yuqiao/en/replacing" in plays(effects)
    assert ask.StopPlaying(music.music, music.id) in effects


def test_another_call_server_puts_a_held_party_apart_again_and_its_tone_still_ends_with_the_hold() -> None:
    world = three()
    keys(world, "*1#")
    caller, up = world.leg("caller"), frozenset(leg.id for leg in world.call.legs)
    before = world.call.leg(caller)
    assert before is not None
    effects = world.tell(engine.EngineReviewed(world.now, up, frozenset(), up, frozenset()))
    assert ask.SetAside(caller) in effects
    assert ask.StopPlaying(before.music, caller) in effects
    after = world.call.leg(caller)
    assert after is not None
    assert ask.StopPlaying(after.music, caller) in keys(world, "*1#")


def test_a_consultation_leaves_the_caller_waiting_and_the_mix_without_a_private_word() -> None:
    world = three()
    mix = next(one.name for one in world.call.tracks if not one.leg)
    effects = keys(world, "*2#")
    assert where(world) == {"caller": "wait", "agent": "consult", "interpreter": "consult"}
    assert ask.StopRecording(mix, "") in effects
    stopped = {one.leg for one in effects if isinstance(one, ask.StopRecording)}
    assert stopped == {"", world.leg("caller")}, "agent and interpreter stay accountable"
    effects = keys(world, "*2#")
    assert where(world) == {"caller": "", "agent": "", "interpreter": ""}
    assert any(isinstance(one, ask.EndAside) for one in effects)


def test_a_consultation_of_one_is_none() -> None:
    world = three()
    keys(world, "*2#")
    world.gone(world.leg("agent"))
    assert where(world) == {"caller": "", "interpreter": ""}


def test_agent_and_caller_on_one_leg_cannot_be_parted() -> None:
    world = World(BESIDE, ["claimed"])
    world.up("agent")
    world.up("interpreter")
    assert "wish_refused" not in world.kinds()
    keys(world, "*2#")
    assert "wish_refused" in world.kinds()
    assert where(world) == {"agent": "", "interpreter": ""}


def test_the_floor_manager_is_apart_from_the_moment_he_answers_while_the_others_go_on_until_then() -> None:
    world = three()
    command = next(world.commands)
    effects = world.tell(desk.ConsultAsked(command, "", "", world.now))
    assert rung(effects) == ["sip:boss@desk"]
    assert set(where(world).values()) == {""}
    boss = world.leg("third")
    world.tell(engine.LegControlled(boss, world.now))
    assert where(world) == {"caller": "", "agent": "", "interpreter": "consult", "third": "consult"}
    assert finished(world) == {command: ""}
    world.gone(boss)
    assert set(where(world).values()) == {""}
    assert finished(world) == {command: ""}, "answered once"


def test_no_floor_manager_on_duty_is_said_and_the_incident_is_open_all_the_same() -> None:
    world = three()
    world.manager = False
    effects = keys(world, "*5#")
    assert any(isinstance(one, ask.OpenIncident) for one in effects)
    assert rung(effects) == []
    assert world.phase() is Phase.TALKING


def test_a_colleague_is_on_before_the_first_leaves() -> None:
    world = three("claimed")
    first = world.leg("interpreter")
    keys(world, "*4#")
    assert world.phase() is Phase.TALKING
    world.up("interpreter")
    assert "handed_over" in world.kinds()
    world.gone(first)
    assert world.kinds().count("replacement_requested") == 0
    assert world.phase() is Phase.TALKING


def test_nothing_is_lost_if_nobody_can_take_over() -> None:
    world = three("nobody")
    command = next(world.commands)
    world.tell(desk.HandOverAsked(command, "", world.now))
    assert world.phase() is Phase.TALKING
    assert finished(world) == {command: "nobody of the language is free"}
    assert not [one for one in world.done if isinstance(one, ask.OpenCallback)]


def test_who_leaves_before_her_colleague_came_is_replaced_by_that_colleague() -> None:
    world = three("claimed")
    first = world.leg("interpreter")
    keys(world, "*4#")
    world.gone(first)
    assert world.phase() is Phase.REPLACING
    assert len(world.call.requests) == 2, "no third request"
    world.up("interpreter")
    assert world.phase() is Phase.TALKING


def test_a_lost_caller_is_rung_with_consent_and_recording_as_they_were() -> None:
    world = three()
    first = world.leg("caller")
    effects = world.gone(first, LOST)
    assert rung(effects) == [CALLER]
    assert plays(effects) == ["sound:yuqiao/zh/lost"] * 2, "agent and interpreter are told, in Chinese"
    assert world.call.shown_phase == "recalling"
    began = world.call.answered_at
    again = world.up("caller")
    assert world.call.principal == again != first
    assert world.call.answered_at == began, "recordings keep their zero"
    assert world.call.shown_phase == "talking"
    assert plays(world.done)[-1] == "sound:yuqiao/en/callback"
    assert again in recorded(world.done)
    world.gone(again)
    world.gone(world.leg("agent"))
    world.gone(world.leg("interpreter"))
    world.later(60)
    assert (world.phase(), world.call.outcome) == (Phase.ENDED, "served")


def test_who_hangs_up_is_not_rung_again() -> None:
    world = three()
    assert rung(world.gone(world.leg("caller"), engine.NORMAL)) == []
    assert world.phase() is Phase.CLOSING


def test_two_tries_then_an_ordinary_callback() -> None:
    world = three()
    world.gone(world.leg("caller"), LOST)
    for attempt in range(TRIES):
        world.gone(world.leg("caller"), 17)
        assert world.phase() is (Phase.TALKING if attempt + 1 < TRIES else Phase.CLOSING)
        world.later(PAUSE)
    assert rung(world.done).count(CALLER) == TRIES
    assert world.call.outcome == "callback"
    assert sum(isinstance(one, ask.OpenCallback) for one in world.done) == 1


def test_a_lost_caller_who_rings_in_is_put_back_and_the_phone_we_rang_is_let_go() -> None:
    world = three()
    world.gone(world.leg("caller"), LOST)
    ringing = world.leg("caller", LegPhase.RINGING)
    effects = world.tell(engine.LegArrived("anna-again", "123451", "13900000001", world.now))
    assert ask.HangUp(ringing) in effects
    assert ask.Answer("anna-again") in effects
    world.tell(engine.LegAnswered("anna-again", world.now), engine.LegJoined("anna-again", world.now))
    assert "caller_back" in world.kinds()
    assert world.call.principal == "anna-again"
    stranger = world.tell(engine.LegArrived("somebody", "123451", "13900000001", world.now))
    assert stranger == [ask.HangUp("somebody", 17)], "only who is missed is put back"


def test_the_leg_of_agent_and_caller_is_rung_again_at_the_line() -> None:
    world = World(BESIDE, ["claimed"])
    first = world.up("agent")
    world.up("interpreter")
    assert rung(world.gone(first, LOST)) == ["sip:110@desk"]
    world.up("agent")
    assert "agent_back" in world.kinds()


def test_a_lost_agent_is_rung_at_most_twice_while_the_others_talk() -> None:
    world = three()
    effects = world.gone(world.leg("agent"), LOST)
    assert rung(effects) == ["sip:12345@desk"]
    assert plays(effects) == ["sound:yuqiao/en/lost", "sound:yuqiao/zh/lost"]
    for _ in range(TRIES):
        world.gone(world.leg("agent"), 17)
        world.later(PAUSE)
    assert rung(world.done).count("sip:12345@desk") == 1 + TRIES
    assert world.phase() is Phase.TALKING


def test_an_interpreter_lost_while_the_caller_is_lost_is_replaced_and_both_come_back() -> None:
    world = three("claimed")
    world.gone(world.leg("caller"), LOST)
    world.gone(world.leg("interpreter"), LOST)
    assert world.phase() is Phase.REPLACING
    world.up("caller")
    world.up("interpreter")
    assert world.phase() is Phase.TALKING
