"""Files of a contract are given out by it alone; a refused form leaves none; a cancellation names the money."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from yuqiao.accounts.models import Department, JournalEntry, Role
from yuqiao.contracts.models import Contract, HandIn, Paper, Supplier
from yuqiao.evaluation.models import Cancellation, Indicator, Project, StoredFile
from yuqiao.lib.clock import now
from yuqiao.outreach.models import Activity
from yuqiao.web.console.tests import cast

pytestmark = [pytest.mark.database, pytest.mark.django_db]
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"


@pytest.fixture
def zhao(client: Client) -> Client:
    client.force_login(cast.person("zhao", Role.PROJECT_MANAGER))
    return client


def contract(number: str) -> Contract:
    supplier, _ = Supplier.objects.get_or_create(name_zh="监测公司")
    return Contract.objects.create(
        number=number,
        subject="标识监测",
        supplier=supplier,
        procurement="directed",
        amount_fen=9_000_000,
        begins_on=dt.date(2023, 3, 1),
        ends_on=dt.date(2023, 12, 31),
    )


def test_a_file_is_given_out_by_the_contract_it_belongs_to(zhao: Client) -> None:
    own, other = contract("HT-1"), contract("HT-2")
    asked = own.deliverables.create(kind="work_summary", title="半年总结")
    form = {"ask": "hand_in", "deliverable": asked.pk, "handed_in_on": "2023-07-20"}
    assert zhao.post(f"/contracts/{own.pk}/", {**form, "file": SimpleUploadedFile("总结.pdf", PDF)}).status_code == 302
    row = HandIn.objects.get()
    path = f"/contracts/{own.pk}/files/{row.sha256}"
    assert path in zhao.get(f"/contracts/{own.pk}/").content.decode()
    given = zhao.get(path)
    assert given.getvalue() == PDF
    assert given["X-Content-Type-Options"] == "nosniff"
    assert JournalEntry.objects.filter(action="contract.download").count() == 1
    assert zhao.get(f"/contracts/{other.pk}/files/{row.sha256}").status_code == 404
    zhao.force_login(cast.person("interpreter", Role.INTERPRETER))
    assert zhao.get(path).status_code == 403


def test_what_is_refused_leaves_no_file(zhao: Client) -> None:
    own = contract("HT-1")
    asked = own.deliverables.create(kind="work_summary", title="半年总结")
    form = {"ask": "hand_in", "deliverable": asked.pk}
    late = {**form, "handed_in_on": "2099-01-01", "file": SimpleUploadedFile("总结.pdf", PDF + b"%1")}
    wrong = {**form, "handed_in_on": "2023-07-20", "file": SimpleUploadedFile("a.exe", b"MZ\x90\x00")}
    quote = {"ask": "paper", "kind": "quote", "title": "报价单", "dated_on": "2023-02-01", "party": ""}
    nameless = {**quote, "file": SimpleUploadedFile("报价.pdf", PDF + b"%2")}
    for one in (late, wrong, nameless):
        assert zhao.post(f"/contracts/{own.pk}/", one).status_code == 422
    assert not HandIn.objects.exists()
    assert not Paper.objects.exists()
    assert not StoredFile.objects.exists()


def test_s70_a_cancelled_event_names_the_money_adjusted_for_its_indicator(zhao: Client) -> None:
    office = Department.objects.create(code="fao", name_zh="市外办", name_en="FAO")
    project = Project.objects.create(
        code="p23", year=2023, name="语言环境", department=office, unit=office, scheme="beijing", stage="running",
        created_at=now(),
    )  # fmt: skip
    themed = Indicator.objects.create(
        project=project, position=1, level1="产出指标", level2="数量指标", name="组织线下主题活动", operator="＝",
        amount=Decimal(1), unit="次", weight=Decimal(3), formula="outreach:themed",
    )  # fmt: skip
    money = project.adjustments.create(
        source="current", amount_fen=-100, reason="活动取消", approval="批复", decided_on=dt.date(2023, 10, 1),
        indicator=themed, entered_at=now(),
    )  # fmt: skip
    event = Activity.objects.create(kind="themed", title="主题活动")
    form = {"ask": "cancel", "row": event.pk, "reason": "宣传方式调整", "indicator": themed.pk}
    assert zhao.post("/outreach/", form).status_code == 302
    assert Cancellation.objects.get().adjustment == money
