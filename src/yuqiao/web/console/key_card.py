"""The card of keys that lies beside an interpreter's phone: one page, made to be printed."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from yuqiao.web.console import words

#: In the order of the card.
KEYS: words.Words = {
    "*1#": _("hold the caller, and bring the caller back"),
    "*2#": _("speak with the agent apart, and all together again"),
    "*3#": _("speak with the floor manager apart, and all together again"),
    "*4#": _("hand over to a colleague; hang up once she is on"),
    "*5#": _("call the floor manager in, an incident is opened"),
    "*12345#": _("add that line, or any other by its number"),
    "*0#": _("stop the recording: the caller does not want it"),
    "*00#": _("pause the recording for a sensitive part, and record again"),
    "*6#": _("the call is about a court matter: if the line excludes it, the caller is told so and the call ends"),
    "*7#": _("the call is about a state secret: if the line excludes it, the caller is told so and the call ends"),
    "*8#": _("in a call that we began: the person wants no more such calls"),
    "*9#": _("in a call that we began: a machine picked up"),
    "##": _("the work is done: the caller hears goodbye, the call ends"),
}


@login_required
def show(request: HttpRequest) -> HttpResponseBase:
    """Show the card to anybody who signs in."""
    return render(request, "console/key_card.html", {"keys": [(keys, words.word(KEYS, keys)) for keys in KEYS]})
