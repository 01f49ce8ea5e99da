"""Numbers as such forms print them, exactly: 3万条, 99.62%, ‘＝96份; and the two rules by which they are rounded."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

#: What a spreadsheet's escaping leaves in front of a cell (S132).
QUOTES = "‘’'＇`\"“”"
MULTIPLES = {"": 1, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
#: No form counts beyond this many signs; a longer row of digits is no number but an attempt to keep a machine busy.
LONGEST = 40
_NUMBER = re.compile(r"([-−]?\d[\d,]*(?:\.\d+)?)\s*(百|千|万|亿|)")


class Rounding(StrEnum):
    """How a template rounds. One document may follow both (S122), which is worth a finding."""

    HALF_UP = "half_up"
    TRUNCATE = "truncate"


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with its unit: 30000 条; a percentage keeps its per cent (99.62, "%")."""

    value: Decimal
    unit: str = ""

    def __str__(self) -> str:
        return f"{plain(self.value)}{self.unit}"


def plain(value: Decimal) -> str:
    """Return a number without exponent and without zeros that say nothing."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def rounded(value: Decimal | Fraction, places: int, rounding: Rounding = Rounding.HALF_UP) -> Decimal:
    """Return ``value`` with so many decimal places, by the template's rule; exact, also for ratios without an end."""
    scaled = abs(Fraction(value)) * 10**places
    whole = int(scaled + Fraction(1, 2)) if rounding is Rounding.HALF_UP else int(scaled)
    return Decimal(-whole if value < 0 else whole).scaleb(-places)


WIDE = str.maketrans("０１２３４５６７８９．％，＋－", "0123456789.%,+-")


def tidy(text: str) -> str:
    """Return the text of a cell: full-width digits and signs of numbers made plain, no stray quotes, no spaces."""
    return re.sub(r"\s+", "", text.translate(WIDE)).strip(QUOTES)


def read_amount(text: str) -> Amount | None:
    """Return the number a cell begins with, its unit behind it; None where it begins with no number."""
    clean = tidy(text)
    found = _NUMBER.match(clean)
    if found is None or len(found.group(1)) > LONGEST:
        return None
    value = Decimal(found.group(1).replace(",", "").replace("−", "-")) * MULTIPLES[found.group(2)]
    return Amount(value, clean[found.end() :])


def decimals(text: str) -> int:
    """Return how many decimal places a printed number has."""
    found = re.search(r"\.(\d+)", tidy(text))
    return min(len(found.group(1)), LONGEST) if found else 0
