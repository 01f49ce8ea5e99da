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
        """Lay the rows out for `mix`: the largest conference first, so that all first members are added at once,
        then all second members of those that have one, and so on."""
        conferences = sorted(self._members.items(), key=lambda each: -len(each[1]))
        sizes = [len(rows) for _, rows in conferences]
        self._columns = [
            np.array([rows[place] for _, rows in conferences if len(rows) > place], dtype=np.int64)
            for place in range(max(sizes, default=0))
        ]
        self._order = np.array([row for _, rows in conferences for row in rows], dtype=np.int64)
        self._group = np.repeat(np.arange(len(sizes)), sizes)
        self._silent = np.array(sorted(self._muted), dtype=np.int64)
        self._index = {conference: index for index, (conference, _) in enumerate(conferences)}

    def mix(self, voices: Samples, prompts: Mapping[str, Sums], heard: Sums) -> Sums:
        """Put into ``heard[row]`` what each leg in a conference hears: the others' ``voices`` and its prompt.

        Frames are ``(legs, 160)``; prompts are one frame for each conference that has one. Returns one frame for each
        conference, in the order of `index`: all voices and the prompt.
        """
        if not self._members:
            return np.zeros((0, FRAME), dtype=np.int32)
        spoken: Sums = voices.astype(np.int32)
        if self._silent.size:
            spoken[self._silent] = 0
        sums: Sums = spoken[self._columns[0]]
        for column in self._columns[1:]:
            sums[: len(column)] += spoken[column]
        for conference, prompt in prompts.items():
            if conference in self._index:
                sums[self._index[conference]] += prompt
        others = sums[self._group]
        others -= spoken[self._order]
        heard[self._order] = others
        return sums

    def index(self, conference: str) -> int:
        """Return the row of ``conference`` in what `mix` returns; KeyError when there is none."""
        return self._index[conference]
