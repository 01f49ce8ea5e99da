"""What a telephony engine tells the call server, whichever engine it is. ``at`` is UNIX time in seconds.

Commands that fail come back as the same events (a leg that could not be rung has ended; a prompt that could not be
played is over), so a call never has to handle an exception of its engine.
"""

from __future__ import annotations

from dataclasses import dataclass, field

#: ITU-T Q.850 causes, as ARI gives them in ``ChannelDestroyed``.
NORMAL = 16
BUSY = 17
NO_ANSWER = 19
REJECTED = 21
UNALLOCATED = 1
UNREACHABLE = 38
TEMPORARY_FAILURE = 41
UNAVAILABLE = 44
INTERWORKING = 127


@dataclass(frozen=True, slots=True)
class LegArrived:
    """Somebody calls us: a new inbound leg, not yet answered.

    ``languages``: the tags its SDP offered (RFC 8373), most wanted first. ``trunk``: the carrier it came by,
    ``diverted_from``: the number that was dialled before somebody sent it on (RFC 5806, RFC 7044); "" where unknown.
    """

    leg: str
    dialled: str
    caller_number: str
    at: float
    languages: tuple[str, ...] = ()
    trunk: str = ""
    diverted_from: str = ""


@dataclass(frozen=True, slots=True)
class LegRinging:
    """The far end of a leg we placed rings, or speaks to us before it is answered (RFC 3261 21.1.2, 21.1.5)."""

    leg: str
    at: float


@dataclass(frozen=True, slots=True)
class LegAnswered:
    """A leg is up: for an inbound leg, our answer took effect."""

    leg: str
    at: float


@dataclass(frozen=True, slots=True)
class LegControlled:
    """A leg we placed was answered and is ours to command."""

    leg: str
    at: float


@dataclass(frozen=True, slots=True)
class LegJoined:
    """A leg entered its call's bridge."""

    leg: str
    at: float


@dataclass(frozen=True, slots=True)
class LegEnded:
    """A leg is over, or never came to be. ``cause`` is ITU-T Q.850.

    ``by_engine``: the engine lost it, at ``at`` as far as known; neither the party nor its line is to blame.
    """

    leg: str
    cause: int
    at: float
    by_engine: bool = False


@dataclass(frozen=True, slots=True)
class LegMeasured:
    """How a leg sounded, told at its end: packets and milliseconds.

    Of what came from the party: ``received``, ``lost``, ``late`` (too late to be heard), ``jitter``, ``wait`` (in the
    jitter buffer). Of what was sent to it: ``sent``, and what its own reports say, None without any. ``round_trip`` is
    None when nobody could tell.
    """

    leg: str
    at: float
    received: int
    lost: int
    jitter: float
    sent: int
    lost_there: int | None = None
    jitter_there: float | None = None
    round_trip: float | None = None
    late: int = 0
    wait: float | None = None


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """A party pressed one key (RFC 4733): 0-9, ``*``, ``#``, A-D."""

    leg: str
    key: str
    at: float


@dataclass(frozen=True, slots=True)
class PlaybackEnded:
    """A prompt on ``leg`` is over: ``done`` when it was played or stopped, not when it failed."""

    playback: str
    leg: str
    at: float
    done: bool = True


@dataclass(frozen=True, slots=True)
class RecordingBegan:
    """A recording runs; ``at`` is the time of its first sample."""

    name: str
    at: float


@dataclass(frozen=True, slots=True)
class RecordingEnded:
    """A recording is closed on disk, or never began (``done`` false)."""

    name: str
    duration_ms: int
    at: float
    done: bool = True


@dataclass(frozen=True, slots=True)
class EngineReviewed:
    """What the engine really holds of one call, after a new start or a lost connection.

    ``up``: legs that are answered; ``ringing``: legs that exist and are not; ``joined``: legs in the call's bridge.
    ``recording``: recordings that run now. ``since``: when the engine was started (UNIX seconds, 0: unknown);
    ``away``: for how many seconds we had not reached it. What is older than the engine and not there was lost with it.
    """

    at: float
    up: frozenset[str] = field(default_factory=frozenset)
    ringing: frozenset[str] = field(default_factory=frozenset)
    joined: frozenset[str] = field(default_factory=frozenset)
    recording: frozenset[str] = field(default_factory=frozenset)
    since: float = 0.0
    away: float = 0.0


EngineEvent = (
    LegArrived
    | LegRinging
    | LegAnswered
    | LegControlled
    | LegJoined
    | LegEnded
    | LegMeasured
    | KeyPressed
    | PlaybackEnded
    | RecordingBegan
    | RecordingEnded
    | EngineReviewed
)
