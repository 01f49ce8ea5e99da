"""Sign language by video: shown where it is served, a time booked without an account, kept by a call, followed up."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.conf import settings as django_settings
from django.test import Client
from pytest_django import Settings

from yuqiao.accounts.models import JournalEntry, Role
from yuqiao.hotline import sign_slots
from yuqiao.hotline.choosing import known
from yuqiao.hotline.models import Call, SignSlot
from yuqiao.hotline.prompts import sound
from yuqiao.languages.catalogue import CODES
from yuqiao.lib import phones, proof_of_work
from yuqiao.lib.clock import now
from yuqiao.web.citizen.signing import MOST
from yuqiao.web.citizen.tests.cast import OWN, city
from yuqiao.web.console.tests import cast
from yuqiao.workforce.calendar import DAYS
from yuqiao.workforce.hours import open_window
from yuqiao.workforce.models import Interpreter

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def signer(settings: Settings) -> Interpreter:
    """The city's one interpreter of sign language, round the clock; the pilot is on."""
    settings.VIDEO = "on"
    city()
    open_window("csl", "resident", DAYS, dt.time(0), dt.time(0), valid_from=dt.date(2020, 1, 1), by=None)
    return cast.interpreter("S-01", "csl")


def task_of(client: Client, path: str) -> dict[str, str]:
    found = re.search(r'data-task="([^"]+)"', client.get(path).content.decode())
    assert found is not None
    return {"task": found[1], "proof": proof_of_work.solve(found[1])}


def book(client: Client, at: dt.datetime, **more: str) -> SignSlot:
    fields = task_of(client, "/en/sign/") | {"at": at.isoformat(), "name": "Wu", "contact": "wu@example.org"} | more
    answer = client.post("/en/sign/", fields)
    slot = SignSlot.objects.order_by("-id")[0]
    assert answer["Location"] == f"/en/sign/{slot.token}/"
    return slot


def moved(slot: SignSlot, minutes: int) -> SignSlot:
    SignSlot.objects.filter(pk=slot.pk).update(begins_at=now() + dt.timedelta(minutes=minutes))
    slot.refresh_from_db()
    return slot


def test_where_nobody_signs_or_the_pilot_is_off_nothing_is_offered(client: Client, settings: Settings) -> None:
    city()
    for video in ("on", "off"):
        settings.VIDEO = video
        assert "/en/sign/" not in client.get("/en/").content.decode()
        for path in ("/en/sign/", "/en/sign/call/", "/en/sign/abc/"):
            assert client.get(path).status_code == 404
        if video == "on":
            cast.interpreter("S-01", "csl")
            assert client.get("/en/sign/").status_code == 200
            assert "No time is free" in client.get("/en/sign/").content.decode(), "no hours are published yet"


@pytest.mark.usefixtures("signer")
@pytest.mark.parametrize("code", CODES)
def test_every_language_shows_the_way_and_the_times(client: Client, code: str) -> None:
    assert f"/{code}/sign/" in client.get(f"/{code}/").content.decode()
    assert client.get(f"/{code}/sign/").content.decode().count("<option") > 100
    page = client.get(f"/{code}/sign/call/")
    assert "camera=(self)" in page["Permissions-Policy"]
    assert 'data-sign="now"' in page.content.decode()


@pytest.mark.usefixtures("signer")
def test_a_time_is_booked_by_one_and_called_off_by_who_has_the_address(client: Client) -> None:
    at = sign_slots.times(now())[3]
    slot = book(client, at)
    assert (slot.begins_at, slot.name, slot.language, slot.tongue) == (at, "Wu", "csl", "en")
    assert at not in sign_slots.times(now())
    again = client.post("/en/sign/", task_of(client, "/en/sign/") | {"at": at.isoformat()})
    assert again.status_code == 422
    assert "another time" in again.content.decode()
    page = client.get(f"/en/sign/{slot.token}/").content.decode()
    assert "Your appointment" in page
    assert "data-ticket" not in page, "its time has not come"
    assert client.get("/en/sign/somebody-elses/").status_code == 404
    assert "was cancelled" in client.post(f"/en/sign/{slot.token}/", {"ask": "cancel"}).content.decode()
    slot.refresh_from_db()
    assert (slot.name, slot.contact) == ("", "")
    assert at in sign_slots.times(now())
    assert set(JournalEntry.objects.filter(action__startswith="sign_slot").values_list("action", flat=True)) == {
        "sign_slot.book",
        "sign_slot.cancel",
    }


@pytest.mark.usefixtures("signer")
def test_nobody_books_without_a_proof_twice_with_one_or_a_time_that_is_none(client: Client) -> None:
    at = sign_slots.times(now())[1].isoformat()
    solved = task_of(client, "/en/sign/")
    for wrong in ({"proof": ""}, {"at": "soon"}, {"at": "2026-01-01T10:00:00"}, {"at": now().isoformat()}):
        assert client.post("/en/sign/", solved | {"at": at} | wrong).status_code == 422
    assert not SignSlot.objects.exists()
    assert client.post("/en/sign/", solved | {"at": at}).status_code == 302
    assert client.post("/en/sign/", solved | {"at": at}).status_code == 429, f"{MOST} from one address"
    assert SignSlot.objects.count() == 1


@pytest.mark.usefixtures("signer")
def test_at_its_time_the_page_calls_in_sign_language_and_no_other_page_may(client: Client) -> None:
    slot = moved(book(client, sign_slots.times(now())[1]), 5)
    page = client.get(f"/en/sign/{slot.token}/").content.decode()
    assert f'data-sign="{slot.token}"' in page
    given = client.post("/en/call/ticket/", task_of(client, "/en/call/") | {"sign": slot.token}).json()
    ticket = phones.check(given["ticket"], phones.key_from(django_settings.ARI_PASSWORD), now().timestamp())
    assert (ticket.language, ticket.dials) == ("csl", OWN)
    slot.refresh_from_db()
    assert slot.caller == ticket.name
    early = moved(slot, 60)
    refused = client.post("/en/call/ticket/", task_of(client, "/en/call/") | {"sign": early.token})
    assert refused.json() == {"problem": "closed"}
    at_once = client.post("/en/call/ticket/", task_of(client, "/en/call/") | {"sign": "now"}).json()
    ticket = phones.check(at_once["ticket"], phones.key_from(django_settings.ARI_PASSWORD), now().timestamp())
    assert ticket.language == "csl"


def test_signs_are_known_at_once_and_prompts_beside_them_are_chinese() -> None:
    assert known("", ["csl"]) == ("csl", "hlang")
    assert known("en", ["csl"]) == ("en", "dialled")
    assert sound("connecting", "csl") == sound("connecting", "zh")


def test_the_office_sees_what_was_kept_and_follows_up_what_was_missed(client: Client, signer: Interpreter) -> None:
    kept, missed = book(client, sign_slots.times(now())[1]), book(client, sign_slots.times(now())[2])
    moved(kept, -60)
    moved(missed, -60)
    sign_slots.begin(kept, "guest-1")
    call = cast.call(3600, caller_number="guest-1", language="csl", interpreter_at=now(), ended_at=now())
    cast.leg(call, "interpreter", interpreter=signer)
    boss, auditor = Client(), Client()
    boss.force_login(cast.person("boss", Role.SUPERVISOR))
    auditor.force_login(cast.person("auditor", Role.AUDITOR))
    page = boss.get("/appointments/").content.decode()
    assert page.count("wu@example.org") == 2
    assert page.count("follow_up") == 1
    seen = auditor.get("/appointments/").content.decode()
    assert "wu@example.org" not in seen
    assert "follow_up" not in seen
    wish = {"ask": "follow_up", "slot": str(missed.pk), "note": "写信另约"}
    assert auditor.post("/appointments/change/", wish).status_code == 403
    boss.post("/appointments/change/", wish | {"slot": str(kept.pk)})
    boss.post("/appointments/change/", wish)
    missed.refresh_from_db()
    kept.refresh_from_db()
    assert (missed.note, missed.name, missed.contact) == ("写信另约", "", "")
    assert kept.followed_up_at is None, "what was kept needs no following up"
    assert client.get(f"/en/sign/{missed.token}/").content.decode().count("over") > 0
    assert boss.get(f"/calls/{call.pk}/").status_code == 200


def test_her_desk_announces_it_and_shows_the_call(client: Client, signer: Interpreter) -> None:
    moved(book(client, sign_slots.times(now())[1]), 5)
    other, hers = Client(), Client()
    other.force_login(cast.interpreter("1001", "en").person)
    hers.force_login(signer.person)
    hers.post("/language/", {"language": "en"})
    assert "Chinese Sign Language</li>" in hers.get("/").content.decode()
    assert "Sign Language" not in other.get("/").content.decode()
    call = cast.call(caller_number="guest-2", language="csl", interpreter_at=now())
    cast.leg(call, "interpreter", interpreter=signer)
    assert f'data-picture="/picture/{call.pk}/"' in hers.get("/").content.decode()
    assert Call.objects.get(pk=call.pk).language == "csl"
