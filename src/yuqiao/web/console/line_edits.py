"""What is changed on a line's own page: the numbers by which it reaches us, and into which line it is merged."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from yuqiao.hotline import lines as registry
from yuqiao.hotline.models import DialledNumber, Line
from yuqiao.hotline.registry import Way
from yuqiao.web.console import line_words
from yuqiao.web.console.gate import Act, allowed, person_of


class WayForm(forms.Form):
    """A number at which we are dialled."""

    number = forms.CharField(max_length=32)
    way_in = forms.CharField(max_length=16)
    language = forms.CharField(max_length=8, required=False)


class MergerForm(forms.Form):
    """The line that answers for this one from a day on."""

    into = forms.CharField(max_length=32)
    since = forms.DateField()
    until = forms.DateField(required=False)


def _write(request: HttpRequest, number: str, write: Callable[[], object], done: str) -> HttpResponseBase:
    try:
        write()
    except registry.LineError as error:
        for one in error.faults:
            messages.error(request, line_words.fault_sentence(one))
    else:
        messages.success(request, done)
    return redirect("line", number)


@require_POST
@allowed(Act.EDIT_LINES)
def dial(request: HttpRequest, number: str) -> HttpResponseBase:
    """Add or change a number by which the line reaches us, or take it away. One that is another line's stays there."""
    line = get_object_or_404(Line, number=number)
    by, form = person_of(request), WayForm(request.POST)
    if "drop" in request.POST:
        dropped = request.POST["drop"]
        return _write(request, number, lambda: registry.drop_way(line, dropped, by=by), gettext("The number is gone."))
    if not form.is_valid():
        messages.error(request, gettext("Name a number and how it reaches us."))
        return redirect("line", number)
    way = Way(line=line.number, **form.cleaned_data)
    if DialledNumber.objects.filter(number=way.number).exclude(line=line).exists():
        messages.error(request, gettext("This number belongs to another line; take it away there first."))
        return redirect("line", number)
    return _write(request, number, lambda: registry.save_ways([way], by=by), gettext("The number is written."))


@require_POST
@allowed(Act.EDIT_LINES)
def merge(request: HttpRequest, number: str) -> HttpResponseBase:
    """Merge the line into another from a day on; the merger before stays with its dates."""
    get_object_or_404(Line, number=number)
    form = MergerForm(request.POST)
    if not form.is_valid():
        messages.error(request, gettext("Name the line it is merged into, and days as 2021-07-01."))
        return redirect("line", number)
    said = form.cleaned_data

    def write() -> object:
        return registry.merge_line(number, said["into"], said["since"], said["until"], by=person_of(request))

    return _write(request, number, write, gettext("The merger is written."))
