"""Work orders as rows: opened, moved by those who may, answered, journaled without the caller's words."""

from __future__ import annotations

import datetime as dt

import pytest

from yuqiao.accounts.models import Department, JournalEntry, Person
from yuqiao.cases.models import OrderClass, OrderState, WorkOrder
from yuqiao.cases.rules import HOURS, Side, State
from yuqiao.cases.services import OrderError, Origin, do, open_order

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def department(code: str = "health") -> Department:
    return Department.objects.create(code=code, name_zh=code)


def person(name: str = "zhou") -> Person:
    return Person.objects.get_or_create(username=name)[0]


def opened(order_class: str = "urgent") -> WorkOrder:
    return open_order(department(), order_class, "Lost bag", "black bag", Origin(language="en"), by=person())


def test_codes_of_rows_and_rules_are_the_same() -> None:
    assert set(OrderState.values) == {state.value for state in State}
    assert set(OrderClass.values) == set(HOURS)


def test_from_opening_to_closing() -> None:
    order = opened()
    assert order.due_at - order.opened_at == dt.timedelta(hours=24)
    clerk = person("clerk")
    do(order, "accept", "", side=Side.DEPARTMENT, by=clerk)
    with pytest.raises(OrderError, match="say something"):
        do(order, "answer", " ", side=Side.DEPARTMENT, by=clerk)
    do(order, "answer", "found it", side=Side.DEPARTMENT, by=clerk)
    first = WorkOrder.objects.get().answered_at
    do(order, "send_back", "where?", side=Side.CENTRE, by=person())
    do(order, "answer", "at the station", side=Side.DEPARTMENT, by=clerk)
    do(order, "told_caller", "by phone", side=Side.CENTRE, by=person())
    done = do(order, "close", "", side=Side.CENTRE, by=person())
    assert (done.state, done.answered_at, done.closed_at is not None) == ("closed", first, True)
    acts = list(order.events.values_list("act", flat=True))
    assert acts == ["open", "accept", "answer", "send_back", "answer", "told_caller", "close"]
    journal = JournalEntry.objects.filter(action__startswith="order.")
    assert journal.count() == 7
    assert all("bag" not in str(entry.detail) and "station" not in str(entry.detail) for entry in journal)


def test_who_may_not_and_what_is_not_possible_changes_nothing() -> None:
    order = opened()
    for act, side in (("accept", Side.CENTRE), ("answer", Side.DEPARTMENT), ("close", Side.CENTRE), ("x", Side.CENTRE)):
        with pytest.raises(OrderError):
            do(order, act, "words", side=side, by=person())
    assert WorkOrder.objects.get().state == "open"
    assert order.events.count() == 1


def test_what_is_returned_goes_to_another_department() -> None:
    order = opened()
    do(order, "return", "not ours", side=Side.DEPARTMENT, by=person("clerk"))
    with pytest.raises(OrderError, match="to whom"):
        do(order, "reassign", "", side=Side.CENTRE, by=person())
    other = department("police")
    moved = do(order, "reassign", "", side=Side.CENTRE, by=person(), department=other)
    assert (moved.state, moved.department) == ("open", other)


@pytest.mark.parametrize(
    ("order_class", "subject", "text"), [("urgent", " ", "x"), ("urgent", "x", ""), ("x", "x", "x")]
)
def test_an_order_says_what_it_is(order_class: str, subject: str, text: str) -> None:
    with pytest.raises(OrderError):
        open_order(department(), order_class, subject, text, Origin(), by=person())
