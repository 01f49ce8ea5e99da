"""The one place that writes lines and agreements (S25, S33–S35), and reads them as the registry sees them.

Every change is one transaction, journaled with what it was and what it became, field by field.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from yuqiao.accounts.models import Department, Person
from yuqiao.accounts.services import record
from yuqiao.hotline.models import Agreement, Call, DialledNumber, Line, LineMerger
from yuqiao.hotline.registry import (
    Counts,
    Entry,
    Merger,
    Pact,
    Way,
    counts_at,
    faults_of,
    faults_of_merger,
    faults_of_pact,
    faults_of_way,
    faults_together,
)
from yuqiao.lib.tables import Fault, fault

PLAIN = tuple(one.name for one in fields(Entry) if one.name not in {"owner", "merged_into", "languages", "excludes"})


Written = Entry | Pact | Way | Merger


class LineError(ValueError):
    """A line or an agreement cannot be as asked; ``faults`` say why, each for its field."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(f"{one.field}: {one.code}" for one in faults))
        self.faults = faults


def entry_of(line: Line) -> Entry:
    """Return a row as the registry sees it; reads the owner and the line it is merged into."""
    return Entry(
        owner=line.owner.code if line.owner else "",
        merged_into=line.merged_into.number if line.merged_into else "",
        languages=tuple(line.languages),
        excludes=tuple(line.excludes),
        **{name: getattr(line, name) for name in PLAIN},
    )


def all_entries() -> dict[str, Entry]:
    """Return every line by number, in the order of numbers; one query."""
    return {entry.number: entry for entry in entries_of(Line.objects.all())}


def all_pacts() -> list[Pact]:
    """Return every agreement, by line and department; one query."""
    return pacts_of(Agreement.objects.all())


def counts(day: dt.date) -> Counts:
    """Count the registry as it stood on ``day``; four queries."""
    dialled = DialledNumber.objects.order_by().values_list("line__number", flat=True).distinct()
    return counts_at(day, all_entries().values(), all_pacts(), dialled, all_mergers())


def calls_of(line: Line) -> QuerySet[Call]:
    """Return the calls that count for ``line``: its own, and those of lines merged into it on the call's own day."""
    merged = Q(
        Q(line__merged_until=None) | Q(started_at__date__lte=F("line__merged_until")),
        line__merged_into=line,
        started_at__date__gte=F("line__merged_from"),
    )
    for past in LineMerger.objects.filter(into=line):
        merged |= Q(line=past.line_id, started_at__date__range=(past.since, past.until))
    return Call.objects.filter(Q(line=line) | merged)


def lines_of(call: Call) -> list[Line]:
    """Return the lines a call counts for: the one dialled, and the one that was merged into on the call's day."""
    if call.line is None:
        return []
    day = timezone.localtime(call.started_at).date()
    into = call.line.merged_into if entry_of(call.line).merged_on(day) else None
    if into is None:
        past = call.line.past_mergers.filter(since__lte=day, until__gte=day).select_related("into").first()
        into = None if past is None else past.into
    return [call.line, into] if into else [call.line]


def add_line(entry: Entry, *, by: Person | None) -> Line:
    """Add a line; LineError when it is there already or cannot be as asked."""
    with transaction.atomic():
        if Line.objects.filter(number=entry.number).exists():
            raise LineError([fault("number", "taken", text=entry.number)])
        save_entries([entry], by=by)
        return Line.objects.get(number=entry.number)


def change_line(entry: Entry, *, by: Person | None) -> Line:
    """Let the line of this number be as ``entry`` says; Line.DoesNotExist when there is none."""
    with transaction.atomic():
        Line.objects.get(number=entry.number)
        save_entries([entry], by=by)
        return Line.objects.get(number=entry.number)


def edit_line(entry: Entry, *, by: Person | None) -> Line:
    """Let the line be as a form says; a merger that the form replaces or takes away stays as history with its dates.

    Taken away, it ends yesterday; one that never held, or whose beginning is merely corrected, is no history.
    """
    with transaction.atomic():
        old = entry_of(Line.objects.select_related("owner", "merged_into").get(number=entry.number))
        if old.merged_into and old.merged_from is not None:
            yesterday = timezone.localdate() - dt.timedelta(days=1)
            last = min(old.merged_until or yesterday, yesterday)
            if entry.merged_into and entry.merged_from is not None:
                merge_line(entry.number, entry.merged_into, entry.merged_from, entry.merged_until, by=by)
            elif not entry.merged_into and last >= old.merged_from:
                change_line(replace(old, merged_into="", merged_from=None, merged_until=None), by=by)
                save_mergers([Merger(entry.number, old.merged_into, old.merged_from, last)], by=by)
        return change_line(entry, by=by)


def merge_line(number: str, into: str, since: dt.date, until: dt.date | None = None, *, by: Person | None) -> Line:
    """Let ``into`` answer for ``number`` from ``since`` on.

    A merger into another line, or one that had ended, stays as history with its dates, because calls are counted by
    them; one that still held ends the day before. LineError when it began on that day or later.
    """
    with transaction.atomic():
        old = entry_of(Line.objects.select_related("owner", "merged_into").get(number=number))
        if old.merged_into and old.merged_from is not None:
            last = min(old.merged_until or dt.date.max, since - dt.timedelta(days=1))
            ended = old.merged_until is not None and old.merged_until < since
            if (old.merged_into != into or ended) and last < old.merged_from:
                raise LineError([fault("merged_into", "merged_already", text=old.merged_into)])
            if old.merged_into != into or ended:
                change_line(replace(old, merged_into="", merged_from=None, merged_until=None), by=by)
                save_mergers([Merger(number, old.merged_into, old.merged_from, last)], by=by)
        return change_line(replace(old, merged_into=into, merged_from=since, merged_until=until), by=by)


def all_mergers() -> list[Merger]:
    """Return every merger of the past, by line and beginning; one query."""
    return mergers_of(LineMerger.objects.all())


def check_mergers(mergers: Iterable[Merger], entries: Mapping[str, Entry] | None = None) -> dict[int, list[Fault]]:
    """Return the faults of each of ``mergers``, by its place; ``entries`` are the lines as they are to be."""
    new = list(mergers)
    if not new:
        return {}
    every = all_entries() | dict(entries or {})
    kept = {(one.line, one.since): one for one in [*all_mergers(), *new]}
    found = {place: faults_of_merger(one, kept.values(), every) for place, one in enumerate(new)}
    return {place: faults for place, faults in found.items() if faults}


def save_mergers(mergers: Iterable[Merger], *, by: Person | None) -> int:
    """Add or change mergers of the past (one for each line and first day), all or none; return how many differ."""
    wanted = list(mergers)
    with transaction.atomic():
        if wrong := check_mergers(wanted):
            raise LineError([one for faults in wrong.values() for one in faults])
        before = {(one.line, one.since): one for one in all_mergers()}
        changed = [one for one in wanted if before.get((one.line, one.since)) != one]
        lines = dict(Line.objects.values_list("number", "pk")) if changed else {}
        for one in changed:
            row, made = LineMerger.objects.update_or_create(
                line_id=lines[one.line], since=one.since, defaults={"into_id": lines[one.into], "until": one.until}
            )
            old = before.get((one.line, one.since))
            record(by, "merger.add" if made else "merger.change", row, _difference(old, one))
    return len(changed)


def retire_line(number: str, last_day: dt.date, *, by: Person | None) -> Line:
    """Let ``last_day`` be the last on which the line exists. Rows stay, so that its calls stay counted.

    LineError while lines are merged into it beyond that day.
    """
    with transaction.atomic():
        line = Line.objects.select_related("owner", "merged_into").get(number=number)
        beyond = Q(merged_until=None) | Q(merged_until__gt=last_day)
        leaning = list(line.merged_lines.filter(beyond).order_by("number").values_list("number", flat=True)[:5])
        if leaning:
            raise LineError([fault("valid_until", "others_merged_into_it", text=", ".join(leaning))])
        return change_line(replace(entry_of(line), valid_until=last_day), by=by)


def check_entries(entries: Iterable[Entry]) -> dict[str, list[Fault]]:
    """Return the faults each of ``entries`` would have, or cause in others, were they all written; by number."""
    new = {entry.number: entry for entry in entries}
    every = all_entries() | new
    together = faults_together(every, Department.objects.values_list("code", flat=True))
    found = {number: faults_of(entry) + together.pop(number, []) for number, entry in new.items()}
    for number in together:  # a line that is not written, but leans on one that is
        if (into := every[number].merged_into) in found:
            found[into].append(fault("merged_into", "others_merged_into_it", text=number))
    return {number: faults for number, faults in found.items() if faults}


def save_entries(entries: Iterable[Entry], *, by: Person | None) -> int:
    """Add or change lines, all or none; return how many differ from before. LineError with all that is wrong."""
    wanted = list(entries)
    with transaction.atomic():
        # Two people at once would each see no ring; calls go on referring to lines meanwhile (NO KEY).
        list(Line.objects.select_for_update(no_key=True).order_by("pk").values_list("pk"))
        if wrong := check_entries(wanted):
            raise LineError([one for faults in wrong.values() for one in faults])
        before = all_entries()
        changed = [entry for entry in wanted if before.get(entry.number) != entry]
        departments = dict(Department.objects.values_list("code", "pk"))
        # First all without their mergers, so that one may merge into another that comes later in the table.
        rows = {entry.number: _write(entry, departments.get(entry.owner)) for entry in changed}
        targets = dict(Line.objects.values_list("number", "pk"))
        for entry in changed:
            Line.objects.filter(pk=rows[entry.number].pk).update(merged_into=targets.get(entry.merged_into))
            old = before.get(entry.number)
            record(by, "line.change" if old else "line.add", rows[entry.number], _difference(old, entry))
    return len(changed)


def _write(entry: Entry, owner: int | None) -> Line:
    values = {name: getattr(entry, name) for name in PLAIN if name != "number"}
    values |= {"owner_id": owner, "languages": list(entry.languages), "excludes": list(entry.excludes)}
    return Line.objects.update_or_create(number=entry.number, defaults=values)[0]


def _difference(old: Written | None, new: Written) -> dict[str, Any]:
    """Return [before, after] of each field that differs, as the journal keeps it; a contact only as changed."""
    told: dict[str, Any] = {} if isinstance(new, Pact | Merger) else {"number": new.number}
    for one in fields(new):
        pair = [_plain(getattr(old, one.name)) if old else None, _plain(getattr(new, one.name))]
        if pair[0] != pair[1]:
            told[one.name] = True if one.name == "agent_contact" else pair
    return told


def _plain(value: object) -> object:
    if isinstance(value, dt.date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def check_pacts(pacts: Iterable[Pact], more_lines: Iterable[str] = ()) -> dict[int, list[Fault]]:
    """Return the faults of each of ``pacts``, by its place; ``more_lines`` are about to be written as well."""
    lines = {*Line.objects.values_list("number", flat=True), *more_lines}
    departments = set(Department.objects.values_list("code", flat=True))
    found = {place: faults_of_pact(pact, lines, departments) for place, pact in enumerate(pacts)}
    return {place: faults for place, faults in found.items() if faults}


def save_pacts(pacts: Iterable[Pact], *, by: Person | None) -> int:
    """Add or change agreements (one for each line and department), all or none; return how many differ from before."""
    wanted = list(pacts)
    with transaction.atomic():
        if wrong := check_pacts(wanted):
            raise LineError([one for faults in wrong.values() for one in faults])
        before = {(pact.line, pact.department): pact for pact in all_pacts()}
        changed = [pact for pact in wanted if before.get((pact.line, pact.department)) != pact]
        lines = dict(Line.objects.values_list("number", "pk"))
        departments = dict(Department.objects.values_list("code", "pk"))
        for pact in changed:
            row, made = Agreement.objects.update_or_create(
                line_id=lines[pact.line],
                department_id=departments[pact.department],
                defaults={"signed_on": pact.signed_on, "valid_until": pact.valid_until},
            )
            old = before.get((pact.line, pact.department))
            record(by, "agreement.add" if made else "agreement.change", row, _difference(old, pact))
    return len(changed)


def all_ways() -> list[Way]:
    """Return every number at which we are dialled; one query."""
    return ways_of(DialledNumber.objects.all())


def check_ways(ways: Iterable[Way], more_lines: Iterable[str] = ()) -> dict[str, list[Fault]]:
    """Return the faults of each of ``ways``, by its number."""
    lines = {*Line.objects.values_list("number", flat=True), *more_lines}
    found = {way.number: faults_of_way(way, lines) for way in ways}
    return {number: faults for number, faults in found.items() if faults}


def entries_of(rows: QuerySet[Line]) -> list[Entry]:
    """Return lines as a table has them."""
    return [entry_of(row) for row in rows.select_related("owner", "merged_into").order_by("number")]


def pacts_of(rows: QuerySet[Agreement]) -> list[Pact]:
    """Return agreements as a table has them."""
    ordered = rows.order_by("line__number", "department__code")
    return [Pact(*row) for row in ordered.values_list("line__number", "department__code", "signed_on", "valid_until")]


def ways_of(rows: QuerySet[DialledNumber]) -> list[Way]:
    """Return dialled numbers as a table has them."""
    ordered = rows.order_by("number")
    return [Way(*row) for row in ordered.values_list("number", "line__number", "way_in", "language")]


def mergers_of(rows: QuerySet[LineMerger]) -> list[Merger]:
    """Return past mergers as a table has them."""
    ordered = rows.order_by("line__number", "since")
    return [Merger(*row) for row in ordered.values_list("line__number", "into__number", "since", "until")]


def save_ways(ways: Iterable[Way], *, by: Person | None) -> int:
    """Add or change numbers at which we are dialled, all or none; return how many differ from before."""
    wanted = list(ways)
    with transaction.atomic():
        if wrong := check_ways(wanted):
            raise LineError([one for faults in wrong.values() for one in faults])
        before = {way.number: way for way in all_ways()}
        lines = dict(Line.objects.values_list("number", "pk"))
        changed = [way for way in wanted if before.get(way.number) != way]
        for way in changed:
            values = {"line_id": lines[way.line], "way_in": way.way_in, "language": way.language}
            row, made = DialledNumber.objects.update_or_create(number=way.number, defaults=values)
            record(by, "dialled.add" if made else "dialled.change", row, _difference(before.get(way.number), way))
    return len(changed)


def drop_way(line: Line, number: str, *, by: Person | None) -> None:
    """We are not dialled at this number any more; LineError when it is none of the line's."""
    with transaction.atomic():
        row = line.dialled_numbers.filter(number=number).first()
        if row is None:
            raise LineError([fault("number", "unknown_number", text=number)])
        record(by, "dialled.drop", row, {"number": row.number, "line": line.number})
        row.delete()
