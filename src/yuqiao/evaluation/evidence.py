"""Adds, replaces, withdraws and links evidence; nothing is deleted, and each verb is journaled (S9, S80, S131, S134).

EvidenceError, UnreadableError (of the file) or PlanError (of the project's stage) say what to mend; nothing of a
refused piece stays.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace as changed
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from yuqiao.accounts.models import Person
from yuqiao.accounts.services import record
from yuqiao.cases.models import WorkOrder
from yuqiao.contracts.models import Acceptance, Contract, Deliverable
from yuqiao.evaluation import evidence_files
from yuqiao.evaluation.evidence_files import Kept
from yuqiao.evaluation.evidence_rules import EvidenceError, Facts, checked, checked_reason
from yuqiao.evaluation.models import ClaimLink, Evidence, EvidenceFor, Indicator, Payment, Project, StoredFile
from yuqiao.evaluation.process_rules import What
from yuqiao.evaluation.stages import held
from yuqiao.hotline.models import Call, Recording, Report
from yuqiao.lib import clock
from yuqiao.outreach.models import Activity, Honour, Video

#: Rows of other contexts that can be named as proof: ``recording:5``.
RECORDS: Mapping[str, type[models.Model]] = {
    "call": Call,
    "recording": Recording,
    "case": WorkOrder,
    "report": Report,
    "activity": Activity,
    "video": Video,
    "honour": Honour,
    "contract": Contract,
    "deliverable": Deliverable,
    "acceptance": Acceptance,
    "payment": Payment,
}
Upload = File[bytes] | bytes


def add(
    project: Project,
    facts: Facts,
    *,
    by: Person | None,
    file: Upload | None = None,
    name: str = "",
    indicators: Sequence[Indicator] = (),
) -> Evidence:
    """Add a piece of evidence, with its file if there is one, and link it to indicators besides those that count it."""
    given = checked(facts, today=timezone.localdate(), with_file=file is not None)
    _named_record(given.record)
    with _file(file, name) as kept, transaction.atomic():
        held(project, What.EVIDENCE)
        made = _written(project, given, kept, by)
        for one in indicators:
            _linked(made, one)
        record(by, "evidence.add", made, _detail(made))
    return made


def replace(
    old: Evidence,
    facts: Facts,
    *,
    by: Person | None,
    file: Upload | None = None,
    name: str = "",
    reason: str = "",
) -> Evidence:
    """Hand in a newer version: it counts from now on, as received when the first one was (S80, S127).

    Links of the earlier version go over to it. Without a new file the earlier one's stays with it.
    """
    given = checked(facts, today=timezone.localdate(), with_file=file is not None or old.file_id is not None)
    _named_record(given.record)
    with _file(file, name) as kept, transaction.atomic():
        held(old.project, What.EVIDENCE)
        earlier = _standing(old)
        if given.kind != earlier.kind:
            raise EvidenceError("kind", kind=given.kind)
        earlier.replaced_at = clock.now()
        earlier.save(update_fields=["replaced_at"])
        made = _written(
            old.project, changed(given, received_on=earlier.received_on), kept, by, replaces=earlier, keep=earlier.file
        )
        EvidenceFor.objects.filter(evidence=earlier).update(evidence=made)
        ClaimLink.objects.filter(evidence=earlier).update(evidence=made)
        record(by, "evidence.replace", made, {**_detail(made), "replaces": earlier.pk, "reason": reason.strip()[:200]})
    return made


def withdraw(piece: Evidence, reason: str, *, by: Person | None) -> Evidence:
    """Withdraw a piece: it counts no more, and stays with its reason."""
    given = checked_reason(reason)
    with transaction.atomic():
        held(piece.project, What.EVIDENCE)
        row = _standing(piece)
        row.withdrawn_at, row.withdrawn_by, row.withdrawn_reason = clock.now(), by, given
        row.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
        record(by, "evidence.withdraw", row, {**_detail(row), "reason": given})
    return row


def link(piece: Evidence, indicator: Indicator, *, by: Person | None) -> None:
    """Let a piece back an indicator; doing it twice changes nothing."""
    with transaction.atomic():
        held(piece.project, What.EVIDENCE)
        row = _standing(piece)
        if _linked(row, indicator):
            record(by, "evidence.link", row, {"indicator": indicator.pk})


def unlink(piece: Evidence, indicator: Indicator, *, by: Person | None) -> None:
    """Let a piece no longer back an indicator."""
    with transaction.atomic():
        held(piece.project, What.EVIDENCE)
        gone, _ = EvidenceFor.objects.filter(evidence=piece, indicator=indicator).delete()
        if gone:
            record(by, "evidence.unlink", piece, {"indicator": indicator.pk})


def versions(piece: Evidence) -> list[Evidence]:
    """Return a piece with its earlier versions, the newest first."""
    found = [piece]
    while (earlier := found[-1].replaces) is not None:
        found.append(earlier)
    return found


def facts_of(piece: Evidence) -> Facts:
    """Return a piece as it is."""
    return Facts(
        piece.kind,
        piece.title,
        piece.happened_on,
        piece.serial,
        piece.result,
        piece.received_on,
        piece.link,
        piece.record,
    )


def record_of(name: str) -> models.Model | None:
    """Return the row that ``recording:5`` names; None if there is none."""
    kind, _, key = name.partition(":")
    model = RECORDS.get(kind)
    if model is None or not key:
        return None
    try:
        return model._default_manager.filter(pk=key).first()
    except (ValueError, ValidationError):
        return None


def _named_record(name: str) -> None:
    if name and record_of(name) is None:
        raise EvidenceError("record", record=name)


@contextmanager
def _file(file: Upload | None, name: str) -> Iterator[Kept | None]:
    """Put a file into its place, and take it away again if what refers to it is not written."""
    if file is None:
        yield None
        return
    kept = evidence_files.take(file, name or getattr(file, "name", "") or "")
    try:
        yield kept
    except BaseException:
        evidence_files.forget(kept.sha256)
        raise


def _written(
    project: Project,
    facts: Facts,
    kept: Kept | None,
    by: Person | None,
    *,
    replaces: Evidence | None = None,
    keep: StoredFile | None = None,
) -> Evidence:
    made = row_for(project, facts, by, clock.now())
    made.file = keep if kept is None else evidence_files.row_of(kept)
    made.replaces = replaces
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        raise EvidenceError("serial_taken", serial=facts.serial) from error
    return made


def row_for(project: Project, facts: Facts, by: Person | None, now: dt.datetime) -> Evidence:
    """Return a row that is not written yet, of facts that were checked."""
    return Evidence(
        project=project,
        kind=facts.kind,
        serial=facts.serial,
        title=facts.title,
        happened_on=facts.happened_on,
        received_on=facts.received_on or timezone.localdate(now),
        result=facts.result,
        link=facts.link,
        record=facts.record,
        entered_at=now,
        entered_by=by,
    )


def _standing(piece: Evidence) -> Evidence:
    row = Evidence.objects.select_for_update().get(pk=piece.pk)
    if row.withdrawn_at is not None:
        raise EvidenceError("withdrawn")
    if row.replaced_at is not None:
        raise EvidenceError("replaced")
    return row


def _linked(piece: Evidence, indicator: Indicator) -> bool:
    if indicator.project_id != piece.project_id:
        raise EvidenceError("other_project")
    return EvidenceFor.objects.get_or_create(evidence=piece, indicator=indicator)[1]


def _detail(piece: Evidence) -> dict[str, Any]:
    """Return what the journal keeps: no title, which may name people."""
    return {
        "project": piece.project_id,
        "kind": piece.kind,
        "serial": piece.serial,
        "sha256": "" if piece.file is None else piece.file.sha256,
    }


def linked_to(indicator: Indicator) -> Iterable[Evidence]:
    """Return the pieces that back an indicator and still count."""
    return Evidence.objects.filter(proves__indicator=indicator, withdrawn_at=None, replaced_at=None)
