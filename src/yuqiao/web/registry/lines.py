"""Registries of lines, agreements, dialled numbers and past mergers: their own pages change one, tables change many."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias, TypeVar

from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yuqiao.accounts.models import Person
from yuqiao.hotline import line_sheets
from yuqiao.hotline import lines as services
from yuqiao.hotline.models import Agreement, DialledNumber, Line, LineMerger
from yuqiao.hotline.registry import Entry, Way
from yuqiao.lib.tables import Fault, TableError
from yuqiao.web.console import line_words, words
from yuqiao.web.console.gate import Act
from yuqiao.web.registry import codes
from yuqiao.web.registry.base import Register
from yuqiao.web.registry.books import Book, Saves
from yuqiao.web.registry.site import site

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

StrOrPromise: TypeAlias = "str | _StrPromise"
Row = TypeVar("Row")
Numbered = TypeVar("Numbered", Entry, Way)


def by_place(wanted: Sequence[Numbered], faults: Mapping[str, list[Fault]]) -> dict[int, list[Fault]]:
    """Return faults that are known by number, by the place of their row."""
    return {place: faults[one.number] for place, one in enumerate(wanted) if one.number in faults}


def writer(save: Saves[Row], check: Callable[[Sequence[Row]], Mapping[int, list[Fault]]]) -> Saves[Row]:
    """Return a service that says by the place of the row why it refuses."""

    def written(rows: Sequence[Row], /, *, by: Person) -> object:
        try:
            return save(rows, by=by)
        except services.LineError as error:
            raise TableError(check(rows) or {0: error.faults}) from error

    return written


def _check_lines(rows: Sequence[Entry]) -> dict[int, list[Fault]]:
    return by_place(rows, services.check_entries(rows))


def _check_ways(rows: Sequence[Way]) -> dict[int, list[Fault]]:
    return by_place(rows, services.check_ways(rows))


class InForce(SimpleListFilter):
    """Agreements by whether they hold today."""

    title = _("In force")
    parameter_name = "force"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Agreement]) -> list[tuple[str, StrOrPromise]]:
        return [("yes", _("in force today")), ("no", _("not signed yet, or run out"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Agreement]) -> QuerySet[Agreement]:
        today = timezone.localdate()
        holds = Q(signed_on__lte=today) & (Q(valid_until=None) | Q(valid_until__gte=today))
        return {"yes": queryset.filter(holds), "no": queryset.exclude(holds)}.get(self.value() or "", queryset)


class LineRegister(Register):
    """Lines; one is changed on its own page."""

    sees = Act.SEE_LINES
    takes = Act.EDIT_LINES
    book = Book(
        Line,
        line_sheets.LINES,
        services.entries_of,
        lambda rows, _by: _check_lines(rows),
        writer(services.save_entries, _check_lines),
    )
    list_display = ("number", "name_zh", "name_en", "line_class", "priority", "recording", "owner", "linked")
    list_filter = ("line_class", "recording", "linked")
    codes = {
        "line_class": codes.by(line_words.CLASSES),
        "recording": codes.by(line_words.RECORDING),
        "languages": codes.each(codes.language),
        "excludes": codes.each(codes.by(line_words.EXCLUSIONS)),
    }
    search_fields = ("number", "name_zh", "name_en", "owner__name_zh")
    ordering = ("number",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Line]:
        rows: QuerySet[Line] = super().get_queryset(request).select_related("owner")
        return rows


class AgreementRegister(Register):
    """Which department is to be served through which line, and since when it is (S35)."""

    sees = Act.SEE_LINES
    takes = Act.EDIT_LINES
    book = Book(
        Agreement,
        line_sheets.PACTS,
        services.pacts_of,
        lambda rows, _by: services.check_pacts(rows),
        writer(services.save_pacts, services.check_pacts),
    )
    list_display = ("line", "department", "signed_on", "valid_until")
    list_filter = (InForce, "line__line_class")
    codes = {"line__line_class": codes.by(line_words.CLASSES)}
    search_fields = ("line__number", "line__name_zh", "department__code", "department__name_zh")
    ordering = ("line__number", "department__code")
    list_select_related = ("line", "department")


class DialledRegister(Register):
    """Numbers at which we are dialled."""

    sees = Act.SEE_LINES
    takes = Act.EDIT_LINES
    book = Book(
        DialledNumber,
        line_sheets.WAYS,
        services.ways_of,
        lambda rows, _by: _check_ways(rows),
        writer(services.save_ways, _check_ways),
    )
    list_display = ("number", "line", "way_in", "language")
    list_filter = ("way_in", "language")
    codes = {"way_in": codes.by(words.WAYS_IN), "language": codes.language}
    search_fields = ("number", "line__number", "line__name_zh")
    ordering = ("number",)
    list_select_related = ("line",)


class MergerRegister(Register):
    """Mergers of the past, by which calls are counted (S33)."""

    sees = Act.SEE_LINES
    takes = Act.EDIT_LINES
    book = Book(
        LineMerger,
        line_sheets.MERGERS,
        services.mergers_of,
        lambda rows, _by: services.check_mergers(rows),
        writer(services.save_mergers, services.check_mergers),
    )
    list_display = ("line", "into", "since", "until")
    search_fields = ("line__number", "line__name_zh", "into__number", "into__name_zh")
    ordering = ("line__number", "since")
    list_select_related = ("line", "into")


site.register(Line, LineRegister)
site.register(Agreement, AgreementRegister)
site.register(DialledNumber, DialledRegister)
site.register(LineMerger, MergerRegister)
