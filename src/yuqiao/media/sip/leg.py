"""What both directions of a call have in common once a dialog stands: BYE, changes of media, keys, the end."""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Mapping
from types import MappingProxyType

from aiosipua import SipRequest, SipResponse

from yuqiao.media import causes
from yuqiao.media.ports import Address, AudioParameters, CallObserver
from yuqiao.media.sip import mapping, sdp, wire
from yuqiao.media.sip.addresses import read_party
from yuqiao.media.sip.core import Core
from yuqiao.media.sip.dialog import Dialog
from yuqiao.media.sip.layer import Transaction
from yuqiao.media.sip.pending import PendingAnswer
from yuqiao.media.sip.screening import ACCEPT, ALLOW, digit_of
from yuqiao.media.sip.signing import Signer

log = logging.getLogger(__name__)


class CallLeg:
    """One leg; `InboundLeg` and `OutboundLeg` add how it begins. Implements the shared half of `SipCall`."""

    def __init__(self, core: Core, tag: str, call_id: str, invite: SipRequest, user: str) -> None:
        self.core = core
        self.tag = tag
        self.key = (call_id, tag)
        self.user = user
        self.dialog: Dialog | None = None
        self.media: sdp.LocalDescription | None = None
        self.audio: AudioParameters | None = None
        self.observer: CallObserver | None = None
        self.talking = False
        self.over = False
        self.pending: PendingAnswer | None = None
        self.signer: Signer | None = None
        self._reported = False
        self._headers = MappingProxyType({n.lower(): v[0] for n, v in invite.headers.items() if v})

    @property
    def headers(self) -> Mapping[str, str]:
        """See `SipCall.headers`."""
        return self._headers

    # -- the end ---------------------------------------------------------------------------------------------------

    def report_end(self, cause: int, status: int = 0) -> None:
        """Tell the owner, once, on the loop's next turn: it may be in the middle of calling us."""
        if self._reported:
            return
        self._reported = True
        asyncio.get_running_loop().call_soon(self._tell_end, cause, status)

    def _tell_end(self, cause: int, status: int) -> None:
        if self.observer is not None:
            self.observer.on_end(mapping.end_cause(cause, status))

    def close(self) -> None:
        """No request can reach this leg any more."""
        self.over, self.talking = True, False
        if self.pending is not None:
            self.pending.stop()
            self.pending = None
        self.core.legs.pop(self.key, None)

    def leave(self) -> None:
        """The trunk stops: a BYE even to who has not acknowledged yet, and no more."""
        if self.dialog is not None and self.pending is not None:
            self.send_bye(self.dialog, causes.NORMAL)
        self.close()

    def send_bye(self, dialog: Dialog, cause: int) -> None:
        """Send BYE (15.1.1); whatever comes back, the dialog is over."""
        try:
            bye, hop = self.core.within(dialog, "BYE")
        except ValueError:
            log.warning("a BYE could not be sent: no usable route")
            return
        bye.headers.append("Reason", mapping.reason_header(cause))

        def on_response(response: SipResponse) -> None:
            again = None if self.signer is None else self.signer.again(bye, response)
            if again is not None:
                self.core.layer.request(again, hop, lambda response: None, lambda: None)

        self.core.layer.request(bye, hop, on_response, lambda: None)

    def end_dialog(self, cause: int) -> None:
        """Say BYE and be over."""
        dialog = self.dialog
        self.close()
        if dialog is not None:
            self.send_bye(dialog, cause)
        self.report_end(cause)

    def on_never_acked(self) -> None:
        """Our 200 was never acknowledged: the session is to be ended (13.3.1.4)."""
        self.end_dialog(causes.TIMER_EXPIRED)

    # -- requests within the dialog --------------------------------------------------------------------------------

    def on_request(self, transaction: Transaction) -> None:
        """Serve a request that belongs to this dialog (12.2.2)."""
        request, dialog = transaction.request, self.dialog
        if dialog is None or not self._is_from_peer(request):
            self.core.reply(transaction, 481, tag=self.tag)
            return
        seq = wire.cseq_of(request)[0]
        if seq <= dialog.remote_seq:
            self.core.reply(transaction, 500, tag=self.tag)
            return
        dialog.remote_seq = seq
        match request.method:
            case "BYE":
                self._on_bye(transaction)
            case "INVITE" | "UPDATE":
                self._on_change(transaction)
            case "INFO":
                self._on_info(transaction)
            case _:
                self.core.reply(transaction, 200, tag=self.tag, headers=(ACCEPT,))

    def _is_from_peer(self, request: SipRequest) -> bool:
        remote = read_party(request.headers.get_first("from") or "").tag
        return self.dialog is not None and remote == self.dialog.remote_tag

    def _on_bye(self, transaction: Transaction) -> None:
        self.core.reply(transaction, 200, tag=self.tag)
        cause = mapping.from_reason(transaction.request.headers.get("reason"))
        self.on_peer_bye()
        self.close()
        self.report_end(cause or causes.NORMAL)

    def on_peer_bye(self) -> None:
        """Hook: what else a BYE ends (an INVITE that is not answered yet)."""

    def _on_info(self, transaction: Transaction) -> None:
        request = transaction.request
        digit = digit_of(request)
        if digit is None and request.body:
            self.core.reply(transaction, 415, tag=self.tag, headers=(ACCEPT,))
            return
        self.core.reply(transaction, 200, tag=self.tag)
        if digit is not None and self.observer is not None:
            self.observer.on_digit(*digit)

    # -- changes of media ------------------------------------------------------------------------------------------

    def _on_change(self, transaction: Transaction) -> None:
        """A re-INVITE (14.2) or UPDATE (RFC 3311 5.2): hold, resume, another address, a refreshed target."""
        request = transaction.request
        status = self._obstacle(request)
        if status:
            retry = (("Retry-After", str(secrets.randbelow(10))),) if status == 500 else ()
            self.core.reply(transaction, status, tag=self.tag, headers=retry)
            return
        if request.method == "UPDATE" and not request.body:
            self._refresh(transaction)
            self.core.reply(transaction, 200, tag=self.tag, headers=(self._contact(transaction),))
            return
        media = self.media
        if media is None:
            self.core.reply(transaction, 488, tag=self.tag)
            return
        if not request.body:
            self._answer_change(transaction, media.offer(), None)
            return
        try:
            offer = sdp.read(request.body)
        except ValueError as error:
            refusal = 488 if isinstance(error, sdp.NotAcceptableError) else 400
            self.core.reply(transaction, refusal, tag=self.tag)
            return
        self._answer_change(transaction, media.answer(offer), offer.audio)

    def _obstacle(self, request: SipRequest) -> int:
        """Return why a change must wait: 491 while an offer of ours is open, 500 while one of theirs is; else 0."""
        if self.pending is not None:
            return 491 if self.pending.offered else 500 if request.method == "INVITE" or not self.talking else 0
        if not self.talking:
            return 0 if request.method == "UPDATE" and not request.body else 491 if self.we_offered else 500
        return 0

    @property
    def we_offered(self) -> bool:
        """Whether the offer that opens the call is ours."""
        return False

    def _refresh(self, transaction: Transaction) -> None:
        if self.dialog is not None:
            self.dialog.refresh(transaction.request, transaction.hop)

    def _contact(self, transaction: Transaction) -> tuple[str, str]:
        return self.core.contact(self.user, transaction.hop)

    def _answer_change(self, transaction: Transaction, body: bytes, audio: AudioParameters | None) -> None:
        self._refresh(transaction)
        extra = (self._contact(transaction), *((ALLOW, ACCEPT) if transaction.request.method == "INVITE" else ()))
        response = self.core.reply(transaction, 200, tag=self.tag, headers=extra, body=body)
        if transaction.request.method == "INVITE":
            self.pending = PendingAnswer(self.core, transaction, response, self.on_never_acked, offered=audio is None)
        if audio is not None:
            self.take_audio(audio)

    def take_audio(self, audio: AudioParameters) -> None:
        """Tell the owner of new parameters if they differ from the old ones."""
        if audio != self.audio:
            self.audio = audio
            if self.observer is not None:
                self.observer.on_audio_change(audio)

    def on_ack(self, request: SipRequest) -> None:
        """An ACK of one of our 200s; one for another CSeq is a repetition and changes nothing."""
        pending = self.pending
        if pending is None or not self._is_from_peer(request) or wire.cseq_of(request)[0] != pending.seq:
            return
        pending.stop()
        self.pending = None
        answered: AudioParameters | None = None
        if pending.offered:
            try:
                answered = sdp.read(request.body).audio
            except ValueError:
                self.end_dialog(causes.NO_CODEC)
                return
        self.on_acked(answered)

    def on_acked(self, answered: AudioParameters | None) -> None:
        """The ACK came, with the answer to our offer if we made one."""
        if answered is not None:
            self.take_audio(answered)

    # -- what the owner may ask ------------------------------------------------------------------------------------

    def describe(self, local: Address) -> sdp.LocalDescription:
        """Begin our side of the session at RTP socket ``local``."""
        self.media = sdp.LocalDescription(local)
        return self.media
