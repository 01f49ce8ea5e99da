"""Signing requests for one login: keeps the last challenge and how often its nonce was used (RFC 7616 3.4)."""

from __future__ import annotations

import secrets
from collections import Counter

from aiosipua import SipRequest, SipResponse

from yuqiao.media.sip import wire
from yuqiao.media.sip.digest import Challenge, Login, answer, choose


class Signer:
    """Meets the challenges of one server for one login. A new nonce begins its count at 1."""

    def __init__(self, login: Login) -> None:
        self._login = login
        self._challenge: Challenge | None = None
        self._count = 0
        self._answered: Counter[str] = Counter()

    @property
    def has_nonce(self) -> bool:
        """Whether there is a challenge to sign by, so that the first request may be signed already (RFC 3261 22.3)."""
        return self._challenge is not None

    def take(self, response: SipResponse) -> Challenge | None:
        """Keep the challenge of a 401 or 407 and return it; None when it holds none that can be met."""
        proxy = response.status_code == 407
        values = response.headers.get("proxy-authenticate" if proxy else "www-authenticate")
        found = choose(values, proxy=proxy)
        if found is not None:
            self._challenge, self._count = found, 0
        return found

    def sign(self, request: SipRequest) -> None:
        """Put the Authorization (or Proxy-Authorization) into ``request``, in place of an older one."""
        if self._challenge is None:
            raise ValueError("nobody asked for a signature")
        self._count += 1
        cnonce = secrets.token_hex(8)
        name, value = answer(
            self._challenge, self._login, method=request.method, uri=request.uri, count=self._count, cnonce=cnonce
        )
        request.headers.set_single(name, value)

    def begin_anew(self, request: SipRequest) -> None:
        """A later request of the same call: signed at once by the nonce there is; it may be challenged like a first."""
        self._answered.pop(request.method, None)
        if self.has_nonce:
            self.sign(request)

    def again(self, request: SipRequest, response: SipResponse) -> SipRequest | None:
        """Return ``request`` as it goes out once more after ``response``, a 401 or 407 (22.2): signed, with the next
        CSeq and a branch of its own. None when the challenge cannot be met, or the same was met already: only a nonce
        gone stale, or another realm or algorithm (Asterisk asks so of a caller it knows by the signature alone), is
        met a second time.
        """
        before = self._challenge
        if response.status_code not in {401, 407} or (found := self.take(response)) is None:
            return None
        other = before is not None and (before.realm, before.algorithm) != (found.realm, found.algorithm)
        if self._answered[request.method] >= (2 if found.stale or other else 1):
            return None
        self._answered[request.method] += 1
        once_more = wire.renewed(request)
        self.sign(once_more)
        return once_more
