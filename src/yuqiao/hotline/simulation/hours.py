"""Which tier covers each language at a moment, from service windows: as `hotline.routing_tables.cover`, in memory."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence

from yuqiao.hotline.routing import Cover
from yuqiao.workforce.coverage import Special, Window, next_change, tier_at


def covers_of(windows: Sequence[Window], zone: dt.tzinfo, special: Special) -> Callable[[float], Mapping[str, Cover]]:
    """Return a function from UNIX seconds to the cover of each language that a window names; it remembers the last."""
    by_language: dict[str, list[Window]] = {}
    for window in windows:
        by_language.setdefault(window.language, []).append(window)
    known: dict[str, Cover] = {}
    valid_until = float("-inf")

    def at(now: float) -> Mapping[str, Cover]:
        nonlocal valid_until
        if now >= valid_until:
            moment = dt.datetime.fromtimestamp(now, zone).replace(tzinfo=None)
            for language, mine in by_language.items():
                change = next_change(mine, language, moment, special)
                until = None if change is None else change[0].replace(tzinfo=zone).timestamp()
                known[language] = Cover(tier_at(mine, language, moment, special), until, change[1] if change else "")
            # Without any change to come, the horizon of `next_change` is looked over again after a day.
            valid_until = min((one.until for one in known.values() if one.until is not None), default=now + 86400)
        return known

    return at
