"""Every document a project can be had as, in one list: what it is called and how it is made of rows. Reads only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from yuqiao.documents.blocks import Document
from yuqiao.evaluation import evidence_kinds
from yuqiao.evaluation.assembling import header_of
from yuqiao.evaluation.models import Evidence, EvidenceFor, Project
from yuqiao.evaluation.printing.annex import Paper
from yuqiao.evaluation.printing.copies import Copy
from yuqiao.evaluation.printing.plan import TITLE as PLAN
from yuqiao.evaluation.printing.plan import plan_form
from yuqiao.evaluation.printing.report import KIND, evaluation_report
from yuqiao.evaluation.printing.self_evaluation import TITLE as SELF_EVALUATION
from yuqiao.evaluation.printing.self_evaluation import self_evaluation
from yuqiao.evaluation.printing.statistics import periods, statistics_summary
from yuqiao.evaluation.process_rules import Stage
from yuqiao.evaluation.versions import SEALED, current, report_now

#: Papers named in an annex; thousands of pictures are counted by their indicator instead.
MOST_PAPERS = 500
#: What the formulas of a project begin with that the hotline serves.
HOTLINE = "hotline:"


@dataclass(frozen=True, slots=True)
class Offer:
    """A document that can be had: its code, what it is called, how it is made as of a moment, and for which project.

    ``make`` raises FreezingError if a sealed version was tampered with, FigureError if a text names no known figure.
    """

    code: str
    title: str
    make: Callable[[Project, Copy, dt.datetime], Document]
    fits: Callable[[Project], bool] = lambda _project: True


def papers_of(project: Project) -> list[Paper]:
    """Return the evidence that backs single indicators, as an annex names it."""
    found = EvidenceFor.objects.filter(indicator__project=project, evidence__withdrawn_at=None)
    links = found.select_related("evidence__file").order_by("indicator__position", "evidence__id")[:MOST_PAPERS]
    return [paper_of(one.evidence, one.indicator_id) for one in links]


def paper_of(piece: Evidence, indicator: int | None) -> Paper:
    """Return one piece of evidence as an annex names it."""
    digest = piece.file.sha256 if piece.file else ""
    kind = evidence_kinds.name_of(piece.kind)
    return Paper(piece.title, kind, piece.received_on, indicator, piece.serial, digest)


def is_draft(project: Project) -> bool:
    """Tell whether what is printed may still change: until a version is sealed for signing."""
    return Stage(project.stage) not in SEALED


def _annexed(project: Project, copy: Copy) -> list[Paper]:
    return papers_of(project) if copy is Copy.INTERNAL else []


def _form(project: Project, copy: Copy, at: dt.datetime) -> Document:
    sheet = current(project, at)
    return self_evaluation(sheet, copy, papers=_annexed(project, copy), draft=is_draft(project))


def _report(project: Project, copy: Copy, at: dt.datetime) -> Document:
    sheet = current(project, at)
    text = report_now(project, sheet)
    return evaluation_report(sheet, text, copy, papers=_annexed(project, copy), draft=is_draft(project))


def _plan(project: Project, copy: Copy, at: dt.datetime) -> Document:
    return plan_form(current(project, at), copy, draft=Stage(project.stage) is Stage.PLAN)


def _half_year(project: Project, copy: Copy, at: dt.datetime) -> Document:
    return statistics_summary(header_of(project), periods(project.year)[0], at, copy)


def _year(project: Project, copy: Copy, at: dt.datetime) -> Document:
    return statistics_summary(header_of(project), periods(project.year)[1], at, copy)


def counts_calls(project: Project) -> bool:
    """Tell whether any of a project's indicators counts what the hotline did."""
    return project.indicators.filter(formula__contains=HOTLINE).exists()


OFFERS: tuple[Offer, ...] = (
    Offer("self-evaluation", SELF_EVALUATION, _form),
    Offer("report", KIND, _report),
    Offer("plan", PLAN, _plan),
    Offer("statistics-half-year", "上半年电话翻译服务数据统计和工作总结", _half_year, counts_calls),
    Offer("statistics-year", "全年电话翻译服务数据统计和工作总结", _year, counts_calls),
)
BY_CODE = {one.code: one for one in OFFERS}
