"""What an agent is told before she asks for an interpreter: who is there, how long it takes, which languages first.

Read from rows; judged by `hotline.waits`.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count

from yuqiao.hotline import queue, roster
from yuqiao.hotline import routing_tables as tables
from yuqiao.hotline.figures.percentiles import percentile
from yuqiao.hotline.models import Call, InterpreterRequest, Line, RequestState
from yuqiao.hotline.routing import Candidate, Wanted, place
from yuqiao.hotline.waits import Expected, Habits, Staff, expected
from yuqiao.languages.catalogue import FOREIGN
from yuqiao.workforce.coverage import NONE

#: How far back it is looked for what was usual, at how many requests at most, and how many speak for one language.
HABITS_DAYS, HABITS_ROWS, ENOUGH = 28, 3000, 10
#: How far back it is counted which languages a line asked for.
ASKED_DAYS = 90
#: A request for which somebody was rung within so many seconds did not wait for anybody to become free.
AT_ONCE = 2.0


@dataclass(frozen=True, slots=True)
class Prospect:
    """What to expect of a language now. ``opens``: when its next service window begins, where none is open."""

    language: str
    staff: Staff
    ahead: int
    expected: Expected
    opens: dt.datetime | None


def prospects(line: Line, now: dt.datetime, languages: Sequence[str] = FOREIGN) -> dict[str, Prospect]:
    """Return what an agent of ``line`` is to expect who asked now, by language."""
    at = now.timestamp()
    people = [one for one in roster.everybody(languages, at) if _may(one, line)]
    waiting = queue.waiting(at)
    usual = _habits.at(at)
    found = {}
    for code in languages:
        staff, ahead = _staff(code, people), _ahead(line, code, waiting, at)
        cover = tables.cover(code, at)
        opens = dt.datetime.fromtimestamp(cover.until, dt.UTC) if cover.tier == NONE and cover.until else None
        found[code] = Prospect(code, staff, ahead, expected(staff, ahead, usual.get(code) or usual[""]), opens)
    return found


def _may(one: Candidate, line: Line) -> bool:
    here = {line.number, line.line_class}
    return here.isdisjoint(one.barred) and (not one.lines or not here.isdisjoint(one.lines))


def _staff(code: str, people: Sequence[Candidate]) -> Staff:
    mine = [one for one in people if one.level(code)]
    return Staff(
        free=sum(not one.busy and not one.off for one in mine),
        busy=sum(one.busy for one in mine),
        at_home=sum(one.off for one in mine),
    )


def _ahead(line: Line, code: str, waiting: Sequence[Wanted], at: float) -> int:
    """Return how many requests of the language are served before one that this line makes now."""
    policies = tables.policies(at)
    mine = place(Wanted("", code, line.priority, head=False, created_at=at, line_class=line.line_class), policies)
    return sum(one.language == code and place(one, policies) < mine for one in waiting)


def place_of(request: InterpreterRequest, now: dt.datetime) -> int:
    """Return how many requests of the same language are served before a waiting one."""
    at = now.timestamp()
    policies, waiting = tables.policies(at), queue.waiting(at)
    own = next((one for one in waiting if one.id == str(request.pk)), None)
    if own is None:
        return 0
    mine = place(own, policies)
    return sum(one.language == own.language and place(one, policies) < mine for one in waiting)


def _read_habits(at: float) -> Mapping[str, Habits]:
    """Return what was usual by language; under "" of all together."""
    since = dt.datetime.fromtimestamp(at, dt.UTC) - dt.timedelta(days=HABITS_DAYS)
    rows = (
        InterpreterRequest.objects.filter(
            created_at__gte=since, state=RequestState.ANSWERED, head_of_queue=False, call__interpreter_at__isnull=False
        )
        .order_by("-created_at")
        .values_list("language", "created_at", "first_rung_at", "call__interpreter_at", "call__ended_at")
    )
    served: defaultdict[str, list[float]] = defaultdict(list)
    talked: defaultdict[str, list[float]] = defaultdict(list)
    for language, asked, rung, on, ended in rows[:HABITS_ROWS]:
        for code in (language, ""):
            if rung is not None and on is not None and (rung - asked).total_seconds() <= AT_ONCE and on >= asked:
                served[code].append((on - asked).total_seconds())
            if ended is not None and on is not None and ended > on:
                talked[code].append((ended - on).total_seconds())
    usual = _of(served[""], talked[""], Habits(handling=Habits().handling + settings.WRAP_UP_SECONDS))
    return {
        code: _of(served[code], talked[code], usual) if len(served[code]) >= ENOUGH else usual for code in {*served, ""}
    }


def _of(served: Sequence[float], talked: Sequence[float], otherwise: Habits) -> Habits:
    handling = sum(talked) / len(talked) + settings.WRAP_UP_SECONDS if talked else otherwise.handling
    if not served:
        return Habits(otherwise.half, otherwise.most, handling, 0)
    return Habits(percentile(served, 50), percentile(served, 90), handling, len(served))


_habits = tables.Remembered(60.0, _read_habits)


def forget() -> None:
    """Read anew next time what was usual."""
    _habits.forget()


def most_asked(line: Line, now: dt.datetime) -> list[str]:
    """Return the foreign service languages: those this line asked for most often lately first, then the city's."""
    lately = Call.objects.filter(started_at__gte=now - dt.timedelta(days=ASKED_DAYS), language__in=FOREIGN).order_by()
    city = dict(lately.values_list("language").annotate(Count("pk")))
    own = dict(lately.filter(line=line).values_list("language").annotate(Count("pk")))
    return sorted(FOREIGN, key=lambda code: (-own.get(code, 0), -city.get(code, 0), FOREIGN.index(code)))
