"""What an indicator promises for the year (年度指标值): an operator with an amount, a deadline, or a deed."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from yuqiao.evaluation.amounts import Amount, read_amount, tidy


class Operator(StrEnum):
    """How an actual is compared with its target; the values are as printed."""

    EQUAL = "＝"
    AT_LEAST = "≥"
    AT_MOST = "≤"
    MORE = "＞"
    LESS = "＜"
    DONE = "是"  # qualitative: done, partly done, not done
    BY = "前"  # timeliness: first handed in on that day or before (S127)


#: What people type for each, besides the sign itself.
SPELLINGS = {
    "=": Operator.EQUAL,
    "等于": Operator.EQUAL,
    ">=": Operator.AT_LEAST,
    "＞＝": Operator.AT_LEAST,
    "≧": Operator.AT_LEAST,
    **dict.fromkeys(("大于等于", "大于或等于", "不少于", "不低于", "不小于", "至少"), Operator.AT_LEAST),
    "<=": Operator.AT_MOST,
    "＜＝": Operator.AT_MOST,
    "≦": Operator.AT_MOST,
    **dict.fromkeys(("小于等于", "小于或等于", "不超过", "不高于", "不多于", "不大于", "至多"), Operator.AT_MOST),
    ">": Operator.MORE,
    **dict.fromkeys(("大于", "超过", "高于", "多于"), Operator.MORE),
    "<": Operator.LESS,
    **dict.fromkeys(("小于", "低于", "少于"), Operator.LESS),
    "＝": Operator.EQUAL,
    "≥": Operator.AT_LEAST,
    "≤": Operator.AT_MOST,
    "＞": Operator.MORE,
    "＜": Operator.LESS,
}
LONGEST_FIRST = sorted(SPELLINGS, key=len, reverse=True)
#: Operators that people put behind the number instead (95%以上); these include the number itself (民法典, 1259).
BEHIND = {"及以上": Operator.AT_LEAST, "以上": Operator.AT_LEAST, "及以下": Operator.AT_MOST}
BEHIND |= {"以下": Operator.AT_MOST, "以内": Operator.AT_MOST}
#: What stands in the cell of an indicator that is judged, not counted.
JUDGED = frozenset({"是", "完成", "达成", "已完成", "全部完成", "达标", "合格", "优", "良", "优良", "良好", "较高"})
JUDGED |= {"显著", "明显", "有效", "提升", "有所提升", "有效提升", "显著提升", "明显提升", "持续提升", "不断提升"}
JUDGED |= {"得到提升"}
#: Operators whose actuals are numbers.
COUNTED = frozenset({Operator.EQUAL, Operator.AT_LEAST, Operator.AT_MOST, Operator.MORE, Operator.LESS})
SMALLER_IS_BETTER = frozenset({Operator.AT_MOST, Operator.LESS})
_DAY = re.compile(
    r"(?:(\d{4})[年.\-/])?(\d{1,2})(?:月(?:份)?|[.\-/])(?:(\d{1,2})日?|底|末)?(?:之?前|以前|底前|末前)?(?:完成|提交)?"
)


class TargetError(ValueError):
    """A target cannot be read; the message says what to write instead."""


@dataclass(frozen=True, slots=True)
class Target:
    """A target. ``amount`` for counted operators, ``deadline`` (the last day in time) for `Operator.BY`, else None."""

    operator: Operator
    amount: Amount | None = None
    deadline: dt.date | None = None

    def __str__(self) -> str:
        if self.deadline is not None:
            return f"{self.deadline.year}年{self.deadline.month}月{self.deadline.day}日前"
        return Operator.DONE.value if self.amount is None else f"{self.operator.value}{self.amount}"

    @property
    def is_zero(self) -> bool:
        """Whether nothing at all is to happen (no complaints): such a target has no ratio (S128)."""
        wants_none = self.operator in {Operator.EQUAL, Operator.AT_MOST}
        return wants_none and self.amount is not None and self.amount.value == 0

    @property
    def smaller_is_better(self) -> bool:
        """Whether less is more: an upper limit, or none at all."""
        return self.operator in SMALLER_IS_BETTER or self.is_zero

    @property
    def is_rate_at_least_whole(self) -> bool:
        """Whether a rate is to be at least 100 %, more than which there is none: ＝100% is meant (S130)."""
        whole = self.amount is not None and self.amount.unit == "%" and self.amount.value == 100
        return whole and self.operator is Operator.AT_LEAST

    def met_by(self, actual: Decimal | Fraction) -> bool:
        """Whether ``actual`` keeps the promise. More than an equal target keeps it too, unless less is more."""
        if self.amount is None:
            raise TargetError("a target that is done or not has no number to compare with")
        wanted = Fraction(self.amount.value)
        match self.operator:
            case Operator.EQUAL:
                return actual == wanted if self.is_zero else actual >= wanted
            case Operator.AT_LEAST:
                return actual >= wanted
            case Operator.MORE:
                return actual > wanted
            case Operator.AT_MOST:
                return actual <= wanted
            case Operator.LESS:
                return actual < wanted
            case _:
                return False


def split_operator(text: str) -> tuple[Operator | None, str]:
    """Return the operator in front of a cell's text, if any, and the rest."""
    clean = tidy(text)
    for spelling in LONGEST_FIRST:
        if clean.startswith(spelling):
            return SPELLINGS[spelling], clean[len(spelling) :]
    return None, clean


def read_day(text: str, year: int | None = None) -> dt.date | None:
    """Return the day a cell names: 2023-07-31, 7月31日前, 7月底 (its last day); None for no day or no year known."""
    found = _DAY.fullmatch(tidy(text))
    if found is None:
        return None
    years, month, day = found.groups()
    known = int(years) if years else year
    if known is None or not 1 <= int(month) <= 12 or not 1 <= known <= 9998:
        return None
    last = calendar.monthrange(known, int(month))[1]
    wanted = int(day) if day else last
    return dt.date(known, int(month), wanted) if 1 <= wanted <= last else None


def read_target(text: str, year: int | None = None) -> Target:
    """Return the target a cell holds: ``≥500个``, ``＝100%``, ``95%以上``, ``7月底前`` (of ``year``), ``是``.

    TargetError says what to mend.
    """
    operator, rest = split_operator(text)
    if operator in {None, Operator.AT_MOST} and _DAY.fullmatch(rest) and not _only_number(rest):
        if (day := read_day(rest, year)) is None:
            raise TargetError(f"{text.strip()!r} is no day of a known year: write 2023年7月31日前")
        return Target(Operator.BY, deadline=day)
    if operator is None:
        if rest in JUDGED:
            return Target(Operator.DONE)
        for ending, meant in BEHIND.items():
            if rest.endswith(ending) and (amount := read_amount(rest.removesuffix(ending))) is not None:
                return Target(meant, amount)
        operator = Operator.EQUAL
    amount = read_amount(rest)
    if amount is None:
        wanted = "write an operator with a number (≥500个), a day (2023年7月31日前), or 是"
        raise TargetError(f"{text.strip()!r} is no target: {wanted}")
    return Target(operator, amount)


def _only_number(text: str) -> bool:
    """Whether what looks like a day (7.5, 12月) is rather a number: days say 年, 日, 前, 底 or have three parts."""
    return not any(sign in text for sign in "年日前底末") and len(re.findall(r"\d+", text)) < 3
