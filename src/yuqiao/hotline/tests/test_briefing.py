"""An interpreter hears in private what the call is about before she joins; and what a caller hears who waits."""

from __future__ import annotations

import pytest

from yuqiao.engines import events as engine
from yuqiao.hotline import effects as ask
from yuqiao.hotline.beginning import Facts
from yuqiao.hotline.briefing_words import SPOKEN, words
from yuqiao.hotline.events import EndAsked
from yuqiao.hotline.prompts import PROMPTS, speech
from yuqiao.hotline.state import LegPhase, Timing
from yuqiao.hotline.tests.world import CALLER_LEG, World
from yuqiao.lib.environment import sound_name


def answered(briefing: float = 0.0) -> tuple[World, str, list[ask.Effect]]:
    """An English caller of line 110 waits, the interpreter picks up; returns what followed."""
    world = World(Facts(line="110", language="en"), ["claimed"], timing=Timing(briefing=briefing))
    world.up("caller")
    li = world.leg("interpreter", LegPhase.RINGING)
    return world, li, world.tell(engine.LegControlled(li, world.now))


def joined(effects: list[ask.Effect]) -> bool:
    return any(isinstance(one, ask.Join) for one in effects)


def test_where_the_site_gives_it_no_time_she_joins_at_once() -> None:
    _world, _li, effects = answered()
    assert joined(effects)
    assert not [one for one in effects if isinstance(one, ask.Play)]


def test_she_hears_language_and_line_and_then_joins() -> None:
    world, li, effects = answered(briefing=2.0)
    assert not joined(effects)
    (play,) = [one for one in effects if isinstance(one, ask.Play)]
    assert play.leg == li
    assert [uri.rpartition("/")[2] for uri in play.media] == ["language_en", "line_110"]
    assert joined(world.tell(engine.PlaybackEnded(play.playback, li, world.now)))
    assert not joined(world.later(5)), "she joins once"


def test_it_costs_the_caller_no_more_than_the_setting_says() -> None:
    world, li, _effects = answered(briefing=2.0)
    assert not joined(world.later(1.9))
    late = world.later(0.2)
    assert joined(late)
    assert [one for one in late if isinstance(one, ask.StopPlaying) and one.leg == li]


def test_any_key_takes_her_into_the_call_at_once() -> None:
    world, li, _effects = answered(briefing=2.0)
    assert joined(world.tell(engine.KeyPressed(li, "7", world.now)))


def test_a_briefing_that_cannot_be_played_holds_nobody_up() -> None:
    world, li, effects = answered(briefing=2.0)
    playback = next(one.playback for one in effects if isinstance(one, ask.Play))
    assert joined(world.tell(engine.PlaybackEnded(playback, li, world.now, done=False)))


def test_another_call_server_lets_her_join() -> None:
    world, li, _effects = answered(briefing=2.0)
    seen = engine.EngineReviewed(world.now, up=frozenset({CALLER_LEG, li}), joined=frozenset({CALLER_LEG}))
    assert joined(world.tell(seen))
    assert not joined(world.later(5))


def test_one_who_leaves_meanwhile_is_replaced_and_waited_for_no_more() -> None:
    world, li, _effects = answered(briefing=2.0)
    world.gone(li)
    assert not joined(world.later(5))
    assert "interpreter_lost" in world.kinds()


def test_a_call_ended_meanwhile_ends_the_briefing_too() -> None:
    world, li, effects = answered(briefing=2.0)
    (play,) = [one for one in effects if isinstance(one, ask.Play)]
    ended = world.tell(EndAsked(next(world.commands), world.now))
    assert ask.StopPlaying(play.playback, li) in ended
    assert ask.HangUp(li) in ended
    assert not [one for one in world.call.asides if one.leg == li]
    assert not joined(world.tell(engine.PlaybackEnded(play.playback, li, world.now)))


def test_every_word_of_it_is_spoken() -> None:
    assert words("ja", "medical", "12345") == ("language_ja", "domain_medical", "line_12345")
    assert words("ja", "", "12348") == ("language_ja", *(f"digit_{digit}" for digit in "12348"))
    assert words("", "", "4008123123") == (), "no line of the city's"
    assert all(PROMPTS[name] == spoken and speech(name, "zh") for name, spoken in SPOKEN.items())


def test_while_waiting_the_caller_hears_please_hold_in_her_language_at_intervals_and_the_sites_music() -> None:
    world = World(Facts(language="fr"), ["wait"], timing=Timing(repeat=10.0, music="sound:music/guzheng"))
    world.up("caller")
    while world.call.playing is not None and world.call.playing.name != "ring":
        world.heard()
    played = [one.media for one in world.done if isinstance(one, ask.Play)]
    assert played[-2:] == [("sound:yuqiao/fr/connecting",), ("sound:music/guzheng",)]
    mark = len(played)
    world.later(10)
    world.heard()
    played = [one.media for one in world.done if isinstance(one, ask.Play)]
    assert played[mark:] == [("sound:yuqiao/fr/connecting",), ("sound:music/guzheng",)]


def test_music_lies_below_the_sounds_folder() -> None:
    assert sound_name("music/guzheng") == "music/guzheng"
    for bad in ("../etc/passwd", "/music", "music//a", "a b/../c", "sound:x", "a?b"):
        with pytest.raises(ValueError, match="below the sounds folder"):
            sound_name(bad)
