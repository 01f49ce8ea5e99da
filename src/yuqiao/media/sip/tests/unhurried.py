"""A clock that stands still while the program works, for tests of timers: how busy the machine is cannot be seen.

RFC 3261's timers are tested at a sixteenth of their length; a machine that is held up for 30 ms would miss one. In this
loop time passes only while it waits: all peers of such a test live in it, so nobody can be late.
"""

from __future__ import annotations

import asyncio
import selectors
import time
from typing import Final

#: Seconds of its clock in one second of waiting: nobody waits for anything but timers and datagrams on their way.
PACE: Final = 4.0


class _Selector(selectors.DefaultSelector):
    """Waits a part of the time and says how long it was to have been."""

    passed = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        found = super().select(0)
        if found or timeout is None or timeout <= 0:
            return found or super().select(timeout)
        began = time.monotonic()
        found = super().select(timeout / PACE)
        self.passed += min(timeout, (time.monotonic() - began) * PACE) if found else timeout
        return found


class UnhurriedLoop(asyncio.SelectorEventLoop):
    """A loop with such a clock."""

    def __init__(self) -> None:
        self._passing = _Selector()
        super().__init__(self._passing)

    def time(self) -> float:
        """Seconds spent waiting."""
        return self._passing.passed
