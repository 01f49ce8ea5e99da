"""The ways in (a) to (e), as stories: who is rung, what is played, what is recorded, how it ends."""

from __future__ import annotations

import pytest

from yuqiao.engines import events as engine
from yuqiao.hotline import effects as ask
from yuqiao.hotline import events as desk
from yuqiao.hotline.beginning import Facts
from yuqiao.hotline.state import LegPhase, Phase
from yuqiao.hotline.tests.world import CALLER_LEG, World

ENGLISH = Facts(line="960169", language="en")
UNKNOWN = Facts(line="960169")
TRANSFERRED = Facts("transferred", "12345", "sip:12345@desk", language="ja")
BESIDE = Facts("beside_agent", "110", language="ru", priority=100)


def plays(effects: list[ask.Effect]) -> list[str]:
    return [media for effect in effects if isinstance(effect, ask.Play) for media in effect.media]


def rung(effects: list[ask.Effect]) -> list[str]:
    return [effect.contact for effect in effects if isinstance(effect, ask.Ring)]


def hung_up(effects: list[ask.Effect]) -> list[str]:
    return [effect.leg for effect in effects if isinstance(effect, ask.HangUp)]


def recorded(effects: list[ask.Effect]) -> list[str]:
    return [effect.leg for effect in effects if isinstance(effect, ask.Record)]


def talking(facts: Facts = ENGLISH, *found: str) -> World:
    """A call on which caller and interpreter talk and are recorded."""
    world = World(facts, ["claimed", *found])
    world.up(world.call.legs[0].role)
    world.up("interpreter")
    return world


def test_an_interpreter_is_rung_before_the_caller_is_even_answered() -> None:
    world = World(ENGLISH, ["claimed"])
    assert rung(world.done) == ["sip:i@desk"]
    order = [type(effect) for effect in world.done]
    assert order.index(ask.Seek) < order.index(ask.Ring)
    assert world.call.requests[0].state == "claimed"


def test_greeting_notice_patience_then_the_interpreter() -> None:
    world = World(ENGLISH, ["claimed"])
    world.up("caller")
    assert plays(world.done) == ["sound:yuqiao/en/greeting"]
    assert [world.heard(), world.heard(), world.heard()] == ["greeting", "notice", "connecting"]
    assert recorded(world.done) == [CALLER_LEG, ""]
    world.later(13)
    assert world.call.playing is not None
    assert world.call.playing.name == "connecting", "patience is repeated while one waits"
    world.tell(engine.LegControlled(world.leg("interpreter"), world.now))
    effects = world.tell(engine.LegJoined(world.leg("interpreter"), world.now))
    assert recorded(effects) == [world.leg("interpreter")]
    assert any(isinstance(effect, ask.StopPlaying) for effect in effects)
    assert world.phase() is Phase.TALKING
    assert world.call.interpreter_at == world.now


def test_nothing_is_recorded_before_the_caller_heard_the_notice_however_early_the_interpreter_joins() -> None:
    world = talking()
    assert world.call.playing is not None
    assert world.call.playing.name == "notice"
    assert recorded(world.done) == []
    world.heard()
    assert recorded(world.done) == [CALLER_LEG, world.leg("interpreter"), ""]


def test_a_notice_cut_short_by_the_loss_of_the_interpreter_is_heard_whole_before_anything_is_recorded() -> None:
    world = talking(ENGLISH, "claimed")
    world.tell(engine.LegEnded(world.leg("interpreter"), 127, world.now))
    world.up("interpreter")
    assert recorded(world.done) == []
    assert world.heard() == "notice"
    assert recorded(world.done)[:1] == [CALLER_LEG]


def test_a_line_that_is_not_recorded_has_no_notice_and_no_tracks() -> None:
    world = talking(Facts(line="960169", language="en", record=False))
    assert not recorded(world.done)
    assert not any("notice" in media for media in plays(world.done))


def test_the_caller_chooses_by_one_key_even_during_the_greeting() -> None:
    world = World(UNKNOWN, ["claimed"])
    world.up("caller")
    assert world.phase() is Phase.CHOOSING
    assert not world.call.requests
    effects = world.tell(engine.KeyPressed(CALLER_LEG, "8", world.now))
    assert world.call.language == "ar"
    assert rung(effects) == ["sip:i@desk"]
    assert plays(effects) == ["sound:yuqiao/ar/notice"]


def test_the_menu_speaks_each_language_in_turn_and_twice() -> None:
    world = World(UNKNOWN, ["claimed"])
    world.up("caller")
    world.heard()
    menu = plays(world.done)[1:]
    assert menu == [f"sound:yuqiao/{code}/menu" for code in ("en", "ja", "ko", "fr", "de", "ru", "es", "ar", "pt")]
    assert world.heard() == "menu"
    world.later(6)
    assert world.heard() == "menu"
    assert world.kinds().count("language_chosen") == 0
    world.later(6)
    assert world.call.language == "en"
    assert world.call.requests[0].state == "claimed"


def test_no_menu_keys_once_the_language_is_known() -> None:
    world = talking()
    world.tell(engine.KeyPressed(CALLER_LEG, "2", world.now))
    assert world.call.language == "en"
    assert len(world.call.requests) == 1


def test_beside_the_agent_one_leg_carries_both() -> None:
    world = talking(BESIDE)
    leg = world.call.legs[0]
    assert (leg.role, leg.label) == ("agent", "坐席+来电人")
    assert world.call.requests[0].priority == 100
    effects = world.gone(CALLER_LEG)
    assert hung_up(effects) == [world.leg("interpreter")]
    assert world.call.outcome == "served"


def test_beside_the_agent_she_chooses_by_a_chinese_menu() -> None:
    world = World(Facts("beside_agent", "110"), ["claimed"])
    world.up("agent")
    world.heard()
    assert plays(world.done) == ["sound:yuqiao/zh/greeting", "sound:yuqiao/zh/menu"]
    world.tell(engine.KeyPressed(CALLER_LEG, "6", world.now))
    assert world.call.language == "ru"


def test_a_transfer_rings_agent_and_interpreter_at_once() -> None:
    world = World(TRANSFERRED, ["claimed"])
    assert sorted(rung(world.done)) == ["sip:12345@desk", "sip:i@desk"]
    world.up("caller")
    agent = world.up("agent")
    interpreter = world.up("interpreter")
    assert sorted(leg.id for leg in world.call.present()) == sorted([CALLER_LEG, agent, interpreter])
    world.gone(agent)
    assert world.phase() is Phase.TALKING, "caller and interpreter go on"
    world.gone(CALLER_LEG)
    assert world.phase() is Phase.CLOSING


def test_after_a_transfer_the_agent_chooses() -> None:
    world = World(Facts("transferred", "12345", "sip:12345@desk"), ["claimed"])
    world.up("caller")
    agent = world.up("agent")
    assert plays(world.done)[-1] == "sound:yuqiao/zh/menu"
    world.tell(engine.KeyPressed(agent, "2", world.now))
    assert world.call.language == "ja"
    assert plays(world.done)[-1] == "sound:yuqiao/ja/notice"


def test_without_the_agent_the_caller_chooses() -> None:
    world = World(Facts("transferred", "12345", "sip:12345@desk"), ["claimed"])
    world.up("caller")
    world.heard()
    world.gone(world.leg("agent"), engine.BUSY)
    assert plays(world.done)[-1] == "sound:yuqiao/pt/menu"


def test_a_refusal_goes_to_the_next_at_once_and_frees_the_first() -> None:
    world = World(ENGLISH, ["claimed", "claimed"])
    first = world.leg("interpreter")
    effects = world.gone(first, engine.BUSY)
    assert [effect.to for effect in effects if isinstance(effect, ask.Release)] == ["ready"]
    assert rung(effects) == ["sip:i@desk"]
    assert world.call.requests[0].tried == (1, 2)


def test_a_dead_phone_takes_its_interpreter_off_duty_but_an_unheeded_one_does_not() -> None:
    world = World(ENGLISH, ["claimed", "claimed"])
    effects = world.gone(world.leg("interpreter"), engine.NO_ANSWER)
    assert [effect.to for effect in effects if isinstance(effect, ask.Release)] == ["off"]
    world.tell(engine.LegRinging(world.leg("interpreter"), world.now))
    effects = world.gone(world.leg("interpreter"), engine.NO_ANSWER)
    assert [effect.to for effect in effects if isinstance(effect, ask.Release)] == ["ready"]


@pytest.mark.parametrize(("cause", "to"), [(engine.NORMAL, "wrap_up"), (engine.INTERWORKING, "off")])
def test_a_lost_interpreter_is_replaced_at_the_head_of_the_queue_while_the_others_talk(cause: int, to: str) -> None:
    world = talking(TRANSFERRED, "claimed")
    agent = world.up("agent")
    assert world.heard() == "notice"
    effects = world.gone(world.leg("interpreter"), cause)
    assert world.phase() is Phase.REPLACING
    assert [effect.to for effect in effects if isinstance(effect, ask.Release)] == [to]
    assert rung(effects) == ["sip:i@desk"]
    assert world.call.requests[1].head
    assert 1 in world.call.requests[1].tried, "she who left is not rung again"
    assert [(effect.leg, effect.media) for effect in effects if isinstance(effect, ask.Play)] == [
        (CALLER_LEG, ("sound:yuqiao/ja/replacing",))
    ]
    assert not hung_up(effects)
    assert {leg.id for leg in world.call.present()} == {CALLER_LEG, agent}
    second = world.up("interpreter")
    assert world.phase() is Phase.TALKING
    assert second in recorded(world.done)


def test_work_done_says_goodbye_and_is_no_loss() -> None:
    world = talking()
    interpreter = world.leg("interpreter")
    for key in "##":
        effects = world.tell(engine.KeyPressed(interpreter, key, world.now))
    assert hung_up(effects) == [interpreter]
    assert plays(effects) == ["sound:yuqiao/en/goodbye"]
    world.gone(interpreter)
    assert len(world.call.requests) == 1
    assert world.heard() == "goodbye"
    assert hung_up(world.done)[-1] == CALLER_LEG
    world.gone(CALLER_LEG)
    world.later(30)
    assert (world.phase(), world.call.outcome) == (Phase.ENDED, "served")


def test_nobody_there_is_told_called_back_and_let_go() -> None:
    world = World(ENGLISH, ["nobody"])
    world.up("caller")
    assert plays(world.done) == ["sound:yuqiao/en/nobody_free"]
    world.heard()
    world.gone(CALLER_LEG)
    assert (world.phase(), world.call.outcome) == (Phase.ENDED, "callback")
    assert world.call.requests[0].state == "unmet"
    assert sum(isinstance(effect, ask.OpenCallback) for effect in world.done) == 1


@pytest.mark.parametrize("number", ["", "Anonymous", "guest-5f3a", "agent-7"])
def test_a_callback_is_promised_only_to_whom_it_can_be_kept(number: str) -> None:
    world = World(ENGLISH, ["nobody"], number=number)
    world.up("caller")
    assert plays(world.done) == ["sound:yuqiao/en/nobody_now"]
    world.heard()
    assert hung_up(world.done)[-1] == CALLER_LEG


def test_waiting_has_a_limit() -> None:
    world = World(ENGLISH, ["wait", "wait", "wait"])
    world.up("caller")
    world.later(20)
    world.tell(desk.TryAgain(world.now))
    assert world.call.requests[0].state == "waiting"
    world.later(30)
    assert world.call.requests[0].state == "unmet"
    assert plays(world.done)[-1] == "sound:yuqiao/en/nobody_free"


def test_somebody_who_becomes_free_is_rung() -> None:
    world = World(ENGLISH, ["wait", "claimed"])
    world.up("caller")
    world.later(5)
    assert rung(world.tell(desk.TryAgain(world.now))) == ["sip:i@desk"]


def test_nobody_for_a_replacement_leaves_the_others_talking() -> None:
    world = talking(TRANSFERRED, "nobody")
    agent = world.up("agent")
    world.gone(world.leg("interpreter"))
    assert world.phase() is Phase.UNASSISTED
    assert not hung_up(world.done)
    world.heard()
    world.gone(agent)
    assert world.phase() is Phase.CLOSING
    assert world.call.outcome == "callback"


def test_a_caller_who_gives_up_waiting_is_called_back() -> None:
    world = World(ENGLISH, ["claimed"])
    world.up("caller")
    interpreter = world.leg("interpreter")
    effects = world.gone(CALLER_LEG)
    assert hung_up(effects) == [interpreter]
    assert sum(isinstance(effect, ask.OpenCallback) for effect in effects) == 1
    effects = world.tell(engine.LegControlled(interpreter, world.now))
    assert hung_up(effects) == [interpreter], "she answered as the caller left"
    effects = world.gone(interpreter)
    assert (world.phase(), world.call.outcome) == (Phase.ENDED, "abandoned")
    assert world.call.requests[0].state == "withdrawn"
    assert not world.held


def test_keys_add_a_line_and_an_unknown_one_beeps() -> None:
    world = talking()
    world.heard()
    interpreter = world.leg("interpreter")
    for key in "*999#":
        effects = world.tell(engine.KeyPressed(interpreter, key, world.now))
    assert plays(effects) == ["tone:beep"]
    for key in "*110#":
        effects = world.tell(engine.KeyPressed(interpreter, key, world.now))
    assert rung(effects) == ["sip:110@desk"]
    third = world.up("third")
    assert third in recorded(world.done)
    world.gone(third)
    assert world.phase() is Phase.TALKING


def test_a_command_is_done_when_the_party_is_on_and_says_why_when_not() -> None:
    world = talking()
    world.tell(desk.AddPartyAsked(5, "110", "", world.now))
    world.up("third")
    world.tell(desk.AddPartyAsked(6, "999", "", world.now))
    world.tell(desk.AddPartyAsked(7, "", "sip:x@y", world.now))
    world.gone(world.leg("third", LegPhase.RINGING), engine.BUSY)
    finished = {effect.command: effect.error for effect in world.done if isinstance(effect, ask.FinishCommand)}
    assert finished == {5: "", 6: "no such line", 7: "not reached (cause 17)"}


def test_the_desk_drops_a_party_or_ends_the_call() -> None:
    world = talking()
    world.tell(desk.AddPartyAsked(5, "110", "", world.now))
    third = world.up("third")
    assert hung_up(world.tell(desk.DropLegAsked(6, third, world.now))) == [third]
    world.gone(third)
    effects = world.tell(desk.EndAsked(7, world.now))
    assert plays(effects) == ["sound:yuqiao/en/goodbye"]


def test_a_review_after_a_crash_ends_what_is_gone_and_rejoins_what_is_there() -> None:
    world = talking(ENGLISH, "claimed")
    interpreter = world.leg("interpreter")
    tracks = frozenset(track.name for track in world.call.tracks)
    up = frozenset({CALLER_LEG})
    effects = world.tell(engine.EngineReviewed(world.now, up=up, joined=frozenset(), recording=tracks))
    assert [effect.leg for effect in effects if isinstance(effect, ask.Join)] == [CALLER_LEG]
    assert world.call.leg(interpreter).phase is LegPhase.OVER  # type: ignore[union-attr]
    assert world.phase() is Phase.REPLACING
    assert rung(effects) == ["sip:i@desk"]


def test_a_review_rings_again_whoever_was_claimed_but_never_rung() -> None:
    world = World(ENGLISH, ["claimed", "claimed"])
    effects = world.tell(engine.EngineReviewed(world.now, ringing=frozenset({CALLER_LEG})))
    assert [effect.leg for effect in effects if isinstance(effect, ask.Answer)] == [CALLER_LEG]
    assert len(rung(effects)) == 1
    assert world.call.requests[0].tried == (2,), "the first one may be claimed again"


def test_a_review_that_finds_all_well_changes_nothing_that_matters() -> None:
    world = talking()
    world.heard()
    legs = frozenset(leg.id for leg in world.call.legs)
    tracks = frozenset(track.name for track in world.call.tracks)
    effects = world.tell(engine.EngineReviewed(world.now, up=legs, joined=legs, recording=tracks))
    assert [type(effect) for effect in effects] == [ask.MakeBridge]
