"""How the rows behind a figure are shown, by what they are: calls, what belongs to a call, outages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from yuqiao.cases.models import WorkOrder
from yuqiao.hotline.figures.definition import Figure
from yuqiao.hotline.models import Agreement, Call, Complaint, Leg, Line, Outage, Rating, Violation, WrapUp
from yuqiao.lib.clock import now
from yuqiao.web.console import after_words, words
from yuqiao.workforce.models import PresenceSpan

#: What became of a call, a request or a callback.
ENDINGS: words.Words = {
    **words.OUTCOMES,
    **words.REQUESTS,
    "answered": _("Answered"),
    "unmet": _("Nobody found"),
    "withdrawn": _("Withdrawn"),
    "called_in": _("Caller called again"),
    "by_hand": _("Closed by hand"),
}
MILLISECOND = dt.timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Shown:
    """``row`` puts one row into words; ``related`` is what it reads besides."""

    row: Callable[[Any, Figure], dict[str, object]]
    related: tuple[str, ...]


def line_of(line: Line | None) -> str:
    """Return a line's number and name."""
    return words.NONE if line is None else f"{line.number} {words.line_name(line)}"


def _call(call: Call, figure: Figure) -> dict[str, object]:
    return _beside_call(call, call, figure)


def _of_a_call(row: Any, figure: Figure) -> dict[str, object]:
    return _beside_call(row, row.call, figure)


def _beside_call(row: Any, call: Call, figure: Figure) -> dict[str, object]:
    waited = getattr(row, figure.column) if figure.column else None
    outcome = getattr(row, "outcome", "") or getattr(row, "state", "")
    return {
        "url": reverse("call", args=[call.pk]),
        "at": getattr(row, figure.source.moment),
        "line": line_of(call.line),
        "language": words.language_name(call.language),
        "outcome": f"{row.score} / 5" if isinstance(row, Rating) else words.word(ENDINGS, outcome),
        "time": "" if not figure.column else _time(waited),
    }


def _time(waited: dt.timedelta | None) -> str:
    return words.NONE if waited is None else f"{words.seconds(waited // MILLISECOND)} {gettext('s')}"


def _outage(row: Outage, _figure: Figure) -> dict[str, object]:
    lasted = (row.ended_at or now()) - row.began_at
    return {
        "url": f"{reverse('outages')}#o{row.pk}",
        "at": row.began_at,
        "line": line_of(row.line),
        "language": words.NONE,
        "outcome": f"{words.word(words.SERVICES, row.service)}: {words.word(words.CAUSES, row.cause)}",
        "time": words.duration(lasted.total_seconds()),
    }


def _leg(row: Leg, _figure: Figure) -> dict[str, object]:
    return {
        "url": reverse("call", args=[row.call_id]),
        "at": row.created_at,
        "line": line_of(row.call.line),
        "language": words.language_name(row.call.language),
        "outcome": f"{row.interpreter} {words.word(words.TIERS, row.tier)}",
        "time": words.NONE if row.lasted is None else words.duration(row.lasted.total_seconds()),
    }


def _span(row: PresenceSpan, _figure: Figure) -> dict[str, object]:
    return {
        "url": f"{reverse('workload')}?day={timezone.localtime(row.began_at):%Y-%m-%d}",
        "at": row.began_at,
        "line": words.NONE,
        "language": words.NONE,
        "outcome": f"{row.interpreter} {words.word(words.SPANS, row.kind)}",
        "time": words.NONE if row.lasted is None else words.duration(row.lasted.total_seconds()),
    }


def _violation(row: Violation, _figure: Figure) -> dict[str, object]:
    return {
        "url": f"{reverse('violations')}?case={row.pk}",
        "at": row.happened_at,
        "line": line_of(row.call.line if row.call else None),
        "language": words.language_name(row.call.language) if row.call else words.NONE,
        "outcome": f"{words.word(words.VIOLATIONS, row.kind)}: {words.word(words.VIOLATION_STATES, row.state)}",
        "time": "",
    }


def _agreement(row: Agreement, _figure: Figure) -> dict[str, object]:
    return {
        "url": reverse("line", args=[row.line.number]),
        "at": row.signed_on,
        "line": line_of(row.line),
        "language": words.NONE,
        "outcome": str(row.department),
        "time": "",
    }


def _complaint(row: Complaint, _figure: Figure) -> dict[str, object]:
    return {
        "url": reverse("feedback") + f"#k{row.pk}" if row.call_id is None else reverse("call", args=[row.call_id]),
        "at": row.made_at,
        "line": line_of(row.line),
        "language": words.language_name(row.language),
        "outcome": words.word(after_words.COMPLAINT_STATES, row.state),
        "time": "",
    }


def _wrap_up(row: WrapUp, _figure: Figure) -> dict[str, object]:
    said = words.word(after_words.TYPES, row.request_type), words.word(after_words.WRAP_OUTCOMES, row.outcome)
    return {
        "url": reverse("call", args=[row.call_id]),
        "at": row.call_at,
        "line": line_of(row.line),
        "language": words.language_name(row.language),
        "outcome": ": ".join(said),
        "time": "",
    }


def _order(row: WorkOrder, _figure: Figure) -> dict[str, object]:
    return {
        "url": reverse("case", args=[row.pk]),
        "at": row.opened_at,
        "line": row.line_number or words.NONE,
        "language": words.language_name(row.language),
        "outcome": words.word(after_words.ORDER_STATES, row.state),
        "time": words.NONE
        if row.answered_at is None
        else words.duration((row.answered_at - row.opened_at).total_seconds()),
    }


OF_A_CALL = Shown(_of_a_call, ("call", "call__line"))
SHOWN: dict[type[Model], Shown] = {
    Call: Shown(_call, ("line",)),
    Outage: Shown(_outage, ("line",)),
    Leg: Shown(_leg, ("call__line", "interpreter")),
    PresenceSpan: Shown(_span, ("interpreter",)),
    Violation: Shown(_violation, ("call__line", "interpreter")),
    Complaint: Shown(_complaint, ("line",)),
    WrapUp: Shown(_wrap_up, ("line",)),
    WorkOrder: Shown(_order, ()),
    Agreement: Shown(_agreement, ("line", "department")),
}
