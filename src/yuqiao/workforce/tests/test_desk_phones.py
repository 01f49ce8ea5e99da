"""Where an interpreter is rung while the page of her desk is her telephone, and when it is not there any more."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.accounts.models import JournalEntry, Person
from yuqiao.lib import clock, phones
from yuqiao.workforce import desk_phones
from yuqiao.workforce.models import Duty, Interpreter, InterpreterLanguage

OWN, PAGE = "sip:41@exchange.example", "sip:desk-e-01@browser"


@pytest.fixture
def li(db: None) -> Interpreter:
    """Li, who speaks two languages, with a telephone of her own."""
    row = Interpreter.objects.create(
        person=Person.objects.create(username="li"),
        number="E-01",
        contact=OWN,
        state="ready",
        state_since=clock.now(),
    )
    for language in ("en", "fr"):
        InterpreterLanguage.objects.create(interpreter=row, language=language)
    return row


def rung() -> set[str]:
    """Return where routing rings her."""
    return set(Duty.objects.values_list("contact", flat=True))


@pytest.mark.database
def test_her_page_is_rung_while_it_is_there_and_her_own_contact_otherwise(li: Interpreter) -> None:
    now = clock.now()
    assert not desk_phones.is_there(li.pk, now), "she did not switch it on"
    assert rung() == {OWN}
    desk_phones.switch(li.pk, on=True, by=li.person)
    assert rung() == {OWN}, "no page is open yet"
    assert desk_phones.is_there(li.pk, now)
    assert rung() == {PAGE}
    InterpreterLanguage.objects.create(interpreter=li, language="de")
    assert rung() == {PAGE}, "a language learned while she sits there"
    desk_phones.is_gone(li.pk)
    assert rung() == {OWN}
    assert desk_phones.is_there(li.pk, now)
    desk_phones.switch(li.pk, on=False, by=li.person)
    assert rung() == {OWN}
    told = JournalEntry.objects.filter(action="workforce.browser_phone").order_by("id")
    assert [one.detail for one in told] == [{"on": True}, {"on": False}]


@pytest.mark.database
def test_a_page_that_gives_no_sign_is_forgotten(li: Interpreter) -> None:
    now = clock.now()
    desk_phones.switch(li.pk, on=True, by=li.person)
    desk_phones.is_there(li.pk, now)
    assert desk_phones.forget_silent(now + desk_phones.STAYS - dt.timedelta(seconds=1)) == 0
    desk_phones.is_there(li.pk, now + dt.timedelta(seconds=20))
    assert desk_phones.forget_silent(now + desk_phones.STAYS) == 0, "it gave a sign since"
    assert desk_phones.forget_silent(now + desk_phones.STAYS + dt.timedelta(seconds=20)) == 1
    assert rung() == {OWN}


@given(st.text(max_size=16), st.integers(1, 10**9))
def test_every_number_makes_a_name_a_ticket_may_bear(number: str, row: int) -> None:
    name = desk_phones.phone_name(number, row)
    assert phones.Ticket(name, 0.0).address == f"sip:{name}@browser"
    assert re.fullmatch(r"desk-[a-z0-9-]+", name)
