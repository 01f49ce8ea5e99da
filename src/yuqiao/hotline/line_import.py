"""Uploads of the registry's own workbook: all its tables in one file, written whole or not at all (S25, S33–S35)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from yuqiao.accounts.models import Person
from yuqiao.hotline import line_sheets
from yuqiao.hotline.line_sheets import Tables
from yuqiao.hotline.lines import (
    check_entries,
    check_mergers,
    check_pacts,
    check_ways,
    save_entries,
    save_mergers,
    save_pacts,
    save_ways,
)
from yuqiao.lib.tables import RowFault


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of an upload: how many rows of each kind changed, or what is wrong and that nothing was written."""

    lines: int
    pacts: int
    ways: int
    faults: list[RowFault]
    mergers: int = 0


def import_tables(data: bytes, *, by: Person | None) -> Imported:
    """Write a workbook or CSV of the registry's tables: all of it, or nothing and each row's faults.

    What the file does not name stays as it is.
    """
    tables = line_sheets.read(data)
    with transaction.atomic():
        faults = tables.faults or _faults_by_row(tables)
        if faults:
            return Imported(0, 0, 0, sorted(faults, key=lambda one: (one.sheet != line_sheets.LINES.sheet, one.row)))
        lines = save_entries([entry for _row, entry in tables.lines], by=by)
        pacts = save_pacts([pact for _row, pact in tables.pacts], by=by)
        ways = save_ways([way for _row, way in tables.ways], by=by)
        mergers = save_mergers([merger for _row, merger in tables.mergers], by=by)
    return Imported(lines, pacts, ways, [], mergers)


def _faults_by_row(tables: Tables) -> list[RowFault]:
    of_line = check_entries(entry for _row, entry in tables.lines)
    found = [
        RowFault(line_sheets.LINES.sheet, row, one)
        for row, entry in tables.lines
        for one in of_line.get(entry.number, [])
    ]
    coming = [entry.number for _row, entry in tables.lines]
    of_way = check_ways((way for _row, way in tables.ways), coming)
    found += [
        RowFault(line_sheets.WAYS.sheet, row, one) for row, way in tables.ways for one in of_way.get(way.number, [])
    ]
    of_merger = check_mergers(
        (merger for _row, merger in tables.mergers), {entry.number: entry for _row, entry in tables.lines}
    )
    found += [
        RowFault(line_sheets.MERGERS.sheet, tables.mergers[place][0], one)
        for place, faults in of_merger.items()
        for one in faults
    ]
    of_pact = check_pacts((pact for _row, pact in tables.pacts), coming)
    return found + [
        RowFault(line_sheets.PACTS.sheet, tables.pacts[place][0], one)
        for place, faults in of_pact.items()
        for one in faults
    ]
