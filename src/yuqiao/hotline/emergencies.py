"""Emergency mode: switched on and off by a person, journaled; the roster of who stands by; what it was like (S32)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from yuqiao.accounts.models import Person
from yuqiao.accounts.services import record
from yuqiao.hotline.figures.percentiles import percentile
from yuqiao.hotline.models import Call, CallCommand, Emergency, Leg, Standby
from yuqiao.hotline.state import OUTBOUND
from yuqiao.languages.catalogue import FOREIGN
from yuqiao.lib import clock
from yuqiao.workforce import hours
from yuqiao.workforce.calendar import DAYS
from yuqiao.workforce.coverage import Window, spans
from yuqiao.workforce.models import Interpreter, InterpreterLanguage

LONGEST_HOURS = 72
#: While an emergency lasts, callers wait this much longer before they are promised a call back.
WAIT_TIMES = 4


class EmergencyError(ValueError):
    """A wish about emergency mode makes no sense; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def current() -> Emergency | None:
    """Return the emergency that lasts, if any."""
    return Emergency.objects.filter(ended_at=None).first()


def begin(reason: str, languages: Sequence[str], hours_expected: int, *, by: Person) -> Emergency:
    """Switch emergency mode on; EmergencyError when it is on already, or a word is missing."""
    reason = reason.strip()[:200]
    if not reason:
        raise EmergencyError("reason_missing")
    if not set(languages) <= set(FOREIGN):
        raise EmergencyError("unknown_language")
    if not 1 <= hours_expected <= LONGEST_HOURS:
        raise EmergencyError("hours")
    now = clock.now()
    try:
        with transaction.atomic():
            emergency = Emergency.objects.create(
                began_at=now,
                began_by=by,
                reason=reason,
                languages=[code for code in FOREIGN if code in languages],
                remind_at=now + dt.timedelta(hours=hours_expected),
            )
            calls = _let_wait_longer(now)
            detail = {"languages": emergency.languages, "hours": hours_expected, "calls": calls}
            record(by, "emergency.begin", emergency, detail)
    except IntegrityError:
        raise EmergencyError("already_on") from None
    return emergency


def _let_wait_longer(now: dt.datetime) -> int:
    """Tell every running call that its caller may wait as long as those who call from now on; returns how many."""
    wait = str(settings.WAIT_SECONDS * WAIT_TIMES)
    running = Call.objects.filter(ended_at=None).values_list("pk", flat=True)
    told = CallCommand.objects.bulk_create(
        CallCommand(call_id=pk, kind="longer_wait", arguments={"wait": wait}, created_at=now) for pk in running
    )
    return len(told)


def prolong(emergency: Emergency, hours_more: int, *, by: Person) -> None:
    """Put the reminder to end it off; EmergencyError when it is over."""
    if not 1 <= hours_more <= LONGEST_HOURS:
        raise EmergencyError("hours")
    with transaction.atomic():
        later = clock.now() + dt.timedelta(hours=hours_more)
        if not Emergency.objects.filter(pk=emergency.pk, ended_at=None).update(remind_at=later):
            raise EmergencyError("over")
        record(by, "emergency.prolong", emergency, {"hours": hours_more})


def end(emergency: Emergency, *, by: Person) -> None:
    """Switch emergency mode off; EmergencyError when it is over already."""
    with transaction.atomic():
        if not Emergency.objects.filter(pk=emergency.pk, ended_at=None).update(ended_at=clock.now(), ended_by=by):
            raise EmergencyError("over")
        record(by, "emergency.end", emergency, {})


# --- the roster


def stand_by(
    interpreter: Interpreter,
    language: str,
    days: str,
    begins: dt.time,
    ends: dt.time,
    *,
    valid_from: dt.date,
    by: Person,
) -> Standby:
    """Put an interpreter on the roster; EmergencyError when she does not hold the language or no day is named."""
    if not days or not set(days) <= set(DAYS):
        raise EmergencyError("days")
    if not InterpreterLanguage.objects.filter(interpreter=interpreter, language=language).exists():
        raise EmergencyError("language_not_held")
    with transaction.atomic():
        standby = Standby.objects.create(
            interpreter=interpreter,
            language=language,
            days="".join(day for day in DAYS if day in days),
            begins=begins,
            ends=ends,
            valid_from=valid_from,
        )
        record(by, "standby.open", standby, {"interpreter": interpreter.number, "language": language})
        return standby


def stand_down(standby: Standby, until: dt.date, *, by: Person) -> None:
    """Close a row of the roster after its last day ``until``."""
    if until < standby.valid_from - dt.timedelta(days=1):
        raise EmergencyError("days")
    with transaction.atomic():
        Standby.objects.filter(pk=standby.pk).update(valid_until=until)
        record(by, "standby.close", standby, {"until": until.isoformat()})


def on_standby(now: dt.datetime) -> dict[int, set[str]]:
    """Return who stands by at ``now``, by interpreter with the languages; two queries."""
    local = timezone.localtime(now).replace(tzinfo=None)
    today = local.date()
    rows = Standby.objects.filter(valid_from__lte=today).exclude(valid_until__lt=today - dt.timedelta(days=1))
    special = hours.special_days(today - dt.timedelta(days=1), today)
    found: dict[int, set[str]] = {}
    for row in rows:
        window = Window(row.language, "remote", row.days, row.begins, row.ends, row.valid_from, row.valid_until)
        if any(begin <= local < end for begin, end, _ in spans([window], today, today, special)):
            found.setdefault(row.interpreter_id, set()).add(row.language)
    return found


# --- what it was like


@dataclass(frozen=True, slots=True)
class LanguageReport:
    """Calls of one language in an emergency; seconds to the interpreter, None while nobody was served."""

    language: str
    calls: int
    served: int
    waiting: int
    p50: float | None
    p95: float | None


@dataclass(frozen=True, slots=True)
class RosterReport:
    """What became of one who stands by: how often she was rung and how often she answered."""

    interpreter: Interpreter
    languages: tuple[str, ...]
    rung: int
    answered: int


def by_language(emergency: Emergency, now: dt.datetime) -> list[LanguageReport]:
    """Return the callers' calls since the emergency began (until it ended), by language; one query."""
    rows = Call.objects.filter(_within(emergency, now, "started_at")).exclude(way_in__in=OUTBOUND)
    if emergency.languages:
        rows = rows.filter(language__in=[*emergency.languages, ""])
    seen: dict[str, list[tuple[float | None, bool]]] = {}
    for language, waited, ended_at in rows.values_list("language", "time_to_interpreter", "ended_at"):
        seconds = None if waited is None else waited.total_seconds()
        seen.setdefault(language, []).append((seconds, ended_at is None))
    reports = []
    for language in sorted(seen, key=lambda code: (-len(seen[code]), code)):
        times = sorted(seconds for seconds, _ in seen[language] if seconds is not None)
        waiting = sum(seconds is None and still_on for seconds, still_on in seen[language])
        p50, p95 = (percentile(times, share) if times else None for share in (50, 95))
        reports.append(LanguageReport(language, len(seen[language]), len(times), waiting, p50, p95))
    return reports


def roster(emergency: Emergency, now: dt.datetime) -> list[RosterReport]:
    """Return everybody on the roster (or who was rung off the roster's languages) with what the phones say."""
    since = timezone.localtime(emergency.began_at).date()
    rows = Standby.objects.filter(valid_from__lte=timezone.localtime(emergency.ended_at or now).date())
    rows = rows.exclude(valid_until__lt=since - dt.timedelta(days=1))
    held: dict[int, set[str]] = {}
    for pk, language in rows.values_list("interpreter_id", "language"):
        held.setdefault(pk, set()).add(language)
    legs = Leg.objects.filter(_within(emergency, now, "created_at"), interpreter__in=held)
    rung: dict[int, list[bool]] = {pk: [] for pk in held}
    for pk, answered_at in legs.values_list("interpreter_id", "answered_at"):
        rung[pk].append(answered_at is not None)
    people = Interpreter.objects.filter(pk__in=held).order_by("number")
    return [RosterReport(one, tuple(sorted(held[one.pk])), len(rung[one.pk]), sum(rung[one.pk])) for one in people]


def _within(emergency: Emergency, now: dt.datetime, field: str) -> Q:
    return Q(**{f"{field}__gte": emergency.began_at, f"{field}__lte": emergency.ended_at or now})
