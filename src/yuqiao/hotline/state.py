"""The state of one call as the rules see it: frozen, comparable, and a JSON snapshot from which another server goes on.

Times are UNIX seconds. Rows are derived from the difference of two states, so that rows and snapshot never disagree.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, TypeVar

from yuqiao.hotline.monitors import MonitorState


class Phase(StrEnum):
    """Where a call is, as supervisors see it."""

    ARRIVING = "arriving"  # not answered yet
    CHOOSING = "choosing"  # language not known yet
    SEEKING = "seeking"  # the first interpreter is sought
    CALLING_BACK = "calling_back"  # an interpreter is on, and rings with us the caller of a missed call
    TALKING = "talking"  # an interpreter is on
    REPLACING = "replacing"  # the interpreter was lost, another is sought, the others keep talking
    UNASSISTED = "unassisted"  # nobody was found, but the others keep talking
    CLOSING = "closing"  # last words, or hanging up
    ENDED = "ended"


class LegPhase(StrEnum):
    """Where one attempt to reach somebody is."""

    RINGING = "ringing"
    CONFIRMING = "confirming"  # picked up, perhaps by a machine: neither hears the call nor is heard until 1 is pressed
    UP = "up"
    JOINED = "joined"
    OVER = "over"


class TrackPhase(StrEnum):
    """Where one recording is."""

    ASKED = "asked"
    RUNNING = "running"
    OVER = "over"


Evolving = TypeVar("Evolving", "CallState", "LegState")


def evolve(value: Evolving, **changes: Any) -> Evolving:
    """As dataclasses.replace at a tenth of its cost, for the two that change most; KeyError for an unknown field."""
    for name in changes:
        if name not in value.__dict__:
            raise KeyError(name)
    fresh = object.__new__(type(value))
    fresh.__dict__.update(value.__dict__, **changes)
    return fresh


CALLER, AGENT, INTERPRETER, THIRD = "caller", "agent", "interpreter", "third"
BESIDE_AGENT, TRANSFERRED, DIRECT, CALLBACK = "beside_agent", "transferred", "direct", "callback"
SCHEDULED, OUTREACH = "scheduled", "outreach"
#: Calls that we begin: an interpreter first, then the person at ``CallState.outbound``.
OUTBOUND = frozenset({CALLBACK, SCHEDULED, OUTREACH})
WAITING, CLAIMED, ANSWERED, UNMET, WITHDRAWN = "waiting", "claimed", "answered", "unmet", "withdrawn"
#: What a leg of the floor manager is called, who is no line and no interpreter.
MANAGER_LABEL = "值班主管"
OPEN_REQUEST = frozenset({WAITING, CLAIMED})


@dataclass(frozen=True, slots=True)
class Timing:
    """How long things may take, in seconds; from the settings, one copy kept with each call.

    ``confirm``: from picking up to pressing 1; ``dead``: until a phone that gives no sign of ringing counts as dead;
    ``pause``: between two reminders that the recording is paused; ``briefing``: hers (0: none); ``music``: a media URI.
    """

    ring: float = 20.0
    wait: float = 45.0
    key: float = 5.0
    repeat: float = 12.0
    closing: float = 10.0
    survey: float = 5.0
    confirm: float = 8.0
    dead: float = 3.0
    refuse: float = 15.0
    pause: float = 180.0
    briefing: float = 0.0
    music: str = ""


@dataclass(frozen=True)
class LegState:
    """One attempt to have one party on the call. ``rang``: the far end told us that it rings.

    ``confirm``: the party must press 1 first; only then is it answered (``answered_at``), for nobody else picks up.
    ``let_go``: why we hang up a phone that nobody is to answer any more.
    ``dismissed``: an interpreter of a language that turned out to be the wrong one; she is thanked and let go.
    ``muted``: nobody hears it. ``asked_by`` is the leg that wants to speak with this one apart from the others.
    ``tier``: an interpreter's when she was rung. ``again``: rung so often since our engine lost the call.
    """

    id: str
    role: str
    created_at: float
    label: str = ""
    contact: str = ""
    inbound: bool = False
    interpreter: int | None = None
    request: str = ""
    command: int | None = None
    phase: LegPhase = LegPhase.RINGING
    confirm: bool = False
    let_go: str = ""
    rang: bool = False
    answered_at: float | None = None
    joined_at: float | None = None
    ended_at: float | None = None
    cause: int | None = None
    keys: str = ""
    dismissed: bool = False
    #: Apart from the others: see `hotline.apart`; ``music`` is what plays to one who waits.
    aside: str = ""
    music: str = ""
    reminded: int = 0
    asked_by: str = ""
    muted: bool = False
    tier: str = ""
    again: int = 0

    @property
    def present(self) -> bool:
        """Whether the party is on the line, in the bridge or about to be."""
        return self.phase in {LegPhase.UP, LegPhase.JOINED}

    @property
    def undecided(self) -> bool:
        """Whether the party has neither taken the call nor let it be."""
        return self.phase in {LegPhase.RINGING, LegPhase.CONFIRMING}


@dataclass(frozen=True, slots=True)
class RequestOf:
    """One request for an interpreter; ``tried`` are those who were rung for it, or lost before it.

    WAITING: nobody rings; CLAIMED: those in ``ringing`` are held and rung; ``interpreter`` is who took the call.
    ``dead``: those whose phones should ring and give no sign of it, so that others are rung as if they did not.
    ``preempted``: an interpreter it rang was called away once; that does not happen to it again.
    Beyond the language: into which (``target``), the least ``level``, ``domain`` and ``gender`` wished (`routing`), and
    interpreters ``preferred`` (of a case or a booking). ``strict``: nobody else will do, for somebody is on already.
    """

    id: str
    language: str
    created_at: float
    priority: int = 10
    head: bool = False
    state: str = WAITING
    interpreter: int | None = None
    first_rung_at: float | None = None
    settled_at: float | None = None
    tried: tuple[int, ...] = ()
    ringing: tuple[int, ...] = ()
    preempted: bool = False
    dead: tuple[int, ...] = ()
    target: str = "zh"
    level: int = 1
    domain: str = ""
    gender: str = ""
    preferred: tuple[int, ...] = ()
    strict: bool = False


@dataclass(frozen=True, slots=True)
class TrackOf:
    """One recording; ``leg`` is empty for the mix. ``paused``: we stopped it, and another may follow it."""

    name: str
    leg: str
    created_at: float
    phase: TrackPhase = TrackPhase.ASKED
    began_at: float | None = None
    over_at: float | None = None
    duration_ms: int | None = None
    failed: bool = False
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Playing:
    """A prompt being played to a leg; ``name`` is the step of the script; ``again``: how often it is repeated."""

    id: str
    leg: str
    name: str
    again: int = 0


@dataclass(frozen=True)
class CallState:
    """Everything the rules know of one call. ``serial`` numbers what the call makes, so ids need no chance.

    A call that we begin rings its caller at ``outbound``; until then no leg is its principal. The id of the row it is
    an attempt of stands in ``callback``, or in ``order`` for a scheduled call and for outreach. ``line_id`` is the row
    of the ``line`` (a number).
    A caller who was lost in the middle of any call is rung there too: ``recalling``, for the ``recalls``th time.
    ``handover`` is the request for a colleague whom ``handover_by`` (a leg) wants in her place.
    ``survey``: a state of `hotline.survey`; ``monitors``: who listens (`monitoring`); ``guest``: `hotline.requested`.

    ``language_by`` says how the language became known (`hotline.choosing`); ``hints`` are the line's, ``menu`` the
    languages a caller is offered, in that order, ``proposal`` the one that is offered alone before. ``suggested`` is
    what a speech engine thinks was spoken. ``excludes``: what the line's calls must not be about. ``refusable``,
    ``consent``, ``consent_at`` and ``consent_by``: `hotline.consent`. ``paused_at``, ``pause_told`` (who asked
    knows) and ``pause_command``: `hotline.pausing`. `hotline.rebuilding`: ``cut_at``, when our engine lost the call,
    until it is whole again; ``cut_roles``, who talked; ``cuts``, how often; ``pending``, whose legs are rung once more.
    """

    id: str
    started_at: float
    way_in: str = DIRECT
    dialled: str = ""
    caller_number: str = ""
    line: str = ""
    line_id: int | None = None
    agent_contact: str = ""
    guest: str = ""
    priority: int = 10
    record: bool = True
    language: str = ""
    language_by: str = ""
    hints: tuple[str, ...] = ()
    menu: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    proposal: str = ""
    suggested: str = ""
    refusable: bool = True
    consent: str = "not_asked"
    consent_at: float | None = None
    consent_by: str = ""
    phase: Phase = Phase.ARRIVING
    outcome: str = ""
    answered_at: float | None = None
    interpreter_at: float | None = None
    ended_at: float | None = None
    principal: str = ""
    callback: int | None = None
    order: int | None = None
    outbound: str = ""
    survey: str = ""
    recalling: bool = False
    recalls: int = 0
    agent_recalls: int = 0
    cut_at: float | None = None
    cut_roles: tuple[str, ...] = ()
    cuts: int = 0
    pending: tuple[str, ...] = ()
    handover: str = ""
    handover_by: str = ""
    handover_command: int | None = None
    legs: tuple[LegState, ...] = ()
    requests: tuple[RequestOf, ...] = ()
    tracks: tuple[TrackOf, ...] = ()
    monitors: tuple[MonitorState, ...] = ()
    recording: bool = False
    paused_at: float | None = None
    pause_told: bool = False
    pause_command: int | None = None
    script: tuple[str, ...] = ()
    listener: str = ""
    playing: Playing | None = None
    asides: tuple[Playing, ...] = ()
    menu_round: int = 0
    deadlines: tuple[tuple[str, float], ...] = ()
    serial: int = 0
    timing: Timing = Timing()

    def leg(self, leg_id: str) -> LegState | None:
        """Return the leg with this id, or None."""
        return next((leg for leg in self.legs if leg.id == leg_id), None)

    def monitor(self, leg_id: str) -> MonitorState | None:
        """Return the supervisor whose leg this is, or None."""
        return next((one for one in self.monitors if one.id == leg_id), None)

    def request(self, request_id: str) -> RequestOf | None:
        """Return the request with this id, or None."""
        return next((request for request in self.requests if request.id == request_id), None)

    @property
    def open_request(self) -> RequestOf | None:
        """The request that still looks for somebody; there is at most one."""
        return next((request for request in self.requests if request.state in OPEN_REQUEST), None)

    @property
    def shown_phase(self) -> str:
        """The phase as supervisors see it."""
        return "recalling" if self.recalling and self.phase not in {Phase.CLOSING, Phase.ENDED} else self.phase.value

    def present(self, *roles: str) -> tuple[LegState, ...]:
        """Return the legs with one of these roles (any, if none is named) that are on the line."""
        return tuple(leg for leg in self.legs if leg.present and (not roles or leg.role in roles))

    def with_leg(self, changed: LegState) -> CallState:
        """Return the call with this leg in the place of the one of the same id, or added."""
        if self.leg(changed.id) is None:
            return evolve(self, legs=(*self.legs, changed))
        return evolve(self, legs=tuple(changed if leg.id == changed.id else leg for leg in self.legs))

    def with_request(self, changed: RequestOf) -> CallState:
        """Return the call with this request in the place of the one of the same id, or added."""
        if self.request(changed.id) is None:
            return evolve(self, requests=(*self.requests, changed))
        return evolve(self, requests=tuple(changed if one.id == changed.id else one for one in self.requests))

    def with_track(self, changed: TrackOf) -> CallState:
        """Return the call with this track in the place of the one of the same name, or added."""
        if all(track.name != changed.name for track in self.tracks):
            return evolve(self, tracks=(*self.tracks, changed))
        return evolve(self, tracks=tuple(changed if one.name == changed.name else one for one in self.tracks))

    def with_deadline(self, name: str, at: float | None) -> CallState:
        """Return the call with deadline ``name`` set to ``at``, or without it if None."""
        kept = tuple(deadline for deadline in self.deadlines if deadline[0] != name)
        return evolve(self, deadlines=kept if at is None else (*kept, (name, at)))

    @property
    def next_deadline(self) -> float | None:
        """The earliest deadline, or None."""
        return min((at for _, at in self.deadlines), default=None)

    def numbered(self) -> tuple[CallState, str]:
        """Return the call and a new UUID that follows from the call's id and its serial number (RFC 9562 5.5)."""
        serial = self.serial + 1
        return evolve(self, serial=serial), str(uuid.uuid5(uuid.UUID(self.id), str(serial)))


_NAMES: dict[type, tuple[str, ...]] = {
    kind: tuple(field.name for field in fields(kind))
    for kind in (CallState, LegState, RequestOf, TrackOf, MonitorState, Playing, Timing)
}


def _plain(value: LegState | RequestOf | TrackOf | MonitorState | Playing | Timing | CallState) -> dict[str, Any]:
    """As dataclasses.asdict for one level, at a tenth of its cost: a call is written several times."""
    return {name: getattr(value, name) for name in _NAMES[type(value)]}


def snapshot(call: CallState) -> dict[str, Any]:
    """Return ``call`` as JSON-serialisable data."""
    return {
        **_plain(call),
        "legs": [_plain(leg) for leg in call.legs],
        "requests": [_plain(request) for request in call.requests],
        "tracks": [_plain(track) for track in call.tracks],
        "monitors": [_plain(monitor) for monitor in call.monitors],
        "playing": None if call.playing is None else _plain(call.playing),
        "asides": [_plain(one) for one in call.asides],
        "timing": _plain(call.timing),
    }


def _known(kind: type, data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: data[name] for name in _NAMES[kind] if name in data}


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


#: Fields of `hotline.rebuilding` that are tuples.
REBUILDING = ("cut_roles", "pending")


def restore(data: Mapping[str, Any]) -> CallState:
    """Return the call that `snapshot` wrote. Fields a newer version wrote are passed over; ValueError if unusable."""
    try:
        plain = _known(CallState, data)
        plain["phase"] = Phase(plain["phase"])
        plain["legs"] = tuple(
            LegState(**_known(LegState, {**leg, "phase": LegPhase(leg["phase"])})) for leg in data["legs"]
        )
        plain["requests"] = tuple(
            RequestOf(**{name: _frozen(value) for name, value in _known(RequestOf, one).items()})
            for one in data["requests"]
        )
        plain["tracks"] = tuple(
            TrackOf(**_known(TrackOf, {**one, "phase": TrackPhase(one["phase"])})) for one in data["tracks"]
        )
        plain["monitors"] = tuple(MonitorState(**_known(MonitorState, one)) for one in data.get("monitors", ()))
        plain |= {name: tuple(data.get(name, ())) for name in ("script", "hints", "menu", "excludes", *REBUILDING)}
        plain["deadlines"] = tuple((str(name), float(at)) for name, at in data["deadlines"])
        plain["playing"] = Playing(**_known(Playing, data["playing"])) if data["playing"] else None
        plain["asides"] = tuple(Playing(**_known(Playing, one)) for one in data.get("asides", ()))
        plain["timing"] = Timing(**_known(Timing, data["timing"]))
        return CallState(**plain)
    except (KeyError, TypeError) as error:
        raise ValueError(f"this is no snapshot of a call: {error!r}") from error
