"""Who hears whom: legs in conferences, summed all at once, each without its own voice. No I/O.

Nothing clicks: in the frame after somebody came, left or was muted, what each hears leads over from how it would have
been before to how it is now.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from yuqiao.lib.g711 import Samples
from yuqiao.media.in_step import SeatingTable, compiled
from yuqiao.media.rtp import FRAME

Sums = NDArray[np.int32]

RAMP: Final = 40  # samples, 5 ms
_IN = (np.arange(RAMP) + 0.5) / RAMP
_OUT = 1 - _IN


class Seating:
    """One arrangement of legs (by row) in conferences, laid out for adding up: ``order`` are the rows, conference after
    conference."""

    def __init__(self, members: Mapping[str, list[int]], muted: set[int]) -> None:
        self.index = {conference: index for index, conference in enumerate(members)}
        self.order = np.array([row for rows in members.values() for row in rows], dtype=np.int64)
        silent = np.zeros(self.order.max(initial=-1) + 1, dtype=np.uint8)
        silent[[row for row in muted if row < len(silent)]] = True
        sizes = np.array([len(rows) for rows in members.values()], dtype=np.int64)
        self.table = SeatingTable().give(order=self.order, sizes=sizes, silent=silent)
        self.table.conferences = len(sizes)

    def mix(self, voices: Samples, prompts: Mapping[str, Sums], heard: Sums) -> Sums:
        """Put into ``heard[row]`` what each leg hears; return the sum of each conference."""
        sums = np.zeros((len(self.index), FRAME), dtype=np.int32)
        for conference, prompt in prompts.items():
            if conference in self.index:
                sums[self.index[conference]] += prompt
        compiled().mix(self.table, voices.ctypes.data, sums.ctypes.data, heard.ctypes.data)
        return sums


class Conferences:
    """Which leg (by its row) is in which conference; a conference exists while a leg is in it."""

    def __init__(self) -> None:
        self._members: dict[str, list[int]] = {}
        self._where: dict[int, str] = {}
        self._muted: set[int] = set()
        self._seating: Seating | None = Seating({}, set())  # None: to be laid out anew
        self._before: Seating | None = None  # how it was at the last frame, if it is not so any more
        self._last_words: dict[int, Samples] = {}  # what legs that are gone would have said in the next frame

    def __len__(self) -> int:
        return len(self._members)

    def __contains__(self, conference: str) -> bool:
        return conference in self._members

    def of(self, row: int) -> str | None:
        """Return the conference of a leg."""
        return self._where.get(row)

    def size(self, conference: str) -> int:
        """Return how many legs are in ``conference``."""
        return len(self._members.get(conference, ()))

    def heard_by(self, row: int) -> list[int]:
        """Return the legs that the leg of ``row`` hears: who is in its conference and not muted."""
        members = self._members.get(self._where.get(row, ""), ())
        return [one for one in members if one != row and one not in self._muted]

    def join(self, row: int, conference: str) -> None:
        """Put a leg into ``conference``, out of its former one."""
        self._change()
        self._remove(row)
        self._members.setdefault(conference, []).append(row)
        self._where[row] = conference

    def leave(self, row: int) -> None:
        """Take a leg out of its conference, if it is in one."""
        self._change()
        self._remove(row)

    def mute(self, row: int, *, muted: bool) -> None:
        """Let nobody hear a leg, or everybody again."""
        self._change()
        (self._muted.add if muted else self._muted.discard)(row)

    def forget(self, row: int, last_words: Samples) -> None:
        """The leg is gone: out of its conference, and its row begins unmuted. ``last_words`` is the frame it would have
        said next."""
        self.leave(row)
        self._muted.discard(row)
        self._last_words.setdefault(row, last_words)

    def _remove(self, row: int) -> None:
        conference = self._where.pop(row, None)
        if conference is not None:
            self._members[conference].remove(row)
            if not self._members[conference]:
                del self._members[conference]

    def _change(self) -> None:
        if self._seating is not None:
            self._before = self._before or self._seating
            self._seating = None

    @property
    def is_calm(self) -> bool:
        """All sit as they sat at the last frame."""
        return self._before is None

    @property
    def seating(self) -> Seating:
        """How all sit now."""
        return self._settle()

    def _settle(self) -> Seating:
        if self._seating is None:
            self._seating = Seating(self._members, self._muted)
        return self._seating

    def mix(self, voices: Samples, prompts: Mapping[str, Sums], heard: Sums) -> Sums:
        """Put into ``heard[row]`` what each leg in a conference hears: the others' ``voices`` and its prompt.

        Frames are ``(legs, 160)``; prompts are one frame for each conference that has one. Returns one frame for each
        conference, in the order of `index`: all voices and the prompt.
        """
        seating = self._settle()
        sums = seating.mix(voices, prompts, heard)
        if self._before is not None:
            self._lead_over(self._before, voices, prompts, heard, sums)
            self._before = None
            self._last_words.clear()
        return sums

    def _lead_over(
        self,
        before: Seating,
        voices: Samples,
        prompts: Mapping[str, Sums],
        heard: Sums,
        sums: Sums,
    ) -> None:
        """Let the first `RAMP` samples of ``heard`` and ``sums`` come from how it was before."""
        after, span = self._settle(), len(voices)
        rows = max(span, int(before.order.max(initial=-1)) + 1)
        spoken = np.zeros((rows, FRAME), dtype=np.int16)
        spoken[:span] = voices
        for row, words in self._last_words.items():
            if row < rows:
                spoken[row] = words
        past = np.zeros((rows, FRAME), dtype=np.int32)
        past_sums = before.mix(spoken, prompts, past)
        past[[row for row in self._last_words if row < rows]] = 0  # whoever has that row now has heard nothing yet
        # No np.union1d: its first use loads a part of NumPy that takes longer than a tick.
        present = [row for row in {*before.order.tolist(), *after.order.tolist()} if row < span]
        heard[present, :RAMP] = np.rint(past[present, :RAMP] * _OUT + heard[present, :RAMP] * _IN)
        for conference, index in after.index.items():
            former = before.index.get(conference)
            old = past_sums[former, :RAMP] if former is not None else 0
            sums[index, :RAMP] = np.rint(old * _OUT + sums[index, :RAMP] * _IN)

    def index(self, conference: str) -> int:
        """Return the row of ``conference`` in what `mix` returns; KeyError when there is none."""
        return self._settle().index[conference]
