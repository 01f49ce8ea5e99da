"""Early dialogs of a call that goes out: one for each fork that rings (RFC 3261 12.1, 13.2.2.4), each with its own
reliable responses (RFC 3262 4)."""

from __future__ import annotations

from dataclasses import dataclass

from aiosipua import SipRequest, SipResponse

from yuqiao.media.sip import reliable, sdp, wire
from yuqiao.media.sip.addresses import read_party
from yuqiao.media.sip.core import Core
from yuqiao.media.sip.dialog import Dialog
from yuqiao.media.sip.signing import Signer
from yuqiao.media.sip.transport import Hop


@dataclass(slots=True)
class Early:
    """What one fork described last, whether that is the answer (it came reliably), and the RSeq of its last reliable
    response (0: none)."""

    dialog: Dialog
    described: sdp.Description | None = None
    answered: bool = False
    rseq: int = 0


class EarlyDialogs:
    """Those of one INVITE, by the tag in To."""

    def __init__(self, core: Core, signer: Signer | None) -> None:
        self._core = core
        self._signer = signer
        self._by_tag: dict[str, Early] = {}

    def of(self, tag: str) -> Early | None:
        """Return the early dialog with ``tag``, None if that fork has not spoken up."""
        return self._by_tag.get(tag)

    @property
    def highest_seq(self) -> int:
        """The highest CSeq that any of them has used, 0 where there is none."""
        return max((one.dialog.local_seq for one in self._by_tag.values()), default=0)

    def clear(self) -> None:
        """Another INVITE begins."""
        self._by_tag.clear()

    def take(
        self, tag: str, invite: SipRequest, response: SipResponse, hop: Hop, media: sdp.LocalDescription | None
    ) -> Early | None:
        """Keep what a provisional response says, and acknowledge a reliable one; None for one that came before or out
        of turn: it is not to be looked at (RFC 3262 4)."""
        early = self._by_tag.get(tag)
        if early is None:
            early = self._by_tag[tag] = Early(Dialog.of_caller(invite, response, hop))
        rseq = reliable.rseq_of(response)
        if rseq and not reliable.in_order(rseq, early.rseq):
            return None
        described = described_by(response, media)
        if described is not None and not early.answered:
            early.described, early.answered = described, bool(rseq)
        if rseq:
            early.rseq = rseq
            self._send_prack(early.dialog, f"{rseq} {wire.cseq_of(invite)[0]} INVITE")
        return early

    def _send_prack(self, dialog: Dialog, rack: str) -> None:
        prack, hop = self._core.within(dialog, "PRACK")
        prack.headers.append("RAck", rack)
        self._core.tell(dialog, prack, hop, self._signer)


def tag_of(response: SipResponse) -> str:
    """Return the tag of the other end, "" where there is none."""
    return read_party(response.headers.get_first("to") or "").tag


def described_by(response: SipResponse, media: sdp.LocalDescription | None) -> sdp.Description | None:
    """Return what the SDP of a response says to our offer ``media``, None if it has none that we can use."""
    if not response.body or media is None:
        return None
    try:
        return media.read_answer(response.body)
    except ValueError:
        return None
