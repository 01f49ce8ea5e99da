"""The city's own sign-in against a real OpenID provider: only people who are entered here come in."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from django.conf import settings as django_settings
from django.test import Client

from yuqiao.accounts.models import JournalEntry, Person, Role
from yuqiao.lib.net import free_port
from yuqiao.web.console.tests import cast

pytestmark = [pytest.mark.database, pytest.mark.django_db, pytest.mark.live]


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: Any, **_more: Any) -> None:
        return None


def _send(url: str, method: str, body: bytes, kind: str) -> Any:
    request = urllib.request.Request(url, data=body, method=method, headers={"Content-Type": kind})  # noqa: S310 (our own provider)
    try:
        return urllib.request.build_opener(_NoRedirect).open(request, timeout=10)
    except urllib.error.HTTPError as answer:
        return answer


class Provider:
    """An OpenID provider on this machine."""

    def __init__(self, port: int) -> None:
        self.url = f"http://localhost:{port}"

    def enter(self, subject: str, **claims: object) -> None:
        _send(f"{self.url}/users/{subject}", "PUT", json.dumps(claims).encode(), "application/json").close()

    def answer(self, address: str, subject: str) -> str:
        """Sign ``subject`` in where our door sent the browser; return where the provider sends it back to."""
        form = urllib.parse.urlencode({"sub": subject}).encode()
        with _send(address, "POST", form, "application/x-www-form-urlencoded") as said:
            return str(said.headers["Location"])


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    port = free_port()
    command = [sys.executable, "-m", "oidc_provider_mock", "--host", "localhost", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("localhost", port), 1):
            break
        assert process.poll() is None, "the provider ended at once"
        assert time.monotonic() < deadline, "the provider does not listen"
        time.sleep(0.05)
    yield Provider(port)
    process.kill()
    process.wait()


@pytest.fixture(autouse=True)
def _city(provider: Provider, settings: Any) -> None:
    settings.OIDC_ISSUER, settings.OIDC_NAME, settings.OIDC_CLAIM = provider.url, "City account", "email"
    app = {"provider_id": "city", "name": "City account", "client_id": "yuqiao", "secret": "s"}
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app | {"settings": {"server_url": provider.url}}]}
    }


@pytest.fixture
def browser() -> Client:
    client = Client()
    client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def wang() -> Person:
    person = cast.person("wang", Role.AGENT, password=cast.PASSWORD)
    Person.objects.filter(pk=person.pk).update(email="wang@city.example")
    return person


def come_in(
    browser: Client, provider: Provider, subject: str, address: str = "/sign-in/oidc/city/login/?next=/keys/"
) -> Any:
    sent = browser.get(address)
    assert sent.status_code == 302
    assert "code_challenge=" in sent["Location"]
    back = urllib.parse.urlsplit(provider.answer(sent["Location"], subject))
    assert back.path == "/sign-in/oidc/city/login/callback/"
    return browser.get(f"{back.path}?{back.query}")


def test_the_door_offers_the_citys_sign_in(browser: Client) -> None:
    page = browser.get("/sign-in/?next=/hours/").content.decode()
    assert "City account" in page
    assert "/sign-in/oidc/city/login/?next=/hours/" in page


def test_a_verified_address_lets_its_owner_in_and_ties_the_subject(browser: Client, provider: Provider) -> None:
    person = wang()
    provider.enter("s1", email="WANG@city.example", email_verified=True, name="Somebody Else", groups=["administrator"])
    assert come_in(browser, provider, "s1")["Location"] == "/keys/"
    assert browser.get("/security/").status_code == 200
    assert set(person.grants.values_list("role", flat=True)) == {"agent"}
    said = list(JournalEntry.objects.order_by("id").values_list("action", "detail"))
    assert ("identity.connect", {"issuer": provider.url}) in said
    assert ("person.sign_in", {"with": ["socialaccount"]}) in said
    assert SocialAccount.objects.get().extra_data == {}, "what the provider told was kept"
    other = Client()
    provider.enter("s1", email="changed@city.example", email_verified=True)
    assert come_in(other, provider, "s1").status_code == 302
    assert other.get("/security/").status_code == 200, "the subject counts, whatever its address is by now"


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "wang@city.example", "email_verified": False},
        {"email": "wang@city.example"},
        {"email": "wang@city.example", "email_verified": "true"},
        {"email": "stranger@city.example", "email_verified": True},
        {},
    ],
)
def test_nobody_else_comes_in_and_no_account_is_made(
    browser: Client, provider: Provider, claims: dict[str, object]
) -> None:
    wang()
    before = Person.objects.count()
    provider.enter("s2", **claims)
    answer = come_in(browser, provider, "s2")
    assert answer["Location"] == "/sign-in/"
    assert "Nobody here is entered under this city account" in browser.get("/sign-in/").content.decode()
    assert browser.get("/security/").status_code == 302
    assert (Person.objects.count(), SocialAccount.objects.count()) == (before, 0)


def test_somebody_switched_off_stays_out(browser: Client, provider: Provider) -> None:
    person = wang()
    provider.enter("s3", email="wang@city.example", email_verified=True)
    come_in(browser, provider, "s3")
    Person.objects.filter(pk=person.pk).update(is_active=False)
    again = Client()
    assert come_in(again, provider, "s3")["Location"] == "/sign-in/"
    assert again.get("/security/").status_code == 302


def test_user_names_may_be_the_claim(browser: Client, provider: Provider, settings: Any) -> None:
    settings.OIDC_CLAIM = "preferred_username"
    wang()
    provider.enter("s4", preferred_username="wang")
    assert come_in(browser, provider, "s4")["Location"] == "/keys/"


def test_an_answer_nobody_asked_for_is_refused(browser: Client, provider: Provider) -> None:
    wang()
    provider.enter("s5", email="wang@city.example", email_verified=True)
    sent = Client().get("/sign-in/oidc/city/login/")
    back = urllib.parse.urlsplit(provider.answer(sent["Location"], "s5"))
    assert browser.get(f"{back.path}?{back.query}")["Location"] == "/sign-in/"
    assert browser.get("/security/").status_code == 302


def test_nobody_ties_a_foreign_identity_to_an_open_session(browser: Client, provider: Provider) -> None:
    browser.force_login(wang())
    provider.enter("s6", email="wang@city.example", email_verified=True)
    come_in(browser, provider, "s6", "/sign-in/oidc/city/login/?process=connect")
    assert SocialAccount.objects.count() == 0
