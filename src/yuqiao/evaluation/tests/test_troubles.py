"""What went wrong by the registers: it withholds claims; the calendar knows the contracts (S70, S75, S80, S127)."""

from __future__ import annotations

import datetime as dt

import pytest

from yuqiao.contracts.models import Acceptance, Contract, Deliverable, HandIn, Supplier
from yuqiao.evaluation import linking, reminding, reporting
from yuqiao.evaluation.assembling import assemble
from yuqiao.evaluation.models import Payment, Project, Stage
from yuqiao.evaluation.tests.planned import wen
from yuqiao.evaluation.tests.world import indicator, project
from yuqiao.evaluation.troubles import troubles_of
from yuqiao.lib import clock
from yuqiao.outreach.models import Activity

pytestmark = [pytest.mark.database, pytest.mark.django_db]
MAY, JULY = dt.date(2023, 5, 5), dt.date(2023, 7, 31)


@pytest.fixture
def made() -> Project:
    return project()


@pytest.fixture
def contract(made: Project) -> Contract:
    """A contract that the project pays."""
    found = Contract.objects.create(
        number="C1",
        subject="服务",
        supplier=Supplier.objects.create(name_zh="甲"),
        procurement="directed",
        amount_fen=1,
        signed_on=MAY,
        begins_on=MAY,
        ends_on=dt.date(2023, 10, 31),
    )
    Payment.objects.create(project=made, contract=found, amount_fen=1, paid_on=MAY, payee="甲", entered_at=clock.now())
    return found


def test_s127_the_first_hand_in_counts(made: Project, contract: Contract) -> None:
    asked = Deliverable.objects.create(contract=contract, kind="summary", title="半年总结", due_on=JULY)
    HandIn.objects.create(deliverable=asked, version=1, handed_in_on=dt.date(2023, 7, 30))
    HandIn.objects.create(deliverable=asked, version=2, handed_in_on=dt.date(2023, 11, 30))
    assert troubles_of(made) == ()
    HandIn.objects.filter(version=1).update(withdrawn_at=clock.now())
    assert troubles_of(made) == ("《半年总结》应于2023-07-31提交，首次提交2023-11-30",)


def test_a_failed_item_counts_until_it_passes(made: Project, contract: Contract) -> None:
    Acceptance.objects.create(contract=contract, stage="上半年", item="译文", accepted_on=MAY, passed=False)
    assert troubles_of(made) == ("上半年“译文”验收不合格",)
    Acceptance.objects.create(contract=contract, stage="上半年", item="译文", accepted_on=JULY, passed=True)
    assert troubles_of(made) == ()


def test_s75_a_contract_signed_after_a_deadline_and_s70_a_cancelled_event(made: Project, contract: Contract) -> None:
    one = indicator(made, "count:feedback_sheet", name="线下纠错", deadline=JULY)
    linking.link_contract(made, contract, by=wen())
    assert troubles_of(made) == (), "signed in May"
    Contract.objects.update(signed_on=dt.date(2023, 9, 1))
    event = Activity.objects.create(kind="themed", title="线下主题活动", planned_on=MAY)
    linking.cancel_activity(event, "宣传方式调整。", made, by=wen(), indicator=one)
    assert troubles_of(made) == (
        "合同C1：合同签订已晚于“线下纠错”的完成期限2023-07-31（晚32天）",
        "“线下主题活动”已取消：宣传方式调整",
    )
    verdicts = {one.claim.code: one for one in reporting.verdicts_of(made, assemble(made, clock.now()))}
    assert not verdicts["all_on_time"].printed


def test_the_calendar_knows_the_contracts_that_are_paid(made: Project, contract: Contract) -> None:
    Project.objects.update(stage=Stage.RUNNING)
    reminding.do_due(dt.datetime(2023, 10, 25, tzinfo=dt.UTC))
    texts = [text for one, text in reminding.open_reminders(made) if one.kind == "contract:soon"]
    assert texts == ["合同C1将于2023年10月31日到期。"]
