"""Cells that are written so that nobody can compare them (S130–S135)."""

from __future__ import annotations

from collections.abc import Iterator

from yuqiao.evaluation.amounts import QUOTES, decimals
from yuqiao.evaluation.findings import Finding, Weight, actual_of, number, of_row, target_of, year_of
from yuqiao.evaluation.form import Form, IndicatorRow
from yuqiao.evaluation.schemes import Scheme
from yuqiao.evaluation.targets import split_operator

#: Slips that were seen in published forms (S135) -> what was meant.
SLIPS = {"整理满意度": "整体满意度", "增涨": "增长"}


def operators(form: Form, _scheme: Scheme) -> Iterator[Finding]:
    """An operator belongs to the target; in the actual column it hides that nobody counted (S131)."""
    for row in form.indicators:
        if split_operator(row.actual)[0] is not None:
            sentence = f"实际完成值“{row.actual.strip()}”带有运算符，应填由数据得出的实际数。"
            yield of_row(row, Weight.DOUBT, "operator-in-actual", sentence, printed=row.actual)


def quotes(form: Form, _scheme: Scheme) -> Iterator[Finding]:
    """Quotation marks that a spreadsheet's escaping left before a cell (S132)."""
    for row in form.indicators:
        cells = [cell.strip() for cell in (row.target, row.actual) if cell.strip()[:1] in set(QUOTES)]
        if cells:
            right = "、".join(cell.strip(QUOTES) for cell in cells)
            sentence = f"单元格“{'、'.join(cells)}”前有多余的引号（表格转义残留）。"
            yield of_row(row, Weight.FORM, "stray-quote", sentence, printed="、".join(cells), should=right)


def rates(form: Form, _scheme: Scheme) -> Iterator[Finding]:
    """A rate can be no more than 100 % (S130)."""
    for row in form.indicators:
        target, actual = target_of(row, year_of(form)), actual_of(row)
        if target is not None and target.is_rate_at_least_whole:
            sentence = "比率最高为100%，“≥100%”应写作“＝100%”。"
            yield of_row(row, Weight.FORM, "rate-operator", sentence, printed=row.target, should="＝100%")
        is_rate = row.name.endswith(("率", "满意度")) and actual is not None and actual.unit == "%"
        if is_rate and actual is not None and actual.value > 100:
            sentence = f"实际完成值{row.actual.strip()}：比率不会超过100%。"
            yield of_row(row, Weight.DOUBT, "rate-over-whole", sentence, printed=row.actual)


def units(form: Form, _scheme: Scheme) -> Iterator[Finding]:
    """The actual has the target's unit (S133)."""
    for row in form.indicators:
        target = target_of(row, year_of(form))
        amount, actual = (None if target is None else target.amount), actual_of(row)
        if amount is None or actual is None or not amount.unit:
            continue
        said = row.actual.strip()
        if not actual.unit:
            sentence = f"实际完成值“{said}”缺少单位“{amount.unit}”。"
            yield of_row(row, Weight.FORM, "unit", sentence, printed=said, should=f"{said.strip(QUOTES)}{amount.unit}")
        elif actual.unit != amount.unit:
            sentence = f"年度指标值的单位是“{amount.unit}”，实际完成值“{said}”的单位不同，无法比较。"
            yield of_row(row, Weight.DOUBT, "unit-mismatch", sentence, printed=said)


def decimal_places(form: Form, _scheme: Scheme) -> Iterator[Finding]:
    """Weights are printed with the same number of decimals (S133)."""
    styles = {decimals(row.weight) for row in form.indicators if number(row.weight) is not None}
    if len(styles) > 1:
        shown = "、".join(sorted({row.weight.strip() for row in form.indicators}, key=lambda one: (len(one), one)))
        yield Finding(Weight.FORM, "weight-format", "分值", f"分值的小数位数不一致（{shown}）。", printed=shown)


def slips(form: Form, _scheme: Scheme) -> Iterator[Finding]:
    """Slips of the pen in names; names come from the register (S135)."""
    for row in form.indicators:
        for slip, meant in SLIPS.items():
            if slip in row.name:
                sentence = f"“{slip}”疑为“{meant}”之误。"
                yield of_row(row, Weight.FORM, "slip", sentence, printed=slip, should=meant)


def same_names(form: Form, _scheme: Scheme) -> Iterator[Finding]:
    """No indicator stands twice."""
    seen: dict[str, IndicatorRow] = {}
    for row in form.indicators:
        if row.name in seen:
            yield of_row(row, Weight.DOUBT, "twice", f"与{seen[row.name].where}的指标名称相同，可能重复计分。")
        seen.setdefault(row.name, row)
