"""Our own changes to a call that stands: re-INVITE and UPDATE, glare, and the refreshing of its session timer.

RFC 3261 section 14.1, RFC 3311, RFC 4028. One request of ours at a time; what is wanted meanwhile waits.
"""

from __future__ import annotations

import asyncio
import random
import weakref
from collections.abc import Callable
from typing import Final, Protocol

from aiosipua import SipRequest, SipResponse

from yuqiao.media import causes
from yuqiao.media.sip import sdp, session_timers, wire
from yuqiao.media.sip.core import Core
from yuqiao.media.sip.dialog import Dialog
from yuqiao.media.sip.flows import PROTOCOL
from yuqiao.media.sip.layer import Transaction
from yuqiao.media.sip.screening import ACCEPT, ALLOW, SUPPORTED
from yuqiao.media.sip.session_timers import Agreement, Terms
from yuqiao.media.sip.signing import Signer
from yuqiao.media.sip.transport import Hop

_NOT_UNDERSTOOD: Final = {405, 420, 501}
_GONE: Final = {408, 481}
#: How often one change is sent again after a refusal that says "not now".
_PATIENCE: Final = 8
#: Seconds between the attempts to reach a browser's page that is away.
_RETURNING: Final = 5.0
#: The system's: two sides must not fall alike, and each leg's own state would be 2.5 kB.
_DIE: Final = random.SystemRandom()


def glare_delay(*, ours: bool, die: random.Random) -> float:
    """Return the seconds to wait after a 491, in steps of 10 ms (RFC 3261 14.1): 2.1 to 4 s for the side that made the
    Call-ID, 0 to 2 s for the other, so that the two do not meet again."""
    return (210 + die.randrange(191) if ours else die.randrange(201)) / 100


class Owner(Protocol):
    """What a leg is to its `Changes`."""

    core: Core
    user: str
    dialog: Dialog | None
    media: sdp.LocalDescription | None
    signer: Signer | None
    over: bool

    @property
    def we_offered(self) -> bool:
        """Whether we began the call, so that its Call-ID is ours."""

    @property
    def changeable(self) -> bool:
        """Whether the call stands and no change of theirs is open."""

    def take_answer(self, body: bytes) -> None:
        """The other end answered an offer of ours."""

    def end_dialog(self, cause: int) -> None:
        """Say BYE and be over."""


class Changes:
    """Re-INVITEs and UPDATEs of ours in one leg's dialog, and the clock of its session."""

    def __init__(self, owner: Owner) -> None:
        self._owner: Owner = weakref.proxy(owner)  # else the two would keep each other, until a collection
        self.terms = owner.core.terms
        self.agreement: Agreement | None = None
        self.update_allowed = False
        self._held = False  # what the other end was told last
        self._want_offer = self._want_refresh = False
        self._open: _Change | None = None
        self._tries = 0
        self._again: asyncio.TimerHandle | None = None
        self._clock: list[asyncio.TimerHandle] = []

    @property
    def offering(self) -> bool:
        """Whether an offer of ours waits for its answer: whoever offers now gets 491."""
        return self._open is not None and self._open.offers

    # -- what is wanted --------------------------------------------------------------------------------------------

    def hold(self, *, held: bool) -> None:
        """Tell the other end that we (no longer) want to hear it: ``sendonly`` or ``sendrecv`` (RFC 3264 8.4)."""
        media = self._owner.media
        if media is None or media.held == held:
            return
        media.held = held
        self._want_offer, self._tries = True, 0
        self.go_on()

    def go_on(self) -> None:
        """Send what is wanted, if nothing stands in its way now."""
        owner = self._owner
        if self._open is not None or self._again is not None or owner.over or not owner.changeable:
            return
        if owner.dialog is None or owner.media is None or not (self._want_offer or self._want_refresh):
            return
        method = "UPDATE" if not self._want_offer and self.update_allowed else "INVITE"
        self._want_offer = self._want_refresh = False
        body = owner.media.offer() if method == "INVITE" else b""
        try:
            request, hop = owner.core.within(owner.dialog, method)
        except ValueError:
            return  # no usable route; the session's own end is the way out
        headers = [owner.core.contact(owner.user, hop), ALLOW, SUPPORTED]
        headers += session_timers.repeated(self.agreement, self.terms)
        for name, value in [*headers, *([ACCEPT, ("Content-Type", "application/sdp")] if body else [])]:
            request.headers.append(name, value)
        request.body = body
        if owner.signer is not None:
            owner.signer.begin_anew(request)
        self._send(_Change(owner.core, owner.dialog, request, hop, self._on_end))

    def _send(self, change: _Change) -> None:
        self._open = change
        change.start()

    def stop(self) -> None:
        """The call is over: nothing more is sent, but what is on its way still gets its ACK."""
        self._want_offer = self._want_refresh = False
        self._open = None
        self._calm()
        for handle in self._clock:
            handle.cancel()
        self._clock.clear()

    def _calm(self) -> None:
        if self._again is not None:
            self._again.cancel()
            self._again = None

    # -- the session's clock ---------------------------------------------------------------------------------------

    def agree(self, agreement: Agreement | None) -> None:
        """A 2xx, of whichever side, settled when the session ends; its clock begins anew (RFC 4028 section 10)."""
        for handle in self._clock:
            handle.cancel()
        self._clock.clear()
        self.agreement = agreement
        if agreement is None or self._owner.over:
            return
        later = self._owner.core.later
        self._clock.append(later(agreement.end_after, self._expire))
        if agreement.ours:
            self._clock.append(later(agreement.refresh_after, self._refresh))

    def _refresh(self) -> None:
        self._want_refresh, self._tries = True, 0
        self.go_on()

    def _expire(self) -> None:
        self._owner.core.counters["expired"] += 1
        self._owner.end_dialog(causes.TIMER_EXPIRED)

    # -- how it went -----------------------------------------------------------------------------------------------

    def _on_end(self, change: _Change, response: SipResponse | None) -> None:
        """A request of ours has its final response, or None: there was none."""
        if change is not self._open:
            return
        self._open = None
        status = 408 if response is None else response.status_code
        if (response is None or status in _GONE) and self._may_return(change):
            self._want_offer, self._want_refresh = self._want_offer or change.offers, True
            self._wait(_RETURNING)
        elif response is None or status in _GONE:  # 12.2.1.2: the other end knows this call no more
            self._owner.end_dialog(causes.OUT_OF_ORDER if response is None else causes.TEMPORARY_FAILURE)
        elif status < 300:
            self._accepted(change, response)
        elif self._tries >= _PATIENCE or not self._once_more(change, response):
            self._give_up(change)
        self.go_on()

    def _may_return(self, change: _Change) -> bool:
        """Whether the other end is a browser: its page may be on its way back, and takes the call over (RFC 3891).
        Its silence is what ends the call if it is not."""
        self._tries += 1
        return change.hop.protocol == PROTOCOL and self._tries < _PATIENCE

    def _accepted(self, change: _Change, response: SipResponse) -> None:
        if self._owner.dialog is not None:
            self._owner.dialog.refresh(response, change.hop)
        self.agree(session_timers.agreed(session_timers.read(response), self.terms))
        if not change.offers:
            return
        self._held = change.held
        try:
            self._owner.take_answer(response.body)
        except ValueError:
            self._owner.end_dialog(causes.NO_CODEC)

    def _once_more(self, change: _Change, response: SipResponse) -> bool:
        """Arrange that a refused change is sent again; False when this refusal is the last word."""
        status, owner = response.status_code, self._owner
        self._tries += 1
        if status in {401, 407}:
            return owner.signer is not None and self._sign(change, owner.signer, response)
        if status == 422:
            terms = session_timers.raised(session_timers.read(response), self._asked())
            if terms is None:
                return False
            self.terms = terms
            if self.agreement is not None:
                self.agreement = Agreement(terms.expires, self.agreement.ours)
        elif status in _NOT_UNDERSTOOD and not change.offers:
            self.update_allowed = False
        elif status == 491:
            self._wait(glare_delay(ours=owner.we_offered, die=_DIE))
        elif status == 500 and (seconds := _retry_after(response)) is not None:
            self._wait(seconds + _DIE.random())
        else:
            return False
        self._want_offer = self._want_offer or change.offers
        self._want_refresh = True
        return True

    def _asked(self) -> Terms:
        return self.terms if self.agreement is None else Terms(self.agreement.interval, self.terms.least)

    def _sign(self, change: _Change, signer: Signer, response: SipResponse) -> bool:
        request = signer.again(change.request, response)
        if request is None:
            return False
        change.dialog.local_seq = wire.cseq_of(request)[0]
        self._send(_Change(self._owner.core, change.dialog, request, change.hop, self._on_end))
        return True

    def _give_up(self, change: _Change) -> None:
        """The other end will not have it: all stays as it was; a session is asked for again before it ends."""
        media = self._owner.media
        if change.offers and media is not None:
            media.held = self._held
        if self.agreement is not None and self.agreement.ours:
            self._clock.append(self._owner.core.later(self.agreement.interval / 8, self._refresh))

    def _wait(self, seconds: float) -> None:
        self._again = self._owner.core.later(seconds, self._waited)

    def _waited(self) -> None:
        self._again = None
        self.go_on()


class _Change:
    """One re-INVITE or UPDATE on its way. ``on_end`` hears of its end once; a repeated 2xx gets its ACK again."""

    def __init__(
        self,
        core: Core,
        dialog: Dialog,
        request: SipRequest,
        hop: Hop,
        on_end: Callable[[_Change, SipResponse | None], None],
    ) -> None:
        self.core, self.dialog, self.request, self.hop = core, dialog, request, hop
        self.offers = bool(request.body)
        self.held = b"a=sendonly" in request.body
        self._on_end: Callable[[_Change, SipResponse | None], None] | None = on_end
        self._ack: tuple[bytes, Hop] | None = None
        self._transaction: Transaction | None = None
        # 100 stops Timer B, and nothing else would end a re-INVITE that is never answered after it
        self._limit = core.later(2 * core.timing.limit, self._forget)

    def start(self) -> None:
        self._transaction = self.core.layer.request(self.request, self.hop, self._on_response, self._on_failure)

    def _on_response(self, response: SipResponse) -> None:
        if response.status_code < 200:
            return
        if response.status_code < 300 and self.request.method == "INVITE":
            self._acknowledge()
        self._finish(response)

    def _acknowledge(self) -> None:
        if self._ack is None:
            ack, hop = self.core.within(self.dialog, "ACK", wire.cseq_of(self.request)[0])
            for name in ("Authorization", "Proxy-Authorization"):
                for value in self.request.headers.get(name):
                    ack.headers.append(name, value)
            self._ack = (bytes(ack), hop)
        self.core.transport.send(*self._ack)

    def _on_failure(self) -> None:
        self._finish(None)

    def _forget(self) -> None:
        if self._transaction is not None and self._transaction.unanswered:
            self._transaction.abandon()
        self._finish(None)

    def _finish(self, response: SipResponse | None) -> None:
        self._limit.cancel()
        on_end, self._on_end = self._on_end, None
        if on_end is not None:
            on_end(self, response)


def _retry_after(response: SipResponse) -> float | None:
    """Return the seconds of Retry-After, ten at most; None where there are none."""
    digits = (response.headers.get_first("retry-after") or "").strip().partition(" ")[0].partition(";")[0]
    return min(float(digits), 10.0) if digits.isascii() and digits.isdigit() and len(digits) < 6 else None
