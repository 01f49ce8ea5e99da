"""Writes the sample city into the database; doing it twice changes nothing but makes the interpreters ready again."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from django.db import transaction

from yuqiao.accounts.models import Department, District, Person, Role
from yuqiao.accounts.services import create_person, grant_role
from yuqiao.demo import linkage, projects
from yuqiao.demo.cast import (
    DEPARTMENTS,
    DISTRICTS,
    INTERPRETERS,
    LINES,
    LOGINS,
    OWN_LINE,
    PROFILES,
    RESERVES,
    CityInterpreter,
    dialled,
)
from yuqiao.demo.hours import seed_hours
from yuqiao.hotline import incidents, terms
from yuqiao.hotline.models import DialledNumber, LadderStep, Line, LineClass, WayIn
from yuqiao.languages.catalogue import FOREIGN
from yuqiao.lib import clock
from yuqiao.lib.environment import read
from yuqiao.workforce import spans
from yuqiao.workforce.models import Interpreter, InterpreterLanguage, Post, PresenceState
from yuqiao.workforce.profiles import kept

#: Gives the SIP URI of a user part: where that phone can be rung.
Contact = Callable[[str], str]
WAYS = {"a": WayIn.BESIDE_AGENT, "b": WayIn.TRANSFERRED, "c": WayIn.DIRECT}


def password_of_this_run() -> str:
    """Return YUQIAO_DEMO_PASSWORD, or a new password by chance."""
    return read("YUQIAO_DEMO_PASSWORD", str, secrets.token_urlsafe(9))


def seed(contact: Contact, password: str) -> None:
    """Write districts, departments, people, lines, numbers and interpreters in one transaction."""
    with transaction.atomic():
        _places()
        for login in LOGINS:
            person = _person(login.username, login.name, password, login.department)
            grant_role(person, Role(login.role), by=None, line_number=login.line)
        for line in LINES:
            _line(line.number, contact)
        linkage.write()
        for interpreter in (*INTERPRETERS, *RESERVES):
            _interpreter(interpreter, contact)
        seed_hours()
        _help()
        projects.write()


def _places() -> None:
    for code, zh, en in DISTRICTS:
        District.objects.update_or_create(code=code, defaults={"name_zh": zh, "name_en": en})
    for code, zh, en, district, parent in DEPARTMENTS:
        Department.objects.update_or_create(
            code=code,
            defaults={
                "name_zh": zh,
                "name_en": en,
                "district": District.objects.get(code=district) if district else None,
                "parent": Department.objects.get(code=parent) if parent else None,
            },
        )


def _help() -> None:
    """Write the terms the platform brings, and a ladder of incidents where there is none yet."""
    by = Person.objects.get(username="supervisor")
    terms.load_seed(by)
    if not LadderStep.objects.exists():
        incidents.set_step(1, Role.SUPERVISOR, "board", 3, by=by)
        incidents.set_step(2, Role.PROJECT_MANAGER, "board", 10, by=by)
        incidents.set_step(3, "", "phone", 15, by=by, department=Department.objects.order_by("pk")[0])


def _person(username: str, name: str, password: str | None, department: str) -> Person:
    """Return the person of this username, made if new; an old one gets the present password."""
    person = Person.objects.filter(username=username).first()
    if person is None:
        home = Department.objects.get(code=department)
        return create_person(username, by=None, password=password, display_name=name, department=home)
    if password is not None and not person.check_password(password):
        person.set_password(password)
        person.save(update_fields=["password"])
    return person


def _line(number: str, contact: Contact) -> None:
    """Write one line with the numbers under which we are dialled for it, with and without a language."""
    city = next(line for line in LINES if line.number == number)
    line, _ = Line.objects.update_or_create(
        number=number,
        defaults={
            "name_zh": city.zh,
            "name_en": city.en,
            "line_class": LineClass(city.line_class),
            "agent_contact": contact(city.desk) if city.desk else "",
            "priority": city.priority,
            "recording": "always" if city.line_class == "emergency" else "ask",
        },
    )
    for way in "c" if number == OWN_LINE else "ab":
        for language in ("", *FOREIGN):
            DialledNumber.objects.update_or_create(
                number=dialled(number, way, language),
                defaults={"line": line, "way_in": WAYS[way], "language": language},
            )


def _profile(city: CityInterpreter, contact: Contact) -> dict[str, object]:
    gender, domains = PROFILES.get(city.number, ("", ()))
    at_home = {"mobile": contact(f"mobile-{city.number}"), "mobile_days": "67", "mobile_begins": 1200}
    return {
        "gender": gender,
        "domains": kept(domains),
        **({} if city.on_duty else at_home | {"mobile_ends": 1320}),
    }


def _interpreter(city: CityInterpreter, contact: Contact) -> None:
    login = next((login for login in LOGINS if login.role == "interpreter" and login.name == city.name), None)
    username = login.username if login else f"interpreter-{city.number}"
    person = _person(username, city.name, None, "hotline-centre")
    grant_role(person, Role.INTERPRETER, by=None)
    state, at = PresenceState.READY if city.on_duty else PresenceState.OFF, clock.now()
    interpreter, _ = Interpreter.objects.update_or_create(
        number=city.number,
        defaults={
            "person": person,
            "contact": contact(city.number),
            "tier": Post(city.tier),
            "state": state,
            "state_since": at,
            "held_by": "",
            "idle_since": 0.0,  # so that all are equally rested, and the first of a language is rung first
            "calls_since_pause": 0,
            **_profile(city, contact),
        },
    )
    spans.chose(interpreter.pk, state, at)
    InterpreterLanguage.objects.update_or_create(
        interpreter=interpreter, language=city.language, defaults={"level": city.level}
    )
