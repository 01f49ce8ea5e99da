"""Work orders: a department reads its own and acts upon them; whoever sees all on the pages sees all here."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema
from ninja.errors import HttpError
from pydantic import Field

from yuqiao.accounts.tokens import Scope
from yuqiao.cases import services
from yuqiao.cases.models import OrderState, WorkOrder
from yuqiao.cases.rules import State, possible
from yuqiao.lib.clock import now
from yuqiao.web.api.auth import Bearer, token_of
from yuqiao.web.api.shared import Asking, Problem, not_found, tell_next
from yuqiao.web.console.cases import seen_by, sides_of
from yuqiao.web.console.gate import Act, may

router = Router(tags=["cases"], auth=Bearer(Scope.CASES))
MOST_ROWS = 200
#: Handing on to another department is done on the pages, where one sees the departments.
BY_MACHINE = frozenset({"accept", "answer", "return", "note", "to_community", "told_caller", "send_back", "close"})


class CaseEvent(Schema):
    """One act upon a work order."""

    at: dt.datetime = Field(examples=["2026-11-22T16:00:00+08:00"])
    act: str = Field(examples=["answer"])
    text: str = Field(examples=["已修好"])


class Case(Schema):
    """One work order."""

    id: int = Field(examples=[17])
    number: str = Field(examples=["2026-000017"])
    department: str = Field(description="its code", examples=["housing"])
    subject: str = Field(examples=["漏水"])
    text: str = Field(examples=["三楼漏水，请派人查看"])
    language: str = Field(description="the caller's", examples=["en"])
    line: str = Field(examples=["12345"])
    urgency: str = Field(description="normal, urgent or emergency", examples=["urgent"])
    state: str = Field(description="open, accepted, answered, returned or closed", examples=["open"])
    opened_at: dt.datetime = Field(examples=["2026-11-22T16:00:00+08:00"])
    due_at: dt.datetime = Field(examples=["2026-11-22T16:00:00+08:00"])
    answered_at: dt.datetime | None = Field(examples=[None])
    closed_at: dt.datetime | None = Field(examples=[None])
    late: bool = Field(description="no answer within its time", examples=[False])
    possible: list[str] = Field(description="what may be done to it now with this token", examples=[["accept"]])
    events: list[CaseEvent]


class CasesChosen(Asking):
    """Which work orders."""

    state: str = Field("", description="only those in this state; empty: all that are not closed", examples=["open"])
    changed_since: dt.datetime | None = Field(
        None, description="only those to which something was done since", examples=["2026-11-22T16:00:00+08:00"]
    )
    after: int | None = Field(
        None, description="only those behind this one (its id); “Link” names the next page", examples=[17]
    )
    limit: int = Field(MOST_ROWS, ge=1, le=MOST_ROWS, description="at most so many", examples=[50])


class Doing(Asking):
    """What is done to it."""

    act: str = Field(examples=["answer"])
    text: str = Field(
        "", max_length=services.LONGEST, description="said to it; an answer needs it", examples=["已修好"]
    )


def _case(request: HttpRequest, order: WorkOrder) -> Case:
    sides = sides_of(token_of(request).person, order)
    acts = dict.fromkeys(act.value for side in sides for act in possible(State(order.state), side))
    return Case(
        id=order.pk,
        number=order.number,
        department=order.department.code,
        subject=order.subject,
        text=order.text,
        language=order.language,
        line=order.line_number,
        urgency=order.order_class,
        state=order.state,
        opened_at=order.opened_at,
        due_at=order.due_at,
        answered_at=order.answered_at,
        closed_at=order.closed_at,
        late=(order.answered_at or now()) > order.due_at,
        possible=[act for act in acts if act in BY_MACHINE],
        events=[CaseEvent(at=one.at, act=one.act, text=one.text) for one in order.events.all()],
    )


def _seen(request: HttpRequest) -> QuerySet[WorkOrder]:
    person = token_of(request).person
    if not may(person, Act.SEE_CASES):
        raise HttpError(403, "Whom this token acts for may not see work orders.")
    return seen_by(person).prefetch_related("events")


@router.get("/cases", response=list[Case], summary="Work orders, the most pressing first")
def cases(request: HttpRequest, response: HttpResponse, chosen: Query[CasesChosen]) -> list[Case]:
    """Return one page; ``Link: …; rel="next"`` leads to the next one."""
    if chosen.state and chosen.state not in OrderState.values:
        raise HttpError(422, f"“state” is one of {', '.join(OrderState.values)}.")
    seen = _seen(request)
    found = seen.filter(state=chosen.state) if chosen.state else seen.exclude(state=OrderState.CLOSED)
    if chosen.changed_since is not None:
        found = found.filter(events__at__gte=chosen.changed_since).distinct()
    if chosen.after is not None:
        last = seen.filter(pk=chosen.after).values_list("due_at", "pk").first()
        if last is None:
            raise HttpError(422, "“after” is none of the work orders you may see.")
        found = found.filter(Q(due_at__gt=last[0]) | Q(due_at=last[0], pk__gt=last[1]))
    page = list(found.order_by("due_at", "pk")[: chosen.limit + 1])
    if len(page) > chosen.limit:
        page.pop()
        tell_next(request, response, after=page[-1].pk)
    return [_case(request, one) for one in page]


@router.get("/cases/{case_id}", response={200: Case, 404: Problem}, summary="One work order with its history")
def case(request: HttpRequest, case_id: int) -> Case:
    """404 where it is another department's."""
    return _case(request, not_found(_seen(request).filter(pk=case_id).first()))


@router.post("/cases/{case_id}/acts", response={200: Case, 404: Problem, 409: Problem}, summary="Act upon one")
def act(request: HttpRequest, case_id: int, doing: Doing) -> Case:
    """409 where it is not possible now, or says too little; nothing is changed then."""
    person = token_of(request).person
    order = not_found(_seen(request).filter(pk=case_id).first())
    sides = [one for one in sides_of(person, order) if doing.act in possible(State(order.state), one)]
    if not sides or doing.act not in BY_MACHINE:
        raise HttpError(409, "This is not possible now; “possible” tells what is.")
    try:
        services.do(order, doing.act, doing.text, side=sides[0], by=person)
    except services.OrderError as error:
        raise HttpError(409, f"{str(error).capitalize()}.") from error
    return _case(request, not_found(_seen(request).filter(pk=case_id).first()))
