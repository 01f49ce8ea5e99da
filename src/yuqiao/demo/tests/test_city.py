"""The sample city can be written twice, and gives one login for each role."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth import authenticate

from yuqiao.accounts.models import Person, Role, RoleGrant
from yuqiao.accounts.services import roles_of, verify_journal
from yuqiao.demo import city, linkage
from yuqiao.demo.cast import INTERPRETERS, LINES, LOGINS, RESERVES, dialled
from yuqiao.demo.plans import PLANS
from yuqiao.hotline import lines
from yuqiao.hotline.models import DialledNumber, Line, WayIn
from yuqiao.languages.catalogue import FOREIGN
from yuqiao.workforce.models import Interpreter, PresenceSpan

PASSWORD = "a-password-of-this-test"


def contact(user: str) -> str:
    return f"sip:{user}@127.0.0.1:15999"


@pytest.mark.database
@pytest.mark.django_db
def test_the_city_is_written_once_however_often_it_is_written() -> None:
    for _ in range(2):
        city.seed(contact, PASSWORD)
    assert Line.objects.count() == len(LINES) + len(linkage.lines())
    assert Interpreter.objects.count() == len(INTERPRETERS) + len(RESERVES)
    of_city_lines = sum(not merged for *_line, merged in linkage.lines())
    assert DialledNumber.objects.count() == (1 + len(FOREIGN)) * (2 * (len(LINES) - 1) + 1) + of_city_lines
    assert Person.objects.count() == len(LOGINS) + len(INTERPRETERS) + len(RESERVES) - 1
    assert verify_journal() == []


@pytest.mark.database
@pytest.mark.django_db
def test_the_linkage_has_the_counts_of_the_source() -> None:
    city.seed(contact, PASSWORD)
    found = lines.counts(dt.date(2021, 12, 31))
    assert len(found.lines) == 104
    assert {kind: len(rows) for kind, rows in found.by_class.items()} == {
        "emergency": 3,
        "government": 93,
        "public": 8,
    }
    assert found.by_class["emergency"] == ("110", "119", "120")
    assert (len(found.merged), len(found.alone)) == (89, 15)
    assert (len(found.covered), len(found.uncovered)) == (181, 0)
    assert found.unreached == ()
    assert "999" not in found.lines
    assert lines.check_entries(lines.all_entries().values()) == {}


@pytest.mark.django_db
def test_there_is_one_login_for_each_role() -> None:
    city.seed(contact, PASSWORD)
    for login in LOGINS:
        person = authenticate(username=login.username, password=PASSWORD)
        assert isinstance(person, Person)
        assert roles_of(person) == {Role(login.role)}
    assert {login.role for login in LOGINS} == set(Role.values)
    assert not Person.objects.get(username="interpreter-1002").has_usable_password()
    assert RoleGrant.objects.filter(role=Role.AGENT).get().line_number == "110"


@pytest.mark.django_db
def test_every_number_that_is_dialled_is_known_with_its_way_in() -> None:
    city.seed(contact, PASSWORD)
    for plan in PLANS:
        number = DialledNumber.objects.get(number=plan.dials)
        assert number.line.number == plan.line
        assert number.way_in == {"a": WayIn.BESIDE_AGENT, "b": WayIn.TRANSFERRED, "c": WayIn.DIRECT}[plan.way]
        assert number.language == (plan.language if plan.known else "")


def test_no_two_things_share_a_dialled_number() -> None:
    ways = [(line.number, way) for line in LINES for way in ("c" if line.line_class == "own" else "ab")]
    numbers = [dialled(line, way, language) for line, way in ways for language in ("", *FOREIGN)]
    assert len(set(numbers)) == len(numbers)


def test_the_password_is_by_chance_unless_it_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("YUQIAO_DEMO_PASSWORD", raising=False)
    assert city.password_of_this_run() != city.password_of_this_run()
    monkeypatch.setenv("YUQIAO_DEMO_PASSWORD", PASSWORD)
    assert city.password_of_this_run() == PASSWORD


def test_the_plans_cover_every_way_and_every_mishap() -> None:
    assert len(PLANS) >= 12
    assert {plan.way for plan in PLANS} == {"a", "b", "c"}
    assert {str(plan.mishap) for plan in PLANS} == {"", "refused", "hangs_up", "killed", "nobody"}
    assert {plan.third_by for plan in PLANS} == {"", "keys", "command"}
    assert {plan.known for plan in PLANS if plan.way == "c"} == {True, False}
    assert {plan.language for plan in PLANS} == set(FOREIGN)


@pytest.mark.database
@pytest.mark.django_db
def test_who_is_on_duty_is_signed_on_once() -> None:
    for _ in range(2):
        city.seed(contact, PASSWORD)
    on = PresenceSpan.objects.filter(kind="on", ended_at=None).values_list("interpreter__number", flat=True)
    assert sorted(on) == sorted(one.number for one in (*INTERPRETERS, *RESERVES) if one.on_duty)
