"""A city with one object of each kind that a page is about, for the table of addresses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from yuqiao.accounts.models import Department, District, Person, Role
from yuqiao.accounts.services import create_person, grant_role
from yuqiao.cases.models import WorkOrder
from yuqiao.contracts.models import Contract, Supplier
from yuqiao.demo.city import seed
from yuqiao.evaluation.freezing import freeze
from yuqiao.evaluation.models import Indicator, Project
from yuqiao.hooks.models import Hook
from yuqiao.hotline.models import (
    Agreement,
    Booking,
    BookingAssignment,
    Call,
    Callback,
    Campaign,
    Complaint,
    DialledNumber,
    Emergency,
    Incident,
    Invitation,
    Leg,
    Line,
    LineDomain,
    LineMerger,
    Rating,
    RatingReview,
    Report,
    SignSlot,
)
from yuqiao.lib.clock import now
from yuqiao.web.registry.urls import site
from yuqiao.workforce.calendar import DAYS
from yuqiao.workforce.hours import open_window
from yuqiao.workforce.models import Interpreter, InterpreterLanguage, SpecialDay

#: Of the calls below: the partner line, and the interpreter who was on.
LINE, INTERPRETER = "12345", "1001"


def build() -> dict[str, Any]:
    """Write the sample city and one of everything; return by parameter of an address what stands in its place."""
    seed(lambda user: f"sip:{user}@127.0.0.1:5999", "no password of anybody")
    at, boss = now(), Person.objects.get(username="supervisor")
    line, her = Line.objects.get(number=LINE), Interpreter.objects.order_by("number")[0]
    call = Call.objects.create(line=line, dialled=LINE, started_at=at, answered_at=at, language="en")
    Leg.objects.create(call=call, role="interpreter", interpreter=her, created_at=at, answered_at=at)
    rating = Rating.objects.create(call=call, way="desk", score=1, given_at=at)
    booking = Booking.objects.create(
        title="会见",
        begins_at=at,
        ends_at=at + dt.timedelta(hours=1),
        contact_name="x",
        contact_number="1",
        created_at=at,
    )
    project = Project.objects.order_by("-year")[0]
    freeze(project, boss)
    department = Department.objects.order_by("pk")[0]
    supplier = Supplier.objects.create(name_zh="某公司")
    contract = Contract.objects.create(
        number="HT-1",
        subject="热线服务",
        supplier=supplier,
        procurement="tender",
        amount_fen=1,
        begins_on=dt.date(2026, 1, 1),
        ends_on=dt.date(2026, 12, 31),
    )
    InterpreterLanguage.objects.create(interpreter=her, language="csl", level=3)
    open_window("csl", "resident", DAYS, dt.time(9), dt.time(17), valid_from=dt.date(2026, 1, 1), by=None)
    soon = {"language": "csl", "tongue": "en", "begins_at": at + dt.timedelta(hours=2), "created_at": at}
    SignSlot.objects.create(token="t" * 22, name="Wu", contact="wu@example.org", **soon)
    SignSlot.objects.create(token="missed", **soon | {"begins_at": at - dt.timedelta(hours=2)})
    unrated = Call.objects.create(dialled="960169", started_at=at, answered_at=at, ended_at=at, language="en")
    link = {"token": "t" * 22, "created_at": at, "expires_at": at + dt.timedelta(days=1)}
    Invitation.objects.create(call=unrated, address="1", sender="sms", language="en", **link)
    return {
        "registered": _registered(line),
        "call_id": call.pk,
        "callback_id": Callback.objects.create(call=call, number="1", created_at=at, due_at=at).pk,
        "emergency_id": Emergency.objects.create(began_at=at, ended_at=at, reason="演练", remind_at=at).pk,
        "campaign_id": Campaign.objects.create(
            name="回访", first_hour=dt.time(9), last_hour=dt.time(17), ends_at=at + dt.timedelta(days=1), created_at=at
        ).pk,
        "booking_id": booking.pk,
        "assignment_id": BookingAssignment.objects.create(booking=booking, interpreter=her, language="en").pk,
        "incident_id": Incident.objects.create(kind="other", opened_at=at).pk,
        "line_class": line.line_class,
        "number": LINE,
        "code": Report.objects.create(period="2026H1", begun_at=at, begun_by=boss).period,
        "review_id": RatingReview.objects.create(rating=rating, opened_at=at).pk,
        "complaint_id": Complaint.objects.create(source="desk", text="x", made_at=at).pk,
        "order_id": WorkOrder.objects.create(
            department=department, subject="x", text="x", opened_at=at, opened_by=boss, due_at=at
        ).pk,
        "contract_id": contract.pk,
        "project_id": project.pk,
        "indicator_id": Indicator.objects.filter(project=project).order_by("pk")[0].pk,
        "piece_id": project.evidence.order_by("pk")[0].pk,
        "sha256": "0" * 64,
        "recording_id": 0,
        "comment_id": 0,
        "listening_id": "00000000-0000-0000-0000-000000000000",
        "token": "t" * 22,
        "name": "x.csv",
        "file": "x.pdf",
        "kind": "docx",
        "copy": "x",
        "part": "x",
        "provider_id": "x",
        "tongue": "en",
        "rest": "x",
        "request_id": 0,
        "case_id": 0,
        "delivery_id": 0,
        "hook_id": Hook.objects.create(name="某系统", url="https://partner.example/", person=boss, made_at=at).pk,
        "session_id": 0,
        "pk": 0,
    }


def _registered(line: Line) -> dict[str, dict[str, Any]]:
    """Return for the addresses of each registry a row that stands in it."""
    District.objects.get_or_create(code="zz", name_zh="某区", name_en="Some district")
    LineDomain.objects.get_or_create(line=line)
    SpecialDay.objects.get_or_create(date="2026-01-01", counts_as="H", name="元旦")
    other = Line.objects.exclude(pk=line.pk).order_by("pk")[0]
    LineMerger.objects.get_or_create(line=line, into=other, since="2020-01-01", until="2020-12-31")
    Agreement.objects.get_or_create(line=line, department=Department.objects.order_by("pk")[0])
    DialledNumber.objects.get_or_create(number="7000001", line=line, way_in="direct")
    rows = ((model._meta, model._default_manager.order_by("pk").first()) for model in site._registry)
    return {f"admin/{meta.app_label}/{meta.model_name}/": {"object_id": row.pk} for meta, row in rows if row}


def people() -> Mapping[str, Person]:
    """Return one person of each role who has to do with nothing above, and three who have: the interpreter who was on
    the call, an agent of its line, and a clerk of the department that has the work order."""
    somebody = {role.value: _person(role.value, role) for role in Role}
    her = Interpreter.objects.order_by("number")[0].person
    agent = create_person("agent-of-the-line", by=None)
    grant_role(agent, Role.AGENT, by=None, line_number=LINE)
    clerk = _person("clerk-of-it", Role.CLERK)
    clerk.department = Department.objects.order_by("pk")[0]
    clerk.save(update_fields=["department"])
    return {
        **somebody,
        "nobody": create_person("without-a-role", by=None),
        "her": her,
        "line's agent": agent,
        "its clerk": clerk,
    }


def _person(name: str, role: Role) -> Person:
    made = create_person(f"any-{name}", by=None, display_name=name)
    grant_role(made, role, by=None)
    if role is Role.INTERPRETER:
        Interpreter.objects.create(person=made, number="zz-9", contact="sip:x@127.0.0.1", state_since=now())
    return made
