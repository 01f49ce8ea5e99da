"""What may come over a browser's WebSocket: its own name's messages and calls to the one number of its ticket. Pure.

The page is anybody's to change, so everything that it says is held against the ticket: a phone cannot call out through
us, take part in another's call, or be rung in another's place.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from aiosipua import SipRequest

from yuqiao.lib.phones import Ticket, is_guest
from yuqiao.media.sip.addresses import read_party, read_uri

#: Messages a second that a phone may send, and at once: dialling, ringing and a call's end together are a dozen.
RATE: Final = 20.0
BURST: Final = 60.0
#: Guests whose call is remembered: to have one forgotten costs as many proofs of work, and each is worth a call anyway.
REMEMBERED: Final = 10_000


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


class Calls:
    """Which phones may call now: each has one call at a time, a guest's (`lib.phones.GUEST`) one altogether, whatever
    tickets and WebSockets it gets. Phones are told apart by their host (`flows.host_of`)."""

    def __init__(self) -> None:
        self._guests: dict[str, None] = {}  # in the order of their calls

    def refusal(self, host: str, *, busy: bool) -> int:
        """Return the status with which a call is refused, 0 to let it in; ``busy``: a call of this phone's is not
        over. 486: it is busy. 403: this guest's call has been."""
        if busy:
            return 486
        return 403 if host in self._guests else 0

    def begun(self, host: str) -> Callable[[], None]:
        """Count a call that is let in. What is returned is called where nobody on our side takes it: then it counts
        no more."""
        if is_guest(host):
            self._guests[host] = None
            if len(self._guests) > REMEMBERED:
                del self._guests[next(iter(self._guests))]
        return partial(self._guests.pop, host, None)


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
