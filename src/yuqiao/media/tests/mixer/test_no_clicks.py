"""Nobody hears a click when somebody comes, leaves, is muted or is made louder: what is heard never steps."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from yuqiao.lib.g711 import LINEAR_TO_ALAW
from yuqiao.media.conference import RAMP, Conferences
from yuqiao.media.loudness import KNEE, LOUDEST, REACH, SOFT, SOFT_TO_ALAW, Volume, soften
from yuqiao.media.rtp import FRAME

LEGS = 6
LEVEL = 8000  # everybody says a constant: whatever is no step for that is none for speech


class Room:
    """Conferences in which each leg says a level of its own, and what each has heard so far."""

    def __init__(self) -> None:
        self.conferences = Conferences()
        self.voices = np.repeat((LEVEL + 100 * np.arange(LEGS)).astype(np.int16)[:, None], FRAME, axis=1)
        self.heard: list[NDArray[np.int32]] = []
        self.mixes: list[dict[str, NDArray[np.int32]]] = []

    def tick(self, count: int = 1) -> None:
        for _ in range(count):
            heard = np.zeros((LEGS, FRAME), dtype=np.int32)
            sums = self.conferences.mix(self.voices, {}, heard)
            self.heard.append(heard)
            self.mixes.append(
                {name: sums[self.conferences.index(name)] for name in ("a", "b") if name in self.conferences}
            )

    @property
    def steps(self) -> NDArray[np.int64]:
        """The largest step each leg heard."""
        sound = np.concatenate(self.heard, axis=1)
        steps: NDArray[np.int64] = np.abs(np.diff(sound, axis=1)).max(axis=1)
        return steps


def expected(conferences: dict[str, list[int]], muted: set[int], levels: NDArray[np.int16]) -> list[int]:
    """What each leg hears once all is quiet."""
    heard = [0] * LEGS
    for members in conferences.values():
        for row in members:
            heard[row] = sum(int(levels[other]) for other in members if other != row and other not in muted)
    return heard


CHANGES: dict[str, Callable[[Room], None]] = {
    "a third joins": lambda room: room.conferences.join(2, "a"),
    "one leaves": lambda room: room.conferences.leave(1),
    "one is muted": lambda room: room.conferences.mute(1, muted=True),
    "one goes over to others": lambda room: room.conferences.join(1, "b"),
    "one hangs up": lambda room: room.conferences.forget(1, room.voices[1].copy()),
}


@pytest.mark.parametrize("change", CHANGES)
def test_no_click_at_joins_leaves_and_mutes(change: str) -> None:
    room = Room()
    for row, name in ((0, "a"), (1, "a"), (3, "b"), (4, "b")):
        room.conferences.join(row, name)
    room.tick(3)
    CHANGES[change](room)
    if change == "one hangs up":
        room.voices[1] = 0  # its row is empty, or another's
    room.tick(3)
    there = [row for row in range(LEGS) if change != "one hangs up" or row != 1]
    assert room.steps[there].max() <= 2 * (LEVEL + 500) / RAMP
    mix = np.concatenate([one["a"] for one in room.mixes])
    assert np.abs(np.diff(mix)).max() <= 2 * (LEVEL + 500) / RAMP
    assert (np.abs(room.heard[3][:, RAMP:] - room.heard[4][:, RAMP:]) == 0).all()  # after 5 ms it is as it will be


def test_a_new_leg_in_the_row_of_one_that_hung_up_hears_nothing_of_its_talk() -> None:
    room = Room()
    room.conferences.join(0, "a")
    room.conferences.join(1, "a")
    room.tick(2)
    room.conferences.forget(1, room.voices[1].copy())
    room.conferences.join(1, "b")
    room.tick(2)
    assert not room.heard[2][1].any()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["join a", "join b", "leave", "mute", "unmute", "tick"]), st.integers(0, LEGS - 1)),
        max_size=40,
    )
)
def test_whatever_happens_each_hears_exactly_the_others_and_no_clicks(story: list[tuple[str, int]]) -> None:
    room = Room()
    members: dict[str, list[int]] = {"a": [], "b": []}
    muted: set[int] = set()
    room.tick()
    for what, row in story:
        match what.split():
            case ["join", name]:
                room.conferences.join(row, name)
                for rows in members.values():
                    if row in rows:
                        rows.remove(row)
                members[name].append(row)
            case ["leave"]:
                room.conferences.leave(row)
                for rows in members.values():
                    if row in rows:
                        rows.remove(row)
            case ["tick"]:
                room.tick()
            case [mute]:
                room.conferences.mute(row, muted=mute == "mute")
                (muted.add if mute == "mute" else muted.discard)(row)
    room.tick(2)
    assert room.heard[-1][:, -1].tolist() == expected(members, muted, room.voices[:, 0])
    assert room.steps.max() <= (LEGS - 1) * (LEVEL + 500) / RAMP + 1


def test_a_gain_rises_over_a_frame_and_stays() -> None:
    volume = Volume()
    volume.set(1, 2.0)
    frames = np.full((3, FRAME), 1000, dtype=np.int32)
    volume.apply(frames)
    assert (frames[[0, 2]] == 1000).all()
    assert (np.diff(frames[1]) <= 1000 / FRAME + 1).all()
    assert frames[1, -1] == 2000
    frames = np.full((3, FRAME), 1000, dtype=np.int32)
    volume.apply(frames)
    assert (frames[1] == 2000).all()
    volume.set(1, 1.0)
    volume.apply(frames)
    assert not volume
    volume.set(0, 3.0)
    volume.forget(0)
    assert not volume


def test_the_limiter_changes_nothing_below_its_knee_and_rounds_off_above() -> None:
    level = np.arange(-REACH, REACH)
    assert np.array_equal(SOFT[np.abs(level) <= KNEE], level[np.abs(level) <= KNEE])
    assert (np.diff(SOFT.astype(int)) >= 0).all()
    assert np.abs(SOFT.astype(int)).max() <= LOUDEST
    assert np.array_equal(SOFT[1:], -SOFT[1:][::-1])
    assert (soften(np.array([[10 * REACH, -10 * REACH, 5]], dtype=np.int32)) == [[LOUDEST, -LOUDEST, 5]]).all()
    assert np.array_equal(SOFT_TO_ALAW[REACH - KNEE : REACH + KNEE], LINEAR_TO_ALAW[32768 - KNEE : 32768 + KNEE])
