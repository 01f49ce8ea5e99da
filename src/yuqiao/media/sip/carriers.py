"""The carriers at work: registers us with them, asks after their health, knows their addresses, and says by which way a
call goes. What happens when is decided in `registration.step` and `routes`; this drives them over the trunk's layer.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import logging
import random
import re
import secrets
import socket
from collections.abc import Callable, Sequence

from aiosipua import SipRequest, SipResponse

from yuqiao.media.ports import Address
from yuqiao.media.sip import registration as reg
from yuqiao.media.sip.addresses import bracketed, escaped_user, read_uri
from yuqiao.media.sip.core import Core
from yuqiao.media.sip.routes import Health, Way, named_by, ways
from yuqiao.media.sip.signing import Signer
from yuqiao.media.sip.transport import Hop, is_address
from yuqiao.media.sip.trunks import Network, TrunkSettings

log = logging.getLogger(__name__)

LOOK_UP_AGAIN = 60.0
_FAREWELL = 2.0
_SILENT = {408, 503}
_USER = re.compile(r'username\s*=\s*"([^"]{1,200})"', re.IGNORECASE)


class Carrier:
    """One host of one trunk."""

    def __init__(self, core: Core, trunk: TrunkSettings, host: Address) -> None:
        self.trunk = trunk
        self.host = host
        self.health = Health(trunk.dead_after)
        self.registration = reg.Registration(trunk.expires)
        self.over = asyncio.Event()
        self._core = core
        self._hop = Hop(trunk.transport, host[0], host[1])
        self._signer = Signer(trunk.login) if trunk.login else None
        self._call_id = secrets.token_hex(12)
        self._tag = secrets.token_hex(8)
        self._seq = 0
        self._timers: dict[str, asyncio.TimerHandle] = {}

    @property
    def alive(self) -> bool:
        """Whether calls are sent there first: it answers, and where we register it knows us."""
        return self.health.alive and (self.registration.standing or not self.trunk.register)

    @property
    def state(self) -> str:
        """``online``, ``offline``, or ``unknown`` where nothing is watched (ARI's words)."""
        if not self.trunk.register and not self.trunk.options_seconds:
            return "unknown"
        return "online" if self.alive else "offline"

    def start(self) -> None:
        """Register and begin to ask, if the trunk's settings want it."""
        if self.trunk.register:
            self._feed(reg.Start())
        else:
            self.over.set()
        if self.trunk.options_seconds:
            self._ask()

    def stop(self) -> None:
        """Ask no more, and de-register; ``over`` is set once the carrier has answered."""
        self._disarm("options")
        self._feed(reg.Stop())

    def leave(self) -> None:
        """Forget every timer."""
        for name in list(self._timers):
            self._disarm(name)

    # -- health ----------------------------------------------------------------------------------------------------

    def _ask(self) -> None:
        self._arm("options", self.trunk.options_seconds, self._ask)
        place = f"{bracketed(self.host[0])}:{self.host[1]}"
        request = self._begin(
            "OPTIONS", f"sip:{place}", f"<sip:yuqiao@{self._core.place(self._hop)}>", f"<sip:{place}>"
        )
        for name, value in (("Call-ID", secrets.token_hex(12)), ("CSeq", "1 OPTIONS"), ("Accept", "application/sdp")):
            request.headers.append(name, value)
        self._core.layer.request(request, self._hop, self._on_health, self._on_silence)

    def _on_health(self, response: SipResponse) -> None:
        if response.status_code >= 200:
            silent = response.status_code in _SILENT
            self._note(self.health.failed() if silent else self.health.answered())

    def _on_silence(self) -> None:
        self._note(self.health.failed())

    def _note(self, health: Health) -> None:
        if health.alive != self.health.alive:
            name, port = self.host
            log.warning("trunk %s: %s:%d %s", self.trunk.name, name, port, "is back" if health.alive else "is dead")
        self.health = health

    # -- registration ----------------------------------------------------------------------------------------------

    def _feed(self, event: reg.Event) -> None:
        before = self.registration
        self.registration, effects = reg.step(before, event)
        if self.registration.standing != before.standing:
            log.info("trunk %s: %s", self.trunk.name, "registered" if self.registration.standing else "not registered")
        if self.registration.phase is reg.Phase.OVER:
            self.over.set()
        for effect in effects:
            match effect:
                case reg.Send(expires, answering):
                    self._register(expires, answering=answering)
                case reg.Wait(seconds):
                    # several of us must not come back all at once after a carrier's restart
                    spread = seconds * random.uniform(0.9, 1.0)
                    self._arm("registration", spread, lambda: self._feed(reg.Due()))
                case reg.Rest():
                    self._disarm("registration")

    def _register(self, expires: int, *, answering: bool) -> None:
        trunk, login = self.trunk, self.trunk.login
        if login is None or self._signer is None:
            raise ValueError("a trunk without a login cannot register")
        record = f"<sip:{escaped_user(login.user)}@{bracketed(trunk.home)}>"
        uri = f"sip:{bracketed(trunk.home)}"
        request = self._begin("REGISTER", uri, record, record)
        self._seq += 1
        for name, value in (
            ("Call-ID", self._call_id),
            ("CSeq", f"{self._seq} REGISTER"),
            self._core.contact(login.user, self._hop),
            ("Expires", str(expires)),
        ):
            request.headers.append(name, value)
        if answering or self._signer.has_nonce:
            self._signer.sign(request)
        sent = self._seq

        def on_response(response: SipResponse) -> None:
            if sent == self._seq:  # an answer to an earlier REGISTER says nothing of this one
                self._on_registered(response, expires)

        def on_failure() -> None:
            if sent == self._seq:
                self._feed(reg.Refused(0))

        self._core.layer.request(request, self._hop, on_response, on_failure)

    def _on_registered(self, response: SipResponse, asked: int) -> None:
        status = response.status_code
        if status < 200:
            return
        if status < 300:
            self._feed(reg.Accepted(self._granted(response, asked)))
        elif status in {401, 407} and self._signer is not None and (found := self._signer.take(response)):
            self._feed(reg.Challenged(found.stale))
        else:
            least, after = (_number(response, name) for name in ("min-expires", "retry-after"))
            self._feed(reg.Refused(status, least, float(after)))

    def _granted(self, response: SipResponse, asked: int) -> int:
        """10.2.4: among all contacts of the record the expires of ours, else the Expires header, else what we asked."""
        ours = self._core.place(self._hop).lower()
        for value in response.headers.get("contact"):
            uri, closing, tail = value.partition("<")[2].partition(">")
            if closing and ours in uri.lower():
                for parameter in tail.split(";"):
                    name, _, seconds = parameter.strip().partition("=")
                    if name.strip().lower() == "expires" and seconds.strip().isdigit():
                        return int(seconds)
        return _number(response, "expires") or asked

    # -- the driver's tools ------------------------------------------------------------------------------------------

    def _begin(self, method: str, uri: str, sender: str, to: str) -> SipRequest:
        request = self._core.begin(method, uri, self._hop)
        for name, value in (("From", f"{sender};tag={self._tag}"), ("To", to), ("User-Agent", self._core.agent)):
            request.headers.append(name, value)
        return request

    def _arm(self, name: str, seconds: float, act: Callable[[], None]) -> None:
        self._disarm(name)
        self._timers[name] = self._core.later(seconds, act)

    def _disarm(self, name: str) -> None:
        if timer := self._timers.pop(name, None):
            timer.cancel()


def _is_in(host: str, sources: Sequence[Network]) -> bool:
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return any(address in network for network in sources)


def _number(response: SipResponse, name: str) -> int:
    """Return a header field that is a number of seconds (``Retry-After: 18 (busy)``), 0 where it is none."""
    digits = (response.headers.get_first(name) or "").strip().split(" ")[0].split(";")[0].split("(")[0]
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else 0


class Carriers:
    """All carriers of a `SipTrunk`; ``on_addresses`` hears from which addresses they come."""

    def __init__(
        self, core: Core, trunks: Sequence[TrunkSettings], on_addresses: Callable[[frozenset[str]], None]
    ) -> None:
        self.trunks = tuple(trunks)
        self._core = core
        self._on_addresses = on_addresses
        self._all = [Carrier(core, trunk, host) for trunk in trunks for host in trunk.hosts]
        self._watch: asyncio.Task[None] | None = None
        self._addresses: set[str] = set()
        self._places: dict[str, set[str]] = {}

    async def start(self) -> None:
        """Look up the addresses, then register and ask after each carrier's health."""
        if not self._all:
            return
        await self._look_up()
        self._watch = asyncio.get_running_loop().create_task(self._keep_looking())
        for carrier in self._all:
            carrier.start()

    async def stop(self) -> None:
        """De-register; give the carriers 2 s to answer."""
        if self._watch is not None:
            self._watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watch
        for carrier in self._all:
            carrier.stop()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_FAREWELL):
                await asyncio.gather(*(carrier.over.wait() for carrier in self._all))
        for carrier in self._all:
            carrier.leave()

    def plan(self, target: str, via: str) -> tuple[str, tuple[Way, ...]]:
        """Return ``(number, ways)`` for a call to ``target``, a number or a SIP URI; no ways where the URI is dialled
        as it stands, a phone's. ``via`` names a trunk or is "". ValueError when no trunk takes the number, or
        ``target`` is neither."""
        if not target.lower().startswith(("sip:", "sips:", "tel:")):
            number, first = target, via
        else:
            uri = read_uri(target)
            meant = "" if uri.scheme == "tel" else named_by(self.trunks, uri)
            if meant is None:
                return "", ()
            number, first = uri.user, meant or via
        if not number:
            raise ValueError("no number to call")
        found = ways(self.trunks, number, first, self._is_alive)
        if not found:
            raise ValueError("no trunk takes this number")
        free = tuple(one for one in found if not self.is_full(one.trunk))
        if not free:
            raise ValueError("every trunk that takes this number has as many calls as it may")
        return number, free

    def is_full(self, trunk: TrunkSettings) -> bool:
        """Whether ``trunk`` has as many calls as it may, of both directions."""
        return 0 < trunk.most_calls <= sum(leg.trunk is trunk for leg in self._core.legs.values())

    def of(self, place: Hop, request: SipRequest) -> TrunkSettings | None:
        """Return the trunk that sent ``request`` from ``place``, None: none did. By its address (of several at one the
        one with that port), or by who signed."""
        host = place.host
        near = [
            trunk
            for trunk in self.trunks
            if trunk.by_address and (host in self._places.get(trunk.name, ()) or _is_in(host, trunk.sources))
        ]
        if near:
            return next((one for one in near if any(port == place.port for _, port in one.hosts)), near[0])
        signed = (_USER.search(value) for value in request.headers.get("authorization"))
        users = {found[1] for found in signed if found is not None}
        return next((one for one in self.trunks if one.caller_login and one.caller_login.user in users), None)

    def named(self, name: str) -> TrunkSettings | None:
        """Return the trunk called ``name``: its login is used also for a URI that is dialled as it stands."""
        return next((one for one in self.trunks if one.name == name), None)

    @property
    def endpoints(self) -> dict[str, str]:
        """Each trunk's name and state: ``online`` while one of its hosts is, ``unknown`` where nothing is watched."""
        states: dict[str, str] = {}
        order = ["offline", "unknown", "online"]
        for carrier in self._all:
            name = carrier.trunk.name
            states[name] = max(carrier.state, states.get(name, "offline"), key=order.index)
        return states

    def _is_alive(self, trunk: TrunkSettings, host: Address) -> bool:
        return any(one.alive for one in self._all if one.trunk is trunk and one.host == host)

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(LOOK_UP_AGAIN)
            await self._look_up()

    async def _look_up(self) -> None:
        """Find the addresses of the hosts that may call in by address; one that cannot be found keeps the old ones."""
        loop = asyncio.get_running_loop()
        found: set[str] = set()
        failed = False
        for trunk in self.trunks:
            if not trunk.by_address or trunk.sources:
                continue
            for host, port in trunk.hosts:
                places = self._places.setdefault(trunk.name, set())
                if is_address(host):
                    found.add(host)
                    places.add(host)
                    continue
                try:
                    infos = await loop.getaddrinfo(host, port, type=socket.SOCK_DGRAM)
                    found.update(str(info[4][0]) for info in infos)
                    places.update(str(info[4][0]) for info in infos)
                except (OSError, UnicodeError):
                    failed = True
                    log.warning("trunk %s: its host's address cannot be found; it cannot call in", trunk.name)
        self._addresses = found | (self._addresses if failed else set())
        self._on_addresses(frozenset(self._addresses))
