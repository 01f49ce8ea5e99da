"""One channel: a party's leg, or a snoop upon one, and how ARI shows it. No I/O."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from yuqiao.lib import clock
from yuqiao.media import causes
from yuqiao.media.ari.errors import ALLOCATION_FAILED, AriError
from yuqiao.media.ari.reasons import REASONS
from yuqiao.media.ports import Address, AudioParameters, Direction, SipCall

#: The channel variable that holds the languages an INVITE offered (RFC 8373), tags with commas between. And the one in
#: which the application says, before it answers, which language was chosen.
OFFERED, CHOSEN = "YUQIAO_HLANG", "YUQIAO_HLANG_CHOSEN"
#: The trunk by which an inbound call came, and the number that was dialled before it was sent on to us.
TRUNK, DIVERTED = "YUQIAO_TRUNK", "YUQIAO_DIVERTED_FROM"
#: What is shown with each channel, as Asterisk does with the variables that ``channelvars`` in ari.conf names.
_SHOWN = (OFFERED, TRUNK, DIVERTED)


#: The endpoint of calls whose trunk nobody named.
DEFAULT_ENDPOINT = "yuqiao"
_NUMBER = re.compile(r"\+?[0-9*#]{1,32}")

#: Where the leg of a snoop channel is, once the mixer has opened it.
NOWHERE: Address = ("", 0)


class Kind(StrEnum):
    """How a channel came to be."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"
    SNOOP = "snoop"


class State(StrEnum):
    """The channel states of ARI that a SIP leg can be in."""

    DOWN = "Down"
    RING = "Ring"
    RINGING = "Ringing"
    UP = "Up"


@dataclass(eq=False)
class Channel:
    """What ARI knows of a channel. ``lock`` orders everything asked of the mixer for this leg.

    ``over`` is set once and for good the moment the leg ends; from then on no verb finds the channel, and only the
    closing task still works on it. ``local`` is the leg's RTP address once the mixer has opened it; a tap,
    which has none, is at `NOWHERE`.
    """

    id: str
    name: str
    kind: Kind
    state: State
    app: str
    args: tuple[str, ...] = ()
    caller_number: str = ""
    caller_name: str = ""
    connected_number: str = ""
    connected_name: str = ""
    exten: str = "s"
    dialstring: str = ""
    target: str = ""
    endpoint: str = DEFAULT_ENDPOINT
    ring_seconds: float = 30.0
    beside: str | None = None
    external: AudioParameters | None = None  # where external media goes, instead of a call
    spied: str = ""
    spy: str = "none"
    whisper: str = "none"
    headers: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    created: dt.datetime = field(default_factory=clock.now)
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    call: SipCall | None = None
    local: Address | None = None
    audio: AudioParameters | None = None
    bridge: str | None = None
    in_stasis: bool = False
    dialled: bool = False
    hangup_asked: bool = False
    muted: bool = False
    quiet: bool = False  # what the mixer was told of it
    deafened: bool = False
    held: bool = False  # by the party: it wants no audio from us
    silent: bool = False
    gains: dict[Direction, float] = field(default_factory=dict)
    over: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the Channel model of ARI (Asterisk's ``rest-api/api-docs/channels.json``)."""
        return {
            "id": self.id,
            "name": self.name,
            "state": str(self.state),
            "protocol_id": self.call.headers.get("call-id", "") if self.call else "",
            "caller": {"name": self.caller_name, "number": self.caller_number},
            "connected": {"name": self.connected_name, "number": self.connected_number},
            "accountcode": "",
            "dialplan": self._dialplan(),
            "creationtime": clock.iso(self.created),
            "language": "en",
            **({"channelvars": shown} if (shown := self._shown()) else {}),
        }

    def _shown(self) -> dict[str, str]:
        return {name: self.variables[name] for name in _SHOWN if name in self.variables}

    def _dialplan(self) -> dict[str, Any]:
        if self.in_stasis:
            name, data = "Stasis", ",".join((self.app, *self.args))
        elif self.dialled:
            name, data = "AppDial2", "(Outgoing Line)"
        else:
            name, data = "", ""
        return {"context": "default", "exten": self.exten, "priority": 1, "app_name": name, "app_data": data}


def endpoint(raw: str) -> tuple[str, str, str]:
    """Return ``(endpoint name, dial string, target)`` of ``PJSIP/name/sip:…``, ``PJSIP/sip:…``, ``PJSIP/number@name``
    or ``PJSIP/name/number``; the target is a SIP URI or a number, which the trunk called ``name`` is to carry.

    Raises AriError: 400 when it is no ``technology/resource``, 500 for a technology or resource nobody can dial, as
    Asterisk answers.
    """
    technology, _, resource = raw.partition("/")
    if not technology or not resource:
        raise AriError(400, "Invalid endpoint specified")
    if resource.startswith("sip:"):
        name, target = DEFAULT_ENDPOINT, resource
    elif "/" in resource:
        name, _, target = resource.partition("/")
    else:
        target, _, name = resource.partition("@")
    dialable = target.startswith("sip:") or _NUMBER.fullmatch(target)
    if technology.upper() != "PJSIP" or not name or not dialable:
        raise AriError(500, ALLOCATION_FAILED)
    return name, resource, target


def caller_id(raw: str) -> tuple[str, str]:
    """Return ``(name, number)`` of ``Name <number>``, ``"Name" <number>`` or a bare number (``ast_callerid_parse``)."""
    found = re.fullmatch(r'\s*"?([^"<]*?)"?\s*<([^<>]*)>\s*', raw)
    return (found[1], found[2]) if found else ("", raw.strip())


def hangup_cause(reason: str, code: str) -> int:
    """Return the Q.850 cause of ``reason`` or ``reason_code``; AriError 400 for what is neither."""
    if reason and code:
        raise AriError(400, "The reason and reason_code can't both be specified")
    if code:
        if not code.isascii() or not code.isdigit() or not 0 <= int(code[:4]) <= 127:
            raise AriError(400, "Invalid reason code provided")
        return int(code)
    if not reason:
        return causes.NORMAL
    if reason not in REASONS:
        raise AriError(400, "Invalid reason for hangup reason provided")
    return REASONS[reason]
