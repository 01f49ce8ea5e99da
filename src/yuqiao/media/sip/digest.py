"""Digest authentication in SIP, both sides of it: pure (RFC 3261 22, RFC 7616, RFC 8760).

MD5 and SHA-256, always with ``qop=auth`` when we ask; when asked, also as RFC 2069 did it, without qop. Passwords are
never sent, logged or shown.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

#: The algorithms spoken here, the stronger first (RFC 8760 2.3: a server lists what it prefers at the top).
ALGORITHMS: Final = {"SHA-256": hashlib.sha256, "MD5": hashlib.md5}
#: Seconds for which a nonce of ours is good.
NONCE_LIFE: Final = 60.0
_REMEMBERED: Final = 1024
_PARAMETER = re.compile(r'([A-Za-z0-9*_-]{1,32})\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s",]+))')
_COUNT = re.compile(r"[0-9A-Fa-f]{8}")


@dataclass(frozen=True, slots=True)
class Login:
    """A user and the password; neither is shown."""

    user: str = field(repr=False)
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a server asks in a 401 or 407 (``proxy``). ``qop``: whether ``auth`` is wanted (else RFC 2069's form)."""

    realm: str
    nonce: str
    algorithm: str = "MD5"
    said_algorithm: bool = True
    opaque: str | None = None
    qop: bool = True
    stale: bool = False
    proxy: bool = False


def parameters(value: str) -> Mapping[str, str]:
    """Return the parameters of a ``Digest …`` header value, names in lower case, quotes taken off; ValueError when it
    is of another scheme or a parameter stands twice."""
    scheme, _, rest = value.strip().partition(" ")
    if scheme.lower() != "digest":
        raise ValueError("no Digest")
    found: dict[str, str] = {}
    for name, quoted, plain in _PARAMETER.findall(rest):
        if name.lower() in found:
            raise ValueError("a parameter stands twice")
        found[name.lower()] = plain or re.sub(r"\\(.)", r"\1", quoted)
    return found


def choose(values: Iterable[str], *, proxy: bool) -> Challenge | None:
    """Return the topmost challenge among header values that can be met (RFC 8760 2.4), None if none can."""
    for value in values:
        try:
            given = parameters(value)
        except ValueError:
            continue
        algorithm = given.get("algorithm", "MD5").upper()
        offered = [one.strip().lower() for one in given.get("qop", "").split(",") if one.strip()]
        if algorithm in ALGORITHMS and "nonce" in given and (not offered or "auth" in offered):
            return Challenge(
                realm=given.get("realm", ""),
                nonce=given["nonce"],
                algorithm=algorithm,
                said_algorithm="algorithm" in given,
                opaque=given.get("opaque"),
                qop=bool(offered),
                stale=given.get("stale", "").lower() == "true",
                proxy=proxy,
            )
    return None


def answer(challenge: Challenge, login: Login, *, method: str, uri: str, count: int, cnonce: str) -> tuple[str, str]:
    """Return the header field that meets ``challenge`` for a request; ``count`` is how often its nonce was used, this
    time included (RFC 7616 3.4)."""
    said = [("username", login.user), ("realm", challenge.realm), ("nonce", challenge.nonce), ("uri", uri)]
    first = digest(challenge.algorithm, login.user, challenge.realm, login.password)
    second = digest(challenge.algorithm, method, uri)
    if challenge.qop:
        result = digest(challenge.algorithm, first, challenge.nonce, f"{count:08x}", cnonce, "auth", second)
    else:
        result = digest(challenge.algorithm, first, challenge.nonce, second)
    parts = [f"{name}={_quoted(text)}" for name, text in (*said, ("response", result))]
    if challenge.said_algorithm:
        parts.append(f"algorithm={challenge.algorithm}")
    if challenge.opaque is not None:
        parts.append(f"opaque={_quoted(challenge.opaque)}")
    if challenge.qop:
        parts += [f"cnonce={_quoted(cnonce)}", "qop=auth", f"nc={count:08x}"]
    return "Proxy-Authorization" if challenge.proxy else "Authorization", "Digest " + ", ".join(parts)


def digest(algorithm: str, *parts: str) -> str:
    """Return H of the parts with colons between (RFC 7616 3.3), in hexadecimal."""
    return ALGORITHMS[algorithm](":".join(parts).encode()).hexdigest()


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


class Verdict(Enum):
    """What an Authorization is worth: MISSING and STALE get a challenge, WRONG a refusal."""

    RIGHT = auto()
    MISSING = auto()
    STALE = auto()
    WRONG = auto()


class Verifier:
    """The server's side. Remembers nothing for those it only challenges: a nonce carries its time and our signature.
    Each (nonce, count) is good once (RFC 7616 3.4), so what was overheard cannot be said again."""

    def __init__(self, realm: str, logins: Mapping[str, Login], secret: bytes) -> None:
        """``logins``: by user name."""
        self.realm = realm
        self._logins = logins
        self._secret = secret
        self._counts: OrderedDict[str, int] = OrderedDict()

    def challenges(self, now: float, *, stale: bool = False) -> tuple[tuple[str, str], ...]:
        """Return the WWW-Authenticate header fields of a 401, the stronger algorithm first."""
        nonce = self._nonce(f"{int(now * 1000):012x}")
        tail = ", stale=true" if stale else ""
        return tuple(
            (
                "WWW-Authenticate",
                f'Digest realm={_quoted(self.realm)}, nonce="{nonce}", algorithm={algorithm}, qop="auth"{tail}',
            )
            for algorithm in ALGORITHMS
        )

    def judge(self, values: Sequence[str], method: str, now: float) -> tuple[Verdict, str]:
        """Return what Authorization ``values`` are worth for a ``method`` at UNIX time ``now``, and whose they are (""
        if nobody's)."""
        given = self._of_ours(values)
        if given is None:
            return Verdict.MISSING, ""
        algorithm = given.get("algorithm", "MD5").upper()
        login = self._logins.get(given.get("username", ""))
        count = given.get("nc", "")
        sound = algorithm in ALGORITHMS and given.get("qop", "").lower() == "auth" and _COUNT.fullmatch(count)
        nonce = given.get("nonce", "")
        if login is None or not sound or not self._is_ours(nonce):
            return Verdict.WRONG, ""
        first = digest(algorithm, login.user, self.realm, login.password)
        second = digest(algorithm, method, given.get("uri", ""))
        right = digest(algorithm, first, nonce, count, given.get("cnonce", ""), "auth", second)
        if not hmac.compare_digest(right.encode(), given.get("response", "").lower().encode()):
            return Verdict.WRONG, ""
        if not 0 <= now - int(nonce[:12], 16) / 1000 <= NONCE_LIFE or int(count, 16) <= self._counts.get(nonce, 0):
            return Verdict.STALE, ""
        self._counts[nonce] = int(count, 16)
        if len(self._counts) > _REMEMBERED:
            self._counts.popitem(last=False)
        return Verdict.RIGHT, login.user

    def _of_ours(self, values: Sequence[str]) -> Mapping[str, str] | None:
        for value in values:
            try:
                given = parameters(value)
            except ValueError:
                continue
            if given.get("realm") == self.realm:
                return given
        return None

    def _nonce(self, stamp: str) -> str:
        return stamp + hmac.new(self._secret, stamp.encode(), hashlib.sha256).hexdigest()[:32]

    def _is_ours(self, nonce: str) -> bool:
        stamp = nonce[:12]
        return re.fullmatch(r"[0-9a-f]{12}", stamp) is not None and hmac.compare_digest(
            self._nonce(stamp).encode(), nonce.encode()
        )
