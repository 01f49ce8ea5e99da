"""Work orders on their pages: opened from the wrap-up, seen by the department they go to, on time as a figure."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from yuqiao.accounts.models import Department, Person, Role
from yuqiao.cases.models import WorkOrder
from yuqiao.hotline.figures.definition import Scope
from yuqiao.hotline.figures.report import totals
from yuqiao.hotline.models import Call, Complaint, WrapUp
from yuqiao.hotline.wrap_ups import Said, save
from yuqiao.lib.clock import now
from yuqiao.web.console.tests import cast
from yuqiao.web.console.tests.conftest import Visitor
from yuqiao.workforce.models import Interpreter


def department(code: str) -> Department:
    return Department.objects.get_or_create(code=code, defaults={"name_zh": code, "name_en": code})[0]


def clerk(username: str, code: str) -> Person:
    made = cast.person(username, Role.CLERK)
    Person.objects.filter(pk=made.pk).update(department=department(code))
    return made


def order_of(client: Client, **more: str) -> WorkOrder:
    """Anna opens an order after her call."""
    anna = cast.interpreter("E-01", "en")
    call = cast.finished_call()
    save(call, anna, Said(note="black bag, metro line 2"), finish=False)
    client.force_login(anna.person)
    health = department("health")
    data = {"department": str(health.pk), "order_class": "urgent", "subject": "Lost bag", **more}
    assert client.post(f"/calls/{call.pk}/order/", data)["Location"] == "/"
    return WorkOrder.objects.get()


def page(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path, headers={"accept-language": "en"})
    assert response.status_code == status
    return response.content.decode()


@pytest.mark.database
@pytest.mark.django_db
def test_the_department_answers_and_the_centre_closes(client: Client) -> None:
    order = order_of(client)
    call = Call.objects.get()
    assert (order.call, order.line_number, order.language, order.text) == (
        call.pk,
        "12345",
        "en",
        "black bag, metro line 2",
    )
    page(client, "/cases/", 403)
    client.force_login(clerk("other", "police"))
    assert order.number not in page(client, "/cases/")
    page(client, f"/cases/{order.pk}/", 404)
    client.force_login(clerk("zheng", "health"))
    assert order.number in page(client, "/cases/")
    client.post(f"/cases/{order.pk}/", {"act": "close"})
    for act in ("accept", "answer"):
        client.post(f"/cases/{order.pk}/", {"act": act, "text": "found at the station"})
    order.refresh_from_db()
    assert order.state == "answered"
    client.force_login(cast.person("zhou", Role.SUPERVISOR))
    detail = page(client, f"/cases/{order.pk}/")
    assert "found at the station" in detail
    assert f"/calls/{call.pk}/" in detail
    client.post(f"/cases/{order.pk}/", {"act": "close"})
    order.refresh_from_db()
    assert order.state == "closed"
    assert order.number not in page(client, "/cases/")
    assert order.number in page(client, "/cases/?state=closed")


@pytest.mark.database
@pytest.mark.django_db
def test_a_returned_order_leaves_the_clerks_list_when_it_goes_elsewhere(client: Client) -> None:
    order = order_of(client)
    zheng = clerk("zheng", "health")
    client.force_login(zheng)
    client.post(f"/cases/{order.pk}/", {"act": "return", "text": "not ours"})
    client.force_login(cast.person("zhou", Role.SUPERVISOR))
    client.post(f"/cases/{order.pk}/", {"act": "reassign", "department": str(department("police").pk)})
    client.force_login(zheng)
    page(client, f"/cases/{order.pk}/", 404)
    client.force_login(cast.person("auditor", Role.AUDITOR))
    assert client.post(f"/cases/{order.pk}/", {"act": "note", "text": "x"}).status_code == 403


@pytest.mark.database
@pytest.mark.django_db
def test_only_those_of_the_call_open_an_order_and_it_says_what_it_is(client: Client) -> None:
    order_of(client)
    call = Call.objects.get()
    data = {"department": str(department("health").pk), "order_class": "urgent", "subject": "s", "text": "t"}
    client.force_login(cast.person("stranger", Role.INTERPRETER))
    assert client.post(f"/calls/{call.pk}/order/", data).status_code == 403
    client.force_login(cast.person("zhou", Role.SUPERVISOR))
    client.post(f"/calls/{call.pk}/order/", data | {"order_class": "x"})
    assert WorkOrder.objects.count() == 1
    client.post(f"/calls/{call.pk}/order/", data)
    assert WorkOrder.objects.count() == 2


@pytest.mark.database
@pytest.mark.django_db
def test_on_time_is_a_figure_with_rows_and_so_are_the_others_of_after_the_call(client: Client) -> None:
    order = order_of(client)
    scope = Scope(now() - dt.timedelta(hours=1), now() + dt.timedelta(minutes=1))
    assert totals(scope)["orders_on_time"].denominator == 0, "neither answered nor due"
    WorkOrder.objects.update(answered_at=order.due_at)
    late = WorkOrder.objects.get()
    late.pk = None
    late.answered_at = late.due_at + dt.timedelta(seconds=1)
    late.save()
    found = totals(scope)["orders_on_time"]
    assert (found.numerator, found.denominator) == (1, 2)
    Complaint.objects.create(source="typed", text="no call", made_at=now())
    Call.objects.update(time_to_interpreter=dt.timedelta(seconds=6))
    WrapUp.objects.update(request_type="help", outcome="resolved", finished_at=now())
    client.force_login(cast.person("auditor", Role.AUDITOR))
    year = timezone.localdate().year
    for code, count in (("orders_on_time", 2), ("complaints", 1), ("complaint_rate", 1), ("wanted_help", 1)):
        shown = page(client, f"/statistics/{code}/denominator/?period={year}")
        assert f'id="count">{count}<' in shown, code


def test_two_clicks_from_the_wrap_up(visitor: Visitor) -> None:
    department("health")
    anna = cast.interpreter("E-01", "en", state="wrap_up")
    Interpreter.objects.update(state_since=now())
    cast.finished_call(60, 30)
    save(Call.objects.get(), anna, Said(note="black bag"), finish=False)
    visitor.sign_in(anna.person)
    screen = visitor.open("/")
    order = screen.locator("details.order")
    order.locator("input[name=subject]").wait_for(state="attached")
    order.locator("summary").click()
    order.locator("select[name=department]").select_option(label="health")
    order.locator("input[name=subject]").fill("Lost bag")
    order.get_by_role("button").click()
    expect(screen.get_by_role("status").first).to_contain_text("Work order opened")
    made = WorkOrder.objects.get()
    assert (made.subject, made.text) == ("Lost bag", "black bag")
    assert visitor.problems == []
