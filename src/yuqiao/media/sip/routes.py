"""Which trunk a call goes out by, when the next one is tried, and whether one is alive: pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from yuqiao.media import causes
from yuqiao.media.ports import Address, EndCause
from yuqiao.media.sip.addresses import Uri
from yuqiao.media.sip.trunks import ANY_TRUNK, TrunkSettings

#: Seconds for which a carrier may say nothing at all before the next one is asked (of Timer B's 32).
PATIENCE: Final = 4.0
#: Q.850 causes that tell of the called party, not of the trunk, whatever status carries them.
_ABOUT_THE_PARTY: Final = {16, 17, 18, 19, 20, 21, 22, 26, 28}


@dataclass(frozen=True, slots=True)
class Way:
    """One attempt: a trunk and which of its hosts."""

    trunk: TrunkSettings
    host: Address


@dataclass(frozen=True, slots=True)
class Health:
    """Whether a host answers: dead after so many failures in a row, back with the first answer."""

    dead_after: int
    failures: int = 0

    @property
    def alive(self) -> bool:
        return self.failures < self.dead_after

    def answered(self) -> Health:
        """It answered, anything but 408 and 503 (RFC 3261 11: what an OPTIONS is worth is that somebody is there)."""
        return replace(self, failures=0)

    def failed(self) -> Health:
        """Nothing came, or 408, or 503."""
        return replace(self, failures=min(self.failures + 1, self.dead_after))


def match(trunk: TrunkSettings, number: str) -> int | None:
    """Return the length of the longest of the trunk's prefixes that ``number`` begins with, None if there is none."""
    return max((len(one) for one in trunk.prefixes if number.startswith(one)), default=None)


def ways(
    trunks: Sequence[TrunkSettings], number: str, first: str, alive: Callable[[TrunkSettings, Address], bool]
) -> tuple[Way, ...]:
    """Return the attempts for ``number`` in order.

    The trunk named ``first`` comes first, whatever its prefixes; the others that take the number follow, longest prefix
    first, then by priority, then as listed. Hosts that are dead come after all that are alive: they are tried rather
    than the call given up.
    """
    ranked: list[tuple[tuple[int, int, int], TrunkSettings]] = []
    for at, trunk in enumerate(trunks):
        length = match(trunk, number)
        if trunk.name == first:
            ranked.append(((-1000, 0, at), trunk))
        elif length is not None:
            ranked.append(((-length, trunk.priority, at), trunk))
    ranked.sort(key=lambda one: one[0])
    listed = [Way(trunk, host) for _, trunk in ranked for host in trunk.hosts]
    return tuple(sorted(listed, key=lambda way: not alive(way.trunk, way.host)))


def named_by(trunks: Sequence[TrunkSettings], uri: Uri) -> str | None:
    """Return which trunk a SIP URI means: "" for any of them, None when its host belongs to none (a phone)."""
    host = uri.host.strip("[]").lower()
    if host == ANY_TRUNK:
        return ""
    for trunk in trunks:
        places = {name.lower() for name, port in trunk.hosts if not uri.port or uri.port == port}
        if host in places or (not uri.port and host in {trunk.name.lower(), trunk.home.lower()}):
            return trunk.name
    return None


def goes_on(cause: EndCause, *, rang: bool) -> bool:
    """Return whether the next trunk is tried after an attempt that ended so: not once it rang, nor where the called
    party is the reason (486, 603 …), but after time-outs, 408, 5xx and a sign-in that was not accepted."""
    if rang:
        return False
    if cause.sip_status == 0:
        return cause.code == causes.OUT_OF_ORDER
    if cause.sip_status in {401, 407, 408}:
        return True
    return 500 <= cause.sip_status < 600 and cause.code not in _ABOUT_THE_PARTY
