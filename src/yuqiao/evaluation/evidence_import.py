"""Takes in a list of many pieces at once: all of them or none (S54, S60). The list itself is kept beside them."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone

from yuqiao.accounts.models import Person
from yuqiao.accounts.services import record
from yuqiao.evaluation import evidence_files
from yuqiao.evaluation.evidence import row_for
from yuqiao.evaluation.evidence_kinds import BY_CODE
from yuqiao.evaluation.evidence_rules import EvidenceError
from yuqiao.evaluation.evidence_sheets import MOST_FAULTS, Fault, Listed, read_list
from yuqiao.evaluation.models import Evidence, Project
from yuqiao.evaluation.process_rules import What
from yuqiao.evaluation.stages import held
from yuqiao.lib import clock

BATCH = 2_000


class ListError(ValueError):
    """A list has faults, so nothing of it was taken; ``faults`` names each row."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("; ".join(f"{one.row}: {one.zh}" for one in faults[:10]))
        self.faults = faults


def take_list(project: Project, kind: str, content: bytes, name: str, *, by: Person | None) -> int:
    """Write every piece of a list, and return how many; ListError names the rows at fault, and then nothing was taken.

    UnreadableError for a file that is no list, PlanError where the project's stage takes no evidence.
    """
    if kind not in BY_CODE:
        raise EvidenceError("kind", kind=kind)
    listed = read_list(content, name, kind, today=timezone.localdate())
    if listed.faults:
        raise ListError(listed.faults)
    kept = evidence_files.take(content, name)
    try:
        with transaction.atomic():
            held(project, What.EVIDENCE)
            _refuse_taken(project, listed)
            _write(project, listed, kept, by)
            record(
                by,
                "evidence.import",
                project,
                {"kind": kind, "pieces": len(listed.pieces), "sha256": kept.sha256},
            )
    except IntegrityError as error:  # somebody took a serial number while this was read
        evidence_files.forget(kept.sha256)
        raise EvidenceError("serial_taken", serial="") from error
    except BaseException:
        evidence_files.forget(kept.sha256)
        raise
    return len(listed.pieces)


def _refuse_taken(project: Project, listed: Listed) -> None:
    """Raise ListError with a fault for each serial number that is entered already."""
    kinds = {facts.kind for _row, facts in listed.pieces}
    known = set(
        Evidence.objects.filter(project=project, kind__in=kinds, withdrawn_at=None, replaced_at=None)
        .exclude(serial="")
        .values_list("kind", "serial")
        .iterator()
    )
    found = [
        Fault(row, EvidenceError("serial_taken", serial=facts.serial).zh)
        for row, facts in listed.pieces
        if (facts.kind, facts.serial) in known
    ]
    if found:
        raise ListError(tuple(found[:MOST_FAULTS]))


def _write(project: Project, listed: Listed, kept: evidence_files.Kept, by: Person | None) -> None:
    """Write the rows; the list is the proof of those whose kind does not ask for the thing itself."""
    now, file = clock.now(), evidence_files.row_of(kept)
    rows = []
    for _number, facts in listed.pieces:
        row = row_for(project, facts, by, now)
        row.file = None if BY_CODE[facts.kind].file_needed else file
        rows.append(row)
    Evidence.objects.bulk_create(rows, batch_size=BATCH)
