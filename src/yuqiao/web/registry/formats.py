"""The files a registry is taken away as: cells of text, none of which a spreadsheet takes for a formula."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import tablib  # type: ignore[import-untyped]
from import_export import fields, resources
from import_export.formats.base_formats import CSV, XLSX

from yuqiao.lib import cells
from yuqiao.web.registry.books import Book


def _rows(dataset: tablib.Dataset) -> list[list[str]]:
    return [
        [str(name) for name in dataset.headers or ()],
        *(["" if cell is None else str(cell) for cell in row] for row in dataset),
    ]


class Workbook(XLSX):  # type: ignore[misc]  # bears no types
    """A workbook in which every cell is text."""

    def export_data(self, dataset: tablib.Dataset, **_more: Any) -> bytes:
        return cells.to_xlsx({dataset.title or "表": _rows(dataset)})


class Commas(CSV):  # type: ignore[misc]  # bears no types
    """CSV as Excel reads it."""

    def export_data(self, dataset: tablib.Dataset, **_more: Any) -> bytes:
        return cells.to_csv(_rows(dataset))


class _BookResource(resources.Resource):  # type: ignore[misc]  # bears no types
    """A book as django-import-export gives it away: the same columns and words in which it is taken in."""

    book: Book[Any]

    @classmethod
    def get_display_name(cls) -> str:
        return cls.book.kind.sheet

    def iter_queryset(self, queryset: Any) -> Iterator[Any]:
        yield from self.book.rows(queryset)

    def export_resource(self, instance: Any, selected_fields: object = None, **_more: Any) -> list[str]:
        return self.book.kind.texts(instance)

    def after_export(self, queryset: Any, dataset: tablib.Dataset, **_more: Any) -> None:
        dataset.title = self.book.kind.sheet


def resource_of(book: Book[Any]) -> type[_BookResource]:
    """Return the resource of a book; its fields are told to whoever exports."""
    columns = book.kind.columns
    meta = type("Meta", (), {"export_order": [one.field for one in columns]})
    named = {one.field: fields.Field(column_name=one.heading, attribute=one.field) for one in columns}
    return type("BookResource", (_BookResource,), {**named, "book": book, "Meta": meta})
