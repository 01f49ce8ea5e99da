"""Whom one request could have, in two short readings, however many interpreters there are.

The first counts who is on duty by kind: those in whom the request sees no difference but how long they are idle. From
the kinds alone `routing` says which come first; the second reads the longest idle of these. All others are handed to
`routing` as one candidate for each kind, so that it judges everybody, and alone decides.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from itertools import groupby
from math import inf
from typing import Any, NamedTuple

from yuqiao.hotline.roster import COLUMNS, Params, at_home, candidate, marks, others_wait, rows
from yuqiao.hotline.routing import TIERS, Candidate, Cover, Policy, Wanted
from yuqiao.hotline.routing.candidates import CHINESE, force_of
from yuqiao.hotline.routing.fit import needed_level
from yuqiao.hotline.routing.view import View

#: How many more are read than may be rung: those whom the decision names as the next ones.
NAMED = 12
#: A kind's situation: free at her seat, to be rung at home, rung or on a call.
FREE, AT_HOME, TAKEN = range(3)
GENDERS = ("", "m", "f")


@dataclass(frozen=True, slots=True)
class Shortlist:
    """Whom a request could have: people, and candidates with negative ids who stand for ``count`` others alike.

    ``others_wait``: whether other requests wait in the queue.
    """

    candidates: tuple[Candidate, ...]
    others_wait: bool


class Trait(NamedTuple):
    """In what interpreters differ for a request: its value as SQL, from 0 to less than ``values``."""

    name: str
    sql: str
    values: int
    params: Params


class Kind(NamedTuple):
    """A kind of interpreters: its number, its traits by name, how many, and one who stands for them."""

    number: int
    traits: dict[str, int]
    many: int
    stand: Candidate


def read(wanted: Wanted, policy: Policy, cover: Cover, now: float, lost: Collection[int] = ()) -> Shortlist:
    """Return whom ``wanted`` could have among those who hold its language against Chinese.

    ``lost``: ids of those whom another server was faster to claim; they and who was tried are left out.
    """
    without = sorted({*lost, *wanted.tried, *wanted.ringing})
    traits = _traits(wanted, policy, now)
    kinds, waits = _kinds(wanted, policy, traits, now, without)
    if not any(one.traits["situation"] != TAKEN for one in kinds):
        return Shortlist(tuple(one.stand for one in kinds), waits)
    force = force_of((one.stand for one in kinds), wanted.language, CHINESE)
    view = View(wanted, policy, force, cover, now)
    people, left = [], Counter({one.number: one.many for one in kinds})
    seen: set[int] = set()
    for row in rows(*_longest_idle(view, kinds, traits, now, without)):
        if row[0] not in seen:
            seen.add(row[0])
            left[row[16]] -= 1
            people.append(candidate(row, ((wanted.language, row[15]),)))
    stands = [replace(one.stand, count=left[one.number]) for one in kinds if left[one.number] > 0]
    return Shortlist((*people, *stands), waits)


def _traits(wanted: Wanted, policy: Policy, now: float) -> list[Trait]:
    """Return all that `routing.fit.short_of` looks at for this request; what follows from it, `routing` says."""
    tiers = " ".join(f"WHEN '{tier}' THEN {number}" for number, tier in enumerate(TIERS[:-1]))
    line, kind = f"%,{wanted.line},%", f"%,{wanted.line_class},%"
    barred = (
        "CASE WHEN d.only_lines = '' AND d.barred_lines = '' THEN 0 "
        "WHEN d.barred_lines LIKE %s OR d.barred_lines LIKE %s THEN 1 "
        "WHEN d.only_lines = '' OR d.only_lines LIKE %s OR d.only_lines LIKE %s THEN 0 ELSE 1 END"
    )
    tired = "d.calls_since_pause >= %s OR d.worked_until - d.worked_since >= %s"
    work = [now - policy.rest_pause_minutes * 60, policy.rest_calls, policy.rest_work_minutes * 60]
    found = [
        Trait("situation", f"CASE d.state WHEN 'ready' THEN {FREE} WHEN 'off' THEN {AT_HOME} ELSE {TAKEN} END", 3, []),
        Trait("tier", f"CASE d.tier {tiers} ELSE {len(TIERS) - 1} END", len(TIERS), []),
        Trait("barred", barred, 2, [line, kind, line, kind]),
        Trait("resting", f"CASE WHEN d.worked_until > %s AND ({tired}) THEN 1 ELSE 0 END", 2, work),
    ]
    if policy.prefer_level or needed_level(wanted, policy) > 1:
        found.append(Trait("level", "d.level", 4, []))
    if wanted.domain:
        found.append(Trait("knows", "CASE WHEN d.domains LIKE %s THEN 1 ELSE 0 END", 2, [f"%,{wanted.domain},%"]))
    if wanted.gender:
        found.append(Trait("gender", "CASE d.gender WHEN 'f' THEN 2 WHEN 'm' THEN 1 ELSE 0 END", 3, []))
    return found


def _number(traits: Iterable[Trait]) -> tuple[str, Params]:
    """Return the number of a kind as SQL: its traits as the digits of one number."""
    sql, params = "0", Params()
    for one in traits:
        sql = f"({sql}) * {one.values} + {one.sql}"
        params += one.params
    return sql, params


def _kinds(
    wanted: Wanted, policy: Policy, traits: list[Trait], now: float, without: list[int]
) -> tuple[list[Kind], bool]:
    """Count who is on duty by kind; and whether other requests wait, for it costs nothing to ask both at once."""
    number, values = _number(traits)
    able, params = _able(wanted, policy.off_duty, now, without)
    waits, others = others_wait(wanted.id)
    sql = (
        f"SELECT kind, COUNT(*), MIN(worked_until) FROM (SELECT {number} AS kind, d.worked_until FROM workforce_duty d "  # noqa: S608
        f"WHERE {able}) AS able GROUP BY kind UNION ALL SELECT -1, 0, 0 WHERE {waits}"
    )
    found = rows(sql, [*values, *params, *others])
    kinds = [_kind(row, traits, wanted, policy) for row in found if row[0] >= 0]
    return kinds, len(kinds) < len(found)


def _able(wanted: Wanted, off_duty: bool, now: float, without: list[int]) -> tuple[str, Params]:
    home, hours = at_home(now) if off_duty else ("1 = 0", [])
    left_out = f" AND d.interpreter_id NOT IN ({marks(without)})" if without else ""
    sql = f"d.language = %s AND d.state <> 'break' AND (d.state <> 'off' OR ({home})){left_out}"
    return sql, [wanted.language, *hours, *without]


def _kind(row: Any, traits: list[Trait], wanted: Wanted, policy: Policy) -> Kind:
    """Return a kind that was counted, and one who stands for it: never rung before the people themselves."""
    number, count, worked_until = row
    digits, rest = {}, number
    for one in reversed(traits):
        rest, digits[one.name] = divmod(rest, one.values)
    resting, situation = digits["resting"], digits["situation"]
    stand = Candidate(
        -1 - number,
        TIERS[digits["tier"]],
        inf,
        ((wanted.language, digits.get("level", 1)),),
        gender=GENDERS[digits.get("gender", 0)],
        domains=(wanted.domain,) if digits.get("knows") else (),
        barred=(wanted.line,) if digits["barred"] else (),
        worked_until=worked_until if resting else 0.0,
        calls=policy.rest_calls if resting else 0,
        off=situation == AT_HOME,
        busy=situation == TAKEN,
        count=count,
    )
    return Kind(number, digits, count, stand)


def _longest_idle(
    view: View, kinds: list[Kind], traits: list[Trait], now: float, without: list[int]
) -> tuple[str, Params]:
    """Return the reading of those who come first by the kinds' order, as many as may be rung and named.

    Columns are `COLUMNS` and the kind's number. Who served the caller before is read in any case.
    """
    wanted, most = view.wanted, view.to_ring() + NAMED
    number, values = _number(traits)
    able, params = _able(wanted, view.policy.off_duty, now, without)
    sql = f"SELECT {COLUMNS}, {number} AS kind FROM workforce_duty d WHERE {able}"  # noqa: S608
    parts, all_params = [], Params()
    if wanted.familiar:
        parts.append(f"{sql} AND d.state IN ('ready', 'off') AND d.interpreter_id IN ({marks(wanted.familiar)})")
        all_params += [*values, *params, *wanted.familiar]
    count = 0
    free = sorted(
        ((_rank(view, one), one) for one in kinds if one.traits["situation"] != TAKEN), key=lambda one: one[0]
    )
    for _place, group in groupby(free, key=lambda one: one[0]):
        same = [one for _, one in group]
        # By tier and situation, so that the index yields the longest idle first and no more is read.
        parts.append(
            f"{sql} AND d.state = %s AND d.tier = %s AND {number} IN ({marks(same)}) "
            f"ORDER BY d.idle_since, d.interpreter_id LIMIT {most}"
        )
        state = "off" if same[0].traits["situation"] == AT_HOME else "ready"
        all_params += [*values, *params, state, same[0].stand.tier, *values, *(one.number for one in same)]
        count += sum(one.many for one in same)
        if count >= most:
            break
    return " UNION ALL ".join(f"SELECT * FROM ({one}) AS part" for one in parts), all_params  # noqa: S608


def _rank(view: View, kind: Kind) -> tuple[Any, ...]:
    """Return a kind's place: who may be rung now first, then as `routing` orders."""
    seen = view.alike(kind.stand)
    return seen.at > view.now, seen.key[:4], kind.traits["situation"]
