"""Keys for SRTP in SDP: the crypto attribute (RFC 4568, SDES), with the suites of RFC 3711. Pure.

Whoever reads the SDP has the keys, so we offer SRTP of our own accord only where the signalling runs under TLS, and
take it wherever a peer asks.
"""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from yuqiao.media.ports import Srtp

#: The suites we speak, best first; the tag under which we offer each is its place from 1.
SUITES: Final = ("AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32")
SECURED, PLAIN = "RTP/SAVP", "RTP/AVP"
KEY_LENGTH: Final = 30  # octets: 16 of master key, 14 of salt (RFC 4568 6.2)

_CRYPTO = re.compile(r"(\d{1,9})\s+([A-Z0-9_]+)\s+inline:([A-Za-z0-9+/=]+)((?:\|[^|\s]+)*)((?:\s+\S+)*)")


class Policy(Enum):
    """What the operator wants of one trunk, or of all others. OPTIONAL: taken where it is asked for, offered under TLS,
    and plain where that is refused."""

    OFF = "off"
    OPTIONAL = "optional"
    REQUIRED = "required"

    @classmethod
    def read(cls, raw: str) -> Policy:
        """Return the policy of that name; ValueError."""
        try:
            return cls(raw.strip().lower())
        except ValueError as error:
            raise ValueError("say off, optional or required") from error

    def take(self, protocol: str, values: Iterable[str]) -> tuple[Crypto, ...] | None:
        """Return the keys with which a stream of ``protocol`` may be joined, none for a plain one; None: it may not.

        Keys beside ``RTP/AVP`` are what many phones call optional: plain to who does not know them.
        """
        crypto = () if self is Policy.OFF or protocol not in {PLAIN, SECURED} else read(values)
        joinable = bool(crypto) or (protocol == PLAIN and self is not Policy.REQUIRED)
        return crypto if joinable else None


@dataclass(frozen=True, slots=True)
class Crypto:
    """One crypto attribute that we can use: its tag, its suite, its key and salt in base64."""

    tag: int
    suite: str
    key: str = field(repr=False)

    def __str__(self) -> str:
        return f"{self.tag} {self.suite} inline:{self.key}"


def read(values: Iterable[str]) -> tuple[Crypto, ...]:
    """Return those of the crypto attributes that we can use, in the peer's order.

    Passed over: other suites, keys of another length, several keys or an MKI (6.1), and session parameters, which
    change how packets are made (6.3) - except a hint at the window and those marked as optional.
    """
    found = (_CRYPTO.fullmatch(value.strip()) for value in values)
    return tuple(
        Crypto(int(one[1]), one[2], one[3])
        for one in found
        if one is not None and one[2] in SUITES and _is_key(one[3]) and _is_plain(one[4], one[5])
    )


def _is_key(text: str) -> bool:
    try:
        return len(base64.b64decode(text, validate=True)) == KEY_LENGTH
    except binascii.Error:
        return False


def _is_plain(lifetime_and_mki: str, parameters: str) -> bool:
    has_mki = any(":" in part for part in lifetime_and_mki.split("|"))
    return not has_mki and all(word.startswith(("-", "WSH=")) for word in parameters.split())


class Keys:
    """Our side of one dialog: a key of our own for each suite, made when first needed and the same throughout, so that
    a later offer or answer does not begin the stream anew (RFC 4568 7.1.4)."""

    def __init__(self, policy: Policy, *, under_tls: bool = False) -> None:
        self.policy = policy
        self._offers = policy is Policy.REQUIRED or (policy is Policy.OPTIONAL and under_tls)
        self._own: dict[str, str] = {}

    @property
    def may_go_plain(self) -> bool:
        """Whether an offer of SRTP that was refused may be followed by a plain one."""
        return self._offers and self.policy is Policy.OPTIONAL

    def go_plain(self) -> None:
        """Offer no SRTP any more."""
        self._offers = False

    def forget(self) -> None:
        """Nothing is secured any more; what is secured later gets other keys, since its packet index begins anew."""
        self._own.clear()

    def own(self, suite: str) -> str:
        """Return our key for ``suite``."""
        if suite not in self._own:
            self._own[suite] = base64.b64encode(secrets.token_bytes(KEY_LENGTH)).decode()
        return self._own[suite]

    def offer(self, settled: Sequence[Crypto] | None) -> tuple[Crypto, ...]:
        """Return what our offer says; nothing for a plain one. ``settled``: what the peer said last, if it said
        anything yet: a later offer keeps to what is in use."""
        if settled is not None:
            return tuple(Crypto(one.tag, one.suite, self.own(one.suite)) for one in settled[:1])
        return tuple(Crypto(tag, suite, self.own(suite)) for tag, suite in enumerate(SUITES, 1)) if self._offers else ()

    def answer(self, offered: Sequence[Crypto]) -> tuple[Crypto, ...]:
        """Return what our answer says to ``offered``: the first, under its tag, with our key (5.1.2)."""
        return tuple(Crypto(one.tag, one.suite, self.own(one.suite)) for one in offered[:1])

    @property
    def told(self) -> bool:
        """Whether the peer was given any key of ours."""
        return bool(self._own)

    def agreed(self, theirs: Sequence[Crypto]) -> Srtp | None:
        """Return the keys of both directions, None for plain RTP. Call it after `offer` or `answer`; ValueError when
        the peer answers with a suite for which we gave no key."""
        if not theirs:
            return None
        suite = theirs[0].suite
        if suite not in self._own:
            raise ValueError("the answer takes a crypto suite that we did not offer")
        return Srtp(suite, self._own[suite], theirs[0].key)
