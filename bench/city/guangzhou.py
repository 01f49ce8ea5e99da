"""Guangzhou's hotline as the source documents have it (S26-S29, S37), and what is assumed where they are silent.

Said: 6,191 calls in 2021; English seats 24 hours, Japanese and Korean seats 12 hours, Arabic, Russian, French, Spanish
and Portuguese by remote interpreters on call; at peaks calls reach resting staff's mobile phones (S49). "Nine
languages" are eight named ones and Chinese; German, remote too, is added here as a ninth foreign one.

Assumed: how calls fall on hours, languages and lines (as in the demonstration's history); 15 % come by emergency lines;
a conversation lasts 240 s on average; callers wait 120 s on average before they give up; the 12 hours are 9 to 21.
Two seats at least are staffed while a language's seats are open, three remote interpreters are on call; beyond that as
many as Erlang-A asks for 98 % within 3 s (the phone's own ringing takes the rest of ten), and rest breaks on top. For
each seat, and for three at least, a colleague on her day off may be rung on her own mobile phone, and so may two thirds
of the seats' staff when their shifts are over.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from random import Random
from typing import Final

from yuqiao.demo.history import HOURS, LANGUAGES, ZONE
from yuqiao.hotline.routing import REMOTE, RESIDENT
from yuqiao.hotline.simulation.hours import covers_of
from yuqiao.hotline.simulation.people import ON_CALL, OWN_MOBILE, SEAT, Arrival, Interpreter
from yuqiao.hotline.simulation.run import World
from yuqiao.workforce.calendar import DAYS
from yuqiao.workforce.coverage import Window
from yuqiao.workforce.staffing.erlang import Load, needed

CALLS, YEAR = 6191, 2021
DAY, HOUR = 86400, 3600
OPEN: Final = {"en": range(24), "ja": range(9, 21), "ko": range(9, 21)}
SHARES: Final = {code: share for code, share in LANGUAGES.items() if code != "zh"}
EMERGENCY: Final = (("110", 60), ("120", 30), ("119", 7), ("999", 3))
#: What the calls of a line are about, and what the seats' staff have learned, in turn.
DOMAINS: Final = {"110": "police", "120": "medical", "999": "medical", "119": "rescue", "12348": "legal"}
LEARNED: Final = (("police",), ("medical",), ("police", "medical"), ("legal",))
ORDINARY: Final[tuple[tuple[str, str, int, int], ...]] = (
    ("12345", "government", 20, 60),
    ("12348", "public", 10, 10),
    ("12306", "public", 10, 30),
)
OWN: Final = ("960169", "own", 20)
EMERGENCY_SHARE, OWN_SHARE = 0.15, 0.3
TALK, SPREAD, PATIENCE = 240.0, 0.7, 120.0
#: A call holds an interpreter while it is rung, talked and written up.
HANDLING = 5.0 + TALK + 20.0
#: 5 minutes of rest after 35 of work.
REST = 40 / 35
LEVEL, WITHIN = 0.98, 3.0


def first_day(year: int = YEAR) -> float:
    """Return the year's first midnight in UNIX seconds, in the city's own time (no daylight saving time)."""
    return dt.datetime(year, 1, 1, tzinfo=ZONE).timestamp()


def rate(language: str, hour: int, calls: float) -> float:
    """Return calls per second of a language in an hour of the day, ``calls`` a year."""
    return calls / 365 * SHARES[language] / sum(SHARES.values()) * HOURS[hour] / sum(HOURS) / HOUR


def seats(language: str, hour: int, calls: float) -> int:
    """Return how many are on duty for a language in an hour of the day."""
    staffed = language in OPEN
    if staffed and hour not in OPEN[language]:
        return 0
    load = Load(rate(language, hour, calls), HANDLING, PATIENCE)
    return max(2 if staffed else 3, math.ceil(needed(load, WITHIN, LEVEL) * REST))


def windows() -> list[Window]:
    """Return the service windows of the languages, every day of the year."""
    return [
        Window(language, RESIDENT if language in OPEN else REMOTE, DAYS, *_hours(OPEN.get(language, range(24))))
        for language in SHARES
    ]


def _hours(hours: range) -> tuple[dt.time, dt.time]:
    return dt.time(hours.start), dt.time(hours.stop % 24)


def world(calls: float, days: int) -> World:
    """Return the city's interpreters and hours, with the production's policies."""
    return World(crew(calls, days), covers=covers_of(windows(), ZONE, {}))


def crew(calls: float, days: int, *, start: float | None = None) -> list[Interpreter]:
    """Return the interpreters of ``days`` days: one for each seat, signed on in the hours that need it."""
    begin = first_day() if start is None else start
    found: list[Interpreter] = []
    for place, language in enumerate(SHARES):
        plan = [seats(language, hour, calls) for hour in range(24)]
        for seat in range(max(plan)):
            hours = [hour for hour in range(24) if plan[hour] > seat]
            mobile = OWN_MOBILE if language in OPEN and seat % 3 != 2 else None
            found.append(
                Interpreter(
                    1000 * (place + 1) + seat,
                    RESIDENT if language in OPEN else REMOTE,
                    ((language, 1 + seat % 3),),
                    _spans(hours, begin, days),
                    SEAT if language in OPEN else ON_CALL,
                    mobile,
                    gender="female" if seat % 2 else "male",
                    domains=LEARNED[seat % len(LEARNED)],
                )
            )
        if language in OPEN:
            for free in range(max(3, *plan)):
                number, level = 1000 * (place + 1) + 500 + free, 1 + free % 3
                found.append(Interpreter(number, RESIDENT, ((language, level),), (), mobile=OWN_MOBILE))
    return found


def _spans(hours: list[int], begin: float, days: int) -> tuple[tuple[float, float], ...]:
    spans: list[tuple[float, float]] = []
    for day in range(days):
        for hour in hours:
            since = begin + day * DAY + hour * HOUR
            if spans and spans[-1][1] == since:
                spans[-1] = (spans[-1][0], since + HOUR)
            else:
                spans.append((since, since + HOUR))
    return tuple(spans)


def moments(count: int, days: int, chance: Random) -> list[float]:
    """Return when ``count`` calls come within so many days, in order."""
    begin = first_day()
    hours = chance.choices(range(24), HOURS, k=count)
    return sorted(begin + chance.randrange(days) * DAY + hour * HOUR + chance.random() * HOUR for hour in hours)


def arrivals(count: int, days: int, seed: int) -> Iterator[Arrival]:
    """Yield ``count`` callers of so many days in order of time; the same for the same seed."""
    chance = Random(f"city/{seed}")
    for serial, at in enumerate(moments(count, days, chance)):
        yield arrival(at, serial, chance)


def arrival(at: float, serial: int, chance: Random) -> Arrival:
    """Return one caller at a moment."""
    language = chance.choices([*SHARES], [*SHARES.values()])[0]
    fate = chance.random()
    if fate < EMERGENCY_SHARE:
        line = chance.choices([one for one, _ in EMERGENCY], [weight for _, weight in EMERGENCY])[0]
        line_class, priority = "emergency", 100
    elif fate < EMERGENCY_SHARE + OWN_SHARE:
        line, line_class, priority = OWN
    else:
        line, line_class, priority, _ = chance.choices(ORDINARY, [weight for *_, weight in ORDINARY])[0]
    direct = line == OWN[0]
    return Arrival(
        at,
        line,
        line_class,
        priority,
        "direct" if direct else chance.choice(("beside_agent", "transferred")),
        language,
        known=chance.random() < (0.5 if direct else 0.8),
        number=f"1{serial % 10**10:010}",
        patience=5 + chance.expovariate(1 / (PATIENCE - 5)),
        talk=TALK * chance.lognormvariate(-SPREAD * SPREAD / 2, SPREAD),
        domain=DOMAINS.get(line, ""),
    )
