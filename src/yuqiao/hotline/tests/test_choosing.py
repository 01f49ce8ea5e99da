"""How the language becomes known: number, phone (RFC 8373), hint, key, desk, suggestion; and how it is corrected."""

from __future__ import annotations

from dataclasses import replace

import pytest

from yuqiao.engines import events as engine
from yuqiao.hotline import effects as ask
from yuqiao.hotline import events as desk
from yuqiao.hotline.beginning import Facts, begin
from yuqiao.hotline.choosing import known, menu_order, proposed
from yuqiao.hotline.state import CallState, LegPhase, Phase, Timing
from yuqiao.hotline.tests.test_ways_in import hung_up, plays, rung, talking
from yuqiao.hotline.tests.world import CALL_ID, CALLER_LEG, World

UNKNOWN = Facts(line="960169")
HINTED = replace(UNKNOWN, hints=("ru",), menu=("ru", "en", "ja"))


def arrive(facts: Facts, *tags: str) -> tuple[CallState, list[ask.Effect]]:
    arrival = engine.LegArrived(CALLER_LEG, "9601690", "13900000001", 1000.0, tags)
    return begin(CALL_ID, arrival, facts, Timing())


@pytest.mark.parametrize(
    ("dialled", "offered", "found"),
    [
        ("en", ("ja",), ("en", "dialled")),
        ("", ("ja-JP", "en"), ("ja", "hlang")),
        ("", ("tlh", "x-private", "PT-br"), ("pt", "hlang")),
        ("", ("arz",), ("ar", "hlang")),
        ("", ("zh-Hans-CN", "en"), ("", "")),  # Chinese needs no interpreter: so why did they dial us? Ask
        ("", ("yue",), ("", "")),
        ("", (), ("", "")),
        ("", ("tlh",), ("", "")),
    ],
)
def test_what_is_known_before_anybody_speaks(dialled: str, offered: tuple[str, ...], found: tuple[str, str]) -> None:
    assert known(dialled, offered) == found


def test_the_phone_s_language_rings_an_interpreter_without_any_menu_and_is_answered() -> None:
    call, effects = arrive(HINTED, "ja", "en")
    assert (call.language, call.language_by, call.phase) == ("ja", "hlang", Phase.ARRIVING)
    assert any(isinstance(effect, ask.Seek) for effect in effects)
    assert ask.Answer(CALLER_LEG, "ja") in effects


def test_nothing_is_said_of_languages_to_a_phone_that_offered_none() -> None:
    assert ask.Answer(CALLER_LEG, "") in arrive(Facts(line="960169", language="en"))[1]


def test_the_menu_holds_what_is_served_hints_first_then_those_on_duty() -> None:
    assert menu_order(("ru", "de"), {"ja"}, {"en", "ja", "ru"}) == ("ru", "ja", "en")
    assert menu_order((), (), ())[:2] == ("en", "ja"), "where nobody holds anything, everything, so that we call back"
    assert (proposed(("ru",)), proposed(("ru", "ja")), proposed(())) == ("ru", "", "")


def test_a_single_hint_is_proposed_alone_then_the_menu_then_taken() -> None:
    world = World(HINTED, ["claimed"])
    world.up("caller")
    assert [world.heard(), world.heard()] == ["greeting", "proposal"]
    assert plays(world.done)[-1:] == ["sound:yuqiao/ru/menu"]
    mark = len(world.done)
    world.later(6)
    assert plays(world.done[mark:]) == [f"sound:yuqiao/{code}/menu" for code in ("ru", "en", "ja")]
    for _ in range(2):
        world.heard()
        world.later(6)
    assert (world.call.language, world.call.language_by) == ("ru", "hint")


def test_without_a_hint_silence_means_english() -> None:
    world = World(UNKNOWN, ["claimed"])
    world.up("caller")
    world.heard()
    for _ in range(2):
        world.heard()
        world.later(6)
    assert (world.call.language, world.call.language_by) == ("en", "default")


def test_a_key_for_a_language_beside_the_proposal_is_taken() -> None:
    world = World(HINTED, ["claimed"])
    world.up("caller")
    world.tell(engine.KeyPressed(CALLER_LEG, "2", world.now))
    assert (world.call.language, world.call.language_by) == ("ja", "key")


def test_an_agent_hears_the_chinese_menu_and_chooses_on_her_desk() -> None:
    world = World(replace(HINTED, way_in="beside_agent"), ["claimed"])
    world.up("agent")
    world.heard()
    assert plays(world.done)[-1:] == ["sound:yuqiao/zh/menu"]
    effects = world.tell(desk.LanguageAsked(5, "ko", world.now))
    assert ask.FinishCommand(5) in effects
    assert (world.call.language, world.call.language_by) == ("ko", "agent")
    assert rung(effects) == ["sip:i@desk"]


def test_a_sure_suggestion_is_proposed_and_confirmed_by_one_key() -> None:
    world = World(UNKNOWN, ["claimed"])
    world.up("caller")
    world.heard()
    effects = world.tell(desk.LanguageSuggested("ja", 0.91, "test", world.now))
    assert plays(effects) == ["sound:yuqiao/ja/menu"]
    assert not world.call.language, "a machine only suggests"
    world.tell(engine.KeyPressed(CALLER_LEG, "2", world.now))
    assert (world.call.language, world.call.language_by) == ("ja", "speech")


def test_a_suggestion_is_confirmed_on_the_desk_or_contradicted() -> None:
    for language, by in (("ja", "speech"), ("ko", "agent")):
        world = World(UNKNOWN, ["claimed"])
        world.up("caller")
        world.tell(desk.LanguageSuggested("ja", 0.91, "test", world.now))
        world.tell(desk.LanguageAsked(5, language, world.now))
        assert (world.call.language, world.call.language_by) == (language, by)


@pytest.mark.parametrize(("language", "confidence"), [("ja", 0.69), ("", 0.99), ("zh", 0.99), ("tlh", 0.99)])
def test_an_unsure_engine_changes_nothing(language: str, confidence: float) -> None:
    world = World(UNKNOWN, ["claimed"])
    world.up("caller")
    world.heard()
    assert plays(world.tell(desk.LanguageSuggested(language, confidence, "test", world.now))) == []
    assert world.kinds()[-1] == "language_unsure"


def test_a_wrong_language_is_corrected_while_the_others_talk() -> None:
    world = talking(Facts("transferred", "12345", "sip:12345@desk", language="en"), "claimed")
    wrong = world.leg("interpreter")
    world.up("agent")
    world.heard()
    effects = world.tell(desk.LanguageAsked(5, "ja", world.now))
    assert rung(effects) == ["sip:i@desk"]
    thanked = ["sound:yuqiao/zh/released", "sound:yuqiao/ja/replacing"]
    assert sorted(plays(effects)) == sorted(thanked), "the wrong interpreter is thanked, the caller told"
    request = world.call.requests[-1]
    assert (request.language, request.head) == ("ja", True)
    assert world.phase() is Phase.REPLACING
    [aside] = world.call.asides
    world.tell(engine.PlaybackEnded(aside.id, aside.leg, world.now))
    assert hung_up(world.done) == [wrong]
    mark = len(world.done)
    world.gone(wrong)
    assert not any(isinstance(effect, ask.Seek) for effect in world.done[mark:]), "nobody is sought twice"
    world.up("interpreter")
    assert world.phase() is Phase.TALKING
    assert world.kinds().count("language_corrected") == 1


def test_a_language_corrected_while_a_phone_rings_stops_that_phone() -> None:
    world = World(Facts(line="960169", language="en"), ["claimed", "claimed"])
    world.up("caller")
    ringing = world.leg("interpreter", LegPhase.RINGING)
    effects = world.tell(desk.LanguageAsked(5, "ja", world.now))
    assert hung_up(effects) == [ringing]
    assert len(rung(effects)) == 1
    world.gone(ringing)
    assert [request.state for request in world.call.requests] == ["withdrawn", "claimed"]
    assert plays(effects) == ["sound:yuqiao/ja/notice"], "the notice again, in the right language"


@pytest.mark.parametrize("language", ["en", "zh", "tlh"])
def test_a_correction_that_makes_no_sense_is_answered_so(language: str) -> None:
    world = talking()
    [finished] = world.tell(desk.LanguageAsked(5, language, world.now))
    assert isinstance(finished, ask.FinishCommand)
    assert finished.error
