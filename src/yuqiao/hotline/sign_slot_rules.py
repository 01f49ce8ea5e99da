"""Which times a sign language can be met at, and what became of an appointment. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final

from yuqiao.workforce.coverage import Special, Window, spans

LENGTH: Final = dt.timedelta(minutes=30)
#: How far ahead one may book, and the least time before, so that an interpreter learns of it.
AHEAD: Final = dt.timedelta(days=7)
NOTICE: Final = dt.timedelta(minutes=30)
#: The page calls from so long before the time; who comes later than so long after it finds it over.
EARLY: Final = dt.timedelta(minutes=10)
LATE: Final = dt.timedelta(minutes=20)


class SlotState(StrEnum):
    """What an appointment is now."""

    TO_COME = "to_come"
    OPEN = "open"
    SERVED = "served"
    MISSED = "missed"
    CANCELLED = "cancelled"


def times(
    windows: Sequence[Window],
    special: Special,
    taken: Mapping[dt.datetime, int],
    interpreters: int,
    now: dt.datetime,
) -> list[dt.datetime]:
    """Return the half hours (naive, the city's own time) from ``now`` on that lie within ``windows``, all of one
    language, and in which one of its ``interpreters`` is not ``taken``."""
    at = now.replace(minute=0 if now.minute < 30 else 30, second=0, microsecond=0) + LENGTH
    covered = spans(windows, now.date(), (now + AHEAD + LENGTH).date(), special)
    found = []
    while at <= now + AHEAD:
        on_duty = any(begins <= at and at + LENGTH <= ends for begins, ends, _ in covered)
        if at - now >= NOTICE and on_duty and taken.get(at, 0) < interpreters:
            found.append(at)
        at += LENGTH
    return found


def state(
    begins: dt.datetime, now: dt.datetime, *, cancelled: bool, running: bool = False, served: bool = False
) -> SlotState:
    """Return what an appointment at ``begins`` is; ``running``: its call goes on; ``served``: an interpreter came.

    Until its time is over it stays open, since a call may break and be made again.
    """
    if running:
        return SlotState.OPEN
    if cancelled:
        return SlotState.CANCELLED
    if now < begins - EARLY:
        return SlotState.TO_COME
    if now <= begins + LATE:
        return SlotState.OPEN
    return SlotState.SERVED if served else SlotState.MISSED
