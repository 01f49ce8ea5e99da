"""REFER: the other end asks us to call somebody in its place (RFC 3515, RFC 3892, RFC 4488).

Nothing is ever dialled here. A REFER is refused with 603 unless the owner of the call wants to hear of it; then the
owner decides, and what becomes of it is told by NOTIFY. So nobody can make us call, and pay, by asking.
"""

from __future__ import annotations

import asyncio
from typing import Final
from urllib.parse import unquote

from aiosipua import SipRequest

from yuqiao.media.ports import TransferRequest
from yuqiao.media.sip import wire
from yuqiao.media.sip.addresses import read_party, read_uri
from yuqiao.media.sip.core import Core
from yuqiao.media.sip.dialog import Dialog
from yuqiao.media.sip.signing import Signer

#: Seconds for which a transfer may stay undecided; then the other end is told that it failed.
PATIENCE: Final = 60.0
_TIMED_OUT: Final = 408


def read(request: SipRequest) -> TransferRequest:
    """Return what a REFER asks; ValueError when it names no one, several, or anything but a call (RFC 3515 2.4.2)."""
    targets = request.headers.get("refer-to") or request.headers.get("r")
    if len(targets) != 1:
        raise ValueError("a REFER names one target")
    uri = read_party(targets[0]).uri
    address, _, fields = uri.partition("?")
    parsed = read_uri(address)
    if "method=" in address.lower() and "method=invite" not in address.lower():
        raise ValueError("only calls are transferred")
    named = dict(one.partition("=")[::2] for one in fields.split("&"))
    replaces = next((unquote(value) for name, value in named.items() if name.lower() == "replaces"), "")
    by = request.headers.get_first("referred-by") or request.headers.get_first("b") or ""
    return TransferRequest(parsed.user, address, replaces.partition(";")[0], by.partition(";")[0].strip())


class Transfer:
    """A REFER that the owner took: the subscription that it opened, until a final status is told."""

    def __init__(self, core: Core, dialog: Dialog, refer: SipRequest, contact: tuple[str, str], signer: Signer | None):
        self._core, self._dialog, self._contact, self._signer = core, dialog, contact, signer
        self._event = f"refer;id={wire.cseq_of(refer)[0]}"
        # RFC 4488: who does not want to hear of it says so
        self.silent = (refer.headers.get_first("refer-sub") or "").strip().lower() == "false"
        self.over = False
        self._ends = asyncio.get_running_loop().time() + PATIENCE
        self._limit = core.later(PATIENCE, self._time_out)

    @property
    def answer(self) -> tuple[tuple[str, str], ...]:
        """What our 202 says besides."""
        return (("Refer-Sub", "false"),) if self.silent else ()

    def tell(self, status: int) -> None:
        """Tell by NOTIFY how the new call fares; a final status ends the subscription (RFC 3515 2.4.5)."""
        if self.over:
            return
        self.over = status >= 200
        if self.over:
            self._limit.cancel()
        if not self.silent:
            self._notify(status)

    def stop(self) -> None:
        """The call is over, and with it all that was said in it."""
        self.over = True
        self._limit.cancel()

    def _time_out(self) -> None:
        self.tell(_TIMED_OUT)

    def _notify(self, status: int) -> None:
        left = max(1, int(self._ends - asyncio.get_running_loop().time()))
        try:
            notify, hop = self._core.within(self._dialog, "NOTIFY")
        except ValueError:
            return  # no usable route
        for name, value in (
            ("Event", self._event),
            ("Subscription-State", "terminated;reason=noresource" if self.over else f"active;expires={left}"),
            self._contact,
            ("Content-Type", "message/sipfrag;version=2.0"),
        ):
            notify.headers.append(name, value)
        notify.body = f"SIP/2.0 {status} {wire.PHRASES.get(status, 'Unknown')}\r\n".encode()
        self._core.tell(self._dialog, notify, hop, self._signer)
