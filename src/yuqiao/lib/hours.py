"""Hours of the day at which something may happen, in the local time of whoever asks."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hours:
    """From ``first`` (included) to ``last`` (excluded) on every day; ``first`` comes before ``last``."""

    first: dt.time
    last: dt.time

    @classmethod
    def parse(cls, raw: str) -> Hours:
        """Return the hours written as ``08:00-21:00``; ValueError for anything else."""
        found = re.fullmatch(r"(\d\d:\d\d)-(\d\d:\d\d)", raw.strip())
        if found is None:
            raise ValueError("write hours as 08:00-21:00")
        first, last = (dt.time.fromisoformat(one) for one in found.groups())
        if first >= last:
            raise ValueError("the first hour must come before the last")
        return cls(first, last)

    def contains(self, at: dt.datetime) -> bool:
        """Whether ``at``, in its own time zone, lies within the hours."""
        return self.first <= at.time() < self.last

    def next(self, at: dt.datetime) -> dt.datetime:
        """Return ``at`` itself if it lies within the hours, else when they begin next."""
        if self.contains(at):
            return at
        day = at.date() if at.time() < self.first else at.date() + dt.timedelta(days=1)
        return dt.datetime.combine(day, self.first, at.tzinfo)

    def after(self, at: dt.datetime, length: dt.timedelta) -> dt.datetime:
        """Return when ``length`` of such hours has passed since ``at``; time outside them does not count."""
        at = self.next(at)
        while True:
            left = dt.datetime.combine(at.date(), self.last, at.tzinfo) - at
            if length <= left:
                return at + length
            length -= left
            at = self.next(dt.datetime.combine(at.date(), self.last, at.tzinfo))
