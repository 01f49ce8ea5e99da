"""Reminders of the year's calendar as rows: each is begun once, sent once, and settled when it is done.

Whoever began the project gets them; once one is raised, so do the other project managers of the department in charge
(the floor's supervisors where there are none). The desk shows them besides; a city without e-mail has the desk alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from yuqiao.accounts.models import Person, Role
from yuqiao.contracts.models import Contract
from yuqiao.evaluation.assembling import assemble_all
from yuqiao.evaluation.evidence_gaps import gaps_of
from yuqiao.evaluation.models import Project, Reminder, Review, Stage
from yuqiao.evaluation.process_rules import Stage as Step
from yuqiao.evaluation.reminder_rules import Ending, Matter, Wanted, Wave, reminders_due, sentence
from yuqiao.evaluation.troubles import contracts_ending, contracts_of
from yuqiao.hotline.senders import SENDERS, Message, SendingError, sender_for

#: A project is looked at from the beginning of its year until it is locked, at most two years long.
YEARS = 2


def do_due(now: dt.datetime) -> list[int]:
    """Begin every reminder that is due, settle what is done; return the ids of those to be sent."""
    today = timezone.localdate(now)
    open_ones = Project.objects.filter(year__gt=today.year - YEARS, year__lte=today.year).exclude(stage=Stage.LOCKED)
    projects = list(open_ones.select_related("department", "unit"))
    wanted = _wanted(projects, now, today)
    for project in projects:
        _keep(project, wanted[project.pk], now)
    locked = Reminder.objects.filter(project__stage=Stage.LOCKED, settled_at=None)
    locked.update(settled_at=now)
    return list(Reminder.objects.filter(sent_at=None, settled_at=None).values_list("pk", flat=True))


def _wanted(projects: list[Project], now: dt.datetime, today: dt.date) -> dict[int, list[Wanted]]:
    lacking = gaps_of(projects)
    reviewed = set(
        Review.objects.filter(indicator__project__in=projects).values_list("indicator__project_id", flat=True)
    )
    endings = contracts_ending(projects)
    return {
        project.pk: reminders_due(
            sheet,
            Step(project.stage),
            today,
            reviewed=project.pk in reviewed and project.stage != Stage.MID_YEAR,
            gaps=list(dict.fromkeys(one.name for one in lacking[project.pk])),
            contracts=[Ending(one.number, one.ends_on) for one in endings[project.pk]],
        )
        for project, sheet in zip(projects, assemble_all(projects, now), strict=True)
    }


def _keep(project: Project, wanted: Iterable[Wanted], now: dt.datetime) -> None:
    """Make rows of what is new, and settle what is wanted no more; a graver wave settles the one before it."""
    asked = {(one.indicator, one.kind, one.on): one for one in wanted}
    waiting = {(one.indicator_id, one.kind, one.due_on): one for one in project.reminders.filter(settled_at=None)}
    done = [one.pk for key, one in waiting.items() if key not in asked]
    Reminder.objects.filter(pk__in=done).update(settled_at=now)
    for indicator, kind, on in asked.keys() - waiting.keys():
        try:
            with transaction.atomic():
                Reminder.objects.create(project=project, indicator_id=indicator, kind=kind, due_on=on)
        except IntegrityError:  # it was settled once and is due again, or another worker was faster
            own = Q(indicator__isnull=True) if indicator is None else Q(indicator=indicator)
            Reminder.objects.filter(own, project=project, kind=kind, due_on=on).update(settled_at=None)


def send(reminder_id: int, now: dt.datetime) -> str:
    """Send one reminder by e-mail; returns ``sent``, ``failed`` (the next round tries again) or ``nothing_to_do``."""
    reminder = Reminder.objects.select_related("project", "indicator").filter(pk=reminder_id).first()
    if reminder is None or not _take(reminder, now):
        return "nothing_to_do"
    failed = False
    for address in sorted({one.email for one in recipients(reminder) if one.email}):
        name = sender_for(address)
        if not name:
            continue
        key = f"evaluation-{reminder.pk}-{reminder.due_on:%Y%m%d}"
        try:
            SENDERS[name]().send(Message(address, f"绩效自评提醒：{reminder.project.name}", text_of(reminder), key))
        except SendingError as error:
            failed |= error.again
    if failed:
        Reminder.objects.filter(pk=reminder.pk).update(sent_at=None)
    return "failed" if failed else "sent"


def _take(reminder: Reminder, now: dt.datetime) -> bool:
    """Take a reminder for sending; of two workers one wins."""
    return bool(Reminder.objects.filter(pk=reminder.pk, sent_at=None, settled_at=None).update(sent_at=now))


def text_of(reminder: Reminder) -> str:
    """Return what a reminder says, as on the desk."""
    return sentence(reminder.kind, reminder.due_on, _about(reminder))


def _about(reminder: Reminder) -> str:
    if reminder.indicator is not None:
        return reminder.indicator.name
    match Matter(reminder.kind.partition(":")[0]):
        case Matter.PROOF:
            return "、".join(dict.fromkeys(one.name for one in gaps_of([reminder.project])[reminder.project_id]))
        case Matter.CONTRACT:
            ends = Contract.objects.filter(pk__in=contracts_of(reminder.project), ends_on=reminder.due_on)
            return "、".join(ends.values_list("number", flat=True))
    return ""


def recipients(reminder: Reminder) -> list[Person]:
    """Return whom a reminder goes to: who began the project; once raised, who can help as well."""
    own = [reminder.project.created_by] if reminder.project.created_by else []
    if own and not reminder.kind.endswith(Wave.RAISED):
        return own
    working = Person.objects.filter(is_active=True).order_by("pk")
    same = Q(grants__role=Role.PROJECT_MANAGER, department=reminder.project.department)
    others = list(working.filter(same).distinct().exclude(pk__in=[one.pk for one in own]))
    return own + (others or list(working.filter(grants__role=Role.SUPERVISOR).distinct()))


def open_reminders(project: Project) -> list[tuple[Reminder, str]]:
    """Return what a project is reminded of now, with its words; the desk shows them."""
    found = project.reminders.filter(settled_at=None).select_related("project", "indicator")
    return [(one, text_of(one)) for one in found]
