"""The register of violations (S45): proposed, judged, contested; an interpreter sees her own and may appeal."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from yuqiao.accounts.models import Person
from yuqiao.hotline import violations
from yuqiao.hotline.models import Call, Recording, Violation
from yuqiao.web.console import words
from yuqiao.web.console.gate import Act, allowed, may, person_of
from yuqiao.workforce.models import Interpreter

MOST_ROWS = 200
FAULTS: words.Words = {
    "words": gettext_lazy("Name the rule and say why, in a few words."),
    "kind": gettext_lazy("Choose what happened."),
    "moment": gettext_lazy("Name a call."),
    "proof": gettext_lazy("This call has no recording to point into."),
    "own": gettext_lazy("Somebody else must judge this: it is your own case, or you judged it before."),
    "not_yours": gettext_lazy("Only the interpreter herself can appeal."),
    "decided": gettext_lazy("This step was taken already."),
}
_ID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_POSITION = re.compile(r"(\d{1,3}):([0-5]\d)", re.ASCII)


def _cases() -> list[str]:
    return [state.value for state in Violation.State]


@allowed(Act.SEE_VIOLATIONS)
def show(request: HttpRequest) -> HttpResponseBase:
    """Show the cases of one state, those to be judged first; or one case by its number."""
    state = request.GET.get("state", Violation.State.PROPOSED)
    if state not in _cases():
        raise Http404
    case = request.GET.get("case", "")
    found = Violation.objects.filter(pk=int(case)) if case.isdecimal() else Violation.objects.filter(state=state)
    context = {
        "rows": _rows(found, person_of(request)),
        "state": "" if case.isdecimal() else state,
        "states": [
            (one, words.word(words.VIOLATION_STATES, one), Violation.objects.filter(state=one).count())
            for one in _cases()
        ],
        "judges": may(person_of(request), Act.JUDGE),
        "kinds": [(one, words.word(words.VIOLATIONS, one)) for one in Violation.Kind.values],
        "interpreters": Interpreter.objects.order_by("number").values_list("number", flat=True),
        "most": MOST_ROWS,
    }
    return render(request, "console/violations.html", context)


@login_required
def mine(request: HttpRequest) -> HttpResponseBase:
    """Show an interpreter her own confirmed cases, and what became of her appeals; 404 for who is none."""
    interpreter = get_object_or_404(Interpreter, person=person_of(request))
    found = Violation.objects.filter(interpreter=interpreter, decided_at__isnull=False)
    own = found.exclude(state=Violation.State.DISMISSED)
    return render(request, "console/violations_mine.html", {"rows": _rows(own, person_of(request))})


def _rows(found: QuerySet[Violation], reader: Person) -> list[dict[str, object]]:
    related = ("interpreter", "call", "recording", "decided_by", "proposed_by", "appeal_decided_by")
    return [_row(one, reader) for one in found.select_related(*related)[:MOST_ROWS]]


def _row(case: Violation, reader: Person) -> dict[str, object]:
    contested = case.appealed_at is not None and case.appeal_decided_at is None
    return {
        "case": case,
        "kind": words.word(words.VIOLATIONS, case.kind),
        "state": words.word(words.VIOLATION_STATES, case.state),
        "position": "" if case.position_ms is None else words.duration(case.position_ms / 1000),
        "to_judge": case.state == Violation.State.PROPOSED and case.interpreter.person_id != reader.pk,
        "to_hear": contested and reader.pk not in {case.interpreter.person_id, case.decided_by_id},
        "contested": contested,
        "may_appeal": case.state == Violation.State.CONFIRMED and case.appealed_at is None,
    }


def _enter(form: QueryDict, by: Person) -> None:
    found = _ID.search(form.get("call", "").lower())
    call = get_object_or_404(Call, pk=uuid.UUID(found[0])) if found else None
    position = _POSITION.fullmatch(form.get("position", "").strip())
    recording = None
    if position is not None and call is not None:
        recording = Recording.objects.filter(call=call, kind=Recording.Kind.MIX).first()
        if recording is None:
            raise violations.ViolationError("proof")
    violations.enter(
        form.get("kind", ""),
        get_object_or_404(Interpreter, number=form.get("interpreter", "")),
        call,
        form.get("note", ""),
        by=by,
        recording=recording,
        position_ms=None if position is None else (int(position[1]) * 60 + int(position[2])) * 1000,
    )


def _case(form: QueryDict) -> Violation:
    case = form.get("case", "")
    return get_object_or_404(Violation.objects.select_related("interpreter"), pk=int(case) if case.isdecimal() else 0)


VERBS: dict[str, Callable[[QueryDict, Person], None]] = {
    "enter": _enter,
    "confirm": lambda form, by: violations.confirm(_case(form), form.get("rule", ""), form.get("reason", ""), by=by),
    "dismiss": lambda form, by: violations.dismiss(_case(form), form.get("reason", ""), by=by),
    "grant": lambda form, by: violations.decide_appeal(_case(form), form.get("reason", ""), grant=True, by=by),
    "reject": lambda form, by: violations.decide_appeal(_case(form), form.get("reason", ""), grant=False, by=by),
}


@allowed(Act.JUDGE)
@require_POST
def change(request: HttpRequest) -> HttpResponseBase:
    """Enter a case, judge one, or decide an appeal."""
    verb = VERBS.get(request.POST.get("ask", ""))
    if verb is None:
        raise Http404
    return _do(request, verb, "violations")


@login_required
@require_POST
def appeal(request: HttpRequest) -> HttpResponseBase:
    """Let an interpreter contest her own case."""
    return _do(request, lambda form, by: violations.appeal(_case(form), form.get("why", ""), by=by), "violations-mine")


def _do(request: HttpRequest, verb: Callable[[QueryDict, Person], None], then: str) -> HttpResponseBase:
    try:
        verb(request.POST, person_of(request))
    except violations.ViolationError as error:
        messages.error(request, _("Nothing was changed.") + " " + words.word(FAULTS, error.code))
    else:
        messages.success(request, _("Saved; the journal holds who did it."))
    return redirect(then)
