"""The auditor's page: anybody's form in, findings out, nothing kept; and a project's documents to take away."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from docx import Document
from openpyxl import load_workbook

from yuqiao.accounts.models import Department, JournalEntry, Role
from yuqiao.evaluation.models import BudgetLine, Entered, Evidence, EvidenceFor, Indicator, Payment, Project
from yuqiao.lib.clock import now
from yuqiao.web.console.tests import cast

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def qian(client: Client) -> Client:
    client.force_login(cast.person("qian", Role.AUDITOR))
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def project(db: None) -> Project:
    office = Department.objects.create(code="fao", name_zh="市外办", name_en="FAO")
    made = Project.objects.create(
        code="p23",
        year=2023,
        name="语言环境",
        department=office,
        unit=office,
        manager_phone="010-6519",
        scheme="beijing",
        created_at=now(),
    )
    BudgetLine.objects.create(project=made, source="current", initial_fen=100_000_000)
    Payment.objects.create(project=made, amount_fen=90_000_000, paid_on="2023-05-01", payee="甲", entered_at=now())
    levels = (("产出指标", "提交总结", 60), ("效益指标", "服务渠道便捷", 20), ("满意度指标", "服务满意", 10))
    for place, (level, name, weight) in enumerate(levels, 1):
        one = Indicator.objects.create(
            project=made, position=place, level1=level, level2="其他", name=name, operator="是", weight=Decimal(weight)
        )
        Entered.objects.create(indicator=one, done="done", done_on="2023-07-01", entered_at=now())
    paper = Evidence.objects.create(
        project=made,
        kind="work_summary",
        title="上半年总结",
        happened_on=dt.date(2023, 7, 1),
        received_on=dt.date(2023, 7, 1),
        entered_at=now(),
    )
    EvidenceFor.objects.create(indicator=made.indicators.get(name="提交总结"), evidence=paper)
    return made


def get(client: Client, project: Project, copy: str, kind: str) -> bytes:
    response = client.get(f"/projects/{project.pk}/documents/self-evaluation/{copy}.{kind}")
    assert response.status_code == 200
    assert f'filename="self-evaluation-p23-{copy}.{kind}"' in response["Content-Disposition"]
    return response.content


def test_our_own_form_is_sound_and_a_changed_digit_is_found(qian: Client, project: Project) -> None:
    book = load_workbook(BytesIO(get(qian, project, "public", "xlsx")))
    before = (Project.objects.count(), JournalEntry.objects.count())
    kept = BytesIO()
    book.save(kept)
    said = qian.post("/audit-form/", {"file": SimpleUploadedFile("表.xlsx", kept.getvalue()), "scheme": "beijing"})
    text = said.content.decode()
    assert said.status_code == 200
    assert 'data-weight="error"' not in text
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    points = [cell for cell in cells if str(cell.value) in {"60", "60.0", "60.00"}]
    points[-1].value = 50
    kept = BytesIO()
    book.save(kept)
    text = qian.post("/audit-form/", {"file": SimpleUploadedFile("表.xlsx", kept.getvalue())}).content.decode()
    assert 'data-weight="error"' in text
    assert "提交总结" in text.split('id="findings"')[1].split("</section>")[0]
    assert before == (Project.objects.count(), JournalEntry.objects.count()), "nothing is kept"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("leer.docx", b" ", "the file is empty"),
        ("bild.pdf", b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "rename it"),
        ("x.txt", "没有表格".encode(), "no indicators"),
    ],
)
def test_a_file_that_is_no_form_is_refused_with_what_to_mend(
    qian: Client, name: str, content: bytes, said: str
) -> None:
    response = qian.post("/audit-form/", {"file": SimpleUploadedFile(name, content)})
    assert response.status_code == 422
    assert said in response.content.decode()


def test_nothing_handed_in_is_said_and_markup_stays_text(qian: Client) -> None:
    response = qian.post("/audit-form/", {"text": "<script>alert(1)</script>"})
    assert response.status_code == 422
    assert "<script>alert" not in response.content.decode()


def test_copies_differ_in_what_is_for_the_office_alone(qian: Client, project: Project) -> None:
    public = Document(BytesIO(get(qian, project, "public", "docx")))
    cells = {cell.text for table in public.tables for row in table.rows for cell in row.cells}
    assert {"语言环境", "提交总结", "是"} <= cells
    assert not any("010-6519" in one for one in cells)
    internal = Document(BytesIO(get(qian, project, "internal", "docx")))
    cells = {cell.text for table in internal.tables for row in table.rows for cell in row.cells}
    assert any("上半年总结" in one for one in cells)
    assert get(qian, project, "public", "pdf").startswith(b"%PDF-")


def test_the_plan_and_the_statistics_can_be_taken_away_too(qian: Client, project: Project) -> None:
    text = qian.get(f"/projects/{project.pk}/documents/").content.decode()
    assert "项目支出绩效目标申报表" in text
    assert "全年电话翻译服务数据统计" not in text, "no indicator of this project counts calls"
    Indicator.objects.filter(name="提交总结").update(formula="hotline:calls", operator="≥", amount=1)
    assert "全年电话翻译服务数据统计" in qian.get(f"/projects/{project.pk}/documents/").content.decode()
    for code in ("report", "plan", "statistics-half-year", "statistics-year"):
        assert qian.get(f"/projects/{project.pk}/documents/{code}/public.pdf").content.startswith(b"%PDF-")


def test_other_addresses_are_not_found_and_others_are_not_let_in(qian: Client, project: Project) -> None:
    for tail in ("self-evaluation/public.exe", "self-evaluation/secret.pdf", "other/public.pdf"):
        assert qian.get(f"/projects/{project.pk}/documents/{tail}").status_code == 404
    clerk = Client()
    clerk.force_login(cast.person("zheng", Role.CLERK))
    for path in ("/audit-form/", f"/projects/{project.pk}/documents/"):
        assert clerk.get(path).status_code == 403
    supervisor = Client()
    supervisor.force_login(cast.person("zhou", Role.SUPERVISOR))
    assert supervisor.get("/audit-form/").status_code == 403
    assert supervisor.get(f"/projects/{project.pk}/documents/").status_code == 200


def test_every_offered_document_can_be_had_in_every_kind(qian: Client, project: Project) -> None:
    page = qian.get(f"/projects/{project.pk}/documents/").content.decode()
    for code in ("self-evaluation", "report", "plan"):
        for tail in ("public.docx", "internal.pdf", "public.xlsx"):
            url = f"/projects/{project.pk}/documents/{code}/{tail}"
            assert url in page
            response = qian.get(url)
            assert response.status_code == 200, url
            assert len(response.content) > 1000
