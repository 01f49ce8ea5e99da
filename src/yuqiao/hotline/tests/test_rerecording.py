"""Recordings that fail, as on a full disk: tried again at once and then ever later, with an alarm until one lasts."""

from __future__ import annotations

from yuqiao.engines import events as engine
from yuqiao.hotline import effects as ask
from yuqiao.hotline.rerecording import AT_ONCE, FIRST, LONGEST, PROOF, QUICK, failures
from yuqiao.hotline.state import Phase, TrackOf, TrackPhase
from yuqiao.hotline.tests.test_during_call import three
from yuqiao.hotline.tests.test_ways_in import recorded
from yuqiao.hotline.tests.world import World


def running(world: World) -> list[str]:
    return [track.name for track in world.call.tracks if track.phase is not TrackPhase.OVER]


def all_fail(world: World) -> list[ask.Effect]:
    return world.tell(*(engine.RecordingEnded(name, 0, world.now, done=False) for name in running(world)))


def all_begin(world: World) -> None:
    world.tell(*(engine.RecordingBegan(name, world.now) for name in running(world)))


def alarms(effects: list[ask.Effect]) -> list[bool]:
    return [effect.works for effect in effects if isinstance(effect, ask.RecordingAlarm)]


def test_one_failure_is_followed_by_another_attempt_at_once_and_no_alarm() -> None:
    world = three()
    all_begin(world)
    world.later(30)
    effects = all_fail(world)
    assert len(set(recorded(effects))) == 4
    assert alarms(world.done) == []


def test_a_full_disk_raises_an_alarm_and_is_tried_at_growing_intervals_until_it_works() -> None:
    world = three()
    all_begin(world)
    for _ in range(AT_ONCE):
        effects = all_fail(world)
    assert recorded(effects) == [], "not for ever at once"
    assert alarms(effects) == [False]
    assert world.kinds().count("recording_lost") == 1
    assert world.phase() is Phase.TALKING, "the call goes on"
    waited = []
    for _ in range(6):
        began = world.now
        while not running(world):
            world.later(1)
        waited.append(world.now - began)
        assert len(running(world)) == 4, "all of them together"
        all_fail(world)
    assert waited == [FIRST, 2 * FIRST, 4 * FIRST, 8 * FIRST, LONGEST, LONGEST]
    while not running(world):
        world.later(1)
    all_begin(world)
    mark = len(world.done)
    world.later(PROOF)
    assert alarms(world.done[mark:]) == [True]
    assert world.kinds().count("recording_back") == 1
    world.later(600)
    assert world.kinds().count("recording_back") == 1


def test_one_that_begins_and_fails_again_is_not_back() -> None:
    world = three()
    for _ in range(AT_ONCE):
        all_begin(world)
        all_fail(world)
    world.later(FIRST)
    all_begin(world)
    world.later(1)
    all_fail(world)
    world.later(PROOF)
    assert alarms(world.done) == [False, False], "said at each pause, and no word that it works"
    assert world.kinds().count("recording_lost") == 1
    assert "recording_back" not in world.kinds()


def test_nothing_is_tried_while_paused_or_when_the_call_is_over() -> None:
    world = three()
    for _ in range(AT_ONCE):
        all_fail(world)
    mark = len(world.done)
    world.gone(world.leg("caller"))
    world.later(120)
    assert recorded(world.done[mark:]) == []


def test_failures_in_a_row() -> None:
    good = TrackOf("a", "x", 0.0, TrackPhase.OVER, over_at=5.0)
    quick = TrackOf("b", "x", 100.0, TrackPhase.OVER, failed=True, over_at=101.0)
    long = TrackOf("c", "x", 200.0, TrackPhase.OVER, failed=True, over_at=200.0 + QUICK)
    assert failures([]) == failures([quick, good]) == failures([quick, long]) == 0
    assert failures([good, quick, quick]) == failures([long, quick, quick]) == 2
