"""The pages of reports: begun, written to, signed by who may, taken away as files, and read by auditors."""

from __future__ import annotations

import io

import docx
import pytest
from django.test import Client
from openpyxl import load_workbook
from pypdf import PdfReader

from yuqiao.accounts.models import Role
from yuqiao.documents import pdf
from yuqiao.hotline.models import Report
from yuqiao.web.console.tests import cast

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def wu(client: Client) -> Client:
    client.force_login(cast.person("wu", Role.PROJECT_MANAGER))
    return client


def page(client: Client, path: str) -> str:
    response = client.get(path, headers={"accept-language": "en"})
    assert response.status_code == 200
    return response.content.decode()


def test_begun_written_to_signed_and_taken_away(wu: Client) -> None:
    assert wu.post("/reports/begin/", {"period": "2025H1"}).headers["Location"] == "/reports/2025H1/"
    wu.post("/reports/2025H1/remark/", {"section": "summary", "text": "<b>下半年增加阿语备勤"})
    text = page(wu, "/reports/2025H1/")
    assert "&lt;b&gt;下半年增加阿语备勤" in text
    assert "2025 年上半年多语种热线统计与工作总结" in text
    wu.post("/reports/2025H1/sign/")
    assert Report.objects.get().signed_at is not None
    text = page(wu, "/reports/2025H1/")
    assert "Remarks…" not in text
    assert "签发" in text
    word = wu.get("/reports/2025H1/report.docx")
    assert word.headers["Content-Disposition"] == 'attachment; filename="report-2025H1.docx"'
    assert any("阿语" in one.text for one in docx.Document(io.BytesIO(word.content)).paragraphs)
    assert word.content == wu.get("/reports/2025H1/report.docx").content
    book = load_workbook(io.BytesIO(wu.get("/reports/2025H1/report.xlsx").content))
    assert "按月份" in book.sheetnames
    printed = wu.get("/reports/2025H1/report.pdf")
    assert printed.headers["Content-Type"] == "application/pdf"
    assert "下半年增加阿语备勤" in "".join(one.extract_text() for one in PdfReader(io.BytesIO(printed.content)).pages)
    assert "2025H1" in page(wu, "/reports/")


def test_who_may_do_what(client: Client) -> None:
    client.force_login(cast.person("zhou", Role.SUPERVISOR))
    client.post("/reports/begin/", {"period": "2024"})
    assert client.post("/reports/2024/sign/").status_code == 403
    client.force_login(cast.person("auditor", Role.AUDITOR))
    assert "Begin a report" not in page(client, "/reports/")
    assert "Remarks…" not in page(client, "/reports/2024/")
    assert client.post("/reports/2024/remark/", {"section": "summary", "text": "x"}).status_code == 403
    client.force_login(cast.person("agent", Role.AGENT))
    for path in ("/reports/", "/reports/2024/", "/reports/2024/report.docx"):
        assert client.get(path).status_code == 403


def test_what_does_not_exist(wu: Client) -> None:
    assert wu.get("/reports/2023/").status_code == 404
    said = wu.post("/reports/begin/", {"period": "2023-01"}, follow=True, headers={"accept-language": "en"})
    assert "A report is of a year" in said.content.decode()
    wu.post("/reports/begin/", {"period": "2023"})
    assert wu.get("/reports/2023/report.odt").status_code == 404


def test_a_server_without_a_chinese_font_says_so_instead_of_printing_squares(
    wu: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "WITH_SERIFS", ())
    monkeypatch.setattr(pdf, "WITHOUT_SERIFS", ())
    wu.post("/reports/begin/", {"period": "2025H1"})
    found = wu.get("/reports/2025H1/report.pdf", follow=True)
    assert found.redirect_chain == [("/reports/2025H1/", 302)]
    assert "deploy/packages run" in found.content.decode()
