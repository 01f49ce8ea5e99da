"""Versions of scoring schemes: those that come with the platform, and those entered; a project keeps its own (S121).

A version is never changed, only followed by another one of the same code with a later day. Each entry is journaled.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from django.db import transaction

from yuqiao.accounts.models import Person
from yuqiao.accounts.services import record
from yuqiao.evaluation.models import Project, SchemeVersion
from yuqiao.evaluation.plan_rules import PlanError, check_code
from yuqiao.evaluation.process_rules import What
from yuqiao.evaluation.scheme_data import as_data, from_data
from yuqiao.evaluation.schemes import SCHEMES, Scheme, in_force
from yuqiao.evaluation.stages import held
from yuqiao.lib import clock

#: As long as the database keeps them.
LONGEST_CODE, LONGEST_NAME = 40, 120


def every() -> list[Scheme]:
    """Return all versions of all schemes, by code and day; those of the platform before the city's own."""
    entered = [from_data(one) for one in SchemeVersion.objects.values_list("content", flat=True)]
    return [*SCHEMES, *sorted(entered, key=lambda one: (one.code, one.valid_from))]


def names_on(day: dt.date) -> dict[str, str]:
    """Return code and name of each scheme that holds on a day, for those who begin a project."""
    known = every()
    held_then = (in_force(known, code, day) for code in dict.fromkeys(one.code for one in known))
    return {one.code: one.name for one in held_then if one is not None}


def pinned(code: str, day: dt.date) -> dt.date:
    """Return from when the version of a scheme that holds on ``day`` is valid; PlanError if none does."""
    found = in_force(every(), code, day)
    if found is None:
        raise PlanError("scheme", code=code)
    return found.valid_from


def scheme_of(project: Project) -> Scheme:
    """Return the version of the scheme a project was begun with; PlanError for one that nobody knows.

    A project without a version follows the one that held when its year ended, or else the first there is. Versions of
    the platform need no query, others one.
    """
    for one in SCHEMES:
        if (one.code, one.valid_from) == (project.scheme, project.scheme_from):
            return one
    entered = SchemeVersion.objects.filter(code=project.scheme).values_list("content", flat=True)
    known = [*(one for one in SCHEMES if one.code == project.scheme), *map(from_data, entered)]
    if not known:
        raise PlanError("scheme", code=project.scheme)
    found = in_force(known, project.scheme, project.scheme_from or dt.date(project.year, 12, 31))
    return found or min(known, key=lambda one: one.valid_from)


def copy_of(scheme: Scheme, code: str, name: str, valid_from: dt.date) -> dict[str, Any]:
    """Return a scheme's data under another code, name and day: what somebody changes and enters."""
    return as_data(replace(scheme, code=code, name=name, valid_from=valid_from))


def enter(data: object, *, by: Person | None) -> Scheme:
    """Keep a version from its data (`scheme_data`). SchemeError names the field to mend, PlanError what is taken."""
    scheme = from_data(data)
    if len(check_code(scheme.code)) > LONGEST_CODE:
        raise PlanError("text", what="编号", most=LONGEST_CODE)
    if len(scheme.name) > LONGEST_NAME:
        raise PlanError("text", what="名称", most=LONGEST_NAME)
    with transaction.atomic():
        if any((one.code, one.valid_from) == (scheme.code, scheme.valid_from) for one in every()):
            raise PlanError("scheme_taken", code=scheme.code, day=scheme.valid_from)
        made = SchemeVersion.objects.create(
            code=scheme.code,
            name=scheme.name,
            valid_from=scheme.valid_from,
            content=as_data(scheme),
            entered_at=clock.now(),
            entered_by=by,
        )
        record(by, "scheme.enter", made, {"code": scheme.code, "from": scheme.valid_from.isoformat()})
    return scheme


def follow(project: Project, scheme: Scheme, *, by: Person | None) -> Project:
    """Let a project that is being planned follow this version of a scheme instead of its own."""
    if scheme not in every():
        raise PlanError("scheme", code=scheme.code)
    with transaction.atomic():
        row = held(project, What.PLAN)
        before = [row.scheme, "" if row.scheme_from is None else row.scheme_from.isoformat()]
        row.scheme, row.scheme_from = scheme.code, scheme.valid_from
        row.save(update_fields=["scheme", "scheme_from"])
        after = [scheme.code, scheme.valid_from.isoformat()]
        record(by, "project.scheme", row, {"before": before, "after": after})
    return row
