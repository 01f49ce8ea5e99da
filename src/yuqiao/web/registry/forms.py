"""One row of a registry as a form: the same columns, the same reading and the same judgement as its table has."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.db.models import Model
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from yuqiao.lib.cells import CellError
from yuqiao.lib.tables import Column, day, fault, iso
from yuqiao.web.console.gate import person_of
from yuqiao.web.console.words import Words, word
from yuqiao.web.registry.base import Register
from yuqiao.web.registry.book_words import sentence
from yuqiao.web.registry.history_words import FIELDS

#: Names of the form's fields: none of them is one of the model's, which only services write.
CELL = "cell_"
Choices = Callable[[], Sequence[tuple[object, object]]]


class RowForm(ModelForm[Model]):
    """A form of a book's columns; ``register`` and ``request`` are given by whoever makes the class."""

    register: ClassVar[BookRegister]
    request: ClassVar[HttpRequest]
    row: Any = None

    def clean(self) -> dict[str, Any]:
        """Read the cells and let the book judge the row; what is wrong is said beside its field."""
        cleaned = super().clean() or {}
        book = self.register.book
        assert book is not None  # noqa: S101 (a register of this kind has one)
        values: dict[str, Any] = {}
        for column in book.kind.columns:
            text = str(cleaned.get(CELL + column.field) or "").strip()
            try:
                values[column.field] = column.read(text)
            except CellError as error:
                self.add_error(CELL + column.field, sentence(fault(column.field, error.code, text=text)))
        if self.errors:
            return cleaned
        row = book.kind.make(**values)
        for one in book.check([row], person_of(self.request)).get(0, ()):
            name = CELL + one.field
            self.add_error(name if name in self.fields else None, sentence(one))
        if self.instance.pk is None and book.kind.key_of(row) in {book.kind.key_of(one) for one in book.kept()}:
            self.add_error(CELL + book.kind.key[0], gettext("This stands in the registry already."))
        self.row = row
        return cleaned


class BookRegister(Register):
    """A registry of which single rows are entered and changed here too.

    ``choices``: field -> its values with what they are called; ``helps``: field -> how it is written.
    """

    choices: ClassVar[Mapping[str, Choices]] = {}
    helps: ClassVar[Words] = {}
    viewed: ClassVar[tuple[str, ...]] = ()

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> list[tuple[None, dict[str, Any]]]:
        """Show cells to whoever may change them, else the row as it is listed."""
        if not self.has_change_permission(request, obj) or self.book is None:
            return [(None, {"fields": self.list_display})]
        return [(None, {"fields": [CELL + column.field for column in self.book.kind.columns]})]

    def get_form(
        self, request: HttpRequest, obj: Model | None = None, change: bool = False, **kwargs: Any
    ) -> type[ModelForm[Model]]:
        """Make the form of this row."""
        if not self.has_change_permission(request, obj) or self.book is None:
            found: type[ModelForm[Model]] = super().get_form(request, obj, change, **kwargs)
            return found
        book = self.book
        row = None if obj is None else next(iter(book.rows(book.model._default_manager.filter(pk=obj.pk))))
        fields = {
            CELL + column.field: self._field(column, row, fixed=row is not None and column.field in book.kind.key)
            for column in book.kind.columns
        }
        meta = type("Meta", (), {"model": self.model, "fields": []})
        return type("RowForm", (RowForm,), {**fields, "register": self, "request": request, "Meta": meta})

    def _field(self, column: Column, row: Any, *, fixed: bool) -> forms.Field:
        told: dict[str, Any] = {
            "label": word(FIELDS, column.field),
            "required": False,
            "disabled": fixed,
            "initial": column.write(getattr(row, column.field)) if row is not None else "",
            "help_text": self.helps.get(column.field, ""),
        }
        if column.field in self.choices:
            choices = [(column.write(value), label) for value, label in self.choices[column.field]()]
            return forms.ChoiceField(choices=choices, widget=UnfoldAdminSelectWidget, **told)
        kind = {"type": "date"} if column.write is iso or column.read is day else {}
        return forms.CharField(widget=UnfoldAdminTextInputWidget(attrs=kind), max_length=400, **told)

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        """Let the book's service write it."""
        assert self.book is not None  # noqa: S101 (a register of this kind has one)
        self.book.save([form.row], by=person_of(request))
        obj.pk = self.book.find(form.row).pk
        obj._state.adding = False

    def save_related(self, *_args: Any, **_more: Any) -> None:
        """There is nothing beside the row itself."""
