"""`SipTrunk`: SIP signalling over UDP and TCP on one port, calls in both directions (RFC 3261 and friends).

Messages come from `transport`, are read by `wire`, find their transaction in `layer`, pass `screening`, and reach the
leg they belong to, or begin one.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from aiosipua import SipRequest, expand_compact_header

from yuqiao.lib.faults import where
from yuqiao.media.ports import Address, CallObserver, SipCall
from yuqiao.media.sip import screening, sdp, wire
from yuqiao.media.sip.addresses import bracketed, checked_header, escaped_user, quoted_name, read_party, read_uri
from yuqiao.media.sip.admission import Door
from yuqiao.media.sip.carriers import Carriers
from yuqiao.media.sip.core import Core
from yuqiao.media.sip.dialog import hop_to
from yuqiao.media.sip.digest import Verifier
from yuqiao.media.sip.inbound import InboundLeg, arrival_of
from yuqiao.media.sip.layer import Layer, Transaction, reply_hop
from yuqiao.media.sip.outbound import OutboundLeg
from yuqiao.media.sip.routed import RoutedCall
from yuqiao.media.sip.routes import Way
from yuqiao.media.sip.signing import Signer
from yuqiao.media.sip.transactions import Timing
from yuqiao.media.sip.transport import Hop, Transport
from yuqiao.media.sip.trunks import Network, TrunkSettings

log = logging.getLogger(__name__)

OnIncoming = Callable[[SipCall], CallObserver | None]
_OURS = {
    "via", "from", "to", "call-id", "cseq", "contact", "max-forwards", "route", "record-route", "content-type",
    "content-length", "allow", "require", "supported", "user-agent",
}  # fmt: skip
_COUNTED = (
    "requests", "responses", "calls_in", "calls_out", "malformed", "unanswerable", "refused", "repeated",
    "retransmitted", "timeouts", "strays", "dropped", "unreachable", "errors", "strangers", "challenged",
)  # fmt: skip
_FAREWELL = 2.0
_KEEP_ALIVE = frozenset({b"", b"\r\n", b"\r\n\r\n", b"\0", b"\0\0\0\0"})


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a call that goes out shall be, whichever trunk carries it."""

    local: Address
    caller_number: str
    caller_name: str
    headers: Mapping[str, str]
    languages: Sequence[str]


class SipTrunk:
    """Implements `ports.Trunk`. ``port`` 0 takes a free one, the same for UDP and TCP; ``address`` tells which.

    ``trunks``: the carriers by which calls go out and come in. ``peers``: networks from which calls are taken besides;
    None takes them from anywhere, for a loopback that nobody else reaches.

    OSError from `start` when the port is taken.
    """

    def __init__(
        self,
        *,
        host: str,
        port: int,
        on_incoming: OnIncoming,
        user_agent: str = "Yuqiao",
        timing: Timing = Timing(),  # noqa: B008 - a frozen value
        trunks: Sequence[TrunkSettings] = (),
        peers: Sequence[Network] | None = None,
    ) -> None:
        self.on_incoming = on_incoming
        self._counters: Counter[str] = Counter(dict.fromkeys(_COUNTED, 0))
        self._transport = Transport(
            host, port, on_message=self._receive, on_malformed=self._note_malformed, counters=self._counters
        )
        self._layer = Layer(self._transport.send, timing, self._counters)
        self._layer.on_request = self._on_request
        self._layer.on_ack = self._on_ack
        agent = checked_header("User-Agent", user_agent)[1]
        self._core = Core(self._transport, self._layer, timing, self._counters, agent)
        self._stopping = False
        self._warned_at = self._refused_at = float("-inf")
        callers = {one.caller_login.user: one.caller_login for one in trunks if one.caller_login}
        self._door = Door(
            open_to_all=peers is None and not trunks,
            networks=[*(peers or ()), *(network for one in trunks if one.by_address for network in one.sources)],
            verifier=Verifier("yuqiao", callers, secrets.token_bytes(32)) if callers else None,
            counters=self._counters,
        )
        self._carriers = Carriers(self._core, trunks, self._door.learn)

    @property
    def address(self) -> Address:
        """The bound host and port, good for UDP and TCP."""
        return self._transport.address

    @property
    def counters(self) -> Mapping[str, int]:
        """See `Trunk.counters`. Besides: ``calls_in``, ``calls_out``; ``refused`` (requests turned away before an owner
        saw them), ``unanswerable`` (malformed, and no way back), ``repeated`` (requests come again), ``strays``
        (responses and ACKs to nothing), ``strangers`` (requests of those who may not call in), ``challenged`` (401),
        ``dropped`` and ``unreachable`` (sends that failed), ``errors`` (ours)."""
        return MappingProxyType(self._counters)

    @property
    def calls(self) -> int:
        """How many legs exist."""
        return len(self._core.legs)

    async def start(self) -> None:
        """Bind and listen, then register with the carriers."""
        await self._transport.start()
        await self._carriers.start()

    async def stop(self) -> None:
        """Hang up what is left, wait up to 2 s for the farewells to be answered, close the sockets."""
        self._stopping = True
        for leg in list(self._core.legs.values()):
            leg.hangup()
        await self._carriers.stop()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_FAREWELL):
                await self._layer.finished()
        for leg in list(self._core.legs.values()):
            leg.leave()
        self._layer.stop()
        await self._transport.stop()

    def invite(
        self,
        target: str,
        *,
        local: Address,
        observer: CallObserver,
        caller_number: str,
        caller_name: str = "",
        headers: Mapping[str, str] = MappingProxyType({}),
        timeout: float = 60.0,
        languages: Sequence[str] = (),
        via: str = "",
    ) -> SipCall:
        """See `Trunk.invite`. ValueError also when number, name or headers hold line breaks, or when ``headers`` names
        a field that is ours to write."""
        wanted = _Wanted(local, caller_number, caller_name, headers, languages)

        def place(target: str, observer: CallObserver, timeout: float, trunk: TrunkSettings | None) -> OutboundLeg:
            leg = self._leg(target, observer, wanted, trunk)
            leg.start(timeout)
            return leg

        def place_by(way: Way, observer: CallObserver, timeout: float) -> OutboundLeg:
            host, port = way.host
            transport = ";transport=tcp" if way.trunk.transport == "TCP" else ""
            uri = f"sip:{escaped_user(number)}@{bracketed(host)}:{port}{transport}"
            return place(uri, observer, timeout, way.trunk)

        number, ways = self._carriers.plan(target, via)
        if not ways:
            return place(target, observer, timeout, self._carriers.named(via))
        return RoutedCall(ways, place_by, observer, timeout)

    def _leg(self, target: str, observer: CallObserver, wanted: _Wanted, trunk: TrunkSettings | None) -> OutboundLeg:
        """Write the INVITE to ``target``, by ``trunk`` if that is a carrier's."""
        uri = read_uri(target)
        hop = hop_to(uri)
        tag = secrets.token_hex(8)
        invite = self._core.begin("INVITE", target, hop)
        place = self._core.place(hop)
        home = bracketed(trunk.home) if trunk is not None and trunk.login is not None else place
        for name, value in (
            ("From", f"{quoted_name(wanted.caller_name)}<sip:{escaped_user(wanted.caller_number)}@{home}>;tag={tag}"),
            ("To", f"<{target}>"),
            ("Call-ID", f"{secrets.token_hex(12)}@{place.rpartition(':')[0]}"),
            ("CSeq", "1 INVITE"),
            self._core.contact(wanted.caller_number, hop),
            screening.ALLOW,
            ("Accept", "application/sdp"),
            ("User-Agent", self._core.agent),
            ("Content-Type", "application/sdp"),
        ):
            invite.headers.append(name, value)
        for name, value in wanted.headers.items():
            checked_header(name, value)
            if expand_compact_header(name).lower() in _OURS:
                raise ValueError("this header field is the trunk's to write")
            invite.headers.set_single(name, value)
        names = (wanted.caller_number, wanted.caller_name, uri.user)
        signer = Signer(trunk.login) if trunk is not None and trunk.login is not None else None
        leg = OutboundLeg(
            self._core,
            invite,
            hop,
            observer,
            tag=tag,
            names=names,
            local=wanted.local,
            languages=wanted.languages,
            signer=signer,
        )
        self._core.legs[leg.key] = leg
        self._counters["calls_out"] += 1
        return leg

    @property
    def endpoints(self) -> Mapping[str, str]:
        """See `Trunk.endpoints`."""
        return self._carriers.endpoints

    # -- from the wire ---------------------------------------------------------------------------------------------

    def _receive(self, data: bytes, source: Hop) -> None:
        """One datagram or frame. Nothing that a peer sends may stop the trunk."""
        if data in _KEEP_ALIVE:
            return
        try:
            message = wire.read(data)
        except wire.MalformedError as error:
            self._refuse_malformed(error, source)
            return
        try:
            if isinstance(message, SipRequest):
                self._counters["requests"] += 1
                if self._admits(message, source):
                    self._layer.receive_request(message, source)
            else:
                self._counters["responses"] += 1
                self._layer.receive_response(message)
        except Exception as error:  # whatever it is, the next call must be served
            self._counters["errors"] += 1
            log.error("a SIP message could not be handled: %s", where(error))  # noqa: TRY400 - see `where`

    def _refuse_malformed(self, error: wire.MalformedError, source: Hop) -> None:
        self._note_malformed(str(error))
        request = error.request
        if request is None or not self._door.knows(source.host):
            return
        try:
            wire.note_source(request, source.host, source.port)
            response = wire.respond(request, error.status)
            self._transport.send(bytes(response), reply_hop(request, source))
        except ValueError:
            self._counters["unanswerable"] += 1

    def _admits(self, request: SipRequest, source: Hop) -> bool:
        """Let in whom the door knows and what belongs to a call of ours; turn the others away without a transaction."""
        if self._door.knows(source.host) or self._layer.knows(request, source.host):
            return True
        if _dialog_key(request) in self._core.legs:
            return True
        entry = self._door.judge(request, source.host, time.time())
        if entry.admitted:
            return True
        self._note_stranger(source)
        if entry.status:
            wire.note_source(request, source.host, source.port)
            tag = self._door.tag(request)
            response = wire.respond(request, entry.status, tag=tag, headers=entry.headers)
            self._transport.send(bytes(response), reply_hop(request, source))
        return False

    def _note_stranger(self, source: Hop) -> None:
        """Log a line in ten seconds at most; the address is what an operator needs, for a wall or for the settings."""
        now = asyncio.get_running_loop().time()
        if now - self._refused_at >= 10.0:
            self._refused_at = now
            count = self._counters["strangers"]
            log.warning("requests of strangers refused so far: %d; now from %s", count, source.host)

    def _note_malformed(self, why: str) -> None:
        """Count it, and log a line a second at most: a flood of garbage must not become a flood of log."""
        self._counters["malformed"] += 1
        now = asyncio.get_running_loop().time()
        if now - self._warned_at >= 1.0:
            self._warned_at = now
            log.warning("malformed SIP messages so far: %d; the last: %s", self._counters["malformed"], why)

    def _on_ack(self, request: SipRequest) -> None:
        leg = self._core.legs.get(_dialog_key(request))
        if leg is None:
            self._counters["strays"] += 1
        else:
            leg.on_ack(request)

    def _on_request(self, transaction: Transaction) -> None:
        request = transaction.request
        refusal = screening.screen(request)
        if refusal is not None:
            self._counters["refused"] += 1
            self._core.reply(transaction, refusal.status, headers=refusal.headers)
        elif request.method == "CANCEL":
            self._on_cancel(transaction)
        elif _dialog_key(request)[1]:
            leg = self._core.legs.get(_dialog_key(request))
            if leg is None:
                self._core.reply(transaction, 481)
            else:
                leg.on_request(transaction)
        elif request.method == "INVITE":
            self._on_invite(transaction)
        elif request.method == "OPTIONS":
            self._core.reply(transaction, 200, headers=(screening.ACCEPT,))
        else:
            self._core.reply(transaction, 481)

    def _on_cancel(self, transaction: Transaction) -> None:
        """9.2: 200 for the CANCEL itself; what it does to the INVITE is the leg's affair."""
        invite = self._layer.invite_of(transaction.request)
        if invite is None:
            self._core.reply(transaction, 481)
            return
        self._core.reply(transaction, 200, tag=invite.local_tag)
        invite.on_cancel(transaction.request)

    def _on_invite(self, transaction: Transaction) -> None:
        if self._stopping:
            self._core.reply(transaction, 503)
            return
        if arrival_of(transaction.request) in self._core.arrivals:
            self._core.reply(transaction, 482)
            return
        self._core.reply(transaction, 100)
        try:
            leg = InboundLeg(self._core, transaction)
        except ValueError as error:
            self._counters["refused"] += 1
            self._core.reply(transaction, 488 if isinstance(error, sdp.NotAcceptableError) else 400)
            return
        self._core.legs[leg.key] = leg
        self._counters["calls_in"] += 1
        try:
            observer = self.on_incoming(leg)
        except Exception as error:
            self._counters["errors"] += 1
            log.error("the owner of the trunk could not take a call: %s", where(error))  # noqa: TRY400
            observer = None
        leg.take_observer(observer)


def _dialog_key(request: SipRequest) -> tuple[str, str]:
    """Return Call-ID and To tag: what names a dialog of ours in a request of the peer (12.2.2)."""
    return request.headers.get_first("call-id") or "", read_party(request.headers.get_first("to") or "").tag
