"""An interpreter says on her page whether she can be rung."""

from __future__ import annotations

import pytest
from django.test import Client

from yuqiao.accounts.models import JournalEntry, Role
from yuqiao.web.console.presence import REASONS
from yuqiao.web.console.tests import cast
from yuqiao.workforce.models import Interpreter

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def anna(client: Client) -> Interpreter:
    """Anna, off duty, signed in."""
    row = cast.interpreter("1001", "en", state="off")
    client.force_login(row.person)
    return row


def test_she_comes_on_duty_and_the_journal_knows(client: Client, anna: Interpreter) -> None:
    page = client.get("/").content.decode()
    assert page.count('name="state"') == 2 + len(REASONS), "ready, off, and a break for each reason"
    assert client.post("/presence/", {"state": "ready"})["Location"] == "/"
    anna.refresh_from_db()
    assert anna.state == "ready"
    entry = JournalEntry.objects.get(action="workforce.presence")
    assert (entry.actor, entry.detail) == (anna.person, {"state": "ready"})


def test_while_she_is_rung_her_state_is_not_hers_to_choose(client: Client, anna: Interpreter) -> None:
    Interpreter.objects.update(state="claimed", held_by="a-request")
    assert 'name="state"' not in client.get("/").content.decode()
    answer = client.post("/presence/", {"state": "off"}, follow=True)
    assert "状态随通话而定" in answer.content.decode()
    anna.refresh_from_db()
    assert (anna.state, anna.held_by) == ("claimed", "a-request")


@pytest.mark.parametrize("state", ["busy", "claimed", "wrap_up", "", "nonsense"])
def test_states_that_follow_from_calls_cannot_be_chosen(client: Client, anna: Interpreter, state: str) -> None:
    assert client.post("/presence/", {"state": state}).status_code == 400
    anna.refresh_from_db()
    assert anna.state == "off"


def test_others_have_no_such_state(client: Client) -> None:
    client.force_login(cast.person("wang", Role.SUPERVISOR))
    assert client.post("/presence/", {"state": "ready"}).status_code == 404


def test_a_stranger_signs_in_first(client: Client) -> None:
    assert client.post("/presence/", {"state": "ready"})["Location"].startswith("/sign-in/")
