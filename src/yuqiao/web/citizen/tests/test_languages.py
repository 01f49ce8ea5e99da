"""Every public page in ten languages: its own words, direction and times; the short address finds the reader's."""

from __future__ import annotations

import datetime as dt
import html
import re

import pytest
from django.test import Client
from django.utils import translation

from yuqiao.accounts.models import Role
from yuqiao.languages.catalogue import BY_CODE, CODES
from yuqiao.web import messages
from yuqiao.web.citizen import tongues
from yuqiao.web.citizen.tests.cast import OWN, city
from yuqiao.web.console.tests import cast

pytestmark = [pytest.mark.database, pytest.mark.django_db]
PAGES = ("", "hours/", "callback/", "call/", "case/", "card/", "nowhere/")
CATALOGUES = {"zh": "zh_Hans"}


def body(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status
    return html.unescape(response.content.decode())


@pytest.mark.parametrize("code", CODES)
def test_every_page_speaks_its_language_in_its_direction(client: Client, code: str) -> None:
    city()
    english = {str(one.id) for one in messages.catalogue(messages.CITIZENS, "en") if one.id}
    own = messages.catalogue(messages.CITIZENS, CATALOGUES.get(code, code))
    for page in PAGES:
        text = body(client, f"/{code}/{page}", 404 if page == "nowhere/" else 200)
        assert f'<html lang="{code}" dir="{"rtl" if code == "ar" else "ltr"}">' in text
        for one in BY_CODE.values():
            assert one.endonym in text
        if code == "en":
            continue
        kept = {one for one in english if "{" not in one and str(own[one].string) == one}
        shown = re.sub(r"<[^>]*>", "\n", text)
        said = {line.strip() for line in shown.splitlines()}
        assert said & (english - kept) == set(), "a sentence was left in English"


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", "en"),
        ("xx", "en"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("sw, en;q=0.2, ar;q=0.7", "ar"),
        ("yue-HK", "zh"),
        ("ja;q=0, ko;q=0.1", "ko"),
        ("*", "en"),
        ("pt-BR;q=1.0, fr;q=broken", "pt"),
    ],
)
def test_the_short_address_finds_the_readers_language(client: Client, header: str, code: str) -> None:
    response = client.get("/", headers={"accept-language": header})
    assert response.status_code == 302
    assert response["Location"] == f"/{code}/"
    assert "Accept-Language" in response["Vary"]


def test_staff_who_are_signed_in_see_their_desk_at_the_short_address(client: Client) -> None:
    client.force_login(cast.person("chen", Role.AGENT, name="陈晓", line="12345"))
    assert "陈晓" in client.get("/", follow=True).content.decode()


def test_a_browser_in_which_staff_signed_in_before_is_led_to_the_door(client: Client) -> None:
    chen = cast.person("chen", Role.AGENT, line="12345", password=cast.PASSWORD)
    client.post("/sign-in/", {"username": chen.username, "password": cast.PASSWORD})
    client.post("/sign-out/")
    assert client.get("/")["Location"] == "/sign-in/?next=/"
    assert client.get("/en/").status_code == 200


def test_the_reader_sees_the_number_that_tells_us_the_language(client: Client) -> None:
    city()
    assert f'href="tel:{OWN}8"' in body(client, "/ar/")
    assert f'href="tel:{OWN}"' in body(client, "/fr/")
    assert 'href="tel:120"' in body(client, "/fr/")
    assert "Ambulance" in body(client, "/fr/")


def test_hours_are_said_as_the_reader_writes_them(client: Client) -> None:
    city()
    english = body(client, "/en/hours/").replace("\u202f", " ")
    assert "Mon–Fri: 9:00 AM – 9:00 PM" in english
    assert "Sat, public holidays: 10:00 AM – 4:00 PM (on call)" in english
    german = body(client, "/de/hours/")
    assert "Mo.–Fr.: 09:00 – 21:00" in german
    assert "rund um die Uhr" in german
    arabic = body(client, "/ar/hours/")
    assert "اليابانية" in arabic
    assert "على مدار الساعة" in arabic


def test_pages_carry_no_script_or_style_of_their_own_and_stay_small(client: Client) -> None:
    city()
    for page in PAGES:
        text = client.get(f"/ar/{page}").content
        assert len(text) < 30_000
        assert not re.search(rb"\sstyle=|<style|<script(?! src=)|\son\w+=", text)


@pytest.mark.parametrize("code", CODES)
def test_days_times_and_names_are_the_languages_own(code: str) -> None:
    reader, at = BY_CODE[code], dt.datetime(2026, 11, 22, 21, 5, tzinfo=dt.UTC)
    assert re.search(r"21:05|9:05", tongues.time_of(at, reader))
    assert "22" in tongues.day_of(at.date(), reader)
    assert "2026" in tongues.date_of(at.date(), reader)
    assert "22" in tongues.moment_of(at, reader)
    names = {tongues.name_of(one, reader) for one in CODES}
    assert len(names) == len(CODES)
    assert tongues.weekdays("1234567H", reader).count("–") == 1
    assert tongues.weekdays("H", reader) == ""


def test_speaking_ends_with_the_page() -> None:
    before = translation.get_language()
    with tongues.spoken(BY_CODE["ar"]):
        assert translation.gettext("Police") == "الشرطة"
        assert translation.get_language_bidi()
    assert translation.get_language() == before
