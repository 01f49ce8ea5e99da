"""Which worker a new conference goes to: the least loaded, by measured load and by legs. Pure.

What a worker's ticks cost is measured several times a second; the legs opened since then are added at what a leg was
measured to cost, so that a burst of calls spreads before the first of them is heard.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

#: Share of a core that a leg costs while none was measured.
PER_LEG: Final = 0.001
#: Below this many legs the cost of a leg cannot be told from the cost of the process itself.
ENOUGH_LEGS: Final = 10
#: Workers whose loads differ by less than this share of a core are equally loaded: then legs decide.
MARGIN: Final = 0.05


@dataclass(frozen=True, slots=True)
class Load:
    """One worker: ``legs`` open now; ``busy``, the share of a core it used when last measured, with ``measured`` legs.

    ``number`` is its place among the workers, which stays when it is replaced.
    """

    number: int
    legs: int
    busy: float = 0.0
    measured: int = 0


def per_leg(loads: Sequence[Load]) -> float:
    """Return the share of a core that a leg costs, as measured over all workers."""
    legs = sum(load.measured for load in loads)
    return sum(load.busy for load in loads) / legs if legs >= ENOUGH_LEGS else PER_LEG


def expected(load: Load, each: float) -> float:
    """Return the share of a core that a worker needs for the legs it has now, at ``each`` a leg; never below 0."""
    return max(0.0, load.busy + (load.legs - load.measured) * each)


def least_loaded(loads: Sequence[Load]) -> Load:
    """Return the worker for a new conference. ValueError when there is none.

    The one with the fewest legs among those that are, within `MARGIN`, as little loaded as the least loaded one.
    """
    if not loads:
        raise ValueError("no worker")
    each = per_leg(loads)
    least = min(expected(load, each) for load in loads)
    return min(
        (load for load in loads if expected(load, each) <= least + MARGIN), key=lambda load: (load.legs, load.number)
    )
