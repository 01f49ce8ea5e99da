"""What a request must be before anybody looks at its content (RFC 3261 8.2): pure."""

from __future__ import annotations

from dataclasses import dataclass

from aiosipua import SipRequest

METHODS = ("INVITE", "ACK", "CANCEL", "BYE", "OPTIONS", "UPDATE", "INFO")
ALLOW = ("Allow", ", ".join(METHODS))
ACCEPT = ("Accept", "application/sdp, application/dtmf-relay")


@dataclass(frozen=True, slots=True)
class Refusal:
    """A final status with the header fields that explain it."""

    status: int
    headers: tuple[tuple[str, str], ...] = ()


def screen(request: SipRequest) -> Refusal | None:
    """Return why ``request`` cannot be served, None if it can. The order is that of section 8.2."""
    headers = request.headers
    if request.method not in METHODS:
        return Refusal(405, (ALLOW,))
    if request.uri.partition(":")[0].lower() not in {"sip", "tel"}:
        return Refusal(416)
    # RFC 4475 (zeromf) lets an endpoint pass it; we place calls onward, so we count as a hop
    if int(headers.get_first("max-forwards") or "70") == 0:
        return Refusal(483)
    required = [value for value in headers.get("require") if value]
    if required and request.method != "CANCEL":
        return Refusal(420, (("Unsupported", ", ".join(required)),))
    return _screen_body(request)


def _screen_body(request: SipRequest) -> Refusal | None:
    """RFC 3261 8.2.3: content that cannot be understood and may not be ignored."""
    if not request.body or request.method not in {"INVITE", "UPDATE", "INFO"}:
        return None
    encoding = (request.headers.get_first("content-encoding") or "identity").lower()
    if encoding != "identity":
        return Refusal(415, (("Accept-Encoding", "identity"),))
    if request.method in {"INVITE", "UPDATE"} and content_type(request) != "application/sdp":
        return Refusal(415, (("Accept", "application/sdp"),))
    return None


def content_type(request: SipRequest) -> str:
    """Return the media type of the body in lower case without parameters."""
    return (request.headers.get_first("content-type") or "").partition(";")[0].strip().lower()


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
    return key, min(int(duration), 60_000) if duration.isascii() and duration.isdigit() else 100
