"""What happens to a call besides what its engine tells: answers of the database, wishes of people, time."""

from __future__ import annotations

from dataclasses import dataclass

from yuqiao.engines.events import EngineEvent


@dataclass(frozen=True, slots=True)
class Chosen:
    """An interpreter who is held for a request and can be rung at ``contact`` (SIP URI); ``number`` is hers.

    ``confirm``: she must press 1 before she is joined, so that no voicemail ever "answers". ``tier``: hers now.
    """

    interpreter: int
    number: str
    contact: str
    confirm: bool = False
    tier: str = ""


@dataclass(frozen=True, slots=True)
class InterpretersClaimed:
    """These are held for the request, to be rung at once, beside whoever rings for it already.

    ``look_again_at`` (UNIX seconds): when the answer may become another one, so that the call asks again, even while
    phones ring.
    """

    request: str
    chosen: tuple[Chosen, ...]
    at: float
    look_again_at: float | None = None


@dataclass(frozen=True, slots=True)
class MustWait:
    """Nobody (nobody more) is free now, but somebody on duty who was not tried may become so.

    ``called_away``: somebody who merely rings for a less urgent call was called for.
    """

    request: str
    at: float
    look_again_at: float | None = None
    called_away: bool = False


@dataclass(frozen=True, slots=True)
class NobodyThere:
    """Nobody can be rung: ``reason`` is "tried" (all were), "off_hours" (of the language) or "none" (holds it)."""

    request: str
    at: float
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TryAgain:
    """An interpreter may have become free for the call's waiting request."""

    at: float


@dataclass(frozen=True, slots=True)
class PartyFound:
    """The line somebody wants to add can be rung at ``contact``; ``label`` is its number.

    ``asked_by`` is the leg that wants to speak with it apart from the others, empty otherwise.
    """

    label: str
    contact: str
    at: float
    command: int | None = None
    asked_by: str = ""


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
class Preempted:
    """A more urgent request calls for an interpreter who merely rings for this one."""

    command: int
    request: str
    interpreter: int
    at: float


@dataclass(frozen=True, slots=True)
class LongerWait:
    """An emergency of the city began: callers may wait ``wait`` seconds for an interpreter from now on."""

    command: int
    wait: float
    at: float


@dataclass(frozen=True, slots=True)
class LanguageAsked:
    """Somebody on the desk says which language the caller speaks, at the beginning or because it is another one."""

    command: int
    language: str
    at: float


@dataclass(frozen=True, slots=True)
class RefusalAsked:
    """Somebody on the desk says that the caller does not want to be recorded."""

    command: int
    at: float


@dataclass(frozen=True, slots=True)
class PauseRecordingAsked:
    """Somebody on the desk says that a sensitive part begins, which is not to be recorded."""

    command: int
    at: float


@dataclass(frozen=True, slots=True)
class ResumeRecordingAsked:
    """Somebody on the desk says that the sensitive part is over."""

    command: int
    at: float


@dataclass(frozen=True, slots=True)
class ExcludedAsked:
    """Somebody on the desk says that the call is about a ``matter`` (`registry.Exclusion`) that the line excludes."""

    command: int
    matter: str
    at: float


@dataclass(frozen=True, slots=True)
class LanguageSuggested:
    """A speech engine thinks that the caller speaks ``language`` ("": it cannot tell), with this confidence (0..1)."""

    language: str
    confidence: float
    model: str
    at: float


@dataclass(frozen=True, slots=True)
class HoldAsked:
    """Somebody asks to let one party wait."""

    command: int
    leg: str
    at: float


@dataclass(frozen=True, slots=True)
class ResumeAsked:
    """Somebody asks to bring a waiting party back."""

    command: int
    leg: str
    at: float


@dataclass(frozen=True, slots=True)
class ConsultAsked:
    """Somebody asks that interpreter ``asker`` (a leg; empty: who interprets) speaks apart with ``partner``.

    ``partner`` is a leg; empty: the floor manager on duty.
    """

    command: int
    asker: str
    partner: str
    at: float


@dataclass(frozen=True, slots=True)
class MergeAsked:
    """Somebody asks to end the consultation."""

    command: int
    at: float


@dataclass(frozen=True, slots=True)
class HandOverAsked:
    """Somebody asks for a colleague in the place of interpreter ``asker`` (a leg; empty: who interprets)."""

    command: int
    asker: str
    at: float


@dataclass(frozen=True, slots=True)
class AnotherAsked:
    """Somebody asks for another interpreter: of at least ``level``, of a ``domain``, of a ``gender`` (empty: any)."""

    command: int
    level: int
    domain: str
    gender: str
    at: float


@dataclass(frozen=True, slots=True)
class RerouteAsked:
    """The floor wants a waiting request sought anew, offered to ``interpreter`` (0: to nobody in particular) first."""

    command: int
    interpreter: int
    at: float


@dataclass(frozen=True, slots=True)
class EscalateAsked:
    """Somebody calls the floor manager in."""

    command: int
    at: float


@dataclass(frozen=True, slots=True)
class CallManagerAsked:
    """The ladder of an incident wants the floor manager in the call."""

    command: int
    at: float


@dataclass(frozen=True, slots=True)
class AnnounceAsked:
    """Somebody asks to have ``prompt`` (`announcements.ANNOUNCEMENTS`) said to ``leg``; empty: to everybody."""

    command: int
    prompt: str
    leg: str
    at: float


@dataclass(frozen=True, slots=True)
class MuteAsked:
    """Somebody asks that nobody hears one party, or (``muted`` false) that it is heard again."""

    command: int
    leg: str
    muted: bool
    at: float


@dataclass(frozen=True, slots=True)
class MonitorAsked:
    """Supervisor ``person`` (a row) asks to listen, whisper or join in (`monitors.MODES`), on the phone ``contact``.

    ``confirm``: a key is to be pressed on it first; ``announced``: the others hear a tone when she joins in.
    """

    command: int
    person: int
    contact: str
    mode: str
    purpose: str
    confirm: bool
    announced: bool
    at: float


@dataclass(frozen=True, slots=True)
class MonitorEndAsked:
    """Supervisor ``person`` (a row) wants to listen no more."""

    command: int
    person: int
    at: float


@dataclass(frozen=True, slots=True)
class TimeCame:
    """The clock passed the call's next deadline."""

    at: float


DeskEvent = (
    AddPartyAsked
    | DropLegAsked
    | EndAsked
    | HoldAsked
    | ResumeAsked
    | ConsultAsked
    | MergeAsked
    | HandOverAsked
    | AnotherAsked
    | RerouteAsked
    | EscalateAsked
    | CallManagerAsked
    | Preempted
    | LongerWait
    | LanguageAsked
    | RefusalAsked
    | PauseRecordingAsked
    | ResumeRecordingAsked
    | ExcludedAsked
    | AnnounceAsked
    | MuteAsked
    | MonitorAsked
    | MonitorEndAsked
)
RowAnswer = InterpretersClaimed | MustWait | NobodyThere | PartyFound | PartyUnknown
Event = EngineEvent | RowAnswer | DeskEvent | LanguageSuggested | TryAgain | TimeCame
