"""When an event that was not taken is sent again, and when an address is given up. Pure.

Pauses grow as the Standard Webhooks specification proposes, from seconds to a day, over a little more than three days;
each is stretched or shortened by chance, so that what failed together does not come back together.
"""

from __future__ import annotations

import datetime as dt

_SECOND, _MINUTE, _HOUR = dt.timedelta(seconds=1), dt.timedelta(minutes=1), dt.timedelta(hours=1)
#: After the first attempt that failed, after the second, …; after the last one nothing follows.
PAUSES = (
    5 * _SECOND, 30 * _SECOND, 5 * _MINUTE, 30 * _MINUTE, 2 * _HOUR, 5 * _HOUR, 10 * _HOUR, 14 * _HOUR, 20 * _HOUR,
    24 * _HOUR,
)  # fmt: skip
ATTEMPTS = len(PAUSES) + 1
JITTER = 0.2
#: What a receiver asks for by Retry-After (RFC 9110 10.2.3) is followed up to this.
LONGEST_WISH = _HOUR
#: While an address fails, nothing goes there before so long after its last failure: the pauses above, up to this.
LONGEST_REST = _HOUR
#: An address at which nothing was taken for so long is switched off: all attempts of one event take no less.
GIVEN_UP_AFTER = 60 * _HOUR
#: An event that could not be sent for so long, because its address is switched off, is given up.
OLDEST = dt.timedelta(days=4)
#: After so many failures in a row, a success has what waits sent at once instead of each at its own time.
DOWN = 5


def pause(attempts: int, chance: float, wish: float | None = None) -> dt.timedelta | None:
    """Return how long to wait after so many attempts that failed (at least one); None: nothing follows.

    ``chance``: 0 to 1. ``wish``: seconds that the receiver asked for.
    """
    if attempts > len(PAUSES):
        return None
    usual = PAUSES[attempts - 1] * (1 - JITTER + 2 * JITTER * chance)
    wished = dt.timedelta(seconds=wish) if wish is not None else dt.timedelta()
    return max(usual, min(wished, LONGEST_WISH))


def rest(failures: int, chance: float) -> dt.timedelta:
    """Return how long an address rests after so many failures in a row (at least one)."""
    return min(PAUSES[min(failures, len(PAUSES)) - 1], LONGEST_REST) * (1 - JITTER + 2 * JITTER * chance)


def given_up(failing_since: dt.datetime, now: dt.datetime) -> bool:
    """Whether an address failed for so long that it is switched off."""
    return now - failing_since >= GIVEN_UP_AFTER
