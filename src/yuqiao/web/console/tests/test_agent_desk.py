"""The page of a partner line's agent: two clicks to a request, what she is told, and that it is hers alone."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.conf import settings as configured
from django.test import Client
from pytest_django import Settings

from yuqiao.accounts.models import Person, Role
from yuqiao.accounts.services import grant_role
from yuqiao.hotline import expecting
from yuqiao.hotline.models import Call, Complaint, Line, LineRequest
from yuqiao.hotline.routing_tables import forget
from yuqiao.lib import phones
from yuqiao.lib.clock import now
from yuqiao.web.console.tests import cast

pytestmark = [pytest.mark.database, pytest.mark.django_db]

ENGLISH = {"accept-language": "en"}


@pytest.fixture(autouse=True)
def _anew() -> None:
    forget()
    expecting.forget()


@pytest.fixture
def wu(client: Client) -> Person:
    cast.line("110", "报警", "Police", line_class="emergency", priority=100)
    made = cast.person("wu", Role.AGENT, line="110")
    client.force_login(made)
    return made


def page(client: Client, **typed: str) -> str:
    answer = client.get("/agent/", typed, headers=ENGLISH)
    assert answer.status_code == 200
    return answer.content.decode()


def ask(client: Client, **typed: str) -> int:
    given = {"line": "110", "language": "ar", "way": "browser"} | typed
    return client.post("/agent/ask/", given, headers=ENGLISH).status_code


def ticket(client: Client) -> phones.Ticket:
    said = client.post("/agent/ticket/").json()
    return phones.check(said["ticket"], phones.key_from(configured.ARI_PASSWORD), now().timestamp())


def test_two_clicks_from_the_page_to_the_request(client: Client, wu: Person) -> None:
    cast.interpreter("A-01", "ar")
    assert client.get("/").headers["Location"] == "/agent/", "she lands here"
    shown = page(client)
    url = re.search(r'href="(/agent/\?line=110&amp;language=ar)"', shown)
    assert url, "first click: the language"
    assert "1 ready" in shown
    assert "Emergency line: served first" in shown
    chosen = client.get(url[1].replace("&amp;", "&"), headers=ENGLISH).content.decode()
    assert "An interpreter is ready and is rung at once." in chosen, "no number is made up without any experience"
    assert 'name="way" value="browser" autofocus' in chosen, "second click, or just the Enter key"
    assert ask(client) == 302
    request = LineRequest.objects.get()
    assert (request.person, request.line.number, request.language, request.expected) == (wu, "110", "ar", None)
    running = page(client)
    assert "data-dials" in running
    assert "This page is calling" in running


def test_before_asking_she_is_told_the_truth(client: Client, wu: Person) -> None:
    assert "Nobody is on shift for this language." in page(client, language="ar")
    busy = cast.interpreter("A-01", "ar", state="busy")
    assert "How long that lasts is not known yet." in page(client, language="ar")
    for seconds in (4, 6, 40):
        asked = now() - dt.timedelta(days=1)
        on = asked + dt.timedelta(seconds=seconds)
        over = on + dt.timedelta(seconds=280)
        call = cast.call(1, language="ar", interpreter_at=on, ended_at=over)
        call.requests.create(language="ar", state="answered", created_at=asked, first_rung_at=asked, settled_at=on)
    expecting.forget()
    assert "one is free in about 4 minutes. A call waits 45 seconds at most" in page(client, language="ar")
    type(busy).objects.update(state="ready")
    told = "Usually an interpreter is on within 10 seconds; nine times out of ten within 40 seconds."
    assert told in page(client, language="ar")
    ask(client)
    assert LineRequest.objects.get().expected == 6


def test_her_page_gets_a_ticket_that_dials_her_line_for_her_request_alone(client: Client, wu: Person) -> None:
    given = ticket(client)
    assert (given.name, given.dials) == (f"agent-{wu.pk}", ""), "without a request it calls nobody"
    ask(client)
    given = ticket(client)
    assert (given.name, given.dials, given.language) == (f"agent-{wu.pk}", "110", "ar")
    LineRequest.objects.update(call=cast.call(5, on=Line.objects.get(number="110")))
    assert ticket(client).dials == "", "its call was begun: after a reload it is only taken over"


def test_what_is_wrong_is_said_where_it_was_typed_and_nothing_is_lost(
    client: Client, wu: Person, settings: Settings
) -> None:
    settings.OUTBOUND_CONTACT = "sip:{number}@trunk"
    typed = {"line": "110", "language": "ar", "way": "phone", "number": "8001", "guest": "12", "reference": "J-7"}
    answer = client.post("/agent/ask/", typed, headers=ENGLISH)
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "This number does not look complete" in shown
    assert 'value="12" aria-invalid="true"' in shown
    assert 'value="8001"' in shown
    assert 'value="J-7"' in shown
    assert client.post("/agent/ask/", typed | {"guest": "010-65120000"}).status_code == 302
    assert LineRequest.objects.get().guest == "01065120000"
    assert "Your telephone is about to ring." in page(client)


def test_while_waiting_she_sees_her_place_and_takes_it_back(client: Client, wu: Person) -> None:
    ask(client)
    line = Line.objects.get(number="110")
    call = cast.call(20, on=line, language="ar", way_in="beside_agent", interpreter_at=None, phase="seeking")
    LineRequest.objects.update(call=call)
    before = cast.call(60, on=line, language="ar", interpreter_at=None, phase="seeking")
    for one in (before, call):
        one.requests.all().delete()
        one.requests.create(language="ar", state="waiting", priority=100, created_at=one.started_at)
    shown = page(client)
    assert "An interpreter is being sought." in shown
    assert "1 request is served before yours." in shown
    assert "Nobody is on shift" in shown
    request = LineRequest.objects.get()
    assert client.post(f"/agent/{request.pk}/", {"ask": "cancel"}).status_code == 302
    assert call.commands.get().kind == "end"


def test_a_request_that_became_no_call_is_said(client: Client, wu: Person) -> None:
    ask(client)
    LineRequest.objects.update(created_at=now() - dt.timedelta(minutes=3))
    assert "Your last request did not become a call" in page(client)


def served(person: Person) -> LineRequest:
    line = Line.objects.get(number="110")
    at = now()
    call = cast.call(60, on=line, language="ar", way_in="beside_agent", interpreter_at=at, ended_at=at, phase="ended")
    return LineRequest.objects.create(
        person=person, line=line, language="ar", way="browser", created_at=at, call=call, reference="J-7"
    )


def test_afterwards_she_rates_and_it_stands_in_her_list(client: Client, wu: Person) -> None:
    request = served(wu)
    shown = page(client)
    assert "How was your last call?" in shown
    assert "Rating still open" in shown
    url = f"/agent/{request.pk}/rate/"
    answer = client.post(url, {"score": "2", "problem": "1", "words": ""}, headers=ENGLISH)
    assert answer.status_code == 422
    assert "Say in a few words what was wrong" in answer.content.decode()
    assert 'value="2" required checked' in answer.content.decode()
    assert client.post(url, {"score": "2", "problem": "1", "words": "数字译错"}).status_code == 302
    assert Complaint.objects.get().source == "line"
    shown = page(client)
    assert "2 / 5" in shown
    assert "How was your last call?" not in shown
    client.force_login(cast.person("boss", Role.SUPERVISOR))
    shown = client.get("/feedback/", headers=ENGLISH).content.decode()
    assert "Agent of a partner line" in shown
    assert "How agents of partner lines rate us" in shown
    assert shown.count("数字译错") == 2, "among the complaints, and with its stars"


def test_notes_are_kept_as_she_types(client: Client, wu: Person) -> None:
    request = served(wu)
    url = f"/agent/{request.pk}/note/"
    assert 'value="J-7"' in client.get(url).content.decode()
    assert client.post(url, {"note": "护照", "reference": "J-8"}).json()["kept"]
    request.refresh_from_db()
    assert (request.note, request.reference) == ("护照", "J-8")
    assert client.post(url, {"note": "x" * 2001}).status_code == 409


def test_everything_is_hers_alone(client: Client, wu: Person) -> None:
    request = served(wu)
    mei = cast.person("mei", Role.AGENT, line="110")
    client.force_login(mei)
    assert "J-7" not in page(client), "not even for another agent of the same line"
    for url in (f"/agent/{request.pk}/", f"/agent/{request.pk}/note/", f"/agent/{request.pk}/rate/"):
        assert client.post(url, {"ask": "cancel", "score": "5"}).status_code == 404
    assert ask(client, line="12345") == 302, "for another line than hers she cannot ask: hers is taken"
    assert LineRequest.objects.get(person=mei).line.number == "110"
    for role in (Role.INTERPRETER, Role.SUPERVISOR, Role.CLERK):
        client.force_login(cast.person(f"x-{role}", role))
        assert {client.get("/agent/").status_code, client.post("/agent/ask/").status_code} == {403}
        assert client.post("/agent/ticket/").status_code == 403


def test_an_agent_of_two_lines_chooses_and_one_without_a_line_is_told(client: Client, wu: Person) -> None:
    cast.line("12345")
    grant_role(wu, Role.AGENT, by=None, line_number="12345")
    assert '<option value="12345" selected>' in page(client, line="12345")
    ask(client, line="12345")
    assert LineRequest.objects.get().line.number == "12345"
    client.force_login(cast.person("nobody", Role.AGENT))
    assert "Your account names no line" in page(client)
    assert ask(client) == 422


def test_the_foreigner_points_at_a_language(client: Client, wu: Person) -> None:
    shown = client.get("/agent/point/", headers=ENGLISH).content.decode()
    assert 'lang="ar" dir="rtl"><b>العربية</b>' in shown
    assert 'href="/agent/?line=110&amp;language=ar"' in shown
    assert not Call.objects.exists()
