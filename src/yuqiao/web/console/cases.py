"""Work orders: what each department has to answer and until when; the centre opens, reassigns and closes (S43, S47)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yuqiao.accounts.models import Department, Person, Role
from yuqiao.accounts.services import roles_of
from yuqiao.cases import services
from yuqiao.cases.codes import code_of
from yuqiao.cases.models import OrderState, WorkOrder
from yuqiao.cases.rules import Side, State, possible
from yuqiao.hotline.models import Call, WrapUp
from yuqiao.lib.clock import now
from yuqiao.web.console import words
from yuqiao.web.console.after_words import ORDER_ACTS, ORDER_CLASSES, ORDER_STATES
from yuqiao.web.console.gate import Act, allowed, may, person_of
from yuqiao.web.console.wrap_up import departments, interpreter_of, topic_name

MOST_ROWS = 300


@dataclass(frozen=True, slots=True)
class Row:
    """One order in words; ``late``: no answer within its time."""

    order: WorkOrder
    department: str
    order_class: str
    state: str
    language: str
    late: bool


def _row(order: WorkOrder) -> Row:
    zh = words.reads_chinese()
    return Row(
        order,
        order.department.name_zh if zh else order.department.name_en or order.department.name_zh,
        words.word(ORDER_CLASSES, order.order_class),
        words.word(ORDER_STATES, order.state),
        words.language_name(order.language),
        (order.answered_at or now()) > order.due_at,
    )


def seen_by(person: Person) -> QuerySet[WorkOrder]:
    """Return the orders this person may see: a clerk's are those of the own department."""
    orders = WorkOrder.objects.select_related("department", "opened_by")
    if may(person, Act.REPORT):
        return orders
    return orders.filter(department=person.department_id) if person.department_id else orders.none()


def sides_of(person: Person, order: WorkOrder) -> list[Side]:
    """Return on whose side this person may act upon the order."""
    roles = roles_of(person)
    sides = [Side.DEPARTMENT] if Role.CLERK in roles and person.department_id == order.department_id else []
    return [*sides, Side.CENTRE] if Role.SUPERVISOR in roles else sides


@allowed(Act.SEE_CASES)
def show_list(request: HttpRequest) -> HttpResponseBase:
    """List the orders of one state, or all that are not closed, the most pressing first."""
    state = request.GET.get("state", "")
    seen = seen_by(person_of(request))
    chosen = seen.filter(state=state) if state in OrderState.values else seen.exclude(state=OrderState.CLOSED)
    context = {
        "rows": [_row(one) for one in chosen.order_by("due_at")[:MOST_ROWS]],
        "state": state if state in OrderState.values else "",
        "states": [(code, name, seen.filter(state=code).count()) for code, name in ORDER_STATES.items()],
    }
    return render(request, "console/cases.html", context)


@allowed(Act.SEE_CASES)
def one(request: HttpRequest, order_id: int) -> HttpResponseBase:
    """Show one order with its history, and do what was asked (POST ``act``)."""
    person = person_of(request)
    order = get_object_or_404(seen_by(person), pk=order_id)
    sides = sides_of(person, order)
    if request.method == "POST":
        return _do(request, order, sides)
    acts = list(dict.fromkeys(act for side in sides for act in possible(State(order.state), side)))
    context = {
        "row": _row(order),
        "code": code_of(order) if Side.CENTRE in sides else "",
        "events": [
            (event, words.word(ORDER_ACTS, event.act)) for event in order.events.select_related("by").order_by("id")
        ],
        "acts": [(act.value, words.word(ORDER_ACTS, act.value)) for act in acts if act.value != "reassign"],
        "reassigns": any(act.value == "reassign" for act in acts),
        "departments": departments(),
        "call": Call.objects.filter(pk=order.call).first() if order.call and may(person, Act.WATCH) else None,
    }
    return render(request, "console/case.html", context)


def _do(request: HttpRequest, order: WorkOrder, sides: list[Side]) -> HttpResponse:
    act, text = request.POST.get("act", ""), request.POST.get("text", "")
    side = next((one for one in sides if act in possible(State(order.state), one)), None)
    if side is None:
        if not sides:
            raise PermissionDenied
        messages.error(request, _("This is not possible now."))
        return redirect("case", order.pk)
    raw = request.POST.get("department", "")
    department = Department.objects.filter(pk=int(raw)).first() if raw.isascii() and raw.isdigit() else None
    try:
        services.do(order, act, text, side=side, by=person_of(request), department=department)
    except services.OrderError:
        messages.error(request, _("Not done: say something to it, or to whom it goes."))
    else:
        messages.success(request, _("Done."))
    still = seen_by(person_of(request)).filter(pk=order.pk).exists()
    return redirect("case", order.pk) if still else redirect("cases")


@login_required
@require_POST
def open_from_call(request: HttpRequest, call_id: uuid.UUID) -> HttpResponse:
    """Open an order for a call: its interpreter, or a supervisor. What is left empty comes from the wrap-up."""
    person = person_of(request)
    call = get_object_or_404(Call.objects.select_related("line"), pk=call_id)
    if interpreter_of(person, call) is None and not may(person, Act.STEER):
        raise PermissionDenied
    draft = WrapUp.objects.filter(call=call).select_related("topic").first()
    topic = topic_name(draft.topic) if draft else ""
    note = draft.note if draft else ""
    raw = request.POST.get("department", "")
    department = get_object_or_404(Department, pk=int(raw) if raw.isascii() and raw.isdigit() else 0)
    origin = services.Origin(call.pk, call.line_id, "" if call.line is None else call.line.number, call.language)
    try:
        order = services.open_order(
            department,
            request.POST.get("order_class", ""),
            request.POST.get("subject", "").strip() or topic,
            request.POST.get("text", "").strip() or note,
            origin,
            by=person,
        )
    except services.OrderError:
        messages.error(request, _("Not opened: say what it is about and what is wanted."))
        return redirect("wrap-up", call_id)
    messages.success(request, _("Work order opened:") + f" {order.number}")
    return redirect("wrap-up", call_id) if may(person, Act.STEER) else redirect("home")
