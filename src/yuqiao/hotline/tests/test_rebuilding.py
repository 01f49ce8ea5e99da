"""Our engine loses a call: everybody is called back within it, with an apology, and nobody is to blame."""

from __future__ import annotations

from yuqiao.engines import events as engine
from yuqiao.hotline import effects as ask
from yuqiao.hotline.beginning import Facts
from yuqiao.hotline.calling_back import Outbound
from yuqiao.hotline.rebuilding import MOST_CUTS, TOO_LATE
from yuqiao.hotline.recalling import PAUSE, TRIES
from yuqiao.hotline.state import LegPhase, Phase
from yuqiao.hotline.tests.test_during_call import BESIDE, CALLER, finished, keys, three
from yuqiao.hotline.tests.test_ways_in import plays, recorded, rung
from yuqiao.hotline.tests.world import World

AGENT, INTERPRETER = "sip:12345@desk", "sip:i@desk"
DIRECT = Facts("direct", "960169", language="en", outbound=CALLER)


def cut(world: World, leg: str = "") -> list[ask.Effect]:
    """The worker that mixed the call dies: one leg is told lost, the others are known to be."""
    leg = leg or next(one.id for one in world.call.legs if one.phase is not LegPhase.OVER)
    return world.tell(engine.LegEnded(leg, engine.TEMPORARY_FAILURE, world.now, by_engine=True))


def released(world: World) -> list[tuple[int | None, str]]:
    return [(one.interpreter, one.to) for one in world.done if isinstance(one, ask.Release)]


def rings(effects: list[ask.Effect]) -> list[ask.Ring]:
    return [one for one in effects if isinstance(one, ask.Ring)]


def test_everybody_is_rung_again_at_once_beside_the_caller_with_the_interpreter_still_held() -> None:
    world = three()
    held = dict(world.held)
    old = [leg.id for leg in world.call.legs]
    effects = cut(world, world.leg("interpreter"))
    assert rung(effects) == [CALLER, AGENT, INTERPRETER], "the caller first: the others are placed beside"
    caller = world.leg("caller")
    assert [one.beside for one in rings(effects)] == ["", caller, caller]
    assert world.held == held
    assert released(world) == []
    for leg in old:  # the engine tells of each of them
        assert cut(world, leg) == []
    assert world.call.shown_phase == "recalling"


def test_each_hears_an_apology_in_the_own_language_and_the_gap_is_told() -> None:
    world = three()
    cut(world)
    world.now += 4.0
    for role, language in (("interpreter", "zh"), ("agent", "zh"), ("caller", "en")):
        mark = len(world.done)
        world.up(role)
        assert f"sound:yuqiao/{language}/sorry" in plays(world.done[mark:]), role
    assert world.call.shown_phase == "talking"
    assert [note.data for note in world.notes if note.kind == "rebuilt"] == [{"gap_ms": 4000}]
    journal = [(one.action, one.detail) for one in world.done if isinstance(one, ask.JournalFault)]
    assert journal == [("call.engine_lost", {"parties": 3}), ("call.rebuilt", {"gap_ms": 4000})]
    kinds = world.kinds()
    for blame in ("caller_lost", "caller_left", "agent_lost", "interpreter_lost", "interpreter_unreachable"):
        assert blame not in kinds
    assert kinds.count("replacement_requested") == 0


def test_what_was_settled_stays_settled_and_recording_goes_on_in_new_segments() -> None:
    world = three()
    at, began = world.call.interpreter_at, world.call.answered_at
    cut(world)
    assert all(track.phase == "over" for track in world.call.tracks)
    legs = [world.up(role) for role in ("caller", "agent", "interpreter")]
    assert (world.call.interpreter_at, world.call.answered_at) == (at, began)
    assert sum(isinstance(one, ask.CallerServed) for one in world.done) == 1
    assert sum(isinstance(one, ask.Engage) for one in world.done) == 1, "no second call counted"
    assert set(recorded(world.done[-60:])) >= {*legs, ""}
    assert plays(world.done).count("sound:yuqiao/en/notice") == 1, "consent once given holds"


def test_the_gap_is_in_no_leg_so_nobody_is_charged_for_it() -> None:
    world = three()
    cut(world)
    lost_at = world.now
    world.now += 6.0
    for role in ("caller", "agent", "interpreter"):
        world.up(role)
    talked = [leg for leg in world.call.legs if leg.interpreter is not None and leg.answered_at is not None]
    assert [leg.ended_at for leg in talked] == [lost_at, None]
    assert talked[1].answered_at == lost_at + 6.0


def test_a_caller_in_the_queue_is_rung_back_and_keeps_the_place() -> None:
    world = World(DIRECT, ["wait"])
    world.up("caller")
    request = world.call.open_request
    assert request is not None
    assert rung(cut(world)) == [CALLER]
    again = world.call.open_request
    assert again is not None
    assert (again.id, again.created_at, again.state) == (request.id, request.created_at, "waiting")
    world.up("caller")
    assert plays(world.done)[-1] == "sound:yuqiao/en/sorry"
    world.heard()
    world.heard()
    assert world.call.playing is not None
    assert world.call.playing.name == "connecting"
    assert world.phase() is Phase.SEEKING


def test_phones_that_merely_rang_are_free_and_the_request_is_asked_anew_without_a_try_lost() -> None:
    world = World(DIRECT, ["claimed", "claimed"])
    world.up("caller")
    cut(world)
    assert released(world) == [(1, "ready")]
    request = world.call.open_request
    assert request is not None
    assert request.tried == (2,)
    world.up("caller")
    world.up("interpreter")
    assert world.phase() is Phase.TALKING


def test_a_caller_who_was_choosing_the_language_hears_the_menu_again() -> None:
    world = World(Facts("direct", "960169", outbound=CALLER))
    world.up("caller")
    assert world.phase() is Phase.CHOOSING
    cut(world)
    world.up("caller")
    assert [world.heard(), world.heard()] == ["sorry", "menu"]
    assert world.phase() is Phase.CHOOSING


def test_a_caller_who_cannot_be_rung_is_owed_a_callback_and_everybody_is_free() -> None:
    world = three(facts=Facts("transferred", "12345", AGENT, language="en"))
    assert rung(cut(world)) == []
    assert not world.held
    assert world.call.outcome == "callback"
    assert sum(isinstance(one, ask.OpenCallback) for one in world.done) == 1
    world.later(60)
    assert world.phase() is Phase.ENDED


def test_a_caller_who_does_not_pick_up_is_called_back_later_and_the_others_are_let_go() -> None:
    world = three()
    cut(world)
    world.up("interpreter")
    for _ in range(TRIES):
        world.gone(world.leg("caller"), engine.BUSY)
        world.later(PAUSE)
    assert rung(world.done).count(CALLER) == TRIES
    assert world.call.outcome == "callback"
    world.later(60)
    assert world.phase() is Phase.ENDED
    assert not world.held


def test_an_interpreter_whose_phone_is_still_busy_is_rung_once_more_and_then_replaced() -> None:
    world = three("claimed")
    cut(world)
    world.up("caller")
    world.gone(world.leg("interpreter"), engine.BUSY)
    assert list(world.held) == [1], "kept for the call meanwhile"
    world.later(PAUSE)
    assert released(world) == []
    world.gone(world.leg("interpreter"), engine.BUSY)
    assert released(world) == [(1, "wrap_up")]
    assert world.phase() is Phase.REPLACING
    world.up("interpreter")
    assert "rebuilt" in world.kinds()


def test_a_call_that_closes_while_she_is_to_be_rung_once_more_holds_her_no_longer() -> None:
    world = three()
    cut(world)
    world.up("caller")
    world.gone(world.leg("interpreter"), engine.BUSY)
    world.gone(world.leg("caller"))
    assert not world.held
    world.later(60)
    assert world.phase() is Phase.ENDED


def test_a_mobile_presses_1_again_before_she_is_joined() -> None:
    world = World(DIRECT, ["mobile"])
    world.up("caller")
    first = world.leg("interpreter")
    world.tell(engine.LegControlled(first, world.now), engine.KeyPressed(first, "1", world.now))
    world.tell(engine.LegJoined(first, world.now))
    cut(world)
    leg = world.leg("interpreter")
    world.tell(engine.LegControlled(leg, world.now))
    state = world.call.leg(leg)
    assert state is not None
    assert state.phase is LegPhase.CONFIRMING, "it may be her voicemail"
    assert ask.Join(leg) in world.tell(engine.KeyPressed(leg, "1", world.now))


def test_agent_and_caller_at_one_phone_hear_the_apology_in_both_languages() -> None:
    world = World(BESIDE, ["claimed"])
    world.up("agent")
    world.up("interpreter")
    assert rung(cut(world)) == ["sip:110@desk", INTERPRETER]
    world.up("agent")
    assert plays(world.done)[-2:] == ["sound:yuqiao/zh/sorry", "sound:yuqiao/ru/sorry"]


def test_who_was_apart_comes_back_to_all_the_others() -> None:
    world = three()
    keys(world, "*2#")
    cut(world)
    for role in ("caller", "agent", "interpreter"):
        world.up(role)
    assert {leg.aside for leg in world.call.present()} == {""}
    assert len(world.call.present()) == 3


def test_a_handover_under_way_is_dropped_and_the_first_interpreter_comes_back() -> None:
    world = three("wait")
    keys(world, "*4#")
    cut(world)
    assert world.call.open_request is None
    assert rung(world.done).count(INTERPRETER) == 2
    assert finished(world) == {}


def test_a_call_of_ours_rings_the_person_and_the_interpreter_again() -> None:
    wanted = Outbound("callback", 7, CALLER, "13900000001", "en")
    world = World(wanted=wanted, found=["claimed"])
    world.up("interpreter")
    assert world.phase() is Phase.CALLING_BACK
    assert rung(cut(world)) == [CALLER, INTERPRETER]
    world.up("caller")
    world.up("interpreter")
    assert world.phase() is Phase.TALKING
    assert world.call.interpreter_at is not None
    assert sum(isinstance(one, ask.CallerServed) for one in world.done) == 1


def test_who_is_being_rung_again_has_the_call_still_when_it_is_lost_once_more() -> None:
    world = three()
    held = dict(world.held)
    cut(world)
    assert INTERPRETER in rung(cut(world, world.leg("interpreter"))), "nobody else is sought: she must come back"
    assert (world.held, released(world)) == (held, [])
    for role in ("caller", "agent", "interpreter"):
        world.up(role)
    assert world.phase() is Phase.TALKING


def test_an_interpreter_alone_in_a_call_of_ours_is_rung_until_it_is_given_up() -> None:
    world = World(wanted=Outbound("callback", 7, CALLER, "13900000001", ""), found=["claimed"])
    world.tell(engine.LegControlled(world.leg("interpreter"), world.now))
    for _ in range(MOST_CUTS):
        assert rung(cut(world, world.leg("interpreter"))) == [INTERPRETER]
    assert rung(cut(world, world.leg("interpreter"))) == []
    world.later(600)
    assert world.phase() is Phase.ENDED
    assert not world.held


def test_a_phone_told_to_stop_ringing_is_not_rung_again() -> None:
    world = World(DIRECT, found=["two"])
    world.up("caller")
    first, second = [leg.id for leg in world.call.legs if leg.role == "interpreter"]
    world.tell(engine.LegControlled(first, world.now), engine.LegJoined(first, world.now))
    stopped = world.call.leg(second)
    assert stopped is not None
    assert stopped.let_go
    assert stopped.undecided
    assert rung(cut(world, first)) == [CALLER, INTERPRETER]
    assert len(world.held) == 1


def test_an_engine_that_loses_a_call_again_and_again_rings_nobody_for_ever() -> None:
    world = three()
    for _ in range(MOST_CUTS):
        assert rung(cut(world, world.leg("caller"))) != []
        for role in ("caller", "agent", "interpreter"):
            world.up(role)
    assert rung(cut(world, world.leg("caller"))) == []
    assert world.call.outcome == "callback"
    assert not world.held


def test_an_engine_that_was_started_anew_has_lost_what_is_older() -> None:
    world = three()
    world.now += 5.0
    effects = world.tell(engine.EngineReviewed(world.now, since=world.now - 1, away=4.0))
    assert rung(effects) == [CALLER, AGENT, INTERPRETER]
    assert any(isinstance(one, ask.MakeBridge) for one in effects)
    assert world.call.cut_at == world.now - 4.0, "the gap began when it was last seen"
    assert [leg.phase for leg in world.call.legs].count(LegPhase.RINGING) == 3, "those just rung are not looked for"


def test_an_engine_that_goes_on_has_lost_nobody() -> None:
    world = three()
    world.now += 5.0
    effects = world.tell(engine.EngineReviewed(world.now, since=1.0, away=4.0))
    assert rung(effects) == []
    assert (world.phase(), world.call.outcome) == (Phase.ENDED, "served"), "they hung up while nobody watched"


def test_after_long_nobody_waits_beside_the_phone_and_an_ordinary_callback_follows() -> None:
    world = three()
    world.now += TOO_LATE + 60
    assert rung(world.tell(engine.EngineReviewed(world.now, since=world.now - 1, away=TOO_LATE + 10))) == []
    assert world.call.outcome == "callback"
    assert not world.held


def test_a_call_on_its_last_words_just_ends() -> None:
    world = three()
    keys(world, "##")
    assert world.phase() is Phase.CLOSING
    assert rung(cut(world, world.leg("caller"))) == []
    world.gone(world.leg("interpreter"))
    assert ("off" in [to for _, to in released(world)]) is False
