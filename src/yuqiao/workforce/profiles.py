"""Interpreters' profiles: what routing goes by besides their languages. Written here and nowhere else, journaled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from django.db import transaction

from yuqiao.accounts.models import Person
from yuqiao.accounts.services import record
from yuqiao.workforce.calendar import DAYS
from yuqiao.workforce.models import Gender, Interpreter, Post

#: Personal: the journal tells that it changed, not to what.
PRIVATE = frozenset({"mobile", "gender"})
MINUTES = 24 * 60


class ProfileError(ValueError):
    """A profile makes no sense; ``field`` and the message say what to mend."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"{field}: {why}")
        self.field = field


@dataclass(frozen=True, slots=True)
class Profile:
    """An interpreter's post, gender, domains, permissions, and when she may be rung at home (minutes of the day)."""

    tier: str = Post.RESIDENT.value
    gender: str = ""
    domains: tuple[str, ...] = ()
    only_lines: tuple[str, ...] = ()
    barred_lines: tuple[str, ...] = ()
    mobile: str = ""
    mobile_days: str = ""
    mobile_begins: int = 0
    mobile_ends: int = 0


LISTS = ("domains", "only_lines", "barred_lines")


def kept(codes: tuple[str, ...]) -> str:
    """Return a list of codes as a row keeps it."""
    return f",{','.join(codes)}," if codes else ""


def profile_of(row: Interpreter) -> Profile:
    """Return a row's profile."""
    values: dict[str, Any] = {one.name: getattr(row, one.name) for one in fields(Profile)}
    for name in LISTS:
        values[name] = tuple(code for code in values[name].split(",") if code)
    return Profile(**values)


def checked(profile: Profile) -> Profile:
    """Return ``profile`` if it makes sense; ProfileError for the first field that does not."""
    if profile.tier not in Post.values:
        raise ProfileError("tier", "is no post")
    if profile.gender not in ("", *Gender.values):
        raise ProfileError("gender", "is not known")
    for name in LISTS:
        codes = getattr(profile, name)
        if any(not code or set(code) & {",", "%", "_"} for code in codes) or len(kept(codes)) > 120:
            raise ProfileError(name, "must be few codes without commas, percent signs or underscores")
    if profile.mobile and not profile.mobile.startswith(("sip:", "sips:", "tel:")):
        raise ProfileError("mobile", "must be a SIP URI, such as sip:13800000000@trunk")
    if set(profile.mobile_days) - set(DAYS) or (profile.mobile and not profile.mobile_days):
        raise ProfileError("mobile_days", f"must be letters of {DAYS}, at least one day")
    if not (0 <= profile.mobile_begins <= MINUTES and 0 <= profile.mobile_ends <= MINUTES):
        raise ProfileError("mobile_begins", "must be times of the day")
    return profile


def set_profile(interpreter: Interpreter, changes: Mapping[str, Any], *, by: Person | None) -> Profile:
    """Change fields of an interpreter's profile; ProfileError when it makes no sense."""
    with transaction.atomic():
        row = Interpreter.objects.select_for_update().get(pk=interpreter.pk)
        before = profile_of(row)
        values = {one.name: getattr(before, one.name) for one in fields(Profile)}
        after = checked(Profile(**{**values, **changes}))
        told: dict[str, Any] = {}
        for one in fields(Profile):
            old, new = getattr(before, one.name), getattr(after, one.name)
            if old != new:
                told[one.name] = True if one.name in PRIVATE else [_plain(old), _plain(new)]
        if told:
            columns = {name: kept(getattr(after, name)) if name in LISTS else getattr(after, name) for name in told}
            Interpreter.objects.filter(pk=row.pk).update(**columns)
            record(by, "workforce.profile", row, {"number": row.number, **told})
    return after


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
