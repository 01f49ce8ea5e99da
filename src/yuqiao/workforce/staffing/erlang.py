"""Erlang-A: how long callers wait for one of n interpreters when some of them give up. Pure, exact, stable.

The model is M/M/n+M: Poisson arrivals, exponential handling times, exponential patience. C. Palm, Research on telephone
traffic carried by full availability groups (1957); O. Garnett, A. Mandelbaum, M. Reiman, Designing a call center with
impatient customers, Manufacturing & Service Operations Management 4 (2002) 208-227. With endless patience it is
Erlang's C, and with none his B.

Weights of states are summed as logarithms, so nothing overflows at hundreds of interpreters.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

#: A state this much rarer than the commonest one adds nothing to a sum of doubles (its logarithm).
NEGLIGIBLE = 45.0
#: How many states of waiting callers are taken at a time, and at most: with patience nearly endless there are many.
CHUNK, MOST_STATES = 256, 5_000_000
MOST_INTERPRETERS = 10_000


@dataclass(frozen=True, slots=True)
class Load:
    """Calls per second, mean seconds an interpreter is taken up by one, mean seconds a caller waits (None: endlessly).

    ValueError for what cannot be.
    """

    rate: float
    handling: float
    patience: float | None = None

    def __post_init__(self) -> None:
        if not (math.isfinite(self.rate) and self.rate >= 0):
            raise ValueError("the rate of calls is a number of at least 0 a second")
        if not (math.isfinite(self.handling) and self.handling > 0):
            raise ValueError("the handling time is a number of seconds above 0")
        if self.patience is not None and not (math.isfinite(self.patience) and self.patience > 0):
            raise ValueError("patience is a number of seconds above 0, or none: endless")

    @property
    def offered(self) -> float:
        """Interpreters taken up on average if everybody were served at once (erlangs)."""
        return self.rate * self.handling


@dataclass(frozen=True, slots=True)
class Service:
    """What n interpreters give.

    ``level``: share of all callers who are served within the time asked for; ``delayed``: share who find nobody free;
    ``wait``: mean wait of all callers in seconds; ``abandoned``: share who give up; ``occupancy``: share of the
    interpreters' time that is taken up. Where the queue grows without end the level is 0 and the wait infinite.
    """

    interpreters: int
    level: float
    delayed: float
    wait: float
    abandoned: float
    occupancy: float


def service(load: Load, interpreters: int, within: float) -> Service:
    """Return what so many interpreters give to ``load``, with the level for ``within`` seconds. Exact to 1e-9."""
    if interpreters < 0 or within < 0:
        raise ValueError("neither the number of interpreters nor a time is below 0")
    if load.rate == 0:
        return Service(interpreters, 1.0, 0.0 if interpreters else 1.0, 0.0, 0.0, 0.0)
    if interpreters == 0:
        gone = load.patience is not None
        return Service(0, 0.0, 1.0, load.patience or math.inf, 1.0 if gone else 0.0, 0.0)
    if load.patience is None and load.offered >= interpreters:
        return Service(interpreters, 0.0, 1.0, math.inf, 0.0, 1.0)
    free, waiting = _distribution(load, interpreters)
    ahead = np.arange(len(waiting))  # a caller who finds all taken, and so many waiting
    full_rate = interpreters / load.handling
    leave_rate = 0.0 if load.patience is None else 1 / load.patience
    delayed = float(waiting.sum())
    queue = float((ahead * waiting).sum())
    served = full_rate / (full_rate + (ahead + 1) * leave_rate)  # before her patience ends
    in_time = served * (1 - _behind(len(waiting), full_rate, leave_rate, within))
    abandoned = leave_rate * queue / load.rate
    return Service(
        interpreters,
        level=min(1.0, float(free.sum()) + float((waiting * in_time).sum())),
        delayed=delayed,
        wait=queue / load.rate,
        abandoned=min(1.0, abandoned),
        occupancy=load.offered * (1 - abandoned) / interpreters,
    )


def needed(load: Load, within: float, level: float, *, abandoned: float = 1.0) -> int:
    """Return the fewest interpreters who serve the share ``level`` (below 1) of callers within ``within`` seconds.

    ``abandoned`` limits the share who give up. ValueError where no number of interpreters can.
    """
    if not 0 <= level < 1:
        raise ValueError("a promise is a share of callers from 0 up to, but not, 1")
    enough = 1

    def kept(interpreters: int) -> bool:
        got = service(load, interpreters, within)
        return got.level >= level and got.abandoned <= abandoned

    if kept(0):
        return 0
    while not kept(enough):
        enough *= 2
        if enough > MOST_INTERPRETERS:
            raise ValueError(f"not even {MOST_INTERPRETERS} interpreters would do: this is no load of one city")
    too_few = enough // 2
    while enough - too_few > 1:
        middle = (enough + too_few) // 2
        too_few, enough = (too_few, middle) if kept(middle) else (middle, enough)
    return enough


def erlang_b(offered: float, interpreters: int) -> float:
    """Return the share who find everybody taken when nobody waits: the limit of no patience (recursion of 1917)."""
    blocked = 1.0
    for number in range(1, interpreters + 1):
        blocked = offered * blocked / (number + offered * blocked)
    return blocked


def _distribution(load: Load, interpreters: int) -> tuple[Array, Array]:
    """Return how likely 0 … n-1 interpreters are taken, and how likely n are while 0, 1, 2 … callers wait."""
    arrive = math.log(load.rate)
    taken = np.arange(1, interpreters + 1)
    logs = np.concatenate(([0.0], np.cumsum(arrive - np.log(taken / load.handling))))
    top = float(logs.max())
    leave_rate = 0.0 if load.patience is None else 1 / load.patience
    tail: list[Array] = [logs[-1:]]
    first = 1
    while first < MOST_STATES:
        rates = interpreters / load.handling + np.arange(first, first + CHUNK) * leave_rate
        more = tail[-1][-1] + np.cumsum(arrive - np.log(rates))
        tail.append(more)
        top = max(top, float(more.max()))
        # The ratio of neighbours only falls, so that what is left is less than a geometric series.
        ratio = load.rate / rates[-1]
        if ratio < 1 and more[-1] - math.log1p(-ratio) < top - NEGLIGIBLE:
            break
        first += CHUNK
    free, waiting = np.exp(logs[:-1] - top), np.exp(np.concatenate(tail) - top)
    total = free.sum() + waiting.sum()
    return free / total, waiting / total


def _behind(count: int, full_rate: float, leave_rate: float, within: float) -> Array:
    """Return for 0 … count-1 callers ahead how likely somebody who outlasts the wait still waits after ``within``.

    Those ahead leave at rates full_rate + i*leave_rate, each rate one step less: the wait is -ln(B)/leave_rate with B
    of the beta distribution. For one whose patience outlasts it, the first parameter grows by 1, and the probability is
    a sum of negative binomial terms, in the limit leave_rate -> 0 of Poisson terms; each follows from the one before.
    """
    if within == 0:
        return np.ones(count)
    passed = -math.expm1(-leave_rate * within)  # how likely one patience ends in that time
    steps = np.arange(count - 1)
    scaled = full_rate * (passed / leave_rate if leave_rate else within)
    with np.errstate(divide="ignore"):  # in no time at all nobody leaves: the logarithm of 0 is minus infinity
        logs = np.concatenate(([0.0], np.cumsum(np.log((scaled + passed * (steps + 1)) / (steps + 1)))))
    behind: Array = np.minimum(1.0, np.cumsum(np.exp(logs - (full_rate + leave_rate) * within)))
    return behind
