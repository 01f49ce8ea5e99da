"""Runs the transaction machines: finds the transaction of each message, sends, keeps the timers (RFC 3261 17).

A thin driver: what happens is decided in `transactions.step`. Lookup is one dictionary access by branch, sent-by and
method (17.1.3, 17.2.3); timers are the loop's own heap (`call_later`).
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable

from aiosipua import SipRequest, SipResponse, parse_via

from yuqiao.media.sip import wire
from yuqiao.media.sip.addresses import DEFAULT_PORT, read_party
from yuqiao.media.sip.flows import PROTOCOL
from yuqiao.media.sip.secure_transport import TLS_PORT
from yuqiao.media.sip.transactions import Arm, Disarm, Do, Effect, Event, Kind, Machine, State, Timing, step
from yuqiao.media.sip.transport import Hop

Key = tuple[str, ...]
Send = Callable[[bytes, Hop, Callable[[], None] | None], None]

_UNANSWERED = {State.NEW, State.CALLING, State.TRYING, State.PROCEEDING}


class Transaction:
    """One request and its responses. Clients hear of them through ``on_response`` and ``on_failure``; servers answer
    with `respond` and hear through ``on_failure`` when their refusal was never acknowledged.

    An answered one is still kept for 32 s (Timers D, J, L, M), hundreds of them at a time on a busy server. By then it
    is octets and timers only: the request as it was read, and whoever wanted to hear of it, are let go."""

    __slots__ = (
        "_request", "hop", "key", "layer", "local_tag", "machine", "octets", "on_cancel", "on_failure", "on_response",
        "timers",
    )  # fmt: skip

    def __init__(self, layer: Layer, machine: Machine, key: Key, request: SipRequest, hop: Hop) -> None:
        self.layer = layer
        self.machine = machine
        self.key = key
        self.hop = hop
        self.octets = b""
        self.timers: dict[Event, asyncio.TimerHandle] = {}
        self.on_response: Callable[[SipResponse], None] = _unheard
        self.on_failure: Callable[[], None] = _nothing
        self.on_cancel: Callable[[SipRequest], None] = _unheard
        self.local_tag = ""
        self._request: SipRequest | None = request

    @property
    def request(self) -> SipRequest:
        """The request as it was sent or read, until it has its final response; then RuntimeError."""
        if self._request is None:
            raise RuntimeError("the request was answered and let go")
        return self._request

    @property
    def holds_request(self) -> bool:
        """Whether `request` can still be read."""
        return self._request is not None

    @property
    def unanswered(self) -> bool:
        """Whether no final response has been given or received yet."""
        return self.machine.state in _UNANSWERED

    def respond(self, response: SipResponse) -> None:
        """A server gives a response; one that comes too late for its state is dropped, as section 17.2 wants."""
        self.octets = bytes(response)
        self.layer.run(self, _response_event(response))

    def let_go(self) -> None:
        """Keep no more than the state needs: what is answered needs no request, what is over nobody to tell. A client
        still hears of an accepted INVITE, whose repeated 2xx wants its ACK; a server of a refusal that gets none."""
        if self.unanswered:
            return
        self._request = None
        self.on_cancel = _unheard
        answered = self.machine.state is State.COMPLETED and self.machine.kind in {Kind.CLIENT, Kind.INVITE_CLIENT}
        if answered or self.machine.state is State.TERMINATED:
            self.on_response, self.on_failure = _unheard, _nothing

    def abandon(self) -> None:
        """Forget it: no more timers, nothing delivered (9.1: a cancelled INVITE that nobody finishes)."""
        self.layer.run(self, Event.ABANDON)


class Layer:
    """All transactions of one trunk. ``on_request`` gets each new request with its server transaction; ``on_ack`` each
    ACK that belongs to no transaction, that is of a 2xx."""

    def __init__(self, send: Send, timing: Timing, counters: Counter[str]) -> None:
        self._send = send
        self._timing = timing
        self._counters = counters
        self._table: dict[Key, Transaction] = {}
        self._waiting: set[Transaction] = set()
        self._quiet = asyncio.Event()
        self._quiet.set()
        self.on_request: Callable[[Transaction], None] = lambda transaction: None
        self.on_ack: Callable[[SipRequest], None] = lambda request: None

    def __len__(self) -> int:
        return len(self._table)

    async def finished(self) -> None:
        """Return once every request of ours has its final response, or was given up."""
        await self._quiet.wait()

    def request(
        self,
        request: SipRequest,
        hop: Hop,
        on_response: Callable[[SipResponse], None],
        on_failure: Callable[[], None],
    ) -> Transaction:
        """Send ``request`` (its top Via and branch set) as a client transaction."""
        kind = Kind.INVITE_CLIENT if request.method == "INVITE" else Kind.CLIENT
        branch = parse_via(request.headers.get("via")[0]).branch or ""
        machine = Machine(kind, hop.reliable, self._timing)
        transaction = Transaction(self, machine, ("client", branch, request.method), request, hop)
        transaction.on_response, transaction.on_failure = on_response, on_failure
        transaction.octets = bytes(request)
        self._table[transaction.key] = transaction
        self._waiting.add(transaction)
        self._quiet.clear()
        self.run(transaction, Event.START)
        return transaction

    def receive_response(self, response: SipResponse) -> bool:
        """Match by the top Via's branch and the CSeq's method (17.1.3); one with several Vias is meant for somebody
        else (8.1.3.3). Tells whether it answers a request of ours."""
        vias = response.headers.get("via")
        branch = parse_via(vias[0]).branch or ""
        key = ("client", branch, wire.cseq_of(response)[1])
        transaction = self._table.get(key) if len(vias) == 1 else None
        if transaction is None:
            self._counters["strays"] += 1
        else:
            self.run(transaction, _response_event(response), response)
        return transaction is not None

    def receive_request(self, request: SipRequest, source: Hop) -> None:
        """Match by branch, sent-by and method, ACK counting as INVITE (17.2.3); else begin a server transaction."""
        key = server_key(request, "INVITE" if request.method == "ACK" else request.method)
        transaction = self._table.get(key)
        if request.method == "ACK":
            if transaction is None:
                self.on_ack(request)
            else:
                self.run(transaction, Event.ACK, request)
        elif transaction is not None:
            self._counters["repeated"] += 1
            self.run(transaction, Event.REQUEST, request)
        else:
            kind = Kind.INVITE_SERVER if request.method == "INVITE" else Kind.SERVER
            if source.protocol != PROTOCOL:  # no browser's phone has an address to be told of
                wire.note_source(request, source.host, source.port)
            machine = Machine(kind, source.reliable, self._timing)
            transaction = Transaction(self, machine, key, request, reply_hop(request, source))
            self._table[key] = transaction
            self.run(transaction, Event.START, request)

    def knows(self, request: SipRequest, host: str) -> bool:
        """Whether ``request``, from ``host``, belongs to a transaction there is: repeated, or its CANCEL or ACK."""
        method = "INVITE" if request.method in {"ACK", "CANCEL"} else request.method
        transaction = self._table.get(server_key(request, method))
        return transaction is not None and transaction.hop.host == host

    def invite_of(self, cancel: SipRequest) -> Transaction | None:
        """Return the INVITE transaction that ``cancel`` means (9.2), None if there is none."""
        return self._table.get(server_key(cancel, "INVITE"))

    def stop(self) -> None:
        """Forget every transaction and its timers."""
        for transaction in list(self._table.values()):
            transaction.abandon()

    def run(self, transaction: Transaction, event: Event, message: wire.Message | None = None) -> None:
        """Feed ``event`` to ``transaction`` and carry out what its machine wants."""
        transaction.machine, effects = step(transaction.machine, event)
        if transaction in self._waiting and not transaction.unanswered:
            self._waiting.discard(transaction)
            if not self._waiting:
                self._quiet.set()
        if transaction.machine.state is State.TERMINATED:
            self._table.pop(transaction.key, None)
            for handle in transaction.timers.values():
                handle.cancel()
            transaction.timers.clear()
        for effect in effects:
            self._carry_out(transaction, effect, message)
        transaction.let_go()

    def _carry_out(self, transaction: Transaction, effect: Effect, message: wire.Message | None) -> None:
        match effect:
            case Arm(event, seconds):
                self._disarm(transaction, event)
                loop = asyncio.get_running_loop()
                transaction.timers[event] = loop.call_later(seconds, self.run, transaction, event)
            case Disarm(event):
                self._disarm(transaction, event)
            case Do.SEND:
                self._transmit(transaction, transaction.octets)
            case Do.RESEND if transaction.octets:
                self._counters["retransmitted"] += 1
                self._transmit(transaction, transaction.octets)
            case Do.ACK if isinstance(message, SipResponse):
                self._acknowledge(transaction, message)
            case Do.DELIVER:
                self._deliver(transaction, message)
            case Do.TIMED_OUT:
                self._counters["timeouts"] += 1
                transaction.on_failure()
            case Do.FAILED:
                transaction.on_failure()

    def _acknowledge(self, transaction: Transaction, refusal: SipResponse) -> None:
        """17.1.1.3. From the first refusal on, the octets kept are its ACK's: each repetition gets the same."""
        if transaction.holds_request:
            transaction.octets = bytes(_refusal_ack(transaction.request, refusal))
        self._transmit(transaction, transaction.octets)

    def _deliver(self, transaction: Transaction, message: wire.Message | None) -> None:
        if isinstance(message, SipResponse):
            transaction.on_response(message)
        elif message is not None and message.method == "ACK":
            self.on_ack(message)
        else:
            self.on_request(transaction)

    def _transmit(self, transaction: Transaction, octets: bytes) -> None:
        self._send(octets, transaction.hop, lambda: self.run(transaction, Event.UNREACHABLE))

    @staticmethod
    def _disarm(transaction: Transaction, event: Event) -> None:
        if handle := transaction.timers.pop(event, None):
            handle.cancel()


def _unheard(message: wire.Message) -> None:
    """Nobody wants to hear of it."""


def _nothing() -> None:
    """Nobody wants to know."""


def _response_event(response: SipResponse) -> Event:
    classes = {1: Event.PROVISIONAL, 2: Event.SUCCESS}
    return classes.get(response.status_code // 100, Event.FAILURE)


def server_key(request: SipRequest, method: str) -> Key:
    """Return what tells ``request``'s transaction from all others (17.2.3).

    A branch without the magic cookie comes from an RFC 2543 element and says nothing: then the fields that section
    lists for it join in.
    """
    via = parse_via(request.headers.get("via")[0])
    key = ("server", via.branch or "", f"{via.host.lower()}:{via.port or DEFAULT_PORT}", method)
    if via.branch and via.branch.startswith(wire.COOKIE) and via.branch != wire.COOKIE:  # RFC 4475 3.2.1
        return key
    call_id = request.headers.get_first("call-id") or ""
    sender = read_party(request.headers.get_first("from") or "").tag
    return (*key, call_id, sender, str(wire.cseq_of(request)[0]), request.uri)


def reply_hop(request: SipRequest, source: Hop) -> Hop:
    """Return where responses to ``request`` go (18.2.2; RFC 3581 section 4).

    ``maddr`` is not followed: it would let a sender point our answers at anybody.
    """
    via = parse_via(request.headers.get("via")[0])
    if source.reliable:
        default = TLS_PORT if source.protocol == "TLS" else DEFAULT_PORT
        sips = request.uri.lower().startswith("sips:")
        return Hop(source.protocol, source.host, via.port or default, source.connection, sips)
    port = source.port if "rport" in via.params else via.port or DEFAULT_PORT
    return Hop(source.protocol, source.host, port)


def _refusal_ack(request: SipRequest, response: SipResponse) -> SipRequest:
    """Build the ACK of a 3xx-6xx: same branch, the response's To (17.1.1.3)."""
    ack = SipRequest(method="ACK", uri=request.uri)
    ack.headers.append("Via", request.headers.get("via")[0])
    for name in ("Route", "From", "Call-ID", "Max-Forwards"):
        for value in request.headers.get(name):
            ack.headers.append(name, value)
    ack.headers.append("To", response.headers.get_first("to") or "")
    ack.headers.append("CSeq", f"{wire.cseq_of(request)[0]} ACK")
    return ack
