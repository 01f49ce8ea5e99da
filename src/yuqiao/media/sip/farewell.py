"""How a dialog ends from our side, and what is still owed to an INVITE that was accepted when its leg is over
(RFC 3261 13.2.2.4, 15.1.1): 32 s long a repeated 2xx wants its ACK, and another fork's an ACK and a BYE."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from aiosipua import SipRequest, SipResponse

from yuqiao.media import causes
from yuqiao.media.sip import mapping, wire
from yuqiao.media.sip.addresses import read_party
from yuqiao.media.sip.core import Core
from yuqiao.media.sip.dialog import Dialog
from yuqiao.media.sip.signing import Signer
from yuqiao.media.sip.transport import Hop

log = logging.getLogger(__name__)


def say(core: Core, dialog: Dialog, cause: int, signer: Signer | None) -> None:
    """Send BYE (15.1.1); whatever comes back, the dialog is over. The leg is not kept for it."""
    try:
        bye, hop = core.within(dialog, "BYE")
    except ValueError:
        log.warning("a BYE could not be sent: no usable route")
        return
    bye.headers.append("Reason", mapping.reason_header(cause))

    def on_response(response: SipResponse) -> None:
        again = None if signer is None else signer.again(bye, response)
        if again is not None:
            core.layer.request(again, hop, lambda response: None, lambda: None)

    core.layer.request(bye, hop, on_response, lambda: None)


class Acks:
    """The ACKs of the 2xx to one INVITE, by the tag of the fork that answered."""

    __slots__ = ("_core", "_given")

    def __init__(self, core: Core) -> None:
        self._core = core
        self._given: dict[str, tuple[bytes, Hop]] = {}

    def repeat(self, tag: str) -> bool:
        """Send the ACK of that fork again; False when it was given none yet."""
        if tag not in self._given:
            return False
        self._core.transport.send(*self._given[tag])
        return True

    def give(self, tag: str, dialog: Dialog, invite: SipRequest) -> None:
        """Acknowledge a 2xx for the first time."""
        ack, hop = self._core.within(dialog, "ACK", wire.cseq_of(invite)[0])
        for name in ("Authorization", "Proxy-Authorization"):  # 22.1: an ACK cannot be challenged, so it shows the same
            for value in invite.headers.get(name):
                ack.headers.append(name, value)
        self._given[tag] = (bytes(ack), hop)
        self._core.transport.send(bytes(ack), hop)


@dataclass(frozen=True, slots=True)
class Aftermath:
    """Hears what still comes for an INVITE in the place of a leg that is over. It keeps the INVITE's ``octets`` alone,
    which the transaction has anyway. ``seq``: the highest CSeq used so far."""

    core: Core
    octets: bytes
    hop: Hop
    acks: Acks
    seq: int
    signer: Signer | None

    def __call__(self, response: SipResponse) -> None:
        """Answer a 2xx; nothing else matters any more."""
        tag = read_party(response.headers.get_first("to") or "").tag
        if not 200 <= response.status_code < 300 or self.acks.repeat(tag):
            return
        invite = wire.read(self.octets)
        if isinstance(invite, SipRequest):
            dialog = Dialog.of_caller(invite, response, self.hop)
            dialog.local_seq = max(dialog.local_seq, self.seq)
            self.acks.give(tag, dialog, invite)
            say(self.core, dialog, causes.NORMAL, self.signer)
