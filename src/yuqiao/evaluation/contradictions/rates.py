"""Numbers against each other and against the figures: growth, execution, shares, and how they are rounded (S122)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from yuqiao.evaluation.amounts import Rounding, plain, rounded
from yuqiao.evaluation.contradictions.finding import BEFORE, Finding, Known, Place, Register, Report, place
from yuqiao.evaluation.passages import Passage
from yuqiao.evaluation.quantities import Quantity, quantities
from yuqiao.evaluation.sheet import Sheet, actual_text

RULES = {Rounding.HALF_UP: "四舍五入", Rounding.TRUNCATE: "截尾"}
_THAN = re.compile(r"比|较|上年|去年|同期")
_MORE = re.compile(r"增加|增长|增涨|多了?|净增|减少|下降|降低|少了?")
_LESS = re.compile(r"减少|下降|降低|少")
_GROWTH = re.compile(r"同比|增长|增涨|增幅|上升|下降|减少|降低|降幅|[（(][+＋\-－]")
FARTHEST = 30
#: How many numbers a sentence of growth spans at most, years and months among them.
NEIGHBOURS = 12
#: How the basis of a rate of execution begins.
BUDGET = "预算"


@dataclass(frozen=True, slots=True)
class Stated:
    """A printed rate whose exact value (in per cent) follows from other numbers of the text or from the figures."""

    place: Place
    exact: Fraction
    printed: Decimal
    places: int
    basis: str

    @property
    def rules(self) -> set[Rounding]:
        """Return the rules by which the printed number comes out; none: it is wrong."""
        return {rule for rule in Rounding if rounded(self.exact, self.places, rule) == self.printed}


def stated(report: Report, register: Register) -> list[Stated]:
    """Return every rate of a text that can be worked out again."""
    found = [one for passage in report for one in (*_growth(passage), *_execution(passage), *_shares(passage))]
    if register.sheet is not None and not any(one.basis.startswith(BUDGET) for one in found):
        found += _executed(report, register.sheet)
    return found


def _trios(passage: Passage) -> Iterator[tuple[Quantity, Quantity, Quantity, list[Quantity]]]:
    """This year's, last year's, the difference, and the rates behind."""
    found = quantities(passage.text)
    for at in range(len(found) - 2):
        now, before, difference = _same_unit(found[at : at + NEIGHBOURS])
        if now is None or before is None or difference is None:
            continue
        text = passage.text
        if _THAN.search(text[now.end : before.start]) and _MORE.search(text[before.end : difference.start]):
            behind = found[at : at + NEIGHBOURS]
            yield now, before, difference, [one for one in behind if one.start >= difference.end and one.unit == "%"]


def _same_unit(found: list[Quantity]) -> tuple[Quantity | None, Quantity | None, Quantity | None]:
    first = found[0]
    same = [one for one in found if one.unit == first.unit and one.unit not in {"", "%", "年", "月", "日"}][:3]
    near = len(same) == 3 and same[2].start - first.end < 2 * FARTHEST
    return (same[0], same[1], same[2]) if near and same[0] is first else (None, None, None)


def _growth(passage: Passage) -> Iterator[Stated]:
    for now, before, difference, rates in _trios(passage):
        near = [one for one in rates if one.start - difference.end < FARTHEST]
        if not near or not before.value or not _GROWTH.search(passage.text[difference.end : near[0].start]):
            continue
        rate = near[0]
        exact = Fraction(abs(now.value - before.value)) * 100 / Fraction(before.value)
        basis = f"（{plain(now.value)}−{plain(before.value)}）÷{plain(before.value)}"
        yield Stated(place(passage, rate.start, rate.end), exact, rate.value, rate.places, basis)


def differences(report: Report, _register: Register) -> Iterator[Finding]:
    """This year less last year is the difference: 6191−5187=1004 (S123)."""
    for passage in report:
        for now, before, difference, _rates in _trios(passage):
            sign = -1 if _LESS.search(passage.text[before.end : difference.start]) else 1
            if now.value - before.value != sign * difference.value:
                exact = plain(abs(now.value - before.value))
                said = f"{plain(now.value)}与{plain(before.value)}相差{exact}，写的是{plain(difference.value)}。"
                yield Finding("difference", said, place(passage, now.start, difference.end))


_BUDGET, _PAID = re.compile(r"预算[^，。；]{0,8}$"), re.compile(r"(?:支付|执行|支出|使用|拨付)[^，。；]{0,6}$")
_RATE = re.compile(r"(?:预算|资金|经费)?(?:执行|完成|支付|支出|使用)率[^，。；\d]{0,4}$")


def _execution(passage: Passage) -> Iterator[Stated]:
    """预算X万元，支付Y万元，完成率Z%."""
    text, budget, paid = passage.text, None, None
    for one in quantities(text):
        before = text[max(0, one.start - BEFORE) : one.start]
        if one.unit in {"元", "万元", "亿元"}:
            if _PAID.search(before):
                paid = one
            elif _BUDGET.search(before):
                budget = one
        elif one.unit == "%" and _RATE.search(before) and budget and paid and budget.unit == paid.unit and budget.value:
            exact = Fraction(paid.value) * 100 / Fraction(budget.value)
            basis = f"预算执行{plain(paid.value)}÷{plain(budget.value)}"
            yield Stated(place(passage, one.start, one.end), exact, one.value, one.places, basis)


def _executed(report: Report, sheet: Sheet) -> Iterator[Stated]:
    """A rate of execution whose amounts the text does not give."""
    ratio = sheet.budget.ratio
    if ratio is None:
        return
    for passage in report:
        for one in quantities(passage.text):
            rate = one.unit == "%" and _RATE.search(passage.text[max(0, one.start - BEFORE) : one.start])
            if rate and BUDGET in rate[0]:
                yield Stated(place(passage, one.start, one.end), ratio * 100, one.value, one.places, "预算执行数")


_FRACTION = re.compile(r"(?<![\d.])(\d{1,9}(?:\.\d{1,9})?)[%％][（(](\d{1,15})/(\d{1,15})[)）]")


def _shares(passage: Passage) -> Iterator[Stated]:
    """97.02%（6007/6191）."""
    for one in _FRACTION.finditer(passage.text):
        if int(one[3]):
            exact = Fraction(int(one[2]) * 100, int(one[3]))
            places = len(one[1].partition(".")[2])
            yield Stated(place(passage, *one.span()), exact, Decimal(one[1]), places, f"{one[2]}÷{one[3]}")


def wrong_rates(report: Report, register: Register) -> Iterator[Finding]:
    """A rate that follows from the numbers beside it by no rule of rounding."""
    for one in stated(report, register):
        if not one.rules:
            right = plain(rounded(one.exact, one.places))
            yield Finding("rate", f"{one.basis}＝{right}%，写的是{plain(one.printed)}%。", one.place)


def mixed_rounding(report: Report, register: Register) -> Iterator[Finding]:
    """Some rates rounded half up and some cut off in one document, or otherwise than its template does (S122)."""
    found = [(one, next(iter(one.rules))) for one in stated(report, register) if len(one.rules) == 1]
    cut = [one for one, rule in found if rule is Rounding.TRUNCATE]
    up = [one for one, rule in found if rule is Rounding.HALF_UP]
    if cut and up:
        said = (
            f"{_exact(cut[0])}写作{cut[0].printed}%（截尾），{_exact(up[0])}写作{up[0].printed}%（四舍五入）："
            "一份文件应只用一种修约规则。"
        )
        yield Finding("rounding", said, cut[0].place, up[0].place)
        return
    if register.sheet is None:
        return
    scheme = register.sheet.scheme
    for one, rule in found:
        wanted = scheme.execution_rounding if one.basis.startswith(BUDGET) else scheme.rounding
        if rule is not wanted:
            said = f"{_exact(one)}写作{one.printed}%（{RULES[rule]}），而该表式规定{RULES[wanted]}。"
            yield Finding("rounding-template", said, one.place, Place("表式", RULES[wanted]))


def _exact(one: Stated) -> str:
    return f"{one.basis}＝{rounded(one.exact, one.places + 2)}%"


#: What says that shares are of one whole and exclude each other, as far as words can say it.
_ONE_WHOLE = re.compile(r"其中|分别|构成|中，")
_SHARE_OF = re.compile(r"占(?:比|[^，。；\d]{0,8})?(?:为|达)?$")


def shares_of_one(report: Report, _register: Register) -> Iterator[Finding]:
    """Shares of one whole add up to no more than 100 %."""
    for passage in report:
        base = 0
        for sentence in passage.sentences:
            found = [
                one
                for one in quantities(sentence)
                if one.unit == "%" and _SHARE_OF.search(sentence[max(0, one.start - BEFORE) : one.start])
            ]
            added = sum(one.value for one in found)
            slack = Decimal(len(found)).scaleb(-max((one.places for one in found), default=0)) / 2
            if len(found) > 2 and added > 100 + slack and _ONE_WHOLE.search(sentence[: found[0].start]):
                said = f"各项占比之和为{plain(Decimal(added))}%，超过100%。"
                yield Finding("shares", said, place(passage, base + found[0].start, base + found[-1].end))
            base += len(sentence)


#: What may stand between a figure's name and its number; anything else (目标, 不低于) speaks of something else.
_LINK = r"(?:（[^）]*）)?(?:、[^，。；、\d]{2,20})*(?:均?为|达到?|是|：|:|共|有|共计|合计)*"


def figures(report: Report, register: Register) -> Iterator[Finding]:
    """A number behind a figure's name, or before it, that is not the figure's."""
    known = (*register.figures, *_of_sheet(register.sheet))
    quoted = _quoted(register.sheet)
    for passage in report:
        inside = [one.span() for text in quoted for one in re.finditer(re.escape(text), passage.text)]
        found = {
            one.start: one
            for one in quantities(passage.text)
            if not any(start <= one.start and one.end <= end for start, end in inside)
        }
        for figure in known:
            for name in figure.names:
                yield from _compared(passage, found, figure, name)


def _compared(passage: Passage, found: dict[int, Quantity], figure: Known, name: str) -> Iterator[Finding]:
    text = passage.text
    spots = [(one.end(), one) for one in re.finditer(re.escape(name) + _LINK, text)]
    beside = [found[at] for at, _ in spots if at in found]
    beside += [one for one in found.values() if text.startswith(name, one.end) and one.unit == figure.unit]
    for one in beside:
        if one.unit != figure.unit or one.about:
            continue
        if not any(rounded(figure.value, one.places, rule) == one.value for rule in Rounding):
            right = plain(rounded(figure.value, max(one.places, 2)))
            said = f"“{name}”写的是{plain(one.value)}{one.unit}，数据为{right}{figure.unit}。"
            there = Place("数据", f"{name} {right}{figure.unit}")
            yield Finding("figure", said, place(passage, one.start, one.end), there)


def _quoted(sheet: Sheet | None) -> list[str]:
    """Return names of indicators, and what was done in words: numbers in them promise nothing of their own."""
    rows = sheet.rows if sheet else ()
    texts = {row.name for row in rows} | {actual_text(row) for row in rows if row.target.amount is None}
    return sorted(one for one in texts if any(sign.isdigit() for sign in one))


def _of_sheet(sheet: Sheet | None) -> list[Known]:
    """Return a sheet's counted indicators as figures under their own names."""
    return [
        Known((row.name,), row.measured.value, row.target.amount.unit)
        for row in (sheet.rows if sheet else ())
        if row.measured.value is not None and row.target.amount is not None
    ]
