"""Comments on moments of a recording: what one must hold, whom it concerns, who sees it and what she may do. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

LONGEST = 1000


class Kind(StrEnum):
    """What a comment is."""

    PRAISE = "praise"
    ERROR = "error"  # of interpretation
    PROCEDURE = "procedure"
    DISCUSS = "discuss"


#: What somebody is to look into; praise asks nothing of anybody.
TO_SETTLE = frozenset({Kind.ERROR, Kind.PROCEDURE, Kind.DISCUSS})


@dataclass(frozen=True, slots=True)
class Stay:
    """From when to when an interpreter was on the call, in milliseconds from its answer."""

    interpreter: int
    begin_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads. ``hears``: her roles hear recordings; ``interpreter``: which one she is, if she is one."""

    person: int
    hears: bool
    interpreter: int | None


@dataclass(frozen=True, slots=True)
class Said:
    """A comment, or an answer to one (``answer``). ``about``: the interpreter whom it concerns."""

    author: int
    about: int | None
    kind: str
    answer: bool
    withdrawn: bool
    settled: bool


def fault(kind: str, text: str, at_ms: int, until_ms: int | None, length_ms: int) -> str:
    """Return what is wrong with a comment: ``kind``, ``text``, ``moment``, or nothing."""
    if kind not in {one.value for one in Kind}:
        return "kind"
    if not 0 < len(text.strip()) <= LONGEST:
        return "text"
    end = at_ms if until_ms is None else until_ms
    within = 0 <= at_ms <= end <= length_ms and until_ms != at_ms
    return "" if within else "moment"


def concerned(stays: Sequence[Stay], at_ms: int) -> int | None:
    """Return whom a moment concerns: who was on then; else who was on last before it, or came first after it."""
    if not stays:
        return None
    on = [stay for stay in stays if stay.begin_ms <= at_ms <= stay.end_ms]
    before = [stay for stay in stays if stay.begin_ms <= at_ms]
    if on:
        return max(on, key=lambda stay: stay.begin_ms).interpreter
    if before:
        return max(before, key=lambda stay: stay.end_ms).interpreter
    return min(stays, key=lambda stay: stay.begin_ms).interpreter


def is_her_own(reader: Reader, said: Said) -> bool:
    """Tell whether the comment concerns the reader herself."""
    return reader.interpreter is not None and said.about == reader.interpreter


def sees(reader: Reader, said: Said) -> bool:
    """Who hears recordings sees all comments, an interpreter those that concern her; nobody what was withdrawn."""
    return not said.withdrawn and (reader.hears or is_her_own(reader, said))


def may_answer(reader: Reader, said: Said) -> bool:
    """Whoever sees a comment may answer it until it is settled; an answer has no answers."""
    return sees(reader, said) and not said.answer and not said.settled


def may_withdraw(reader: Reader, said: Said) -> bool:
    """Only one's own, and not what was settled meanwhile."""
    return sees(reader, said) and said.author == reader.person and not said.settled


def may_settle(reader: Reader, said: Said) -> bool:
    """Who hears recordings, but nobody in her own case."""
    asks = said.kind in TO_SETTLE and not said.answer and not said.settled
    return sees(reader, said) and reader.hears and asks and not is_her_own(reader, said)
