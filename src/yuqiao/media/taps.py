"""Taps on legs: somebody listens to a leg, and may whisper to it, without being in its conference. No I/O.

A tap has a row of its own, as a leg has, and can be put into a conference of its own: there it says what it hears of
the leg it taps, and what the others there say is whispered. What a tap whispers is never heard by who listens at the
same leg, nor by the tap itself.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from yuqiao.lib.g711 import Samples
from yuqiao.media.conference import Sums
from yuqiao.media.rtp import FRAME

#: Directions of a tap, as Asterisk names them: ``in`` is what the leg says, ``out`` what it is sent.
DIRECTIONS: Final = ("none", "in", "out", "both")

Rows = NDArray[np.int64]


class Taps:
    """The taps of one worker by row."""

    def __init__(self) -> None:
        self._of: dict[int, tuple[int, str, str]] = {}  # tap: what it taps, spy, whisper
        self._sent: dict[int, NDArray[np.int32]] = {}  # tapped: what it was sent in the last tick, whispers left out
        self._whispered: dict[int, NDArray[np.int32]] = {}  # tap: what it whispered in the last tick
        self._arrange()

    def __bool__(self) -> bool:
        return bool(self._of)

    def open(self, row: int, tapped: int, spy: str, whisper: str) -> None:
        """Let the tap of ``row`` listen to (``spy``) and speak to (``whisper``) the leg of row ``tapped``."""
        self._of[row] = (tapped, spy, whisper)
        self._arrange()

    def forget(self, row: int) -> None:
        """A tap or a leg is gone: the taps upon it have nothing to hear any more."""
        for tap in [tap for tap, (tapped, *_) in self._of.items() if row in {tap, tapped}]:
            del self._of[tap]
            self._whispered.pop(tap, None)
        self._sent.pop(row, None)
        self._arrange()

    def _arrange(self) -> None:
        def chosen(place: int, direction: str) -> tuple[Rows, Rows]:
            pairs = [(tap, one[0]) for tap, one in self._of.items() if one[place] in {direction, "both"}]
            rows = np.array(pairs, dtype=np.int64).reshape(-1, 2)
            return rows[:, 0], rows[:, 1]

        self._spy_in, self._spy_out = chosen(1, "in"), chosen(1, "out")
        self._whisper_in, self._whisper_out = chosen(2, "in"), chosen(2, "out")
        self._tapped = sorted({one[0] for one in self._of.values()})

    def before(self, voices: Samples) -> Samples:
        """Return ``voices`` (``(legs, 160)``) with what each tap says in its own conference, and what taps say for the
        legs they whisper ``in`` to. What a leg is sent is known only after mixing, so it comes one tick late."""
        said = voices.astype(np.int32)
        taps, tapped = self._spy_in
        np.add.at(said, taps, voices[tapped].astype(np.int32))
        taps, tapped = self._spy_out
        for tap, row in zip(taps, tapped, strict=True):
            said[tap] += self._sent.get(int(row), _SILENCE)
        taps, tapped = self._whisper_in
        for tap, row in zip(taps, tapped, strict=True):
            said[row] += self._whispered.get(int(tap), _SILENCE)
        return np.clip(said, -32768, 32767).astype(np.int16)

    def after(self, heard: Sums) -> None:
        """Add whispers ``out`` to what each tapped leg hears; keep for the next tick what it was sent without them."""
        self._sent = {row: heard[row].copy() for row in self._tapped}
        taps, tapped = self._whisper_out
        np.add.at(heard, tapped, heard[taps])
        self._whispered = {int(tap): heard[tap].copy() for tap in self._whisper_in[0]}


_SILENCE = np.zeros(FRAME, dtype=np.int32)
