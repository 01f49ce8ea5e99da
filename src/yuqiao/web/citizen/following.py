"""Following a case by its code: how far it is and until when, never who asked or what was said."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yuqiao.cases import codes
from yuqiao.cases.models import WorkOrder
from yuqiao.cases.rules import State
from yuqiao.languages.catalogue import BASE, Language
from yuqiao.web.citizen import facts, limits, tongues
from yuqiao.web.citizen.page import in_its_language, page, too_many

#: Codes that were none of ours, from one address and from all, within `limits.SECONDS`.
MOST_WRONG, MOST_WRONG_OF_ALL = 10, 300


@require_http_methods(["GET", "HEAD", "POST"])
@in_its_language
def show(request: HttpRequest, tongue: Language) -> HttpResponse:
    """Ask for a code (it travels in no address), or show the case that it opens."""
    if request.method != "POST":
        return _page(request, tongue)
    address = request.META.get("REMOTE_ADDR", "")
    if limits.reached("code", address, MOST_WRONG) or limits.reached("code", "all", MOST_WRONG_OF_ALL):
        return too_many(request, tongue)
    typed = request.POST.get("code", "")[:60]
    order = codes.find(typed)
    if order is None:
        limits.count("code", address)
        limits.count("code", "all")
        return _page(request, tongue, typed=typed, status=422)
    return _page(request, tongue, order=_said(order, tongue))


def _page(request: HttpRequest, tongue: Language, status: int = 200, **context: object) -> HttpResponse:
    action = reverse("citizen-case", args=[tongue])
    return page(request, tongue, "case", status, action=action, number=facts.own_number(tongue), **context)


def _said(order: WorkOrder, tongue: Language) -> dict[str, object]:
    """Return what a citizen may see of a case, in words."""
    states = {
        State.OPEN: _("The department has received your case."),
        State.ACCEPTED: _("The department is working on it."),
        State.ANSWERED: _("The department has answered."),
        State.RETURNED: _("We are looking for the right department."),
        State.CLOSED: _("The case is closed."),
    }
    dates = (
        (_("Opened on"), order.opened_at),
        (_("Answer due by"), None if order.answered_at or order.closed_at else order.due_at),
        (_("Answered on"), order.answered_at),
        (_("Closed on"), order.closed_at),
    )
    department = order.department
    return {
        "code": codes.code_of(order),
        "state": states[State(order.state)],
        "department": department.name_zh if tongue.code == BASE else department.name_en or department.name_zh,
        "department_language": "zh" if tongue.code == BASE or not department.name_en else "en",
        "dates": [(name, tongues.date_of(timezone.localtime(at).date(), tongue)) for name, at in dates if at],
        "answered": order.answered_at is not None,
    }
