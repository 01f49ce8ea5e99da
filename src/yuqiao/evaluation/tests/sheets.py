"""Sheets for tests of rules, made of a few words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from yuqiao.evaluation.schemes import BEIJING, Scheme
from yuqiao.evaluation.scoring import Done
from yuqiao.evaluation.sheet import Header, Measured, Money, Row, Sheet, evaluate
from yuqiao.evaluation.targets import read_target

AT = dt.datetime(2024, 1, 5, 9, tzinfo=dt.UTC)
HEADER = Header("p", 2023, "国际语言环境建设服务", "市外办", "市外办（本级）")


def row(
    number: int,
    name: str,
    target: str,
    actual: str | Done | None,
    weight: str,
    *,
    cause: str = "",
    remedy: str = "",
    deadline: dt.date | None = None,
    first_on: dt.date | None = None,
    share: str | None = None,
    proofs: int = 1,
    kind: tuple[str, str] = ("产出指标", "数量指标"),
) -> Row:
    """Return one row; ``actual`` is a number, or whether it was done."""
    done = actual if isinstance(actual, Done) else None
    measured = Measured(
        formula="entered",
        value=Fraction(actual) if isinstance(actual, str) and done is None else None,
        done=done,
        share=Decimal(share) if share else None,
        first_on=first_on,
    )
    return Row(
        number,
        *kind,
        name,
        read_target(target),
        Decimal(weight),
        measured,
        deadline,
        cause=cause,
        remedy=remedy,
        proofs=proofs,
    )


def sheet(
    rows: Sequence[Row], *, scheme: Scheme = BEIJING, executed: int | None = 149_164_287, budget: int = 149_730_000
) -> Sheet:
    """Return a sheet with one source of money."""
    money = [Money("当年财政拨款", budget, budget, executed)]
    return evaluate(HEADER, scheme, AT, money, budget_weight=Decimal(10), rows=rows)
