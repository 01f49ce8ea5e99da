"""The two statistics summaries of a project's year (S90): the hotline's report of a period (S50), as the project's
document: whose it is, figures with their definitions, and the work summary its authors wrote. Reads only."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from yuqiao.documents.blocks import Document
from yuqiao.documents.forms import Form
from yuqiao.documents.style import FORM
from yuqiao.evaluation.printing.annex import moment
from yuqiao.evaluation.printing.cells import WIDTHS, signatures, who_and_what
from yuqiao.evaluation.printing.copies import Copy, page
from yuqiao.evaluation.printing.self_evaluation import SIGNED_BY
from yuqiao.evaluation.sheet import Header
from yuqiao.hotline.models import Report
from yuqiao.hotline.reporting import content, services
from yuqiao.hotline.reporting.sentences import period_name


def periods(year: int) -> tuple[str, str]:
    """Return the two periods a year is reported on: its first half, and all of it."""
    return f"{year}H1", f"{year}"


def statistics_summary(header: Header, code: str, at: dt.datetime, copy: Copy = Copy.PUBLIC) -> Document:
    """Return the summary of a period: a signed report as it was signed, else what rows say now, marked as a draft.

    ReportError for a period that is neither a year nor half a year.
    """
    of = services.of_period(code)
    report = Report.objects.select_related("signed_by").filter(period=of.code).first()
    signed = report is not None and report.signed_at is not None
    title = f"{period_name(of.code)}电话翻译服务数据统计情况和翻译服务工作总结"
    if report is not None and signed:
        made = services.document(report)
    else:
        remarks = services.remarks_of(report) if report is not None else {}
        blocks = content.blocks(content.facts(of), remarks)
        made = Document(title, f"草稿，数据截至{moment(at)}", at, blocks)
    around = Form(WIDTHS, (who_and_what(header, copy),))
    return replace(
        made,
        title=title,
        blocks=(around, *made.blocks, Form(WIDTHS, (signatures(*SIGNED_BY),))),
        style=FORM,
        page=page(copy, f"{header.name} {title}", draft=not signed),
    )
