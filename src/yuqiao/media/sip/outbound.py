"""A call that goes out: INVITE, early media, forks, ACK, CANCEL and their races (RFC 3261 13.2, 9.1)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from enum import Enum, auto

from aiosipua import SipRequest, SipResponse

from yuqiao.media import causes
from yuqiao.media.ports import Address, AudioParameters, CallObserver
from yuqiao.media.sip import mapping, sdp, wire
from yuqiao.media.sip.addresses import read_party
from yuqiao.media.sip.core import Core
from yuqiao.media.sip.dialog import Dialog
from yuqiao.media.sip.layer import Transaction
from yuqiao.media.sip.leg import CallLeg
from yuqiao.media.sip.signing import Signer
from yuqiao.media.sip.transport import Hop


class Progress(Enum):
    """How far an outbound INVITE is. CANCELLING: the owner gave up; what still comes is cleared away silently."""

    CALLING = auto()
    PROCEEDING = auto()
    CANCELLING = auto()
    ANSWERED = auto()
    OVER = auto()


class OutboundLeg(CallLeg):
    """One outbound INVITE and the dialogs it makes; `SipCall` for its owner."""

    def __init__(
        self,
        core: Core,
        invite: SipRequest,
        hop: Hop,
        observer: CallObserver,
        *,
        tag: str,
        names: tuple[str, str, str],
        local: Address,
        languages: Sequence[str] = (),
        signer: Signer | None = None,
    ) -> None:
        """``names``: caller's number, caller's name, dialled number. ``signer``: meets the challenges of a carrier."""
        super().__init__(core, tag, invite.headers.get_first("call-id") or "", invite, names[0])
        self._names = names
        self.signer = signer
        self._invite = invite
        self._hop = hop
        self._seq = wire.cseq_of(invite)[0]
        self.observer = observer
        self.progress = Progress.CALLING
        self._heard_provisional = False
        self._was_challenged = False
        self._languages: tuple[str, ...] = ()
        self._cancel_sent = False
        self._early: dict[str, AudioParameters] = {}
        self._acks: dict[str, tuple[bytes, Hop]] = {}
        self._transaction: Transaction | None = None
        self._patience: asyncio.TimerHandle | None = None
        invite.body = self.describe(local).offer(languages)

    @property
    def caller_number(self) -> str:
        """See `SipCall`."""
        return self._names[0]

    @property
    def caller_name(self) -> str:
        """See `SipCall`."""
        return self._names[1]

    @property
    def dialled_number(self) -> str:
        """See `SipCall`."""
        return self._names[2]

    @property
    def languages(self) -> tuple[str, ...]:
        """See `SipCall.languages`."""
        return self._languages

    @property
    def peer(self) -> Address:
        """Where the INVITE goes, as the target names it."""
        return self._hop.host, self._hop.port

    @property
    def was_heard(self) -> bool:
        """Whether the other end has answered the INVITE with anything yet, be it 100 or 401."""
        return self._was_challenged or self._heard_provisional

    @property
    def offer(self) -> AudioParameters | None:
        """Always None: the offer is ours."""
        return None

    @property
    def we_offered(self) -> bool:
        """Always: 491 to whoever offers before our offer is answered."""
        return True

    def start(self, timeout: float) -> None:
        """Send the INVITE; cancel with cause 19 unless answered in ``timeout`` seconds."""
        self._patience = self.core.later(timeout, lambda: self.hangup(causes.NO_ANSWER))
        self._transaction = self.core.layer.request(self._invite, self._hop, self._on_response, self._on_failure)

    def ring(self) -> None:
        """Nothing: it is the other end that rings."""

    def answer(self, local: Address, language: str = "") -> AudioParameters:
        """Always ValueError: an outbound call is answered by the other end."""
        raise ValueError("an outbound call is answered by the other end")

    def hangup(self, cause: int = 16) -> None:
        """CANCEL (as soon as a provisional response allows it, 9.1) or BYE."""
        if self.progress is Progress.ANSWERED:
            self.progress = Progress.OVER
            self.end_dialog(cause)
        elif self.progress in {Progress.CALLING, Progress.PROCEEDING}:
            self.progress = Progress.CANCELLING
            self._calm()
            self.report_end(cause)
            self._cancel(cause)

    # -- responses to the INVITE -----------------------------------------------------------------------------------

    def _on_response(self, response: SipResponse) -> None:
        status = response.status_code
        if status < 200:
            self._on_provisional(response)
        elif status < 300:
            self._on_success(response)
        else:
            self._on_refusal(response)

    def _on_provisional(self, response: SipResponse) -> None:
        self._heard_provisional = True
        if self.progress is Progress.CANCELLING:
            self._cancel(causes.NORMAL)
        elif self.progress in {Progress.CALLING, Progress.PROCEEDING} and response.status_code > 100:
            self.progress = Progress.PROCEEDING
            tag = read_party(response.headers.get_first("to") or "").tag
            if tag:
                self.dialog = Dialog.of_caller(self._invite, response, self._hop)
            early = _described(response)
            audio = None if early is None else early.audio
            if audio is not None and tag:
                self._early[tag] = audio
            if self.observer is not None:
                self.observer.on_progress(response.status_code, audio)

    def _on_success(self, response: SipResponse) -> None:
        """2xx: the first makes the call; its repetitions get the same ACK again; other forks get ACK and BYE."""
        tag = read_party(response.headers.get_first("to") or "").tag
        if tag in self._acks:
            self.core.transport.send(*self._acks[tag])
            return
        dialog = Dialog.of_caller(self._invite, response, self._hop)
        self._acknowledge(dialog, tag)
        if self.progress not in {Progress.CALLING, Progress.PROCEEDING}:
            self.send_bye(dialog, causes.NORMAL)  # a fork's second answer, or one that crossed our CANCEL
            if self.progress is Progress.CANCELLING:
                self._finish()
            return
        self._calm()
        self.dialog, self.progress = dialog, Progress.ANSWERED
        described = _described(response)
        audio = self._early.get(tag) if described is None else described.audio
        self._languages = () if described is None else described.languages.preferred
        if audio is None:
            self.progress = Progress.OVER
            self.end_dialog(causes.NO_CODEC)
            return
        self.talking, self.audio = True, audio
        if self.observer is not None:
            self.observer.on_answer(audio)

    def _acknowledge(self, dialog: Dialog, tag: str) -> None:
        try:
            ack, hop = self.core.within(dialog, "ACK", self._seq)
        except ValueError:  # a Contact or Record-Route we cannot follow: the way the INVITE went is the best guess
            dialog.remote_target, dialog.route_set = self._invite.uri, ()
            ack, hop = self.core.within(dialog, "ACK", self._seq)
        for name in ("Authorization", "Proxy-Authorization"):  # 22.1: an ACK cannot be challenged, so it shows the same
            for value in self._invite.headers.get(name):
                ack.headers.append(name, value)
        self._acks[tag] = (bytes(ack), hop)
        self.core.transport.send(bytes(ack), hop)

    def _on_refusal(self, response: SipResponse) -> None:
        if self._sign_again(response):
            return
        cause = mapping.from_reason(response.headers.get("reason")) or mapping.from_status(response.status_code)
        self._finish()
        self.report_end(cause, response.status_code)

    def _sign_again(self, response: SipResponse) -> bool:
        """22.2: a challenged INVITE goes out once more, signed; whether it did."""
        if self.signer is None or self.progress not in {Progress.CALLING, Progress.PROCEEDING}:
            return False
        invite = self.signer.again(self._invite, response)
        if invite is None:
            return False
        self._invite, self._seq = invite, wire.cseq_of(invite)[0]
        self.dialog, self._heard_provisional, self._was_challenged = None, False, True
        self._early.clear()
        self._transaction = self.core.layer.request(invite, self._hop, self._on_response, self._on_failure)
        return True

    def _on_failure(self) -> None:
        """Timer B, or a wire that refuses (17.1.4): nobody gave a status; out of order says it best."""
        self._finish()
        self.report_end(causes.OUT_OF_ORDER)

    def on_peer_bye(self) -> None:
        """The other end ended the call."""
        if self.progress is not Progress.ANSWERED and self._transaction is not None:
            self._transaction.abandon()
        self._finish()

    def on_never_acked(self) -> None:
        """See `CallLeg`: a later INVITE's answer was never acknowledged."""
        self.progress = Progress.OVER
        super().on_never_acked()

    # -- giving up -------------------------------------------------------------------------------------------------

    def _cancel(self, cause: int) -> None:
        """Send CANCEL once a provisional response has come (9.1), and forget the INVITE if 64*T1 later it still has no
        final response."""
        if self._cancel_sent or not self._heard_provisional:
            return
        self._cancel_sent = True
        cancel = SipRequest(method="CANCEL", uri=self._invite.uri)
        for name in ("Via", "Route", "From", "To", "Call-ID", "Max-Forwards"):
            for value in self._invite.headers.get(name):
                cancel.headers.append(name, value)
        cancel.headers.append("CSeq", f"{self._seq} CANCEL")
        cancel.headers.append("Reason", mapping.reason_header(cause))
        self.core.layer.request(cancel, self._hop, lambda response: None, lambda: None)
        self._patience = self.core.later(self.core.timing.limit, self._forget)

    def _forget(self) -> None:
        if self._transaction is not None and self._transaction.unanswered:
            self._transaction.abandon()
        self._finish()

    def _finish(self) -> None:
        self.progress = Progress.OVER
        self._calm()
        self.close()

    def _calm(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None


def _described(response: SipResponse) -> sdp.Description | None:
    """Return what the SDP of a response says, None if it has none that we can use."""
    if not response.body:
        return None
    try:
        return sdp.read(response.body)
    except ValueError:
        return None
