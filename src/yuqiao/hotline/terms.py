"""Terms as people keep them: searched during a call, imported and exported as a table, journaled.

A table has the columns of `COLUMNS`. Importing adds what is new, changes source and validity of what is known, and
takes nothing away; with a fault in any row nothing is written.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q, QuerySet
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from yuqiao.accounts.models import Person
from yuqiao.accounts.services import record
from yuqiao.hotline.line_sheets import FORMULA, CellError, cells_of
from yuqiao.languages.catalogue import FOREIGN
from yuqiao.languages.models import Domain, Term
from yuqiao.languages.term_seed import LANGUAGES, SEED, SOURCE

COLUMNS = ("领域", "中文", "语种", "外文", "出处", "生效日期", "失效日期")
DOMAINS = {label: code for code, label in Domain.choices} | {code: code for code in Domain.values}
FOUND = 30


class TermError(ValueError):
    """A table of terms cannot be taken; ``row`` is the row as the spreadsheet counts, 0 for the whole file."""

    def __init__(self, row: int, why: str) -> None:
        super().__init__(f"row {row}: {why}")
        self.row = row


def valid(on: dt.date) -> QuerySet[Term]:
    """Return the terms that hold on a day."""
    begun = Q(valid_from=None) | Q(valid_from__lte=on)
    return Term.objects.filter(begun, Q(valid_until=None) | Q(valid_until__gte=on))


def search(language: str, text: str, on: dt.date, *, domain: str = "") -> list[Term]:
    """Return at most `FOUND` terms whose Chinese or foreign side holds ``text``; those that begin with it first."""
    text = text.strip()
    found = valid(on).filter(language=language) if language else valid(on)
    found = found.filter(domain=domain) if domain else found
    hits = found.filter(Q(zh__icontains=text) | Q(foreign__icontains=text)) if text else found
    folded = text.casefold()
    ranked = sorted(
        hits[: FOUND * 10],
        key=lambda one: (
            not (one.zh.startswith(text) or one.foreign.casefold().startswith(folded)),
            len(one.zh),
            one.zh,
        ),
    )
    return ranked[:FOUND]


def load_seed(by: Person) -> int:
    """Add the seed's terms that are missing; returns how many."""
    seed = [
        Term(language=language, domain=domain, zh=zh, foreign=word, source=SOURCE)
        for domain, zh, *foreign in SEED
        for language, word in zip(LANGUAGES, foreign, strict=True)
    ]
    with transaction.atomic():
        before = Term.objects.count()
        Term.objects.bulk_create(seed, ignore_conflicts=True)
        added = Term.objects.count() - before
        if added:
            record(by, "terms.seed", Term(pk=0), {"added": added})
    return added


def import_table(data: bytes, by: Person) -> int:
    """Take a table (xlsx or CSV); returns how many rows. TermError says which row is wrong; then nothing is written."""
    try:
        sheets = [cells for _name, cells in cells_of(data) if any(any(row) for row in cells)]
    except CellError as error:
        raise TermError(0, error.code) from error
    if len(sheets) != 1 or tuple(cell.strip() for cell in sheets[0][0][: len(COLUMNS)]) != COLUMNS:
        raise TermError(1, "the columns are " + ", ".join(COLUMNS))
    terms = [_term(number, row) for number, row in enumerate(sheets[0][1:], 2) if any(cell.strip() for cell in row)]
    with transaction.atomic():
        for term in terms:
            Term.objects.update_or_create(
                language=term.language,
                domain=term.domain,
                zh=term.zh,
                foreign=term.foreign,
                defaults={"source": term.source, "valid_from": term.valid_from, "valid_until": term.valid_until},
            )
        record(by, "terms.import", Term(pk=0), {"rows": len(terms)})
    return len(terms)


def _term(number: int, row: Sequence[str]) -> Term:
    cells = [cell.strip() for cell in row][: len(COLUMNS)]
    cells += [""] * (len(COLUMNS) - len(cells))
    domain, zh, language, foreign, source, begins, ends = cells
    if FORMULA in cells:
        raise TermError(number, "a formula")
    if domain not in DOMAINS or language not in FOREIGN:
        raise TermError(number, "an unknown domain or language")
    if not zh or not foreign or len(zh) > 120 or len(foreign) > 200 or len(source) > 120:
        raise TermError(number, "a side is missing or too long")
    valid_from, valid_until = _day(number, begins), _day(number, ends)
    if valid_from and valid_until and valid_until < valid_from:
        raise TermError(number, "it ends before it begins")
    return Term(
        language=language,
        domain=DOMAINS[domain],
        zh=zh,
        foreign=foreign,
        source=source,
        valid_from=valid_from,
        valid_until=valid_until,
    )


def _day(number: int, text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError as error:
        raise TermError(number, "a day is written as 2026-01-31") from error


def _table() -> list[list[str]]:
    rows = [
        [
            term.get_domain_display(),
            term.zh,
            term.language,
            term.foreign,
            term.source,
            term.valid_from.isoformat() if term.valid_from else "",
            term.valid_until.isoformat() if term.valid_until else "",
        ]
        for term in Term.objects.all()
    ]
    return [list(COLUMNS), *rows]


def to_csv() -> bytes:
    """Return all terms as CSV (RFC 4180; UTF-8 with BOM; no cell is a formula)."""
    text = io.StringIO()
    writer = csv.writer(text)
    for row in _table():
        writer.writerow(
            [f"'{cell}" if cell.startswith(("=", "+", "-", "@", "'", "\t", "\r")) else cell for cell in row]
        )
    return text.getvalue().encode("utf-8-sig")


def to_xlsx() -> bytes:
    """Return all terms as a workbook; every cell is text."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("术语")
    for row in _table():
        cells = [WriteOnlyCell(sheet, value=text or None) for text in row]
        for cell, text in zip(cells, row, strict=True):
            cell.data_type = "s" if text else cell.data_type  # "=…" too
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
