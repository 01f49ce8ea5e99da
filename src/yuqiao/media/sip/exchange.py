"""Browsers' phones inside the trunk: who is there, what each may do, where it is rung (RFC 7118)."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from typing import Final

from aiosipua import SipRequest

from yuqiao.media import causes
from yuqiao.media.ports import Address
from yuqiao.media.sip import registrar, taking_over, wire
from yuqiao.media.sip.addresses import read_party
from yuqiao.media.sip.browser_sdp import Browsers
from yuqiao.media.sip.core import Core, Leg
from yuqiao.media.sip.flows import PROTOCOL, phone_of
from yuqiao.media.sip.inbound import InboundLeg
from yuqiao.media.sip.layer import Transaction, reply_hop
from yuqiao.media.sip.outbound import OutboundLeg
from yuqiao.media.sip.phone_admission import Acquaintance, judge
from yuqiao.media.sip.phones import OnMessage, PhoneServer, PhoneSettings
from yuqiao.media.sip.transport import Hop

#: Seconds in which a page that rings is to be back, loaded anew, and in which one is that no sound is expected from.
BACK_WITHIN: Final = 6.0
HELD_FOR: Final = 60.0


class Exchange:
    """The phones of one trunk."""

    def __init__(
        self, core: Core, settings: PhoneSettings, on_message: OnMessage, on_malformed: Callable[[str], None]
    ) -> None:
        self._core = core
        self._flows = core.transport.flows
        self._server = PhoneServer(
            settings, self._flows, on_message=on_message, on_malformed=on_malformed, counters=core.counters
        )
        self._flows.on_departure = self._left
        core.browsers = Browsers(settings.fingerprint, settings.public_host)

    @property
    def address(self) -> Address:
        """The bound host and port."""
        return self._server.address

    async def start(self) -> None:
        """Listen. OSError when the port is taken."""
        await self._server.start()
        self._core.transport.phones_port = self._server.address[1]

    async def stop(self) -> None:
        """Close all WebSockets and the port."""
        await self._server.stop()

    def place(self, target: str) -> tuple[str, Hop] | None:
        """Return the contact of the phone that ``target`` names, "" while it is not there, and its place; None where it
        names no phone."""
        host = phone_of(target)
        if host is None:
            return None
        flow = self._flows.of(host)
        binding = None if flow is None else flow.binding
        there = binding is not None and binding.until > asyncio.get_running_loop().time()
        return (binding.contact if there and binding is not None else ""), Hop(PROTOCOL, host, 0)

    def admits(self, request: SipRequest, source: Hop) -> bool:
        """Let in what the phone's ticket allows; answer the rest without a transaction."""
        flow = self._flows.of(source.host)
        if flow is None:
            return False
        tag = read_party(request.headers.get_first("to") or "").tag
        leg = self._core.legs.get((request.headers.get_first("call-id") or "", tag))
        known = Acquaintance(
            transaction=self._core.layer.knows(request, source.host),
            dialog=leg is not None,
            own=leg is not None and source.host in leg.places,
        )
        status = judge(request, flow.ticket, known)
        if status is None:
            return True
        self._core.counters["strangers"] += 1
        if status:
            response = wire.respond(request, status, tag=secrets.token_hex(8))
            self._core.transport.send(bytes(response), reply_hop(request, source))
        return False

    def registers(self, transaction: Transaction) -> bool:
        """Answer a REGISTER of a phone; False for any other request."""
        request, hop = transaction.request, transaction.hop
        flow = self._flows.of(hop.host) if hop.protocol == PROTOCOL and request.method == "REGISTER" else None
        if flow is None:
            return False
        outcome = registrar.register(request, flow.binding, asyncio.get_running_loop().time())
        came, flow.binding = flow.binding is None and outcome.binding is not None, outcome.binding
        self._core.reply(transaction, outcome.status, headers=outcome.headers)
        if came and outcome.binding is not None:
            for leg in self._legs_at(hop.host):
                if isinstance(leg, OutboundLeg):
                    leg.ring_again(outcome.binding.contact)
        return True

    def takes_over(self, transaction: Transaction) -> bool:
        """Let a phone take its own call over (RFC 3891); False for an INVITE that does not ask for it."""
        request, hop = transaction.request, transaction.hop
        if not request.headers.get("replaces"):
            return False
        try:
            wanted = taking_over.read(request)
        except ValueError:
            self._core.reply(transaction, 400)
            return True
        leg = self._core.legs.get((wanted.call_id, wanted.our_tag))
        their_tag = "" if leg is None or leg.dialog is None else leg.dialog.remote_tag
        own = leg is not None and hop.host in leg.places and their_tag == wanted.their_tag
        if not own or not isinstance(leg, InboundLeg | OutboundLeg):
            self._core.counters["refused"] += 1
            self._core.reply(transaction, 481)  # section 3; also where it is another's: nobody learns of it
        elif wanted.early:
            self._core.reply(transaction, 486)
        else:
            taking_over.take_over(leg, transaction)
        return True

    def _legs_at(self, host: str) -> list[Leg]:
        return [leg for leg in self._core.legs.values() if host in leg.places]

    def _left(self, host: str) -> None:
        self._core.later(BACK_WITHIN, lambda: self._give_up(host))
        self._core.later(HELD_FOR, lambda: self._give_up(host, held=True))

    def _give_up(self, host: str, *, held: bool = False) -> None:
        """End what waits for a phone that has not come back. A call with sound goes on while its sound does."""
        if self._flows.of(host) is not None:
            return
        for leg in self._legs_at(host):
            if isinstance(leg, OutboundLeg) and leg.ringing:
                leg.hangup(causes.ABSENT)
            elif held and isinstance(leg, InboundLeg | OutboundLeg) and leg.audio and not leg.audio.receive:
                leg.end_dialog(causes.OUT_OF_ORDER)
