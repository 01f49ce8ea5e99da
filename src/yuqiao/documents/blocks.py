"""What a document is made of, whatever file it becomes: headings, paragraphs, tables. Plain data; knows no domain.

`as_data` and `from_data` take it to JSON and back unchanged, so that a signed document can be kept as it was.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; ``level`` 1 is a section's."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Some sentences; ``small`` for definitions and notes."""

    text: str
    small: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a caption; the first column names each row, the others are values, aligned to the right."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    wide: tuple[int, ...] = ()
    """Columns (from 0) that hold sentences: wide, aligned to the left."""


Block = Heading | Paragraph | Table
_KINDS: Mapping[str, type[Block]] = {"heading": Heading, "paragraph": Paragraph, "table": Table}
_NAMES = {kind: name for name, kind in _KINDS.items()}


@dataclass(frozen=True, slots=True)
class Document:
    """A document as of a moment; the moment is the file's only date, so that equal content makes equal bytes."""

    title: str
    subtitle: str
    at: dt.datetime
    blocks: tuple[Block, ...]


def as_data(blocks: Sequence[Block]) -> list[dict[str, Any]]:
    """Return blocks as JSON can keep them."""
    return [{"kind": _NAMES[type(one)], **asdict(one)} for one in blocks]


def from_data(data: Sequence[Mapping[str, Any]]) -> tuple[Block, ...]:
    """Return the blocks that `as_data` wrote; KeyError or TypeError for anything else."""
    return tuple(_block({**one}) for one in data)


def _block(fields: dict[str, Any]) -> Block:
    kind = _KINDS[fields.pop("kind")]
    if kind is Table:
        fields["head"] = tuple(fields["head"])
        fields["rows"] = tuple(tuple(row) for row in fields["rows"])
        fields["wide"] = tuple(fields["wide"])
    return kind(**fields)
