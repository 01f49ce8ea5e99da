"""Tickets of the telephone in the page, and whose page is whose telephone."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client

from yuqiao.accounts.models import JournalEntry, Role
from yuqiao.accounts.services import grant_role
from yuqiao.lib import phones
from yuqiao.lib.clock import now
from yuqiao.web.console.tests import cast
from yuqiao.workforce.models import Duty, PresenceSpan

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def test_each_gets_a_ticket_of_her_own_that_dials_nobody(client: Client) -> None:
    key = phones.key_from(settings.ARI_PASSWORD)
    assert client.post("/phone/ticket/").status_code == 302, "whoever is not signed in gets none"
    li, boss = cast.interpreter("E-01", "en").person, cast.person("boss", Role.SUPERVISOR)
    for person, name in ((li, "desk-e-01"), (boss, f"staff-{boss.pk}")):
        client.force_login(person)
        assert client.get("/phone/ticket/").status_code == 405
        said = client.post("/phone/ticket/").json()
        ticket = phones.check(said["ticket"], key, now().timestamp())
        assert (ticket.name, ticket.dials) == (name, "")
        assert said["address"] == f"sip:{name}@browser"
        assert ticket.until < now().timestamp() + 60


def test_who_supervises_has_a_phone_for_it_beside_that_of_her_desk(client: Client) -> None:
    key = phones.key_from(settings.ARI_PASSWORD)
    both, li = cast.interpreter("E-01", "en").person, cast.interpreter("E-02", "en").person
    grant_role(both, Role.SUPERVISOR, by=None)
    for person, listens, name in (
        (both, "1", f"staff-{both.pk}"),
        (both, "", "desk-e-01"),
        (li, "1", "desk-e-02"),
    ):
        client.force_login(person)
        ticket = client.post("/phone/ticket/", {"listens": listens}).json()["ticket"]
        assert phones.check(ticket, key, now().timestamp()).name == name


def test_an_interpreter_switches_her_page_on_and_it_is_rung_while_it_is_there(client: Client) -> None:
    li, other = cast.interpreter("E-01", "en"), cast.interpreter("E-02", "en")
    client.force_login(li.person)
    assert client.post("/phone/here/", {"there": "1"}).status_code == 409
    assert client.post("/phone/use/", {"on": "1"}).status_code == 302
    assert client.post("/phone/here/", {"there": "1"}).status_code == 204
    assert Duty.objects.get(interpreter=li).contact == "sip:desk-e-01@browser"
    assert Duty.objects.get(interpreter=other).contact == other.contact
    assert client.post("/phone/here/", {}).status_code == 204
    assert Duty.objects.get(interpreter=li).contact == li.contact
    client.force_login(cast.person("boss", Role.SUPERVISOR))
    assert {client.post(f"/phone/{do}/", {"on": "1"}).status_code for do in ("use", "here")} == {404}
    assert JournalEntry.objects.filter(action="workforce.browser_phone").count() == 1


def test_only_pages_that_telephone_may_open_the_microphone(client: Client) -> None:
    client.force_login(cast.interpreter("E-01", "en").person)
    assert "microphone=(self)" in client.get("/")["Permissions-Policy"]
    assert "microphone=()" in client.get("/keys/")["Permissions-Policy"]
    call = f"/calls/{cast.call().pk}/"
    for role, policy in ((Role.SUPERVISOR, "microphone=(self)"), (Role.AUDITOR, "microphone=()")):
        client.force_login(cast.person(role, role))
        for page in ("/board/", call):
            answer = client.get(page)
            assert policy in answer["Permissions-Policy"], (role, page)
            assert (b'id="phone"' in answer.content) == (role == Role.SUPERVISOR), (role, page)


def test_a_break_has_a_reason(client: Client) -> None:
    li = cast.interpreter("E-01", "en")
    client.force_login(li.person)
    assert client.post("/presence/", {"state": "break:meal"}).status_code == 302
    assert PresenceSpan.objects.get(ended_at=None).reason == "meal"
    assert client.post("/presence/", {"state": "break:rest"}).status_code == 302
    assert PresenceSpan.objects.get(ended_at=None).reason == "rest", "corrected"
    assert client.post("/presence/", {"state": "break:fishing"}).status_code == 400
    assert client.post("/presence/", {"state": "ready:meal"}).status_code == 400, "a reason belongs to a break"
    li.refresh_from_db()
    assert li.state == "break"
