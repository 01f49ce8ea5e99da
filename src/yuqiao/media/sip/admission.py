"""Who may send us requests: known addresses, those who sign in, and whoever is in a call with us already.

Everybody else gets 403 without a reason, and only so many a second; nothing is remembered of them, no transaction
begins and no sound is sent (the door is before everything that could be steered from outside).
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from aiosipua import SipRequest

from yuqiao.media.sip.digest import Verdict, Verifier
from yuqiao.media.sip.trunks import Network

#: Refusals a second that are answered at all; a flood beyond gets silence.
ANSWERED_A_SECOND = 20


@dataclass(frozen=True, slots=True)
class Entry:
    """What is done with a request: let in, refused with ``status`` and ``headers``, or (status 0) dropped."""

    admitted: bool
    status: int = 0
    headers: tuple[tuple[str, str], ...] = ()


LET_IN = Entry(admitted=True)
DROPPED = Entry(admitted=False)


class Door:
    """``open_to_all``: no rule at all (loopback, tests). ``known``: addresses by which trunks come in, kept up to date
    by their owner. Pure but for the counts it keeps; ``now`` is UNIX time in seconds."""

    def __init__(
        self, *, open_to_all: bool, networks: Iterable[Network], verifier: Verifier | None, counters: Counter[str]
    ) -> None:
        self.known: Collection[str] = frozenset()
        self._open = open_to_all
        self._networks = tuple(networks)
        self._verifier = verifier
        self._counters = counters
        self._secret = secrets.token_bytes(16)
        self._second = 0
        self._answered = 0

    def learn(self, addresses: frozenset[str]) -> None:
        """Take over the addresses that the trunks' hosts have now."""
        self.known = addresses

    def knows(self, host: str) -> bool:
        """Whether ``host`` may come in by its address alone."""
        if self._open or host in self.known:
            return True
        try:
            address = ipaddress.ip_address(host.partition("%")[0])
        except ValueError:
            return False
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        return str(address) in self.known or any(address in network for network in self._networks)

    def judge(self, request: SipRequest, host: str, now: float) -> Entry:
        """Decide on a request that belongs to no call and no transaction of ours."""
        if self.knows(host):
            return LET_IN
        if request.method == "ACK":  # never answered (RFC 3261 17); most are of our own refusals
            return DROPPED
        if self._verifier is None or request.method != "INVITE":
            return self._refusal(Entry(admitted=False, status=403), now)
        verdict, _ = self._verifier.judge(request.headers.get("authorization"), request.method, now)
        if verdict is Verdict.RIGHT:
            return LET_IN
        if verdict is Verdict.WRONG:
            return self._refusal(Entry(admitted=False, status=403), now)
        challenges = self._verifier.challenges(now, stale=verdict is Verdict.STALE)
        return self._refusal(Entry(admitted=False, status=401, headers=challenges), now, counted=False)

    def _refusal(self, entry: Entry, now: float, *, counted: bool = True) -> Entry:
        self._counters["strangers" if counted else "challenged"] += 1
        if int(now) != self._second:
            self._second, self._answered = int(now), 0
        self._answered += 1
        return entry if self._answered <= ANSWERED_A_SECOND else DROPPED

    def tag(self, request: SipRequest) -> str:
        """Return the To tag of a stateless answer: the same for the same request (RFC 3261 8.2.7)."""
        said = "\0".join([request.headers.get_first("call-id") or "", *request.headers.get("via")[:1]])
        return hmac.new(self._secret, said.encode(), hashlib.sha256).hexdigest()[:16]
