"""Causes of ITU-T Q.850 table 1, with the words Asterisk has for them (``ast_cause2str``)."""

from __future__ import annotations

from typing import Final

NORMAL: Final = 16
BUSY: Final = 17
NO_ANSWER: Final = 19
ABSENT: Final = 20
REJECTED: Final = 21
ELSEWHERE: Final = 26
CONGESTION: Final = 34
OUT_OF_ORDER: Final = 38
TEMPORARY_FAILURE: Final = 41
NO_CODEC: Final = 58
TIMER_EXPIRED: Final = 102
INTERWORKING: Final = 127

#: What stands as ``cause_txt`` of a leg whose mixer worker died, with cause 41; nobody else's end has these words.
MIXER_LOST: Final = "Mixer worker lost"

#: Asterisk's ``channel.c``; what is not here is "Unknown".
WORDS: Final[dict[int, str]] = {
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
    66: "Channel not implemented",
    88: "Incompatible destination",
    102: "Recover on timer expiry",
    111: "Protocol error, unspecified",
    127: "Interworking, unspecified",
}


def words(code: int) -> str:
    """Return Asterisk's words for Q.850 cause ``code``; ``Unknown`` where it has none."""
    return WORDS.get(code, "Unknown")
