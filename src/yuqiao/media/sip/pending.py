"""Answers of ours on their way until they are acknowledged."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable

from aiosipua import SipResponse

from yuqiao.media.sip import wire
from yuqiao.media.sip.core import Core
from yuqiao.media.sip.layer import Transaction


class Repeated:
    """A response said again after T1, 2*T1, 4*T1 …, at most ``longest`` seconds apart, and given up after 64*T1."""

    def __init__(
        self,
        core: Core,
        transaction: Transaction,
        response: SipResponse,
        on_never: Callable[[], None],
        *,
        longest: float = math.inf,
    ) -> None:
        self._core = core
        self._transaction = transaction
        self._response = response
        self._on_never = on_never
        self._longest = longest
        self._interval = core.timing.t1
        self._due = asyncio.get_running_loop().time() + self._interval
        self._again = core.later(self._interval, self._repeat)
        self._end = core.later(core.timing.limit, self._give_up)

    def stop(self) -> None:
        """It was acknowledged, or nobody cares any more."""
        self._again.cancel()
        self._end.cancel()

    def _repeat(self) -> None:
        self._transaction.respond(self._response)
        self._interval = min(2 * self._interval, self._longest)
        self._due += self._interval  # from when it was due: lateness does not add up
        self._again = asyncio.get_running_loop().call_at(self._due, self._repeat)

    def _give_up(self) -> None:
        self._again.cancel()
        self._core.counters["timeouts"] += 1
        self._on_never()


class PendingAnswer(Repeated):
    """A 200 to an INVITE that waits for its ACK, repeated at most T2 apart (RFC 3261 13.3.1.4), also over TCP, since a
    proxy behind it may speak UDP. ``offered``: it carried our offer; the ACK must bring the answer."""

    def __init__(
        self,
        core: Core,
        transaction: Transaction,
        response: SipResponse,
        on_never_acked: Callable[[], None],
        *,
        offered: bool,
    ) -> None:
        super().__init__(core, transaction, response, on_never_acked, longest=core.timing.t2)
        self.seq = wire.cseq_of(response)[0]
        self.offered = offered
