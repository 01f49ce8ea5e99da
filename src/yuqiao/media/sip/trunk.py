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
from types import MappingProxyType

from aiosipua import SipRequest

from yuqiao.lib.faults import where
from yuqiao.media import causes
from yuqiao.media.ports import Address, CallObserver, SipCall
from yuqiao.media.sip import mapping, screening, sdp, session_timers, wire
from yuqiao.media.sip.addresses import bracketed, checked_header, escaped_user, read_party
from yuqiao.media.sip.admission import Door
from yuqiao.media.sip.carriers import Carriers
from yuqiao.media.sip.core import Core
from yuqiao.media.sip.digest import Verifier
from yuqiao.media.sip.exchange import Exchange
from yuqiao.media.sip.flows import PROTOCOL
from yuqiao.media.sip.inbound import InboundLeg, arrival_of
from yuqiao.media.sip.inviting import Wanted, leg_to
from yuqiao.media.sip.layer import Layer, Transaction, reply_hop
from yuqiao.media.sip.outbound import OutboundLeg
from yuqiao.media.sip.phone_admission import Calls
from yuqiao.media.sip.phones import PhoneSettings
from yuqiao.media.sip.routed import RoutedCall
from yuqiao.media.sip.routes import Way
from yuqiao.media.sip.secure_media import Policy
from yuqiao.media.sip.secure_transport import Tls, TlsSettings
from yuqiao.media.sip.transactions import Timing
from yuqiao.media.sip.transport import Hop, Transport
from yuqiao.media.sip.trunks import Network, TrunkSettings

log = logging.getLogger(__name__)

OnIncoming = Callable[[SipCall], CallObserver | None]
_COUNTED = (
    "requests", "responses", "calls_in", "calls_out", "malformed", "unanswerable", "refused", "repeated",
    "retransmitted", "timeouts", "strays", "dropped", "unreachable", "errors", "strangers", "challenged", "expired",
    "redirected", "transfers_refused", "tls_refused",
)  # fmt: skip
_FAREWELL = 2.0
_KEEP_ALIVE = frozenset({b"", b"\r\n", b"\r\n\r\n", b"\0", b"\0\0\0\0"})


class SipTrunk:
    """Implements `ports.Trunk`. ``port`` 0 takes a free one, the same for UDP and TCP; ``address`` tells which.

    ``trunks``: the carriers by which calls go out and come in. ``peers``: networks from which calls are taken besides;
    None takes them from anywhere, for a loopback that nobody else reaches. ``tls``: SIP over TLS as well; ValueError
    when its certificate cannot be used. ``srtp``: for calls with whoever is no trunk. ``phones``: browsers' phones
    come in by WebSocket.

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
        terms: session_timers.Terms = session_timers.Terms(),  # noqa: B008 - a frozen value
        tls: TlsSettings | None = None,
        srtp: Policy = Policy.OPTIONAL,
        phones: PhoneSettings | None = None,
    ) -> None:
        self.on_incoming = on_incoming
        self._counters: Counter[str] = Counter(dict.fromkeys(_COUNTED, 0))
        self._tls = None if tls is None else Tls(tls)
        self._transport = Transport(
            host,
            port,
            on_message=self._receive,
            on_malformed=self._note_malformed,
            counters=self._counters,
            tls=self._tls,
        )
        self._layer = Layer(self._transport.send, timing, self._counters)
        self._layer.on_request = self._on_request
        self._layer.on_ack = self._on_ack
        agent = checked_header("User-Agent", user_agent)[1]
        self._core = Core(self._transport, self._layer, timing, self._counters, agent, terms=terms)
        self._stopping = False
        self._warned_at = self._refused_at = float("-inf")
        callers = {one.caller_login.user: one.caller_login for one in trunks if one.caller_login}
        self._door = Door(
            open_to_all=peers is None and not trunks,
            networks=[*(peers or ()), *(network for one in trunks if one.by_address for network in one.sources)],
            verifier=Verifier("yuqiao", callers, secrets.token_bytes(32)) if callers else None,
            counters=self._counters,
        )
        self._transport.crowd.trusts = self._door.knows
        self._core.srtp = srtp
        self._phones = None if phones is None else Exchange(self._core, phones, self._receive, self._note_malformed)
        self._carriers = Carriers(self._core, trunks, self._door.learn)
        self._browsers_calls = Calls()

    @property
    def address(self) -> Address:
        """The bound host and port, good for UDP and TCP."""
        return self._transport.address

    @property
    def tls_address(self) -> Address:
        """The bound host and port for TLS; ValueError without."""
        return self._transport.address[0], self._transport.port("TLS")

    def reload_certificate(self) -> None:
        """Show the certificate that is in its file now to whoever connects from now on. ValueError when it cannot be
        used: the former one stays."""
        if self._tls is not None:
            self._tls.reload()

    @property
    def counters(self) -> Mapping[str, int]:
        """See `Trunk.counters`. Besides: ``calls_in``, ``calls_out``; ``refused`` (requests turned away before an owner
        saw them), ``unanswerable`` (malformed, and no way back), ``repeated`` (requests come again), ``strays``
        (responses and ACKs to nothing), ``strangers`` (requests of those who may not call in), ``challenged`` (401),
        ``expired`` (calls nobody refreshed in time), ``redirected`` (3xx followed), ``transfers_refused`` (REFER),
        ``dropped`` and ``unreachable`` (sends that failed), ``tls_refused`` (connections of ours that TLS did not
        bear), ``errors`` (ours)."""
        return MappingProxyType(self._counters)

    @property
    def calls(self) -> int:
        """How many legs exist."""
        return len(self._core.legs)

    async def start(self) -> None:
        """Bind and listen, then register with the carriers."""
        await self._transport.start()
        if self._phones is not None:
            await self._phones.start()
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
        if self._phones is not None:
            await self._phones.stop()
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
        wanted = Wanted(local, caller_number, caller_name, headers, languages)

        def place(target: str, observer: CallObserver, timeout: float, trunk: TrunkSettings | None) -> OutboundLeg:
            return self._begin(leg_to(self._core, target, observer, wanted, trunk), timeout)

        def place_by(way: Way, observer: CallObserver, timeout: float) -> OutboundLeg:
            host, port = way.host
            transport = "" if way.trunk.transport == "UDP" else f";transport={way.trunk.transport.lower()}"
            uri = f"sip:{escaped_user(number)}@{bracketed(host)}:{port}{transport}"
            return place(uri, observer, timeout, way.trunk)

        if self._phones is not None and (phone := self._phones.place(target)) is not None:
            contact, hop = phone
            leg = leg_to(self._core, target, observer, wanted, None, phone=(contact or target, hop))
            leg.places.add(hop.host)
            return self._begin(leg, timeout) if contact else leg.fail(causes.ABSENT, 480)
        number, ways = self._carriers.plan(target, via)
        if not ways:
            return place(target, observer, timeout, self._carriers.named(via))
        return RoutedCall(ways, place_by, observer, timeout)

    def _begin(self, leg: OutboundLeg, timeout: float) -> OutboundLeg:
        self._core.legs[leg.key] = leg
        self._counters["calls_out"] += 1
        leg.start(timeout)
        return leg

    @property
    def phones_address(self) -> Address:
        """Where WebSockets of browsers' phones are taken; ValueError where none are."""
        if self._phones is None:
            raise ValueError("no browsers' phones are taken")
        return self._phones.address

    @property
    def phones(self) -> int:
        """How many browsers' phones are connected."""
        return len(self._transport.flows)

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
                if self._layer.receive_response(message):
                    self._core.note_answer(message, source.host)
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
        if source.protocol == PROTOCOL:
            return self._phones is not None and self._phones.admits(request, source)
        if self._door.knows(source.host) or self._layer.knows(request, source.host):
            return True
        leg = self._core.legs.get(_dialog_key(request))
        if leg is not None and self._core.expects(leg, source.host):
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
        """Serve a request; whatever goes wrong on our side, it gets its answer, so that no transaction hangs."""
        try:
            self._serve(transaction)
        except Exception:
            if transaction.unanswered:
                self._core.reply(transaction, 500)
            raise

    def _serve(self, transaction: Transaction) -> None:
        request = transaction.request
        if self._phones is not None and self._phones.registers(transaction):
            return
        refusal = screening.screen(request, transaction.hop.protocol)
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
        cancel = transaction.request
        invite = self._layer.invite_of(cancel)
        if invite is None:
            self._core.reply(transaction, 481)
            return
        self._core.reply(transaction, 200, tag=invite.local_tag)
        invite.on_cancel(cancel)

    def _on_invite(self, transaction: Transaction) -> None:
        if self._stopping:
            self._core.reply(transaction, 503)
            return
        if arrival_of(transaction.request) in self._core.arrivals:
            self._core.reply(transaction, 482)
            return
        if session_timers.too_brief(session_timers.read(transaction.request), self._core.terms):
            self._core.reply(transaction, 422, headers=(("Min-SE", str(self._core.terms.least)),))
            return
        by_browser, host = transaction.hop.protocol == PROTOCOL, transaction.hop.host
        if by_browser and not self._is_call_of_browser(transaction, host):
            return
        trunk = None if by_browser else self._carriers.of(transaction.hop, transaction.request)
        if trunk is not None and self._carriers.is_full(trunk):
            self._counters["refused"] += 1
            self._core.reply(transaction, 503, headers=(("Reason", mapping.reason_header(causes.CONGESTION)),))
            return
        self._core.reply(transaction, 100)
        try:
            leg = InboundLeg(self._core, transaction, trunk)
        except ValueError as error:
            self._counters["refused"] += 1
            self._core.reply(transaction, 488 if isinstance(error, sdp.NotAcceptableError) else 400)
            return
        self._core.legs[leg.key] = leg
        leg.places.add(host)
        self._counters["calls_in"] += 1
        if by_browser:
            leg.on_unwanted = self._browsers_calls.begun(host)
        try:
            observer = self.on_incoming(leg)
        except Exception as error:
            self._counters["errors"] += 1
            log.error("the owner of the trunk could not take a call: %s", where(error))  # noqa: TRY400
            observer = None
        leg.take_observer(observer)

    def _is_call_of_browser(self, transaction: Transaction, host: str) -> bool:
        """Whether a browser's INVITE may begin a call; where not, it has its answer, or took its own call over."""
        if self._phones is not None and self._phones.takes_over(transaction):
            return False
        busy = any(isinstance(leg, InboundLeg) and host in leg.places for leg in self._core.legs.values())
        status = self._browsers_calls.refusal(host, busy=busy)
        if status:
            self._counters["refused"] += 1
            self._core.reply(transaction, status)
        return not status


def _dialog_key(request: SipRequest) -> tuple[str, str]:
    """Return Call-ID and To tag: what names a dialog of ours in a request of the peer (12.2.2)."""
    return request.headers.get_first("call-id") or "", read_party(request.headers.get_first("to") or "").tag
