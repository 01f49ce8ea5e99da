"""Interarrival jitter (RFC 3550 section 6.4.1 and appendix A.8) of all legs, from when the kernel took packets in.

The tick takes packets in every 20 ms, too seldom to measure jitter by. The kernel knows better, but asking it for each
packet would cost as much as taking the packet in; so it is asked in two ticks out of `ROUND`, for all legs at once. The
difference of two packets that follow each other is what jitter is made of.
"""

from __future__ import annotations

import fcntl
import struct
from typing import Final

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]

ROUND: Final = 20  # ticks
_SIOCGSTAMPNS: Final = 0x8907  # asm-generic/sockios.h: when the packet received last came, a struct timespec
_TIMESPEC = struct.Struct("@qq")
_PER_MILLISECOND: Final = 8  # timestamp units
_GAIN: Final = 16


def arrived(descriptor: int) -> int:
    """Return when the packet last received on a socket came, in ns of UNIX time; 0 when the kernel does not know."""
    stamp = bytearray(_TIMESPEC.size)
    try:
        fcntl.ioctl(descriptor, _SIOCGSTAMPNS, stamp)
    except OSError:  # nothing came since it was asked first
        return 0
    seconds, nanoseconds = _TIMESPEC.unpack(stamp)
    return int(seconds) * 1_000_000_000 + int(nanoseconds)


class Arrivals:
    """The jitter of ``legs`` legs, in ms: ``jitter`` as smoothed by RFC 3550, ``most`` the largest it was."""

    def __init__(self, legs: int) -> None:
        self.jitter = np.zeros(legs, dtype=np.float64)
        self.most = np.zeros(legs, dtype=np.float64)
        self._counted = np.zeros(legs, dtype=np.int64)
        self._came = np.zeros(legs, dtype=np.int64)  # ns; 0: the packet before was not measured
        self._said = np.zeros(legs, dtype=np.int64)  # its timestamp,
        self._seq = np.zeros(legs, dtype=np.int64)  # number
        self._ssrc = np.zeros(legs, dtype=np.int64)  # and source

    def reset(self, row: int) -> None:
        """Forget one leg."""
        for array in (self._counted, self._came):
            array[row] = 0
        self.jitter[row] = self.most[row] = 0

    @staticmethod
    def are_due(tick: int) -> bool:
        """Tell whether this tick's packets are measured: those of two ticks on end."""
        return tick % ROUND < 2

    def note(
        self,
        rows: Rows,
        came: NDArray[np.int64],
        timestamps: NDArray[np.int64],
        seq: NDArray[np.int64],
        ssrc: NDArray[np.int64],
    ) -> None:
        """Audio packets ``came`` (ns), at most one of each leg."""
        follows = (self._came[rows] > 0) & (self._ssrc[rows] == ssrc) & (seq == (self._seq[rows] + 1) & 0xFFFF)
        if follows.any():
            paired = rows[follows]
            between = (came[follows] - self._came[paired]) / 1e6
            said = ((timestamps[follows] - self._said[paired]) & 0xFFFFFFFF) / _PER_MILLISECOND
            off = np.abs(between - said)
            sane = off < 1000  # else the peer's clock jumped
            self._smooth(paired[sane], off[sane])
        self._came[rows], self._said[rows], self._seq[rows], self._ssrc[rows] = came, timestamps, seq, ssrc

    def _smooth(self, rows: Rows, off: NDArray[np.float64]) -> None:
        self._counted[rows] += 1
        self.jitter[rows] += (off - self.jitter[rows]) / np.minimum(self._counted[rows], _GAIN)
        settled = rows[self._counted[rows] >= _GAIN // 2]
        self.most[settled] = np.maximum(self.most[settled], self.jitter[settled])
