"""A call that comes in: 100 at once, 180 and 200 when the owner says so, CANCEL and refusals (RFC 3261 13.3, 9.2)."""

from __future__ import annotations

import asyncio
import secrets

from aiosipua import SipRequest

from yuqiao.media import causes
from yuqiao.media.ports import Address, AudioParameters, CallObserver
from yuqiao.media.sip import mapping, sdp, wire
from yuqiao.media.sip.addresses import read_party, read_uri
from yuqiao.media.sip.core import Core
from yuqiao.media.sip.dialog import Dialog
from yuqiao.media.sip.layer import Transaction
from yuqiao.media.sip.leg import CallLeg
from yuqiao.media.sip.pending import PendingAnswer
from yuqiao.media.sip.screening import ACCEPT, ALLOW

REMINDER = 60.0


class InboundLeg(CallLeg):
    """One inbound INVITE and its dialog; `SipCall` for its owner."""

    def __init__(self, core: Core, transaction: Transaction) -> None:
        """ValueError when the INVITE's SDP or Contact cannot be used (`sdp.NotAcceptableError`: nothing in common)."""
        invite = transaction.request
        self._user = read_uri(invite.uri).user
        super().__init__(core, secrets.token_hex(8), invite.headers.get_first("call-id") or "", invite, self._user)
        self.transaction = transaction
        transaction.local_tag, transaction.on_cancel = self.tag, self.cancelled
        self.dialog = Dialog.of_callee(invite, self.tag, transaction.hop)
        self._description = sdp.read(invite.body) if invite.body else None
        self._from = read_party(invite.headers.get_first("from") or "")
        self._arrival = arrival_of(invite)
        core.arrivals.add(self._arrival)
        self._reminder: asyncio.TimerHandle | None = None
        self._hangup_cause = 0

    @property
    def caller_number(self) -> str:
        """The user part of From, "" where it has none."""
        try:
            return read_uri(self._from.uri).user
        except ValueError:
            return ""

    @property
    def caller_name(self) -> str:
        """The display name of From."""
        return self._from.name

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
        return () if self._description is None else self._description.languages.preferred

    @property
    def _answerable(self) -> bool:
        return self.transaction.unanswered and not self.over

    def ring(self) -> None:
        """Send 180, and again every minute so that no proxy loses patience (13.3.1.1)."""
        if not self._answerable:
            return
        self.core.reply(self.transaction, 180, tag=self.tag, headers=self._dialog_headers())
        self._calm()
        self._reminder = self.core.later(REMINDER, self.ring)

    def answer(self, local: Address, language: str = "") -> AudioParameters:
        """Send 200 with our SDP for ``local``. If the INVITE brought no offer, ours goes out and what is returned has
        no address yet: `CallObserver.on_answer` then brings what their ACK says. ValueError once over or answered."""
        if not self._answerable:
            raise ValueError("the call is over or answered")
        media = self.describe(local)
        media.language = language
        offer = self._description
        body = media.offer() if offer is None else media.answer(offer)
        audio = self.audio = sdp.awaiting_answer() if offer is None else offer.audio
        self._calm()
        headers = (*self._dialog_headers(), ALLOW, ACCEPT)
        response = self.core.reply(self.transaction, 200, tag=self.tag, headers=headers, body=body)
        self.pending = PendingAnswer(self.core, self.transaction, response, self.on_never_acked, offered=offer is None)
        return audio

    def hangup(self, cause: int = 16) -> None:
        """Refuse the INVITE, or BYE. A BYE waits for the ACK of our 200 (15): until then only the owner is told."""
        if self._answerable:
            self._refuse(mapping.to_status(cause), cause)
            self.report_end(cause)
        elif self.pending is not None and not self.talking:
            self._hangup_cause = self._hangup_cause or cause
            self.report_end(cause)
        elif not self.over:
            self.end_dialog(cause)

    def cancelled(self, cancel: SipRequest) -> None:
        """The caller gave up (9.2): the INVITE ends with 487, unless it is answered already."""
        if self._answerable:
            cause = mapping.from_reason(cancel.headers.get("reason")) or causes.NORMAL
            self._refuse(487, cause)
            self.report_end(cause, 487)

    def take_observer(self, observer: CallObserver | None) -> None:
        """Begin to tell ``observer``; nobody wants the call: 503."""
        self.observer = observer
        if observer is None and self._answerable:
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
        if self._answerable:
            self._refuse(487, causes.NORMAL)

    def close(self) -> None:
        """See `CallLeg.close`."""
        self._calm()
        self.core.arrivals.discard(self._arrival)
        super().close()

    def _refuse(self, status: int, cause: int) -> None:
        reason = () if status == 487 else (("Reason", mapping.reason_header(cause)),)
        self.core.reply(self.transaction, status, tag=self.tag, headers=reason)
        self.close()

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
