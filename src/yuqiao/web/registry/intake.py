"""Taking a table into a registry: the file is looked at, each change or fault shown by its row, then written.

Between the look and the writing nothing is kept here: the page carries the rows, sealed for this person and this
registry. If what is kept changed meanwhile, the page shows the new look instead of writing what nobody saw.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Final

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from yuqiao.accounts.services import record
from yuqiao.lib.cells import MOST_BYTES
from yuqiao.lib.tables import Kind, RowFault, TableError, fault
from yuqiao.web.console.gate import Act, may, person_of
from yuqiao.web.console.security.proving import demand_fresh
from yuqiao.web.registry import book_words
from yuqiao.web.registry.books import Book, Look, look, look_again

#: So many changes and faults are shown; the counts are always whole.
SHOWN: Final = 200
#: So long may somebody look before writing.
SECONDS: Final = 2 * 3600


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a change: what it is called, what it says now, and what it will say."""

    heading: str
    before: str
    after: str

    @property
    def differs(self) -> bool:
        """Whether it changes."""
        return self.before != self.after


class Intake:
    """What a registry needs to take tables in; its ``book`` says how, ``takes`` who may."""

    book: ClassVar[Book[Any] | None] = None
    takes: ClassVar[Act | None] = None
    personal: ClassVar[bool]
    opts: Any
    admin_site: Any

    def has_import_permission(self, request: HttpRequest) -> bool:
        """Tell whether the person may take a table in here."""
        return self.takes is not None and self.book is not None and may(person_of(request), self.takes)

    def intake_urls(self) -> list[URLPattern]:
        """Return the two addresses, where there is a book to take in."""
        if self.takes is None:
            return []
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        seen, written = self.admin_site.admin_view(self.look_view), self.admin_site.admin_view(self.write_view)
        return [
            path("import/", seen, name=f"{name}_import"),
            path("process_import/", require_POST(written), name=f"{name}_process_import"),
        ]

    def look_view(self, request: HttpRequest) -> HttpResponseBase:
        """Ask for a file, and show what it would change."""
        book = self._book(request)
        file = request.FILES.get("import_file")
        if request.method != "POST":
            return self._page(request, None)
        if not isinstance(file, UploadedFile):
            messages.error(request, gettext("Choose a file first."))
            return self._page(request, None)
        return self._page(request, look(book, file.read(MOST_BYTES + 1), person_of(request)), file.name or "")

    def write_view(self, request: HttpRequest) -> HttpResponseBase:
        """Write what was looked at; if it would do something else by now, show that instead."""
        book, person = self._book(request), person_of(request)
        try:
            sealed = signing.loads(request.POST.get("sealed", ""), salt=self._salt(request), max_age=SECONDS)
        except signing.BadSignature:
            messages.error(request, gettext("That was looked at too long ago. Choose the file once more."))
            return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_import")
        found = look_again(book, [(number, texts) for number, texts in sealed["rows"]], person)
        if found.faults or found.digest(book.kind) != sealed["digest"]:
            messages.warning(request, gettext("What is kept here changed meanwhile. This is what the table does now."))
            return self._page(request, found, sealed["file"])
        try:
            book.save([one.after for one in found.changes], by=person)
        except TableError as error:
            faults = [
                RowFault(book.kind.sheet, found.changes[place].number, one)
                for place, several in error.faults.items()
                for one in several
            ]
            return self._page(request, Look([], 0, faults), sealed["file"])
        detail = {"register": self.opts.label_lower, "rows": len(found.changes)}
        record(person, "register.import", person, detail)
        messages.success(request, gettext("Rows written: {count}").format(count=len(found.changes)))
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")

    def _book(self, request: HttpRequest) -> Book[Any]:
        if self.book is None or not self.has_import_permission(request):
            raise PermissionDenied
        if self.personal:
            demand_fresh(request)
        return self.book

    def _salt(self, request: HttpRequest) -> str:
        return f"registry.import:{self.opts.label_lower}:{person_of(request).pk}"

    def _sealed(self, request: HttpRequest, found: Look[Any], kind: Kind[Any], file: str) -> str:
        rows = [[one.number, kind.texts(one.after)] for one in found.changes]
        said = {"rows": rows, "digest": found.digest(kind), "file": file}
        return signing.dumps(said, salt=self._salt(request), compress=True)

    def _page(self, request: HttpRequest, found: Look[Any] | None, file: str = "") -> TemplateResponse:
        book = self._book(request)
        sealed = ""
        if found is not None and found.changes and not found.faults:
            sealed = self._sealed(request, found, book.kind, file)
            most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE or MOST_BYTES
            if len(sealed) > most * 9 // 10:
                found, sealed = Look([], 0, [RowFault("", 0, fault("", "split_it"))]), ""
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Take in a table"),
            "opts": self.opts,
            "headings": book.kind.headings,
            "file": file,
            "sealed": sealed,
            "shown": SHOWN,
            **({} if found is None else told(book, found)),
        }
        request.current_app = self.admin_site.name
        status = 422 if found is not None and found.faults else 200
        return TemplateResponse(request, "registry/intake.html", context, status=status)


def told(book: Book[Any], found: Look[Any]) -> dict[str, Any]:
    """Return a look as the page shows it."""
    fresh = sum(one.before is None for one in found.changes)
    headings = {column.field: column.heading for column in book.kind.columns}
    sentence = gettext("New rows: {fresh}; changed: {changed}; as they stand: {same}.")
    if found.faults:
        sentence = gettext("Faults: {wrong}. Nothing is written until they are mended.")
    changed, wrong = len(found.changes) - fresh, len(found.faults)
    return {
        "looked": True,
        "summary": sentence.format(fresh=fresh, changed=changed, same=found.same, wrong=wrong),
        "fresh": fresh,
        "changed": changed,
        "same": found.same,
        "changes": [_change(book.kind, one) for one in found.changes[:SHOWN]],
        "more": _more(len(found.changes)),
        "faults": [
            (one.row, headings.get(one.fault.field, ""), book_words.sentence(one.fault)) for one in found.faults[:SHOWN]
        ],
        "wrong": wrong,
        "more_faults": _more(wrong),
    }


def _more(count: int) -> str:
    return gettext("and {count} more rows").format(count=count - SHOWN) if count > SHOWN else ""


def _change(kind: Kind[Any], one: Any) -> dict[str, Any]:
    old = kind.texts(one.before) if one.before is not None else [""] * len(kind.columns)
    cells = [Cell(*said) for said in zip(kind.headings, old, kind.texts(one.after), strict=True)]
    keys = set(kind.key)
    names = [column.field in keys for column in kind.columns]
    return {
        "number": one.number,
        "fresh": one.before is None,
        "key": " ".join(cell.after for cell, is_key in zip(cells, names, strict=True) if is_key),
        "cells": [
            cell
            for cell, is_key in zip(cells, names, strict=True)
            if cell.differs and not (is_key and one.before is not None)
        ],
    }
