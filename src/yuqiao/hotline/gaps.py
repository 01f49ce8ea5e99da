"""Where a recording lacks something that was said, and why: paused on purpose, or lost. Pure.

Players and quality checks are told, so that nobody takes such a silence for a party who says nothing. Times are in
milliseconds from the call's answer, as the tracks themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

PAUSED, LOST = "paused", "lost"
#: A shorter gap between two files is the ordinary time it takes to begin one.
SHORTEST_MS = 200


@dataclass(frozen=True, slots=True)
class Gap:
    """From when to when a recording holds nothing, and why (`PAUSED` or `LOST`)."""

    begin_ms: int
    end_ms: int
    why: str

    def within(self, other: Gap) -> bool:
        """Whether the other one explains it all."""
        return other.begin_ms <= self.begin_ms and self.end_ms <= other.end_ms


@dataclass(frozen=True, slots=True)
class Piece:
    """A recorded file: where it begins, how much sound is in it, and whether it ended because it failed."""

    begin_ms: int
    length_ms: int
    failed: bool

    @property
    def end_ms(self) -> int:
        return self.begin_ms + self.length_ms


def paused(history: Iterable[tuple[str, int]], length_ms: int) -> list[Gap]:
    """Return the pauses of a call of ``length_ms``; ``history``: kinds and times of its events, in order."""
    found: list[Gap] = []
    since: int | None = None
    for kind, at in history:
        if kind == "recording_paused" and since is None:
            since = at
        elif kind == "recording_resumed" and since is not None:
            found.append(Gap(since, min(at, length_ms), PAUSED))
            since = None
    if since is not None:
        found.append(Gap(since, length_ms, PAUSED))
    return [gap for gap in found if gap.begin_ms < gap.end_ms]


def lost(pieces: Sequence[Piece], until_ms: int, explained: Sequence[Gap] = ()) -> list[Gap]:
    """Return what is lacking of one party, who was on until ``until_ms``: from where a file failed to the next one that
    holds anything. What a pause ``explained`` is not lost."""
    found: list[Gap] = []
    for piece in sorted(pieces, key=lambda one: one.begin_ms):
        later = [one.begin_ms for one in pieces if one.length_ms and one.begin_ms >= piece.end_ms and one is not piece]
        gap = Gap(piece.end_ms, min([*later, until_ms]), LOST)
        long_enough = gap.end_ms - gap.begin_ms >= SHORTEST_MS
        known = any(gap.within(other) for other in (*explained, *found))
        if piece.failed and long_enough and not known:
            found.append(gap)
    return found


def shown(gaps: Iterable[Gap]) -> str:
    """Return gaps as a comment within a file: ``paused 12.300-45.100 s; lost 60.000-61.500 s``."""
    return "; ".join(f"{gap.why} {gap.begin_ms / 1000:.3f}-{gap.end_ms / 1000:.3f} s" for gap in gaps)
