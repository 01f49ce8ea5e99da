"""A page that was loaded anew takes its own call over: an INVITE with Replaces (RFC 3891).

The leg and its channel stay; only the dialog and the audio are others, so nobody else notices more than a pause.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

from aiosipua import SipRequest

from yuqiao.media.sip import sdp
from yuqiao.media.sip.dialog import Dialog
from yuqiao.media.sip.inbound import InboundLeg
from yuqiao.media.sip.layer import Transaction
from yuqiao.media.sip.outbound import OutboundLeg

_WORD = re.compile(r"[^\s;,\"<>]{1,255}")


@dataclass(frozen=True, slots=True)
class Replaced:
    """The dialog that a request wants to take the place of, by our tag and theirs; ``early``: only if it is not
    answered yet."""

    call_id: str
    our_tag: str
    their_tag: str
    early: bool = False


def read(request: SipRequest) -> Replaced:
    """Return what Replaces says (RFC 3891 6.1); ValueError unless it stands once and names a whole dialog. Pure."""
    values = request.headers.get("replaces")
    call_id, *parameters = values[0].split(";") if len(values) == 1 else ("",)
    named = {key.strip().lower(): value.strip() for key, _, value in (one.partition("=") for one in parameters)}
    words = (call_id.strip(), named.get("to-tag", ""), named.get("from-tag", ""))
    if not all(_WORD.fullmatch(word) for word in words):
        raise ValueError("no dialog is named")
    return Replaced(*words, early="early-only" in named)


def take_over(leg: InboundLeg | OutboundLeg, transaction: Transaction) -> None:
    """Let ``leg``, which is the asking phone's own, go on in the dialog of a new INVITE; a final refusal leaves all as
    it was. Section 3: 481 for a call that is not answered yet, for it is we who ask her then."""
    request, core, former = transaction.request, leg.core, leg.media
    if not leg.talking or former is None:
        core.reply(transaction, 481)
        return
    tag = secrets.token_hex(8)
    try:
        leg.read(request.body)
        dialog = Dialog.of_callee(request, tag, transaction.hop)
    except ValueError as error:
        core.reply(transaction, 488 if isinstance(error, sdp.NotAcceptableError) or not request.body else 400)
        return
    leg.move(dialog, tag)
    core.legs[leg.key] = leg
    leg.note_abilities(request)
    media = leg.describe(former.local)
    media.held, media.language = former.held, former.language
    transaction.local_tag = tag
    leg.answer_offer(transaction, media)
