"""The dialplan function ``VOLUME(RX)`` and ``VOLUME(TX)`` of Asterisk, set as a channel variable. Pure.

``RX`` is what the party says, ``TX`` what it hears. A number above 0 multiplies, one below divides by what it is
without its sign, 0 and what is no number leave it as it is (``ast_frame_adjust_volume_float``).
"""

from __future__ import annotations

import math
import re
from typing import Final

from yuqiao.media.loudness import STRONGEST
from yuqiao.media.ports import Direction

_FUNCTION = re.compile(r"VOLUME\((RX|TX)\)", re.IGNORECASE)
_DIRECTIONS: Final[dict[str, Direction]] = {"RX": "said", "TX": "heard"}


def gain_of(variable: str, value: str) -> tuple[Direction, float] | None:
    """Return what is amplified, and by which factor; None when ``variable`` is no such function."""
    function = _FUNCTION.fullmatch(variable.strip())
    return None if function is None else (_DIRECTIONS[function[1].upper()], _factor(value))


def _factor(value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = 0.0
    if not math.isfinite(number) or number == 0:
        return 1.0
    return min(number, STRONGEST) if number > 0 else max(1 / -number, 1 / STRONGEST)
