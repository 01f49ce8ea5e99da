"""Keys pressed, from RFC 4733 telephone-events: one press for each key, however many packets tell of it. No I/O."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

KEYS: Final = "0123456789*#ABCD"  # RFC 4733 section 3.2, event codes 0 to 15
RATE: Final = 8  # timestamp units of one millisecond
PATIENCE: Final = 3  # ticks without a packet after which a press without an end is over


@dataclass(frozen=True, slots=True)
class Press:
    """A key that was pressed and let go."""

    digit: str
    duration_ms: int


@dataclass(frozen=True, slots=True)
class _Held:
    code: int
    timestamp: int
    duration: int
    before: int  # what former segments lasted, RFC 4733 section 2.5.1.3
    tick: int


def _behind(timestamp: int, other: int) -> bool:
    return 0 < (other - timestamp) & 0xFFFFFFFF < 1 << 31


class Keypad:
    """The key presses of one RTP stream. A press is told apart from the next by its timestamp (section 2.5.1.2)."""

    def __init__(self) -> None:
        self._held: _Held | None = None
        self._done: tuple[int, int] | None = None  # SSRC and timestamp of the last press told
        self._ssrc = 0

    @property
    def is_held(self) -> bool:
        """A key is down: `elapse` must be asked."""
        return self._held is not None

    def hear(self, payload: bytes, timestamp: int, ssrc: int, tick: int) -> list[Press]:
        """Take one telephone-event packet in; return the presses that are now over, oldest first.

        Packets with other events than keys (section 3.2), too short ones and late ones do nothing.
        """
        if len(payload) < 4 or payload[0] >= len(KEYS):
            return []
        code, end, duration = payload[0], bool(payload[1] & 0x80), payload[2] << 8 | payload[3]
        if ssrc != self._ssrc:
            over = self._release()
            self._ssrc, self._done = ssrc, None
        elif self._done is not None and (timestamp == self._done[1] or _behind(timestamp, self._done[1])):
            return []
        else:
            over = []
        before = 0
        if self._held is not None and timestamp != self._held.timestamp:
            held = self._held
            if _behind(timestamp, held.timestamp):
                return over
            if held.code == code and (timestamp - held.timestamp) & 0xFFFFFFFF == held.duration == 0xFFFF:
                before = held.before + held.duration
            else:
                over += self._release()
        elif self._held is not None:
            before, duration = self._held.before, max(duration, self._held.duration)
        self._held = _Held(code, timestamp, duration, before, tick)
        return over + self._release() if end else over

    def elapse(self, tick: int) -> list[Press]:
        """Return the press whose end never came, once its last packet is `PATIENCE` ticks old."""
        if self._held is not None and tick - self._held.tick >= PATIENCE:
            return self._release()
        return []

    def _release(self) -> list[Press]:
        held = self._held
        if held is None:
            return []
        self._held = None
        self._done = (self._ssrc, held.timestamp)
        return [Press(KEYS[held.code], (held.before + held.duration) // RATE)]
