"""The two statistics summaries of a year (S90): the hotline's report as the project's document, a draft till signed."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from yuqiao.accounts.models import Person
from yuqiao.documents.blocks import Document, Heading, Table
from yuqiao.documents.formats import FORMATS
from yuqiao.documents.forms import Form
from yuqiao.evaluation.printing.statistics import periods, statistics_summary
from yuqiao.evaluation.printing.tests.year import AT, HEADER
from yuqiao.hotline.reporting import services
from yuqiao.hotline.reporting.content import SECTIONS

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def text_of(document: Document) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(FORMATS["pdf"].write(document))).pages)


def test_a_year_has_two_of_them() -> None:
    assert periods(2023) == ("2023H1", "2023")
    made = [statistics_summary(HEADER, code, AT) for code in periods(2023)]
    assert [one.title for one in made] == [
        "2023 年上半年电话翻译服务数据统计情况和翻译服务工作总结",
        "2023 年电话翻译服务数据统计情况和翻译服务工作总结",
    ]


def test_it_says_whose_it_is_has_all_sections_and_room_to_sign() -> None:
    made = statistics_summary(HEADER, "2023H1", AT)
    assert [one.text for one in made.blocks if isinstance(one, Heading)] == list(SECTIONS.values())
    assert any(isinstance(one, Table) and one.caption == "指标定义与分子分母" for one in made.blocks), "S124"
    assert isinstance(made.blocks[0], Form)
    text = text_of(made)
    for said in (
        "国际语言环境建设服务",
        "主管主任：",
        "项目部门负责人：",
        "草稿，数据截至2024年1月10日 12:00",
        "来电总量",
    ):
        assert said in text


def test_a_signed_report_is_printed_as_it_was_signed() -> None:
    mei = Person.objects.create(username="mei", display_name="梅主任")
    report = services.begin("2023H1", by=mei)
    services.remark(report, "summary", "下半年增加阿语备勤。", by=mei)
    before = statistics_summary(HEADER, "2023H1", AT)
    assert "下半年增加阿语备勤。" in text_of(before)
    assert before.page.mark == "草稿"
    services.sign(report, by=mei)
    signed = statistics_summary(HEADER, "2023H1", AT)
    assert signed.page.mark == ""
    assert signed.subtitle.startswith("梅主任 签发")
    assert FORMATS["docx"].write(signed) == FORMATS["docx"].write(statistics_summary(HEADER, "2023H1", AT))


def test_a_month_is_no_period_of_a_summary() -> None:
    with pytest.raises(services.ReportError):
        statistics_summary(HEADER, "2023-05", AT)
