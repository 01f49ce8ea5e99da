"""People and districts many at a time, as tables bring them: all or none, each change in the journal (S17, S22)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet

from yuqiao.accounts.models import Department, District, Person, Role, RoleGrant
from yuqiao.accounts.services import Act, record_all
from yuqiao.accounts.sessions import end_all_sessions
from yuqiao.accounts.sheets import LANGUAGE_NAMES, Area, Listed
from yuqiao.lib.tables import Fault, TableError, difference, fault

LENGTHS: Mapping[str, int] = {"username": 150, "display_name": 60, "email": 254}
PLAIN = ("display_name", "email", "interface_language", "is_active")
LINE = 32


def people(rows: QuerySet[Person]) -> list[Listed]:
    """Return people as a table has them, by user name; two queries."""
    return [_listed(row) for row in rows.select_related("department").prefetch_related("grants").order_by("username")]


def _listed(row: Person) -> Listed:
    grants = [f"{one.role}:{one.line_number}" if one.line_number else one.role for one in row.grants.all()]
    department = row.department.code if row.department else ""
    plain = {name: getattr(row, name) for name in PLAIN}
    return Listed(row.username, department=department, roles=tuple(sorted(grants)), **plain)


def check_people(wanted: Sequence[Listed], *, by: Person | None) -> dict[int, list[Fault]]:
    """Return the faults of each of ``wanted``, by place. Nobody shuts herself out by a table."""
    departments = {"", *Department.objects.values_list("code", flat=True)}
    mine = people(Person.objects.filter(pk=by.pk)) if by is not None else []
    found = {place: [*_faults(one, departments), *_shut_out(one, mine)] for place, one in enumerate(wanted)}
    return {place: faults for place, faults in found.items() if faults}


def _faults(one: Listed, departments: set[str]) -> list[Fault]:
    found = [
        fault(name, "too_long", most=str(most)) for name, most in LENGTHS.items() if len(getattr(one, name)) > most
    ]
    if not one.username:
        found.append(fault("username", "missing"))
    elif Person.normalize_username(one.username) != one.username or not _passes(
        Person.username_validator, one.username
    ):
        found.append(fault("username", "bad_username", text=one.username))
    if one.email and not _passes(validate_email, one.email):
        found.append(fault("email", "bad_email"))
    if one.department not in departments:
        found.append(fault("department", "unknown_department", text=one.department))
    if one.interface_language not in LANGUAGE_NAMES:
        found.append(fault("interface_language", "unknown_page_language", text=one.interface_language))
    for role, _colon, line in (said.partition(":") for said in one.roles):
        if role not in Role.values:
            found.append(fault("roles", "unknown_role", text=role))
        elif line and (role != Role.AGENT or len(line) > LINE):
            found.append(fault("roles", "line_for_agents", text=line))
    return found


def _passes(validator: Callable[[str], None], text: str) -> bool:
    try:
        validator(text)
    except ValidationError:
        return False
    return True


def _shut_out(one: Listed, mine: Sequence[Listed]) -> Iterator[Fault]:
    for me in mine:
        if one.username == me.username:
            if me.is_active and not one.is_active:
                yield fault("is_active", "yourself")
            if Role.ADMINISTRATOR in me.roles and Role.ADMINISTRATOR not in one.roles:
                yield fault("roles", "yourself")


def save_people(wanted: Sequence[Listed], *, by: Person | None) -> int:
    """Enter or change people, all or none; return how many differ from before. TableError says what is wrong.

    Whoever is new has no password yet. Who loses a role or is switched off is signed out everywhere.
    """
    with transaction.atomic():
        if wrong := check_people(wanted, by=by):
            raise TableError(wrong)
        names = [one.username for one in wanted]
        rows = {row.username: row for row in Person.objects.all()} if len(names) > 500 else _named(names)
        before = {one.username: one for one in people(Person.objects.filter(pk__in=[row.pk for row in rows.values()]))}
        changed = [one for one in wanted if before.get(one.username) != one]
        rows |= _written(changed, before, rows)
        lost = _grant(changed, before, rows)
        for one in changed:
            old = before.get(one.username)
            if old is not None and (one.username in lost or (old.is_active and not one.is_active)):
                end_all_sessions(rows[one.username])
        record_all(by, (act for one in changed for act in _acts(before.get(one.username), one, rows[one.username])))
    return len(changed)


def _named(names: Sequence[str]) -> dict[str, Person]:
    return {row.username: row for row in Person.objects.filter(username__in=names)}


def _written(changed: Sequence[Listed], before: Mapping[str, Listed], rows: Mapping[str, Person]) -> dict[str, Person]:
    """Write the rows of people and return the new ones by user name."""
    departments = dict(Department.objects.values_list("code", "pk"))
    fresh: list[Person] = []
    old: list[Person] = []
    for one in changed:
        row = rows.get(one.username) or Person(username=one.username, password=make_password(None))
        for name in PLAIN:
            setattr(row, name, getattr(one, name))
        row.department_id = departments.get(one.department)
        (old if one.username in before else fresh).append(row)
    Person.objects.bulk_update(old, [*PLAIN, "department"], batch_size=200)
    Person.objects.bulk_create(fresh, batch_size=200)
    return {row.username: row for row in fresh}


def _grant(changed: Sequence[Listed], before: Mapping[str, Listed], rows: Mapping[str, Person]) -> set[str]:
    """Give and take roles; return who lost one."""
    lost: set[str] = set()
    given: list[RoleGrant] = []
    for one in changed:
        held = set(before[one.username].roles) if one.username in before else set()
        for said in held - set(one.roles):
            role, _colon, line = said.partition(":")
            RoleGrant.objects.filter(person=rows[one.username], role=role, line_number=line).delete()
            lost.add(one.username)
        for said in sorted(set(one.roles) - held):
            role, _colon, line = said.partition(":")
            given.append(RoleGrant(person=rows[one.username], role=role, line_number=line))
    RoleGrant.objects.bulk_create(given, batch_size=300)
    return lost


def _acts(old: Listed | None, new: Listed, row: Person) -> Iterator[Act]:
    """Yield what is journaled of one person: which particulars changed (not their values), and each role."""
    if old is None:
        yield "person.create", row, {"username": new.username}
    plain = [name for name in asdict(new) if name not in {"username", "roles"}]
    told = [name for name in plain if old is not None and getattr(old, name) != getattr(new, name)]
    if told:
        yield "person.change", row, {"fields": told}
    held = set(old.roles) if old else set()
    for action, roles in (("role.grant", set(new.roles) - held), ("role.revoke", held - set(new.roles))):
        for said in sorted(roles):
            role, _colon, line = said.partition(":")
            yield action, row, {"role": role, "line": line}


def areas(rows: QuerySet[District]) -> list[Area]:
    """Return districts as a table has them."""
    return [Area(*row) for row in rows.order_by("code").values_list("code", "name_zh", "name_en")]


def check_areas(wanted: Sequence[Area]) -> dict[int, list[Fault]]:
    """Return the faults of each of ``wanted``, by place."""
    found: dict[int, list[Fault]] = {}
    for place, one in enumerate(wanted):
        wrong = [fault(name, "missing") for name in ("code", "name_zh") if not getattr(one, name)]
        for name, most in (("code", 12), ("name_zh", 60), ("name_en", 60)):
            if len(getattr(one, name)) > most:
                wrong.append(fault(name, "too_long", most=str(most)))
        if wrong:
            found[place] = wrong
    return found


def save_areas(wanted: Sequence[Area], *, by: Person | None) -> int:
    """Add or change districts, all or none; return how many differ from before. TableError says what is wrong."""
    with transaction.atomic():
        if wrong := check_areas(wanted):
            raise TableError(wrong)
        before = {one.code: one for one in areas(District.objects.all())}
        changed = [one for one in wanted if before.get(one.code) != one]
        values = ("name_zh", "name_en")
        District.objects.bulk_create(
            [District(**asdict(one)) for one in changed],
            update_conflicts=True,
            unique_fields=["code"],
            update_fields=values,
        )
        rows = {row.code: row for row in District.objects.filter(code__in=[one.code for one in changed])}
        record_all(
            by,
            (
                (
                    "district.change" if one.code in before else "district.add",
                    rows[one.code],
                    difference(before.get(one.code), one, asdict(one), frozenset()),
                )
                for one in changed
            ),
        )
    return len(changed)
