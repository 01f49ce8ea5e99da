"""Writes departments, each change with its entry in the journal (S23, S35)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from django.db import transaction
from django.db.models import QuerySet

from yuqiao.accounts.models import Department, District, Person
from yuqiao.accounts.services import Act, record_all
from yuqiao.lib.tables import Fault, TableError, difference, fault

CODE = 32
NAME = 120


class DepartmentError(ValueError):
    """A department cannot be as asked; ``code`` says why, ``field`` where."""

    def __init__(self, field: str, code: str) -> None:
        super().__init__(f"{field}: {code}")
        self.field = field
        self.code = code


@dataclass(frozen=True, slots=True)
class Office:
    """A department as it is to be; ``parent`` is the code of the one above, empty for none (S2).

    ``district`` likewise; None: it stays as it is.
    """

    code: str
    name_zh: str
    name_en: str = ""
    parent: str = ""
    district: str | None = None


def save_department(office: Office, *, by: Person | None) -> Department:
    """Add a department or change the one of this code. DepartmentError when it cannot be so: nothing is written."""
    try:
        save_departments([office], by=by)
    except TableError as error:
        first = next(iter(error.faults.values()))[0]
        raise DepartmentError(first.field, first.code) from error
    return Department.objects.get(code=office.code)


def _office_of(row: Department) -> Office:
    above, district = row.parent.code if row.parent else "", row.district.code if row.district else ""
    return Office(row.code, row.name_zh, row.name_en, above, district)


def _as_it_is(office: Office, before: Office | None) -> Office:
    """Return ``office`` with the district it has, where none is said."""
    return replace(office, district=before.district if before else "") if office.district is None else office


def offices(rows: QuerySet[Department]) -> list[Office]:
    """Return departments as a table has them, in the order of their codes."""
    return [_office_of(row) for row in rows.select_related("parent", "district").order_by("code")]


def check_departments(wanted: Sequence[Office]) -> dict[int, list[Fault]]:
    """Return the faults each of ``wanted`` would have among all departments, were they all written; by place."""
    every = {one.code: one.parent for one in [*offices(Department.objects.all()), *wanted]}
    districts = set(District.objects.values_list("code", flat=True))
    found = {place: _faults(one, every, districts) for place, one in enumerate(wanted)}
    return {place: faults for place, faults in found.items() if faults}


def _faults(office: Office, above: Mapping[str, str], districts: set[str]) -> list[Fault]:
    found = [fault(name, "missing") for name in ("code", "name_zh") if not getattr(office, name).strip()]
    found += [
        fault(name, "too_long", most=str(most))
        for name, most in (("code", CODE), ("name_zh", NAME), ("name_en", NAME))
        if len(getattr(office, name)) > most
    ]
    if office.district and office.district not in districts:
        found.append(fault("district", "unknown_district", text=office.district))
    if office.parent and office.parent not in above:
        found.append(fault("parent", "unknown_department", text=office.parent))
    elif _ring(office.code, above):
        found.append(fault("parent", "department_ring"))
    return found


def _ring(code: str, above: Mapping[str, str]) -> bool:
    """Tell whether the way up from ``code`` leads back to it."""
    seen, here = {code}, above.get(code, "")
    while here and here not in seen:
        seen.add(here)
        here = above.get(here, "")
    return here == code


def save_departments(wanted: Sequence[Office], *, by: Person | None) -> int:
    """Add or change departments, all or none; return how many differ from before. TableError says what is wrong."""
    with transaction.atomic():
        list(Department.objects.select_for_update(no_key=True).order_by("pk").values_list("pk"))
        if wrong := check_departments(wanted):
            raise TableError(wrong)
        before = {one.code: one for one in offices(Department.objects.all())}
        changed = [one for one in wanted if before.get(one.code) != _as_it_is(one, before.get(one.code))]
        # First all that are new, so that one may hang below another that comes later in the table.
        Department.objects.bulk_create(
            [Department(code=one.code, name_zh=one.name_zh) for one in changed if one.code not in before]
        )
        rows = {row.code: row for row in Department.objects.all()}
        Department.objects.bulk_create(
            _rows(changed, rows),
            batch_size=500,
            update_conflicts=True,
            unique_fields=["code"],
            update_fields=["name_zh", "name_en", "district", "parent"],
        )
        record_all(by, _acts(changed, before, rows))
    return len(changed)


def _rows(changed: Iterable[Office], rows: Mapping[str, Department]) -> list[Department]:
    districts = dict(District.objects.values_list("code", "pk"))
    return [
        Department(
            code=one.code,
            name_zh=one.name_zh,
            name_en=one.name_en,
            district_id=rows[one.code].district_id if one.district is None else districts.get(one.district),
            parent=rows[one.parent] if one.parent else None,
        )
        for one in changed
    ]


def _acts(changed: Iterable[Office], before: Mapping[str, Office], rows: Mapping[str, Department]) -> Iterable[Act]:
    for one in changed:
        old = before.get(one.code)
        told = difference(old, _as_it_is(one, old), asdict(one), frozenset())
        yield ("department.change" if old else "department.add"), rows[one.code], told
