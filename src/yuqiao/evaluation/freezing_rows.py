"""Digests of the rows behind a figure: how many they are, which, and what of them counted; read as a stream.

Few rows are kept one by one, so that a difference names them; of many each day has its digest. Values are brought to
one form whichever database they come from, so that a sheet frozen on one can be checked on the other.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import F, Model, QuerySet
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
    for day, group in groupby(_stream(found), key=lambda row: row[0]):
        lines = sorted(line for _day, line in group)
        said = hashlib.sha256("\n".join(lines).encode()).hexdigest()
        whole.update(f"{day} {said}\n".encode())
        days[day] = [len(lines), said[:MARK]]
        count += len(lines)
        if count <= FEW:
            rows |= {line.partition("|")[0]: hashlib.sha256(line.encode()).hexdigest()[:MARK] for line in lines}
    kept: Digest = {"rows": rows} if count <= FEW else {"days": days}
    return {"count": count, "sha256": whole.hexdigest(), **kept}


def _stream(found: QuerySet[Any]) -> Iterator[tuple[str, str]]:
    """Yield each row's day, in the city's time, and its line ``id|values``; by day, a day in memory at a time."""
    model = found.model
    moment = SHOWN[model].moment
    columns = [*([moment] if moment else []), "pk", *COUNTED.get(model, ())]
    ordered = found.order_by(
        *([F(moment).asc(nulls_first=True) if _empty(model, moment) else moment] if moment else [])
    )
    try:
        sql, parameters = ordered.values_list(*columns).query.sql_with_params()
    except EmptyResultSet:  # a condition that nothing can fulfil
        return
    days = _Days()
    with connections[found.db].chunked_cursor() as cursor:
        cursor.execute(sql, parameters)
        while piece := cursor.fetchmany(PIECE):
            for row in piece:
                if moment:
                    yield days.of(row[0]), "|".join(map(_said, row[1:]))
                else:
                    yield "", "|".join(map(_said, row))


def _empty(model: type[Model], column: str) -> bool:
    """Return whether a column may be empty: databases differ in where they put such rows."""
    return bool(model._meta.get_field(column).null)


class _Days:
    """Tells days from moments as databases give them; of moments in order, most lie on the day of the one before."""

    def __init__(self) -> None:
        self._until: Any = None
        self._from: Any = None
        self._day = ""

    def of(self, moment: Any) -> str:
        """Return the day of a moment (SQLite gives it naive, in UTC) or of a day; nothing for None."""
        if moment is None:
            return ""
        if not isinstance(moment, dt.datetime):
            return str(moment)
        if self._until is None or not self._from <= moment < self._until:
            self._turn(moment)
        return self._day

    def _turn(self, moment: dt.datetime) -> None:
        naive = moment.tzinfo is None
        day = timezone.localtime(moment.replace(tzinfo=dt.UTC) if naive else moment).date()
        first, last = _midnight(day), _midnight(day + dt.timedelta(days=1))
        self._day = day.isoformat()
        self._from, self._until = (_naive(first), _naive(last)) if naive else (first, last)


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, tzinfo=timezone.get_default_timezone())


def _naive(moment: dt.datetime) -> dt.datetime:
    """Return a moment in UTC without saying so, as SQLite gives it."""
    return moment if moment.tzinfo is None else moment.astimezone(dt.UTC).replace(tzinfo=None)


def _said(value: Any) -> str:
    """Return a value in one form, whichever database gave it."""
    form = FORMS.get(type(value))
    return str(value) if form is None else form(value)


#: Types whose values databases give differently -> their one form.
FORMS: dict[type, Callable[[Any], str]] = {
    type(None): lambda _none: "",
    bool: lambda value: str(int(value)),
    uuid.UUID: lambda value: str(value.hex),
    dt.datetime: lambda value: _naive(value).isoformat(" "),
    dt.timedelta: lambda value: str(value // dt.timedelta(microseconds=1)),
}
