"""The registry of lines: list with counts that lead to their rows, one line, its form, download and upload."""

from __future__ import annotations

import dataclasses
import datetime as dt
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from yuqiao.accounts.models import Department
from yuqiao.hotline import line_sheets
from yuqiao.hotline import lines as registry
from yuqiao.hotline.line_import import import_tables
from yuqiao.hotline.models import Line
from yuqiao.hotline.registry import WAYS_IN, Counts, Entry, Pact
from yuqiao.languages.catalogue import FOREIGN
from yuqiao.lib.cells import MOST_BYTES
from yuqiao.lib.clock import now
from yuqiao.web.console import line_words, words
from yuqiao.web.console.board import calls, card_of
from yuqiao.web.console.gate import Act, allowed, may, person_of
from yuqiao.web.console.line_form import AgreementForm, LineForm, departments

CALLS_SHOWN = 20
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Figure:
    """A count at the top of the list: ``show`` is the word in the address that lists its rows."""

    show: str
    title: str | Promise
    rows: tuple[str, ...]
    of: int | None = None


def figures(found: Counts) -> list[Figure]:
    """Return the counts of lines in the order of the page."""
    return [
        Figure("lines", _("Linked lines"), found.lines),
        *(Figure(kind, line_words.CLASSES[kind], rows) for kind, rows in found.by_class.items()),
        Figure("merged", _("Merged into another"), found.merged),
        Figure("alone", _("Stand-alone"), found.alone),
        Figure("reached", _("Can reach us"), found.reached, of=len(found.lines)),
        Figure("unreached", _("Cannot reach us yet"), found.unreached),
    ]


def department_figures(found: Counts) -> list[Figure]:
    """Return the counts of departments."""
    return [
        Figure("covered", _("Departments covered"), found.covered, of=len(found.covered) + len(found.uncovered)),
        Figure("uncovered", _("Departments to be covered"), found.uncovered),
    ]


def asked_day(request: HttpRequest) -> dt.date:
    """Return the day in the address, or today; a day that is none is today."""
    try:
        return dt.date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return timezone.localdate()


@require_GET
@allowed(Act.SEE_LINES)
def show_list(request: HttpRequest) -> HttpResponseBase:
    """List the lines: those of one count, or found by number or name, or all."""
    day, show, sought = asked_day(request), request.GET.get("show", ""), request.GET.get("q", "").strip()
    found = registry.counts(day)
    shown = next((one for one in figures(found) if one.show == show), None)
    rows = Line.objects.select_related("owner", "merged_into").order_by("-priority", "number")
    listed = [row for row in rows if shown is None or row.number in set(shown.rows)]
    if sought:
        listed = [row for row in listed if sought.lower() in f"{row.number} {row.name_zh} {row.name_en}".lower()]
    context = {
        "day": day.isoformat(),
        "show": show if shown else "",
        "q": sought,
        "figures": [*figures(found), *department_figures(found)],
        "departments_of": {"covered", "uncovered"},
        "rows": [line_row(row, day) for row in listed],
        "may_edit": may(person_of(request), Act.EDIT_LINES),
    }
    return render(request, "console/lines.html", context)


def line_row(line: Line, day: dt.date) -> dict[str, object]:
    """Return a line in words, as it stands on ``day``."""
    entry = registry.entry_of(line)
    return {
        "line": line,
        "name": words.line_name(line),
        "kind": words.word(line_words.CLASSES, line.line_class),
        "owner": department_name(line.owner) if line.owner else "",
        "merged": entry.merged_into if entry.merged_on(day) else "",
        "valid": entry.valid_on(day),
        "recording": words.word(line_words.RECORDING, line.recording),
    }


def department_name(department: Department) -> str:
    """Return a department's name, in English only where it has one."""
    return department.name_zh if words.reads_chinese() else department.name_en or department.name_zh


@require_GET
@allowed(Act.SEE_LINES)
def show_departments(request: HttpRequest) -> HttpResponseBase:
    """List the departments that are covered on the day, or those that are to be."""
    day, show = asked_day(request), request.GET.get("show", "covered")
    shown = next((one for one in department_figures(registry.counts(day)) if one.show == show), None)
    if shown is None:
        raise Http404
    rows = Department.objects.filter(agreements__isnull=False).distinct().order_by("code")
    pacts: dict[str, list[str]] = {}
    for pact in registry.all_pacts():
        pacts.setdefault(pact.department, []).append(pact.line)
    listed = [(row.code, department_name(row), pacts.get(row.code, [])) for row in rows if row.code in set(shown.rows)]
    context = {"day": day.isoformat(), "figure": shown, "rows": listed}
    return render(request, "console/line_departments.html", context)


@require_GET
@allowed(Act.SEE_LINES)
def show_line(request: HttpRequest, number: str) -> HttpResponseBase:
    """Show one line: numbers by which it reaches us, agreements, lines merged into it, and the calls that count."""
    line = get_object_or_404(Line.objects.select_related("owner", "merged_into"), number=number)
    at, day = now(), timezone.localdate()
    counted = registry.calls_of(line)
    cards = calls().filter(pk__in=counted.values("pk")).order_by("-started_at")[:CALLS_SHOWN]
    entry = registry.entry_of(line)
    context = {
        **line_row(line, day),
        "entry": entry,
        "merged_into": line.merged_into,
        "numbers": [
            (
                one.number,
                words.word(words.WAYS_IN, one.way_in),
                words.language_name(one.language) if one.language else "",
                one.language,
            )
            for one in line.dialled_numbers.order_by("way_in", "number")
        ],
        "agreements": [
            (department_name(one.department), one.signed_on, one.valid_until)
            for one in line.agreements.select_related("department").order_by("department__code")
        ],
        "merged_lines": [(one, words.line_name(one)) for one in line.merged_lines.order_by("number")],
        "mergers": [
            (one.into, one.since, one.until) for one in line.past_mergers.select_related("into").order_by("-since")
        ],
        "was_merged_into_it": [
            (one.line, one.since, one.until)
            for one in line.past_merged_lines.select_related("line").order_by("line__number")
        ],
        "ways": [(code, words.word(words.WAYS_IN, code)) for code in WAYS_IN],
        "all_languages": [(code, words.language_name(code)) for code in FOREIGN],
        "languages": [words.language_name(code) for code in entry.languages],
        "excludes": [words.word(line_words.EXCLUSIONS, code) for code in entry.excludes],
        "calls_counted": counted.count(),
        "cards": [card_of(call, at) for call in cards],
        "now": words.epoch_ms(at),
        "may_edit": may(person_of(request), Act.EDIT_LINES),
        "departments": departments(),
    }
    return render(request, "console/line.html", context)


@require_http_methods(["GET", "POST"])
@allowed(Act.EDIT_LINES)
def add(request: HttpRequest) -> HttpResponseBase:
    """Add a line."""
    form = LineForm(request.POST or None, initial={"priority": 10, "recording": "ask", "linked": True})
    return _form_page(request, form, "")


@require_http_methods(["GET", "POST"])
@allowed(Act.EDIT_LINES)
def edit(request: HttpRequest, number: str) -> HttpResponseBase:
    """Change a line; its number stays, since calls and roles know the line by it."""
    line = get_object_or_404(Line.objects.select_related("owner", "merged_into"), number=number)
    initial = dataclasses.asdict(registry.entry_of(line))
    return _form_page(request, LineForm(request.POST or None, initial=initial, fixed_number=number), number)


def _form_page(request: HttpRequest, form: LineForm, number: str) -> HttpResponseBase:
    if request.method == "POST" and form.is_valid():
        entry: Entry = form.entry()
        try:
            (registry.edit_line if number else registry.add_line)(entry, by=person_of(request))
        except registry.LineError as error:
            form.refuse(error)
        else:
            messages.success(request, gettext("The line is written."))
            return redirect("line", entry.number)
    status = 422 if form.is_bound else 200
    return render(request, "console/line_form.html", {"form": form, "number": number}, status=status)


@require_POST
@allowed(Act.EDIT_LINES)
def agree(request: HttpRequest, number: str) -> HttpResponseBase:
    """Write the agreement of one department with this line, new or changed."""
    line = get_object_or_404(Line, number=number)
    form = AgreementForm(request.POST)
    if form.is_valid():
        try:
            registry.save_pacts([Pact(line=line.number, **form.cleaned_data)], by=person_of(request))
        except registry.LineError as error:
            for one in error.faults:
                messages.error(request, line_words.fault_sentence(one))
        else:
            messages.success(request, gettext("The agreement is written."))
    else:
        messages.error(request, gettext("Name a department, and days as 2021-07-01."))
    return redirect("line", line.number)


@require_GET
@allowed(Act.SEE_LINES)
def download(request: HttpRequest, name: str) -> HttpResponseBase:
    """Give the registry as a file: lines.xlsx (all tables), lines.csv, agreements.csv, mergers.csv or numbers.csv."""
    if name == "lines.xlsx":
        data, kind = _workbook(), XLSX
    elif name == "lines.csv":
        data, kind = line_sheets.to_csv(line_sheets.LINES, registry.all_entries().values()), "text/csv; charset=utf-8"
    elif name == "agreements.csv":
        data, kind = line_sheets.to_csv(line_sheets.PACTS, registry.all_pacts()), "text/csv; charset=utf-8"
    elif name == "mergers.csv":
        data, kind = line_sheets.to_csv(line_sheets.MERGERS, registry.all_mergers()), "text/csv; charset=utf-8"
    elif name == "numbers.csv":
        data, kind = line_sheets.to_csv(line_sheets.WAYS, registry.all_ways()), "text/csv; charset=utf-8"
    else:
        raise Http404
    return HttpResponse(data, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _workbook() -> bytes:
    tables = registry.all_pacts(), registry.all_ways(), registry.all_mergers()
    return line_sheets.to_xlsx(registry.all_entries().values(), *tables)


@require_POST
@allowed(Act.EDIT_LINES)
def upload(request: HttpRequest) -> HttpResponseBase:
    """Take a workbook or CSV: all of it is written, or nothing and the page says why, row by row."""
    file = request.FILES.get("file")
    if file is None:
        messages.error(request, gettext("Choose a file first."))
        return redirect("lines")
    came = import_tables(file.read(MOST_BYTES + 1), by=person_of(request))
    if came.faults:
        faults = [
            (one.sheet, one.row, words.word(line_words.FIELDS, one.fault.field), line_words.fault_sentence(one.fault))
            for one in came.faults
        ]
        return render(request, "console/line_faults.html", {"faults": faults, "file": file.name}, status=422)
    written = gettext("Written: {lines} lines, {pacts} agreements and {ways} numbers differ from before.")
    messages.success(request, written.format(lines=came.lines, pacts=came.pacts, ways=came.ways))
    return redirect("lines")
