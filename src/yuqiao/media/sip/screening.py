"""What a request must be before anybody looks at its content (RFC 3261 8.2): pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from aiosipua import SipRequest

METHODS = ("INVITE", "ACK", "CANCEL", "BYE", "OPTIONS", "UPDATE", "INFO", "PRACK", "REFER")
#: Extensions that a request may require of us (RFC 3262, RFC 4028).
EXTENSIONS = ("100rel", "timer")
SUPPORTED = ("Supported", ", ".join(EXTENSIONS))
ALLOW = ("Allow", ", ".join(METHODS))
ACCEPT = ("Accept", "application/sdp, application/dtmf-relay")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*")  # RFC 3986 3.1
#: What an Accept must hold so that our answer can be read (RFC 3261 20.1).
_TAKES_SDP = frozenset({"application/sdp", "application/*", "*/*"})


@dataclass(frozen=True, slots=True)
class Refusal:
    """A final status with the header fields that explain it."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()


def screen(request: SipRequest, protocol: str = "UDP") -> Refusal | None:
    """Return why ``request``, which came by ``protocol``, cannot be served, None if it can. The order is that of
    section 8.2. ``sips:`` is served under TLS alone (26.2.2)."""
    headers = request.headers
    if request.method not in METHODS:
        return Refusal(405, (ALLOW,))
    scheme = request.uri.partition(":")[0].lower()
    if scheme not in {"sip", "tel", *(("sips",) if protocol == "TLS" else ())}:
        return Refusal(416 if _SCHEME.fullmatch(scheme) else 400)
    # RFC 4475 (zeromf) lets an endpoint pass it; we place calls onward, so we count as a hop
    if int(headers.get_first("max-forwards") or "70") == 0:
        return Refusal(483)
    required = [value for value in headers.get("require") if value and value.strip().lower() not in EXTENSIONS]
    if required and request.method != "CANCEL":
        return Refusal(420, (("Unsupported", ", ".join(required)),))
    return _screen_body(request)


def _screen_body(request: SipRequest) -> Refusal | None:
    """RFC 3261 8.2.3: content that cannot be understood and may not be ignored."""
    accepted = ",".join(request.headers.get("accept"))
    if request.method == "INVITE" and accepted and not _TAKES_SDP & {_media_type(one) for one in accepted.split(",")}:
        return Refusal(406)
    if not request.body or request.method not in {"INVITE", "UPDATE", "PRACK", "INFO"}:
        return None
    encoding = (request.headers.get_first("content-encoding") or "identity").lower()
    if encoding != "identity":
        return Refusal(415, (("Accept-Encoding", "identity"),))
    if request.method in {"INVITE", "UPDATE", "PRACK"} and content_type(request) != "application/sdp":
        return Refusal(415, (("Accept", "application/sdp"),))
    return None


def content_type(request: SipRequest) -> str:
    """Return the media type of the body in lower case without parameters."""
    return _media_type(request.headers.get_first("content-type") or "")


def _media_type(value: str) -> str:
    return value.partition(";")[0].strip().lower()


def digit_of(request: SipRequest) -> tuple[str, int] | None:
    """Return the key and its length in ms that an INFO carries (application/dtmf-relay or application/dtmf), None if
    it carries none. 100 ms where no length is given."""
    text = request.body.decode("ascii", errors="replace")
    if content_type(request) == "application/dtmf":
        key, duration = text.strip(), "100"
    elif content_type(request) == "application/dtmf-relay":
        pairs = (line.partition("=") for line in text.splitlines())
        fields = {name.strip().lower(): value.strip() for name, _, value in pairs}
        key, duration = fields.get("signal", ""), fields.get("duration", "100")
    else:
        return None
    key = {"10": "*", "11": "#"}.get(key, key.upper())
    if len(key) != 1 or key not in "0123456789*#ABCD":
        return None
    lasting = int(duration[:9]) if duration.isascii() and duration.isdigit() else 100
    return key, min(lasting, 60_000)
