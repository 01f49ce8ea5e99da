"""The tables that routing goes by: policies, domains of lines, service windows. Policies are written here.

The clock is handed in, so that what is remembered can be told stale without waiting.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Generic, TypeVar

from django.db import transaction
from django.utils import timezone

from yuqiao.accounts.models import Person
from yuqiao.accounts.services import record
from yuqiao.hotline.models import Line, LineClass, LineDomain, RoutingPolicy
from yuqiao.hotline.routing import DEFAULTS, Cover, Policies, Policy
from yuqiao.hotline.routing.policy import CALLBACKS
from yuqiao.workforce import hours
from yuqiao.workforce.calendar import kind_of_day
from yuqiao.workforce.coverage import HORIZON_DAYS, Window, next_change, tier_at
from yuqiao.workforce.models import Gender

Kept = TypeVar("Kept")
#: Domains of interpreters and lines.
DOMAINS = ("medical", "police", "legal", "rescue")
#: What the calls of a line are about, unless a row says otherwise.
KINDS = {"110": "police", "122": "police", "119": "rescue", "120": "medical", "999": "medical", "12348": "legal"}
#: Classes of requests, each with a policy.
CLASSES = (*LineClass.values, CALLBACKS)


class PolicyError(ValueError):
    """A policy makes no sense; ``field`` and the message say what to mend."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field = field


class Remembered(Generic[Kept]):
    """Something read at most once in ``seconds`` of the clock handed in."""

    def __init__(self, seconds: float, read: Callable[[float], Kept]) -> None:
        self._seconds, self._read = seconds, read
        self._at, self._kept = 0.0, None  # type: float, Kept | None

    def at(self, now: float) -> Kept:
        """Return it as it was at most ``seconds`` before ``now``."""
        if self._kept is None or not 0 <= now - self._at < self._seconds:
            self._kept, self._at = self._read(now), now
        return self._kept

    def forget(self) -> None:
        """Read it anew next time."""
        self._kept = None


@dataclass(frozen=True, slots=True)
class LineFacts:
    """What routing knows of a line: its class, and what its calls ask of interpreters."""

    line_class: str
    domain: str
    gender: str = ""
    level: int = 1


def _read_policies(_now: float) -> Mapping[str, Policy]:
    return {row.line_class: policy_of(row) for row in RoutingPolicy.objects.all()}


def _read_lines(_now: float) -> Mapping[str, LineFacts]:
    asked = {row.line_id: (row.domain, row.gender, row.level) for row in LineDomain.objects.all()}
    rows = Line.objects.order_by().values_list("pk", "number", "line_class")
    return {number: LineFacts(kind, *asked.get(pk, (KINDS.get(number, ""), "", 1))) for pk, number, kind in rows}


@dataclass(frozen=True, slots=True)
class _Hours:
    windows: tuple[Window, ...]
    special: Mapping[dt.date, str]
    covers: dict[str, Cover]


def _read_hours(now: float) -> _Hours:
    today = _local(now).date()
    first, last = today - dt.timedelta(days=1), today + dt.timedelta(days=HORIZON_DAYS)
    return _Hours(tuple(hours.windows_valid(first, last)), hours.special_days(first, last), {})


_policies = Remembered(1.0, _read_policies)
_lines = Remembered(5.0, _read_lines)
_hours = Remembered(2.0, _read_hours)


def forget() -> None:
    """Read every table anew next time."""
    for one in (_policies, _lines, _hours):
        one.forget()


def policy_of(row: RoutingPolicy) -> Policy:
    """Return a row as a policy; what it does not name is as the defaults of its class."""
    known = {one.name for one in fields(Policy)}
    plain = DEFAULTS.get(row.line_class, DEFAULTS["own"])
    return replace(plain, **{name: value for name, value in row.rules.items() if name in known})


def policies(now: float, *, emergency: bool = False) -> Policies:
    """Return all policies as they hold now; ``emergency``: the city rings all hands (S32)."""
    return Policies(_policies.at(now), emergency)


def line_facts(number: str, now: float) -> LineFacts:
    """Return class and domain of a line; of none, those of our own."""
    return _lines.at(now).get(number) or LineFacts(LineClass.OWN.value, "")


def _local(now: float) -> dt.datetime:
    return timezone.localtime(dt.datetime.fromtimestamp(now, dt.UTC))


def cover(language: str, now: float) -> Cover:
    """Return which tier the service windows name for a language now, until when; empty without any window for it."""
    known = _hours.at(now)
    found = known.covers.get(language)
    if found is not None and (found.until is None or now < found.until):
        return found
    mine = [one for one in known.windows if one.language == language]
    if not mine:
        found = Cover()
    else:
        moment = _local(now).replace(tzinfo=None)
        change = next_change(mine, language, moment, known.special)
        until = None if change is None else timezone.make_aware(change[0]).timestamp()
        found = Cover(tier_at(mine, language, moment, known.special), until, "" if change is None else change[1])
    known.covers[language] = found
    return found


def kinds_of_day(now: float) -> tuple[str, str, int]:
    """Return the letters of `calendar.DAYS` for today and yesterday, and the minute of the day, in the city's time."""
    local, special = _local(now), _hours.at(now).special
    today = local.date()
    kinds = (kind_of_day(today, special), kind_of_day(today - dt.timedelta(days=1), special))
    return (*kinds, local.hour * 60 + local.minute)


# --- written by supervisors


def set_policy(line_class: str, changes: Mapping[str, Any], *, by: Person | None) -> Policy:
    """Change the policy of a class of lines, journaled field by field. PolicyError when it makes no sense."""
    if line_class not in CLASSES:
        raise PolicyError("line_class", "is no class of lines")
    with transaction.atomic():
        row, _ = RoutingPolicy.objects.select_for_update().get_or_create(line_class=line_class)
        before = policy_of(row)
        after = checked(replace(before, **changes))
        plain = DEFAULTS.get(line_class, DEFAULTS["own"])
        told = _difference(before, after)
        row.rules = {name: pair[1] for name, pair in _difference(plain, after).items()}
        row.save(update_fields=["rules"])
        if told:
            record(
                by, "routing.policy", row, {"class": line_class, **{name: _plain(pair) for name, pair in told.items()}}
            )
    _policies.forget()
    return after


def _difference(before: Policy, after: Policy) -> dict[str, list[Any]]:
    pairs = {one.name: [getattr(before, one.name), getattr(after, one.name)] for one in fields(Policy)}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _plain(pair: list[Any]) -> list[Any]:
    """Return values as the journal keeps them: it knows no fractions."""
    return [f"{value:g}" if isinstance(value, float) else value for value in pair]


#: Least and greatest value of a policy's numbers.
LIMITS: Mapping[str, tuple[float, float]] = {
    "ring_first": (1, 20),
    "ring_more": (0, 20),
    "ring_every": (2, 120),
    "ring_most": (1, 40),
    "level": (1, 3),
    "rest_work_minutes": (5, 240),
    "rest_pause_minutes": (5, 120),
    "rest_calls": (1, 200),
    "continuity_days": (0, 730),
    "point_seconds": (0, 3),
    **{f"patience_{tier}": (0, 600) for tier in ("resident", "remote", "mobile", "volunteer")},
    **{f"{wish}_after": (0, 600) for wish in ("level", "domain", "gender", "rest", "permission")},
}
#: Wishes that must be given up some time, or a caller would wait in vain beside somebody who is free.
RELAXING = ("level", "domain", "gender")


def checked(policy: Policy) -> Policy:
    """Return ``policy`` if it makes sense; PolicyError for the first field that does not."""
    for name, (least, most) in LIMITS.items():
        value = getattr(policy, name)
        if value is not None and not least <= value <= most:
            raise PolicyError(name, f"must lie between {least:g} and {most:g}")
    for wish in RELAXING:
        if getattr(policy, f"{wish}_after") is None:
            raise PolicyError(f"{wish}_after", "must be given up some time, or callers wait in vain")
    if policy.ring_first > policy.ring_most:
        raise PolicyError("ring_first", "cannot be more than ring together")
    return policy


def set_domain(line: Line, domain: str, *, gender: str = "", level: int = 1, by: Person | None) -> None:
    """Say what the calls of a line ask of interpreters: domain, gender (empty: nothing special), the least level."""
    if domain not in ("", *DOMAINS):
        raise PolicyError("domain", "is no domain")
    if gender not in ("", *Gender.values) or not 1 <= level <= 3:
        raise PolicyError("gender", "is not known") if 1 <= level <= 3 else PolicyError("level", "is 1 to 3")
    asked = {"domain": domain, "gender": gender, "level": level}
    with transaction.atomic():
        row, made = LineDomain.objects.select_for_update().get_or_create(line=line, defaults=asked)
        plain = {"domain": KINDS.get(line.number, ""), "gender": "", "level": 1}
        before = plain if made else {name: getattr(row, name) for name in asked}
        told = {name: [before[name], value] for name, value in asked.items() if before[name] != value}
        if told:
            LineDomain.objects.filter(pk=row.pk).update(**asked)
            record(by, "routing.domain", line, {"number": line.number, **told})
    _lines.forget()
