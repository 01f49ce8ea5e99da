"""Pausing the recording for a sensitive part, as stories: by keys, by the desk, forgotten, handed over, taken over."""

from __future__ import annotations

import pytest

from yuqiao.engines import events as engine
from yuqiao.hotline import effects as ask
from yuqiao.hotline import events as desk
from yuqiao.hotline.beginning import Facts
from yuqiao.hotline.pausing import PATIENCE
from yuqiao.hotline.state import TrackPhase
from yuqiao.hotline.tests.test_during_call import finished, keys, three
from yuqiao.hotline.tests.test_ways_in import plays, recorded
from yuqiao.hotline.tests.world import World

TONE = "tone:beep"


def running(world: World) -> list[str]:
    return [track.name for track in world.call.tracks if track.phase is not TrackPhase.OVER]


def stopped(effects: list[ask.Effect]) -> list[str]:
    return [one.name for one in effects if isinstance(one, ask.StopRecording)]


def recording(*found: str) -> World:
    """Three talk, and every track runs."""
    world = three(*found)
    world.tell(*(engine.RecordingBegan(name, world.now) for name in running(world)))
    return world


def all_closed(world: World) -> list[ask.Effect]:
    """The engine closed every file."""
    return world.tell(*(engine.RecordingEnded(name, 1000, world.now) for name in running(world)))


def test_all_tracks_and_the_mix_stop_together_and_others_follow() -> None:
    world = recording()
    names, legs = running(world), {track.leg for track in world.call.tracks}
    assert len(names) == 4
    effects = keys(world, "*00#")
    assert sorted(stopped(effects)) == sorted(names)
    assert ask.KeepPause() in effects, "written before anything stops"
    assert TONE not in plays(effects), "she is not told before it is true"
    effects = all_closed(world)
    assert plays(effects).count(TONE) == 1
    assert recorded(effects) == []
    world.now += 30
    effects = keys(world, "*00#")
    assert set(recorded(effects)) == legs
    assert plays(effects).count(TONE) == 2
    assert [note.data for note in world.notes if note.kind == "recording_resumed"] == [
        {"by": "interpreter", "seconds": 30}
    ]
    assert any(isinstance(one, ask.Journal) and one.action == "call.resume_recording" for one in world.done)


def test_the_desk_is_answered_once_no_file_is_written() -> None:
    world = recording()
    command = next(world.commands)
    world.tell(desk.PauseRecordingAsked(command, world.now))
    assert command not in finished(world)
    all_closed(world)
    assert finished(world)[command] == ""
    again = next(world.commands)
    world.tell(desk.PauseRecordingAsked(again, world.now))
    assert finished(world)[again] == "the recording is paused already"
    end = next(world.commands)
    world.tell(desk.ResumeRecordingAsked(end, world.now))
    assert finished(world)[end] == ""
    late = next(world.commands)
    world.tell(desk.ResumeRecordingAsked(late, world.now))
    assert finished(world)[late] == "the recording is not paused"


def test_resumed_before_the_files_are_closed_recording_goes_on_with_others() -> None:
    world = recording()
    keys(world, "*00#")
    assert recorded(keys(world, "*00#")) == []
    assert len(set(recorded(all_closed(world)))) == 4


def test_who_comes_during_the_pause_is_recorded_only_after_it() -> None:
    world = recording()
    keys(world, "*00#")
    all_closed(world)
    keys(world, "*110#")
    third = world.up("third")
    assert third not in recorded(world.done)
    assert third in recorded(keys(world, "*00#"))


def test_a_recording_that_does_not_stop_is_told_again() -> None:
    world = recording()
    keys(world, "*00#")
    names = running(world)
    effects = world.later(PATIENCE)
    assert sorted(stopped(effects)) == sorted(names)
    assert "recording_not_paused" in world.kinds()
    all_closed(world)
    assert stopped(world.later(60)) == []


def test_a_pause_is_not_forgotten() -> None:
    world = recording()
    keys(world, "*00#")
    all_closed(world)
    effects = world.later(2 * world.call.timing.pause)
    assert plays(effects).count(TONE) == 2
    assert world.kinds().count("recording_pause_reminded") == 2
    keys(world, "*00#")
    assert TONE not in plays(world.later(10 * world.call.timing.pause))


def test_it_ends_by_itself_when_a_colleague_takes_over() -> None:
    world = recording("claimed")
    keys(world, "*00#")
    all_closed(world)
    keys(world, "*4#")
    world.up("interpreter")
    assert world.call.paused_at is None
    assert [note.data["by"] for note in world.notes if note.kind == "recording_resumed"] == ["handover"]
    assert len(running(world)) == 5


def test_it_ends_by_itself_when_a_lost_interpreter_is_replaced() -> None:
    world = recording("claimed")
    keys(world, "*00#")
    all_closed(world)
    world.gone(world.leg("interpreter"), 127)
    assert world.call.paused_at is not None, "nobody is on yet who could say that it is over"
    world.up("interpreter")
    assert world.call.paused_at is None


def test_another_call_server_records_nothing_of_it_and_stops_what_still_runs() -> None:
    world = recording()
    keys(world, "*00#")
    names = running(world)
    up = frozenset(leg.id for leg in world.call.legs)
    effects = world.tell(engine.EngineReviewed(world.now, up, frozenset(), up, frozenset(names[:1])))
    assert set(stopped(effects)) == set(names[:1])
    assert recorded(effects) == []
    effects = all_closed(world)
    assert TONE in plays(effects)
    assert len(set(recorded(keys(world, "*00#")))) == 4


def test_a_call_that_ends_while_paused_answers_who_asked() -> None:
    world = recording()
    command = next(world.commands)
    world.tell(desk.PauseRecordingAsked(command, world.now))
    world.gone(world.leg("caller"))
    assert finished(world)[command] == ""
    assert world.call.paused_at is not None


@pytest.mark.parametrize("record", [True, False])
def test_before_the_notice_it_can_be_paused_ahead_unless_nothing_is_recorded_at_all(record: bool) -> None:
    world = World(Facts("direct", "960169", language="en", record=record), ["claimed"])
    world.up("caller")
    command = next(world.commands)
    world.tell(desk.PauseRecordingAsked(command, world.now))
    assert finished(world)[command] == ("" if record else "this call is not recorded")
    while world.call.playing is not None and world.call.playing.name != "ring":
        world.heard()
    assert not any(isinstance(one, ask.Record) for one in world.done)
