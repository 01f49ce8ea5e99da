"""A city's calls of a past year, made by chance from a seed: pure, so that the same seed makes the same calls anywhere.

How many calls is the caller's word; how they fall on hours, weekdays, lines and languages, and how long people wait, is
invented here. Tests and measurements count figures from such rows.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

ZONE: Final = ZoneInfo("Asia/Shanghai")
#: Shares of languages and of the hours of a day, in any unit.
LANGUAGES: Final = {"en": 50, "ja": 14, "ko": 12, "ar": 6, "ru": 5, "fr": 4, "es": 3, "de": 3, "pt": 2, "zh": 1}
HOURS: Final = (2, 1, 1, 1, 1, 1, 2, 4, 8, 12, 13, 11, 8, 9, 11, 11, 10, 8, 6, 6, 6, 5, 4, 3)
WAYS: Final = ("transferred", "beside_agent")
STAFFED: Final = frozenset({"en", "ja", "ko"})
SECOND: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class PastCall:
    """One call and what came of it; times are None for what never happened.

    ``outcome`` is served, abandoned or callback. Unless it was given up before a language was known (``requested_at``
    None), an interpreter was asked for; ``remote`` tells her tier. ``replaced_at``: she was lost then, and another
    came. ``returned_at``: when the caller of a missed call was called back. ``score``: how the caller rated it, at
    ``rated_at``, if at all.
    """

    line: str
    way_in: str
    language: str
    outcome: str
    started_at: dt.datetime
    answered_at: dt.datetime | None
    requested_at: dt.datetime | None
    interpreter_at: dt.datetime | None
    ended_at: dt.datetime
    remote: bool
    replaced_at: dt.datetime | None
    returned_at: dt.datetime | None
    score: int | None = None
    rated_at: dt.datetime | None = None


def calls_of(year: int, count: int, lines: Sequence[str], own_line: str, seed: int) -> Iterator[PastCall]:
    """Yield exactly ``count`` calls that began in ``year`` (city time), in order of time.

    ``lines`` are numbers of partner lines, the busiest first (the n-th gets a share of 1/n); ``own_line`` is dialled
    directly by a third of all callers.
    """
    chance = random.Random(f"{year}/{seed}")
    shares = [1 / rank for rank in range(1, len(lines) + 1)]
    for started_at in _beginnings(year, count, chance):
        direct = not lines or chance.random() < 1 / 3
        line = own_line if direct else chance.choices(lines, shares)[0]
        language = chance.choices([*LANGUAGES], [*LANGUAGES.values()])[0]
        yield _call(line, "direct" if direct else chance.choice(WAYS), language, started_at, chance)


def _beginnings(year: int, count: int, chance: random.Random) -> list[dt.datetime]:
    first = dt.datetime(year, 1, 1, tzinfo=ZONE)
    days = (dt.datetime(year + 1, 1, 1, tzinfo=ZONE) - first).days
    hours = chance.choices(range(24), HOURS, k=count)
    return sorted(
        first + dt.timedelta(days=chance.randrange(days), hours=hour, microseconds=chance.randrange(3600 * SECOND))
        for hour in hours
    )


def _after(moment: dt.datetime, mean_seconds: float, chance: random.Random) -> dt.datetime:
    return moment + dt.timedelta(microseconds=1 + int(chance.expovariate(1 / mean_seconds) * SECOND))


def _call(line: str, way_in: str, language: str, started_at: dt.datetime, chance: random.Random) -> PastCall:
    facts = (line, way_in)
    answered_at = _after(started_at, 3, chance)
    if chance.random() < 0.01:
        return PastCall(*facts, "", "abandoned", started_at, None, None, None, answered_at, False, None, None)
    requested_at = _after(answered_at, 2, chance)
    joined_at = _after(requested_at, 5 if language in STAFFED else 14, chance)
    if chance.random() < 0.02:
        ended_at, back_at = _after(joined_at, 30, chance), _after(joined_at, 1200, chance)
        missed = (started_at, answered_at, requested_at, None, ended_at)
        return PastCall(*facts, language, "callback", *missed, False, None, back_at)
    ended_at = _after(joined_at, 240, chance)
    replaced_at = joined_at + (ended_at - joined_at) / 2 if chance.random() < 0.004 else None
    remote = language not in STAFFED or chance.random() < 0.05
    times = (started_at, answered_at, requested_at, joined_at, ended_at)
    return PastCall(*facts, language, "served", *times, remote, replaced_at, None)
