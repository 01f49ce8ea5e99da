"""Freezes a sheet with the digests of the rows behind each figure, so that it stays as it was signed (S3).

Counting and reading take a while with a million calls, so they are done before the transaction that writes, and again
if rows changed meanwhile.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max

from yuqiao.accounts.models import Person
from yuqiao.accounts.services import record
from yuqiao.evaluation import formulas
from yuqiao.evaluation.assembling import assemble
from yuqiao.evaluation.formulas import Part
from yuqiao.evaluation.freezing_data import digest_of, sheet_as_data, sheet_from_data
from yuqiao.evaluation.freezing_rows import Digest, digest
from yuqiao.evaluation.models import Frozen, Indicator, Project
from yuqiao.evaluation.sheet import Row, Sheet
from yuqiao.lib import clock

#: How often rows may change under a freeze before it gives up.
ATTEMPTS = 3


class FreezingError(ValueError):
    """A sheet cannot be frozen, or what was frozen was changed; ``code`` says which."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Computed:
    """A sheet with the digests of its rows, not kept yet."""

    sheet: Sheet
    digests: dict[str, Any]


def freeze(
    project: Project, by: Person | None, at: dt.datetime | None = None, *, text: dict[str, Any] | None = None
) -> Frozen:
    """Freeze a project's sheet as of ``at`` (now), with the text of its report if there is one; journaled."""
    return keep(project, compute(project, at or clock.now()), by, text=text)


def compute(project: Project, at: dt.datetime) -> Computed:
    """Return a project's sheet with the digests of the rows behind it; FreezingError if rows never rest."""
    for _ in range(ATTEMPTS):
        sheet = assemble(project, at)
        found = {str(pk): one for pk, one in digests_of(project, sheet, at).items()}
        if all(_agrees(row, found.get(str(row.id), {})) for row in sheet.rows):
            return Computed(sheet, {"figures": found, "definitions": definitions_of(sheet)})
    raise FreezingError("moving", "rows change while they are counted; try again when nobody enters any")


def keep(project: Project, computed: Computed, by: Person | None, *, text: dict[str, Any] | None = None) -> Frozen:
    """Write what was computed, under the project's next number; journaled."""
    sheet, words = sheet_as_data(computed.sheet), text or {}
    with transaction.atomic():
        Project.objects.select_for_update().get(pk=project.pk)
        last = project.frozen.aggregate(last=Max("number"))["last"] or 0
        made = Frozen.objects.create(
            project=project,
            number=last + 1,
            at=computed.sheet.at,
            by=by,
            sheet=sheet,
            digests=computed.digests,
            text=words,
            sha256=digest_of([sheet, computed.digests, words]),
        )
        record(by, "evaluation.freeze", made, {"project": project.code, "number": made.number, "sha256": made.sha256})
    return made


def sheet_of(frozen: Frozen) -> Sheet:
    """Return a frozen sheet as it was; FreezingError if somebody changed what was kept."""
    if not untouched(frozen):
        raise FreezingError("changed", f"version {frozen.number} of {frozen.project_id} is not what was frozen")
    return sheet_from_data(frozen.sheet)


def untouched(frozen: Frozen) -> bool:
    """Return whether what was kept is what was frozen."""
    return digest_of([frozen.sheet, frozen.digests, frozen.text]) == frozen.sha256


def digests_of(project: Project, sheet: Sheet, at: dt.datetime) -> dict[int, dict[str, Digest]]:
    """Return by indicator the digests of the rows it counted: numerator, and denominator where there is one."""
    indicators = Indicator.objects.filter(project=project).select_related("project")
    measured = {row.id: row.measured for row in sheet.rows}
    found: dict[int, dict[str, Digest]] = {}
    seen: dict[tuple[str, Part], Digest] = {}
    for one in indicators:
        parts = [Part.NUMERATOR]
        if one.pk in measured and measured[one.pk].denominator is not None:
            parts.append(Part.DENOMINATOR)
        for part in parts:
            # Only what is linked by hand differs between indicators that share a formula.
            key = (one.formula if one.formula not in formulas.OWN else f"{one.formula} {one.pk}", part)
            if key not in seen:
                seen[key] = digest(formulas.rows(one, part, at))
            found.setdefault(one.pk, {})[part.value] = seen[key]
    return found


def definitions_of(sheet: Sheet) -> str:
    """Return the digest of every figure's formula and definition."""
    return digest_of([[row.id, row.measured.formula, row.measured.definition] for row in sheet.rows])


def _agrees(row: Row, found: dict[str, Digest]) -> bool:
    """Return whether as many rows were read as were counted, where rows are what is counted."""
    measured = row.measured
    if not formulas.counts(measured.formula):
        return True
    for part, number in ((Part.NUMERATOR, measured.numerator), (Part.DENOMINATOR, measured.denominator)):
        if number is not None and part.value in found and found[part.value]["count"] != number:
            return False
    return True
