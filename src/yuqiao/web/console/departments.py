"""The register of departments: every one in a list, and a form to add or change one (S23, S35)."""

from __future__ import annotations

import dataclasses
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from yuqiao.accounts.departments import DepartmentError, Office, save_department
from yuqiao.accounts.models import Department
from yuqiao.lib.tables import fault
from yuqiao.web.console import line_words, words
from yuqiao.web.console.gate import Act, allowed, may, person_of


class DepartmentForm(forms.Form):
    """One department."""

    code = forms.SlugField(max_length=32)
    name_zh = forms.CharField(max_length=120)
    name_en = forms.CharField(max_length=120, required=False)
    parent = forms.CharField(max_length=32, required=False)

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial, label_suffix="")
        for name, field in self.fields.items():
            field.label = words.word(line_words.DEPARTMENT_FIELDS, name)


@require_http_methods(["GET", "POST"])
@allowed(Act.SEE_LINES)
def show(request: HttpRequest) -> HttpResponseBase:
    """List the departments; who may edit lines may add one, or change the one that the address names."""
    person = person_of(request)
    edits = may(person, Act.EDIT_LINES)
    if request.method == "POST":
        return write(request)
    code = request.GET.get("code", "")
    chosen = Department.objects.select_related("parent").filter(code=code).first()
    initial = _office(chosen)
    return _page(request, DepartmentForm(initial=dataclasses.asdict(initial)) if edits else None)


def _office(row: Department | None) -> Office:
    if row is None:
        return Office("", "")
    return Office(row.code, row.name_zh, row.name_en, row.parent.code if row.parent else "")


@allowed(Act.EDIT_LINES)
def write(request: HttpRequest) -> HttpResponseBase:
    """Write what the form says, or say why not."""
    form = DepartmentForm(request.POST)
    if form.is_valid():
        try:
            save_department(Office(**form.cleaned_data), by=person_of(request))
        except DepartmentError as error:
            sentence = line_words.fault_sentence(fault(error.field, error.code, text=form.cleaned_data["parent"]))
            form.add_error(error.field, sentence)
        else:
            messages.success(request, gettext("The department is written."))
            return redirect("departments")
    return _page(request, form, status=422)


def _page(request: HttpRequest, form: DepartmentForm | None, *, status: int = 200) -> HttpResponseBase:
    sought = request.GET.get("q", "").strip()
    rows = Department.objects.select_related("parent").annotate(pacts=Count("agreements")).order_by("code")
    listed = [row for row in rows if sought.lower() in f"{row.code} {row.name_zh} {row.name_en}".lower()]
    context = {"rows": listed, "q": sought, "form": form}
    return render(request, "console/departments.html", context, status=status)
