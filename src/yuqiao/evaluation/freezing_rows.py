"""Digests of the rows behind a figure: how many they are, which, and what of them counted; read as a stream.

Few rows are kept one by one, so that a difference names them; of many each day has its digest. Values are brought to
one form whichever database they come from, so that a sheet frozen on one can be checked on the other.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Callable, Iterator
from itertools import chain, groupby
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import F, Model, QuerySet, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast
from django.utils import timezone

from yuqiao.cases.models import WorkOrder
from yuqiao.contracts.models import Acceptance, Deliverable
from yuqiao.evaluation.formulas.describing import SHOWN
from yuqiao.evaluation.models import BudgetLine, Evidence, Payment
from yuqiao.hotline.models import Call, Callback, InterpreterRequest, Leg, Outage, Rating, Violation

#: What of a row decides the figure, besides that it is among those counted.
COUNTED: dict[type[Model], tuple[str, ...]] = {
    Evidence: ("kind", "serial", "result", "received_on", "file__sha256"),
    Payment: ("amount_fen", "source"),
    BudgetLine: ("initial_fen", "source"),
    Deliverable: ("first",),
    Acceptance: ("passed",),
    Call: ("line_id", "language", "time_to_answer", "time_to_interpreter"),
    InterpreterRequest: ("line_id", "language", "state"),
    Rating: ("score",),
    Leg: ("tier", "lasted"),
    Outage: ("ended_at",),
    Violation: ("state",),
    Callback: ("outcome", "due_at", "done_at"),
    WorkOrder: ("due_at", "answered_at"),
}
#: Up to so many rows are kept one by one.
FEW = 500
PIECE = 20_000
MARK = 16
Digest = dict[str, Any]


def digest(found: QuerySet[Any]) -> Digest:
    """Return ``{"count", "sha256", "rows": {id: mark}}``, or with ``"days": {day: [count, mark]}`` for many rows."""
    whole = hashlib.sha256()
    days: dict[str, list[Any]] = {}
    rows: dict[str, str] = {}
    count = 0
    for day, lines in _days(found):
        said = hashlib.sha256("\n".join(lines).encode()).hexdigest()
        whole.update(f"{day} {said}\n".encode())
        days[day] = [len(lines), said[:MARK]]
        count += len(lines)
        if count <= FEW:
            rows |= {line.partition("|")[0]: hashlib.sha256(line.encode()).hexdigest()[:MARK] for line in lines}
    kept: Digest = {"rows": rows} if count <= FEW else {"days": days}
    return {"count": count, "sha256": whole.hexdigest(), **kept}


def _days(found: QuerySet[Any]) -> Iterator[tuple[str, list[str]]]:
    """Yield each day, in the city's time, with its rows as lines ``id|values`` in order; a day in memory at a time."""
    model = found.model
    moment = SHOWN[model].moment
    first: Combinable = Cast(moment, TextField()) if moment else Value("")  # as text: a million moments are no objects
    order = [F(moment).asc(nulls_first=True) if _empty(model, moment) else F(moment).asc()] if moment else []
    rows = found.order_by(*order).values_list(first, "pk", *COUNTED.get(model, ()))
    try:
        sql, parameters = rows.query.sql_with_params()
    except EmptyResultSet:  # a condition that nothing can fulfil
        return
    day = _Day()
    with connections[found.db].chunked_cursor() as cursor:
        cursor.execute(sql, parameters)
        pieces = iter(lambda: cursor.fetchmany(PIECE), [])
        for name, group in groupby(chain.from_iterable(pieces), key=lambda row: day.of(row[0])):
            yield name, sorted(_line(row) for row in group)


def _line(row: tuple[Any, ...]) -> str:
    return "|".join([one if one.__class__ is str else _said(one) for one in row[1:]])


def _empty(model: type[Model], column: str) -> bool:
    """Return whether a column may be empty: databases differ in where they put such rows."""
    return bool(model._meta.get_field(column).null)


class _Day:
    """Tells days from moments in UTC as text; of moments in order, most lie on the day of the one before."""

    def __init__(self) -> None:
        self._from = self._until = self._day = ""

    def of(self, moment: str | None) -> str:
        """Return the day of a moment (``2023-03-05 16:00:00.5``) or of a day; nothing for None."""
        if not moment or len(moment) == 10:
            return moment or ""
        if not self._from <= moment < self._until:
            exact = dt.datetime.fromisoformat(moment).replace(tzinfo=dt.UTC)
            day = timezone.localtime(exact).date()
            self._day = day.isoformat()
            self._from, self._until = (_text(_midnight(day + dt.timedelta(days=more))) for more in (0, 1))
        return self._day


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, tzinfo=timezone.get_default_timezone())


def _text(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M:%S")


def _said(value: Any) -> str:
    """Return a value in one form, whichever database gave it."""
    form = FORMS.get(type(value))
    return str(value) if form is None else form(value)


#: Types whose values databases give differently -> their one form.
FORMS: dict[type, Callable[[Any], str]] = {
    type(None): lambda _none: "",
    bool: lambda value: str(int(value)),
    uuid.UUID: lambda value: str(value.hex),
    dt.datetime: lambda value: value.replace(tzinfo=None).isoformat(" "),  # both give it in UTC
    dt.timedelta: lambda value: str(value // dt.timedelta(microseconds=1)),
}
