"""Whom routing rings beyond the ordinary: all hands in an emergency, and the interpreters booked for an event.

Read at most once a second, for it is asked for each request; the clock is handed in (S32, S36, S48, S72).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

from yuqiao.hotline import bookings, emergencies
from yuqiao.hotline.routing_tables import Remembered
from yuqiao.hotline.state import Timing
from yuqiao.lib import clock


@dataclass(frozen=True, slots=True)
class AllHands:
    """Whether an emergency lasts, for which languages (none named: all), and who stands by for it at this hour."""

    lasts: bool = False
    languages: frozenset[str] = frozenset()
    standby: tuple[int, ...] = ()

    def concerns(self, language: str) -> bool:
        """Whether all hands are rung for ``language``."""
        return self.lasts and (not self.languages or language in self.languages)


def _read_all_hands(now: float) -> AllHands:
    emergency = emergencies.current()
    if emergency is None:
        return AllHands()
    concerned = frozenset(emergency.languages)
    held = emergencies.on_standby(dt.datetime.fromtimestamp(now, dt.UTC))
    standby = sorted(pk for pk, languages in held.items() if not concerned or languages & concerned)
    return AllHands(lasts=True, languages=concerned, standby=tuple(standby))


def _read_booked(now: float) -> Mapping[str, tuple[int, ...]]:
    return bookings.preferred_by_line(dt.datetime.fromtimestamp(now, dt.UTC))


_all_hands = Remembered(1.0, _read_all_hands)
_booked = Remembered(1.0, _read_booked)


def all_hands(now: float) -> AllHands:
    """Return the emergency as it stands at ``now`` (UNIX seconds)."""
    return _all_hands.at(now)


def booked(line: str, now: float) -> tuple[int, ...]:
    """Return the interpreters whom calls on ``line`` prefer at ``now``: booked for an event that it serves."""
    return _booked.at(now).get(line, ()) if line else ()


def forget() -> None:
    """Read everything anew next time."""
    _all_hands.forget()
    _booked.forget()


def patience(timing: Timing) -> Timing:
    """Return how long calls that begin now may take: in an emergency they wait longer for an interpreter."""
    if not all_hands(clock.now().timestamp()).lasts:
        return timing
    return replace(timing, wait=timing.wait * emergencies.WAIT_TIMES)
