"""Scoring schemes as data: weights by first-level category, how ratios become points, grades. Versioned by date.

Sources: 财预〔2020〕10号 项目支出绩效评价管理办法, on self-evaluation (default weights, proportional points for counted
indicators, three bands for qualitative ones); Beijing's form of 2023 and Guangzhou's report of 2021 as printed
(S90–S116, S121); provinces' published rules for the two variants. As JSON: `yuqiao.evaluation.scheme_data`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum

from yuqiao.evaluation.amounts import Rounding

BUDGET, OUTPUT, BENEFIT, SATISFACTION = "预算执行", "产出指标", "效益指标", "满意度指标"
D = Decimal


class ZeroRule(StrEnum):
    """What an event costs where none was to happen (S128)."""

    STEP = "step"  # the first one costs all points
    EACH = "each"  # each one costs a share


class InverseRule(StrEnum):
    """How an upper limit that was missed is scored."""

    TARGET_BY_ACTUAL = "a_by_b"  # points × target / actual; an actual of 0 keeps the promise and never divides
    EXCESS = "excess"  # points × (1 - (actual - target) / target), never below none
    NONE = "none"  # no points


class LateRule(StrEnum):
    """What is left when something was handed in, but after its deadline (S103)."""

    SHARE = "share"  # a fixed share of the points
    PER_DAY = "per_day"  # each day late costs a share
    NONE = "none"  # nothing


@dataclass(frozen=True, slots=True)
class Band:
    """A result that is not counted: ``low`` to ``high`` per cent of the points; ``low`` included."""

    name: str
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade from ``low`` (included) up to the next better one's."""

    name: str
    low: int


@dataclass(frozen=True, slots=True)
class Scheme:
    """One way of scoring, valid from a day on until another one of the same code replaces it.

    ``bands`` and ``grades`` go from the best to the worst. Shares are fractions of the weight (0.5), not per cent.
    """

    code: str
    name: str
    valid_from: dt.date
    weights: dict[str, int]
    bands: tuple[Band, ...]
    grades: tuple[Grade, ...]
    #: Second-level categories that the form wants to see (S136).
    categories: tuple[str, ...] = ()
    points_places: int = 2
    rate_places: int = 2
    rounding: Rounding = Rounding.HALF_UP
    #: Guangzhou cuts its budget rate (99.18%) and rounds every other one (19.36%) in the same document (S122).
    execution_rounding: Rounding = Rounding.HALF_UP
    zero: ZeroRule = ZeroRule.STEP
    zero_share: Decimal = field(default=D("0.5"))
    inverse: InverseRule = InverseRule.TARGET_BY_ACTUAL
    #: Done, but late, is "partly achieved": the lower edge of that band, as long as a scheme says nothing else.
    late: LateRule = LateRule.SHARE
    late_share: Decimal = field(default=D("0.6"))
    #: From this share of the target on, an achievement needs a reason; points are never cut by themselves (S129).
    over_achieved: Decimal = field(default=D("1.3"))

    def grade(self, total: Decimal) -> str:
        """Return the grade of a total; intervals are half open, so that every total has exactly one."""
        return next((grade.name for grade in self.grades if total >= grade.low), self.grades[-1].name)


def in_force(schemes: Iterable[Scheme], code: str, day: dt.date) -> Scheme | None:
    """Return the version of a scheme that held on a day: the youngest that had begun; None before the first."""
    begun = [one for one in schemes if one.code == code and one.valid_from <= day]
    return max(begun, key=lambda one: one.valid_from, default=None)


BANDS = (
    Band("达成预期指标", 80, 100),
    Band("部分达成预期指标并具有一定效果", 60, 80),
    Band("未达成预期指标且效果较差", 0, 60),
)
GRADES = (Grade("优", 90), Grade("良", 80), Grade("中", 60), Grade("差", 0))
CATEGORIES = (
    *("数量指标", "质量指标", "时效指标", "成本指标"),
    *("经济效益指标", "社会效益指标", "生态效益指标", "可持续影响指标"),
    "服务对象满意度指标",
)

NATIONAL = Scheme(
    "national",
    "财政部 项目支出绩效自评（通用）",
    dt.date(2020, 2, 25),
    {BUDGET: 10, OUTPUT: 50, BENEFIT: 30, SATISFACTION: 10},
    BANDS,
    GRADES,
    CATEGORIES,
)
BEIJING = replace(
    NATIONAL,
    code="beijing",
    name="北京市 项目支出绩效自评表",
    valid_from=dt.date(2021, 1, 1),
    weights={BUDGET: 10, OUTPUT: 60, BENEFIT: 20, SATISFACTION: 10},
)
GUANGZHOU = Scheme(
    "guangzhou",
    "广州市 评价结果报告",
    dt.date(2021, 1, 1),
    {},  # neither weights nor scores are printed (S112)
    BANDS,
    (Grade("优秀", 90), Grade("良好", 80), Grade("中", 60), Grade("差", 0)),
    execution_rounding=Rounding.TRUNCATE,
)
BUDGET_TWENTY = replace(
    NATIONAL,
    code="budget-20",
    name="预算执行 20 分（按执行率计分）",
    weights={BUDGET: 20, OUTPUT: 40, BENEFIT: 30, SATISFACTION: 10},
)
INVERSE_RATIO = replace(
    NATIONAL,
    code="inverse-ratio",
    name="反向指标按指标值与完成值之比（A/B）、零目标逐次扣分",
    inverse=InverseRule.TARGET_BY_ACTUAL,
    zero=ZeroRule.EACH,
)
SCHEMES: tuple[Scheme, ...] = (NATIONAL, BEIJING, GUANGZHOU, BUDGET_TWENTY, INVERSE_RATIO)
BY_CODE = {scheme.code: scheme for scheme in SCHEMES}
