"""One POST to a partner's address: looked up, judged, connected to what was judged, within a hard limit of time.

Redirects are not followed (they could lead inside), no cookies, no proxy of the environment; of the answer only the
beginning is read, and digits and addresses in it are covered before it is kept.
"""

from __future__ import annotations

import asyncio
import re
import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from yuqiao.hooks.addresses import AddressError, Network, literal_of, may_reach, target_of

MOST_ANSWER = 200
#: What could be a person's in an answer: numbers of five digits and more, e-mail addresses.
PERSONAL = re.compile(r"[^\s\"'<>@]+@[^\s\"'<>@]+|\d[\d -]{3,}\d")


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of one attempt: the status, or ``error`` where no answer came.

    ``error``: ``timeout``, ``unreachable``, ``tls``, ``inside`` (it leads into our own network), or what else is wrong
    with the address (`AddressError`). ``wish``: seconds of Retry-After.
    """

    status: int | None = None
    ms: int = 0
    error: str = ""
    answer: str = ""
    wish: float | None = None

    @property
    def taken(self) -> bool:
        """Whether the receiver took it: any 2xx."""
        return self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Rules:
    """Where may be sent to: these networks besides the public ones, by http as well; how many seconds it may take."""

    http: bool = False
    allowed: tuple[Network, ...] = ()
    seconds: float = 10.0


class Judging(AbstractResolver):
    """Gives away only addresses that may be reached; if one of a name may not, none of them is used."""

    def __init__(self, allowed: Sequence[Network], inner: AbstractResolver | None = None) -> None:
        self._allowed = allowed
        self._inner = inner or ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the addresses of ``host``; AddressError where one of them lies inside."""
        found = await self._inner.resolve(host, port, family)
        for one in found:
            address = literal_of(one["host"])
            if address is None or not may_reach(address, self._allowed):
                raise AddressError("inside")
        return found

    async def close(self) -> None:
        """Let go of the inner one."""
        await self._inner.close()


def send(url: str, body: bytes, headers: Mapping[str, str], rules: Rules) -> Sent:
    """Post ``body``; always returns, within ``rules.seconds`` and what a name server may hang on."""
    begun = time.monotonic()
    try:
        target_of(url, http=rules.http, allowed=rules.allowed)
        sent = asyncio.run(_post(url, body, headers, rules))
    except AddressError as error:
        sent = Sent(error=error.code)
    except TimeoutError:
        sent = Sent(error="timeout")
    except (aiohttp.ClientSSLError, aiohttp.ServerFingerprintMismatch):
        sent = Sent(error="tls")
    except (aiohttp.ClientError, OSError, ValueError) as error:
        sent = Sent(error="inside" if isinstance(error.__cause__, AddressError) else "unreachable")
    ms = round((time.monotonic() - begun) * 1000)
    return Sent(sent.status, ms, sent.error, sent.answer, sent.wish)


async def _post(url: str, body: bytes, headers: Mapping[str, str], rules: Rules) -> Sent:
    connector = aiohttp.TCPConnector(resolver=Judging(rules.allowed), use_dns_cache=False, force_close=True)
    limit = aiohttp.ClientTimeout(total=rules.seconds)
    async with (
        aiohttp.ClientSession(connector=connector, timeout=limit, cookie_jar=aiohttp.DummyCookieJar()) as session,
        session.post(url, data=body, headers=headers, allow_redirects=False) as answer,
    ):
        said = await answer.content.read(MOST_ANSWER) if answer.status != 204 else b""
        return Sent(answer.status, answer=covered(said), wish=_seconds(answer.headers.get("Retry-After", "")))


def covered(said: bytes) -> str:
    """Return the beginning of an answer as text without control characters and without what could be a person's."""
    text = said.decode(errors="replace")
    readable = "".join(one if one.isprintable() else " " for one in text)
    return PERSONAL.sub("…", readable)[:MOST_ANSWER].strip()


def _seconds(wish: str) -> float | None:
    """Return Retry-After where it names seconds; a date is left aside (RFC 9110 10.2.3)."""
    return float(wish) if re.fullmatch(r"[0-9]{1,6}", wish, re.ASCII) else None
