"""Supervisors who listen, and what parties are told in private, for the tests of any order: what may happen to them,
and what always holds."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

from yuqiao.engines import events as engine
from yuqiao.hotline import effects as ask
from yuqiao.hotline import events as desk
from yuqiao.hotline.monitors import MODES, MonitorState
from yuqiao.hotline.state import Phase
from yuqiao.hotline.tests.world import World


def listens(draw: st.DrawFn, world: World) -> desk.Event:
    """Somebody asks to listen or to end it, or something happens to the leg of one who does."""
    at, legs = world.now, [one.id for one in world.call.monitors]
    what = draw(st.sampled_from(["ask", "end", "leg", "leg", "leg", "key", "key"])) if legs else "ask"
    if what == "ask":
        mode, confirm = draw(st.sampled_from([*MODES, "sing"])), draw(st.booleans())
        person, announced = draw(st.sampled_from([1, 2])), draw(st.booleans())
        command = next(world.commands)
        return desk.MonitorAsked(command, person, "sip:boss@desk", mode, "quality", confirm, announced, at)
    if what == "end":
        return desk.MonitorEndAsked(next(world.commands), draw(st.sampled_from([1, 2])), at)
    leg = draw(st.sampled_from(legs))
    if what == "key":
        return engine.KeyPressed(leg, draw(st.sampled_from("1234566")), at)
    if draw(st.integers(0, 5)) == 0:
        return engine.LegEnded(leg, draw(st.sampled_from([16, 17, 19, 127])), at)
    kinds: list[Callable[[str, float], desk.Event]] = [engine.LegControlled, engine.LegJoined, engine.LegRinging]
    told = draw(st.sampled_from([engine.LegControlled, *kinds]))
    return told(leg, at)


def told(draw: st.DrawFn, world: World, what: str, leg: str) -> desk.Event:
    """A desk mutes a party, or has something said."""
    if what == "mute":
        return desk.MuteAsked(next(world.commands), leg, draw(st.booleans()), world.now)
    prompt, whom = draw(st.sampled_from(["slowly", "goodbye"])), draw(st.sampled_from([leg, ""]))
    return desk.AnnounceAsked(next(world.commands), prompt, whom, world.now)


def check_briefed(world: World) -> None:
    """Nobody is told what a call is about without a limit, and only she who interprets."""
    for one in world.call.asides:
        if one.name == "briefing":
            assert f"brief:{one.leg}" in {name for name, _ in world.call.deadlines}, "briefed without a limit"
            assert world.call.leg(one.leg) in world.call.present("interpreter")


def check_monitors(world: World) -> None:
    """A supervisor is no party: she keeps nothing alive, and hears and is heard as her mode says."""
    call = world.call
    parties = {leg.id for leg in call.legs}
    deadlines = {name for name, _ in call.deadlines}
    live = [one for one in call.monitors if one.phase != "over"]
    assert not live or call.phase not in {Phase.CLOSING, Phase.ENDED}, "she outlives the call"
    assert len({one.person for one in live}) == len(live), "one phone for each supervisor"
    assert not parties & {one.id for one in call.monitors}, "she counts as a party"
    for one in call.monitors:
        assert (one.phase in {"ringing", "confirming"}) <= (f"monitor:{one.id}" in deadlines), "rings without a limit"
        joins = [
            effect for effect in world.done if isinstance(effect, ask.Join | ask.Overhear) and effect.leg == one.id
        ]
        assert not joins or one.answered_at is not None, "a voicemail listens"
        check_tap(world, one)


def check_tap(world: World, one: MonitorState) -> None:
    """Whom she hears, and who hears her."""
    taps = {effect.tap: effect for effect in world.done if isinstance(effect, ask.Overhear) and effect.leg == one.id}
    ended = {effect.was for effect in taps.values()}
    ended |= {effect.tap for effect in world.done if isinstance(effect, ask.EndOverhearing) and effect.leg == one.id}
    if not any(isinstance(event, engine.EngineReviewed) for event in world.told):  # which ends the taps of before
        assert set(taps) - ended - {""} == {one.tap} - {""}, "a tap is left behind"
    if one.phase != "on":
        assert (one.tap, one.whispering, one.barged) == ("", False, False)
        return
    leg = world.call.leg(one.tapped)
    assert one.barged == (one.mode == "barge")
    assert not one.barged or not one.tap
    assert not one.whispering or one.mode == "whisper"
    assert bool(one.tapped) == bool(one.tap)
    if one.tap:
        assert leg is not None
        assert leg.present
        assert leg.aside not in {"hold", "wait"}, "who waits is listened to"
        assert not one.whispering or leg.role == "interpreter", "whispers to somebody else"
        assert (taps[one.tap].of, taps[one.tap].whisper) == (one.tapped, one.whispering)
    if not one.barged:
        here = world.call.present("interpreter")
        assert one.tapped or not [other for other in here if not other.dismissed], "she hears nobody"
