"""Provisional responses that must arrive: RSeq, RAck and PRACK (RFC 3262), both sides. Pure but for the timers that
repeat a response until it is acknowledged."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from aiosipua import SipRequest, SipResponse

from yuqiao.media.sip import session_timers, wire
from yuqiao.media.sip.core import Core
from yuqiao.media.sip.layer import Transaction
from yuqiao.media.sip.pending import Repeated

TAG: Final = "100rel"
_RACK = re.compile(r"([0-9]{1,10})[ \t]+([0-9]{1,10})[ \t]+([A-Za-z0-9.!%*_+`'~-]{1,64})")
_MOST: Final = 2**32 - 1


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A RAck: which response (``rseq``) to which request (``cseq``, ``method``) came through (7.2)."""

    rseq: int
    cseq: int
    method: str


def rack_of(request: SipRequest) -> Acknowledged | None:
    """Return what a PRACK acknowledges, None where that cannot be read."""
    found = _RACK.fullmatch((request.headers.get_first("rack") or "").strip())
    return None if found is None else Acknowledged(int(found[1]), int(found[2]), found[3])


def rseq_of(response: SipResponse) -> int:
    """Return the RSeq of a provisional response that wants a PRACK, 0 for one that does not (section 4)."""
    text = (response.headers.get_first("rseq") or "").strip()
    if TAG not in session_timers.options(response, "require") or not 100 < response.status_code < 200:
        return 0
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= _MOST else 0


def in_order(rseq: int, last: int) -> bool:
    """Whether a reliable response is the next one after ``last`` (0: none came yet) of its dialog; repeated ones and
    those that overtook another are not looked at, they come again (section 4)."""
    return rseq > 0 if last == 0 else rseq == last + 1


def first_rseq() -> int:
    """Return a number to begin with (section 3: 1 to 2**31 - 1, at random)."""
    return 1 + secrets.randbelow(2**31 - 1)


class Unacknowledged(Repeated):
    """A provisional response of ours that waits for its PRACK (section 3). ``described``: it carries SDP."""

    def __init__(
        self, core: Core, transaction: Transaction, response: SipResponse, on_never: Callable[[], None]
    ) -> None:
        super().__init__(core, transaction, response, on_never)
        self.described = bool(response.body)

    def _repeat(self) -> None:
        self._core.counters["retransmitted"] += 1
        super()._repeat()


def _nobody_hears() -> None:
    """Said when the INVITE has its final response already."""


class Provisionals:
    """The 101-199 of one inbound INVITE: reliable where the caller demands it, or where they carry our answer and the
    caller can; one at a time, as section 3 wants."""

    def __init__(self, core: Core, transaction: Transaction, on_never: Callable[[], None]) -> None:
        invite = transaction.request
        self._core = core
        self._transaction = transaction
        self._on_never = on_never
        self._demanded = TAG in session_timers.options(invite, "require")
        self._understood = self._demanded or TAG in session_timers.options(invite, "supported")
        self._seq = wire.cseq_of(invite)[0]
        self._rseq = first_rseq()
        self._sent: set[int] = set()
        self._open: Unacknowledged | None = None
        self._waiting: list[Callable[[], None]] = []

    @property
    def silent(self) -> bool:
        """Whether no provisional response may be sent: a reliable one would have to bring the offer that is ours
        to make with the answer (section 5)."""
        return self._demanded and not self._transaction.request.body

    @property
    def answering(self) -> bool:
        """Whether our answer is on its way in a response that is not acknowledged: no 2xx before (section 3)."""
        return self._open is not None and self._open.described

    def send(self, status: int, *, tag: str, headers: tuple[tuple[str, str], ...], body: bytes = b"") -> bool:
        """Send ``status``; return whether reliably. One that only rings is left out while another is on its way."""
        if not (self._demanded or (body and self._understood)):
            self._core.reply(self._transaction, status, tag=tag, headers=headers, body=body)
            return False
        if self._open is not None:
            if body:
                self._waiting.append(lambda: self._send(status, tag, headers, body))
            return True
        self._send(status, tag, headers, body)
        return True

    def _send(self, status: int, tag: str, headers: tuple[tuple[str, str], ...], body: bytes) -> None:
        self._rseq += 1
        self._sent.add(self._rseq)
        extra = (*headers, ("Require", TAG), ("RSeq", str(self._rseq)))
        response = self._core.reply(self._transaction, status, tag=tag, headers=extra, body=body)
        self._open = Unacknowledged(self._core, self._transaction, response, self._on_never)

    def acknowledge(self, prack: SipRequest) -> bool:
        """Take a PRACK; False when it is of no response of ours (section 3: 481). A repeated one is as good."""
        rack = rack_of(prack)
        if rack is None or (rack.cseq, rack.method) != (self._seq, "INVITE") or rack.rseq not in self._sent:
            return False
        if rack.rseq == self._rseq and self._open is not None:
            self._open.stop()
            self._open = None
        return True

    def go_on(self) -> None:
        """Send what waited for the PRACK, after its 200 went out."""
        while self._waiting and self._open is None:
            self._waiting.pop(0)()

    def after(self, act: Callable[[], None]) -> None:
        """Do ``act`` once nothing of ours is unacknowledged."""
        self._waiting.append(act)
        self.go_on()

    def stop(self) -> None:
        """A final response, or the end: nothing is repeated, nothing waits, nobody hears. PRACKs are still known."""
        self._waiting.clear()
        self._on_never = _nobody_hears
        if self._open is not None:
            self._open.stop()
            self._open = None
