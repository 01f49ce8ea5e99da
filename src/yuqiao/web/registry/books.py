"""What a registry's table is: its kind, how rows become it, what may be wrong with it, and who writes it.

One way for all: a file is read, compared with what is kept, shown, and written by the folder's own service, all of it
or nothing. Nothing is locked while somebody looks: looking only reads.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from django.db.models import Model, QuerySet

from yuqiao.accounts.models import Person
from yuqiao.lib.tables import Change, Fault, Kind, RowFault, compare, read_one, rows_of

Row = TypeVar("Row")
Row_contra = TypeVar("Row_contra", contravariant=True)


class Saves(Protocol[Row_contra]):
    """A folder's service that writes rows, all or none, and journals each."""

    def __call__(self, rows: Sequence[Row_contra], /, *, by: Person) -> object: ...


@dataclass(frozen=True, slots=True)
class Book(Generic[Row]):
    """One registry as a table.

    ``rows`` turns a query set of ``model`` into rows; ``check`` gives the faults rows would have, by place.
    ``found_by``: the look-ups of the model for the kind's key, where one row can be found by it.
    """

    model: type[Model]
    kind: Kind[Row]
    rows: Callable[[QuerySet[Any]], Iterable[Row]]
    check: Callable[[Sequence[Row], Person], Mapping[int, Sequence[Fault]]]
    save: Saves[Row]
    found_by: tuple[str, ...] = ()

    def find(self, row: Row) -> Model:
        """Return the row of the model that ``row`` is about; DoesNotExist when there is none."""
        lookups = dict(zip(self.found_by, self.kind.key_of(row), strict=True))
        return self.model._default_manager.get(**lookups)

    def kept(self) -> Iterable[Row]:
        """Return all rows as they are now."""
        return self.rows(self.model._default_manager.all())


@dataclass(frozen=True, slots=True)
class Look(Generic[Row]):
    """What a table would do: its changes, how many rows stand so already, and what is wrong (then nothing is done)."""

    changes: list[Change[Row]]
    same: int
    faults: list[RowFault]

    def digest(self, kind: Kind[Row]) -> str:
        """Return what tells these changes, of what is kept now, from any others."""
        said = [[kind.texts(one.before) if one.before else None, kind.texts(one.after)] for one in self.changes]
        return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def look(book: Book[Row], data: bytes, by: Person) -> Look[Row]:
    """Read a file and tell what it would change."""
    return _judged(book, *read_one(book.kind, data), by)


def look_again(book: Book[Row], cells: Sequence[tuple[int, Sequence[str]]], by: Person) -> Look[Row]:
    """Tell what rows that were looked at before would change now; ``cells``: the number in the file and the texts."""
    faults: list[RowFault] = []
    table = [book.kind.headings, *(list(texts) for _number, texts in cells)]
    found = [(cells[number - 2][0], row) for number, row in rows_of(book.kind, table, faults)]
    return _judged(book, found, faults, by)


def _judged(book: Book[Row], found: list[tuple[int, Row]], faults: list[RowFault], by: Person) -> Look[Row]:
    if faults:
        return Look([], 0, faults)
    changes = compare(book.kind, book.kept(), found)
    wrong = book.check([one.after for one in changes], by)
    faults = [RowFault(book.kind.sheet, changes[place].number, one) for place in sorted(wrong) for one in wrong[place]]
    return Look(changes, len(found) - len(changes), faults)
