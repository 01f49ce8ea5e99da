"""Terms as people keep them: searched during a call, imported and exported as a table, journaled.

A table has the columns of `COLUMNS`. Importing adds what is new, changes source and validity of what is known, and
takes nothing away; with a fault in any row nothing is written.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet

from yuqiao.accounts.models import Person
from yuqiao.accounts.services import record, record_all
from yuqiao.languages.catalogue import FOREIGN
from yuqiao.languages.models import Domain, Term
from yuqiao.languages.term_seed import LANGUAGES, SEED, SOURCE
from yuqiao.lib.tables import Column, Fault, Kind, TableError, day, difference, fault, iso, named, read_one

FOUND = 30


@dataclass(frozen=True, slots=True)
class Word:
    """A term as a table has it."""

    domain: str
    zh: str
    language: str
    foreign: str
    source: str = ""
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None


TERMS: Final[Kind[Word]] = Kind(
    "术语",
    (
        Column("领域", "domain", *named({one.value: one.label for one in Domain})),
        Column("中文", "zh"),
        Column("语种", "language"),
        Column("外文", "foreign"),
        Column("出处", "source"),
        Column("生效日期", "valid_from", iso, day),
        Column("失效日期", "valid_until", iso, day),
    ),
    Word,
    ("language", "domain", "zh", "foreign"),
)
COLUMNS = TERMS.headings


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
    found, faults = read_one(TERMS, data)
    if faults:
        raise TermError(faults[0].row, faults[0].fault.code)
    try:
        with transaction.atomic():
            save_terms([word for _row, word in found], by=by)
            record(by, "terms.import", Term(pk=0), {"rows": len(found)})
    except TableError as error:
        place = min(error.faults)
        raise TermError(found[place][0], error.faults[place][0].code) from error
    return len(found)


def words_of(rows: QuerySet[Term]) -> list[Word]:
    """Return terms as a table has them."""
    ordered = rows.order_by("domain", "zh", "language", "foreign")
    return [Word(*row) for row in ordered.values_list(*(one.field for one in TERMS.columns))]


def check_terms(wanted: Sequence[Word]) -> dict[int, list[Fault]]:
    """Return the faults of each of ``wanted``, by place."""
    found = {place: list(_faults(one)) for place, one in enumerate(wanted)}
    return {place: faults for place, faults in found.items() if faults}


def _faults(word: Word) -> Iterator[Fault]:
    if word.domain not in Domain.values:
        yield fault("domain", "unknown_domain", text=word.domain)
    if word.language not in FOREIGN:
        yield fault("language", "unknown_language", text=word.language)
    for name in ("zh", "foreign"):
        if not getattr(word, name):
            yield fault(name, "missing")
    for name, most in (("zh", 120), ("foreign", 200), ("source", 120)):
        if len(getattr(word, name)) > most:
            yield fault(name, "too_long", most=str(most))
    if word.valid_from and word.valid_until and word.valid_until < word.valid_from:
        yield fault("valid_until", "ends_before_it_begins")


def save_terms(wanted: Sequence[Word], *, by: Person | None) -> int:
    """Add terms, or change source and validity of known ones, all or none; return how many differ from before."""
    with transaction.atomic():
        if wrong := check_terms(wanted):
            raise TableError(wrong)
        before = {TERMS.key_of(one): one for one in words_of(Term.objects.all())}
        changed = [one for one in wanted if before.get(TERMS.key_of(one)) != one]
        rows = Term.objects.bulk_create(
            [Term(**asdict(one)) for one in changed],
            batch_size=500,
            update_conflicts=True,
            unique_fields=["language", "domain", "zh", "foreign"],
            update_fields=["source", "valid_from", "valid_until"],
        )
        record_all(
            by,
            (
                ("term.change" if old else "term.add", row, difference(old, one, asdict(one), frozenset()))
                for row, one in zip(rows, changed, strict=True)
                for old in [before.get(TERMS.key_of(one))]
            ),
        )
    return len(changed)


def to_csv() -> bytes:
    """Return all terms as CSV (UTF-8 with BOM; no cell is a formula)."""
    return TERMS.to_csv(words_of(Term.objects.all()))


def to_xlsx() -> bytes:
    """Return all terms as a workbook; every cell is text."""
    return TERMS.to_xlsx(words_of(Term.objects.all()))
