"""Who is on duty, as routing sees it: rows of the database become `routing.Candidate`.

Plain SQL, the same for SQLite and PostgreSQL, because building these queries would cost more than they do. All read
the narrow rows of `workforce.models.Duty`. For one request alone see `hotline.shortlist`.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence, Sized
from typing import Any
from uuid import UUID

from django.db import connection

from yuqiao.hotline import standing_by
from yuqiao.hotline.models import InterpreterRequest
from yuqiao.hotline.routing import Candidate
from yuqiao.hotline.routing_tables import kinds_of_day

#: How many are read when several requests wait for the same people.
MOST = 1500
COLUMNS = (
    "d.interpreter_id, d.tier, d.state, d.idle_since, d.number, d.contact, d.mobile, d.gender, d.domains, "
    "d.only_lines, d.barred_lines, d.worked_since, d.worked_until, d.calls_since_pause, d.language, d.level"
)
Params = list[Any]


def at_home(now: float) -> tuple[str, Params]:
    """Return the condition under which one who is off may be rung on her mobile at this hour (S49).

    In an emergency also who stands by for it, whatever hours she agreed to for ordinary days (S32).
    """
    today, yesterday, minute = kinds_of_day(now)
    overnight = "(d.mobile_days LIKE %s AND d.mobile_begins <= %s) OR (d.mobile_days LIKE %s AND %s < d.mobile_ends)"
    standby = standing_by.all_hands(now).standby
    named = f" OR d.interpreter_id IN ({', '.join(['%s'] * len(standby))})" if standby else ""
    return (
        "d.state = 'off' AND d.mobile <> '' AND ("
        "(d.mobile_begins < d.mobile_ends AND d.mobile_days LIKE %s AND d.mobile_begins <= %s AND %s < d.mobile_ends)"
        f" OR (d.mobile_begins >= d.mobile_ends AND ({overnight})){named})",
        [f"%{today}%", minute, minute, f"%{today}%", minute, f"%{yesterday}%", minute, *standby],
    )


def codes(kept: str) -> tuple[str, ...]:
    """Return a list of codes kept as ``,one,two,``."""
    return tuple(kept.strip(",").split(",")) if kept else ()


def candidate(row: Sequence[Any], levels: tuple[tuple[str, int], ...]) -> Candidate:
    """Return a row of `COLUMNS` as a candidate who holds these languages."""
    pk, tier, state, idle, number, contact, mobile, gender, domains, only, barred, since, until, calls = row[:14]
    off = state == "off"
    return Candidate(
        pk,
        tier,
        idle,
        levels,
        number,
        mobile if off else contact,
        gender,
        codes(domains),
        codes(only),
        codes(barred),
        since,
        until,
        calls,
        confirm=off,
        off=off,
        busy=state not in {"off", "ready"},
    )


def rows(sql: str, params: Params) -> list[Sequence[Any]]:
    """Return what a reading yields."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found: list[Sequence[Any]] = cursor.fetchall()
        return found


def former(caller_number: str, language: str, since: dt.datetime) -> tuple[int, ...]:
    """Return who served this number in this language since then, the last first; at most three."""
    found = rows(
        "SELECT r.interpreter_id FROM hotline_call c JOIN hotline_interpreterrequest r ON r.call_id = c.id "
        "WHERE c.caller_number = %s AND c.started_at >= %s AND r.state = 'answered' AND r.language = %s "
        "AND r.interpreter_id IS NOT NULL ORDER BY c.started_at DESC LIMIT 3",
        [caller_number, connection.ops.adapt_datetimefield_value(since), language],
    )
    return tuple(dict.fromkeys(int(row[0]) for row in found))


def everybody(languages: Iterable[str], now: float) -> list[Candidate]:
    """Return all on duty, busy ones as well, and those who may be rung at home, who hold one of ``languages``."""
    wanted = sorted(set(languages))
    home, params = at_home(now)
    sql = (
        f"SELECT {COLUMNS} FROM workforce_duty d WHERE d.language IN ({marks(wanted)}) AND d.state <> 'break' "  # noqa: S608
        f"AND (d.state <> 'off' OR ({home})) ORDER BY d.idle_since, d.interpreter_id LIMIT {MOST}"
    )
    held: defaultdict[int, list[tuple[str, int]]] = defaultdict(list)
    first: dict[int, Sequence[Any]] = {}
    for row in rows(sql, [*wanted, *params]):
        held[row[0]].append((row[14], row[15]))
        first[row[0]] = row
    return [candidate(row, tuple(sorted(held[pk]))) for pk, row in first.items()]


def others_wait(request: str) -> tuple[str, Params]:
    """Return the condition that any other request waits, as SQL; ``request`` is the id of the one that asks."""
    known = InterpreterRequest._meta.get_field("id").get_db_prep_value(UUID(request), connection)
    return "EXISTS (SELECT 1 FROM hotline_interpreterrequest r WHERE r.state = 'waiting' AND r.id <> %s)", [known]


def marks(values: Sized) -> str:
    """Return so many places for parameters."""
    return ", ".join(["%s"] * len(values))
