"""Suppliers as a table: registered many at a time, all or none, each journaled (S12)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from yuqiao.accounts.models import Person
from yuqiao.accounts.services import record_all
from yuqiao.contracts.models import Supplier
from yuqiao.lib.cells import YES_NO
from yuqiao.lib.tables import Column, Fault, Kind, TableError, difference, fault, yes

NAME: Final = 120


@dataclass(frozen=True, slots=True)
class Vendor:
    """A supplier as a table has it."""

    name_zh: str
    university: bool = False


VENDORS: Final[Kind[Vendor]] = Kind(
    "供应商",
    (Column("供应商名称", "name_zh"), Column("高校", "university", YES_NO.__getitem__, yes)),
    Vendor,
    ("name_zh",),
)


def vendors(rows: QuerySet[Supplier]) -> list[Vendor]:
    """Return suppliers as a table has them."""
    return [Vendor(*row) for row in rows.order_by("name_zh").values_list("name_zh", "university")]


def check_vendors(wanted: Sequence[Vendor]) -> dict[int, list[Fault]]:
    """Return the faults of each of ``wanted``, by place."""
    return {
        place: [fault("name_zh", "too_long" if one.name_zh else "missing", most=str(NAME))]
        for place, one in enumerate(wanted)
        if not 0 < len(one.name_zh) <= NAME
    }


def save_vendors(wanted: Sequence[Vendor], *, by: Person | None) -> int:
    """Register suppliers, or say whether they are universities, all or none; return how many differ from before."""
    with transaction.atomic():
        if wrong := check_vendors(wanted):
            raise TableError(wrong)
        before = {one.name_zh: one for one in vendors(Supplier.objects.all())}
        changed = [one for one in wanted if before.get(one.name_zh) != one]
        rows = Supplier.objects.bulk_create(
            [Supplier(**asdict(one)) for one in changed],
            update_conflicts=True,
            unique_fields=["name_zh"],
            update_fields=["university"],
        )
        record_all(
            by,
            (
                ("supplier.change" if old else "supplier.add", row, difference(old, one, asdict(one), frozenset()))
                for row, one in zip(rows, changed, strict=True)
                for old in [before.get(one.name_zh)]
            ),
        )
    return len(changed)
