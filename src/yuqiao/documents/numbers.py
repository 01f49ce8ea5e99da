"""Printed numbers as a spreadsheet holds them: a value, and the format that prints exactly the same text again."""

from __future__ import annotations

import re
from decimal import Decimal

#: A spreadsheet computes with 15 significant digits (ISO/IEC 29500 leaves it to IEEE 754 doubles).
MOST_DIGITS = 15
#: A number, and perhaps per cent or a unit of Chinese signs: 168.336200, 99.62%, 6期.
_NUMBER = re.compile(r"(-?)(0|[1-9]\d*)(\.\d+)?(%|[\u4e00-\u9fff]{1,4})?", re.ASCII)
_MULTIPLES = frozenset("百千万亿")


def typed(text: str) -> tuple[Decimal, str] | None:
    """Return value and number format of a printed number (99.62% is 0.9962 in ``0.00%``); None if it is none."""
    found = _NUMBER.fullmatch(text)
    if found is None:
        return None
    sign, whole, fraction, unit = found.groups(default="")
    zero = not (whole + fraction).strip("0.")
    if len(whole + fraction) - bool(fraction) > MOST_DIGITS or (sign and zero) or unit[:1] in _MULTIPLES:
        return None
    value = Decimal(sign + whole + fraction)
    shape = "0" + ("." + "0" * (len(fraction) - 1) if fraction else "")
    if unit == "%":
        return value.scaleb(-2), f"{shape}%"
    return value, f'{shape}"{unit}"' if unit else shape
