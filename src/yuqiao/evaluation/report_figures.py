"""Numbers that a text names in braces: {paid}, {calls}, {制作视频}, or any formula, as {hotline:calls}. Pure.

So a text never holds a number that nobody counts: it names a figure, and the figure knows where it comes from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from fractions import Fraction

from yuqiao.evaluation.amounts import plain, rounded
from yuqiao.evaluation.schemes import Scheme
from yuqiao.evaluation.sheet import FEN, Measured, Row, Sheet, actual_text

MARK = re.compile(r"\{([^{}\n]{1,220})\}")
#: Short names of formulas (`formulas`), for those that such reports always need.
SHORT: Mapping[str, str] = {
    "calls": "hotline:calls",
    "calls_before": "before:hotline:calls",
    "growth": "growth:hotline:calls",
    "transfers": "hotline:transfers",
    "languages": "hotline:languages",
    "departments": "hotline:departments",
    "lines": "lines:linked",
    "satisfaction": "hotline:satisfaction",
    "availability": "hotline:availability",
    "callbacks_returned": "hotline:callbacks_returned",
    "videos": "outreach:videos",
    "activities": "outreach:activities",
    "honours": "outreach:honours",
}
TARGET, POINTS = "指标值", "得分"


class FigureError(ValueError):
    """A text names a figure that nobody counts; ``sentence`` says in Chinese what can be written."""

    code = "figure"

    def __init__(self, names: Iterable[str], known: Iterable[str]) -> None:
        self.names = tuple(names)
        near = [one for name in self.names for one in get_close_matches(name, list(known), 3, 0.5)]
        said = "、".join(f"“{name}”" for name in self.names)
        tail = f"；是否指{'、'.join(dict.fromkeys(near))}？" if near else "；可写指标名称、简称或公式，如{calls}。"
        self.sentence = f"没有名为{said}的数据{tail}"
        super().__init__(self.sentence)


@dataclass(frozen=True, slots=True)
class Figure:
    """One number (or date, or 是) as printed; ``source`` leads to its rows: ``formula:…``, ``row:ID``, ``sheet:``.

    ``text`` is None while nothing is known.
    """

    name: str
    text: str | None
    source: str
    value: Fraction | None = None
    unit: str = ""


def named(text: str) -> list[str]:
    """Return the names in braces, in order, each once."""
    return list(dict.fromkeys(one.strip() for one in MARK.findall(text)))


def formula_of(name: str) -> str:
    """Return the formula a name stands for: a short name's, or the name itself if it has the shape of one; or ""."""
    if name in SHORT:
        return SHORT[name]
    return name if ":" in name else ""


def wanted(texts: Iterable[str], sheet: Sheet) -> dict[str, str]:
    """Return the names in some texts that only formulas answer, with those formulas; FigureError for unknown ones."""
    own = of_sheet(sheet)
    names = [name for text in texts for name in named(text) if name not in own and name != MORE]
    unknown = [name for name in names if not formula_of(name)]
    if unknown:
        raise FigureError(dict.fromkeys(unknown), [*own, *SHORT, MORE])
    found = {name: formula_of(name) for name in names}
    if any(MORE in named(text) for text in texts):
        found |= {name: SHORT[name] for name in ("calls", "calls_before")}
    return found


def of_formula(name: str, formula: str, unit: str, measured: Measured, scheme: Scheme) -> Figure:
    """Return a measured formula as a figure of a text; growth is per cent."""
    return Figure(name, _written(measured.value, unit, scheme), f"formula:{formula}", measured.value, unit)


def _written(value: Fraction | None, unit: str, scheme: Scheme) -> str | None:
    if value is None:
        return None
    if unit == "%":
        return f"{rounded(value, scheme.rate_places, scheme.rounding)}%"
    return plain(rounded(value, 2, scheme.rounding))


MORE = "calls_more"


def more(now: Figure | None, before: Figure | None) -> Figure:
    """Return by how much calls grew, with the word: 增加1004."""
    if now is None or before is None or now.value is None or before.value is None:
        return Figure(MORE, None, "formula:growth:hotline:calls")
    change = now.value - before.value
    text = f"{'增加' if change >= 0 else '减少'}{plain(rounded(abs(change), 0))}"
    return Figure(MORE, text, "formula:growth:hotline:calls", change, "通")


def of_sheet(sheet: Sheet) -> dict[str, Figure]:
    """Return every figure that a project's own sheet holds, by name."""
    whole, scheme = sheet.money[0], sheet.scheme
    left = None if whole.adjusted_fen is None or whole.executed_fen is None else whole.adjusted_fen - whole.executed_fen
    ratio, ratio_initial = sheet.budget.ratio, sheet.budget_initial.ratio
    found = [
        Figure("project", sheet.header.name, "sheet:header"),
        Figure("unit", sheet.header.unit, "sheet:header"),
        Figure("year", str(sheet.header.year), "sheet:header"),
        Figure("year_before", str(sheet.header.year - 1), "sheet:header"),
        Figure("budget", _ten_thousand(whole.adjusted_fen), "sheet:money", _exact(whole.adjusted_fen), "万元"),
        Figure("budget_initial", _ten_thousand(whole.initial_fen), "sheet:money", _exact(whole.initial_fen), "万元"),
        Figure("paid", _ten_thousand(whole.executed_fen), "sheet:money", _exact(whole.executed_fen), "万元"),
        Figure("unspent", _ten_thousand(left), "sheet:money", _exact(left), "万元"),
        Figure("execution", _rate(ratio, scheme), "sheet:money", _hundredfold(ratio), "%"),
        Figure("execution_initial", _rate(ratio_initial, scheme), "sheet:money", _hundredfold(ratio_initial), "%"),
        Figure("total", f"{sheet.total}" if sheet.graded else None, "sheet:total", Fraction(sheet.total), "分"),
        Figure("grade", sheet.grade if sheet.graded else None, "sheet:total"),
        Figure("indicators", str(len(sheet.leading)), "sheet:rows", Fraction(len(sheet.leading)), "项"),
    ]
    for row in sheet.rows:
        source, value = f"row:{row.id}", row.measured.value
        unit = row.target.amount.unit if row.target.amount else ""
        name = name_of(row, sheet)
        found.append(Figure(name, actual_text(row) or None, source, value, unit))
        found.append(Figure(f"{name}|{TARGET}", str(row.target), source))
        points = None if row.score.value is None else f"{row.score.value}"
        found.append(Figure(f"{name}|{POINTS}", points, source, unit="分"))
    return {one.name: one for one in found}


def name_of(row: Row, sheet: Sheet) -> str:
    """Return the name under which a text finds an indicator: its own, or #ID where it cannot stand in braces."""
    alone = sum(one.name.strip() == row.name.strip() for one in sheet.rows) == 1
    return row.name if alone and MARK.fullmatch(f"{{{row.name}}}") and row.name == row.name.strip() else f"#{row.id}"


def _ten_thousand(fen: int | None) -> str | None:
    """Return fen as 万元 in sentences: exact, without zeros that say nothing."""
    return None if fen is None else plain(Decimal(fen) / FEN)


def _exact(fen: int | None) -> Fraction | None:
    return None if fen is None else Fraction(fen, FEN)


def _hundredfold(ratio: Fraction | None) -> Fraction | None:
    return None if ratio is None else ratio * 100


def _rate(ratio: Fraction | None, scheme: Scheme) -> str | None:
    return None if ratio is None else f"{rounded(ratio * 100, scheme.rate_places, scheme.execution_rounding)}%"
