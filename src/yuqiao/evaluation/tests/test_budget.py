"""Money in whole fen: planned, adjusted with an approval, paid, taken back; executed by both bases (S84–S89, S120)."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from yuqiao.contracts.models import Contract, Procurement, Supplier
from yuqiao.evaluation import budget
from yuqiao.evaluation.models import MoneySource, Payment, Project, Stage
from yuqiao.evaluation.plan_rules import Approval, PlanError
from yuqiao.evaluation.tests.planned import acts, added, begun, wen

pytestmark = [pytest.mark.database, pytest.mark.django_db]
DAY = dt.date(2023, 8, 1)
PAPER = Approval("取消活动", "京外办〔2023〕8号", DAY)
CURRENT = MoneySource.CURRENT


@pytest.fixture
def project() -> Project:
    made = begun()
    budget.set_initial(made, CURRENT, 168_336_200, by=wen())
    return made


def test_s120_execution_is_known_by_the_adjusted_budget_and_by_the_initial_one(project: Project) -> None:
    event = added(project, "组织线下主题活动", target="＝1次")
    Project.objects.update(stage=Stage.RUNNING)
    budget.adjust(project, CURRENT, -18_606_200, PAPER, by=wen(), indicator=event)
    paid = budget.pay(project, 149_164_287, DAY, "供应商", by=wen(), voucher="记-1")
    assert paid.warnings == ()
    money = budget.execution_of(project)
    assert (money.initial, money.adjusted, money.executed) == (168_336_200, 149_730_000, 149_164_287)
    assert (money.rate, money.rate_initial) == (
        Fraction(149_164_287, 149_730_000),
        Fraction(149_164_287, 168_336_200),
    )
    assert money.left == 565_713
    assert acts()[-2:] == ["budget.adjust", "payment.enter"]


def test_no_source_falls_below_nothing(project: Project) -> None:
    with pytest.raises(PlanError) as error:
        budget.adjust(project, CURRENT, -168_336_201, PAPER, by=wen())
    assert error.value.code == "negative"
    assert "-0.000001万元" in error.value.zh
    budget.adjust(project, CURRENT, -168_336_200, PAPER, by=wen())
    with pytest.raises(PlanError) as error:
        budget.set_initial(project, CURRENT, None, by=wen())
    assert error.value.code == "negative"
    with pytest.raises(PlanError) as error:
        budget.adjust(project, MoneySource.OTHER, -1, PAPER, by=wen())
    assert error.value.code == "negative"
    assert project.adjustments.count() == 1


def test_an_adjustment_of_nothing_or_for_another_project_s_event_is_refused(project: Project) -> None:
    other = added(begun(code="other"))
    for amount, indicator, code in ((0, None, "no_change"), (5, other, "other_project")):
        with pytest.raises(PlanError) as error:
            budget.adjust(project, CURRENT, amount, PAPER, by=wen(), indicator=indicator)
        assert error.value.code == code


def test_overspending_is_said_and_not_refused_and_so_is_what_a_contract_does_not_carry(project: Project) -> None:
    contract = Contract.objects.create(
        number="H-1",
        subject="电话翻译",
        supplier=Supplier.objects.create(name_zh="外语大学", university=True),
        procurement=Procurement.DIRECTED,
        amount_fen=100_000_000,
        signed_on=dt.date(2023, 8, 20),
        begins_on=DAY,
        ends_on=dt.date(2023, 12, 31),
    )
    first = budget.pay(project, 100_000_001, DAY, "外语大学", by=wen(), contract=contract, voucher="记-1")
    assert first.warnings == ("contract_exceeded", "contract_unsigned")
    second = budget.pay(project, 68_336_200, DAY, "外语大学", by=wen(), voucher="记-1")
    assert second.warnings == ("overspent", "voucher")
    assert set(first.warnings + second.warnings) == set(budget.WARNINGS)


def test_a_wrong_payment_is_taken_back_once_and_both_stay(project: Project) -> None:
    wrong = budget.pay(project, 500, DAY, "供应商", by=wen()).payment
    back = budget.reverse(wrong, DAY, "重复支付", by=wen())
    assert (back.amount_fen, back.reverses, budget.execution_of(project).executed) == (-500, wrong, 0)
    for again in (wrong, back):
        with pytest.raises(PlanError) as error:
            budget.reverse(again, DAY, "再次", by=wen())
        assert error.value.code == "reversed"
    assert Payment.objects.count() == 2


@pytest.mark.parametrize(
    ("fen", "day", "code"),
    [
        (0, DAY, "amount"),
        (-5, DAY, "amount"),
        (5, dt.date(2022, 12, 31), "other_year"),
        (5, dt.date(2999, 1, 1), "future"),
    ],
)
def test_a_payment_has_an_amount_and_lies_in_the_year(project: Project, fen: int, day: dt.date, code: str) -> None:
    with pytest.raises(PlanError) as error:
        budget.pay(project, fen, day, "供应商", by=wen())
    assert error.value.code == code


def test_the_initial_budget_stands_once_the_plan_does_and_frozen_money_rests(project: Project) -> None:
    Project.objects.update(stage=Stage.RUNNING)
    with pytest.raises(PlanError) as error:
        budget.set_initial(project, CURRENT, 1, by=wen())
    assert error.value.code == "planned"
    Project.objects.update(stage=Stage.FROZEN)
    with pytest.raises(PlanError) as error:
        budget.pay(project, 5, DAY, "供应商", by=wen())
    assert error.value.code == "stage"
    with pytest.raises(PlanError) as error:
        budget.adjust(project, CURRENT, 5, PAPER, by=wen())
    assert error.value.code == "stage"


class AnyHistory(TestCase):
    """Whatever is entered in whatever order, sums are exact and no source is ever below nothing."""

    @settings(max_examples=25, deadline=None)
    @given(st.lists(st.tuples(st.sampled_from(MoneySource.values), st.integers(-9_000, 9_000)), max_size=12))
    def test_adjusted_is_what_was_accepted(self, changes: list[tuple[str, int]]) -> None:
        project = begun()
        budget.set_initial(project, CURRENT, 10_000, by=wen())
        accepted = dict.fromkeys(MoneySource.values, 0) | {CURRENT.value: 10_000}
        for source, fen in changes:
            if fen != 0 and accepted[source] + fen >= 0:
                budget.adjust(project, source, fen, PAPER, by=wen())
                accepted[source] += fen
            else:
                with pytest.raises(PlanError):
                    budget.adjust(project, source, fen, PAPER, by=wen())
        assert {one: budget.execution_of(project, one).adjusted for one in accepted} == accepted
        assert min(accepted.values()) >= 0
        assert budget.execution_of(project).adjusted == sum(accepted.values())
