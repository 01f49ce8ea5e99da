"""What all calls of one trunk share: the layer below, the table of legs, and how a request of ours begins."""

from __future__ import annotations

import asyncio
import secrets
import socket
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Protocol

from aiosipua import SipRequest, SipResponse

from yuqiao.lib.phones import HOST
from yuqiao.media.sip import wire
from yuqiao.media.sip.addresses import bracketed, escaped_user, read_party
from yuqiao.media.sip.browser_sdp import Browsers
from yuqiao.media.sip.dialog import Dialog
from yuqiao.media.sip.flows import PROTOCOL
from yuqiao.media.sip.layer import Layer, Transaction
from yuqiao.media.sip.screening import ALLOW
from yuqiao.media.sip.secure_media import Policy
from yuqiao.media.sip.session_timers import Terms
from yuqiao.media.sip.signing import Signer
from yuqiao.media.sip.transactions import Timing
from yuqiao.media.sip.transport import Hop, Transport, is_address
from yuqiao.media.sip.trunks import TrunkSettings

MAX_FORWARDS = 70


class Leg(Protocol):
    """What the trunk asks of each of its calls. ``places``: addresses from which it was begun or answered."""

    places: set[str]
    dialog: Dialog | None

    trunk: TrunkSettings | None

    def on_request(self, transaction: Transaction) -> None:
        """A request within the dialog."""

    def on_ack(self, request: SipRequest) -> None:
        """An ACK of a 2xx within the dialog."""

    def hangup(self, cause: int = 16) -> None:
        """End it."""

    def leave(self) -> None:
        """End it without waiting for anything."""


class Core:
    """Shared by the legs of one trunk; ``legs`` by Call-ID and our tag; ``arrivals`` tells an INVITE that came by two
    ways (8.2.2.2)."""

    def __init__(
        self,
        transport: Transport,
        layer: Layer,
        timing: Timing,
        counters: Counter[str],
        agent: str,
        *,
        terms: Terms = Terms(),  # noqa: B008 - a frozen value
    ) -> None:
        self.transport = transport
        self.layer = layer
        self.timing = timing
        self.counters = counters
        self.agent = agent
        self.terms = terms
        self.legs: dict[tuple[str, str], Leg] = {}
        self.arrivals: set[tuple[str, ...]] = set()
        self.srtp = Policy.OPTIONAL  # for whoever is no trunk
        self.browsers: Browsers | None = None
        self._routes: dict[str, str] = {}

    def note_answer(self, response: SipResponse, host: str) -> None:
        """A request of ours was answered from ``host``: if it was a call's, its other end may speak from there."""
        tag = read_party(response.headers.get_first("from") or "").tag
        leg = self.legs.get((response.headers.get_first("call-id") or "", tag))
        if leg is not None:
            leg.places.add(host)

    def expects(self, leg: Leg, host: str) -> bool:
        """Whether a request that names ``leg``'s dialog may come from ``host``: where its messages came from, where
        ours go to (12.2.1.1). Tags can be overheard; an address in the middle of a call's way is harder to take.
        A name that was not looked up yet could be anybody's: then the tags must do."""
        if host in leg.places or leg.dialog is None or leg.dialog.hop.protocol == PROTOCOL:
            return host in leg.places
        there = [self.transport.looked_up(name) for name in leg.dialog.hosts()]
        return host in there or "" in there

    def later(self, seconds: float, act: Callable[[], None]) -> asyncio.TimerHandle:
        """Call ``act`` in ``seconds``."""
        return asyncio.get_running_loop().call_later(seconds, act)

    def place(self, hop: Hop) -> str:
        """Return ``host:port`` under which the peer at ``hop`` reaches us: the bound address, or if that is the
        wildcard, the one our machine would send from. ValueError for TLS where we have no certificate."""
        host, port = self.transport.address[0], self.transport.port(hop.protocol)
        if host in {"0.0.0.0", "::"}:  # noqa: S104 - compared, not bound
            there = HOST if hop.protocol == PROTOCOL else hop.host
            host = self._routes.get(there) or self._routes.setdefault(there, _address_towards(hop, host))
        return f"{bracketed(host)}:{port}"

    def contact(self, user: str, hop: Hop) -> tuple[str, str]:
        """Return our Contact header field for a dialog over ``hop``."""
        transport = f";transport={hop.protocol.lower()}" if hop.reliable else ""
        scheme = "sips" if hop.sips else "sip"
        return "Contact", f"<{scheme}:{escaped_user(user)}@{self.place(hop)}{transport}>"

    def via(self, hop: Hop) -> str:
        """Return a Via of ours for a request over ``hop``, with a new branch and rport (RFC 3581)."""
        return f"SIP/2.0/{hop.protocol} {self.place(hop)};branch={wire.COOKIE}{secrets.token_hex(8)};rport"

    def begin(self, method: str, uri: str, hop: Hop, routes: Iterable[str] = ()) -> SipRequest:
        """Begin a request: Via with a new branch and rport (RFC 3581), Max-Forwards, routes (8.1.1)."""
        request = SipRequest(method=method, uri=uri)
        request.headers.append("Via", self.via(hop))
        request.headers.append("Max-Forwards", str(MAX_FORWARDS))
        for route in routes:
            request.headers.append("Route", route)
        return request

    def within(self, dialog: Dialog, method: str, seq: int | None = None) -> tuple[SipRequest, Hop]:
        """Begin a request inside ``dialog`` (12.2.1.1); ``seq`` repeats the INVITE's for its ACK, else the next."""
        if seq is None:
            dialog.local_seq += 1
            seq = dialog.local_seq
        uri, routes = dialog.route()
        hop = dialog.next_hop()
        request = self.begin(method, uri, hop, routes)
        for name, value in (("From", dialog.local), ("To", dialog.remote), ("Call-ID", dialog.call_id)):
            request.headers.append(name, value)
        request.headers.append("CSeq", f"{seq} {method}")
        request.headers.append("User-Agent", self.agent)
        return request, hop

    def tell(self, dialog: Dialog, request: SipRequest, hop: Hop, signer: Signer | None) -> None:
        """Send a request inside ``dialog`` whose outcome changes nothing, signed where the other end asks for it."""
        if signer is not None:
            signer.begin_anew(request)

        def on_response(response: SipResponse) -> None:
            again = None if signer is None else signer.again(request, response)
            if again is not None:
                dialog.local_seq = max(dialog.local_seq, wire.cseq_of(again)[0])
                self.layer.request(again, hop, lambda response: None, lambda: None)

        self.layer.request(request, hop, on_response, lambda: None)

    def reply(
        self,
        transaction: Transaction,
        status: int,
        *,
        tag: str = "",
        headers: Iterable[tuple[str, str]] = (),
        body: bytes = b"",
    ) -> SipResponse:
        """Answer ``transaction`` and return the response; a tag is made where the dialog has none."""
        own_tag = tag or secrets.token_hex(8)
        response = wire.respond(transaction.request, status, tag=own_tag, headers=headers, body=body)
        if status != 100:
            response.headers.append("Server", self.agent)
        if 200 <= status < 300 or status == 405:
            response.headers.set_single(*ALLOW)
        transaction.respond(response)
        return response


def _address_towards(hop: Hop, otherwise: str) -> str:
    """Return the address our machine sends from towards ``hop``: a connected UDP socket knows, nothing is sent. For a
    host name, whose lookup could block, the one towards anywhere (192.0.2.1, RFC 5737)."""
    host = hop.host.strip("[]")
    if not is_address(host):
        host = "192.0.2.1"
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((host, hop.port))
        except OSError:
            return otherwise
        return str(probe.getsockname()[0])
