"""Sizes and limits that a tick's Python and its compiled way (`in_step`) have in common."""

from __future__ import annotations

from typing import Final

from yuqiao.media.rtp import FRAME

TICK: Final = 0.02  # seconds
LATE: Final = 0.005  # a tick that begins so much later than it is due is counted
TOO_FAR_BEHIND: Final = 0.2
#: The same in nanoseconds.
TICK_NS: Final = round(TICK * 1e9)
LATE_NS: Final = round(LATE * 1e9)
TOO_FAR_BEHIND_NS: Final = round(TOO_FAR_BEHIND * 1e9)

ROUNDS: Final = 16  # packets received of one leg in a tick: a flood on one socket must not hold it up

LETTERS: Final = 4  # datagrams of one leg taken in a tick that are no RTP: checks of ICE, the end of a handshake
ADDRESS: Final = 28  # octets of the longest address of a socket, struct sockaddr_in6

#: The jitter buffer: blocks of a frame each, of which so many are kept after they were heard.
BLOCKS: Final = 32
BEHIND: Final = 2
UNIT: Final = FRAME // 2  # 10 ms: what is there or not
WHOLE: Final = 0x0101  # both units of a block are there
DEEPEST: Final = 12 * FRAME  # samples a packet may wait to be heard
SAMPLED: Final = 8  # one tick in so many tells how long packets wait

#: Recordings are written to disk each so many ticks: 0.4 s.
PIECE: Final = 20
