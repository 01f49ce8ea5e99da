"""Checks of a plan as a whole: weights, categories, goals, money."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from yuqiao.evaluation.amounts import plain
from yuqiao.evaluation.design import missing_categories
from yuqiao.evaluation.linting.plan import Concern, Plan, Severity, about, quoted
from yuqiao.evaluation.schemes import BUDGET

HUNDRED = Decimal(100)
#: A weight is told in halves; finer ones come from dividing by hand.
FINEST = Decimal("0.5")
_YEAR = re.compile(r"(20\d\d)\s*年")


def nothing_planned(plan: Plan) -> Iterator[Concern]:
    """A plan has indicators."""
    if not plan.lines:
        yield Concern(Severity.ERROR, "no-indicators", "绩效指标", "没有绩效指标。", "请添加产出、效益和满意度指标。")


def weights_add_up(plan: Plan) -> Iterator[Concern]:
    """Weights and the budget's points add up to 100 (S119); a scheme that prints no points asks for none (S112)."""
    added = sum((one.weight for one in plan.leading), plan.budget_weight)
    if plan.scheme.weights and plan.lines and added != HUNDRED:
        verb = "多" if added > HUNDRED else "少"
        sentence = f"分值合计{plain(added)}，应为100，{verb}{plain(abs(added - HUNDRED))}分。"
        yield Concern(Severity.ERROR, "weights", "分值", sentence, "请调整各项分值。")


def categories_fit(plan: Plan) -> Iterator[Concern]:
    """Each first-level category weighs what the scheme says (S121), and none is unknown to it."""
    shares: dict[str, Decimal] = {BUDGET: plan.budget_weight}
    for one in plan.leading:
        shares[one.level1] = shares.get(one.level1, Decimal(0)) + one.weight
    for name, wanted in plan.scheme.weights.items():
        share = shares.get(name, Decimal(0))
        if plan.lines and share != wanted:
            sentence = f"{name}分值{plain(share)}，{plan.scheme.name}规定{wanted}。"
            yield Concern(Severity.ERROR, "category-weight", name, sentence, "请按评分方案分配分值。")
    for name in shares:
        if plan.scheme.weights and name not in plan.scheme.weights:
            known = "、".join(one for one in plan.scheme.weights if one != BUDGET)
            sentence = f"评分方案没有一级指标“{name}”。"
            yield Concern(Severity.ERROR, "category", name, sentence, f"请改为{known}之一。")


def categories_present(plan: Plan) -> Iterator[Concern]:
    """Second-level categories that the scheme wants to see (S136); one finding for all that are missing."""
    missing = missing_categories([one.level2 for one in plan.leading], plan.scheme)
    if plan.lines and missing:
        sentence = f"没有设置{'、'.join(missing)}。"
        yield Concern(Severity.DOUBT, "categories", "绩效指标", sentence, "请补充，或在申报说明中写明为何不适用。")


def weights_are_plain(plan: Plan) -> Iterator[Concern]:
    """A weight is more than nothing, and of halves."""
    for one in plan.judged:
        if one.weight <= 0 and plan.scheme.weights:
            yield about(one, Severity.DOUBT, "no-weight", "分值为0，做与不做都不影响得分。", "请赋分，或删除该指标。")
        elif one.weight % FINEST and one.parent is None:
            yield about(one, Severity.NOTE, "odd-weight", f"分值{plain(one.weight)}不是半分的整数倍。", "请取整。")


def parts_add_up(plan: Plan) -> Iterator[Concern]:
    """What a compound indicator weighs is the sum of its parts (S126)."""
    for one in plan.leading:
        parts = plan.parts(one.id)
        added = sum((part.weight for part in parts), Decimal(0))
        if parts and added != one.weight:
            sentence = f"分项分值之和{plain(added)}，与指标分值{plain(one.weight)}不符。"
            yield about(one, Severity.ERROR, "parts", sentence, "请调整分项分值。")


def goal_is_told(plan: Plan) -> Iterator[Concern]:
    """A plan says what it is for, and for this year."""
    if not plan.goal.strip() and not plan.strands:
        yield Concern(Severity.DOUBT, "no-goal", "年度总体目标", "没有填写年度总体目标。", "请写明预期目标。")
    years = {int(one) for one in _YEAR.findall(plan.goal)}
    if years and plan.year not in years and max(years) < plan.year:
        sentence = f"目标只提到{max(years)}年，没有提到{plan.year}年。"
        yield Concern(Severity.DOUBT, "old-goal", "年度总体目标", sentence, "请核对是否沿用了上年文字。")


def strands_have_indicators(plan: Plan) -> Iterator[Concern]:
    """Each strand of the goal is measured by an indicator (S138)."""
    linked = {one.strand for one in plan.lines}
    open_ones = [name for key, name in plan.strands if key not in linked]
    if open_ones:
        sentence = f"{quoted(open_ones)}没有对应的指标。"
        yield Concern(Severity.DOUBT, "strand", "年度总体目标", sentence, "请为每条目标设置指标，或建立对应关系。")


def money_is_planned(plan: Plan) -> Iterator[Concern]:
    """Points for the budget need a budget."""
    if plan.budget_weight > 0 and not plan.initial_fen:
        sentence = f"预算执行占{plain(plan.budget_weight)}分，但没有年初预算数。"
        yield Concern(Severity.ERROR, "no-budget", "项目资金", sentence, "请填写年初预算数。")
