"""The budget: rates and points follow from amounts, sources add up, a changed budget has a reason."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from yuqiao.evaluation.amounts import Rounding, decimals, plain, rounded
from yuqiao.evaluation.findings import Finding, Weight, number
from yuqiao.evaluation.form import Form, FundsRow
from yuqiao.evaluation.schemes import Scheme

AMOUNTS = (("年初预算数", "initial"), ("全年预算数", "adjusted"), ("全年执行数", "executed"))


def execution(form: Form, scheme: Scheme) -> Iterator[Finding]:
    """Each source's rate and points follow from its amounts, by one rounding rule (S118, S122)."""
    for row in form.funds:
        budget, executed = number(row.adjusted), number(row.executed)
        if executed is None or budget is None:
            if number(row.rate) is not None or number(row.points) is not None:
                sentence = "有执行率或得分，却没有预算数或执行数，无法复算。"
                yield Finding(Weight.ERROR, "amounts", row.name, sentence)
            continue
        if budget <= 0:
            if executed > 0 or number(row.rate):
                yield Finding(Weight.ERROR, "amounts", row.name, "全年预算数为0，执行数或执行率不为0。")
            continue
        ratio = Fraction(executed) / Fraction(budget)
        yield from _rate(row, ratio, scheme)
        yield from _points(row, ratio, scheme)
        if ratio > 1:
            yield Finding(Weight.DOUBT, "overspent", row.name, "执行数超过预算数，需说明资金来源。")


def _points(row: FundsRow, ratio: Fraction, scheme: Scheme) -> Iterator[Finding]:
    weight, points = number(row.weight), number(row.points)
    if weight is None or points is None:
        return
    right = rounded(Fraction(weight) * max(Fraction(0), min(ratio, Fraction(1))), decimals(row.points), scheme.rounding)
    if points != right:
        sentence = f"预算得分{row.points}，应为{right}（分值{row.weight}×执行率{_percent(ratio, scheme)}）。"
        yield Finding(Weight.ERROR, "budget-points", row.name, sentence, printed=row.points, should=f"{right}")


def _percent(ratio: Fraction, scheme: Scheme, places: int = 2) -> str:
    return f"{rounded(ratio * 100, places, scheme.execution_rounding)}%"


def _rate(row: FundsRow, ratio: Fraction, scheme: Scheme) -> Iterator[Finding]:
    printed, places = number(row.rate), decimals(row.rate)
    right = _percent(ratio, scheme, places)
    if printed is None or printed == number(right):
        return
    other = Rounding.TRUNCATE if scheme.execution_rounding is Rounding.HALF_UP else Rounding.HALF_UP
    if printed == rounded(ratio * 100, places, other):
        sentence = f"执行率{row.rate}的进位规则与模板不同，应为{right}。"
        yield Finding(Weight.ERROR, "rate-rounding", row.name, sentence, printed=row.rate, should=right)
    else:
        sentence = f"执行率{row.rate}有误，应为{right}（{row.executed}÷{row.adjusted}）。"
        yield Finding(Weight.ERROR, "rate", row.name, sentence, printed=row.rate, should=right)


def sources(form: Form, _scheme: Scheme) -> Iterator[Finding]:
    """The sources add up to the first row."""
    if len(form.funds) < 2:
        return
    whole, *parts = form.funds
    for name, read in AMOUNTS:
        printed = number(getattr(whole, read))
        added = sum((number(getattr(part, read)) or Decimal(0) for part in parts), Decimal(0))
        if (printed or Decimal(0)) != added:
            sentence = f"资金来源合计{plain(added)}，年度资金总额{getattr(whole, read)}，二者应相等。"
            yield Finding(Weight.ERROR, "sources", name, sentence, printed=getattr(whole, read), should=plain(added))


def base(form: Form, _scheme: Scheme) -> Iterator[Finding]:
    """The initial budget differs from the adjusted one only with a reason: the choice is worth points (S88, S120)."""
    if not form.funds:
        return
    whole = form.funds[0]
    initial, adjusted, executed = number(whole.initial), number(whole.adjusted), number(whole.executed)
    if not initial or initial < 0 or adjusted is None or executed is None or initial == adjusted:
        return
    change = rounded(abs(Fraction(initial - adjusted)) / Fraction(initial) * 100, 2)
    rate = Fraction(executed) / Fraction(initial)
    verb = "调减" if adjusted < initial else "调增"
    sentence = f"全年预算数比年初{verb}{plain(abs(initial - adjusted))}万元（{change}%），需有批复"
    sentence += f"；按年初预算数执行率为{rounded(rate * 100, 2)}%"
    if (weight := number(whole.weight)) is not None:
        sentence += f"、得{rounded(Fraction(weight) * max(Fraction(0), min(rate, Fraction(1))), 2)}分"
    yield Finding(Weight.DOUBT, "budget-base", whole.name, f"{sentence}。")
