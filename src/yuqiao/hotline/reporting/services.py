"""Writing and signing reports (S50): remarks are rows, signing freezes the content; each act is journaled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from yuqiao.accounts.models import Person
from yuqiao.accounts.services import record
from yuqiao.documents.blocks import Block, Document, as_data, from_data
from yuqiao.hotline.figures.catalogue import BY_CODE
from yuqiao.hotline.figures.period import Period, period
from yuqiao.hotline.figures.printed import value_of
from yuqiao.hotline.figures.report import Counted
from yuqiao.hotline.models import Report, ReportRemark
from yuqiao.hotline.reporting import content
from yuqiao.hotline.reporting.sentences import period_name
from yuqiao.lib import clock

LONGEST_REMARK = 4000


class ReportError(ValueError):
    """A report cannot be written or signed as asked; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def of_period(code: str) -> Period:
    """Return the period of a report: a year or half a year; ReportError for anything else."""
    try:
        found = period(code)
    except ValueError as error:
        raise ReportError("period") from error
    if found.months < 6:
        raise ReportError("period")
    return found


def begin(code: str, *, by: Person) -> Report:
    """Begin the report of a period, or return the one there is; journaled."""
    found = of_period(code)
    if found.since > clock.now():
        raise ReportError("period")
    with transaction.atomic():
        report, made = Report.objects.get_or_create(
            period=found.code, defaults={"begun_at": clock.now(), "begun_by": by}
        )
        if made:
            record(by, "report.begin", report, {"period": found.code})
    return report


def remark(report: Report, section: str, text: str, *, by: Person) -> None:
    """Write an author's remarks to a section, in place of earlier ones; journaled. Not after it was signed."""
    if section not in content.SECTIONS or len(text) > LONGEST_REMARK:
        raise ReportError("remark")
    with transaction.atomic():
        if Report.objects.select_for_update().get(pk=report.pk).signed_at is not None:
            raise ReportError("signed")
        ReportRemark.objects.create(
            report=report, section=section, text=text.strip(), written_at=clock.now(), written_by=by
        )
        record(by, "report.remark", report, {"section": section})


def remarks_of(report: Report) -> dict[str, str]:
    """Return the newest remarks of each section."""
    return dict(report.remarks.order_by("id").values_list("section", "text"))


def sign(report: Report, *, by: Person) -> None:
    """Freeze a report of a period that is over: content, figures, time, definitions' version. Journaled."""
    of = period(report.period)
    if of.until > clock.now():
        raise ReportError("not_over")
    found = content.facts(of)
    blocks = content.blocks(found, remarks_of(report))
    with transaction.atomic():
        unsigned = Report.objects.filter(pk=report.pk, signed_at=None)
        signed = unsigned.update(
            signed_at=clock.now(),
            signed_by=by,
            definitions=content.definitions_digest(),
            values=content.values(found),
            content=as_data(blocks),
        )
        if not signed:
            raise ReportError("signed")
        record(by, "report.sign", report, {"period": report.period})


def document(report: Report) -> Document:
    """Return the report as a document: as it was signed, or as it is now."""
    title = f"{period_name(report.period)}多语种热线统计与工作总结"
    if report.signed_at is None:
        now = clock.now()
        return Document(title, f"草稿，数据截至 {_moment(now)}", now, current(report))
    subtitle = f"{report.signed_by} 签发，{_moment(report.signed_at)}"
    return Document(title, subtitle, report.signed_at, from_data(report.content))


def current(report: Report) -> tuple[Block, ...]:
    """Return what the report says as of now."""
    return content.blocks(content.facts(period(report.period)), remarks_of(report))


def _moment(at: dt.datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure whose rows, or whose definition, changed since a report was signed."""

    name: str
    signed: str
    now: str


def differences(report: Report) -> list[Difference]:
    """Return what the rows say differently now; a figure that did not exist then is passed over."""
    if report.signed_at is None:
        return []
    now = content.facts(period(report.period)).this
    kept: Mapping[str, list[int | None]] = report.values
    pairs = [(_restored(code, kept[code]), one) for code, one in now.items() if code in kept]
    return [
        Difference(one.figure.zh, _said(then), _said(one))
        for then, one in pairs
        if (then.numerator, then.denominator, then.time_ms) != (one.numerator, one.denominator, one.time_ms)
    ]


def _restored(code: str, kept: list[int | None]) -> Counted:
    numerator, denominator, time_ms = kept
    return Counted(BY_CODE[code], numerator or 0, denominator or 0, time_ms)


def _said(counted: Counted) -> str:
    return f"{value_of(counted)}（{counted.numerator}/{counted.denominator}）"
