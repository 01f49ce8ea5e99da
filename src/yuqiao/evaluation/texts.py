"""Writes what people say of a year: sections, deviations, links of claims, answers to contradictions (S7, S9, S137).

Each verb is one transaction and journaled; the journal names what was written to, never the words.
"""

from __future__ import annotations

from django.db import transaction

from yuqiao.accounts.models import Person
from yuqiao.accounts.services import record
from yuqiao.evaluation import claims
from yuqiao.evaluation.models import ClaimLink, Contradiction, Deviation, Evidence, Indicator, Project, Section
from yuqiao.evaluation.plan_rules import check_text
from yuqiao.evaluation.process_rules import What
from yuqiao.evaluation.report_figures import FigureError
from yuqiao.evaluation.report_text import BY_CODE
from yuqiao.evaluation.reporting import contradictions_of, figures_of
from yuqiao.evaluation.sheet import Sheet
from yuqiao.evaluation.stages import held
from yuqiao.lib import clock
from yuqiao.lib.refusal import RefusalError, Sentences

LONGEST_SECTION, LONGEST_CAUSE, LONGEST_NOTE, LONGEST_ANSWER = 20_000, 1000, 500, 1000
SENTENCES: Sentences = {
    "section": ("没有这一章节。", "There is no such section."),
    "long": ("文字超过{most}字。", "The text is longer than {most} signs."),
    "claim": ("没有这项结论。", "There is no such claim."),
    "evidence": ("请选择本项目的佐证材料，或写明数据。", "Choose evidence of this project, or name a figure."),
    "gone": ("这处矛盾已不存在，无须说明。", "This contradiction is there no more; it needs no answer."),
    "withdrawn": ("所选材料已撤回。", "The evidence was withdrawn."),
}


class TextError(RefusalError):
    """Something cannot be written so; ``code`` is one of `SENTENCES`. ``str`` is the English sentence, ``zh`` ours."""

    sentences = SENTENCES


def write(project: Project, section: str, text: str, sheet: Sheet, *, by: Person) -> Section:
    """Write a section of the report; the newest counts, an empty text brings the default back.

    TextError, or FigureError for a name in braces that nobody counts: nothing is written then.
    """
    if section not in BY_CODE:
        raise TextError("section")
    clean = _short(text, LONGEST_SECTION)
    figures_of(project, sheet, [clean])
    with transaction.atomic():
        held(project, What.TEXT)
        made = Section.objects.create(
            project=project, section=section, text=clean, written_at=clock.now(), written_by=by
        )
        record(by, "evaluation.write", project, {"section": section})
    return made


def explain(indicator: Indicator, cause: str, remedy: str, *, by: Person) -> Deviation:
    """Say why an indicator came out otherwise than planned, and what is done about it; the newest counts."""
    why = check_text(cause, "偏差原因", LONGEST_CAUSE)
    with transaction.atomic():
        held(indicator.project, What.TEXT)
        made = Deviation.objects.create(
            indicator=indicator,
            cause=why,
            remedy=_short(remedy, LONGEST_CAUSE),
            entered_at=clock.now(),
            entered_by=by,
        )
        record(by, "evaluation.explain", indicator, {"project": indicator.project.code})
    return made


def link(
    project: Project,
    claim: str,
    sheet: Sheet,
    *,
    by: Person,
    evidence: Evidence | None = None,
    figure: str = "",
    note: str = "",
) -> ClaimLink:
    """Link a piece of evidence, or a figure by its name or formula, to a claim; twice changes nothing.

    TextError, or FigureError for a figure that nobody counts.
    """
    if claim not in claims.BY_CODE:
        raise TextError("claim")
    name = figure.strip()
    if (evidence is None) == (not name) or (evidence is not None and evidence.project_id != project.pk):
        raise TextError("evidence")
    if evidence is not None and evidence.withdrawn_at is not None:
        raise TextError("withdrawn")
    if name:
        figures_of(project, sheet, [f"{{{name}}}"])
    with transaction.atomic():
        held(project, What.TEXT)
        made, new = ClaimLink.objects.get_or_create(
            project=project,
            claim=claim,
            evidence=evidence,
            figure=name,
            defaults={"note": _short(note, LONGEST_NOTE), "linked_at": clock.now(), "linked_by": by},
        )
        if new:
            record(by, "evaluation.link", project, {"claim": claim, "evidence": evidence.pk if evidence else None})
    return made


def unlink(linked: ClaimLink, *, by: Person) -> None:
    """Take a link away; the journal keeps that it was there."""
    with transaction.atomic():
        held(linked.project, What.TEXT)
        taken, _ = ClaimLink.objects.filter(pk=linked.pk).delete()
        if taken:
            facts = {"claim": linked.claim, "evidence": linked.evidence_id}
            record(by, "evaluation.unlink", linked.project, facts)


def answer(project: Project, code: str, where: str, said: str, sheet: Sheet, *, by: Person) -> Contradiction:
    """Say why a contradiction stays; the answer holds as long as both places keep their words."""
    words = check_text(said, "说明", LONGEST_ANSWER)
    if not any((one.finding.code, one.finding.where) == (code, where) for one in contradictions_of(project, sheet)):
        raise TextError("gone")
    with transaction.atomic():
        held(project, What.TEXT)
        made = Contradiction.objects.create(
            project=project, code=code, where=where, answer=words, answered_at=clock.now(), answered_by=by
        )
        record(by, "evaluation.answer", project, {"code": code})
    return made


def _short(text: str, most: int) -> str:
    clean = text.strip()
    if len(clean) > most:
        raise TextError("long", most=most)
    return clean


__all__ = ["FigureError", "TextError", "answer", "explain", "link", "unlink", "write"]
