"""Amounts of money as people write them, exactly in whole fen (S87). Pure."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

from yuqiao.evaluation.amounts import plain, tidy
from yuqiao.evaluation.plan_rules import PlanError

#: What stands behind a number -> fen.
UNITS = {"分": 1, "角": 10, "元": 100, "万元": 1_000_000, "万": 1_000_000, "亿元": 10_000_000_000, "亿": 10_000_000_000}
TEN_THOUSAND = "万元"
#: More than any city's budget; the database keeps it.
LARGEST_FEN = 10**17
_AMOUNT = re.compile(
    r"([+\-−]?)[¥￥]?((?:\d{1,3}(?:,\d{3})+|\d{1,30})(?:\.\d{1,30})?)(亿元|万元|亿|万|元|角|分|)(?:整|人民币)?"
)


def read_fen(text: str, unit: str = TEN_THOUSAND) -> int:
    """Return the fen that a text says: ``168.3362万元``, ``¥1,683,362.00``, ``149.164287`` (in ``unit``).

    PlanError where it is no amount, or holds less than a fen. A ¥ in front means 元 where no unit is behind.
    """
    clean = tidy(text).removeprefix("人民币")
    found = _AMOUNT.fullmatch(clean)
    if found is None:
        raise PlanError("money", text=text.strip()[:40])
    sign, number, said = found.groups()
    own = said or ("元" if "¥" in clean or "￥" in clean else unit)
    exact = Fraction(number.replace(",", "")) * UNITS[own]
    if exact > LARGEST_FEN:
        raise PlanError("money_size", text=text.strip()[:40])
    if exact.denominator != 1:
        raise PlanError("money_fraction", text=text.strip()[:40])
    return -int(exact) if sign in {"-", "−"} else int(exact)


def yuan(fen: int) -> str:
    """Return fen as 元 with two decimals and separators: 1,683,362.00."""
    return f"{Decimal(fen) / 100:,.2f}"


def ten_thousand(fen: int) -> str:
    """Return fen as 万元 without zeros that say nothing: 18.6062."""
    return plain(Decimal(fen) / UNITS[TEN_THOUSAND])
