"""Makes a sample's documents and lists, and says what was written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from yuqiao.documents.blocks import Document
from yuqiao.documents.docx import to_docx
from yuqiao.documents.pdf import to_pdf
from yuqiao.documents.xlsx import to_xlsx
from yuqiao.evaluation.models import Evidence, EvidenceFor, Project
from yuqiao.evaluation.printing.annex import Paper
from yuqiao.evaluation.printing.copies import Copy
from yuqiao.evaluation.printing.plan import plan_form
from yuqiao.evaluation.printing.report import evaluation_report
from yuqiao.evaluation.printing.self_evaluation import self_evaluation
from yuqiao.evaluation.printing.statistics import periods, statistics_summary
from yuqiao.evaluation.reporting import report_of
from yuqiao.evaluation.sheet import Sheet
from yuqiao.samples.figures import Printed

FORMATS = (("docx", to_docx), ("xlsx", to_xlsx), ("pdf", to_pdf))
NAMES = {Copy.PUBLIC: "公开版", Copy.INTERNAL: "内部版"}


def documents(project: Project, sheet: Sheet) -> Iterable[tuple[str, Document]]:
    """Yield each document with its file's name, without suffix."""
    linked = papers_of(project)
    text = report_of(project, sheet)
    for copy, name in NAMES.items():
        papers = linked if copy is Copy.INTERNAL else ()
        yield f"绩效自评表-{name}", self_evaluation(sheet, copy, papers=papers)
        yield f"评价结果报告-{name}", evaluation_report(sheet, text, copy, papers=papers)
        yield f"绩效目标申报表-{name}", plan_form(sheet, copy)
        for period in periods(project.year):
            title = "上半年" if period.endswith("H1") else "全年"
            yield f"{title}统计与工作总结-{name}", statistics_summary(sheet.header, period, sheet.at, copy)


def papers_of(project: Project) -> list[Paper]:
    """Return the evidence that is linked to single indicators; what formulas count is in the figures."""
    links = EvidenceFor.objects.filter(indicator__project=project).select_related("evidence").order_by("pk")
    return [_paper(one.evidence, one.indicator_id) for one in links]


def _paper(evidence: Evidence, indicator: int) -> Paper:
    return Paper(evidence.title, evidence.kind, evidence.received_on, indicator, evidence.serial)


def write(folder: Path, made: Iterable[tuple[str, Document]], figures: Sequence[Printed]) -> list[Path]:
    """Write every document in every format, and the figures, into a folder; return what was written."""
    written = []
    for name, document in made:
        for suffix, render in FORMATS:
            path = folder / f"{name}.{suffix}"
            path.write_bytes(render(document))
            written.append(path)
    path = folder / "figures.json"
    path.write_text(json.dumps([asdict(one) for one in figures], ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return [*written, path]
