"""Whether a worker still ticks: pure, told of each beat and asked at each check.

A worker that hangs keeps its sockets and its process; only its beats are missing. Silence is counted in checks, not in
seconds: when the watching process itself was held up, it finds one check due and the beats that came meanwhile.
"""

from __future__ import annotations

from typing import Final

#: A worker beats every so many ticks (of 20 ms).
BEAT_TICKS: Final = 10
#: Seconds between two checks, and checks in a row without a beat after which a worker counts as dead: it did not tick
#: for one second at least, for 1.4 s at most.
CHECK_SECONDS: Final = 0.2
SILENT_CHECKS: Final = 6


class Pulse:
    """The beats of one worker."""

    def __init__(self) -> None:
        self._beaten = False
        self._silent = 0

    def beat(self) -> None:
        """A beat was heard."""
        self._beaten = True

    def check(self) -> bool:
        """`CHECK_SECONDS` passed; return whether the worker is alive."""
        self._silent = 0 if self._beaten else self._silent + 1
        self._beaten = False
        return self._silent < SILENT_CHECKS
