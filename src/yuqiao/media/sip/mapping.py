"""Q.850 causes and SIP status codes, each turned into the other.

Sources: RFC 3398 sections 7.2.4.1 and 8.2.6.1 (the mapping for gateways), RFC 3326 (the Reason header field), ITU-T
Q.850 table 1. Where RFC 3398 leaves a choice the one Asterisk's PJSIP channel makes is taken, so that a call server
sees the same cause from either engine.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from yuqiao.media.causes import CONGESTION, ELSEWHERE, INTERWORKING, words
from yuqiao.media.ports import EndCause

_STATUS_TO_CAUSE = {
    301: 22, 401: 21, 403: 21, 404: 1, 407: 21, 408: 18, 409: 41, 410: 22, 420: 3, 480: 19, 483: 19, 484: 28, 485: 1,
    486: 17, 487: 16, 488: 58, 500: 38, 501: 29, 502: 27, 503: 34, 504: 102, 600: 17, 603: 21, 604: 1, 606: 58,
}  # fmt: skip

_CAUSE_TO_STATUS = {
    1: 404, 2: 404, 3: 404, 17: 486, 18: 408, 19: 480, 20: 480, 21: 603, 22: 410, 26: 486, 27: 502, 28: 484, 29: 501,
    34: 503, 38: 500, 41: 503, 42: 503, 44: 503, 47: 503, 58: 488, 65: 488, 66: 503, 79: 501, 88: 488, 102: 504,
    111: 500, 127: 500,
}  # fmt: skip

_CAUSE_PARAMETER = re.compile(r";\s*cause\s*=\s*(\d{1,3})\b", re.IGNORECASE)


def end_cause(code: int, sip_status: int = 0) -> EndCause:
    """Return the `EndCause` of Q.850 ``code``, with the SIP status that brought it (0: none)."""
    return EndCause(code, words(code), sip_status)


def from_status(status: int) -> int:
    """Return the Q.850 cause of a SIP final status 300-699 (RFC 3398 7.2.4.1)."""
    default = {3: 23, 5: CONGESTION}.get(status // 100, INTERWORKING)
    return _STATUS_TO_CAUSE.get(status, default)


def to_status(cause: int) -> int:
    """Return the final status that refuses an INVITE for Q.850 ``cause`` (RFC 3398 8.2.6.1).

    A normal clearing before the answer has no status of its own: 480, which bars neither forks nor a new attempt.
    """
    return _CAUSE_TO_STATUS.get(cause, 480)


def reason_header(cause: int) -> str:
    """Return the value of a Reason header field (RFC 3326) for Q.850 ``cause``."""
    return f'Q.850;cause={cause};text="{words(cause)}"'


def from_reason(values: Sequence[str]) -> int | None:
    """Return the Q.850 cause that Reason header fields carry, None if they carry none.

    ``SIP;cause=200`` in a CANCEL says that another phone answered (RFC 3326 section 3.1): cause 26.
    """
    for value in (part for line in values for part in line.split(",")):
        found = _CAUSE_PARAMETER.search(value)
        protocol = value.split(";", 1)[0].strip().upper()
        if found is None:
            continue
        if protocol == "Q.850" and 1 <= int(found[1]) <= 127:
            return int(found[1])
        if protocol == "SIP" and int(found[1]) == 200:
            return ELSEWHERE
    return None
