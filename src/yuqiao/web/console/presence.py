"""An interpreter says whether she can be rung: ready, on a break, off duty. The other states follow from her calls."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from yuqiao.accounts.models import Person
from yuqiao.web.console import words
from yuqiao.web.console.gate import Act, may, person_of
from yuqiao.workforce import services
from yuqiao.workforce.models import Interpreter, PresenceState

#: Why she is on a break, in the order of the buttons.
REASONS: words.Words = {
    "rest": gettext_lazy("Rest"),
    "meal": gettext_lazy("Meal"),
    "training": gettext_lazy("Training or meeting"),
    "technical": gettext_lazy("Equipment does not work"),
}
#: In the order of the buttons.
CHOICES = (PresenceState.READY, PresenceState.BREAK, PresenceState.OFF)


def desk_of(person: Person) -> str:
    """Return the name of the address of an interpreter's desk: home leads those who watch to the board."""
    return "desk" if may(person, Act.WATCH) else "home"


@login_required
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Set one's own state; 404 for who is no interpreter, 400 for a state that nobody chooses."""
    person = person_of(request)
    interpreter = get_object_or_404(Interpreter, person=person)
    state, _colon, reason = request.POST.get("state", "").partition(":")  # "break:meal" says why
    if state not in CHOICES or (reason and (state != PresenceState.BREAK or reason not in REASONS)):
        return HttpResponse(status=400)
    try:
        services.set_presence(interpreter.pk, state, by=person, reason=reason)
    except services.PresenceError:
        messages.error(request, _("You are rung or on a call; your state follows from that."))
    return redirect(desk_of(person))
