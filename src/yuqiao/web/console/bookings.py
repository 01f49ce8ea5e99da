"""Bookings of interpretation week by week, one with its interpreters and conflicts; the interpreter's own (S72)."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal, InvalidOperation

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST
from openpyxl import Workbook

from yuqiao.accounts.models import Department
from yuqiao.hotline import booking_conflicts
from yuqiao.hotline import bookings as services
from yuqiao.hotline.models import AssignmentState, Booking, BookingAssignment, BookingKind, BookingState, Line
from yuqiao.languages.catalogue import FOREIGN
from yuqiao.web.console import words
from yuqiao.web.console.gate import Act, allowed, may, person_of
from yuqiao.web.console.plan import carry_out, moment
from yuqiao.workforce.models import Interpreter

WEEKS_SHOWN = 5
#: Further out, the weeks around a day, or its hours in another zone, leave what a date can be.
FIRST_YEAR, LAST_YEAR = dt.MINYEAR + 1, dt.MAXYEAR - 1
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS: words.Words = {
    "phone": gettext_lazy("By telephone"),
    "on_site": gettext_lazy("On site"),
    "video": gettext_lazy("Video"),
}
STATES: words.Words = {
    "asked": gettext_lazy("Asked for"),
    "confirmed": gettext_lazy("Confirmed"),
    "done": gettext_lazy("Done"),
    "cancelled": gettext_lazy("Called off"),
}
#: What brings a booking to a state, in the order in which it is offered.
STEPS: words.Words = {
    "confirmed": gettext_lazy("Confirm the booking"),
    "done": gettext_lazy("Close the booking as done"),
    "cancelled": gettext_lazy("Call the booking off"),
}
#: Where an interpreter is expected while a booking lasts; so many are named for each.
ELSEWHERE: words.Words = {"seat": gettext_lazy("At her seat"), "standby": gettext_lazy("Stands by")}
MOST_ELSEWHERE = 4
ANSWERS: words.Words = {
    "asked": gettext_lazy("Not answered yet"),
    "accepted": gettext_lazy("Accepted"),
    "declined": gettext_lazy("Declined"),
}


def in_words(booking: Booking) -> dict[str, object]:
    """Return a booking as pages show it; prefetch ``assignments``."""
    live = [one for one in booking.assignments.all() if one.state == AssignmentState.ACCEPTED]
    return {
        "booking": booking,
        "kind": words.word(KINDS, booking.kind),
        "state": words.word(STATES, booking.state),
        "languages": [words.language_name(code) for code in booking.languages],
        "accepted": len(live),
        "short": booking.state in services.NEXT[BookingState.ASKED] | {BookingState.ASKED}
        and booking.state != BookingState.CANCELLED
        and len(live) < booking.interpreters,
    }


def _monday(text: str) -> dt.date:
    """Return the Monday of the week of the day in the address; of this week when it names none."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        day = timezone.localdate()
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        day = timezone.localdate()
    return day - dt.timedelta(days=day.weekday())


@require_GET
@allowed(Act.WATCH)
def show_list(request: HttpRequest) -> HttpResponseBase:
    """Show the bookings of five weeks, each week under its Monday."""
    monday = _monday(request.GET.get("week", ""))
    starts = [monday + dt.timedelta(weeks=number) for number in range(WEEKS_SHOWN)]
    last = monday + dt.timedelta(weeks=WEEKS_SHOWN)
    begin, end = (timezone.make_aware(dt.datetime.combine(day, dt.time())) for day in (monday, last))
    found = Booking.objects.filter(begins_at__lt=end, ends_at__gte=begin).select_related("line", "department")
    rows = [in_words(one) for one in found.prefetch_related("assignments")]
    weeks = []
    for start in starts:
        here = [row for row in rows if _touches(row["booking"], start)]
        weeks.append((start, start + dt.timedelta(days=6), here))
    context = {
        "weeks": weeks,
        "before": (monday - dt.timedelta(weeks=WEEKS_SHOWN)).isoformat(),
        "after": last.isoformat(),
        "arranges": may(person_of(request), Act.ARRANGE),
        "choices": [(code, words.language_name(code)) for code in FOREIGN],
        "kinds": [(code, words.word(KINDS, code)) for code in BookingKind.values],
        "lines": [(one, words.line_name(one)) for one in Line.objects.order_by("number")],
        "departments": Department.objects.order_by("code"),
    }
    return render(request, "console/bookings.html", context)


def _touches(booking: object, monday: dt.date) -> bool:
    assert isinstance(booking, Booking)  # noqa: S101 (for the type checker)
    begins, ends = (timezone.localtime(at).date() for at in (booking.begins_at, booking.ends_at))
    return begins < monday + dt.timedelta(days=7) and ends >= monday


def _elsewhere(one: booking_conflicts.Expected) -> str:
    """Return where else somebody is expected, in words."""
    where = words.word(ELSEWHERE, one.kind)
    return f"{where} {words.language_name(one.language)} {one.begins:%m-%d %H:%M}–{one.ends:%H:%M}"


@require_GET
@allowed(Act.WATCH)
def show(request: HttpRequest, booking_id: int) -> HttpResponseBase:
    """Show one booking: who is asked, what she said, where else she is wanted at that time."""
    found = Booking.objects.select_related("line", "department").prefetch_related("assignments__interpreter")
    booking = get_object_or_404(found, pk=booking_id)
    clash, elsewhere = services.conflicts(booking), booking_conflicts.expected(booking)
    arranges = may(person_of(request), Act.ARRANGE)
    context = {
        **in_words(booking),
        "assignments": [
            (
                one,
                words.language_name(one.language),
                words.word(ANSWERS, one.state),
                clash.get(one.interpreter_id, []),
                [_elsewhere(each) for each in elsewhere.get(one.interpreter_id, [])][:MOST_ELSEWHERE],
            )
            for one in booking.assignments.all()
        ],
        "contact_number": booking.contact_number if arranges else words.masked(booking.contact_number),
        "next": [(state, words.word(STEPS, state)) for state in STEPS if state in services.NEXT[booking.state]],
        "choices": [(code, words.language_name(code)) for code in booking.languages],
        "arranges": arranges,
    }
    return render(request, "console/booking.html", context)


@allowed(Act.ARRANGE)
@require_POST
def add(request: HttpRequest) -> HttpResponseBase:
    """Enter a booking."""
    form, person = request.POST, person_of(request)

    def do() -> None:
        event = services.Event(
            form.get("title", ""),
            form.get("kind", ""),
            tuple(form.getlist("languages")),
            int(form.get("interpreters", "")),
            moment(form.get("begins", "")),
            moment(form.get("ends", "")),
            form.get("contact_name", ""),
            form.get("contact_number", ""),
            form.get("place", ""),
            form.get("department", ""),
            form.get("line", ""),
            form.get("note", ""),
        )
        services.book(event, by=person)

    return carry_out(request, do, _("Saved; the journal holds who did it."), "bookings")


@allowed(Act.ARRANGE)
@require_POST
def change(request: HttpRequest, booking_id: int) -> HttpResponseBase:
    """Bring a booking to its next state, or ask an interpreter."""
    booking = get_object_or_404(Booking, pk=booking_id)
    form, person = request.POST, person_of(request)

    def do() -> None:
        if form.get("ask") == "assign":
            services.assign(booking, form.get("interpreter", "").strip(), form.get("language", ""), by=person)
            return
        try:
            hours = Decimal(form.get("hours") or "0")
        except InvalidOperation:
            raise services.BookingError("volunteers") from None
        volunteers = int(form.get("volunteers") or "0")
        services.move(booking, form.get("state", ""), by=person, volunteers=volunteers, hours=hours)

    return carry_out(request, do, _("Saved; the journal holds who did it."), "booking", booking.pk)


@require_GET
@allowed(Act.REPORT)
def download(request: HttpRequest) -> HttpResponseBase:
    """Give all bookings of the year in the address (this year, if none) as a workbook."""
    asked = request.GET.get("year", "")
    year = int(asked) if asked.isascii() and asked.isdigit() and len(asked) == 4 else 0
    if not FIRST_YEAR <= year <= LAST_YEAR:
        year = timezone.localdate().year
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = str(year)
    names = (
        "事项",
        "方式",
        "状态",
        "语种",
        "译员人数",
        "已接受",
        "线路",
        "地点",
        "开始",
        "结束",
        "志愿者",
        "志愿服务小时",
    )
    sheet.append(names)
    rows = Booking.objects.filter(begins_at__year=year).select_related("line").prefetch_related("assignments")
    for one in rows:
        facts = in_words(one)
        begins, ends = (timezone.localtime(at).strftime("%Y-%m-%d %H:%M") for at in (one.begins_at, one.ends_at))
        sheet.append(
            [
                *(one.title, one.get_kind_display(), one.get_state_display(), ",".join(one.languages)),
                *(one.interpreters, facts["accepted"], one.line.number if one.line else "", one.place, begins, ends),
                *(one.volunteers, one.volunteer_hours),
            ]
        )
    for row in sheet.iter_rows(min_row=2, max_col=8):
        for cell in row:
            if isinstance(cell.value, str):
                cell.data_type = "s"  # a title that begins with "=" is no formula
    out = io.BytesIO()
    book.save(out)
    headers = {"Content-Disposition": f'attachment; filename="bookings-{year}.xlsx"'}
    return HttpResponse(out.getvalue(), content_type=XLSX, headers=headers)


@require_GET
@login_required
def show_mine(request: HttpRequest) -> HttpResponseBase:
    """Show an interpreter what she is asked to do at events, and let her answer."""
    mine = BookingAssignment.objects.filter(interpreter__person=person_of(request)).select_related("booking__line")
    live = mine.exclude(booking__state=BookingState.CANCELLED).order_by("-booking__begins_at")[:50]
    rows = [(one, words.language_name(one.language), words.word(ANSWERS, one.state)) for one in live]
    hers = Interpreter.objects.filter(person=person_of(request)).exists()
    return render(request, "console/my_bookings.html", {"rows": rows, "calendars": hers})


@login_required
@require_POST
def answer(request: HttpRequest, assignment_id: int) -> HttpResponseBase:
    """The interpreter accepts or declines."""
    person = person_of(request)
    one = get_object_or_404(BookingAssignment.objects.select_related("booking", "interpreter"), pk=assignment_id)
    accept = request.POST.get("answer") == "accept"
    return carry_out(request, lambda: services.answer(one, accept=accept, by=person), _("Thank you."), "my-bookings")
