"""Brings an evaluation from its plan to the locked version: every step one transaction, journaled (S3).

Two people at once cannot both take a step: the project's row is locked, and its stage moves by one conditional UPDATE.
What takes time (counting for a freeze, printing for a signature) is done before that transaction begins.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from yuqiao.accounts.models import Person, Role
from yuqiao.accounts.services import record, roles_of
from yuqiao.documents.forms import DocumentError
from yuqiao.evaluation import process_rules as rules
from yuqiao.evaluation.evidence_gaps import gaps
from yuqiao.evaluation.evidence_rules import EvidenceError
from yuqiao.evaluation.freezing import Computed, FreezingError, compute, keep
from yuqiao.evaluation.models import (
    Entered,
    Evidence,
    Project,
    Review,
    Signature,
    SignatureRole,
    StageEvent,
    TargetChange,
)
from yuqiao.evaluation.process_rules import Act, Facts, Power, Reason, Refusal, Signed, Stage
from yuqiao.evaluation.readers.errors import UnreadableError
from yuqiao.evaluation.report_figures import FigureError
from yuqiao.evaluation.reporting import contradictions_of
from yuqiao.evaluation.sheet import Row, Sheet
from yuqiao.evaluation.versions import Sealing, current, newest, prepare, seal
from yuqiao.lib import clock

#: Who may do what; that two people sign, and that nobody checks their own work, is for the rules to say.
POWERS: Mapping[Role, frozenset[Power]] = {Role.PROJECT_MANAGER: frozenset(Power)}
SEATS: Mapping[Act, SignatureRole] = {
    Act.SIGN_HEAD: SignatureRole.HEAD,
    Act.SIGN_MANAGER: SignatureRole.MANAGER,
}
LONGEST_NOTE = 500


class ProcessError(ValueError):
    """A step is not taken; ``reasons`` are all there are, ``code`` is the first one's. ``str`` English, ``zh`` ours."""

    def __init__(self, *reasons: Reason) -> None:
        super().__init__(" ".join(one.en for one in reasons))
        self.reasons = reasons
        self.code = reasons[0].code
        self.zh = "".join(one.zh for one in reasons)


def powers_of(person: Person) -> frozenset[Power]:
    """Return what somebody's roles allow."""
    return frozenset(power for role in roles_of(person) for power in POWERS.get(role, ()))


def acts_for(project: Project, person: Person) -> tuple[Act, ...]:
    """Return the acts somebody could do now; conditions may still refuse them (`missing`)."""
    return rules.possible(Stage(project.stage), powers_of(person))


def missing(project: Project, act: Act, *, by: Person, note: str = "", seen: str = "") -> tuple[Reason, ...]:
    """Return every reason why an act would be refused now; none: it would be done."""
    after = rules.step(Stage(project.stage), act, facts_of(project, act, by=by, note=note, seen=seen))
    return after.reasons if isinstance(after, Refusal) else ()


def advance(project: Project, act: Act, *, by: Person, note: str = "", seen: str = "") -> Stage:
    """Take a step and return the stage it leads to; ProcessError says everything that is missing.

    ``note`` says why (going back, freezing early); ``seen`` is the digest of the version a signer looked at.
    """
    words = note.strip()[:LONGEST_NOTE]
    project.refresh_from_db()
    facts = facts_of(project, act, by=by, note=words, seen=seen)
    _decided(project, act, facts)
    ready = _made_ready(project, act)
    with transaction.atomic():
        row = Project.objects.select_for_update().select_related("department", "unit").get(pk=project.pk)
        if ready.computed is None:  # for a freeze everything is counted: what was found holds unless rows moved
            facts = facts_of(row, act, by=by, note=words, seen=seen)
        before, after = Stage(row.stage), _decided(row, act, facts)
        if not Project.objects.filter(pk=row.pk, stage=before).update(stage=after):
            raise ProcessError(Reason("stage"))
        _effects(row, act, facts, by, ready)
        if after is not before:
            StageEvent.objects.create(project=row, before=before, after=after, at=clock.now(), by=by, note=words)
        record(by, f"evaluation.{act}", row, {"project": row.code, "before": before.value, "after": after.value})
    project.stage = after
    return after


def _decided(project: Project, act: Act, facts: Facts) -> Stage:
    after = rules.step(Stage(project.stage), act, facts)
    if isinstance(after, Refusal):
        raise ProcessError(*after.reasons)
    return after


@dataclass(frozen=True, slots=True)
class Ready:
    """What was counted or printed before the transaction, and when that began."""

    at: dt.datetime
    computed: Computed | None = None
    sealing: Sealing | None = None


def _made_ready(project: Project, act: Act) -> Ready:
    at = clock.now()
    try:
        if act is Act.FREEZE:
            return Ready(at, computed=compute(project, at))
        return Ready(at, sealing=prepare(project, at)) if act is Act.PASS else Ready(at)
    except (DocumentError, EvidenceError, FreezingError, UnreadableError) as error:
        raise ProcessError(Reason("document", (str(error),))) from error


def _effects(project: Project, act: Act, facts: Facts, by: Person, ready: Ready) -> None:
    if (ready.computed or ready.sealing) and _changed_since(project, ready.at):
        raise ProcessError(Reason("moved"))
    if ready.computed is not None:
        keep(project, ready.computed, by)
    if ready.sealing is not None:
        seal(project, ready.sealing, by)
    if act in SEATS:
        version = project.frozen.get(sha256=facts.digest, number=facts.version)
        Signature.objects.create(frozen=version, role=SEATS[act], by=by, at=clock.now(), sha256=facts.digest)


def _changed_since(project: Project, at: dt.datetime) -> bool:
    """Whether somebody entered something, or took a step, while it was counted or printed."""
    touched = Q(entered_at__gt=at) | Q(withdrawn_at__gt=at) | Q(replaced_at__gt=at)
    return (
        Evidence.objects.filter(touched, project=project).exists()
        or Entered.objects.filter(indicator__project=project, entered_at__gt=at).exists()
        or TargetChange.objects.filter(indicator__project=project, entered_at__gt=at).exists()
        or project.payments.filter(entered_at__gt=at).exists()
        or project.adjustments.filter(entered_at__gt=at).exists()
        or project.steps.filter(at__gt=at).exists()
    )


def facts_of(project: Project, act: Act, *, by: Person, note: str = "", seen: str = "") -> Facts:
    """Return what a decision rests on; what an act does not ask for is not looked up."""
    at = clock.now()
    known = Facts(by.pk, powers_of(by), note=note, seen=seen)
    asked = set(rules.BY_ACT[act].conditions)
    if Stage(project.stage) not in rules.BY_ACT[act].before:
        return known
    found: dict[str, Any] = {"year_over": timezone.localdate(at).year > project.year}
    if asked & {rules.weights_fit, rules.has_indicators, rules.scored, rules.reviewed}:
        found |= _of_sheet(project, current(project, at))
    if rules.proved in asked:
        found["gaps"] = tuple(dict.fromkeys(f"{one.name}（{one.zh.rstrip('。')}）" for one in gaps(project)))
    if rules.consistent in asked:
        found |= _of_words(project, current(project, at))
    if rules.by_another in asked:
        found["authors"] = authors_of(project)
    if rules.sees_the_version in asked:
        found |= _of_version(project)
    return replace(known, **found)


def _of_sheet(project: Project, sheet: Sheet) -> dict[str, object]:
    """What the sheet says of weights, scores, causes and reviews."""
    reviewed = set(Review.objects.filter(indicator__project=project).values_list("indicator_id", flat=True))
    unscored = [row.name for row in sheet.leading if row.score.value is None]
    if sheet.budget.value is None and sheet.budget_weight:
        unscored.append("预算执行率")
    return {
        "indicators": len(sheet.leading),
        "weights": sheet.weights,
        "unreviewed": tuple(row.name for row in sheet.leading if row.id not in reviewed),
        "unscored": tuple(unscored),
        "unexplained": tuple(row.name for row in sheet.leading if not _explained(row, sheet)),
    }


def _explained(row: Row, sheet: Sheet) -> bool:
    """Whether lost points have a cause and a remedy, and far too many a cause (S129); a part's words will do."""
    told = [one for one in (row, *sheet.parts(row.id)) if one.cause]
    if row.score.value is not None and row.score.value < row.weight:
        return any(one.remedy for one in told)
    return bool(told) or not row.score.over_achieved


def _of_words(project: Project, sheet: Sheet) -> dict[str, object]:
    """Contradictions nobody answered, and names in texts that no figure bears."""
    try:
        found = contradictions_of(project, sheet)
    except FigureError as error:
        return {"figures": (error.sentence.rstrip("。？"),)}
    return {"contradictions": tuple(one.finding.sentence.rstrip("。") for one in found if one.answer is None)}


def authors_of(project: Project) -> frozenset[int]:
    """Return who wrote what is to be checked, or handed it in."""
    handed = project.steps.filter(after=Stage.CHECK).order_by("-id").values_list("by_id", flat=True)[:1]
    wrote = project.sections.values_list("written_by_id", flat=True)
    explained = project.indicators.values_list("deviations__entered_by_id", flat=True)
    answered = project.contradictions.values_list("answered_by_id", flat=True)
    linked = project.claims.values_list("linked_by_id", flat=True)
    return frozenset(one for one in (*handed, *wrote, *explained, *answered, *linked) if one is not None)


def _of_version(project: Project) -> dict[str, object]:
    """The version to be signed, and its signatures."""
    version = newest(project)
    if version is None:
        return {}
    acts = {role: act for act, role in SEATS.items()}
    signed = {acts[SignatureRole(one.role)]: Signed(one.by_id, one.sha256) for one in version.signatures.all()}
    return {"digest": version.sha256, "version": version.number, "signed": signed}
