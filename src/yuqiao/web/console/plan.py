"""What the pages of plans share: a verb carried out or refused with a sentence, and times as forms write them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yuqiao.web.console import words

#: Why nothing was done: the code of an error -> what to mend.
FAULTS: words.Words = {
    "already_on": gettext_lazy("Emergency mode is on already."),
    "closed": gettext_lazy("It is closed already, or being made at this moment."),
    "columns": gettext_lazy("The first row must hold the headings 号码, 语种 and 同意来源."),
    "days": gettext_lazy("Name at least one day, and no last day before the first."),
    "ends": gettext_lazy("The last day has passed."),
    "formula": gettext_lazy("The file holds a formula."),
    "file_too_large": gettext_lazy("The file is too large."),
    "hours": gettext_lazy(
        "These hours are not possible: lists call between 08:00 and 21:00, emergencies last up to 72 h."
    ),
    "interpreters": gettext_lazy("Name how many interpreters: 1 to 500."),
    "keep_until": gettext_lazy("A sensitive list needs the day until which its people are kept."),
    "kind": gettext_lazy("Choose by telephone, on site or video."),
    "language": gettext_lazy("Choose one of the service languages."),
    "language_not_held": gettext_lazy("This interpreter does not hold the language."),
    "line": gettext_lazy("There is no such line."),
    "missing": gettext_lazy("A word is missing."),
    "no_agent": gettext_lazy("The agents of this line cannot be rung from here."),
    "no_consent": gettext_lazy("The row does not say where the person agreed."),
    "not_a_table": gettext_lazy("This file is no workbook and no CSV."),
    "not_held": gettext_lazy("There is no such interpreter, or the language is not hers or not booked."),
    "not_hers": gettext_lazy("Only the interpreter herself answers."),
    "number": gettext_lazy("Write the number with digits, with + and the country if abroad."),
    "numbers": gettext_lazy("Attempts are 1 to 10, pauses 5 to 10080 minutes, the reserve 1 to 50."),
    "over": gettext_lazy("It is over already."),
    "place": gettext_lazy("Name the place."),
    "reason_missing": gettext_lazy("Say why."),
    "sheet": gettext_lazy("The question sheet is an address that begins with https://."),
    "span": gettext_lazy("The end comes after the beginning, at most 60 days later."),
    "state": gettext_lazy("This is not possible any more: somebody else changed it meanwhile."),
    "time": gettext_lazy("The time lies in the past, or more than a year ahead."),
    "too_many_rows": gettext_lazy("The file has too many rows."),
    "twice": gettext_lazy("It is there already."),
    "unknown": gettext_lazy("There is no such line or department."),
    "unknown_language": gettext_lazy("Choose one of the service languages."),
    "volunteers": gettext_lazy("Write how many volunteers and hours as numbers."),
}


def carry_out(request: HttpRequest, verb: Callable[[], object], said: str, to: str, *where: object) -> HttpResponse:
    """Do it and say so, or say what to mend (errors with a ``code`` of `FAULTS`); then go to a page by its name."""
    try:
        verb()
    except ValueError as error:
        code = getattr(error, "code", "")
        sentence = words.word(FAULTS, code) if code else _("A number, a date or a time is not complete.")
        messages.error(request, _("Nothing was changed.") + " " + sentence)
    else:
        messages.success(request, said)
    return redirect(to, *where)


def moment(text: str) -> dt.datetime:
    """Return what a form writes as ``2026-11-25T10:00`` in the city's time; ValueError for anything else."""
    found = dt.datetime.fromisoformat(text)
    return timezone.make_aware(found) if timezone.is_naive(found) else found
