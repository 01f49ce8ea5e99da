"""How long a call's recording is kept: shown beside the player, and kept longer by a person who says why."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from yuqiao.accounts.models import Person
from yuqiao.hotline import retention
from yuqiao.hotline.models import Call
from yuqiao.web.console import words
from yuqiao.web.console.gate import Act, allowed, may, person_of

#: Codes of `hotline.retention.Why` but for holds, which a person explains.
WHY: words.Words = {
    "complaint": _("kept longer: a complaint about the call is open"),
    "violation": _("kept longer: it proves a violation that stands or is to be judged"),
}
FAULTS: words.Words = {
    "reason": _("Say in 1 to 300 characters why this recording is to be kept longer."),
    "held": _("Somebody keeps this recording already."),
    "free": _("Nobody keeps this recording beyond its time any more."),
    "gone": _("This recording is deleted already."),
}


@dataclass(frozen=True, slots=True)
class Keeping:
    """What a call's page says of how long its recording is kept; ``reason`` is that of a hold, "" without one."""

    gone: bool
    until: str
    longer: list[str]
    held: str
    reason: str
    may_keep: bool
    longest: int = retention.LONGEST


def keeping_of(call: Call, person: Person) -> Keeping:
    """Return how long the recording of an ended call is kept, in words."""
    kept = retention.kept_of(call)
    hold, day = kept.hold, "" if kept.until is None else f"{timezone.localtime(kept.until):%Y-%m-%d}"
    if kept.gone:
        until = gettext("This recording was kept until {day} and is deleted.") if day else gettext("It is deleted.")
    else:
        until = gettext("Kept until {day}") if day else gettext("Kept for ever, as all recordings of this line")
    held = gettext("kept longer by {name} since {day}:")
    return Keeping(
        kept.gone,
        until.format(day=day),
        [words.word(WHY, one.value) for one in sorted(kept.why) if one.value in WHY],
        held.format(name=hold.held_by, day=f"{timezone.localtime(hold.held_at):%Y-%m-%d}") if hold else "",
        hold.reason if hold else "",
        may(person, Act.KEEP_RECORDINGS),
    )


@require_POST
@allowed(Act.KEEP_RECORDINGS)
def change(request: HttpRequest, call_id: uuid.UUID) -> HttpResponseBase:
    """Keep a recording beyond its time, or let it go again; 404 for anything else that is asked."""
    call, by = get_object_or_404(Call, pk=call_id), person_of(request)
    try:
        match request.POST.get("ask"):
            case "keep":
                retention.hold(call, request.POST.get("reason", ""), by=by)
            case "release":
                retention.release(call, by=by)
            case _:
                raise Http404
    except retention.HoldError as error:
        messages.error(request, gettext("Nothing was changed.") + " " + words.word(FAULTS, error.code))
    else:
        messages.success(request, gettext("Saved; the journal holds who did it."))
    return redirect("call", call_id=call.pk)
