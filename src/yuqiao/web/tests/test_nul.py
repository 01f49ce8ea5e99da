"""NUL characters are refused in addresses and forms, and nothing else is; no page fails over them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from yuqiao.accounts.models import Role
from yuqiao.hotline.models import Complaint, Invitation
from yuqiao.lib.clock import now
from yuqiao.web.citizen.tests.cast import city
from yuqiao.web.console.tests import cast
from yuqiao.workforce.calendar import DAYS
from yuqiao.workforce.hours import open_window

pytestmark = [pytest.mark.database, pytest.mark.django_db]
TOKEN = "a" * 22
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def town(settings: Settings) -> None:
    """A link to rate a call, and sign language on offer."""
    settings.VIDEO = "on"
    city()
    open_window("csl", "resident", DAYS, dt.time(0), dt.time(0), valid_from=dt.date(2020, 1, 1), by=None)
    cast.interpreter("S-01", "csl")
    call, at = cast.finished_call(language="ar"), now()
    link = {"token": TOKEN, "created_at": at, "expires_at": at + dt.timedelta(days=7)}
    Invitation.objects.create(call=call, address="+441632960123", sender="sms", language="ar", **link)


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize(
    "address",
    ["/r/%00/", "/en/sign/%00/", "/en/%00", "/en/?x=%00", "/en/?%00=x", f"/r/{TOKEN}/?lang=%00", "/sign-in/?next=%00"],
)
def test_no_address_holds_it(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 400
    assert answer["Content-Type"].startswith("text/plain")
    assert answer["Content-Security-Policy"]
    assert b"NUL" in answer.content


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize(
    ("address", "form"),
    [
        (f"/r/{TOKEN}/", {"score": "1", "words": "a\x00b"}),
        (f"/r/{TOKEN}/", {"score": "1", "complain": "1", "complaint": "\x00"}),
        ("/en/callback/", {"number": "13900000001", "language": "ar", "name": "\x00"}),
        ("/en/sign/", {"name": "\x00", "at": ""}),
        ("/en/case/", {"code": "\x00"}),
        ("/sign-in/", {"username": "\x00", "password": "x"}),
        ("/sign-in/", {"\x00": "x"}),
    ],
)
@pytest.mark.parametrize("kind", [FORM, "multipart/form-data"])
def test_no_form_holds_it(client: Client, address: str, form: dict[str, str], kind: str) -> None:
    if kind == FORM:
        body = "&".join(f"{name}={value}" for name, value in form.items()).replace("\x00", "%00")
        answer = client.post(address, body, content_type=kind)
    else:
        answer = client.post(address, form)
    assert answer.status_code == 400
    assert not Complaint.objects.exists()


@pytest.mark.usefixtures("town")
def test_all_other_characters_pass(client: Client) -> None:
    assert client.post(f"/r/{TOKEN}/", {"score": "1", "words": "a%00b\\x00 0 \u2400\t"}).status_code < 400
    assert client.get("/en/?x=%2500").status_code == 200
    assert client.get("/en/sign/000/").status_code == 404


def test_files_may_hold_it(client: Client) -> None:
    client.force_login(cast.person("boss", Role.SUPERVISOR))
    answer = client.post("/lines/upload/", {"file": SimpleUploadedFile("a.xlsx", b"PK\x00\x00")})
    assert answer.status_code == 422, "it is no table, and is told so"
    assert b"NUL" not in answer.content


def test_the_open_interface_says_so_in_its_own_form(client: Client) -> None:
    answer = client.get("/api/1/requests?x=%00")
    assert answer["Content-Type"] == "application/problem+json"
