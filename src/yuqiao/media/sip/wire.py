"""From octets to SIP messages that may be trusted to have their mandatory parts, and back (RFC 3261 sections 7, 18).

The library parses leniently; what it lets pass (a missing version, a CSeq of another method, a body shorter than
announced) is refused here before anything else sees the message.
"""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Iterable
from typing import Final

from aiosipua import SipMessage, SipRequest, SipResponse, Via, parse_via, stringify_via

from yuqiao.media.sip.addresses import read_party

Message = SipRequest | SipResponse

# It warns of each body whose length is not the announced one: a line of log for every datagram of a flood. We count.
logging.getLogger("aiosipua.message").setLevel(logging.ERROR)

PHRASES: Final = {
    100: "Trying", 180: "Ringing", 183: "Session Progress", 200: "OK", 202: "Accepted", 400: "Bad Request",
    401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
    405: "Method Not Allowed", 406: "Not Acceptable", 408: "Request Timeout", 410: "Gone",
    415: "Unsupported Media Type", 416: "Unsupported URI Scheme", 420: "Bad Extension",
    422: "Session Interval Too Small", 423: "Interval Too Brief",
    480: "Temporarily Unavailable", 481: "Call/Transaction Does Not Exist",
    482: "Loop Detected", 483: "Too Many Hops", 484: "Address Incomplete",
    486: "Busy Here", 487: "Request Terminated", 488: "Not Acceptable Here", 491: "Request Pending",
    500: "Server Internal Error", 501: "Not Implemented", 502: "Bad Gateway", 503: "Service Unavailable",
    504: "Server Time-out", 505: "Version Not Supported", 603: "Decline",
}  # fmt: skip

_REQUEST_LINE = re.compile(rb"([A-Za-z0-9.!%*_+`'~-]{1,64}) ([^\s]{1,2048}) SIP/(\d{1,4}\.\d{1,4})")
#: Blanks too many, or within the address: no request, but whoever wrote it can be told so (RFC 4475 3.1.2.8-10).
_BLANKS_TOO_MANY = re.compile(rb"[A-Za-z0-9.!%*_+`'~-]{1,64}[ \t][^\r\n]{1,2048}[ \t]SIP/2\.0")
_STATUS_LINE = re.compile(rb"SIP/2\.0 ([1-6]\d\d)(?: [^\r\n]*)?")
_VIA = re.compile(r"\s*SIP\s*/\s*2\.0\s*/\s*([A-Za-z0-9-]+)\s+(\S.*)", re.DOTALL)
_CSEQ = re.compile(r"(\d{1,10})\s+([A-Za-z0-9.!%*_+`'~-]{1,64})")
_BRANCH = re.compile(r";branch=[^;]+", re.IGNORECASE)
_SINGLE = ("from", "to", "call-id", "cseq", "content-length", "max-forwards", "content-type")
MAX_MESSAGE = 65_535
#: Max-Forwards is at most 255 (RFC 3261 20.22) and other counts need no more; Python refuses to read endless ones.
_DIGITS = 10
COOKIE = "z9hG4bK"


class MalformedError(ValueError):
    """No message to work with. ``request`` is what could be read of it when a 400 (or 505) can still reach somebody."""

    def __init__(self, reason: str, request: SipRequest | None = None, status: int = 400) -> None:
        super().__init__(reason)
        self.request = request
        self.status = status


def read(data: bytes) -> Message:
    """Return the one message in ``data`` (a datagram, or a frame of a stream); `MalformedError` when it is none."""
    start = data.partition(b"\r\n")[0]
    request_line = _REQUEST_LINE.fullmatch(start)
    readable = request_line is not None or _STATUS_LINE.fullmatch(start) is not None
    if not readable and _BLANKS_TOO_MANY.fullmatch(start.rstrip()) is None:
        raise MalformedError("no start line")
    head, end, body = data.partition(b"\r\n\r\n")
    head = head.replace(b"\\\0", b"")  # lawful in a quoted string (RFC 4475 3.1.1.2), and of no use to anybody
    if not end or len(data) > MAX_MESSAGE or b"\0" in head:
        raise MalformedError("no end of the header, a zero octet in it, or too long")
    try:
        message = SipMessage.parse(head + end + body)
    except ValueError as error:
        raise MalformedError("header cannot be read") from error
    request = message if isinstance(message, SipRequest) else None
    if not readable:
        raise MalformedError("no start line", _answerable(request))
    if request_line is not None and request_line[3] != b"2.0":
        raise MalformedError("another version", _answerable(request), status=505)
    try:
        _check(message, data)
    except ValueError as error:
        raise MalformedError(str(error), _answerable(request)) from error
    return message


def _check(message: Message, data: bytes) -> None:
    """Raise ValueError unless ``message`` has what RFC 3261 8.1.1 demands, once each, and its whole body."""
    headers = message.headers
    if any(len(headers.get(name)) > 1 for name in _SINGLE):
        raise ValueError("a header field that may stand once stands twice")
    if not headers.get_first("call-id") or not headers.get("via"):
        raise ValueError("no Call-ID or no Via")
    vias = headers.get("via")
    if (parts := _VIA.fullmatch(vias[0])) is None:
        raise ValueError("Via cannot be read")
    vias[0] = f"SIP/2.0/{parts[1]} {parts[2]}"  # the library's parser knows no blanks around its slashes
    via = parse_via(vias[0])
    if not _leads_back(via) or (not via.branch and isinstance(message, SipResponse)):
        raise ValueError("Via cannot be read")
    if not all(_VIA.fullmatch(other) for other in vias[1:]):
        raise ValueError("a Via further down cannot be read")
    for name in ("from", "to"):
        read_party(headers.get_first(name) or "")
    cseq = _CSEQ.fullmatch(headers.get_first("cseq") or "")
    if cseq is None or int(cseq[1]) >= 2**32:
        raise ValueError("CSeq cannot be read")
    if isinstance(message, SipRequest) and cseq[2] != message.method:
        raise ValueError("CSeq names another method")
    length = headers.get_first("content-length")
    if length is not None and not (length.isascii() and length.isdigit() and int(length) <= len(message.body)):
        raise ValueError("Content-Length does not fit the body")
    hops = headers.get_first("max-forwards")
    if hops is not None and not (hops.isascii() and hops.isdigit() and len(hops) <= _DIGITS):
        raise ValueError("Max-Forwards is no number")


def _leads_back(via: Via) -> bool:
    """Whether an answer can be sent where ``via`` says."""
    return bool(via.host) and (via.port is None or 0 < via.port < 65536)


def _answerable(request: SipRequest | None) -> SipRequest | None:
    """Return ``request`` if a response to it would find its way and its transaction, else None."""
    if request is None or request.method == "ACK" or not request.headers.get("via"):
        return None
    via = parse_via(request.headers.get("via")[0])
    has_all = all(request.headers.get_first(name) for name in ("from", "to", "call-id", "cseq"))
    return request if has_all and _leads_back(via) else None


def renewed(request: SipRequest, without: Iterable[str] = ()) -> SipRequest:
    """Return ``request`` as it goes out once more: the next CSeq, a branch of its own (RFC 3261 8.1.3.5, 22.2), and
    none of the header fields ``without``."""
    again = SipRequest(method=request.method, uri=request.uri)
    left = {name.lower() for name in without}
    for name, values in request.headers.items():
        for value in values if name.lower() not in left else ():
            again.headers.append(name, value)
    number, method = cseq_of(request)
    again.headers.set_single("CSeq", f"{number + 1} {method}")
    branch = f";branch={COOKIE}{secrets.token_hex(8)}"
    again.headers.set_single("Via", _BRANCH.sub(branch, request.headers.get("via")[0], count=1))
    again.body = request.body
    return again


def cseq_of(message: Message) -> tuple[int, str]:
    """Return number and method of a checked message's CSeq."""
    number, _, method = (message.headers.get_first("cseq") or "0 ").partition(" ")
    return int(number), method.strip()


def note_source(request: SipRequest, host: str, port: int) -> None:
    """Write into the top Via where ``request`` really came from (RFC 3261 18.2.1, RFC 3581 section 4)."""
    values = request.headers.get("via")
    via = parse_via(values[0])
    if "rport" in via.params:
        via.params["rport"] = str(port)
        via.params["received"] = host
    elif via.host.strip("[]") != host:
        via.params["received"] = host
    values[0] = stringify_via(via)


def respond(
    request: SipRequest,
    status: int,
    *,
    tag: str = "",
    headers: Iterable[tuple[str, str]] = (),
    body: bytes = b"",
) -> SipResponse:
    """Build the response to ``request`` (RFC 3261 8.2.6.2); ``tag`` joins a To that has none, except in a 100."""
    response = SipResponse(status_code=status, reason_phrase=PHRASES.get(status, "Unknown"))
    for name in ("Via", "From", "To", "Call-ID", "CSeq"):
        for value in request.headers.get(name):
            response.headers.append(name, value)
    to = request.headers.get_first("to") or ""
    if tag and status > 100 and not read_party(to).tag:
        response.headers.set_single("To", f"{to};tag={tag}")
    for name, value in headers:
        response.headers.append(name, value)
    response.body = body
    if body:
        response.headers.set_single("Content-Type", "application/sdp")
    return response
