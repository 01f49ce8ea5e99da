"""Districts and departments: kept here, taken in as tables with a look at them first (S2, S17, S23)."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from yuqiao.accounts.departments import (
    DepartmentError,
    Office,
    check_departments,
    offices,
    save_department,
    save_departments,
)
from yuqiao.accounts.listing import areas, check_areas, save_areas
from yuqiao.accounts.models import Department, District
from yuqiao.accounts.sheets import DEPARTMENTS, DISTRICTS, Area
from yuqiao.lib.tables import fault
from yuqiao.web.console import line_words
from yuqiao.web.console.gate import Act, person_of
from yuqiao.web.registry.base import Register
from yuqiao.web.registry.books import Book
from yuqiao.web.registry.site import site


def refusal(error: DepartmentError, text: str) -> str:
    """Return in the reader's language why a department cannot be so."""
    return line_words.fault_sentence(fault(error.field, error.code, text=text))


class DepartmentForm(ModelForm[Department]):
    """One department; what the service refuses is said beside its field."""

    class Meta:
        model = Department
        fields = ("code", "name_zh", "name_en", "parent", "district")

    def office(self) -> Office:
        """Return what was typed as the service takes it."""
        said = self.cleaned_data
        code = said.get("code") or self.instance.code  # which is only shown, once it is given
        parent, district = said["parent"], said["district"]
        return Office(
            code, said["name_zh"], said["name_en"], parent.code if parent else "", district.code if district else ""
        )

    def clean(self) -> dict[str, Any]:
        """Refuse a chain of departments that leads back to this one."""
        cleaned = super().clean() or {}
        above, code = cleaned.get("parent"), cleaned.get("code") or self.instance.code
        while above is not None:
            if above.code == code:
                sentence = refusal(DepartmentError("parent", "department_ring"), above.code)
                raise ValidationError({"parent": sentence})
            above = above.parent
        return cleaned


class Kept(Register):
    """A registry that may be changed by whoever ``keeps`` it; codes stay as they were given."""

    sees = Act.OPEN_REGISTRIES
    keeps = Act.KEEP_PEOPLE

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return () if obj is None else ("code",)

    def save_related(self, *_args: Any, **_more: Any) -> None:
        """There is nothing beside the row itself."""


class DepartmentRegister(Kept):
    """Departments and those above them."""

    form = DepartmentForm
    takes = Act.KEEP_PEOPLE
    book = Book(
        Department,
        DEPARTMENTS,
        offices,
        lambda rows, _by: check_departments(rows),
        save_departments,
    )
    list_display = ("code", "name_zh", "name_en", "parent", "district")
    list_filter = ("district",)
    search_fields = ("code", "name_zh", "name_en")
    ordering = ("code",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Department]:
        rows: QuerySet[Department] = super().get_queryset(request).select_related("parent", "district")
        return rows

    def save_model(self, request: HttpRequest, obj: Department, form: DepartmentForm, change: bool) -> None:
        obj.pk = save_department(form.office(), by=person_of(request)).pk


class DistrictRegister(Kept):
    """Districts of the city."""

    takes = Act.KEEP_PEOPLE
    book = Book(District, DISTRICTS, areas, lambda rows, _by: check_areas(rows), save_areas)
    list_display = ("code", "name_zh", "name_en")
    search_fields = ("code", "name_zh", "name_en")
    fields = ("code", "name_zh", "name_en")
    ordering = ("code",)

    def save_model(self, request: HttpRequest, obj: District, form: ModelForm[District], change: bool) -> None:
        save_areas([Area(obj.code, obj.name_zh, obj.name_en)], by=person_of(request))
        obj.pk = District.objects.get(code=obj.code).pk


site.register(Department, DepartmentRegister)
site.register(District, DistrictRegister)
