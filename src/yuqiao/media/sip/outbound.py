"""A call that goes out: INVITE, early media, forks, ACK, CANCEL and their races (RFC 3261 13.2, 9.1)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from enum import Enum, auto

from aiosipua import SipRequest, SipResponse

from yuqiao.media import causes
from yuqiao.media.ports import Address, AudioParameters, CallObserver
from yuqiao.media.sip import mapping, sdp, session_timers, wire
from yuqiao.media.sip.addresses import read_party, read_uri
from yuqiao.media.sip.core import Core
from yuqiao.media.sip.dialog import Dialog
from yuqiao.media.sip.early import EarlyDialogs, described_by, tag_of
from yuqiao.media.sip.farewell import Acks, Aftermath
from yuqiao.media.sip.flows import PROTOCOL
from yuqiao.media.sip.layer import Transaction
from yuqiao.media.sip.leg import CallLeg
from yuqiao.media.sip.redirects import Redirections, way
from yuqiao.media.sip.secure_media import Keys
from yuqiao.media.sip.signing import Signer
from yuqiao.media.sip.transport import Hop
from yuqiao.media.sip.trunks import TrunkSettings


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
        trunk: TrunkSettings | None = None,
    ) -> None:
        """``names``: caller's number, caller's name, dialled number. ``trunk``: the carrier, which
        may challenge and redirect."""
        super().__init__(core, tag, invite.headers.get_first("call-id") or "", invite, names[0])
        self._names = names
        self.trunk = trunk
        self.signer = Signer(trunk.login) if trunk is not None and trunk.login is not None else None
        self.keys = Keys(core.srtp if trunk is None else trunk.srtp, under_tls=hop.protocol == "TLS")
        self._redirections = Redirections({invite.uri})
        self._invite = invite
        self._hop = hop
        self._seq = wire.cseq_of(invite)[0]
        self.observer = observer
        self.stage = Progress.CALLING
        self._heard_provisional = False
        self._was_answered = False
        self._languages: tuple[str, ...] = ()
        self._cancel_sent = False
        self._early = EarlyDialogs(core, self.signer)
        self._acks = Acks(core)
        self._transaction: Transaction | None = None
        self._patience: asyncio.TimerHandle | None = None
        self._offered_languages = languages
        self.browsers = core.browsers if hop.protocol == PROTOCOL else None
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
        return self._was_answered or self._heard_provisional

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

    def ring_again(self, contact: str) -> None:
        """Ring where the other end is now, if it has not answered: a page that was loaded anew knows of no call."""
        if self.stage in {Progress.CALLING, Progress.PROCEEDING} and self._transaction is not None:
            self._transaction.abandon()
            self._send_anew(self._renewed((), contact))

    @property
    def ringing(self) -> bool:
        """Whether the INVITE has no final answer yet."""
        return self.stage in {Progress.CALLING, Progress.PROCEEDING}

    def fail(self, cause: int, status: int) -> OutboundLeg:
        """End a call that is not begun: there is nobody to send its INVITE to."""
        self._finish()
        self.report_end(cause, status)
        return self

    def ring(self) -> None:
        """Nothing: it is the other end that rings."""

    def progress(self, local: Address, language: str = "") -> AudioParameters:
        """Always ValueError: early media of an outbound call is the other end's."""
        raise ValueError("an outbound call is answered by the other end")

    def answer(self, local: Address, language: str = "") -> AudioParameters:
        """Always ValueError: an outbound call is answered by the other end."""
        raise ValueError("an outbound call is answered by the other end")

    def hangup(self, cause: int = 16) -> None:
        """CANCEL (as soon as a provisional response allows it, 9.1) or BYE."""
        if self.stage is Progress.ANSWERED:
            self.stage = Progress.OVER
            self.end_dialog(cause)
        elif self.stage in {Progress.CALLING, Progress.PROCEEDING}:
            self.stage = Progress.CANCELLING
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
        if self.stage is Progress.CANCELLING:
            self._cancel(causes.NORMAL)
        elif self.stage in {Progress.CALLING, Progress.PROCEEDING} and response.status_code > 100:
            self.stage = Progress.PROCEEDING
            tag = tag_of(response)
            if tag:
                early = self._early.take(tag, self._invite, response, self._hop, self.media)
                if early is None:
                    return
                self.dialog = early.dialog
                self.note_abilities(response)
            described = described_by(response, self.media)
            if self.observer is not None:
                audio = None if described is None or self.media is None else self.media.agreed(described)
                self.observer.on_progress(response.status_code, audio)

    def dialog_of(self, request: SipRequest) -> Dialog | None:
        """See `CallLeg`; before the answer any fork may speak up."""
        early = self._early.of(read_party(request.headers.get_first("from") or "").tag)
        if early is not None and not self.talking:
            self.dialog = early.dialog
        return super().dialog_of(request)

    @property
    def early_answered(self) -> bool:
        """See `CallLeg`."""
        early = None if self.dialog is None else self._early.of(self.dialog.remote_tag)
        return early is not None and early.answered

    def take_offer(self, offer: sdp.Description) -> None:
        """See `CallLeg`: what a fork changes before the answer is what holds when it answers."""
        early = None if self.dialog is None else self._early.of(self.dialog.remote_tag)
        if early is not None and not self.talking:
            early.described = offer

    def _on_success(self, response: SipResponse) -> None:
        """2xx: the first makes the call; its repetitions get the same ACK again; other forks get ACK and BYE."""
        tag = tag_of(response)
        if self._acks.repeat(tag):
            return
        dialog = Dialog.of_caller(self._invite, response, self._hop)
        early = self._early.of(tag)
        if early is not None:  # the route set may be new (13.2.2.4), the numbers go on
            dialog.local_seq, dialog.remote_seq = early.dialog.local_seq, early.dialog.remote_seq
        self._acks.give(tag, dialog, self._invite)
        if self.stage not in {Progress.CALLING, Progress.PROCEEDING}:
            self.send_bye(dialog, causes.NORMAL)  # a fork's second answer, or one that crossed our CANCEL
            if self.stage is Progress.CANCELLING:
                self._finish()
            return
        self._calm()
        self.dialog, self.stage = dialog, Progress.ANSWERED
        described = described_by(response, self.media)
        if early is not None and early.described is not None and (early.answered or described is None):
            described = early.described  # RFC 3261 13.2.1: the first reliable answer is the answer
        audio = None if described is None or self.media is None else self.media.settle(described)
        self._languages = () if described is None else described.languages.preferred
        if audio is None:
            self.stage = Progress.OVER
            self.end_dialog(causes.NO_CODEC)
            return
        self.talking, self.audio = True, audio
        self.note_abilities(response)
        self.changes.agree(session_timers.agreed(session_timers.read(response), self.changes.terms))
        if self.observer is not None:
            self.observer.on_answer(audio)
        self.changes.go_on()

    def _on_refusal(self, response: SipResponse) -> None:
        if self._sign_again(response) or self._ask_again(response) or self._offer_plain(response):
            return
        self._redirections.take(response.status_code, response.headers.get("contact"))
        if self._go_elsewhere():
            return
        cause = mapping.from_reason(response.headers.get("reason")) or mapping.from_status(response.status_code)
        self._finish()
        self.report_end(cause, response.status_code)

    def _sign_again(self, response: SipResponse) -> bool:
        """22.2: a challenged INVITE goes out once more, signed; whether it did."""
        if self.signer is None or self.stage not in {Progress.CALLING, Progress.PROCEEDING}:
            return False
        invite = self.signer.again(self._invite, response)
        if invite is None:
            return False
        self._was_answered = True
        self._send_anew(invite)
        return True

    def _ask_again(self, response: SipResponse) -> bool:
        """RFC 4028 7.3: refused with 422, the INVITE goes out again with the interval they want; whether it did."""
        if response.status_code != 422 or self.stage not in {Progress.CALLING, Progress.PROCEEDING}:
            return False
        terms = session_timers.raised(session_timers.read(response), self.changes.terms)
        if terms is None:
            return False
        self.changes.terms = terms
        self._send_anew(self._renewed(session_timers.asked(terms)))
        return True

    def _go_elsewhere(self) -> bool:
        """8.1.3.4: the INVITE goes to the next contact that a 3xx named and that may be called; whether it did."""
        if self.stage not in {Progress.CALLING, Progress.PROCEEDING}:
            return False
        while (uri := self._redirections.next()) is not None:
            hop = way(read_uri(uri), self._hop, self.trunk)
            if hop is None:
                continue
            if self.trunk is None or (hop.host, hop.port) not in self.trunk.hosts:
                self.signer = None  # what we sign for one is not shown to another
            self._hop, self._was_answered = hop, True
            invite = self._renewed((("Via", self.core.via(hop)), self.core.contact(self.user, hop)), uri)
            if hop.protocol != "TLS" and self.keys.may_go_plain:
                self._describe_plainly(invite)
            self.core.counters["redirected"] += 1
            self._send_anew(invite)
            return True
        return False

    def _offer_plain(self, response: SipResponse) -> bool:
        """Refused for its media (21.4.26, 21.6.4), an offer of SRTP that need not be one goes out again without;
        whether it did."""
        going = self.stage in {Progress.CALLING, Progress.PROCEEDING} and self.keys.may_go_plain
        if response.status_code not in {415, 488, 606} or not going:
            return False
        invite = self._renewed(())
        self._describe_plainly(invite)
        self._send_anew(invite)
        return True

    def _describe_plainly(self, invite: SipRequest) -> None:
        """Take the keys out of the offer, and give none later."""
        self.keys.go_plain()
        if self.media is not None:
            invite.body = self.media.offer(self._offered_languages)

    def _renewed(self, headers: session_timers.Headers, uri: str = "") -> SipRequest:
        """Return the INVITE with ``headers`` in the places of theirs, the next CSeq and a branch of its own."""
        invite = wire.renewed(self._invite, without=("Authorization", "Proxy-Authorization"))
        invite.uri = uri or invite.uri
        for name, value in headers:
            invite.headers.set_single(name, value)
        if self.signer is not None and self.signer.has_nonce:
            self.signer.begin_anew(invite)
        return invite

    def _send_anew(self, invite: SipRequest) -> None:
        self._invite, self._seq = invite, wire.cseq_of(invite)[0]
        self.dialog, self._heard_provisional = None, False
        self._early.clear()
        self._transaction = self.core.layer.request(invite, self._hop, self._on_response, self._on_failure)

    def _on_failure(self) -> None:
        """Timer B, or a wire that refuses (17.1.4): nobody gave a status; out of order says it best."""
        if self._go_elsewhere():
            return
        self._finish()
        self.report_end(causes.OUT_OF_ORDER)

    def on_peer_bye(self) -> None:
        """The other end ended the call."""
        if self.stage is not Progress.ANSWERED and self._transaction is not None:
            self._transaction.abandon()
        self._finish()

    def on_never_acked(self) -> None:
        """See `CallLeg`: a later INVITE's answer was never acknowledged."""
        self.stage = Progress.OVER
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
        self.stage = Progress.OVER
        self._calm()
        self.close()

    def close(self) -> None:
        """See `CallLeg`. What still comes for the INVITE is answered without this leg."""
        super().close()
        transaction = self._transaction
        if transaction is not None:
            seq = max(self._early.highest_seq, 0 if self.dialog is None else self.dialog.local_seq)
            after = Aftermath(self.core, transaction.octets, self._hop, self._acks, seq, self.signer)
            transaction.on_response, transaction.on_failure = after, lambda: None

    def _calm(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
