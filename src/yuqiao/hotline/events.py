"""What happens to a call besides what its engine tells: answers of the database, wishes of people, time."""

from __future__ import annotations

from dataclasses import dataclass

from yuqiao.engines.events import EngineEvent


@dataclass(frozen=True, slots=True)
class InterpreterClaimed:
    """An interpreter is held for the request; she can be rung at ``contact``."""

    request: str
    interpreter: int
    number: str
    contact: str
    at: float


@dataclass(frozen=True, slots=True)
class MustWait:
    """Nobody is free now, but somebody on duty who was not tried may become so."""

    request: str
    at: float


@dataclass(frozen=True, slots=True)
class NobodyThere:
    """Nobody of the language is on duty, or all were tried."""

    request: str
    at: float


@dataclass(frozen=True, slots=True)
class TryAgain:
    """An interpreter may have become free for the call's waiting request."""

    at: float


@dataclass(frozen=True, slots=True)
class PartyFound:
    """The line somebody wants to add can be rung at ``contact``; ``label`` is its number."""

    label: str
    contact: str
    at: float
    command: int | None = None


@dataclass(frozen=True, slots=True)
class PartyUnknown:
    """No line of that number can be rung."""

    label: str
    at: float
    command: int | None = None


@dataclass(frozen=True, slots=True)
class AddPartyAsked:
    """Somebody asks to add a line by its number, or anybody by a SIP URI."""

    command: int
    number: str
    contact: str
    at: float


@dataclass(frozen=True, slots=True)
class DropLegAsked:
    """Somebody asks to take one party off the call."""

    command: int
    leg: str
    at: float


@dataclass(frozen=True, slots=True)
class EndAsked:
    """Somebody asks to end the call."""

    command: int
    at: float


@dataclass(frozen=True, slots=True)
class TimeCame:
    """The clock passed the call's next deadline."""

    at: float


DeskEvent = AddPartyAsked | DropLegAsked | EndAsked
RowAnswer = InterpreterClaimed | MustWait | NobodyThere | PartyFound | PartyUnknown
Event = EngineEvent | RowAnswer | DeskEvent | TryAgain | TimeCame
