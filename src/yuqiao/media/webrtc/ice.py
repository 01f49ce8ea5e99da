"""ICE of who has a public address, the lite form (RFC 8445 sections 2.5 and 6.1.1): connectivity checks are answered,
none are made. Pure.

An answer that says yes goes only to who proved our password of this leg. One that says no is never longer than what it
answers, so nothing is amplified.
"""

from __future__ import annotations

import struct
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from aioice import stun

from yuqiao.media.ports import Address, Dtls

#: Checks answered per second and leg, and in a burst: browsers make twenty a second while they connect.
RATE: Final = 50.0
#: Refusals said per second and leg.
REFUSALS: Final = 4.0
#: Seconds without a valid check after which nothing is sent there any more (consent, RFC 7675 5.1).
CONSENT: Final = 30.0
REMEMBERED: Final = 256  # transactions
PATHS: Final = 8  # addresses that a browser may have proved at a time
_LONGEST: Final = 1500  # octets of a check
_FINGERPRINT: Final = b"\x80\x28\x00\x04"  # type and length; its value is the last four octets (RFC 8489 14.7)
_COOKIE: Final = struct.pack("!I", stun.COOKIE)


@dataclass(slots=True)
class Allowance:
    """So many per second, in a burst as many."""

    rate: float
    left: float = -1.0
    at: float = 0.0

    def take(self, now: float) -> bool:
        """Take one if there is any at ``now``, in seconds of any clock."""
        before = self.rate if self.left < 0 else self.left
        self.left = min(self.rate, before + max(0.0, now - self.at) * self.rate)
        self.at = now
        if self.left < 1:
            return False
        self.left -= 1
        return True


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a check must know: both ufrags and our password."""

    username: str
    password: bytes

    @classmethod
    def of(cls, dtls: Dtls) -> Credentials:
        """Return those of a leg; a check's user name begins with that of who is asked (RFC 8445 7.2.2)."""
        return cls(f"{dtls.ufrag}:{dtls.their_ufrag}", dtls.password.encode())


@dataclass(frozen=True, slots=True)
class Verdict:
    """``answer`` goes back to where the check came from, unless empty. ``valid``: it knew our password. ``moved``: RTP
    goes there from now on."""

    answer: bytes = b""
    valid: bool = False
    moved: bool = False


class IceLite:
    """The lite side of one leg. ``target``: where RTP goes, None as long as nobody nominated anything. ``refused``: the
    checks, or what looks like some, that were not valid, or too many."""

    def __init__(self, credentials: Credentials) -> None:
        self.target: Address | None = None
        self.refused = 0
        self._now, self._former = credentials, credentials
        self._proved: OrderedDict[Address, float] = OrderedDict()  # when each was proved last
        self._seen: OrderedDict[bytes, Address] = OrderedDict()  # transactions, and whose
        self._friends, self._strangers = Allowance(RATE), Allowance(RATE)
        self._refusals = Allowance(REFUSALS)

    def restart(self, credentials: Credentials) -> None:
        """Take other credentials (section 9). RTP goes where it went until a check under them says otherwise; until
        then checks under the former ones are answered, too, but move nothing."""
        if credentials != self._now:
            self._former, self._now = self._now, credentials

    def forget(self) -> None:
        """Whoever was there is gone: nobody is proved any more, and nothing is sent."""
        self._former = self._now
        self._proved.clear()
        self.target = None

    def is_proved(self, source: Address) -> bool:
        """Tell whether ``source`` made a valid check lately."""
        return source in self._proved

    def lapse(self, now: float) -> bool:
        """Forget who made no valid check for long; tell whether it was the one that RTP goes to."""
        for source in [source for source, at in self._proved.items() if now - at > CONSENT]:
            del self._proved[source]
        if self.target is None or self.target in self._proved:
            return False
        self.target = None
        return True

    def take(self, datagram: bytes, source: Address, now: float) -> Verdict:
        """Decide on what begins as STUN does and came from ``source`` at ``now``, seconds of a clock that only goes
        forward."""
        allowance = self._friends if source in self._proved else self._strangers
        check = _read(datagram) if _may_be_check(datagram) and allowance.take(now) else None
        if check is None:
            self.refused += 1
            return Verdict()
        known = {"USERNAME", "MESSAGE-INTEGRITY"} <= check.attributes.keys()
        used = self._used(check) if known else None
        if used is None:  # RFC 8489 9.1.3
            self.refused += 1
            return Verdict(self._refusal(check, 401 if known else 400, len(datagram), now))
        if self._seen.setdefault(check.transaction_id, source) != source:  # somebody says again what he overheard
            self.refused += 1
            return Verdict()
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)
        moved = self._note(source, now, is_new=used == self._now, nominates="USE-CANDIDATE" in check.attributes)
        return Verdict(_success(check, source, used.password), valid=True, moved=moved)

    def _used(self, check: stun.Message) -> Credentials | None:
        username = check.attributes["USERNAME"]
        for credentials in (self._now, self._former):
            if username == credentials.username and check.check_message_integrity(credentials.password):
                return credentials
        return None

    def _note(self, source: Address, now: float, *, is_new: bool, nominates: bool) -> bool:
        """A check is valid; tell whether it moves the leg."""
        self._proved[source] = now
        self._proved.move_to_end(source)
        while len(self._proved) > PATHS:
            del self._proved[next(path for path in self._proved if path != self.target)]
        if not is_new:
            return False
        self._former = self._now
        if not nominates or source == self.target:
            return False
        self.target = source
        return True

    def _refusal(self, check: stun.Message, code: int, size: int, now: float) -> bytes:
        answer = stun.Message(stun.Method.BINDING, stun.Class.ERROR, check.transaction_id)
        answer.attributes["ERROR-CODE"] = (code, "")
        answer.add_fingerprint()
        said = bytes(answer)
        return said if len(said) <= size and self._refusals.take(now) else b""


def _may_be_check(datagram: bytes) -> bool:
    """Look at both ends alone: a request for a binding, as long as it says (RFC 8489 section 5), with a FINGERPRINT,
    which ICE's checks have (RFC 8445 7.1.2)."""
    return (
        stun.HEADER_LENGTH <= len(datagram) <= _LONGEST
        and datagram[:2] == b"\x00\x01"
        and datagram[4:8] == _COOKIE
        and int.from_bytes(datagram[2:4], "big") == len(datagram) - stun.HEADER_LENGTH
        and datagram[-8:-4] == _FINGERPRINT
    )


def _success(check: stun.Message, source: Address, password: bytes) -> bytes:
    answer = stun.Message(stun.Method.BINDING, stun.Class.RESPONSE, check.transaction_id)
    answer.attributes["XOR-MAPPED-ADDRESS"] = source
    answer.add_message_integrity(password)
    return bytes(answer)


def _read(datagram: bytes) -> stun.Message | None:
    """Return a check whose FINGERPRINT is right, None for what is none."""
    try:
        check = stun.parse_message(datagram)
    except (ValueError, IndexError, struct.error):
        return None
    return check if "FINGERPRINT" in check.attributes else None
