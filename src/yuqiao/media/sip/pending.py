"""An answer of ours on its way until it is acknowledged (RFC 3261 13.3.1.4)."""

from __future__ import annotations

from collections.abc import Callable

from aiosipua import SipResponse

from yuqiao.media.sip import wire
from yuqiao.media.sip.core import Core
from yuqiao.media.sip.layer import Transaction


class PendingAnswer:
    """A 200 to an INVITE that waits for its ACK: repeated after T1, 2*T1 … T2, given up after 64*T1 (13.3.1.4), also
    over TCP, since a proxy behind it may speak UDP."""

    def __init__(
        self,
        core: Core,
        transaction: Transaction,
        response: SipResponse,
        on_never_acked: Callable[[], None],
        *,
        offered: bool,
    ) -> None:
        self._core = core
        self._transaction = transaction
        self._response = response
        self._on_never_acked = on_never_acked
        self.seq = wire.cseq_of(response)[0]
        self.offered = offered  # the 200 carried our offer; the ACK must bring the answer
        self._interval = core.timing.t1
        self._again = core.later(self._interval, self._repeat)
        self._end = core.later(core.timing.limit, self._give_up)

    def stop(self) -> None:
        """The ACK came, or nobody cares any more."""
        self._again.cancel()
        self._end.cancel()

    def _repeat(self) -> None:
        self._transaction.respond(self._response)
        self._interval = min(2 * self._interval, self._core.timing.t2)
        self._again = self._core.later(self._interval, self._repeat)

    def _give_up(self) -> None:
        self._again.cancel()
        self._core.counters["timeouts"] += 1
        self._on_never_acked()
