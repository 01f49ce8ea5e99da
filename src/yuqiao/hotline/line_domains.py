"""What lines' calls ask of interpreters, as a table: each row set and journaled as the page of routing does it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from yuqiao.accounts.models import Person
from yuqiao.hotline.models import Line, LineDomain
from yuqiao.hotline.routing_tables import DOMAINS, forget, set_domain
from yuqiao.lib.tables import Column, Fault, Kind, TableError, fault, named, whole
from yuqiao.workforce.models import Gender
from yuqiao.workforce.seats import DOMAIN_NAMES

LEAST: Final = 1
MOST: Final = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """What the calls of a line ask: domain and gender (empty: nothing special), the least level."""

    line: str
    domain: str = ""
    gender: str = ""
    level: int = LEAST


def _level(text: str) -> int:
    """Read a level; empty, as the other columns: nothing special is asked."""
    return whole(text) if text else LEAST


LINE_DOMAINS: Final[Kind[Asked]] = Kind(
    "线路领域",
    (
        Column("线路号码", "line"),
        Column("领域", "domain", *named(DOMAIN_NAMES)),
        Column("性别", "gender", *named({one.value: one.label for one in Gender})),
        Column("最低等级", "level", str, _level),
    ),
    Asked,
    ("line",),
)


def asked_of(rows: QuerySet[LineDomain]) -> list[Asked]:
    """Return what lines ask as a table has it, by their numbers."""
    ordered = rows.order_by("line__number").values_list("line__number", "domain", "gender", "level")
    return [Asked(*row) for row in ordered]


def check_asked(wanted: Sequence[Asked]) -> dict[int, list[Fault]]:
    """Return the faults of each of ``wanted``, by place."""
    lines = set(Line.objects.values_list("number", flat=True))
    found = {place: list(_faults(one, lines)) for place, one in enumerate(wanted)}
    return {place: faults for place, faults in found.items() if faults}


def _faults(asked: Asked, lines: set[str]) -> Iterator[Fault]:
    if asked.line not in lines:
        yield fault("line", "unknown_line", text=asked.line)
    if asked.domain not in ("", *DOMAINS):
        yield fault("domain", "unknown_domain", text=asked.domain)
    if asked.gender not in ("", *Gender.values):
        yield fault("gender", "unknown_gender", text=asked.gender)
    if not LEAST <= asked.level <= MOST:
        yield fault("level", "level_range", text=str(asked.level))


def save_asked(wanted: Sequence[Asked], *, by: Person | None) -> int:
    """Say what lines ask, all or none; return how many rows differ from before. TableError says what is wrong."""
    with transaction.atomic():
        list(LineDomain.objects.select_for_update().order_by("pk"))  # in one order, so that two tables never cross
        if wrong := check_asked(wanted):
            raise TableError(wrong)
        before = {one.line: one for one in asked_of(LineDomain.objects.all())}
        changed = [one for one in wanted if before.get(one.line) != one]
        lines = {row.number: row for row in Line.objects.filter(number__in={one.line for one in changed})}
        for one in changed:
            set_domain(lines[one.line], one.domain, gender=one.gender, level=one.level, by=by)
    forget()
    return len(changed)
