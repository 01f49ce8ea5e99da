"""Registering at a carrier (RFC 3261 10.2) as a pure machine: `step` takes what happened and says what to do.

The driver sends REGISTER and tells the outcome; challenges reach the machine too, so that a password that the carrier
does not take is not tried for ever.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Final

#: Seconds from the first failure to the next attempt; each further one waits twice as long, up to the longest.
SHORTEST_PAUSE: Final = 5.0
LONGEST_PAUSE: Final = 300.0
#: What we accept of a carrier's Min-Expires and Expires.
LONGEST_EXPIRES: Final = 86_400


class Phase(Enum):
    """Where a registration stands. TRYING: a REGISTER is on its way and we are not registered; REFRESHING: we are.
    PAUSING: the last attempt failed. LEAVING: Expires 0 is on its way. OVER: nothing more is done."""

    IDLE = auto()
    TRYING = auto()
    REGISTERED = auto()
    REFRESHING = auto()
    PAUSING = auto()
    LEAVING = auto()
    OVER = auto()


@dataclass(frozen=True, slots=True)
class Registration:
    """``wanted``: the Expires we ask for, seconds. ``failures``: in a row. ``answers``: how many challenges were
    answered since the attempt began."""

    wanted: int
    phase: Phase = Phase.IDLE
    failures: int = 0
    answers: int = 0

    @property
    def standing(self) -> bool:
        """Whether the carrier knows where we are, as far as we know."""
        return self.phase in {Phase.REGISTERED, Phase.REFRESHING}


@dataclass(frozen=True, slots=True)
class Start:
    """Begin."""


@dataclass(frozen=True, slots=True)
class Due:
    """The time that `Wait` named is over."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """200: our contact stands for ``granted`` seconds."""

    granted: int


@dataclass(frozen=True, slots=True)
class Challenged:
    """401 or 407 that can be answered; ``stale``: the password was right and only the nonce too old."""

    stale: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """Any other final answer (``status``), or none (0). ``least``: Min-Expires of a 423; ``after``: Retry-After."""

    status: int
    least: int = 0
    after: float = 0.0


@dataclass(frozen=True, slots=True)
class Stop:
    """De-register."""


Event = Start | Due | Accepted | Challenged | Refused | Stop


@dataclass(frozen=True, slots=True)
class Send:
    """Send REGISTER with this Expires; ``answering`` the last challenge."""

    expires: int
    answering: bool = False


@dataclass(frozen=True, slots=True)
class Wait:
    """Tell `Due` in so many seconds; replaces an earlier one."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Rest:
    """Tell `Due` no more."""


Effect = Send | Wait | Rest
Outcome = tuple[Registration, tuple[Effect, ...]]


def refresh_after(granted: int) -> float:
    """Return after how many seconds of ``granted`` to register again: a minute before the end, or a fifth where that is
    less, so that a lost REGISTER (32 s) can be repeated in time."""
    return granted - min(60.0, granted * 0.2)


def pause(failures: int) -> float:
    """Return the seconds to wait after so many failures in a row (at least one)."""
    return min(LONGEST_PAUSE, SHORTEST_PAUSE * 2.0 ** min(failures - 1, 16))


def step(now: Registration, event: Event) -> Outcome:  # noqa: PLR0911 - a line for each arrow
    """Return the registration after ``event``, and what is to be done."""
    if now.phase is Phase.OVER:
        return now, ()
    match event:
        case Start() if now.phase is Phase.IDLE:
            return replace(now, phase=Phase.TRYING, answers=0), (Send(now.wanted),)
        case Due() if now.phase is Phase.REGISTERED:
            return replace(now, phase=Phase.REFRESHING, answers=0), (Send(now.wanted),)
        case Due() if now.phase is Phase.PAUSING:
            return replace(now, phase=Phase.TRYING, answers=0), (Send(now.wanted),)
        case Stop():
            return _stop(now)
        case Accepted() | Challenged() | Refused() if now.phase is Phase.LEAVING:
            return _leaving(now, event)
        case Accepted(granted) if now.phase in {Phase.TRYING, Phase.REFRESHING}:
            granted = max(1, min(granted, LONGEST_EXPIRES))
            standing = replace(now, phase=Phase.REGISTERED, failures=0, answers=0)
            return standing, (Wait(refresh_after(granted)),)
        case Challenged(stale) if now.phase in {Phase.TRYING, Phase.REFRESHING}:
            if now.answers == 0 or (stale and now.answers == 1):
                return replace(now, answers=now.answers + 1), (Send(now.wanted, answering=True),)
            return _fail(now, LONGEST_PAUSE)
        case Refused(status, least, after) if now.phase in {Phase.TRYING, Phase.REFRESHING}:
            if status == 423 and now.wanted < least <= LONGEST_EXPIRES:
                return replace(now, wanted=least, answers=0), (Send(least),)
            return _fail(now, LONGEST_PAUSE if status in {401, 403, 407} else after)
    return now, ()


def _fail(now: Registration, at_least: float) -> Outcome:
    """Wait and try again. What was granted may still stand, but is not relied on: the carrier has just said no."""
    failures = now.failures + 1
    waiting = replace(now, phase=Phase.PAUSING, failures=failures, answers=0)
    return waiting, (Wait(max(pause(failures), min(at_least, LONGEST_PAUSE))),)


def _stop(now: Registration) -> Outcome:
    """10.2.2: remove the binding, also one that a REGISTER on its way may be making."""
    if now.phase in {Phase.TRYING, Phase.REGISTERED, Phase.REFRESHING}:
        return replace(now, phase=Phase.LEAVING, answers=0), (Rest(), Send(0))
    if now.phase is Phase.LEAVING:
        return now, ()
    return replace(now, phase=Phase.OVER), (Rest(),)


def _leaving(now: Registration, event: Accepted | Challenged | Refused) -> Outcome:
    if isinstance(event, Challenged) and now.answers == 0:
        return replace(now, answers=1), (Send(0, answering=True),)
    return replace(now, phase=Phase.OVER), (Rest(),)
