"""What the board and the big screen watch beside the calls: queue, staff, alarms, the day; plain values, read once.

Read in the active language. ``Slow`` is what need not be read anew several times a second.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext

from yuqiao.hooks.models import Hook, HookState
from yuqiao.hotline import alarms as judged
from yuqiao.hotline import emergencies, orders, outages
from yuqiao.hotline.alarms import Alarm, AlarmKind, Staff, Waits
from yuqiao.hotline.figures.through_day import through_day
from yuqiao.hotline.models import Call, Callback, InterpreterRequest, Lease, Outage, RequestState, Service
from yuqiao.hotline.routing_tables import cover
from yuqiao.languages import catalogue
from yuqiao.web.console import incidents, words
from yuqiao.web.console.charts import Course, course
from yuqiao.web.console.emergency import Rise, rises
from yuqiao.web.console.today import Today, midnight, today
from yuqiao.workforce.models import InterpreterLanguage, PresenceState, Tier

CALLBACKS_SHOWN = 30
#: The order in which interpreters of a language are listed.
_STATE_ORDER = {state: rank for rank, state in enumerate(PresenceState.values)}
_SERVICES = {
    Service.CALLS: AlarmKind.CALLS,
    Service.MEDIA: AlarmKind.MEDIA,
    Service.TRUNK: AlarmKind.TRUNK,
    Service.LINE: AlarmKind.LINE,
    Service.RECORD: AlarmKind.RECORD,
    Service.WEB: AlarmKind.WEB,
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request that still looks for an interpreter; ``since`` in epoch milliseconds, ``limit`` in seconds."""

    request: str
    call: str
    code: str
    language: str
    state: str
    head: bool
    since: int
    limit: int


@dataclass(frozen=True, slots=True)
class LanguageRow:
    """Interpreters of one language: how many are ready, and each with her state."""

    code: str
    name: str
    ready: int
    busy: int
    on_duty: int
    members: tuple[tuple[str, str, str, str], ...]  # number, state code, state word, tier word


@dataclass(frozen=True, slots=True)
class Due:
    """A caller to be called back."""

    pk: int
    call: str  # empty: asked for on the citizens' pages
    language: str
    number: str
    late: bool
    due: int
    attempts: int
    tried: str
    next: str


@dataclass(frozen=True, slots=True)
class Soon:
    """A call by appointment that begins soon, or should have begun; ``due`` in epoch milliseconds."""

    pk: int
    language: str
    due: int
    with_agent: bool


@dataclass(frozen=True, slots=True)
class Slow:
    """What is read anew every few seconds alone."""

    today: Today
    rises: list[Rise]
    course: Course


@dataclass(frozen=True, slots=True)
class Panels:
    """Everything on the board beside the calls; ``oldest``: since when the longest waits, in epoch milliseconds."""

    waiting: list[Waiting]
    languages: list[LanguageRow]
    callbacks: list[Due]
    soon: list[Soon]
    rises: list[Rise]
    today: Today
    course: Course
    in_progress: int
    alarms: tuple[Alarm, ...]
    incidents: list[incidents.Row]
    emergency: str
    oldest: int | None


def slow(at: dt.datetime) -> Slow:
    """Read what need not be read often, in the active language."""
    return Slow(today(at), rises(at), _course(at))


def panels(at: dt.datetime, known: Slow | None = None) -> Panels:
    """Read what stands beside the calls, in the active language; ``known`` spares counting the day again."""
    known = known or slow(at)
    waiting = _waiting()
    staffed = languages()
    open_callbacks = Callback.objects.filter(done_at=None).order_by("due_at")
    emergency = emergencies.current()
    return Panels(
        waiting=waiting,
        languages=staffed,
        callbacks=[_due(one, at) for one in open_callbacks[:CALLBACKS_SHOWN]],
        soon=[
            Soon(one.pk, words.language_name(one.language), words.epoch_ms(one.begins_at), one.with_agent)
            for one in orders.soon(at)
        ],
        rises=known.rises,
        today=known.today,
        course=known.course,
        in_progress=Call.objects.filter(ended_at=None).count(),
        alarms=judged.alarms(away(at), _waits(waiting), _staff(staffed, at), at.timestamp()),
        incidents=incidents.unacknowledged(at),
        emergency="" if emergency is None else emergency.reason,
        oldest=min((one.since for one in waiting), default=None),
    )


def _course(at: dt.datetime) -> Course:
    began = midnight(at)
    quarters = [(one.calls, one.in_time, one.expected) for one in through_day(began, at)]
    return course(quarters, (at - began) / dt.timedelta(days=1))


def away(at: dt.datetime) -> list[Alarm]:
    """Return what does not work now: a call server whose lease is old, and outages that last."""
    found = []
    if not Lease.objects.filter(until__gt=at).exists():
        alive = Lease.objects.filter(name=outages.LEASE).values_list("alive_at", flat=True).first()
        found.append(Alarm(AlarmKind.CALLS, since=None if alive is None else alive.timestamp()))
    lasting = Outage.objects.filter(ended_at=None, began_at__lte=at, withdrawn_at=None).order_by("began_at")
    for service, number, began in lasting.values_list("service", "line__number", "began_at"):
        if service != Service.CALLS or not found:
            found.append(Alarm(_SERVICES[Service(service)], number or "", since=began.timestamp()))
    broken = Hook.objects.filter(state=HookState.BROKEN, removed_at=None).values_list("name", "failing_since")
    found += [Alarm(AlarmKind.HOOK, name, since=since.timestamp() if since else None) for name, since in broken]
    return found


def _waiting() -> list[Waiting]:
    found = InterpreterRequest.objects.filter(state__in=[RequestState.WAITING, RequestState.CLAIMED])
    rows = found.order_by("-head_of_queue", "-priority", "created_at").values_list(
        "pk", "call_id", "language", "state", "head_of_queue", "created_at", "line__line_class"
    )
    return [
        Waiting(
            request=str(pk),
            call=str(call),
            code=language,
            language=words.language_name(language),
            state=state,
            head=head,
            since=words.epoch_ms(created),
            limit=int(judged.limit_of(line_class or "")),
        )
        for pk, call, language, state, head, created, line_class in rows
    ]


def _waits(waiting: list[Waiting]) -> list[Waits]:
    return [Waits(one.code, one.limit, one.since / 1000, one.state == RequestState.CLAIMED) for one in waiting]


def _staff(rows: list[LanguageRow], at: dt.datetime) -> dict[str, Staff]:
    moment = at.timestamp()
    return {row.code: Staff(row.ready, row.on_duty, due=cover(row.code, moment).tier == Tier.RESIDENT) for row in rows}


def languages() -> list[LanguageRow]:
    """Read each language's interpreters and their states, in the active language."""
    holders: dict[str, list[tuple[int, str, str, str]]] = defaultdict(list)
    held = InterpreterLanguage.objects.values_list(
        "language", "interpreter__number", "interpreter__state", "interpreter__tier"
    )
    for language, number, state, tier in held:
        holders[language].append((_STATE_ORDER.get(state, 99), number, state, tier))
    states = {code: words.word(words.STATES, code) for code in PresenceState.values}
    tiers = {code: words.word(words.TIERS, code) for code in Tier.values}
    rows = []
    for code in [*catalogue.FOREIGN, *sorted(holders.keys() - set(catalogue.FOREIGN))]:
        members = sorted(holders[code])
        on = [state for _, _, state, _ in members]
        rows.append(
            LanguageRow(
                code=code,
                name=words.language_name(code),
                ready=on.count(PresenceState.READY),
                busy=on.count(PresenceState.BUSY),
                on_duty=len(on) - on.count(PresenceState.OFF),
                members=tuple(
                    (number, state, states.get(state, state), tiers.get(tier, tier))
                    for _, number, state, tier in members
                ),
            )
        )
    return rows


def _due(callback: Callback, at: dt.datetime) -> Due:
    return Due(
        pk=callback.pk,
        call=str(callback.call_id or ""),
        language=words.language_name(callback.language),
        number=words.masked(callback.number),
        late=callback.due_at < at,
        due=words.epoch_ms(callback.due_at),
        attempts=callback.attempts,
        tried=gettext("Attempts and the next try; open the callback"),
        next=_next_try(callback),
    )


def _next_try(callback: Callback) -> str:
    """Return when the caller is rung next, in the city's time; a word while the caller is being rung."""
    if callback.running_id:
        return gettext("now")
    return timezone.localtime(callback.next_try_at).strftime("%H:%M") if callback.next_try_at else ""
