"""Where a browser's phone wants to be rung: REGISTER as a registrar answers it (RFC 3261 10.3). Pure.

A name has one phone, the one whose WebSocket stands; so a registration is about that WebSocket and ends with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from aiosipua import SipRequest, parse_params

from yuqiao.media.sip import wire
from yuqiao.media.sip.addresses import read_party, read_uri
from yuqiao.media.sip.flows import Binding

#: Seconds: what we grant at most, and where nothing is asked for; and the least (20.23).
LONGEST: Final = 600
SHORTEST: Final = 30

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer to a REGISTER, and the binding that holds from now on."""

    status: int
    binding: Binding | None
    headers: Headers = ()


def register(request: SipRequest, binding: Binding | None, now: float) -> Outcome:
    """Return what ``request`` does to ``binding`` at ``now``, seconds of any steady clock (10.3, steps 6 to 8)."""
    held = binding if binding is not None and binding.until > now else None
    contacts = request.headers.get("contact")
    if not contacts:
        return _granted(held, now)
    asked = _seconds((request.headers.get_first("expires") or "").strip(), LONGEST)
    if contacts[0].strip() == "*" and asked == 0:
        return _granted(None, now)
    uri, wanted = _contact(contacts)
    if not uri:
        return Outcome(400, held)
    call_id, seq = request.headers.get_first("call-id") or "", wire.cseq_of(request)[0]
    if held is not None and held.call_id == call_id and seq <= held.seq:
        return Outcome(500, held)  # step 7: an older wish arrives late
    seconds = asked if wanted is None else _seconds(wanted, LONGEST)
    if 0 < seconds < SHORTEST:
        return Outcome(423, held, (("Min-Expires", str(SHORTEST)),))
    return _granted(Binding(uri, now + min(seconds, LONGEST), call_id, seq) if seconds else None, now)


def _contact(values: Sequence[str]) -> tuple[str, str | None]:
    """Return the URI of the one contact and what its own ``expires`` says; "" where it is not one, or none."""
    try:
        (value,) = values
        uri = read_party(value).uri
        read_uri(uri)
    except ValueError:
        return "", None
    return uri, parse_params(value.rpartition(">")[2] if ">" in value else "").get("expires")


def _granted(binding: Binding | None, now: float) -> Outcome:
    """Say 200 with all there is (step 8)."""
    if binding is None:
        return Outcome(200, None)
    left = max(1, round(binding.until - now))
    return Outcome(200, binding, (("Contact", f"<{binding.contact}>;expires={left}"), ("Expires", str(left))))


def _seconds(text: str, otherwise: int) -> int:
    """Return the seconds of ``text``; ``otherwise`` for what is no number (20.19)."""
    return min(int(text), 2**31) if text.isascii() and text.isdigit() and len(text) < 11 else otherwise
