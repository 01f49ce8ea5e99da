"""The INVITE of a call that goes out: who calls whom, by which trunk, with which fields (RFC 3261 8.1.1, 13.2.1)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aiosipua import expand_compact_header

from yuqiao.media.ports import Address, CallObserver
from yuqiao.media.sip import screening, session_timers
from yuqiao.media.sip.addresses import bracketed, checked_header, escaped_user, quoted_name, read_uri
from yuqiao.media.sip.core import Core
from yuqiao.media.sip.dialog import hop_to
from yuqiao.media.sip.outbound import OutboundLeg
from yuqiao.media.sip.transport import Hop
from yuqiao.media.sip.trunks import TrunkSettings

_OURS = {
    "via", "from", "to", "call-id", "cseq", "contact", "max-forwards", "route", "record-route", "content-type",
    "content-length", "allow", "require", "supported", "user-agent", "session-expires", "min-se", "x",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a call that goes out shall be, whichever trunk carries it."""

    local: Address
    caller_number: str
    caller_name: str
    headers: Mapping[str, str]
    languages: Sequence[str]


def leg_to(
    core: Core,
    target: str,
    observer: CallObserver,
    wanted: Wanted,
    trunk: TrunkSettings | None,
    *,
    phone: tuple[str, Hop] | None = None,
) -> OutboundLeg:
    """Return the leg to ``target``, by ``trunk`` if that is a carrier's, its INVITE written and not sent. ``phone``:
    the contact that a browser registered, and its place. ValueError for a target nobody can dial, for line breaks in
    names and headers, and for headers that are ours to write."""
    uri = read_uri(target)
    contact, hop = phone or (target, hop_to(uri))
    tag = secrets.token_hex(8)
    invite = core.begin("INVITE", contact, hop)
    place = core.place(hop)
    home = bracketed(trunk.home) if trunk is not None and trunk.login is not None else place
    for name, value in (
        ("From", f"{quoted_name(wanted.caller_name)}<sip:{escaped_user(wanted.caller_number)}@{home}>;tag={tag}"),
        ("To", f"<{target}>"),
        ("Call-ID", f"{secrets.token_hex(12)}@{place.rpartition(':')[0]}"),
        ("CSeq", "1 INVITE"),
        core.contact(wanted.caller_number, hop),
        screening.ALLOW,
        screening.SUPPORTED,
        *session_timers.asked(core.terms),
        ("Accept", "application/sdp"),
        ("User-Agent", core.agent),
        ("Content-Type", "application/sdp"),
    ):
        invite.headers.append(name, value)
    for name, value in wanted.headers.items():
        checked_header(name, value)
        if expand_compact_header(name).lower() in _OURS:
            raise ValueError("this header field is the trunk's to write")
        invite.headers.set_single(name, value)
    names = (wanted.caller_number, wanted.caller_name, uri.user)
    return OutboundLeg(
        core,
        invite,
        hop,
        observer,
        tag=tag,
        names=names,
        local=wanted.local,
        languages=wanted.languages,
        trunk=trunk,
    )
