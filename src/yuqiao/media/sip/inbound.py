"""A call that comes in: 100 at once, 180 and 200 when the owner says so, CANCEL and refusals (RFC 3261 13.3, 9.2)."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable

from aiosipua import SipRequest

from yuqiao.media import causes
from yuqiao.media.ports import Address, AudioParameters, CallObserver
from yuqiao.media.sip import identity, mapping, sdp, wire
from yuqiao.media.sip.addresses import read_party, read_uri
from yuqiao.media.sip.core import Core
from yuqiao.media.sip.dialog import Dialog
from yuqiao.media.sip.flows import PROTOCOL
from yuqiao.media.sip.layer import Transaction
from yuqiao.media.sip.leg import CallLeg
from yuqiao.media.sip.pending import PendingAnswer
from yuqiao.media.sip.reliable import Provisionals
from yuqiao.media.sip.screening import ACCEPT, ALLOW, SUPPORTED
from yuqiao.media.sip.secure_media import Keys
from yuqiao.media.sip.trunks import TrunkSettings

REMINDER = 60.0


class InboundLeg(CallLeg):
    """One inbound INVITE and its dialog; `SipCall` for its owner."""

    def __init__(self, core: Core, transaction: Transaction, trunk: TrunkSettings | None = None) -> None:
        """ValueError when the INVITE's SDP or Contact cannot be used (`sdp.NotAcceptableError`: nothing in common)."""
        invite = transaction.request
        self._user = read_uri(invite.uri).user
        super().__init__(core, secrets.token_hex(8), invite.headers.get_first("call-id") or "", invite, self._user)
        self.transaction = transaction
        transaction.local_tag, transaction.on_cancel = self.tag, self.cancelled
        self.dialog = Dialog.of_callee(invite, self.tag, transaction.hop)
        core.transport.port(self.dialog.next_hop().protocol)  # a way back that we do not speak is none
        self.note_abilities(invite)
        self.keys = Keys(core.srtp if trunk is None else trunk.srtp)
        flow = core.transport.flows.of(transaction.hop.host) if transaction.hop.protocol == PROTOCOL else None
        self._ticket = None if flow is None else flow.ticket
        self.browsers = None if flow is None else core.browsers
        self._description = self.read(invite.body) if invite.body else None
        self.trunk = trunk
        believed = None if trunk is None else identity.asserted(invite)
        self._from = believed or read_party(invite.headers.get_first("from") or "")
        self._diverted_from = identity.diverted_from(invite)
        self._arrival = arrival_of(invite)
        core.arrivals.add(self._arrival)
        self._provisionals = Provisionals(core, transaction, self._on_never_pracked)
        self._early_body = b""  # the answer that a 183 gave
        self._early_reliably = self._answering = False
        self._reminder: asyncio.TimerHandle | None = None
        self._hangup_cause = 0
        self.on_unwanted: Callable[[], None] = lambda: None

    @property
    def caller_number(self) -> str:
        """The number that a carrier asserts (RFC 3325), else the user part of From, "" where it has none; the name of a
        browser's phone."""
        return identity.number_of(self._from)

    @property
    def caller_name(self) -> str:
        """The display name that stands with the number."""
        return self._from.name

    @property
    def diverted_from(self) -> str:
        """See `SipCall.diverted_from`."""
        return self._diverted_from

    @property
    def dialled_number(self) -> str:
        """The user part of the Request-URI."""
        return self._user

    @property
    def peer(self) -> Address:
        """Where the INVITE came from."""
        return self.transaction.hop.host, self.transaction.hop.port

    @property
    def offer(self) -> AudioParameters | None:
        """See `SipCall.offer`."""
        return None if self._description is None else self._description.audio

    @property
    def languages(self) -> tuple[str, ...]:
        """See `SipCall.languages`."""
        said = () if self._description is None else self._description.languages.preferred
        return said or ((self._ticket.language,) if self._ticket is not None and self._ticket.language else ())

    @property
    def _answerable(self) -> bool:
        return self.transaction.unanswered and not self.over and not self._answering

    def ring(self) -> None:
        """Send 180, and again every minute so that no proxy loses patience (13.3.1.1)."""
        if not self._answerable:
            return
        if not self._provisionals.silent:
            self._provisionals.send(180, tag=self.tag, headers=self._dialog_headers())
        self._calm()
        self._reminder = self.core.later(REMINDER, self.ring)

    def progress(self, local: Address, language: str = "") -> AudioParameters:
        """Send 183 with our SDP for ``local``: sound before the answer (RFC 3960 2.1). Reliably where the caller can,
        so that it is the answer; else the 200 says it again. ValueError once over or answered, or done before, or where
        the INVITE brought no offer."""
        if not self._answerable or self._early_body:
            raise ValueError("the call is over, answered, or has early media")
        if self._description is None:
            raise ValueError("the caller offers no media before the answer")
        media = self.describe(local)
        media.language = language
        self._early_body = media.answer(self._description)
        audio = self.audio = media.settle(self._description)
        headers, body = self._dialog_headers(), self._early_body
        self._early_reliably = self._provisionals.send(183, tag=self.tag, headers=headers, body=body)
        return audio

    def answer(self, local: Address, language: str = "") -> AudioParameters:
        """Send 200 with our SDP for ``local``. If the INVITE brought no offer, ours goes out and what is returned has
        no address yet: `CallObserver.on_answer` then brings what their ACK says. ValueError once over or answered."""
        if not self._answerable:
            raise ValueError("the call is over or answered")
        offer = self._description
        if self._early_body and self.audio is not None:
            audio, body = self.audio, b"" if self._early_reliably else self._early_body
        else:
            media = self.describe(local)
            media.language = language
            body = media.offer() if offer is None else media.answer(offer)
            audio = self.audio = sdp.awaiting_answer() if offer is None else media.settle(offer)
        self._calm()
        self._answering = True
        if self._provisionals.answering:
            self._provisionals.after(lambda: self._accept(body, offered=False))
        else:
            self._accept(body, offered=offer is None)
        return audio

    def _accept(self, body: bytes, *, offered: bool) -> None:
        self._provisionals.stop()
        headers = (*self._dialog_headers(), ALLOW, ACCEPT, SUPPORTED, *self.agree_to(self.transaction.request))
        response = self.core.reply(self.transaction, 200, tag=self.tag, headers=headers, body=body)
        self.pending = PendingAnswer(self.core, self.transaction, response, self.on_never_acked, offered=offered)

    def hangup(self, cause: int = 16) -> None:
        """Refuse the INVITE, or BYE. A BYE waits for the ACK of our 200 (15): until then only the owner is told."""
        if self._refusable:
            self._refuse(mapping.to_status(cause), cause)
            self.report_end(cause)
        elif self.pending is not None and not self.talking:
            self._hangup_cause = self._hangup_cause or cause
            self.report_end(cause)
        elif not self.over:
            self.end_dialog(cause)

    def cancelled(self, cancel: SipRequest) -> None:
        """The caller gave up (9.2): the INVITE ends with 487, unless it is answered already."""
        if self._refusable:
            cause = mapping.from_reason(cancel.headers.get("reason")) or causes.NORMAL
            self._refuse(487, cause)
            self.report_end(cause, 487)

    def take_observer(self, observer: CallObserver | None) -> None:
        """Begin to tell ``observer``; nobody wants the call: 503."""
        self.observer = observer
        if observer is None and self._refusable:
            self._refuse(503, causes.CONGESTION)

    def on_acked(self, answered: AudioParameters | None) -> None:
        """Our 200 (of the first INVITE, or of a later one) is acknowledged."""
        if self._hangup_cause:
            self.end_dialog(self._hangup_cause)
        elif self.talking:
            super().on_acked(answered)
        else:
            self.talking = True
            self.audio = answered or self.audio
            if self.observer is not None and self.audio is not None:
                self.observer.on_answer(self.audio)

    def on_peer_bye(self) -> None:
        """A caller may end an early dialog by BYE (15.1.2): the INVITE then gets 487."""
        if self._refusable:
            self._refuse(487, causes.NORMAL)

    def on_prack(self, transaction: Transaction) -> None:
        """RFC 3262 3: 200, with the answer to a new offer if it brings one (section 5); then what waited for it."""
        request = transaction.request
        if not self._provisionals.acknowledge(request):
            self.core.reply(transaction, 481, tag=self.tag)
        elif request.body and self.media is not None and self._early_reliably:
            self.answer_offer(transaction, self.media)
        else:
            self.core.reply(transaction, 200, tag=self.tag)
        self._provisionals.go_on()

    def _on_never_pracked(self) -> None:
        """RFC 3262 3: a reliable response that nobody acknowledges ends the INVITE."""
        if self._refusable:
            self._refuse(504, causes.TIMER_EXPIRED)
            self.report_end(causes.TIMER_EXPIRED)

    @property
    def early_answered(self) -> bool:
        """See `CallLeg`."""
        return self._early_reliably and not self._provisionals.answering

    @property
    def _refusable(self) -> bool:
        return self.transaction.unanswered and not self.over

    def close(self) -> None:
        """See `CallLeg.close`."""
        self._calm()
        self._provisionals.stop()
        self.core.arrivals.discard(self._arrival)
        super().close()

    def _refuse(self, status: int, cause: int) -> None:
        reason = () if status == 487 else (("Reason", mapping.reason_header(cause)),)
        self.core.reply(self.transaction, status, tag=self.tag, headers=reason)
        self.close()
        if status == 503:  # there was nobody to take it
            self.on_unwanted()

    def _dialog_headers(self) -> tuple[tuple[str, str], ...]:
        routes = (("Record-Route", value) for value in self.transaction.request.headers.get("record-route"))
        return (*routes, self.core.contact(self.user, self.transaction.hop))

    def _calm(self) -> None:
        if self._reminder is not None:
            self._reminder.cancel()
            self._reminder = None


def arrival_of(invite: SipRequest) -> tuple[str, ...]:
    """Return what a merged request has in common with the first (8.2.2.2): Call-ID, From tag, CSeq."""
    tag = read_party(invite.headers.get_first("from") or "").tag
    return invite.headers.get_first("call-id") or "", tag, str(wire.cseq_of(invite)[0])
