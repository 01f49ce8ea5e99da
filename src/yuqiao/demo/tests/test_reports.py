"""The half-year and year report: it says what rows say, authors add remarks, and once signed it stays as it was."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from yuqiao.accounts.models import JournalEntry, Person
from yuqiao.demo.history import calls_of
from yuqiao.demo.history_rows import write
from yuqiao.documents.blocks import Block, Heading, Paragraph, Table
from yuqiao.hotline.figures.catalogue import FIGURES
from yuqiao.hotline.models import Call, Report, Violation
from yuqiao.hotline.reporting import content, services
from yuqiao.hotline.reporting.sentences import period_name
from yuqiao.hotline.tests.rows import interpreter, line

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def mei(db: None) -> Person:
    return Person.objects.create(username="mei", display_name="梅主任")


@pytest.fixture
def two_years(db: None) -> None:
    """The calls of Guangzhou's two years, generated (S37)."""
    line()
    interpreter("1", tier="remote")
    interpreter("2")
    for year, count in ((2020, 5187), (2021, 6191)):
        write(calls_of(year, count, ["12345"], "960169", 1))


def text_of(blocks: tuple[Block, ...]) -> str:
    said: list[str] = []
    for one in blocks:
        if isinstance(one, Table):
            said += [" ".join(row) for row in (one.head, *one.rows)]
        elif isinstance(one, Heading | Paragraph):
            said.append(one.text)
    return "\n".join(said)


def table(blocks: tuple[Block, ...], caption: str) -> Table:
    return next(one for one in blocks if isinstance(one, Table) and one.caption == caption)


@pytest.mark.usefixtures("two_years")
def test_it_says_what_the_rows_say(mei: Person) -> None:
    report = services.begin("2021", by=mei)
    document = services.document(report)
    assert document.title == "2021 年多语种热线统计与工作总结"
    assert document.subtitle.startswith("草稿")
    text = text_of(document.blocks)
    assert "来电总量 6191 通，上年同期 5187 通，增加 1004 通（+19.36%）。" in text
    assert [one.text for one in document.blocks if isinstance(one, Heading)] == list(content.SECTIONS.values())
    months = table(document.blocks, "按月份")
    assert len(months.rows) == 12
    assert sum(int(row[1]) for row in months.rows) == 6191
    assert sum(int(row[3]) for row in months.rows) == 5187
    for caption in ("按语种", "按线路"):
        assert sum(int(row[1]) for row in table(document.blocks, caption).rows) == 6191
    assert len(table(document.blocks, "指标定义与分子分母").rows) == len(FIGURES)
    assert "非计划中断 0 次。" in text


@pytest.mark.usefixtures("two_years")
def test_a_signed_one_stays_while_rows_change_and_the_difference_is_told(mei: Person) -> None:
    report = services.begin("2021H1", by=mei)
    services.remark(report, "summary", "第一段\n\n第二段", by=mei)
    services.remark(report, "summary", "加强小语种备勤", by=mei)
    services.sign(report, by=mei)
    report.refresh_from_db()
    signed = services.document(report)
    assert Paragraph("加强小语种备勤") in signed.blocks
    assert "第一段" not in text_of(signed.blocks)
    assert "梅主任 签发" in signed.subtitle
    assert services.differences(report) == []
    began = dt.datetime(2021, 3, 1, tzinfo=dt.UTC)
    call = Call.objects.create(dialled="1", language="en", started_at=began, way_in="direct", ended_at=began)
    Violation.objects.create(
        kind="rude", state="confirmed", interpreter=interpreter("3"), call=call, happened_at=began, proposed_at=began
    )
    assert services.document(report) == signed
    told = {one.name: (one.signed, one.now) for one in services.differences(report)}
    assert told["违规接听电话"] == ("0（0/0）", "1（1/1）")
    calls = next(one for code, one in report.values.items() if code == "calls")[0]
    assert told["来电总量"] == (f"{calls}（{calls}/{calls}）", f"{calls + 1}（{calls + 1}/{calls + 1}）")
    with pytest.raises(services.ReportError, match="signed"):
        services.remark(report, "summary", "late", by=mei)
    with pytest.raises(services.ReportError, match="signed"):
        services.sign(report, by=mei)
    acts = ["report.begin", "report.remark", "report.remark", "report.sign"]
    assert list(JournalEntry.objects.values_list("action", flat=True)) == acts


def test_nonsense_is_refused(mei: Person) -> None:
    for code in ("2021-03", "2199", "soon", ""):
        with pytest.raises(services.ReportError, match="period"):
            services.begin(code, by=mei)
    this_year = f"{timezone.localdate():%Y}"
    report = services.begin(this_year, by=mei)
    assert services.begin(this_year, by=mei) == report
    with pytest.raises(services.ReportError, match="not_over"):
        services.sign(report, by=mei)
    for section, text in (("nowhere", "x"), ("summary", "x" * 4001)):
        with pytest.raises(services.ReportError, match="remark"):
            services.remark(report, section, text, by=mei)
    assert Report.objects.get().remarks.count() == 0


@pytest.mark.parametrize(
    ("code", "name"), [("2021", "2021 年"), ("2021H1", "2021 年上半年"), ("2021H2", "2021 年下半年")]
)
def test_periods_have_names(code: str, name: str) -> None:
    assert period_name(code) == name


def test_an_empty_period_says_so(mei: Person) -> None:
    text = text_of(services.document(services.begin("2020H2", by=mei)).blocks)
    assert "2020 年下半年，来电总量 0 通，上年同期无记录。" in text
    assert "译员接通率：期内无可计入的记录。" in text
    assert "话务平台可用率：期内无记录。" in text
