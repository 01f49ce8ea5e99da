"""What history says for staffing: arrivals by kind of day and half hour, handling, patience, who was signed on."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Avg, Count, DurationField, ExpressionWrapper, F, Sum
from django.utils import timezone

from yuqiao.hotline.models import Call, InterpreterRequest, RequestState, WayIn
from yuqiao.workforce import hours
from yuqiao.workforce.calendar import DAYS, kind_of_day
from yuqiao.workforce.coverage import NONE, Window, tier_at
from yuqiao.workforce.models import InterpreterLanguage, PresenceSpan, SpanKind
from yuqiao.workforce.staffing.patience import Interval, counted
from yuqiao.workforce.staffing.week import HALF_HOURS, Slot

#: Ways in by which callers come to us; calls that we begin are planned, not waited for.
CALLERS = (WayIn.DIRECT, WayIn.BESIDE_AGENT, WayIn.TRANSFERRED)
#: How many conversations, and how many callers who gave up, are enough to speak for one language alone.
ENOUGH_TALKS, ENOUGH_GONE = 30, 10
#: What is taken where the history says nothing.
USUAL_TALK, USUAL_PATIENCE = 240.0, 180.0
#: Over how many weeks the staff who were signed on are averaged.
PLANNED_WEEKS = 8
HALF = dt.timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Demand:
    """Calls of all languages by slot, and how many days of each kind there were, from ``first`` to ``last``."""

    calls: Mapping[str, Mapping[Slot, int]]
    days: Mapping[str, int]
    first: dt.date
    last: dt.date

    @property
    def everybody(self) -> Counter[Slot]:
        """The calls of all languages together."""
        total: Counter[Slot] = Counter()
        for slots in self.calls.values():
            total.update(slots)
        return total


def demand(today: dt.date, weeks: int) -> Demand:
    """Count the calls of so many weeks before ``today`` (the city's own days); fewer where the history is younger."""
    last = today - dt.timedelta(days=1)
    first = today - dt.timedelta(weeks=weeks)
    began = Call.objects.filter(way_in__in=CALLERS).order_by("started_at").values_list("started_at", flat=True).first()
    if began is not None:
        first = min(max(first, timezone.localtime(began).date()), last)
    kinds = _kinds(first, last)
    calls: defaultdict[str, Counter[Slot]] = defaultdict(Counter)
    came = Call.objects.filter(started_at__gte=_midnight(first), started_at__lt=_midnight(today), way_in__in=CALLERS)
    zone = timezone.get_current_timezone()
    for language, at in came.exclude(language="").order_by().values_list("language", "started_at").iterator(5000):
        local = at.astimezone(zone)
        calls[language][kinds[local.date()], local.hour * 2 + local.minute // 30] += 1
    return Demand(calls, Counter(kinds.values()), first, last)


def _midnight(date: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(date, dt.time()))


def _kinds(first: dt.date, last: dt.date) -> dict[dt.date, str]:
    special = hours.special_days(first, last)
    dates = (first + dt.timedelta(days=number) for number in range((last - first).days + 1))
    return {date: kind_of_day(date, special) for date in dates}


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean in seconds with bounds, from ``cases``; ``pooled``: of all languages; ``assumed``: of no data at all."""

    seconds: Interval
    cases: int
    pooled: bool = False
    assumed: bool = False


def handling(language: str, found: Demand) -> Estimate:
    """Return how long one call takes up an interpreter: ringing, conversation and wrap-up."""
    beyond = float(settings.WRAP_UP_SECONDS)
    for code in (language, ""):
        talked = Call.objects.filter(
            started_at__gte=_midnight(found.first), interpreter_at__isnull=False, ended_at__isnull=False
        ).filter(**({"language": code} if code else {}))
        lasted = ExpressionWrapper(F("ended_at") - F("interpreter_at"), output_field=DurationField())
        told = talked.order_by().aggregate(mean=Avg(lasted), cases=Count("pk"))
        if told["cases"] >= (ENOUGH_TALKS if code else 1):
            mean = told["mean"].total_seconds() + beyond
            rate = counted(told["cases"])  # conversations are nearly exponential: the mean is as sure as their number
            bounds = Interval(mean, mean * rate.value / rate.high, mean * rate.value / rate.low)
            return Estimate(bounds, told["cases"], pooled=not code)
    return Estimate(Interval(USUAL_TALK + beyond, USUAL_TALK + beyond, USUAL_TALK + beyond), 0, assumed=True)


def patience(language: str, found: Demand) -> Estimate:
    """Return how long callers would wait: exponential patience from all waits, most of which somebody ended."""
    for code in (language, ""):
        asked = InterpreterRequest.objects.filter(
            created_at__gte=_midnight(found.first), settled_at__isnull=False, head_of_queue=False, priority__gt=0
        ).filter(**({"language": code} if code else {}))
        waited = ExpressionWrapper(F("settled_at") - F("created_at"), output_field=DurationField())
        spent = asked.order_by().aggregate(spent=Sum(waited))["spent"]
        gone = asked.filter(state=RequestState.WITHDRAWN).count()
        if spent and gone >= (ENOUGH_GONE if code else 1):
            rate = counted(gone, spent.total_seconds())
            bounds = Interval(1 / rate.value, 1 / rate.high, 1 / rate.low if rate.low else float("inf"))
            return Estimate(bounds, gone, pooled=not code)
    return Estimate(Interval(USUAL_PATIENCE, USUAL_PATIENCE, USUAL_PATIENCE), 0, assumed=True)


def planned(language: str, today: dt.date) -> dict[Slot, float]:
    """Return how many were signed on in each slot on average of the last weeks; 0 where no service window is open.

    Whoever holds several languages counts for each. Empty where nobody's signing on is recorded.
    """
    first = today - dt.timedelta(weeks=PLANNED_WEEKS)
    since, until = _midnight(first), _midnight(today)
    holders = InterpreterLanguage.objects.filter(language=language).values("interpreter_id")
    spans = PresenceSpan.objects.filter(kind=SpanKind.ON, interpreter_id__in=holders, began_at__lt=until).exclude(
        ended_at__lte=since
    )
    told = list(spans.values_list("began_at", "ended_at"))
    kinds = _kinds(first, today - dt.timedelta(days=1))
    days = Counter(kinds.values())
    there: Counter[Slot] = Counter()
    for began, ended in told:
        for at, seconds in _halves(max(began, since), min(ended or until, until)):
            local = timezone.localtime(at)
            there[kinds[local.date()], local.hour * 2 + local.minute // 30] += round(seconds)
    if not told:
        return _closed(language, kinds)
    return {
        (day, half): there[day, half] / HALF.total_seconds() / days[day]
        for day in DAYS
        if days[day]
        for half in range(HALF_HOURS)
    }


def _halves(since: dt.datetime, until: dt.datetime) -> Iterator[tuple[dt.datetime, float]]:
    """Yield each half hour that a span touches, and how many seconds of it."""
    at = since
    while at < until:
        local = timezone.localtime(at)
        edge = local.replace(minute=local.minute // 30 * 30, second=0, microsecond=0) + HALF
        end = min(until, edge)
        yield at, (end - at).total_seconds()
        at = end


def _closed(language: str, kinds: Mapping[dt.date, str]) -> dict[Slot, float]:
    """Nobody is planned in hours that no window covers."""
    first, last = min(kinds), max(kinds)
    windows: list[Window] = hours.windows_valid(first - dt.timedelta(days=1), last)
    special = hours.special_days(first - dt.timedelta(days=1), last)
    latest = {kind: date for date, kind in kinds.items()}
    midnights = {kind: dt.datetime.combine(date, dt.time()) for kind, date in latest.items()}
    return {
        (kind, half): 0.0
        for kind, midnight in midnights.items()
        for half in range(HALF_HOURS)
        if tier_at(windows, language, midnight + half * HALF, special) == NONE
    }
