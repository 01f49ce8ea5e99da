"""Contracts and cancelled activities are tied to projects: alarms, change requests, formulas of one's own contracts."""

from __future__ import annotations

import datetime as dt

import pytest

from yuqiao.accounts.models import JournalEntry
from yuqiao.contracts.models import Acceptance, Contract, Deliverable, HandIn, Supplier
from yuqiao.evaluation import formulas, linking
from yuqiao.evaluation.models import Adjustment, Cancellation, ProjectContract, Stage, Strand
from yuqiao.evaluation.plan_rules import PlanError
from yuqiao.evaluation.tests.world import indicator, project
from yuqiao.lib import clock
from yuqiao.outreach import services as outreach
from yuqiao.outreach.models import Activity
from yuqiao.outreach.rules import OutreachError

pytestmark = [pytest.mark.database, pytest.mark.django_db]
D = dt.date


def contract(number: str, signed_on: dt.date | None = None) -> Contract:
    supplier, _ = Supplier.objects.get_or_create(name_zh="公司")
    return Contract.objects.create(
        number=number,
        subject="标识监测",
        supplier=supplier,
        procurement="three_quotes",
        amount_fen=1,
        signed_on=signed_on,
        begins_on=D(2023, 1, 1),
        ends_on=D(2023, 12, 31),
    )


def test_s75_the_contract_that_was_signed_after_the_campaigns_deadline() -> None:
    of = project()
    signs = Strand.objects.create(project=of, position=1, name="标识监测")
    calls = Strand.objects.create(project=of, position=2, name="多语言服务")
    indicator(of, "entered", name="7月底前完成一次线下纠错", deadline=D(2023, 7, 31), strand=signs)
    late, timely = contract("HT-1", D(2023, 8, 25)), contract("HT-2", D(2023, 1, 10))
    linking.link_contract(of, late, by=None, strand=signs)
    linking.link_contract(of, timely, by=None)
    found = linking.contract_alarms(of, D(2023, 9, 1))
    assert [(one.contract, one.alarm.days) for one in found] == [(late, -25)]
    linking.link_contract(of, late, by=None, strand=calls)
    assert linking.contract_alarms(of, D(2023, 9, 1)) == []
    linking.unlink_contract(of, late, by=None)
    assert ProjectContract.objects.get().contract == timely
    other = project("other")
    with pytest.raises(PlanError):
        linking.link_contract(other, late, by=None, strand=signs)


def test_s70_a_cancelled_activity_names_its_indicator_and_the_money() -> None:
    of = project()
    wanted = indicator(of, "outreach:themed", name="组织线下主题活动")
    event = outreach.plan("themed", "主题活动", D(2023, 11, 1), by=None)
    money = Adjustment.objects.create(
        project=of, source="current", amount_fen=-100, reason="取消", approval="批复", decided_on=D(2023, 10, 1),
        entered_at=clock.now(),
    )  # fmt: skip
    with pytest.raises(OutreachError):
        linking.cancel_activity(event, "", of, by=None)
    with pytest.raises(PlanError):
        linking.cancel_activity(event, "调整", project("other"), by=None, indicator=wanted)
    made = linking.cancel_activity(event, "宣传方式调整", of, by=None, indicator=wanted, adjustment=money)
    assert (made.indicator, made.adjustment, made.reason) == (wanted, money, "宣传方式调整")
    assert Activity.objects.get().state == "cancelled"
    assert Cancellation.objects.count() == 1
    assert JournalEntry.objects.filter(action="project.cancellation").count() == 1
    assert formulas.measure(wanted, clock.now()).value == 0


def test_nothing_is_cancelled_for_a_project_that_is_locked() -> None:
    of = project()
    of.stage = Stage.LOCKED
    of.save()
    event = outreach.plan("themed", "主题活动", D(2023, 11, 1), by=None)
    with pytest.raises(PlanError):
        linking.cancel_activity(event, "调整", of, by=None)
    assert Activity.objects.get().state == "planned"


def test_a_project_can_ask_for_its_own_contracts_alone_and_withdrawn_entries_do_not_count() -> None:
    of, other = project(), project("other")
    own, foreign = contract("HT-1"), contract("HT-2")
    linking.link_contract(of, own, by=None)
    for one in (own, foreign):
        asked = Deliverable.objects.create(contract=one, kind="summary", title="总结", due_on=D(2023, 7, 31))
        wrong = HandIn.objects.create(
            deliverable=asked, version=1, handed_in_on=D(2023, 1, 1), withdrawn_at=clock.now()
        )  # fmt: skip
        HandIn.objects.create(deliverable=asked, version=2, handed_in_on=D(2023, 8, 1))
        Acceptance.objects.create(contract=one, stage="中期", item="项", accepted_on=wrong.handed_in_on, passed=True)
        Acceptance.objects.create(
            contract=one, stage="中期", item="项", accepted_on=D(2023, 9, 1), passed=False, withdrawn_at=clock.now()
        )  # fmt: skip
    now = clock.now()
    handed = formulas.measure(indicator(of, "contracts:handed_in?contract=own"), now)
    assert (handed.numerator, handed.first_on) == (1, D(2023, 8, 1))
    assert "只计合同“本项目”" in handed.definition
    assert formulas.rows(indicator(of, "contracts:handed_in?contract=own")).get().contract == own
    assert formulas.measure(indicator(of, "contracts:handed_in"), now).numerator == 2
    assert formulas.measure(indicator(other, "contracts:handed_in?contract=own"), now).numerator == 0
    accepted = formulas.measure(indicator(of, "contracts:acceptance?contract=own,HT-2", unit="%"), now)
    assert (accepted.numerator, accepted.denominator) == (2, 2)
    on_time = formulas.measure(indicator(of, "contracts:on_time?contract=own", unit="%"), now)
    assert (on_time.numerator, on_time.denominator) == (0, 1)
