"""The one place that reads the clock, so that rules can be handed a time instead."""

from __future__ import annotations

import datetime as dt


def now() -> dt.datetime:
    """Return the present moment as an aware UTC datetime with microseconds."""
    return dt.datetime.now(dt.UTC)


def iso(moment: dt.datetime) -> str:
    """Return ``moment`` as ISO 8601 with milliseconds and offset, as Asterisk stamps its ARI events.

    Shape: ``2026-11-22T08:00:00.123+0000``.
    """
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}" + moment.strftime("%z")


def parse(stamp: str) -> dt.datetime:
    """Return the aware datetime that ``iso`` or Asterisk wrote; ValueError on anything else."""
    return dt.datetime.strptime(stamp, "%Y-%m-%dT%H:%M:%S.%f%z")
