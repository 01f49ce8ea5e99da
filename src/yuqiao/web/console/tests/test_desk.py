"""What stands on an interpreter's own page: who rings her and why, that a rest is due, whom she can add, who speaks."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from yuqiao.accounts.models import Role
from yuqiao.accounts.services import grant_role
from yuqiao.hotline.models import Leg, WrapUp
from yuqiao.lib.clock import now
from yuqiao.lib.sources import source_of
from yuqiao.web.console import words
from yuqiao.web.console.after_words import WRAP_OUTCOMES
from yuqiao.web.console.desk import RULES
from yuqiao.web.console.incoming import MOST, earlier
from yuqiao.web.console.tests import cast
from yuqiao.workforce.models import Interpreter

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def desk(client: Client, li: Interpreter) -> str:
    """Her page, in English, as one line."""
    client.force_login(li.person)
    return re.sub(r"\s+", " ", client.get("/", headers={"accept-language": "en"}).content.decode())


def test_who_rings_her_is_told_with_what_was_before(client: Client) -> None:
    li, wang = cast.interpreter("E-01", "en"), cast.interpreter("E-02", "en")
    police = cast.line("110", "报警", "Police", line_class="emergency")
    before = cast.finished_call(9000, 60)
    at = before.started_at
    WrapUp.objects.create(call=before, call_at=at, opened_at=at, interpreter=wang, outcome="passed_on", saved_at=at)
    call = cast.call(20, on=police, phase="ringing")
    cast.waiting(call, head_of_queue=True)
    assert "A call for you" not in desk(client, li)
    cast.leg(call, "interpreter", interpreter=li, up=False)
    page = desk(client, li)
    for told in ("A call for you", "110 Police", "English", "Emergency line", "A colleague was lost"):
        assert told in page, told
    assert "Earlier calls from this number in 30 days: 1" in page
    assert words.word(WRAP_OUTCOMES, "passed_on") in page
    assert call.caller_number not in page, "masked"
    assert "A call for you" not in desk(client, wang), "each sees her own"
    Leg.objects.update(ended_at=now())
    assert "A call for you" not in desk(client, li)


@pytest.mark.parametrize(
    ("number", "way_in"),
    [
        ("anonymous", "direct"),
        ("Anonymous", "direct"),
        ("", "direct"),
        ("agent-7", "direct"),
        ("021600", "beside_agent"),
    ],
)
def test_a_number_that_is_nobodys_has_no_past(client: Client, number: str, way_in: str) -> None:
    li = cast.interpreter("E-01", "en")
    cast.finished_call(9000, 60, caller_number=number, way_in=way_in)
    cast.leg(cast.call(20, caller_number=number, way_in=way_in), "interpreter", interpreter=li, up=False)
    page = desk(client, li)
    assert "A call for you" in page
    assert "earlier calls" not in page.lower(), "neither some nor none: nobody knows"


def test_a_number_that_never_called_before_is_told_as_such(client: Client) -> None:
    li = cast.interpreter("E-01", "en")
    cast.leg(cast.call(20), "interpreter", interpreter=li, up=False)
    assert "No earlier calls from this number." in desk(client, li)


def test_of_many_earlier_calls_the_last_are_told_and_all_are_counted() -> None:
    calls = [cast.finished_call(3600 * (n + 1), 60) for n in range(MOST + 2)]
    now_rings = cast.call(20)
    with CaptureQueriesContext(connection) as asked:
        count, told = earlier(now_rings, now())
    assert count == MOST + 2
    assert [one.at for one in told] == [one.started_at for one in calls[:MOST]]
    assert not [one["sql"] for one in asked if "snapshot" in one["sql"]], (
        "it is asked again and again while she is rung"
    )


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.PROJECT_MANAGER, Role.AUDITOR, Role.ADMINISTRATOR])
def test_who_also_watches_reaches_her_desk_and_stays_there(client: Client, role: Role) -> None:
    li = cast.interpreter("E-01", "en", state="off")
    entry = '<a href="/desk/"'
    client.force_login(li.person)
    assert entry not in client.get("/").content.decode(), "home is her desk"
    grant_role(li.person, role, by=None)
    assert client.get("/")["Location"] == "/board/"
    assert entry in client.get("/board/").content.decode()
    there = client.get("/desk/")
    assert 'id="phone"' in there.content.decode()
    assert "microphone=(self)" in there["Permissions-Policy"]
    assert client.post("/presence/", {"state": "ready"})["Location"] == "/desk/"
    assert client.post("/phone/use/", {"on": "1"})["Location"] == "/desk/"


def test_who_only_watches_has_no_desk(client: Client) -> None:
    client.force_login(cast.person("wang", Role.SUPERVISOR))
    assert "/desk/" not in client.get("/board/").content.decode()
    assert client.get("/desk/").status_code == 404


def test_a_rest_is_called_for_after_as_long_as_the_rule_says(client: Client) -> None:
    li = cast.interpreter("E-01", "en", state="busy")
    due = now() - dt.timedelta(minutes=RULES.rest_work_minutes)
    Interpreter.objects.update(worked_since=(due + dt.timedelta(minutes=1)).timestamp())
    assert "A rest is due" not in desk(client, li)
    Interpreter.objects.update(worked_since=due.timestamp())
    assert (
        f"A rest is due after this call. Minutes interpreted without a pause: <b>{RULES.rest_work_minutes:.0f}</b>"
        in desk(client, li)
    )


def test_each_party_bears_the_number_by_which_packets_name_it_and_whom_she_can_add_is_listed(client: Client) -> None:
    li = cast.interpreter("E-01", "en", state="busy")
    call = cast.call(60, way_in="transferred")
    legs = [
        cast.leg(call, "caller"),
        cast.leg(call, "agent", label="12345"),
        cast.leg(call, "interpreter", interpreter=li, label="E-01"),
    ]
    call.snapshot = {"legs": [{"id": leg.pk, "role": leg.role, "phase": "joined", "aside": ""} for leg in legs]}
    call.save()
    page = desk(client, li)
    assert [int(number) for number in re.findall(r'data-source="(\d+)"', page)] == [source_of(leg.pk) for leg in legs]
    assert len(re.findall("data-own", page)) == 1
    assert '<option value="12345">Government service hotline</option>' in page
