"""What a document is made of, whatever file it becomes: headings, paragraphs, tables, forms.

Plain data; knows no domain. `as_data` and `from_data` take it to JSON and back unchanged, so that a signed document
can be kept as it was.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from yuqiao.documents.forms import Align, Form
from yuqiao.documents.style import PLAIN, Page, Style


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; ``level`` 1 is a section's. ``fresh`` begins a new page."""

    text: str
    level: int = 1
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Some sentences; ``small`` for definitions and notes. Aligned to the left it is indented as the style says."""

    text: str
    small: bool = False
    align: Align = Align.LEFT


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a caption; the first column names each row, the others are values, aligned to the right."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    wide: tuple[int, ...] = ()
    """Columns (from 0) that hold sentences: wide, aligned to the left."""
    shares: tuple[int, ...] = ()
    """How the room is divided between the columns; where empty, sentences get most of it."""

    @property
    def columns(self) -> tuple[int, ...]:
        """Each column's share of the room."""
        wide = (5 if column in self.wide else 2 if column == 0 else 1 for column in range(len(self.head)))
        return self.shares or tuple(wide)


Block = Heading | Paragraph | Table | Form
_KINDS: Mapping[str, type[Block]] = {"heading": Heading, "paragraph": Paragraph, "table": Table, "form": Form}
_NAMES = {kind: name for name, kind in _KINDS.items()}


@dataclass(frozen=True, slots=True)
class Document:
    """A document as of a moment; the moment is the file's only date, so that equal content makes equal bytes."""

    title: str
    subtitle: str
    at: dt.datetime
    blocks: tuple[Block, ...]
    above: str = ""
    """What stands over the title, to the left: 附件4."""
    style: Style = PLAIN
    page: Page = field(default_factory=Page)

    @property
    def sideways(self) -> bool:
        """Whether the page lies on its side: as the page says, or because a table has many columns."""
        if self.page.sideways is not None:
            return self.page.sideways
        return any(isinstance(one, Table) and len(one.head) >= SIDEWAYS_FROM for one in self.blocks)


#: Columns from which a table needs the page on its side.
SIDEWAYS_FROM = 9


def as_data(blocks: Sequence[Block]) -> list[dict[str, Any]]:
    """Return blocks as JSON can keep them."""
    return [{"kind": _NAMES[type(one)], **asdict(one)} for one in blocks]


def from_data(data: Sequence[Mapping[str, Any]]) -> tuple[Block, ...]:
    """Return the blocks that `as_data` wrote; KeyError or TypeError for anything else."""
    return tuple(_block({**one}) for one in data)


def _block(fields: dict[str, Any]) -> Block:
    kind = _KINDS[fields.pop("kind")]
    if kind is Form:
        return Form.from_data(fields)
    if kind is Table:
        fields["head"] = tuple(fields["head"])
        fields["rows"] = tuple(tuple(row) for row in fields["rows"])
        fields |= {name: tuple(fields[name]) for name in ("wide", "shares") if name in fields}
    if "align" in fields:
        fields["align"] = Align(fields["align"])
    return kind(**fields)
