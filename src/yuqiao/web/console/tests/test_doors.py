"""Signing in, the language of the pages, and who may open which page."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from django.conf import settings
from django.test import Client

from yuqiao.accounts.models import JournalEntry, Role
from yuqiao.web.console.signin import MOST_FAILURES
from yuqiao.web.console.tests import cast

pytestmark = [pytest.mark.database, pytest.mark.django_db]

WATCHERS = {Role.SUPERVISOR, Role.PROJECT_MANAGER, Role.AUDITOR, Role.ADMINISTRATOR}
LISTENERS = {Role.SUPERVISOR, Role.PROJECT_MANAGER, Role.AUDITOR}


@pytest.fixture
def enter(client: Client) -> Callable[..., Client]:
    def as_somebody(*roles: Role) -> Client:
        client.force_login(cast.person(f"p{uuid.uuid4().hex[:8]}", *roles))
        return client

    return as_somebody


def attempt(client: Client, password: str, **more: str) -> int:
    return client.post("/sign-in/", {"username": "wang", "password": password, **more}).status_code


@pytest.mark.parametrize("path", ["/callbacks/", "/board/", f"/calls/{uuid.uuid4()}/", f"/recordings/{uuid.uuid4()}/"])
def test_strangers_are_sent_to_the_door(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in/?next=")


def test_the_stream_is_closed_to_strangers_and_agents(client: Client, enter: Callable[..., Client]) -> None:
    assert client.get("/board/stream/").status_code == 403
    assert enter(Role.AGENT, Role.INTERPRETER).get("/board/stream/").status_code == 403


def test_wrong_passwords_do_not_enter_and_then_close_the_door(client: Client) -> None:
    cast.person("wang", Role.SUPERVISOR, password=cast.PASSWORD)
    for _ in range(MOST_FAILURES):
        assert attempt(client, "wrong") == 422
    response = client.post(
        "/sign-in/", {"username": "WANG", "password": cast.PASSWORD}, headers={"accept-language": "en"}
    )
    assert response.status_code == 422
    assert "Too many wrong passwords" in response.content.decode()
    assert not JournalEntry.objects.filter(action="person.sign_in").exists()


def test_somebody_switched_off_does_not_enter(client: Client) -> None:
    wang = cast.person("wang", Role.SUPERVISOR, password=cast.PASSWORD)
    wang.is_active = False
    wang.save()
    assert attempt(client, cast.PASSWORD) == 422


@pytest.mark.parametrize(
    ("wanted", "lands"),
    [("/calls/x/", "/calls/x/"), ("https://evil.example/", "/"), ("//evil.example", "/"), ("javascript:alert(1)", "/")],
)
def test_after_the_door_one_lands_only_on_our_own_pages(client: Client, wanted: str, lands: str) -> None:
    cast.person("wang", Role.SUPERVISOR, password=cast.PASSWORD)
    response = client.post("/sign-in/", {"username": "wang", "password": cast.PASSWORD, "next": wanted})
    assert response["Location"] == lands


def test_signing_out_ends_the_session_and_is_journaled(enter: Callable[..., Client]) -> None:
    client = enter(Role.SUPERVISOR)
    assert client.get("/sign-out/").status_code == 405
    client.post("/sign-out/")
    assert client.get("/board/").status_code == 302
    assert JournalEntry.objects.filter(action="person.sign_out").exists()


def test_pages_speak_the_language_one_chose(enter: Callable[..., Client]) -> None:
    client = enter(Role.SUPERVISOR)
    for language, word in (("en", "Calls in progress"), ("zh-hans", "进行中的通话")):
        client.post("/language/", {"language": language, "next": "/board/"})
        assert word in client.get("/board/").content.decode()
    person = JournalEntry.objects.latest("id").subject_id
    assert client.cookies[settings.LANGUAGE_COOKIE_NAME].value == "zh-hans"
    assert person


def test_an_unknown_language_changes_nothing(client: Client) -> None:
    response = client.post("/language/", {"language": "xx", "next": "https://evil.example/"})
    assert response["Location"] == "/"
    assert settings.LANGUAGE_COOKIE_NAME not in response.cookies


@pytest.mark.parametrize("role", list(Role))
def test_each_role_sees_what_the_table_says(enter: Callable[..., Client], role: Role) -> None:
    client = enter(role)
    call = cast.finished_call()
    watches = role in WATCHERS
    assert client.get("/board/").status_code == (200 if watches else 403)
    assert client.get(f"/calls/{call.pk}/").status_code == (200 if watches else 403)
    listens = client.post(f"/calls/{call.pk}/listen/").status_code
    assert listens == (404 if role in LISTENERS else 403)  # 404: may listen, but there is no recording
    home = client.get("/", headers={"accept-language": "en"})
    if watches:
        assert home["Location"] == "/board/"
    elif role is Role.AGENT:
        assert home["Location"] == "/agent/"
    else:
        assert home.status_code == 200


def test_an_agent_of_a_line_that_is_not_registered_is_told_who_mends_it(client: Client) -> None:
    client.force_login(cast.person("chen", Role.AGENT, name="陈晓", line="12345"))
    page = client.get("/", follow=True, headers={"accept-language": "en"}).content.decode()
    assert "陈晓" in page
    assert "administrator can say which line you answer" in page


def test_an_interpreter_sees_her_state_and_her_own_calls_only(client: Client) -> None:
    mine, other = cast.interpreter("E-01", "en", state="busy"), cast.interpreter("E-02", "en")
    call, foreign = cast.call(20), cast.call(20)
    cast.leg(call, "interpreter", interpreter=mine)
    cast.leg(foreign, "interpreter", interpreter=other)
    client.force_login(mine.person)
    page = client.get("/", headers={"accept-language": "en"}).content.decode()
    assert "On a call" in page
    assert str(call.pk) in page
    assert str(foreign.pk) not in page
    assert client.get(f"/calls/{call.pk}/").status_code == 200
    assert client.get(f"/calls/{foreign.pk}/").status_code == 403
