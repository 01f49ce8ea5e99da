"""Hang-up reasons and dial states of ARI, by their Q.850 causes."""

from __future__ import annotations

#: ``DELETE /channels/{id}?reason=``, in the order of Asterisk's ``resource_channels.c``.
REASONS: dict[str, int] = {
    "normal": 16,
    "busy": 17,
    "congestion": 34,
    "no_answer": 19,
    "timeout": 18,
    "rejected": 21,
    "unallocated": 1,
    "normal_unspecified": 31,
    "number_incomplete": 28,
    "codec_mismatch": 58,
    "interworking": 127,
    "failure": 38,
    "answered_elsewhere": 26,
}

_DIAL_STATUS = {1: "CHANUNAVAIL", 3: "CHANUNAVAIL", 17: "BUSY", 20: "CHANUNAVAIL", 34: "CONGESTION", 38: "CHANUNAVAIL"}


def dial_status(code: int) -> str:
    """Return the last ``dialstatus`` of an attempt that ended with ``code`` before it was answered."""
    return _DIAL_STATUS.get(code, "NOANSWER")
