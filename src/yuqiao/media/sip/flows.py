"""The WebSockets by which browsers' phones speak SIP (RFC 7118): one a name, the newest wins. No sockets here.

A phone is known by its ticket alone, so its messages come from a host of its own, ``NAME.browser``, which no lookup of
names ever finds, and go to whichever WebSocket that name has at the moment: a page that was loaded anew goes on with
the dialogs of the one before.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from yuqiao.lib.phones import HOST, Ticket
from yuqiao.media.sip.addresses import Uri, read_uri

#: The protocol of Via and of ``transport=`` (RFC 7118 5.2); the page's side of a relay may say WSS.
PROTOCOL: Final = "WS"
#: How a WebSocket ends whose name has a newer one; 4000 to 4999 are for applications (RFC 6455 7.4.2).
TAKEN_OVER: Final = 4001


@dataclass(frozen=True, slots=True)
class Binding:
    """Where a phone wants to be rung (RFC 3261 10.3): ``contact``, its URI; ``until`` in seconds of the loop's clock;
    the REGISTER that said so."""

    contact: str
    until: float
    call_id: str
    seq: int


class Flow(Protocol):
    """One WebSocket. ``binding`` is None while its phone is not registered."""

    ticket: Ticket
    binding: Binding | None

    @property
    def open(self) -> bool:
        """Whether sending makes sense."""

    def send(self, data: bytes, failed: Callable[[], None]) -> None:
        """Send one message; ``failed`` is called if it certainly did not go out."""

    def close(self, code: int, reason: str) -> None:
        """End it; messages of it are heard no more."""


class Flows:
    """Those that stand, by name."""

    def __init__(self) -> None:
        self._by_host: dict[str, Flow] = {}
        self.on_arrival: Callable[[str], None] = lambda host: None
        self.on_departure: Callable[[str], None] = lambda host: None

    def __len__(self) -> int:
        return len(self._by_host)

    def of(self, host: str) -> Flow | None:
        """Return the WebSocket of the phone at ``host``, None while it has none."""
        flow = self._by_host.get(host)
        return flow if flow is not None and flow.open else None

    def enter(self, flow: Flow) -> None:
        """A phone has come; a former WebSocket of its name ends."""
        host = host_of(flow.ticket.name)
        former = self._by_host.get(host)
        self._by_host[host] = flow
        if former is not None:
            former.close(TAKEN_OVER, "this phone was opened in another place")
        self.on_arrival(host)

    def leave(self, flow: Flow) -> None:
        """A WebSocket is over; nothing happens when a newer one took its place."""
        host = host_of(flow.ticket.name)
        if self._by_host.get(host) is flow:
            del self._by_host[host]
            self.on_departure(host)


def host_of(name: str) -> str:
    """Return the host from which the messages of phone ``name`` come and to which they go."""
    return f"{name}.{HOST}"


def phone_of(target: str) -> str | None:
    """Return the host of the phone that ``target`` names (``sip:NAME@browser``), None for any other address."""
    try:
        uri: Uri = read_uri(target)
    except ValueError:
        return None
    return host_of(uri.user.lower()) if uri.host.lower() == HOST and uri.user else None
