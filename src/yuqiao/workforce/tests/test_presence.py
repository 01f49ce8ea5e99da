"""Presence: one conditional UPDATE for each change, so that the faster one wins and nobody stays held."""

from __future__ import annotations

import datetime as dt

import pytest

from yuqiao.accounts.models import JournalEntry, Person
from yuqiao.lib import clock
from yuqiao.workforce.models import Interpreter, PresenceState
from yuqiao.workforce.services import PresenceError, claim, end_wrap_ups, engage, release, set_presence

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def li() -> Interpreter:
    person = Person.objects.create(username="li")
    return Interpreter.objects.create(
        person=person, number="1001", contact="sip:li@desk", state="ready", state_since=clock.now()
    )


def state_of(interpreter: Interpreter) -> tuple[str, str]:
    interpreter.refresh_from_db()
    return interpreter.state, interpreter.held_by


def test_the_second_claim_comes_too_late(li: Interpreter) -> None:
    assert claim(li.pk, "first", clock.now())
    assert not claim(li.pk, "second", clock.now())
    assert state_of(li) == ("claimed", "first")


@pytest.mark.parametrize("state", [one for one in PresenceState if one is not PresenceState.READY])
def test_only_one_who_is_ready_can_be_claimed(li: Interpreter, state: PresenceState) -> None:
    Interpreter.objects.update(state=state)
    assert not claim(li.pk, "request", clock.now())


def test_who_talked_wraps_up_and_who_was_only_rung_is_ready(li: Interpreter) -> None:
    claim(li.pk, "request", clock.now())
    assert release("request", "wrap_up", clock.now())
    assert state_of(li) == ("ready", "")
    claim(li.pk, "request", clock.now())
    assert engage("request", li.pk, clock.now())
    assert state_of(li) == ("busy", "request")
    assert release("request", "wrap_up", clock.now())
    assert state_of(li) == ("wrap_up", "")


def test_late_words_about_a_former_request_change_nothing(li: Interpreter) -> None:
    claim(li.pk, "new", clock.now())
    assert not engage("old", li.pk, clock.now())
    assert not release("old", "ready", clock.now())
    assert state_of(li) == ("claimed", "new")


def test_wrap_up_ends_neither_early_nor_late(li: Interpreter) -> None:
    began = clock.now()
    Interpreter.objects.update(state="wrap_up", state_since=began)
    assert end_wrap_ups(began + dt.timedelta(seconds=19.9), 20) == 0
    assert end_wrap_ups(began + dt.timedelta(seconds=20), 20) == 1
    assert state_of(li) == ("ready", "")


def test_she_signs_in_and_off_but_not_out_of_a_call(li: Interpreter) -> None:
    boss = Person.objects.create(username="boss")
    assert set_presence(li.pk, "break", boss).state == "break"
    assert JournalEntry.objects.get().detail == {"state": "break"}
    set_presence(li.pk, "ready", boss)
    claim(li.pk, "request", clock.now())
    with pytest.raises(PresenceError):
        set_presence(li.pk, "off", boss)
    with pytest.raises(PresenceError):
        set_presence(li.pk, "busy", boss)
    assert state_of(li) == ("claimed", "request")
