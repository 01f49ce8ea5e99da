"""Changes people, each change with its entry in the journal (S17, S22)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from django.db import transaction

from yuqiao.accounts.models import Department, Person, Role
from yuqiao.accounts.services import grant_role, record, revoke_role
from yuqiao.accounts.sessions import end_all_sessions


@dataclass(frozen=True, slots=True)
class Particulars:
    """What can be changed of a person; ``department`` is its code, empty for none."""

    display_name: str
    email: str
    interface_language: str
    department: str
    is_active: bool


def particulars_of(person: Person) -> Particulars:
    """Return how ``person`` is entered now."""
    department = person.department.code if person.department else ""
    return Particulars(
        person.display_name, person.email, person.interface_language, department, is_active=person.is_active
    )


def change_person(person: Person, wanted: Particulars, *, by: Person | None) -> bool:
    """Change a person and journal which fields changed (not their values); return whether anything did.

    Somebody who is switched off is signed out everywhere. Raises Department.DoesNotExist for an unknown department.
    """
    with transaction.atomic():
        kept = Person.objects.select_related("department").get(pk=person.pk)
        before = asdict(particulars_of(kept))
        changed = [name for name, value in asdict(wanted).items() if before[name] != value]
        if not changed:
            return False
        department = Department.objects.get(code=wanted.department) if wanted.department else None
        Person.objects.filter(pk=person.pk).update(**(asdict(wanted) | {"department": department}))
        if before["is_active"] and not wanted.is_active:
            end_all_sessions(person)
        record(by, "person.change", person, {"fields": [str(name) for name in changed]})
    return True


def set_roles(person: Person, wanted: Iterable[tuple[Role, str]], *, by: Person | None) -> None:
    """Give and take roles until ``person`` holds exactly ``wanted``: pairs of a role and a line (empty: none)."""
    with transaction.atomic():
        held = {(Role(role), line) for role, line in person.grants.values_list("role", "line_number")}
        asked = set(wanted)
        for role, line in sorted(asked - held):
            grant_role(person, role, by=by, line_number=line)
        for role, line in sorted(held - asked):
            revoke_role(person, role, by=by, line_number=line)
