"""What rows are called on the page, in the reader's language (gettext; the rows themselves hold codes).

A code nobody has told us about is shown as it stands, so that a newer call server never empties a page.
"""

from __future__ import annotations

import datetime as dt

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from yuqiao.hotline.figures import printed
from yuqiao.hotline.models import Leg, Line, WayIn
from yuqiao.languages import catalogue

Words = dict[str, "str | Promise"]

#: Days up to now -> what a list of so many days is called.
PERIODS: Words = {
    "1": _("24 hours"),
    "7": _("7 days"),
    "30": _("30 days"),
    "365": _("365 days"),
}

ROLES: Words = {
    "interpreter": _("Interpreter"),
    "supervisor": _("Supervisor"),
    "agent": _("Hotline agent"),
    "clerk": _("Department clerk"),
    "collector": _("Sign collector"),
    "expert": _("Expert"),
    "supplier_manager": _("Supplier manager"),
    "project_manager": _("Project manager"),
    "auditor": _("Auditor"),
    "administrator": _("Administrator"),
}
PARTIES: Words = {
    "caller": _("Caller"),
    "agent": _("Agent"),
    "interpreter": _("Interpreter"),
    "third": _("Third party"),
}
WAYS_IN: Words = {
    "beside_agent": _("Agent and caller on one line"),
    "transferred": _("Transferred by partner line"),
    "direct": _("Dialled our number"),
    "callback": _("We called back"),
    "scheduled": _("Call by appointment"),
    "outreach": _("Follow-up call"),
}
LANGUAGE_BY: Words = {
    "dialled": _("by the dialled number"),
    "hlang": _("by the caller's phone"),
    "hint": _("by the line's hint"),
    "key": _("by key"),
    "agent": _("by the desk"),
    "speech": _("suggested by machine, confirmed"),
    "default": _("nobody chose"),
}
CONSENT: Words = {
    "given": _("Told, did not refuse"),
    "refused": _("The caller does not agree"),
    "not_asked": _("Not asked"),
}
CONSENT_BY: Words = {
    "caller": _("by the caller's key"),
    "interpreter": _("by the interpreter's keys"),
    "desk": _("by the desk"),
    "handover": _("by itself, as another interpreter came on"),
}
PHASES: Words = {
    "arriving": _("Arriving"),
    "choosing": _("Choosing language"),
    "seeking": _("Seeking interpreter"),
    "calling_back": _("Calling back"),
    "talking": _("Talking"),
    "replacing": _("Replacing interpreter"),
    "recalling": _("Ringing the lost caller"),
    "unassisted": _("Without interpreter"),
    "closing": _("Closing"),
    "ended": _("Ended"),
}
OUTCOMES: Words = {
    "served": _("Served"),
    "completed": _("Completed"),
    "callback": _("To be called back"),
    "abandoned": _("Caller gave up"),
    "excluded": _("Refused: excluded by the line"),
    "failed": _("Failed"),
    "not_reached": _("Caller not reached"),
    "postponed": _("Put off: no interpreter free"),
    "machine": _("A machine picked up"),
    "interrupted": _("Broken off while ringing"),
}
STATES: Words = {
    "ready": _("Ready"),
    "claimed": _("Ringing"),
    "busy": _("On a call"),
    "wrap_up": _("Wrap-up"),
    "break": _("On a break"),
    "off": _("Off duty"),
}
TIERS: Words = {"resident": _("Resident"), "remote": _("Remote")}
REQUESTS: Words = {"waiting": _("Waiting"), "claimed": _("Ringing")}


#: Why a recording holds nothing for a while.
GAPS: Words = {
    "paused": _("Not recorded from {begin} to {end}: paused for a sensitive part"),
    "lost": _("Not recorded from {begin} to {end}: the recording of {name} failed"),
}
SERVICES: Words = {
    "calls": _("Call server"),
    "media": _("Media server"),
    "trunk": _("Trunk"),
    "web": _("Web pages"),
    "line": _("Partner line"),
    "record": _("Recordings"),
}
CAUSES: Words = {
    "call_server_away": _("No call server was at work"),
    "engine_unreachable": _("The media server could not be reached"),
    "lease_lapsed": _("The database could not be reached"),
    "recordings_unwritable": _("Recordings could not be written"),
}
SPANS: Words = {"on": _("Signed on to work"), "break": _("On a break"), "wrap_up": _("Wrap-up")}
VIOLATIONS: Words = {
    "missed_ring": _("Rang in vain"),
    "refused": _("Refused a call"),
    "late": _("Late"),
    "rude": _("Rude"),
    "left_early": _("Left early"),
    "other": _("Something else"),
}
VIOLATION_STATES: Words = {
    "proposed": _("To be judged"),
    "confirmed": _("Confirmed"),
    "dismissed": _("Dismissed"),
    "annulled": _("Annulled on appeal"),
}

#: How figures print what is missing, and milliseconds.
NONE, seconds = printed.NONE, printed.seconds


def word(words: Words, code: str) -> str:
    """Return the reader's word for ``code``; the code itself where there is none."""
    return str(words.get(code, code))


def reads_chinese() -> bool:
    """Tell whether the reader has chosen Chinese."""
    return (get_language() or "zh-hans").startswith("zh")


def language_name(code: str) -> str:
    """Return a service language's name; a plain sentence while it is not known."""
    if not code:
        return gettext("Language not known yet")
    language = catalogue.BY_CODE.get(code) or catalogue.SIGNED.get(code)
    if language is None:
        return code
    return language.zh if reads_chinese() else language.en


def line_name(line: Line | None) -> str:
    """Return a line's name, in English only where it has one."""
    if line is None:
        return ""
    return line.name_zh if reads_chinese() else line.name_en or line.name_zh


def party_name(leg: Leg, way_in: str) -> str:
    """Return who a leg is beside its role: an interpreter's number, a line's, or that the caller shares the leg."""
    if leg.interpreter is not None:
        return leg.interpreter.number
    if leg.inbound and way_in == WayIn.BESIDE_AGENT:
        return gettext("and caller")
    return leg.label


def masked(number: str) -> str:
    """Return a caller's number with all but its last four characters covered, whatever it holds."""
    if len(number) <= 4:
        return "•" * len(number)
    return "••••" + number[-4:]


def duration(seconds: float) -> str:
    """Return ``m:ss``, or ``h:mm:ss`` from an hour on; 0:00 for what lies in the future."""
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{left:02d}" if hours else f"{minutes}:{left:02d}"


def seconds_between(first: dt.datetime | None, last: dt.datetime | None) -> float | None:
    """Return the seconds from ``first`` to ``last``; None unless both happened."""
    return None if first is None or last is None else (last - first).total_seconds()


def epoch_ms(moment: dt.datetime) -> int:
    """Return milliseconds since 1970, as the browser counts; rounded as alarms are: one moment, one number."""
    return round(moment.timestamp() * 1000)
