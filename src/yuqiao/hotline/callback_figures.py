"""The promise that every missed caller is called back, as a figure whose every number leads to its rows (S39)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction

from django.db.models import Count, F, Q, QuerySet, Sum

from yuqiao.hotline.models import Callback, CallbackOutcome

#: Each number of the figure and the rows it counts, at a moment ``now``.
PARTS = ("due", "in_time", "late", "not_reached", "overdue", "open")


def condition(part: str, now: dt.datetime) -> Q:
    """Return which callbacks a part of the figure counts; KeyError for a part that does not exist.

    ``due``: the deadline passed, or it is closed already. ``in_time`` and ``late``: returned before or after the
    deadline. ``not_reached``: given up after as many attempts as promised. ``overdue``: open past its deadline.
    ``open``: not due yet. So due = in_time + late + not_reached + overdue, and due + open = all.
    """
    returned = Q(done_at__isnull=False) & ~Q(outcome=CallbackOutcome.NOT_REACHED)
    return {
        "due": Q(done_at__isnull=False) | Q(due_at__lte=now),
        "in_time": returned & Q(done_at__lte=F("due_at")),
        "late": returned & Q(done_at__gt=F("due_at")),
        "not_reached": Q(done_at__isnull=False, outcome=CallbackOutcome.NOT_REACHED),
        "overdue": Q(done_at=None, due_at__lte=now),
        "open": Q(done_at=None, due_at__gt=now),
    }[part]


@dataclass(frozen=True, slots=True)
class CallbacksReturned:
    """Callbacks owed for calls missed in a period; the share is returned within the deadline of those due.

    Who asked to be called back missed no call (S39), so those rows are not counted here.
    """

    due: int
    in_time: int
    late: int
    not_reached: int
    overdue: int
    open: int
    attempts: int

    @property
    def share(self) -> Fraction | None:
        """Return ``in_time / due``, exact; None while none is due."""
        return Fraction(self.in_time, self.due) if self.due else None

    @property
    def all_returned(self) -> bool:
        """Whether nobody who was due is still owed a call: returned, or tried as often as promised."""
        return self.overdue == 0


def _missed(since: dt.datetime, until: dt.datetime) -> QuerySet[Callback]:
    return Callback.objects.filter(call__isnull=False, created_at__gte=since, created_at__lt=until)


def rows(since: dt.datetime, until: dt.datetime, part: str, now: dt.datetime) -> QuerySet[Callback]:
    """Return the callbacks that ``part`` counts, of calls missed in ``[since, until)``."""
    return _missed(since, until).filter(condition(part, now))


def callbacks_returned(since: dt.datetime, until: dt.datetime, now: dt.datetime) -> CallbacksReturned:
    """Return the figure for calls missed in ``[since, until)``, as it stands at ``now``: one query."""
    missed = _missed(since, until).order_by()
    parts = {part: Count("pk", filter=condition(part, now)) for part in PARTS}
    return CallbacksReturned(**missed.aggregate(attempts=Sum("attempts", default=0), **parts))
