"""Writes departments, each change with its entry in the journal (S23, S35)."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.db import transaction

from yuqiao.accounts.models import Department, Person
from yuqiao.accounts.services import record


class DepartmentError(ValueError):
    """A department cannot be as asked; ``code`` says why, ``field`` where."""

    def __init__(self, field: str, code: str) -> None:
        super().__init__(f"{field}: {code}")
        self.field = field
        self.code = code


@dataclass(frozen=True, slots=True)
class Office:
    """A department as it is to be; ``parent`` is the code of the one above, empty for none (S2)."""

    code: str
    name_zh: str
    name_en: str = ""
    parent: str = ""


def save_department(office: Office, *, by: Person | None) -> Department:
    """Add a department or change the one of this code. DepartmentError when it cannot be so: nothing is written."""
    with transaction.atomic():
        parent = _parent_of(office)
        old = Department.objects.select_related("parent").filter(code=office.code).first()
        before = None if old is None else _office_of(old)
        if old is not None and before == office:
            return old
        values = {"name_zh": office.name_zh, "name_en": office.name_en, "parent": parent}
        row, made = Department.objects.update_or_create(code=office.code, defaults=values)
        detail = {
            name: [None if before is None else getattr(before, name), value]
            for name, value in asdict(office).items()
            if before is None or getattr(before, name) != value
        }
        record(by, "department.add" if made else "department.change", row, detail)
        return row


def _office_of(row: Department) -> Office:
    return Office(row.code, row.name_zh, row.name_en, row.parent.code if row.parent else "")


def _parent_of(office: Office) -> Department | None:
    """Return the department above; its own chain upwards must not lead back to this one."""
    for field in ("code", "name_zh"):
        if not getattr(office, field).strip():
            raise DepartmentError(field, "missing")
    if not office.parent:
        return None
    parent = Department.objects.select_related("parent").filter(code=office.parent).first()
    if parent is None:
        raise DepartmentError("parent", "unknown_department")
    above: Department | None = parent
    while above is not None:
        if above.code == office.code:
            raise DepartmentError("parent", "department_ring")
        above = above.parent
    return parent
