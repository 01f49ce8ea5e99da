"""Signing in with a second factor: the app's digits, recovery codes, who is obliged, and what the journal says."""

from __future__ import annotations

import re
import time
from typing import Any

import pyotp
import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings as django_settings
from django.test import Client

from yuqiao.accounts.credentials import holds_factor, reset_factors
from yuqiao.accounts.models import JournalEntry, Person, Role
from yuqiao.accounts.services import grant_role, revoke_role
from yuqiao.hotline.models import Report
from yuqiao.lib.clock import now
from yuqiao.web.console.tests import cast

pytestmark = [pytest.mark.database, pytest.mark.django_db]
STRICT = frozenset({"supervisor", "project_manager", "administrator"})


@pytest.fixture(autouse=True)
def strict(settings: Any) -> None:
    """As a site runs: factors are obligatory for the roles that can do harm, and proofs grow old."""
    settings.SECOND_FACTOR_ROLES = STRICT
    settings.STEP_UP_MINUTES = 10


@pytest.fixture
def english() -> Client:
    return visitor()


def visitor() -> Client:
    client = Client()
    client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def enter(client: Client, name: str = "wang", **more: str) -> Any:
    return client.post("/sign-in/", {"username": name, "password": cast.PASSWORD, **more})


def set_up(client: Client) -> tuple[pyotp.TOTP, list[str]]:
    """Set the app up through the pages; return the phone's generator and the recovery codes."""
    page = client.get("/security/app/").content.decode()
    found = re.search(r'class="secret">([A-Z2-7 ]+)<', page)
    assert found
    phone = pyotp.TOTP(found.group(1).replace(" ", ""))
    answer = client.post("/security/app/", {"code": phone.now()}, follow=True)
    return phone, re.findall(r"<code>(\d+)</code>", answer.content.decode())


def later(phone: pyotp.TOTP) -> str:
    """Return the next digits: those just used count once only (RFC 6238, 5.2); a step ahead is still taken."""
    return phone.at(time.time() + 30)


def actions() -> list[str]:
    return list(JournalEntry.objects.order_by("id").values_list("action", flat=True))


def test_a_supervisor_sets_her_phone_up_before_she_sees_anything_else(english: Client) -> None:
    wang = cast.person("wang", Role.SUPERVISOR, password=cast.PASSWORD)
    assert enter(english, next="/board/")["Location"] == "/board/"
    assert english.get("/board/")["Location"] == "/security/"
    page = english.get("/security/").content.decode()
    assert "Your role asks for a second factor" in page
    _phone, codes = set_up(english)
    assert len(codes) == 10
    assert english.get("/board/").status_code == 200
    assert {"factor.add", "person.sign_in"} <= set(actions())
    sealed = Authenticator.objects.get(user=wang, type="totp").data["secret"]
    assert sealed.startswith("gAAAA"), "the secret lies open in the database"


def test_then_the_password_alone_no_longer_opens_the_door(english: Client) -> None:
    cast.person("wang", Role.SUPERVISOR, password=cast.PASSWORD)
    enter(english)
    phone, codes = set_up(english)
    other = visitor()
    assert enter(other, next="/hours/")["Location"] == "/security/code/"
    assert other.get("/board/").status_code == 302
    assert other.post("/security/code/", {"code": "000000"}).status_code == 200
    assert other.get("/board/").status_code == 302
    assert other.post("/security/code/", {"code": later(phone)})["Location"] == "/hours/"
    assert other.get("/board/").status_code == 200
    said = JournalEntry.objects.filter(action="person.sign_in").latest("id").detail
    assert said == {"with": ["password", "totp"]}
    third = visitor()
    enter(third)
    third.post("/security/code/", {"code": codes[3]})
    assert third.get("/board/").status_code == 200
    assert JournalEntry.objects.get(action="factor.recovery_used").detail == {"left": 9}
    fourth = visitor()
    enter(fourth)
    assert fourth.post("/security/code/", {"code": codes[3]}).status_code == 200, "a recovery code opened twice"


def test_wrong_codes_close_the_door_and_are_journaled_once(english: Client) -> None:
    cast.person("wang", Role.SUPERVISOR, password=cast.PASSWORD)
    enter(english)
    phone, _ = set_up(english)
    other = visitor()
    enter(other)
    for _ in range(8):
        other.post("/security/code/", {"code": "000000"})
    assert other.post("/security/code/", {"code": later(phone)}).status_code == 200
    assert actions().count("factor.burst") == 1


def test_whoever_is_not_obliged_enters_with_the_password(english: Client) -> None:
    cast.interpreter("E-01", "en")
    cast.person("wang", Role.AGENT, password=cast.PASSWORD)
    enter(english)
    assert english.get("/", follow=True).status_code == 200


def test_a_burst_of_wrong_passwords_is_journaled(english: Client) -> None:
    wang = cast.person("wang", Role.AGENT, password=cast.PASSWORD)
    for _ in range(12):
        english.post("/sign-in/", {"username": "wang", "password": "wrong"})
    assert JournalEntry.objects.get(action="person.sign_in_burst").subject_id == str(wang.pk)


def test_an_administrator_takes_a_lost_factor_off(english: Client) -> None:
    boss = cast.person("boss", Role.ADMINISTRATOR)
    wang = cast.person("wang", Role.SUPERVISOR, password=cast.PASSWORD)
    enter(english)
    set_up(english)
    assert english.get("/board/").status_code == 200
    assert reset_factors(wang, by=boss) == 2
    assert not holds_factor(wang)
    assert english.get("/board/")["Location"].startswith("/sign-in/"), "an open session outlived the factor"
    entry = JournalEntry.objects.get(action="factor.reset")
    assert (entry.actor, entry.subject_id) == (boss, str(wang.pk))


def test_a_role_taken_away_ends_the_sessions(english: Client) -> None:
    wang = cast.person("wang", Role.AGENT, Role.INTERPRETER, password=cast.PASSWORD)
    enter(english)
    assert english.get("/", follow=True).status_code == 200
    revoke_role(wang, Role.AGENT, by=None)
    assert english.get("/")["Location"].startswith("/sign-in/")


def test_one_ends_ones_own_sessions_and_nobody_elses(english: Client) -> None:
    cast.person("wang", Role.AGENT, password=cast.PASSWORD)
    cast.person("chen", Role.AGENT, password=cast.PASSWORD)
    elsewhere, foreign = Client(), Client()
    enter(english)
    enter(elsewhere)
    enter(foreign, "chen")
    page = english.get("/security/").content.decode()
    ends = re.findall(r"/security/sessions/(\d+)/end/", page)
    assert len(ends) == 1, "one session is this one, one stands elsewhere"
    foreign.post(f"/security/sessions/{ends[0]}/end/")
    assert elsewhere.get("/security/").status_code == 200
    english.post(f"/security/sessions/{ends[0]}/end/")
    assert elsewhere.get("/security/").status_code == 302
    assert foreign.get("/security/").status_code == 200
    enter(elsewhere)
    english.post("/security/sessions/end-others/")
    assert elsewhere.get("/security/").status_code == 302
    assert english.get("/security/").status_code == 200


def test_a_new_password_ends_sessions_elsewhere_but_not_here(english: Client) -> None:
    cast.person("wang", Role.AGENT, password=cast.PASSWORD)
    elsewhere = Client()
    enter(english)
    enter(elsewhere)
    new = {"old_password": cast.PASSWORD, "new_password1": "quiet-harbour-9", "new_password2": "quiet-harbour-9"}
    assert english.post("/security/password/", new | {"old_password": "no"}).status_code == 422
    assert english.post("/security/password/", new)["Location"] == "/security/"
    assert english.get("/", follow=True).status_code == 200
    assert elsewhere.get("/security/").status_code == 302
    assert JournalEntry.objects.filter(action="person.password").count() == 1


def test_setting_a_factor_up_asks_for_a_fresh_proof(english: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    cast.person("wang", Role.SUPERVISOR, password=cast.PASSWORD)
    enter(english)
    real = time.time
    monkeypatch.setattr("time.time", lambda: real() + 11 * 60)
    assert english.get("/security/app/")["Location"] == "/security/again/?next=%2Fsecurity%2Fapp%2F"
    assert english.post("/security/again/?next=/security/app/", {"password": "wrong"}).status_code == 200
    assert english.get("/security/app/").status_code == 302
    answer = english.post("/security/again/", {"password": cast.PASSWORD, "next": "/security/app/"})
    assert answer["Location"] == "/security/app/"
    assert english.get("/security/app/").status_code == 200


def test_an_obliging_role_given_during_a_session_confines_it(english: Client) -> None:
    wang: Person = cast.person("wang", Role.AGENT, password=cast.PASSWORD)
    enter(english)
    grant_role(wang, Role.SUPERVISOR, by=None)
    assert english.get("/board/")["Location"] == "/security/"


def test_signing_up_is_closed_and_unknown(english: Client) -> None:
    for path in ("/accounts/signup/", "/security/signup/", "/security/passkeys/signup/"):
        assert english.get(path).status_code == 404


def test_the_door_speaks_chinese_too() -> None:
    page = Client(headers={"accept-language": "zh-hans"}).get("/sign-in/").content.decode()
    assert "使用通行密钥登录" in page
    assert django_settings.OIDC_NAME not in page


def test_signing_a_report_asks_for_a_fresh_proof_and_then_goes_on(
    english: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    zhao = cast.person("zhao", Role.PROJECT_MANAGER, password=cast.PASSWORD)
    enter(english, "zhao")
    phone, _codes = set_up(english)
    report = Report.objects.create(period="2026H1", begun_at=now(), begun_by=zhao)
    real = time.time
    monkeypatch.setattr("time.time", lambda: real() + 11 * 60)
    asked = english.post("/reports/2026H1/sign/")
    assert asked["Location"].startswith("/security/code/again/")
    report.refresh_from_db()
    assert report.signed_at is None
    assert english.get("/security/again/?next=/reports/2026H1/sign/").status_code == 302, "a password was taken instead"
    english.post(asked["Location"], {"code": phone.now()})
    report.refresh_from_db()
    assert report.signed_at is not None
