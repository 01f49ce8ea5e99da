"""What the checks say of a sample: its plan, its printed form, its words, its claims; and of the source itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from pathlib import Path

from yuqiao.evaluation.audit import audit
from yuqiao.evaluation.contradictions import checks
from yuqiao.evaluation.contradictions.finding import Finding as Contradiction
from yuqiao.evaluation.evidence_gaps import gaps
from yuqiao.evaluation.findings import Finding
from yuqiao.evaluation.form import Form, FundsRow, IndicatorRow
from yuqiao.evaluation.linking import contract_alarms
from yuqiao.evaluation.models import Project
from yuqiao.evaluation.passages import read_report
from yuqiao.evaluation.plan_findings import findings
from yuqiao.evaluation.readers.files import read_content
from yuqiao.evaluation.reporting import contradictions_of, verdicts_of
from yuqiao.evaluation.sheet import Sheet, in_ten_thousand
from yuqiao.samples.tables import City

SOURCES = Path(__file__).with_name("sources")


def text_of(city: City, project: Project, sheet: Sheet, form: bytes) -> str:
    """Return all findings as a person reads them; ``form`` is our own printed form, read again."""
    printed = [one for one in verdicts_of(project, sheet) if one.printed]
    withheld = [one for one in verdicts_of(project, sheet) if not one.printed]
    chapters = (
        ("一、源文的问题（按原样录入后检查）", _source(city, sheet)),
        ("二、目标申报的问题", (f"{one.where}：{one.sentence}{one.advice}" for one in findings(project, sheet.at))),
        ("三、本平台所印自评表的审核意见", _audited(audit(read_content(form, "form.docx"), sheet.scheme))),
        ("四、本平台所印文字前后矛盾之处", (_said(one.finding) for one in contradictions_of(project, sheet))),
        ("五、已印出的结论及依据", (f"{one.claim.sentence}：{one.why}" for one in printed)),
        ("六、未印出的结论及原因", (f"{one.claim.sentence}：{one.why}" for one in withheld)),
        ("七、缺少的佐证", (f"{one.name}：{one.zh}" for one in gaps(project))),
        ("八、签订晚于指标期限的合同", _late_contracts(project)),
    )
    return "\n".join(_chapter(title, lines) for title, lines in chapters)


def _late_contracts(project: Project) -> Iterator[str]:
    """Say which contracts were signed after the day by which they were to bring something (S75)."""
    found = contract_alarms(project, dt.date(project.year, 12, 31))
    return (f"{one.contract.number} {one.contract.subject}：{one.alarm.zh}" for one in found)


def _chapter(title: str, lines: Iterable[str]) -> str:
    found = list(dict.fromkeys(lines))
    head = f"{title}（{len(found)}项）" if found else f"{title}：没有"
    return "\n".join([head, *(f"  {number}. {one}" for number, one in enumerate(found, 1)), ""])


def _source(city: City, sheet: Sheet) -> Iterator[str]:
    """Say what is wrong with the source: its form, where it prints one with points; its text, where we have it."""
    if any(one.printed.points for one in city.planned):
        yield from _audited(audit(printed_form(city, sheet), sheet.scheme))
    path = SOURCES / f"{city.code}.txt"
    if path.exists():
        found = checks.check(tuple(read_report(path.read_text(encoding="utf-8"))))
        yield from (_said(one) for one in found)


def printed_form(city: City, sheet: Sheet) -> Form:
    """Return the source's form cell by cell, with its money, which ours has to the fen."""
    funds = []
    for money in sheet.money:
        amounts = [in_ten_thousand(one) for one in (money.initial_fen, money.adjusted_fen, money.executed_fen)]
        weight, rate, points = ("10.00", "99.62%", "9.96") if money.executed_fen is not None else ("—",) * 3
        initial, adjusted, executed = amounts
        funds.append(FundsRow(money.name, initial, adjusted, executed, weight, rate, points))
    rows = [
        IndicatorRow(one.level1, one.level2, one.name, one.target, one.actual, one.weight, one.points, one.remark)
        for one in (planned.printed for planned in city.planned)
    ]
    header = {"项目名称": city.name}
    return Form("项目支出绩效自评表", str(city.year), header, tuple(funds), tuple(rows), "100.00", "95.96")


def _audited(found: Iterable[Finding]) -> Iterator[str]:
    return (f"{one.weight.value}｜{one.where}：{one.sentence}" for one in found)


def _said(one: Contradiction) -> str:
    places = "；".join(f"“{place.quote}”（{place.title or '开头'}）" for place in (one.first, one.second) if place)
    return f"{one.sentence} 见{places}"
