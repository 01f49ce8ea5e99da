"""What a line's agent is told of waiting and of her request, in her words."""

from __future__ import annotations

import datetime as dt
import math

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from yuqiao.hotline.expecting import Prospect
from yuqiao.hotline.models import Call, LineRequest, RequestWay
from yuqiao.hotline.state import Phase
from yuqiao.hotline.waits import Expected, Outlook
from yuqiao.web.console import words

#: What to mend, by the code of `line_requests.LineRequestError`.
PROBLEMS: words.Words = {
    "line": gettext_lazy("You are no agent of this line."),
    "language": gettext_lazy("Choose one of the service languages."),
    "way": gettext_lazy("Choose how you want to speak."),
    "number": gettext_lazy("Enter the number of your telephone."),
    "incomplete": gettext_lazy("This number does not look complete. Enter it with its area code, or your extension."),
    "country": gettext_lazy("Numbers of this country cannot be called from here."),
    "kind": gettext_lazy("This kind of number cannot be called from here."),
    "no_calls_out": gettext_lazy("Calls to telephones are not set up here. Speak in this page."),
    "waiting": gettext_lazy("You have asked for an interpreter already; it is shown here."),
    "over": gettext_lazy("It is over already, or was rated before."),
    "unserved": gettext_lazy("No interpreter was on this call, so there is nothing to rate."),
    "score": gettext_lazy("Choose one to five stars."),
    "words": gettext_lazy("Say in a few words what was wrong with the interpreting."),
    "long": gettext_lazy("The note is too long to be kept."),
}
#: What happens in a call, by its phase; in all others an interpreter is sought.
STATES: words.Words = {
    Phase.TALKING.value: gettext_lazy("The interpreter is on the line."),
    Phase.REPLACING.value: gettext_lazy("The interpreter was lost; another one is sought. Stay on the line."),
    Phase.UNASSISTED.value: gettext_lazy("No interpreter could be found. You still hear each other."),
    Phase.CLOSING.value: gettext_lazy("The call ends."),
}


def about(seconds: float) -> str:
    """Return a time as one says it: in steps of five seconds, from a minute and a half on in minutes; rounded up."""
    if seconds <= 90:
        count = max(5, math.ceil(seconds / 5) * 5)
        return ngettext("{count} second", "{count} seconds", count).format(count=count)
    count = math.ceil(seconds / 60)
    return ngettext("{count} minute", "{count} minutes", count).format(count=count)


def clock_time(at: dt.datetime, now: dt.datetime) -> str:
    """Return a time of today as such, of another day with its date."""
    local = timezone.localtime(at)
    if local.date() == timezone.localtime(now).date():
        return local.strftime("%H:%M")
    return f"{date_format(local, 'MONTH_DAY_FORMAT')} {local:%H:%M}"


def wait_of(one: Prospect) -> str:
    """Return the expected wait in a few words, for a button."""
    match one.expected.outlook:
        case Outlook.FREE if not one.expected.known:
            return _("rung at once")
        case Outlook.QUEUE if not one.expected.known:
            return _("all taken")
        case Outlook.FREE | Outlook.QUEUE:
            return _("about {time}").format(time=about(one.expected.half or 0.0))
        case Outlook.AT_HOME:
            return _("on call")
    return _("nobody on shift")


def outlook_of(one: Prospect, now: dt.datetime, limit: float) -> str:
    """Return what to expect in a sentence. ``limit``: so many seconds a call waits before we offer to call back."""
    match one.expected.outlook:
        case Outlook.FREE:
            return _free(one.expected)
        case Outlook.QUEUE:
            return _taken(one.expected, limit)
        case Outlook.AT_HOME:
            return _(
                "Nobody is on shift for this language. An interpreter on call may be rung at home; how long that takes "
                "cannot be said."
            )
    if one.opens is not None:
        return _("Nobody is on shift for this language. The next shift begins at {time}.").format(
            time=clock_time(one.opens, now)
        )
    return _("Nobody is on shift for this language.")


def _free(told: Expected) -> str:
    if not told.known:
        return _("An interpreter is ready and is rung at once.")
    return _("Usually an interpreter is on within {half}; nine times out of ten within {most}.").format(
        half=about(told.half or 0.0), most=about(told.most or 0.0)
    )


def _taken(told: Expected, limit: float) -> str:
    if not told.known:
        return _("All interpreters of this language are taken. How long that lasts is not known yet.")
    half = told.half or 0.0
    if half > limit:
        return _(
            "All interpreters of this language are taken; one is free in about {half}. A call waits {limit} at "
            "most, so rather ask again later, or ask by telephone: then we call you back."
        ).format(half=about(half), limit=about(limit))
    return _("All interpreters of this language are taken; one is free in about {half}, at worst {most}.").format(
        half=about(half), most=about(told.most or 0.0)
    )


def place_in_queue(before: int) -> str:
    """Return how many requests are served before hers."""
    if not before:
        return _("Yours is served next.")
    return ngettext(
        "{count} request is served before yours.", "{count} requests are served before yours.", before
    ).format(count=before)


def ready_of(one: Prospect) -> str:
    """Return how many are ready."""
    return ngettext("{count} ready", "{count} ready", one.staff.free).format(count=one.staff.free)


def state_of(request: LineRequest) -> str:
    """Return what happens with a request, in one sentence; the place in the queue is said apart."""
    call = request.call
    if call is None:
        if request.way == RequestWay.PHONE:
            return _("Your telephone is about to ring.")
        return _("This page is calling. Allow the microphone if the browser asks.")
    if call.phase == Phase.ARRIVING and request.way == RequestWay.PHONE:
        return _("Your telephone rings: pick it up.")
    return words.word(STATES, call.phase) if call.phase in STATES else _("An interpreter is being sought.")


def outcome_of(request: LineRequest, call: Call) -> str:
    """Return what came of a request."""
    if call.interpreter_at is not None and call.ended_at is not None:
        waited = about((call.interpreter_at - call.started_at).total_seconds())
        return _("An interpreter was on after {time}.").format(time=waited)
    if call.outcome == "not_reached":
        return _("Your telephone was not picked up.")
    if call.outcome == "callback":
        return _("Nobody was free. You are called back.") if request.number else _("Nobody was free. Please ask again.")
    if call.outcome == "abandoned":
        return _("You ended the call before an interpreter was on.")
    return words.word(words.OUTCOMES, call.outcome)
