"""What the pages' forms share: reading fields, trying a verb, saying what to mend without losing a word."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import TypeVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from yuqiao.accounts.models import Person
from yuqiao.contracts.rules import ContractError
from yuqiao.evaluation.evidence_import import ListError
from yuqiao.evaluation.evidence_rules import EvidenceError
from yuqiao.evaluation.freezing import FreezingError
from yuqiao.evaluation.models import Project
from yuqiao.evaluation.plan_rules import PlanError
from yuqiao.evaluation.process import ProcessError
from yuqiao.evaluation.readers.errors import UnreadableError
from yuqiao.evaluation.report_figures import FigureError
from yuqiao.evaluation.scheme_data import SchemeError
from yuqiao.evaluation.texts import TextError
from yuqiao.outreach.rules import OutreachError
from yuqiao.web.console import words
from yuqiao.web.console.gate import Act, may, person_of

Row = TypeVar("Row", bound=Model)
#: What a form asked for and did not get: each form's name with what was typed.
Given = Mapping[str, object]
NOTHING: Given = {}


class FieldError(ValueError):
    """A field cannot be read; the sentence is in the reader's language."""


#: What services and fields say about what was typed; everything else is a fault of ours.
MISTAKES: tuple[type[ValueError], ...] = (
    PlanError,
    EvidenceError,
    UnreadableError,
    ListError,
    FieldError,
    TextError,
    FigureError,
    ProcessError,
    FreezingError,
    ContractError,
    OutreachError,
    SchemeError,
)


@dataclass(frozen=True, slots=True)
class Verb:
    """What a form asks for: who may, and what is done; it returns what should be looked at ("" for nothing)."""

    act: Act
    do: Callable[[Project, HttpRequest, Person], str | None]


@dataclass(frozen=True, slots=True)
class Deed:
    """The same where there is no project: who may, and what is done."""

    act: Act
    do: Callable[[HttpRequest, Person], str | None]


def sentence(error: ValueError) -> str:
    """Return what an error says in the reader's language, as far as it says it in two."""
    if isinstance(error, ListError):
        return _("The list has faults, so nothing of it was taken in.")
    chinese = getattr(error, "zh", "") or getattr(error, "chinese", "")
    return str(chinese) if chinese and words.reads_chinese() else str(error)


def answer(
    request: HttpRequest,
    project: Project,
    verbs: Mapping[str, Verb],
    then: Callable[[], str],
    show: Callable[[HttpRequest, Project, Given], HttpResponseBase],
) -> HttpResponseBase:
    """Do what a form of a project's page asks; a mistake shows the page again, with what was typed (status 422)."""
    deeds = {name: Deed(verb.act, partial(verb.do, project)) for name, verb in verbs.items()}
    return tried(request, deeds, then, lambda given: show(request, project, given))


def tried(
    request: HttpRequest,
    deeds: Mapping[str, Deed],
    then: Callable[[], str],
    show: Callable[[Given], HttpResponseBase],
) -> HttpResponseBase:
    """Do what a form asks; a mistake shows the same page again, with what was typed (status 422)."""
    ask = request.POST.get("ask", "")
    deed = deeds.get(ask)
    if deed is None:
        raise Http404
    if not may(person_of(request), deed.act):
        raise PermissionDenied
    try:
        warning = deed.do(request, person_of(request))
    except MISTAKES as error:
        shown = show({ask: request.POST, "error": sentence(error), "faults": getattr(error, "faults", ())})
        shown.status_code = 422
        return shown
    messages.success(request, _("Saved; the journal holds who did it."))
    if warning:
        messages.warning(request, warning)
    return redirect(then())


def day(form: QueryDict, name: str) -> dt.date:
    """Return a day that must be there."""
    found = maybe_day(form, name)
    if found is None:
        raise FieldError(_("Give the day, as 2026-07-31."))
    return found


def maybe_day(form: QueryDict, name: str) -> dt.date | None:
    """Return a day, None for an empty field."""
    text = form.get(name, "").strip()
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise FieldError(_("This is no day; write it as 2026-07-31:") + f" {text[:20]}") from error


def number(form: QueryDict, name: str) -> Decimal:
    """Return a number that must be there."""
    found = maybe_number(form, name)
    if found is None:
        raise FieldError(_("Give a number."))
    return found


def maybe_number(form: QueryDict, name: str) -> Decimal | None:
    """Return a number, None for an empty field."""
    text = form.get(name, "").strip()
    if not text:
        return None
    try:
        found = Decimal(text)
    except InvalidOperation as error:
        raise FieldError(_("This is no number:") + f" {text[:20]}") from error
    if not found.is_finite() or abs(found) >= Decimal(10) ** 14:
        raise FieldError(_("This is no number:") + f" {text[:20]}")
    return found


def whole(form: QueryDict, name: str) -> int | None:
    """Return a whole number, as of a row; None for an empty field."""
    text = form.get(name, "").strip()
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) < 16):
        raise FieldError(_("This is no number:") + f" {text[:20]}")
    return int(text)


def one_of(rows: QuerySet[Row], form: QueryDict, name: str) -> Row:
    """Return the row of a project that a form names; 404 for one that is not among ``rows``."""
    found = rows.filter(pk=whole(form, name) or 0).first()
    if found is None:
        raise Http404
    return found
