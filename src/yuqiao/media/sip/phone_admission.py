"""What may come over a browser's WebSocket: its own name's messages and calls to the one number of its ticket. Pure.

The page is anybody's to change, so everything that it says is held against the ticket: a phone cannot call out through
us, take part in another's call, or be rung in another's place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aiosipua import SipRequest

from yuqiao.lib.phones import Ticket
from yuqiao.media.sip.addresses import read_party, read_uri

#: Messages a second that a phone may send, and at once: dialling, ringing and a call's end together are a dozen.
RATE: Final = 20.0
BURST: Final = 60.0


class Pace:
    """How many messages a phone has left: ``RATE`` a second, ``BURST`` at once. ``now`` in seconds of a steady
    clock."""

    def __init__(self, now: float) -> None:
        self._left = BURST
        self._at = now

    def take(self, now: float) -> bool:
        """Count one message; False when it is one too many."""
        self._left = min(BURST, self._left + RATE * max(0.0, now - self._at))
        self._at = now
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True


@dataclass(frozen=True, slots=True)
class Acquaintance:
    """What we know of the message already: whether it belongs to a transaction with this phone, whether its dialog
    exists, and whether that is this phone's own."""

    transaction: bool = False
    dialog: bool = False
    own: bool = False


def judge(request: SipRequest, ticket: Ticket, known: Acquaintance) -> int | None:  # noqa: PLR0911 - a line a rule
    """Return the status with which ``request`` is refused, 0 to drop it, None to let it in.

    403: the ticket does not allow it. 481: a dialog or transaction that is not this phone's (whether there is such a
    one is not told).
    """
    if known.transaction or (known.dialog and known.own):
        return None
    if request.method == "ACK":
        return 0  # never answered (RFC 3261 17)
    if request.method == "CANCEL" or known.dialog or _tag_of(request.headers.get_first("to") or ""):
        return 481
    if _user_of(request.headers.get_first("from") or "") != ticket.name:
        return 403
    match request.method:
        case "REGISTER":
            return None if _user_of(request.headers.get_first("to") or "") == ticket.name else 403
        case "INVITE" if request.headers.get("replaces"):
            return None  # whether that call is its own is looked at where it is known (RFC 3891)
        case "INVITE":
            return None if ticket.dials and _dialled(request.uri) == ticket.dials else 403
        case "OPTIONS":
            return None
    return 405


def _tag_of(value: str) -> str:
    try:
        return read_party(value).tag
    except ValueError:
        return ""


def _dialled(uri: str) -> str:
    try:
        return read_uri(uri).user
    except ValueError:
        return ""


def _user_of(value: str) -> str:
    try:
        return read_uri(read_party(value).uri).user
    except ValueError:
        return ""
