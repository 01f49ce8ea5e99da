"""Who is on duty, as routing sees it: rows of the database become `routing.Candidate`.

One request alone is decided by two small queries, however many interpreters there are: how many of each kind are on
duty, and the best few who are ready, in the order of `routing`. What was read is judged again by `routing` itself,
which alone decides. Plain SQL, the same for SQLite and PostgreSQL, because building these queries would cost more
than they do.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from math import inf
from typing import Any

from django.db import connection

from yuqiao.hotline import standing_by
from yuqiao.hotline.routing import TIERS, Candidate, Cover, Force, Policy, Wanted
from yuqiao.hotline.routing.candidates import force_of
from yuqiao.hotline.routing.fit import needed_level
from yuqiao.hotline.routing.view import View
from yuqiao.hotline.routing_tables import kinds_of_day

#: How many of the best are read for one request: more than are rung, and than call servers claim at the same moment.
SHORT_LIST = 24
#: How many are read when several requests wait for the same people.
LONG_LIST = 1500

TIER = "CASE WHEN i.state = 'off' AND i.tier IN ('resident', 'remote') THEN 'mobile' ELSE i.tier END"
BUSY = "i.state IN ('claimed', 'busy', 'wrap_up')"
READY = "i.state = 'ready' AND i.held_by = ''"
COLUMNS = (
    f"i.id, {TIER}, i.state, i.idle_since, i.number, i.contact, i.mobile, i.gender, i.domains, i.only_lines, "
    "i.barred_lines, i.worked_since, i.worked_until, i.calls_since_pause, l.language, l.level"
)
TABLES = "workforce_interpreterlanguage l JOIN workforce_interpreter i ON i.id = l.interpreter_id"
Params = list[Any]


def at_home(now: float) -> tuple[str, Params]:
    """Return the condition under which one who is off may be rung on her mobile at this hour (S49).

    In an emergency also who stands by for it, whatever hours she agreed to for ordinary days (S32).
    """
    today, yesterday, minute = kinds_of_day(now)
    overnight = "(i.mobile_days LIKE %s AND i.mobile_begins <= %s) OR (i.mobile_days LIKE %s AND %s < i.mobile_ends)"
    standby = standing_by.all_hands(now).standby
    named = f" OR i.id IN ({', '.join(['%s'] * len(standby))})" if standby else ""
    return (
        "i.state = 'off' AND i.held_by = '' AND i.mobile <> '' AND ("
        "(i.mobile_begins < i.mobile_ends AND i.mobile_days LIKE %s AND i.mobile_begins <= %s AND %s < i.mobile_ends)"
        f" OR (i.mobile_begins >= i.mobile_ends AND ({overnight})){named})",
        [f"%{today}%", minute, minute, f"%{today}%", minute, f"%{yesterday}%", minute, *standby],
    )


def codes(kept: str) -> tuple[str, ...]:
    """Return a list of codes kept as ``,one,two,``."""
    return tuple(kept.strip(",").split(",")) if kept else ()


def _candidate(row: Sequence[Any], levels: tuple[tuple[str, int], ...]) -> Candidate:
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


def _rows(sql: str, params: Params) -> list[Sequence[Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found: list[Sequence[Any]] = cursor.fetchall()
        return found


def anybody_waits() -> bool:
    """Whether any request waits: usually none does, and this asks at a tenth of the cost of reading them."""
    return bool(_rows("SELECT 1 FROM hotline_interpreterrequest WHERE state = 'waiting' LIMIT 1", []))


def former(caller_number: str, language: str, since: dt.datetime) -> tuple[int, ...]:
    """Return who served this number in this language since then, the last first; at most three."""
    rows = _rows(
        "SELECT r.interpreter_id FROM hotline_call c JOIN hotline_interpreterrequest r ON r.call_id = c.id "
        "WHERE c.caller_number = %s AND c.started_at >= %s AND r.state = 'answered' AND r.language = %s "
        "AND r.interpreter_id IS NOT NULL ORDER BY c.started_at DESC LIMIT 3",
        [caller_number, connection.ops.adapt_datetimefield_value(since), language],
    )
    return tuple(dict.fromkeys(int(row[0]) for row in rows))


def everybody(languages: Iterable[str], now: float) -> list[Candidate]:
    """Return all on duty, busy ones as well, and those who may be rung at home, who hold one of ``languages``."""
    wanted = sorted(set(languages))
    home, params = at_home(now)
    marks = ", ".join(["%s"] * len(wanted))
    sql = (
        f"SELECT {COLUMNS} FROM {TABLES} WHERE l.language IN ({marks}) AND (({READY}) OR {BUSY} OR ({home}))"  # noqa: S608
        f" ORDER BY i.idle_since, i.id LIMIT {LONG_LIST}"
    )
    held: defaultdict[int, list[tuple[str, int]]] = defaultdict(list)
    first: dict[int, Sequence[Any]] = {}
    for row in _rows(sql, [*wanted, *params]):
        held[row[0]].append((row[14], row[15]))
        first[row[0]] = row
    return [_candidate(row, tuple(sorted(held[pk]))) for pk, row in first.items()]


def on_duty(wanted: Wanted, policy: Policy, now: float) -> tuple[Force, list[Candidate], int]:
    """Count who is on duty for a request's language and was not tried: the force, one candidate standing for all busy
    ones of each tier, and how many are ready."""
    home, params = at_home(now)
    tried, without = _without(wanted)
    off_duty = policy.off_duty
    # Grouped by what the request asks for, and by nothing else: the fewer kinds, the faster.
    domain = "CASE WHEN i.domains LIKE %s THEN 1 ELSE 0 END" if wanted.domain else "0"
    gender = "i.gender" if wanted.gender else "''"
    held = "l.level" if needed_level(wanted, policy) > 1 else "1"
    head: Params = [f"%,{wanted.domain},%"] if wanted.domain else []
    able = f"({READY}) OR {BUSY}" + (f" OR ({home})" if off_duty else "")
    sql = (
        f"SELECT {TIER} AS place, CASE WHEN {BUSY} THEN 1 ELSE 0 END AS busy, {domain} AS knows, {gender} AS gender, "  # noqa: S608
        f"{held} AS held, COUNT(*) FROM {TABLES} WHERE l.language = %s AND ({able}){tried} GROUP BY 1, 2, 3, 4, 5"
    )
    rows = _rows(sql, [*head, wanted.language, *(params if off_duty else []), *without])
    kinds, busy, ready = [], dict.fromkeys(TIERS, 0), 0
    for tier, is_busy, knows, gender, level, count in rows:
        levels, domains = ((wanted.language, level),), (wanted.domain,) if knows else ()
        kinds.append(Candidate(0, tier, 0.0, levels, "", "", gender, domains, busy=bool(is_busy), count=count))
        if is_busy:
            busy[tier] += count
        else:
            ready += count
    stand = [
        Candidate(-place, tier, 0.0, ((wanted.language, 1),), busy=True, count=busy[tier])
        for place, tier in enumerate(TIERS, 1)
        if busy[tier]
    ]
    return force_of(kinds, wanted.language, wanted.target), stand, ready


def _without(wanted: Wanted) -> tuple[str, Params]:
    known = sorted({*wanted.tried, *wanted.ringing})
    return (f" AND i.id NOT IN ({', '.join(['%s'] * len(known))})" if known else ""), [*known]


def best_ready(wanted: Wanted, policy: Policy, force: Force, cover: Cover, now: float) -> list[Candidate]:
    """Return the best few whom the request may ring, then those it may not yet, in the order of `routing.view.View`."""
    view = View(wanted, policy, force, cover, now)
    home, home_params = at_home(now) if policy.off_duty else ("", [])
    able = f"({READY})" + (f" OR ({home})" if home else "")
    tried, without = _without(wanted)
    lacks = _lacks(wanted, policy, now)
    waited = now - wanted.created_at
    acceptable, params = _acceptable(view, lacks, waited)
    order: list[str] = [f"CASE WHEN {acceptable} THEN 0 ELSE 1 END"]
    if wanted.familiar:
        order.append(f"CASE WHEN {_familiar(wanted)} THEN 0 ELSE 1 END")
        params += wanted.familiar
    order.append(f"CASE {TIER} " + " ".join(f"WHEN '{tier}' THEN {place}" for tier, place in view.places) + " END")
    for _wish, sql, values in lacks:
        order.append(sql)
        params += values
    if policy.prefer_level:
        order.append("l.level DESC")
    order += ["i.idle_since", "i.id"]
    sql = (
        f"SELECT {COLUMNS} FROM {TABLES} WHERE l.language = %s AND ({able}){tried} "  # noqa: S608
        f"ORDER BY {', '.join(order)} LIMIT {SHORT_LIST}"
    )
    rows = _rows(sql, [wanted.language, *home_params, *without, *params])
    return [_candidate(row, ((row[14], row[15]),)) for row in rows]


def _familiar(wanted: Wanted) -> str:
    return f"i.state <> 'off' AND i.id IN ({', '.join(['%s'] * len(wanted.familiar))})"


def _lacks(wanted: Wanted, policy: Policy, now: float) -> list[tuple[str, str, Params]]:
    """Return, in the order of `routing.fit.Short`, what a candidate may lack as SQL: 0, or how much."""
    line, kind = f"%,{wanted.line},%", f"%,{wanted.line_class},%"
    found: list[tuple[str, str, Params]] = [
        (
            "permission",
            "CASE WHEN i.only_lines = '' AND i.barred_lines = '' THEN 0 "
            "WHEN i.barred_lines LIKE %s OR i.barred_lines LIKE %s THEN 1 "
            "WHEN i.only_lines = '' OR i.only_lines LIKE %s OR i.only_lines LIKE %s THEN 0 ELSE 1 END",
            [line, kind, line, kind],
        ),
        (
            "rest",
            "CASE WHEN i.worked_until > %s AND (i.calls_since_pause >= %s OR i.worked_until - i.worked_since >= %s) "
            "THEN 1 ELSE 0 END",
            [now - policy.rest_pause_minutes * 60, policy.rest_calls, policy.rest_work_minutes * 60],
        ),
    ]
    if (level := needed_level(wanted, policy)) > 1:
        found.append(("level", "CASE WHEN l.level < %s THEN %s - l.level ELSE 0 END", [level, level]))
    if wanted.domain:
        found.append(("domain", "CASE WHEN i.domains LIKE %s THEN 0 ELSE 1 END", [f"%,{wanted.domain},%"]))
    if wanted.gender:
        found.append(("gender", "CASE WHEN i.gender = %s THEN 0 ELSE 1 END", [wanted.gender]))
    return found


def _acceptable(view: View, lacks: list[tuple[str, str, Params]], waited: float) -> tuple[str, Params]:
    """Return the condition under which somebody may be rung now."""
    parts: list[str] = []
    params: Params = []
    opened = ", ".join(f"'{tier}'" for tier in TIERS if view.opens[tier] <= waited) or "''"
    tier = f"{TIER} IN ({opened})"
    if view.wanted.familiar:
        tier = f"({tier} OR ({_familiar(view.wanted)}))"
        params += view.wanted.familiar
    parts.append(tier)
    for wish, sql, values in lacks:
        after = getattr(view.given, wish)
        allowed = 3 if after == 0 else 0 if after == inf else int(waited // after)
        if allowed < (3 if wish == "level" else 1):
            parts.append(f"{sql} <= {allowed}")
            params += values
    return " AND ".join(parts), params
