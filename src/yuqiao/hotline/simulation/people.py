"""Who calls, who interprets, and how their phones and they behave; all times are UNIX seconds. Pure data."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Arrival:
    """One caller. ``known``: the dialled number tells the language. ``patience`` is how long they wait for an
    interpreter, ``talk`` how long they speak with one, in seconds. ``domain`` is what
    the line's calls are about."""

    at: float
    line: str
    line_class: str
    priority: int
    way_in: str
    language: str
    known: bool
    number: str
    patience: float
    talk: float
    domain: str = ""


@dataclass(frozen=True, slots=True)
class Phone:
    """How phones of one kind, and those beside them, behave.

    ``sets_up``: seconds until it rings, from … to; ``picks_up``: seconds of ringing until somebody answers, the median,
    and the spread of its logarithm. Shares of rings: ``refuses``; ``silent`` (rings out); ``dead`` (never rings);
    ``voicemail`` (answers for her). ``presses``: seconds until 1 is pressed where that is asked, from … to.
    """

    sets_up: tuple[float, float] = (0.05, 0.2)
    picks_up: float = 3.0
    spread: float = 0.35
    refuses: float = 0.01
    silent: float = 0.02
    dead: float = 0.002
    voicemail: float = 0.0
    presses: tuple[float, float] = (1.0, 2.5)

    def answer_after(self, chance: Random) -> float:
        """Return after how many seconds of ringing somebody answers."""
        return self.picks_up * chance.lognormvariate(0.0, self.spread)


#: At a seat with a headset; on call at home; and her own mobile phone while she is off shift.
SEAT = Phone()
ON_CALL = Phone((0.5, 1.5), picks_up=5.0, spread=0.4, refuses=0.02, silent=0.05, dead=0.005)
OWN_MOBILE = Phone((1.5, 3.5), picks_up=6.0, spread=0.45, refuses=0.05, silent=0.12, dead=0.02, voicemail=0.05)
#: A partner line's agents, rung with a transferred caller.
DESK = Phone(picks_up=3.0, refuses=0.0, silent=0.01)


@dataclass(frozen=True, slots=True)
class Interpreter:
    """One interpreter: ``shifts`` are the spans in which she is signed on, in order and apart.

    ``mobile``: off shift she may be rung on her own mobile, and then confirms by key.
    """

    id: int
    tier: str
    levels: tuple[tuple[str, int], ...]
    shifts: tuple[tuple[float, float], ...]
    phone: Phone = SEAT
    mobile: Phone | None = None
    gender: str = ""
    domains: tuple[str, ...] = ()

    @property
    def number(self) -> str:
        """What others see of her."""
        return str(self.id)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one call. ``cover``: the nearest tier with somebody on duty when an interpreter was asked for.

    ``asked_at``: when that was, None if the language never became known; ``rung_at``: when the first
    phone was rung for it; ``tier``: who came; ``settled_at``: when the
    first request had its answer, whatever it was, or else the call was over; ``rung``: phones rung for
    the first request; ``requests``: more than one where she was lost; ``callback``: the caller is owed a call.
    """

    at: float
    line_class: str
    language: str
    known: bool
    cover: str
    asked_at: float | None
    rung_at: float | None
    interpreter_at: float | None
    settled_at: float
    outcome: str
    tier: str
    rung: int
    requests: int
    callback: bool

    @property
    def waited(self) -> float | None:
        """Seconds from asking for an interpreter until she was heard, or until nobody waited for one any more."""
        if self.asked_at is None:
            return None
        return (self.settled_at if self.interpreter_at is None else self.interpreter_at) - self.asked_at

    @property
    def kept(self) -> bool:
        """Whether the caller was served, is owed a call, or never got as far as asking for an interpreter."""
        return self.interpreter_at is not None or self.callback or self.asked_at is None
