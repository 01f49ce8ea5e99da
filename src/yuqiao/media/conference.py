"""Who hears whom: legs in conferences, summed all at once, each without its own voice. No I/O."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from yuqiao.lib.g711 import Samples
from yuqiao.media.rtp import FRAME

Sums = NDArray[np.int32]


class Conferences:
    """Which leg (by its row) is in which conference; a conference exists while a leg is in it."""

    def __init__(self) -> None:
        self._members: dict[str, list[int]] = {}
        self._where: dict[int, str] = {}
        self._muted: set[int] = set()
        self._arrange()

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

    def join(self, row: int, conference: str) -> None:
        """Put a leg into ``conference``, out of its former one."""
        self._remove(row)
        self._members.setdefault(conference, []).append(row)
        self._where[row] = conference
        self._arrange()

    def leave(self, row: int) -> None:
        """Take a leg out of its conference, if it is in one."""
        self._remove(row)
        self._arrange()

    def mute(self, row: int, *, muted: bool) -> None:
        """Let nobody hear a leg, or everybody again."""
        (self._muted.add if muted else self._muted.discard)(row)
        self._arrange()

    def forget(self, row: int) -> None:
        """The leg is gone: out of its conference, and its row begins unmuted."""
        self._muted.discard(row)
        self.leave(row)

    def _remove(self, row: int) -> None:
        conference = self._where.pop(row, None)
        if conference is not None:
            self._members[conference].remove(row)
            if not self._members[conference]:
                del self._members[conference]

    def _arrange(self) -> None:
        """Lay the rows out conference by conference, so that one reduceat sums them all."""
        sizes = [len(rows) for rows in self._members.values()]
        self._order = np.array([row for rows in self._members.values() for row in rows], dtype=np.int64)
        self._starts = np.cumsum([0, *sizes[:-1]], dtype=np.int64)
        self._group = np.repeat(np.arange(len(sizes)), sizes)
        self._silent = np.array([at for at, row in enumerate(self._order) if int(row) in self._muted], dtype=np.int64)
        self._index = {conference: index for index, conference in enumerate(self._members)}

    def mix(self, voices: Samples, prompts: Mapping[str, Sums], heard: Sums) -> Sums:
        """Add to ``heard[row]`` what each leg hears: the others' ``voices[row]`` and its conference's prompt.

        Frames are ``(legs, 160)``; prompts are one frame for each conference that has one. Returns one frame for each
        conference, in the order of `index`: all voices and the prompt.
        """
        if not self._members:
            return np.zeros((0, FRAME), dtype=np.int32)
        spoken: Sums = voices[self._order].astype(np.int32)
        if self._silent.size:
            spoken[self._silent] = 0
        sums: Sums = np.add.reduceat(spoken, self._starts, axis=0)
        for conference, prompt in prompts.items():
            if conference in self._index:
                sums[self._index[conference]] += prompt
        heard[self._order] += sums[self._group] - spoken
        return sums

    def index(self, conference: str) -> int:
        """Return the row of ``conference`` in what `mix` returns; KeyError when there is none."""
        return self._index[conference]
