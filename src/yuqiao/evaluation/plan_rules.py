"""What a plan may hold, decided without rows: headers, weights, targets, parts, approvals, money. Pure.

Every refusal is a `PlanError` with a code and a sentence, in Chinese and English, that says what to mend.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from yuqiao.evaluation.targets import Target, TargetError, read_target
from yuqiao.lib.refusal import RefusalError, Sentences

#: Code -> what a person reads (Chinese, English); fields in braces are filled in.
SENTENCES: Sentences = {
    "text": ("请填写{what}（不超过{most}字）。", "Fill in {what} with at most {most} signs."),
    "long": ("{what}不超过{most}字。", "Write {what} with at most {most} signs."),
    "code": ("项目编号只能用字母、数字、点、短横线和下划线。", "Write a code of letters, digits, dots and dashes."),
    "code_taken": ("项目编号“{code}”已被使用。", "The code {code} is taken; choose another."),
    "year": ("年度{year}不合理，应在2000至2100之间。", "The year {year} cannot be; write one from 2000 to 2100."),
    "year_fixed": ("年度不能改变，请另立项目。", "A project keeps its year; begin another project."),
    "not_later": ("新项目的年度须晚于{year}年。", "The new project's year must be later than {year}."),
    "department": ("没有编号为“{code}”的部门。", "There is no department {code}; add it to the register first."),
    "unit_itself": ("“本级”指主管部门自己，实施单位须与主管部门相同。", "本级 is the department in charge itself."),
    "scheme": ("没有评分方案“{code}”，或当时尚未生效。", "There is no scheme {code} that held then."),
    "scheme_taken": ("评分方案“{code}”已有{day}起生效的版本。", "{code} has a version from {day} on already."),
    "stage": (
        "项目已不在可修改的阶段（{stage}）。",
        "This cannot change any more: the project is at {stage}.",
    ),
    "planned": ("目标已申报，只能附理由和批复变更指标值。", "The plan stands; change a target with its approval."),
    "weight": ("分值“{weight}”应在0至100之间，最多两位小数。", "Write a weight from 0 to 100, at most two decimals."),
    "target": ("指标值“{text}”无法识别，应写作“≥500个”“7月31日前”或“是”。", "{text} is no target: ≥500个, or 是."),
    "target_size": (
        "指标值“{text}”过大，或小数超过四位。",
        "The target {text} is too large or too fine (four decimals).",
    ),
    "unit": ("单位“{unit}”超过十二字。", "The unit {unit} is longer than twelve signs."),
    "same_target": ("指标值没有变化。", "The target stays the same; there is nothing to change."),
    "deadline": ("完成期限{day}不在{year}年度内。", "The deadline {day} does not lie in {year}."),
    "formula": ("数据来源“{formula}”不存在。", "The formula {formula} names nothing that is counted."),
    "strand": ("没有这条目标。", "There is no such strand of the goal."),
    "duplicate": ("已有同名指标“{name}”。", "There is an indicator {name} already."),
    "order": ("排序须恰好包含全部指标各一次。", "The order must name every indicator exactly once."),
    "compound": ("已拆分的指标不能再拆分，分项也不能再拆分。", "A part, or what has parts, cannot be split again."),
    "compound_weight": (
        "已拆分指标的分值是各分项之和，请改分项。",
        "A compound weight is the sum of its parts: change those.",
    ),
    "few_parts": ("至少拆分为两项。", "Split it into at least two parts."),
    "parts": ("分项分值之和{added}不等于指标分值{weight}。", "The parts weigh {added}; they must add up to {weight}."),
    "in_use": ("指标“{name}”已有数据或佐证，不能删除。", "{name} has data or evidence already and cannot be removed."),
    "approval": ("请写明理由和批准文号。", "Give the reason and the approval."),
    "approved_late": ("批准日期{day}晚于{year}年底，不能变更。", "Approved on {day}, after {year} ended: too late."),
    "future": ("日期{day}尚未到来。", "The day {day} is yet to come."),
    "other_year": ("日期{day}不在{year}年度内。", "The day {day} does not lie in {year}."),
    "money": (
        "金额“{text}”无法识别，应写作“168.3362万元”或“1683362元”。",
        "{text} is no amount: 168.3362万元, 1683362元.",
    ),
    "money_fraction": (
        "金额“{text}”不足一分的部分无法入账。",
        "{text} has less than a fen, which no account can hold.",
    ),
    "money_size": ("金额“{text}”过大。", "The amount {text} is too large."),
    "amount": ("金额须大于零。", "The amount must be more than nothing."),
    "no_change": ("调整金额不能为零。", "An adjustment of nothing changes nothing."),
    "negative": (
        "调整后{source}为负数（{left}万元）。",
        "That would leave {source} with {left} 万元, less than nothing.",
    ),
    "source": ("没有资金来源“{source}”。", "There is no source of money {source}."),
    "other_project": ("所选记录属于另一项目。", "What was chosen belongs to another project."),
    "day": ("“{text}”不是日期，应写作2026-07-31。", "{text} is no day: write 2026-07-31."),
    "not_compound": ("这一指标没有拆分。", "This indicator has no parts; split it first."),
    "sheet_refused": ("表格第{row}行须先改正，才能导入。", "Mend row {row} of the sheet before it can be taken."),
    "kind": ("没有材料类别“{kind}”。", "There is no kind of groundwork {kind}."),
    "withdrawn": ("该材料已撤回。", "This paper was withdrawn already."),
    "expected": (
        "预测值须对应一个有数量指标值的指标。",
        "A forecast belongs to an indicator whose target is a number.",
    ),
    "grave": ("高风险须写明应对措施和责任人。", "A grave risk needs a measure and somebody who owns it."),
    "risk_level": ("可能性和影响程度应为1至{most}。", "Likelihood and impact are numbers from 1 to {most}."),
    "risk_state": ("已解除的风险只能重新关注。", "A risk that is over can only be opened again."),
    "import_blocked": ("“{where}”须先补正或略去，才能导入。", "Mend {where}, or leave it out, before importing."),
    "reversed": ("这笔支付已冲销，或本身就是冲销。", "This payment was taken back already, or is itself a reversal."),
}

LONGEST_NAME = 200
_CODE = re.compile(r"[\w.\-]{1,60}")
#: The database keeps a target with so many digits before the point, and so many behind it.
LARGEST_TARGET, TARGET_PLACES = Decimal(10) ** 14, 4


class PlanError(RefusalError):
    """A plan cannot be so; ``code`` is one of `SENTENCES`. ``str`` is the English sentence, ``zh`` the Chinese."""

    sentences = SENTENCES


def check_text(text: str, what: str, most: int = LONGEST_NAME) -> str:
    """Return a text that must be there, without white space around it."""
    clean = text.strip()
    if not clean or len(clean) > most:
        raise PlanError("text", what=what, most=most)
    return clean


def check_short(text: str, what: str, most: int) -> str:
    """Return a text that may be empty, without white space around it; nothing is cut off in silence."""
    clean = text.strip()
    if len(clean) > most:
        raise PlanError("long", what=what, most=most)
    return clean


def check_code(code: str) -> str:
    """Return a project's code, which stands in addresses and file names."""
    if not _CODE.fullmatch(code) or code.startswith("."):
        raise PlanError("code")
    return code


def check_year(year: int) -> int:
    """Return a year that a project can have."""
    if not 2000 <= year <= 2100:
        raise PlanError("year", year=year)
    return year


def check_weight(weight: Decimal) -> Decimal:
    """Return a weight: 0 to 100 points, at most two decimals."""
    sound = weight.is_finite() and 0 <= weight <= 100
    if not sound or weight != weight.quantize(Decimal("0.01")):
        raise PlanError("weight", weight=weight)
    return weight


def check_target(text: str, year: int) -> Target:
    """Return the target a text says, if the database can keep it exactly; a day without a year is one of ``year``."""
    try:
        target = read_target(text, year)
    except TargetError as error:
        raise PlanError("target", text=text.strip()) from error
    check_deadline(target.deadline, year)
    amount = target.amount
    if amount is None:
        return target
    if abs(amount.value) >= LARGEST_TARGET or amount.value != round(amount.value, TARGET_PLACES):
        raise PlanError("target_size", text=text.strip())
    if len(amount.unit) > 12:
        raise PlanError("unit", unit=amount.unit)
    return target


def check_deadline(day: dt.date | None, year: int) -> dt.date | None:
    """Return a deadline within the project's year; None for none."""
    if day is not None and day.year != year:
        raise PlanError("deadline", day=day, year=year)
    return day


def check_parts(weights: Sequence[Decimal], whole: Decimal) -> None:
    """The parts of a compound indicator are two or more, and weigh as much as the whole (S126)."""
    if len(weights) < 2:
        raise PlanError("few_parts")
    added = sum((check_weight(one) for one in weights), Decimal(0))
    if added != whole:
        raise PlanError("parts", added=added, weight=whole)


@dataclass(frozen=True, slots=True)
class Approval:
    """Why something changes after the plan, who allowed it by which paper, and when (S88, S125)."""

    reason: str
    paper: str
    on: dt.date


def check_approval(given: Approval, *, year: int, today: dt.date) -> Approval:
    """Return an approval. Nothing is approved in the future, nor after the year is over (S125)."""
    reason, paper = given.reason.strip(), given.paper.strip()
    if not reason or not paper or len(reason) > 500 or len(paper) > 200:
        raise PlanError("approval")
    if given.on > today:
        raise PlanError("future", day=given.on)
    if given.on > dt.date(year, 12, 31):
        raise PlanError("approved_late", day=given.on, year=year)
    return Approval(reason, paper, given.on)


def check_paid(on: dt.date, *, year: int, today: dt.date) -> dt.date:
    """Return the day of a payment: in the project's year, which is what 全年执行数 adds up, and not to come."""
    if on > today:
        raise PlanError("future", day=on)
    if on.year != year:
        raise PlanError("other_year", day=on, year=year)
    return on


def year_later(day: dt.date | None, years: int) -> dt.date | None:
    """Return the same day so many years later; the 29th of February becomes the 28th where there is none."""
    if day is None:
        return None
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
