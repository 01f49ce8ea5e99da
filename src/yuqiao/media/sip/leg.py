"""What both directions of a call have in common once a dialog stands: BYE, changes of media, keys, the end."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping
from types import MappingProxyType

from aiosipua import SipRequest

from yuqiao.media import causes
from yuqiao.media.ports import Address, AudioParameters, CallObserver, TransferRequest
from yuqiao.media.sip import browser_sdp, farewell, mapping, sdp, session_timers, transfers, wire
from yuqiao.media.sip.addresses import read_party
from yuqiao.media.sip.browser_sdp import Browsers
from yuqiao.media.sip.changing import Changes
from yuqiao.media.sip.core import Core
from yuqiao.media.sip.dialog import Dialog
from yuqiao.media.sip.layer import Transaction
from yuqiao.media.sip.pending import PendingAnswer
from yuqiao.media.sip.screening import ACCEPT, ALLOW, SUPPORTED, digit_of
from yuqiao.media.sip.secure_media import Keys, Policy
from yuqiao.media.sip.signing import Signer
from yuqiao.media.sip.trunks import TrunkSettings


class CallLeg:
    """One leg; `InboundLeg` and `OutboundLeg` add how it begins. Implements the shared half of `SipCall`."""

    def __init__(self, core: Core, tag: str, call_id: str, invite: SipRequest, user: str) -> None:
        self.core = core
        self.tag = tag
        self.key = (call_id, tag)
        self.user = user
        self.dialog: Dialog | None = None
        self.places: set[str] = set()
        self.media: sdp.LocalDescription | None = None
        self.audio: AudioParameters | None = None
        self.observer: CallObserver | None = None
        self.talking = False
        self.over = False
        self.pending: PendingAnswer | None = None
        self.signer: Signer | None = None
        self.keys = Keys(Policy.OPTIONAL)
        self.browsers: Browsers | None = None  # how we describe ourselves where the other end is a browser
        self.changes = Changes(self)
        self.trunk: TrunkSettings | None = None
        self._transfer: transfers.Transfer | None = None
        self._on_transfer: Callable[[TransferRequest], bool] | None = None
        self._reported = False
        self._headers = MappingProxyType({n.lower(): v[0] for n, v in invite.headers.items() if v})

    @property
    def headers(self) -> Mapping[str, str]:
        """See `SipCall.headers`."""
        return self._headers

    @property
    def carrier(self) -> str:
        """See `SipCall.carrier`."""
        return "" if self.trunk is None else self.trunk.name

    @property
    def diverted_from(self) -> str:
        """See `SipCall.diverted_from`."""
        return ""

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
        self.changes.stop()
        if self._transfer is not None:
            self._transfer.stop()
        if self.pending is not None:
            self.pending.stop()
            self.pending = None
        self._on_transfer = None
        self.core.legs.pop(self.key, None)

    def move(self, dialog: Dialog, tag: str) -> None:
        """Go on in ``dialog``, with ``tag`` as ours, under a new key (RFC 3891): what comes in the former one is heard
        no more, and what it was asked is not waited for."""
        self.core.legs.pop(self.key, None)
        self.changes.stop()
        if self._transfer is not None:
            self._transfer.stop()
            self._transfer = None
        if self.pending is not None:
            self.pending.stop()
            self.pending = None
        self.dialog, self.tag, self.key = dialog, tag, (dialog.call_id, tag)

    def leave(self) -> None:
        """The trunk stops: a BYE even to who has not acknowledged yet, and no more."""
        if self.dialog is not None and self.pending is not None:
            self.send_bye(self.dialog, causes.NORMAL)
        self.close()

    def send_bye(self, dialog: Dialog, cause: int) -> None:
        """Send BYE (15.1.1); whatever comes back, the dialog is over."""
        farewell.say(self.core, dialog, cause, self.signer)

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
        request = transaction.request
        dialog = self.dialog_of(request)
        if dialog is None:
            self.core.reply(transaction, 481, tag=self.tag)
            return
        seq = wire.cseq_of(request)[0]
        if seq <= dialog.remote_seq:
            self.core.reply(transaction, 500, tag=self.tag)
            return
        dialog.remote_seq = seq
        self.note_abilities(request)
        match request.method:
            case "BYE":
                self._on_bye(transaction)
            case "INVITE" | "UPDATE":
                self._on_change(transaction)
            case "INFO":
                self._on_info(transaction)
            case "PRACK":
                self.on_prack(transaction)
            case "REFER":
                self._on_refer(transaction)
            case _:
                self.core.reply(transaction, 200, tag=self.tag, headers=(ACCEPT, SUPPORTED))

    def dialog_of(self, request: SipRequest) -> Dialog | None:
        """Return the dialog that ``request`` of the other end belongs to, None when it is another party's."""
        remote = read_party(request.headers.get_first("from") or "").tag
        return self.dialog if self.dialog is not None and remote == self.dialog.remote_tag else None

    def on_prack(self, transaction: Transaction) -> None:
        """A PRACK (RFC 3262 3): 481, unless the leg sent what it acknowledges."""
        self.core.reply(transaction, 481, tag=self.tag)

    def note_abilities(self, message: wire.Message) -> None:
        """Remember from any message of the other end whether it takes UPDATE (RFC 3311 4)."""
        allowed = session_timers.options(message, "allow")
        if allowed:
            self.changes.update_allowed = "update" in allowed

    def _on_bye(self, transaction: Transaction) -> None:
        cause = mapping.from_reason(transaction.request.headers.get("reason"))
        self.core.reply(transaction, 200, tag=self.tag)
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

    def _on_refer(self, transaction: Transaction) -> None:
        """Somebody else is to be called: refused, unless the owner wants to decide on it (`transfers`)."""
        try:
            wanted = transfers.read(transaction.request)
        except ValueError:
            self.core.reply(transaction, 400, tag=self.tag)
            return
        if self._transfer is not None and not self._transfer.over:
            self.core.reply(transaction, 491, tag=self.tag)
        elif self.dialog is None or not self.talking or self._on_transfer is None or not self._on_transfer(wanted):
            self.core.counters["transfers_refused"] += 1
            self.core.reply(transaction, 603, tag=self.tag)
        else:
            contact = self._contact(transaction)
            transfer = transfers.Transfer(self.core, self.dialog, transaction.request, contact, self.signer)
            self.core.reply(transaction, 202, tag=self.tag, headers=(contact, *transfer.answer))
            self._transfer = transfer
            transfer.tell(100)

    # -- changes of media ------------------------------------------------------------------------------------------

    def _on_change(self, transaction: Transaction) -> None:
        """A re-INVITE (14.2) or UPDATE (RFC 3311 5.2): hold, resume, another address, a refreshed target."""
        request = transaction.request
        status = self._obstacle(request)
        if status:
            retry = (("Retry-After", str(secrets.randbelow(10))),) if status == 500 else ()
            self.core.reply(transaction, status, tag=self.tag, headers=retry)
            return
        if session_timers.too_brief(session_timers.read(request), self.core.terms):
            self.core.reply(transaction, 422, tag=self.tag, headers=(("Min-SE", str(self.core.terms.least)),))
            return
        if request.method == "UPDATE" and not request.body:
            self._refresh(transaction)
            headers = (self._contact(transaction), *self._agree_again(request))
            self.core.reply(transaction, 200, tag=self.tag, headers=headers)
            return
        media = self.media
        if media is None:
            self.core.reply(transaction, 488, tag=self.tag)
            return
        if not request.body:
            self._answer_change(transaction, media.offer(), None)
            return
        self.answer_offer(transaction, media)

    def answer_offer(self, transaction: Transaction, media: sdp.LocalDescription) -> None:
        """Answer the offer of a re-INVITE, UPDATE or PRACK; 488 or 400 leave all as it was."""
        try:
            offer = self.read(transaction.request.body)
        except ValueError as error:
            refusal = 488 if isinstance(error, sdp.NotAcceptableError) else 400
            self.core.reply(transaction, refusal, tag=self.tag)
            return
        self.take_offer(offer)
        self._answer_change(transaction, media.answer(offer), media.settle(offer))

    def take_offer(self, offer: sdp.Description) -> None:
        """Hook: what else an offer of theirs changes."""

    def _obstacle(self, request: SipRequest) -> int:
        """Return why a change must wait: 491 while an offer of ours is open, 500 while one of theirs is; else 0."""
        if self.changes.offering and (request.body or request.method == "INVITE"):
            return 491  # glare (14.2); a refresh without an offer is none
        if self.pending is not None:
            return 491 if self.pending.offered else 500 if request.method == "INVITE" or not self.talking else 0
        if not self.talking and not (self.early_answered and request.method == "UPDATE"):
            return 0 if request.method == "UPDATE" and not request.body else 491 if self.we_offered else 500
        return 0

    @property
    def we_offered(self) -> bool:
        """Whether the offer that opens the call is ours."""
        return False

    @property
    def early_answered(self) -> bool:
        """Whether offer and answer were exchanged reliably before the call was answered (RFC 3262 5, RFC 3311 5.1)."""
        return False

    @property
    def stands(self) -> bool:
        """Whether the INVITE has its 2xx: only then sessions have a timer."""
        return self.talking or self.pending is not None

    @property
    def changeable(self) -> bool:
        """See `changing.Owner`."""
        return self.talking and self.pending is None

    def _agree_again(self, request: SipRequest) -> session_timers.Headers:
        return self.agree_to(request) if self.stands else ()

    def agree_to(self, request: SipRequest) -> session_timers.Headers:
        """Settle by our 2xx to ``request`` when the session ends; return the header fields that say so."""
        agreement, headers = session_timers.answered(session_timers.read(request), self.core.terms)
        self.changes.agree(agreement)
        return headers

    def _refresh(self, transaction: Transaction) -> None:
        if self.dialog is not None:
            self.dialog.refresh(transaction.request, transaction.hop)

    def _contact(self, transaction: Transaction) -> tuple[str, str]:
        return self.core.contact(self.user, transaction.hop)

    def _answer_change(self, transaction: Transaction, body: bytes, audio: AudioParameters | None) -> None:
        self._refresh(transaction)
        request = transaction.request
        extra = [self._contact(transaction), *self._agree_again(request)]
        extra += [ALLOW, ACCEPT, SUPPORTED] if request.method == "INVITE" else []
        response = self.core.reply(transaction, 200, tag=self.tag, headers=extra, body=body)
        if request.method == "INVITE":
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
        if pending is None or self.dialog_of(request) is None or wire.cseq_of(request)[0] != pending.seq:
            return
        pending.stop()
        self.pending = None
        answered: AudioParameters | None = None
        if pending.offered and self.media is not None:
            try:
                answered = self.media.settle(self.media.read_answer(request.body))
            except ValueError:
                self.end_dialog(causes.NO_CODEC)
                return
        self.on_acked(answered)
        self.changes.go_on()

    def on_acked(self, answered: AudioParameters | None) -> None:
        """The ACK came, with the answer to our offer if we made one."""
        if answered is not None:
            self.take_audio(answered)

    def take_answer(self, body: bytes) -> None:
        """The other end answered a later offer of ours. ValueError when that cannot be used."""
        if self.media is not None:
            self.take_audio(self.media.settle(self.media.read_answer(body)))

    # -- what the owner may ask ------------------------------------------------------------------------------------

    def hold(self, *, held: bool) -> None:
        """See `SipCall.hold`."""
        self.changes.hold(held=held)

    def take_transfers(self, on_transfer: Callable[[TransferRequest], bool]) -> None:
        """See `SipCall.take_transfers`."""
        self._on_transfer = on_transfer

    def transfer_progress(self, status: int) -> None:
        """See `SipCall.transfer_progress`."""
        if self._transfer is None or self._transfer.over:
            raise ValueError("no transfer is open")
        self._transfer.tell(status)

    def describe(self, local: Address) -> sdp.LocalDescription:
        """Begin our side of the session at RTP socket ``local``."""
        browsers = self.browsers
        self.media = sdp.LocalDescription(local, self.keys) if browsers is None else browsers.describe(local)
        return self.media

    def read(self, offer: bytes) -> sdp.Description:
        """Return what an offer of the other end says; ValueErrors as of `sdp.read`."""
        return sdp.read(offer, self.keys.policy) if self.browsers is None else browser_sdp.read(offer)
