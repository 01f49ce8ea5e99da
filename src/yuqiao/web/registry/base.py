"""What all registries share: our gate, our journal as history, nothing deleted, nothing written but by services."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.db.models.constants import LOOKUP_SEP
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern
from import_export.admin import ExportMixin
from unfold.admin import ModelAdmin
from unfold.contrib.import_export.forms import ExportForm

from yuqiao.accounts.models import JournalEntry
from yuqiao.accounts.services import record
from yuqiao.web.console.gate import Act, may, person_of
from yuqiao.web.console.security.proving import demand_fresh
from yuqiao.web.registry import history
from yuqiao.web.registry.codes import NAMED, Says, column, filter_by
from yuqiao.web.registry.formats import Commas, Workbook, resource_of
from yuqiao.web.registry.intake import Intake


class Register(Intake, ExportMixin, ModelAdmin):  # type: ignore[misc]  # neither of the last bears types
    """A registry: what one must be allowed to see and to keep it; ``personal``: its tables ask who it is.

    ``codes``: fields that hold codes (for filters also paths to such) -> what says them in the reader's language.
    ``instead``: field of the form -> the column that stands for it where a row may only be read, ``""`` for none.
    """

    sees: ClassVar[Act]
    keeps: ClassVar[Act | None] = None
    personal: ClassVar[bool] = False
    codes: ClassVar[Mapping[str, Says]] = {}
    instead: ClassVar[Mapping[str, str]] = {}
    export_form_class = ExportForm
    formats = export_formats = [Workbook, Commas]
    import_export_change_list_template = "registry/change_list.html"
    skip_admin_log = True
    list_per_page = 50
    show_facets = None
    actions = None
    list_fullwidth = True

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Show codes by their names wherever lists, filters and rows that may only be read name them."""
        super().__init_subclass__(**kwargs)
        for field, says in cls.codes.items():
            if LOOKUP_SEP not in field:
                setattr(cls, NAMED + field, column(field, says))
        cls.list_display = tuple(NAMED + name if name in cls.codes else name for name in cls.list_display)
        cls.list_filter = tuple(
            (name, filter_by(cls.codes[name])) if name in cls.codes else name for name in cls.list_filter
        )

    def get_urls(self) -> list[URLPattern]:
        """Leave out the addresses of what nobody may do here."""
        shut = ("_delete",) if self.keeps else ("_delete", "_add")
        found: list[URLPattern] = super().get_urls()
        return [*self.intake_urls(), *(one for one in found if one.name and not one.name.endswith(shut))]

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> list[tuple[Any, dict[str, Any]]]:
        """Give a form to who may change the row; to others, what stands for its fields."""
        found: list[tuple[Any, dict[str, Any]]] = super().get_fieldsets(request, obj)
        if self.has_change_permission(request, obj):
            return found
        return [(head, {**more, "fields": self._to_be_read(more["fields"])}) for head, more in found]

    def _to_be_read(self, fields: Sequence[str]) -> list[str]:
        named = {name: NAMED + name for name in self.codes if name not in self.readonly_fields}
        stand_ins = {**named, **self.instead}
        return [stand_in for name in fields if (stand_in := stand_ins.get(name, name))]

    def get_resource_classes(self, request: HttpRequest) -> list[Any]:
        """Give away what is taken in: the same columns."""
        if self.book is not None:
            return [resource_of(self.book)]
        found: list[Any] = super().get_resource_classes(request)
        return found

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponseBase:
        """Offer tables where there is a book for them."""
        more = {**(extra_context or {}), "has_import_permission": self.has_import_permission(request)}
        answer: HttpResponseBase = super().changelist_view(request, more)
        return answer

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may(person_of(request), self.sees)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may(person_of(request), self.sees)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.keeps is not None and may(person_of(request), self.keeps)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.has_add_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Nothing that others refer to goes; what is out of use is switched off or runs out."""
        return False

    def has_export_permission(self, request: HttpRequest) -> bool:
        return may(person_of(request), self.sees)

    def log_addition(self, *_args: Any) -> None:
        """Services journal what they write; a second book would only contradict the first."""

    log_change = log_deletion = log_addition

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        """Show what the journal says about one row, newest first."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = get_object_or_404(self.get_queryset(request), pk=object_id)
        said = JournalEntry.objects.filter(subject_type=self.opts.label_lower, subject_id=str(row.pk))
        context = {
            **self.admin_site.each_context(request),
            "title": str(row),
            "entries": [history.entry(one) for one in said.select_related("actor").order_by("-id")[:500]],
            "object": row,
            "opts": self.opts,
            **(extra_context or {}),
        }
        return TemplateResponse(request, "registry/history.html", context)

    def export_action(self, request: HttpRequest) -> HttpResponseBase:
        """Export; lists of people only after a fresh proof, and journaled."""
        if self.personal:
            demand_fresh(request)
        response: HttpResponseBase = super().export_action(request)
        if request.method == "POST" and "attachment" in response.get("Content-Disposition", ""):
            record(person_of(request), "register.export", person_of(request), {"register": self.opts.label_lower})
        return response
