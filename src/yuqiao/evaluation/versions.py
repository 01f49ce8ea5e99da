"""Which sheet a project shows at its stage, and how a checked version is sealed for signing (S3).

While data may change the sheet is live. From the freeze on it is the frozen one, under the words of today; once the
department has passed it, sheet, words and the digests of its documents are one version, and that is what is signed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from yuqiao.accounts.models import Person
from yuqiao.documents.docx import to_docx
from yuqiao.documents.pdf import to_pdf
from yuqiao.documents.xlsx import to_xlsx
from yuqiao.evaluation.assembling import assemble, header_of
from yuqiao.evaluation.evidence_files import ChangedError, Kept, read, row_of, take
from yuqiao.evaluation.freezing import Computed, FreezingError, keep, sheet_of, untouched
from yuqiao.evaluation.freezing_data import as_data, from_data
from yuqiao.evaluation.models import Deviation, Frozen, Project, StoredFile
from yuqiao.evaluation.printing.copies import Copy
from yuqiao.evaluation.printing.report import evaluation_report
from yuqiao.evaluation.printing.self_evaluation import self_evaluation
from yuqiao.evaluation.process_rules import EARLY, Stage
from yuqiao.evaluation.report_text import ReportText
from yuqiao.evaluation.reporting import contradictions_of, report_of
from yuqiao.evaluation.sheet import Sheet, Strand

FORM, REPORT = "form", "report"
RENDERERS = {"docx": to_docx, "xlsx": to_xlsx, "pdf": to_pdf}
SEALED = frozenset({Stage.SIGNING, Stage.LOCKED})


def current(project: Project, at: dt.datetime) -> Sheet:
    """Return the sheet that holds for a project now; FreezingError if a kept version was tampered with."""
    stage = Stage(project.stage)
    last = None if stage in EARLY else newest(project)
    if last is None:
        return assemble(project, at)
    return sheet_of(last) if stage in SEALED else _worded(project, sheet_of(last))


def newest(project: Project) -> Frozen | None:
    """Return a project's newest version."""
    return project.frozen.order_by("-number").first()


def _worded(project: Project, sheet: Sheet) -> Sheet:
    """Return a frozen sheet under today's words: no number in it changes."""
    causes = {one.indicator_id: one for one in Deviation.objects.filter(indicator__project=project).order_by("id")}
    rows = [
        replace(row, cause=causes[row.id].cause, remedy=causes[row.id].remedy) if row.id in causes else row
        for row in sheet.rows
    ]
    strands = [Strand(one.name, one.goal, one.achieved) for one in project.strands.all()]
    return replace(
        sheet, header=header_of(project), achieved=project.achieved, strands=tuple(strands), rows=tuple(rows)
    )


@dataclass(frozen=True, slots=True)
class Sealing:
    """A version about to be signed: everything that takes time is done, no row is written.

    ``documents`` lie in the store already; without a row the next sweep takes them away.
    """

    computed: Computed
    text: dict[str, Any]
    documents: tuple[Kept, ...]


def prepare(project: Project, at: dt.datetime) -> Sealing:
    """Return what signing would be about: the sheet in its words, the report, the digest of every document."""
    last = newest(project)
    if last is None:
        raise FreezingError("nothing", f"project {project.pk} has no frozen version")
    sheet = current(project, at)
    report = report_of(project, sheet)
    answers = [
        {"code": one.finding.code, "where": one.finding.where, "answer": one.answer.answer}
        for one in contradictions_of(project, sheet)
        if one.answer is not None
    ]
    documents = _printed(sheet, report)
    digests = {one.name: one.sha256 for one in documents}
    text = {"report": as_data(report), "answers": answers, "documents": digests}
    return Sealing(Computed(sheet, last.digests), text, documents)


def seal(project: Project, sealing: Sealing, by: Person) -> Frozen:
    """Keep a version and its documents for signing; earlier versions and their signatures stay as they are.

    To be called within the transaction that moves the stage.
    """
    for one in sealing.documents:
        row_of(one)
    return keep(project, sealing.computed, by, text=sealing.text)


def report_in(frozen: Frozen) -> ReportText:
    """Return the report of a sealed version as it was; KeyError where a version was frozen and never sealed."""
    return from_data(ReportText, frozen.text["report"])


def report_now(project: Project, sheet: Sheet) -> ReportText:
    """Return the report that holds for a project now: as sealed, or composed of today's words (FigureError)."""
    sealed = newest(project) if Stage(project.stage) in SEALED else None
    return report_of(project, sheet) if sealed is None else report_in(sealed)


def render(sheet: Sheet, report: ReportText, name: str, suffix: str) -> bytes:
    """Return one final document, public copy; KeyError for a name or suffix there is not."""
    made = {
        FORM: lambda: self_evaluation(sheet, Copy.PUBLIC, draft=False),
        REPORT: lambda: evaluation_report(sheet, report, Copy.PUBLIC, draft=False),
    }
    return RENDERERS[suffix](made[name]())


def _printed(sheet: Sheet, report: ReportText) -> tuple[Kept, ...]:
    """Print every final document into the store."""
    return tuple(
        take(render(sheet, report, name, suffix), f"{name}.{suffix}") for name in (FORM, REPORT) for suffix in RENDERERS
    )


def document_of(frozen: Frozen, name: str, suffix: str) -> bytes:
    """Return a sealed version's document, the very bytes that were signed, whatever prints here today.

    FreezingError if the version, or the kept document, is not what was signed.
    """
    if not untouched(frozen):
        raise FreezingError("changed", f"version {frozen.number} is not what was frozen")
    signed: Mapping[str, str] = frozen.text["documents"]
    row = StoredFile.objects.filter(sha256=signed[f"{name}.{suffix}"]).first()
    try:
        if row is not None:
            return b"".join(read(row))
    except ChangedError:
        pass  # printing it again may still give the same bytes
    made = render(sheet_of(frozen), report_in(frozen), name, suffix)
    if hashlib.sha256(made).hexdigest() != signed[f"{name}.{suffix}"]:
        raise FreezingError("printed", f"{name}.{suffix} of version {frozen.number} is gone; bring back its file")
    return made
