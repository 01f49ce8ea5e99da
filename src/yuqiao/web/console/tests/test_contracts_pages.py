"""Contracts and outreach on their pages: registered, completed, withdrawn; others read and change nothing."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from yuqiao.accounts.models import Department, Role
from yuqiao.contracts.models import Contract, Supplier
from yuqiao.evaluation.models import Cancellation, Project
from yuqiao.lib.clock import now
from yuqiao.outreach.models import Activity, Honour, Video
from yuqiao.web.console.tests import cast

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def zhao(client: Client) -> Client:
    client.force_login(cast.person("zhao", Role.PROJECT_MANAGER))
    client.cookies["django_language"] = "en"
    return client


def today(back: int = 0) -> str:
    return (timezone.localdate(now()) - dt.timedelta(back)).isoformat()


@pytest.fixture
def contract(zhao: Client) -> Contract:
    zhao.post("/contracts/", {"ask": "supplier", "name": "外国语大学", "university": "on"})
    form = {
        "ask": "contract",
        "supplier": Supplier.objects.get().pk,
        "number": "HT-01",
        "subject": "电话翻译",
        "procurement": "three_quotes",
        "amount": "30万元",
        "begins_on": today(60),
        "ends_on": today(),
    }
    zhao.post("/contracts/", form)
    return Contract.objects.get()


def text(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_three_quotes_come_before_the_signature(zhao: Client, contract: Contract) -> None:
    here = f"/contracts/{contract.pk}/"
    assert "报价单有0份，需3份" in text(zhao, "/contracts/")
    said = zhao.post(here, {"ask": "sign", "signed_on": today(50)})
    assert said.status_code == 422
    for party in ("甲", "乙", "丙"):
        quote = {"ask": "paper", "kind": "quote", "title": "报价", "dated_on": today(55), "party": party}
        zhao.post(here, quote | {"amount": "30万元"})
    zhao.post(here, {"ask": "paper", "kind": "comparison", "title": "比价", "dated_on": today(54)})
    zhao.post(here, {"ask": "sign", "signed_on": today(50)})
    contract.refresh_from_db()
    assert contract.signed_on is not None
    assert 'value="change"' not in text(zhao, here), "a signed contract is not changed"


def test_hand_ins_and_acceptance_stand_before_a_payment(zhao: Client, contract: Contract) -> None:
    here = f"/contracts/{contract.pk}/"
    zhao.post(here, {"ask": "deliverable", "kind": "work_summary", "title": "半年总结", "due_on": today(20)})
    assert "半年总结" in text(zhao, here).split('id="obstacles"')[1].split("</ul>")[0]
    due = contract.deliverables.get()
    zhao.post(here, {"ask": "hand_in", "deliverable": due.pk, "handed_in_on": today(25), "note": "初稿"})
    zhao.post(here, {"ask": "hand_in", "deliverable": due.pk, "handed_in_on": today(10), "note": "修改"})
    assert [one.version for one in due.hand_ins.all()] == [1, 2]
    accept = {"ask": "accept", "stage": "半年", "item": "译文质量", "accepted_on": today(5), "passed": "no"}
    zhao.post(here, accept)
    assert "不合格" in text(zhao, here).split('id="acceptances"')[1]
    row = contract.acceptances.get()
    zhao.post(here, {"ask": "withdraw", "what": "acceptance", "row": row.pk, "reason": "录错"})
    row.refresh_from_db()
    assert row.withdrawn_at is not None


def test_activities_are_held_or_cancelled_with_a_reason(zhao: Client) -> None:
    plan = {"ask": "plan", "kind": "themed", "title": "主题活动", "planned_on": today(3)}
    zhao.post("/outreach/", plan)
    zhao.post("/outreach/", plan | {"title": "纠错活动", "kind": "field_campaign"})
    themed, field = Activity.objects.order_by("id")
    assert zhao.post("/outreach/", {"ask": "cancel", "row": themed.pk, "reason": " "}).status_code == 422
    zhao.post("/outreach/", {"ask": "cancel", "row": themed.pk, "reason": "场地取消"})
    zhao.post("/outreach/", {"ask": "hold", "row": field.pk, "on": today(1)})
    page = text(zhao, "/outreach/")
    assert "场地取消" in page
    assert Activity.objects.get(pk=field.pk).state == "done"


def test_videos_and_honours_are_entered_and_withdrawn(zhao: Client) -> None:
    zhao.post("/outreach/", {"ask": "video", "title": "就医篇", "made_on": today(9), "language": "en", "seconds": "60"})
    video = Video.objects.get()
    zhao.post("/outreach/", {"ask": "broadcast", "row": video.pk, "on": today(2), "link": "https://v.example/1"})
    zhao.post("/outreach/", {"ask": "honour", "title": "优秀案例", "awarded_by": "市政府", "awarded_on": today(4)})
    honour = Honour.objects.get()
    zhao.post("/outreach/", {"ask": "withdraw", "what": "honour", "row": honour.pk, "reason": "重复"})
    honour.refresh_from_db()
    video.refresh_from_db()
    assert honour.withdrawn_at is not None
    assert video.broadcast_on is not None
    assert "https://v.example/1" in text(zhao, "/outreach/")


def test_readers_read_and_rows_of_other_contracts_are_not_found(zhao: Client, contract: Contract) -> None:
    other = Contract.objects.create(
        number="HT-02",
        subject="其他",
        supplier=contract.supplier,
        procurement="entrusted",
        amount_fen=1,
        begins_on=today(5),
        ends_on=today(),
    )
    due = other.deliverables.create(kind="other", title="别的")
    form = {"ask": "hand_in", "deliverable": due.pk, "handed_in_on": today()}
    assert zhao.post(f"/contracts/{contract.pk}/", form).status_code == 404
    reader = Client()
    reader.force_login(cast.person("qian", Role.AUDITOR))
    for path in ("/contracts/", f"/contracts/{contract.pk}/", "/outreach/"):
        assert 'name="ask"' not in text(reader, path)
    assert reader.post("/contracts/", {"ask": "supplier", "name": "x"}).status_code == 403
    assert reader.post("/outreach/", {"ask": "plan"}).status_code == 403
    clerk = Client()
    clerk.force_login(cast.person("zheng", Role.CLERK))
    assert [clerk.get(path).status_code for path in ("/contracts/", "/outreach/")] == [403, 403]


def test_a_contract_signed_after_the_deadline_is_said_on_the_projects_pages(zhao: Client, contract: Contract) -> None:
    office = Department.objects.create(code="fao", name_zh="市外办", name_en="FAO")
    year = timezone.localdate(now()).year
    project = Project.objects.create(
        code="p", year=year, name="语言环境", department=office, unit=office, scheme="beijing", created_at=now()
    )
    one = project.indicators.create(
        position=1, level1="产出指标", level2="时效指标", name="半年验收", operator="是", weight=5, deadline=today(30)
    )
    Contract.objects.filter(pk=contract.pk).update(signed_on=today(10))
    here = f"/projects/{project.pk}/"
    zhao.post(f"{here}money/", {"ask": "tie", "contract": contract.pk})
    assert "已晚于“半年验收”的完成期限" in text(zhao, f"{here}money/")
    assert "已晚于“半年验收”的完成期限" in text(zhao, here)
    zhao.post(f"{here}money/", {"ask": "untie", "contract": contract.pk})
    assert "已晚于" not in text(zhao, here)
    zhao.post("/outreach/", {"ask": "plan", "kind": "themed", "title": "主题活动", "planned_on": today(3)})
    activity = Activity.objects.get()
    zhao.post("/outreach/", {"ask": "cancel", "row": activity.pk, "reason": "场地取消", "indicator": one.pk})
    assert Cancellation.objects.get().indicator == one
