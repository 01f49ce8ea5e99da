"""Q.850 causes as Asterisk names them (``ast_cause2str``), hang-up reasons and dial states of ARI."""

from __future__ import annotations

NORMAL = 16
NO_ANSWER = 19
CONGESTION = 34
TEMPORARY_FAILURE = 41
INTERWORKING = 127

#: Asterisk's ``channel.c``; what is not here is "Unknown".
TEXTS: dict[int, str] = {
    1: "Unallocated (unassigned) number",
    2: "No route to specified transmit network",
    3: "No route to destination",
    16: "Normal Clearing",
    17: "User busy",
    18: "No user responding",
    19: "User alerting, no answer",
    20: "Subscriber absent",
    21: "Call Rejected",
    22: "Number changed",
    23: "Redirected to new destination",
    26: "Answered elsewhere",
    27: "Destination out of order",
    28: "Invalid number format",
    29: "Facility rejected",
    31: "Normal, unspecified",
    34: "Circuit/channel congestion",
    38: "Network out of order",
    41: "Temporary failure",
    42: "Switching equipment congestion",
    44: "Requested channel not available",
    47: "Resource unavailable, unspecified",
    58: "Bearer capability not available",
    65: "Bearer capability not implemented",
    88: "Incompatible destination",
    102: "Recover on timer expiry",
    111: "Protocol error, unspecified",
    127: "Interworking, unspecified",
}

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


def text(code: int) -> str:
    """Return Asterisk's words for Q.850 cause ``code``."""
    return TEXTS.get(code, "Unknown")


def dial_status(code: int) -> str:
    """Return the last ``dialstatus`` of an attempt that ended with ``code`` before it was answered."""
    return _DIAL_STATUS.get(code, "NOANSWER")
