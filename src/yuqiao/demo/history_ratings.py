"""How callers of a past year rated their calls: exactly so many ratings, so many satisfied ones, by chance from a seed.

One city printed that 99.92 % of its callers were satisfied, and no numerator or denominator (S44). 0.9992 in lowest
terms is 1249/1250: the smallest denominator of which 99.92 % comes out exactly, so that it prints alike rounded and
cut, whatever rule a report follows; of 6,191 calls it says that one caller in five rated. Its multiples up to
4996/5000 would do as well; the smallest supposes least.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from yuqiao.demo.history import PastCall

RATED_2021: Final = 1250
SATISFIED_2021: Final = 1249
#: Of those who rated: how many pressed a key at the end of the call; the others followed a link within a day.
BY_KEY: Final = 0.8
HAPPY: Final = {5: 9, 4: 1}


def with_ratings(calls: Iterable[PastCall], rated: int, satisfied: int, seed: int) -> list[PastCall]:
    """Return the same calls in the same order, ``rated`` served ones with a score, ``satisfied`` of these 4 or 5.

    ValueError when there are fewer served calls, or more satisfied than rated. A rating falls into its call's own year.
    """
    made = list(calls)
    if not made:
        raise ValueError("no calls, no ratings")
    chance = random.Random(f"ratings/{seed}")
    served = [number for number, call in enumerate(made) if call.outcome == "served"]
    if not 0 <= satisfied <= rated <= len(served):
        raise ValueError(f"{satisfied} of {rated} ratings do not fit {len(served)} served calls")
    chosen = chance.sample(served, rated)
    for position, number in enumerate(chosen):
        happy = position < satisfied
        score = chance.choices([*HAPPY], [*HAPPY.values()])[0] if happy else chance.choice((1, 2, 3))
        made[number] = replace(made[number], score=score, rated_at=_when(made[number], chance))
    return made


def _when(call: PastCall, chance: random.Random) -> dt.datetime:
    """By key at the very end of the call, or by link later; never after the year in which the call began."""
    if chance.random() < BY_KEY:
        return call.ended_at
    later = call.ended_at + dt.timedelta(minutes=chance.randrange(5, 24 * 60))
    return later if later.year == call.started_at.year else call.ended_at
