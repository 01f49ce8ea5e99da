"""Where one lands after signing in: the board for those who watch, one's own page for everybody else; her desk."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from yuqiao.accounts.models import Person, Role
from yuqiao.hotline import pictures, wrap_ups
from yuqiao.hotline.models import Leg, Violation
from yuqiao.hotline.routing.policy import Policy
from yuqiao.lib.clock import now
from yuqiao.web.console import directory, words
from yuqiao.web.console.appointments import errand_of, soon_for
from yuqiao.web.console.before import facts_of
from yuqiao.web.console.board import calls, card_of
from yuqiao.web.console.during import controls
from yuqiao.web.console.gate import Act, may, person_of
from yuqiao.web.console.incoming import rings
from yuqiao.web.console.presence import CHOICES, REASONS
from yuqiao.web.console.wrap_up import form_of
from yuqiao.web.headers import WITH_CAMERA, WITH_MICROPHONE
from yuqiao.workforce.models import Interpreter, PresenceState, SpanKind

#: The published rule of rest that routing keeps unless a class of lines has its own.
RULES = Policy()


@login_required
def home(request: HttpRequest) -> HttpResponseBase:
    """Show what this person may see."""
    person = person_of(request)
    if may(person, Act.WATCH):
        return redirect("board")
    interpreter = Interpreter.objects.filter(person=person).prefetch_related("languages").first()
    if interpreter is None and may(person, Act.REQUEST):
        return redirect("agent")
    return _page(request, person, interpreter)


@require_GET
@login_required
def desk(request: HttpRequest) -> HttpResponseBase:
    """Show an interpreter her desk, though she may also watch the board; 404 for who is no interpreter."""
    person = person_of(request)
    interpreter = get_object_or_404(Interpreter.objects.prefetch_related("languages"), person=person)
    return _page(request, person, interpreter)


def _page(request: HttpRequest, person: Person, interpreter: Interpreter | None) -> HttpResponseBase:
    grants = person.grants.order_by("role", "line_number")
    context: dict[str, object] = {
        "roles": [(words.word(words.ROLES, grant.role), grant.line_number) for grant in grants],
        "now": words.epoch_ms(now()),
    }
    lines = [grant.line_number for grant in grants if grant.role == Role.AGENT and grant.line_number]
    if lines:
        at = now()
        of_lines = calls().filter(ended_at=None, line__number__in=lines).order_by("-started_at")
        context |= {"line_agent": True, "line_calls": [card_of(call, at) for call in of_lines]}
    if interpreter is not None:
        context |= _interpreter(person, interpreter)
    response = render(request, "console/desk.html", context)
    if interpreter is not None:
        response["Permissions-Policy"] = WITH_CAMERA if context["pictures"] else WITH_MICROPHONE
    return response


def _interpreter(person: Person, interpreter: Interpreter) -> dict[str, object]:
    """Return an interpreter's own state and the calls she was on today."""
    at = now()
    on_break = interpreter.spans.filter(kind=SpanKind.BREAK, ended_at=None).values_list("reason", flat=True).first()
    worked = at.timestamp() - interpreter.worked_since if interpreter.state == PresenceState.BUSY else 0.0
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    mine = Leg.objects.filter(interpreter__person=person, answered_at__isnull=False)
    of_today = calls().filter(started_at__gte=midnight, pk__in=mine.values("call_id")).order_by("-started_at")
    running = list(calls().filter(ended_at=None, pk__in=mine.filter(ended_at=None).values("call_id")))
    pending = wrap_ups.pending(interpreter, midnight)
    return {
        **({} if pending is None else form_of(pending)),
        "interpreter": interpreter,
        "state": interpreter.state,
        "state_word": words.word(words.STATES, interpreter.state),
        "choices": [] if interpreter.held_by else [(one, words.word(words.STATES, one)) for one in CHOICES],
        "reasons": [(code, str(word)) for code, word in REASONS.items()],
        "break_word": words.word(REASONS, on_break) if on_break else "",
        "rest_due": worked >= RULES.rest_work_minutes * 60,
        "rest_minutes": int(worked // 60),
        "incoming": rings(interpreter, at),
        "directory": directory.entries(),
        "tier": words.word(words.TIERS, interpreter.tier),
        "since": words.epoch_ms(interpreter.state_since),
        "languages": [words.language_name(held.language) for held in interpreter.languages.order_by("-level")],
        "soon": soon_for(interpreter, at),
        "events": interpreter.assignments.filter(state="asked")
        .exclude(booking__state__in=["done", "cancelled"])
        .count(),
        **({"errand": errand_of(running[0], person, was_on=True)} if running else {}),
        "comments": interpreter.comments.filter(answers=None, withdrawn_at=None, settled_at=None).count(),
        "violations": interpreter.violations.filter(state=Violation.State.CONFIRMED).count(),
        "steered": [(call, controls(call, person)) for call in running],
        "running": [card_of(call, at) for call in running],
        "pictures": settings.VIDEO != pictures.OFF,
        "pictured": next((call for call in running if pictures.possible(call)), None),
        **({"call": running[0], "before": facts_of(running[0], asks=True)} if running else {}),
        "finished": [card_of(call, at) for call in of_today.filter(ended_at__isnull=False)],
    }
