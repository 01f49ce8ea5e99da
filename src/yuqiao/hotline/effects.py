"""What the rules ask for: things to do in the engine, and things to settle in the database within one transaction."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class MakeBridge:
    """Make the call's bridge; its id is the call's id."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer an inbound leg; ``language`` is told to who offered some (RFC 8373)."""

    leg: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Ring:
    """Place a leg to ``contact`` (SIP URI), ringing ``timeout`` seconds, near leg ``beside`` in the mixer."""

    leg: str
    contact: str
    beside: str
    caller_id: str
    timeout: float


@dataclass(frozen=True, slots=True)
class Join:
    """Put a leg into the call's bridge."""

    leg: str


@dataclass(frozen=True, slots=True)
class SetAside:
    """Take a leg out of the call's bridge: it hears nobody and is heard by nobody."""

    leg: str


@dataclass(frozen=True, slots=True)
class MakeAside:
    """Make the call's second bridge, for a private consultation."""


@dataclass(frozen=True, slots=True)
class JoinAside:
    """Put a leg into the call's second bridge."""

    leg: str


@dataclass(frozen=True, slots=True)
class EndAside:
    """Take the call's second bridge away."""


@dataclass(frozen=True, slots=True)
class Mute:
    """Let nobody hear what a leg says, or (``muted`` false) hear it again."""

    leg: str
    muted: bool


@dataclass(frozen=True, slots=True)
class Overhear:
    """Put ``leg`` (a supervisor's) into a bridge of its own, where it hears what leg ``of`` says and is sent.

    ``tap`` is the channel that carries it, ``was`` the one before; each may be empty. ``whisper``: ``of`` hears it.
    """

    leg: str
    of: str
    tap: str
    was: str
    whisper: bool


@dataclass(frozen=True, slots=True)
class EndOverhearing:
    """End what `Overhear` made; the leg stays on the line. ``for_now``: its bridge is kept for the next time."""

    leg: str
    tap: str
    for_now: bool = False


@dataclass(frozen=True, slots=True)
class Play:
    """Play media one after the other to one leg alone."""

    playback: str
    leg: str
    media: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StopPlaying:
    """Stop a prompt on ``leg``."""

    playback: str
    leg: str


@dataclass(frozen=True, slots=True)
class Record:
    """Record what ``leg`` says, or the mix if ``leg`` is empty."""

    name: str
    leg: str


@dataclass(frozen=True, slots=True)
class StopRecording:
    """Close a recording; ``leg`` as in `Record`."""

    name: str
    leg: str


@dataclass(frozen=True, slots=True)
class HangUp:
    """End a leg."""

    leg: str
    cause: int = 16


@dataclass(frozen=True, slots=True)
class EndBridge:
    """Take the call's bridge away."""


EngineEffect = (
    MakeBridge
    | Answer
    | Ring
    | Join
    | SetAside
    | MakeAside
    | JoinAside
    | EndAside
    | Mute
    | Overhear
    | EndOverhearing
    | Play
    | StopPlaying
    | Record
    | StopRecording
    | HangUp
    | EndBridge
)


@dataclass(frozen=True, slots=True)
class Note:
    """Something happened that the call's history shows. ``data`` holds ids, codes and counts, nothing personal."""

    kind: str
    at: float
    leg: str = ""
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Seek:
    """Claim interpreters for a request; comes back as InterpretersClaimed, MustWait or NobodyThere.

    Asked while phones ring for it too: whoever is claimed then is rung beside them.
    """

    request: str


@dataclass(frozen=True, slots=True)
class Engage:
    """This one of the claimed interpreters talks."""

    request: str
    interpreter: int


@dataclass(frozen=True, slots=True)
class Release:
    """An interpreter held by a request (None: everybody it holds) is free again. ``to``: ready, wrap_up or off."""

    request: str
    to: str
    interpreter: int | None = None


@dataclass(frozen=True, slots=True)
class FindParty:
    """Look up the line with this number; comes back as PartyFound or PartyUnknown."""

    number: str
    command: int | None = None


@dataclass(frozen=True, slots=True)
class FindManager:
    """Look up the floor manager on duty; comes back as PartyFound or PartyUnknown.

    ``asked_by``: the leg that wants to speak apart from the others; empty: into the call.
    """

    asked_by: str = ""
    command: int | None = None


@dataclass(frozen=True, slots=True)
class OpenIncident:
    """Somebody calls for help: an incident with a clock (S141 i, j), opened by an interpreter or by a command."""

    interpreter: int | None = None
    command: int | None = None


@dataclass(frozen=True, slots=True)
class Journal:
    """An interpreter did something by the keys of her phone: it enters the journal under her name."""

    interpreter: int
    action: str
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class JournalOf:
    """A person did something by the keys of a phone: it enters the journal under that person's name."""

    person: int
    action: str
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class JournalFault:
    """Something went wrong with us, or was mended: it enters the journal, under nobody's name."""

    action: str
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OpenCallback:
    """The caller is to be called back."""


@dataclass(frozen=True, slots=True)
class CallerServed:
    """Caller and interpreter hear each other since ``at``: whatever callback the caller was owed is done."""

    at: float


@dataclass(frozen=True, slots=True)
class NoMoreCalls:
    """The person who is called wishes that no list calls this number again."""


@dataclass(frozen=True, slots=True)
class EndAttempt:
    """A call that we began is over; unless it served the person, another attempt follows or it is given up."""


@dataclass(frozen=True, slots=True)
class Rated:
    """The caller rated the call by key, 1 (bad) to 5 (good), ``at`` this moment."""

    score: int
    at: float


@dataclass(frozen=True, slots=True)
class InviteToRate:
    """A served caller left without rating: a link may be sent, where policy and consent allow."""


@dataclass(frozen=True, slots=True)
class FinishCommand:
    """Somebody's command was carried out, or was not (``error`` says why)."""

    command: int
    error: str = ""


@dataclass(frozen=True, slots=True)
class RecordingAlarm:
    """Recordings cannot be written, or can be again (``works``)."""

    works: bool


@dataclass(frozen=True, slots=True)
class KeepPause:
    """The recording is paused, or goes on: that stands in the database before the engine acts, so that no other call
    server ever records what it must not, or leaves out what it need not."""


@dataclass(frozen=True, slots=True)
class FinishRecordings:
    """The call is over: make its finished tracks in the background."""


@dataclass(frozen=True, slots=True)
class DiscardRecordings:
    """The caller refused to be recorded, and no file is written any more: throw them away in the background."""


RowEffect = (
    Note
    | Seek
    | Engage
    | Release
    | FindParty
    | FindManager
    | OpenIncident
    | Journal
    | JournalOf
    | JournalFault
    | OpenCallback
    | CallerServed
    | NoMoreCalls
    | EndAttempt
    | Rated
    | InviteToRate
    | FinishCommand
    | KeepPause
    | RecordingAlarm
    | FinishRecordings
    | DiscardRecordings
)
Effect = EngineEffect | RowEffect

#: Effects whose rows must stand in the database before the engine acts, or which it answers; everything else may be
#: written a moment later, together with what happens meanwhile.
URGENT = (Ring, Record, Seek, FindParty, FindManager, OpenIncident, KeepPause)
