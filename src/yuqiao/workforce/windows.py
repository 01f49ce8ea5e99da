"""Service hours as a table: many windows opened or ended at once, each journaled as its page does it (S26, S28).

A window is never changed. What the table has beyond the rows that are kept opens a window; of one that is kept it may
say an earlier last day, and nothing else.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

from django.db import transaction
from django.db.models import QuerySet

from yuqiao.accounts.models import Person
from yuqiao.languages.catalogue import FOREIGN, SIGNED
from yuqiao.lib.cells import CellError
from yuqiao.lib.tables import Column, Fault, Kind, TableError, certain_day, day, fault, iso, named
from yuqiao.workforce.calendar import DAYS
from yuqiao.workforce.coverage import Window
from yuqiao.workforce.hours import close_window, open_window
from yuqiao.workforce.models import ServiceWindow, Tier

#: A time of the day; Excel writes seconds too.
TIME: Final = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d{1,6})?))?", re.ASCII)
MIDNIGHT: Final = "24:00"
Key: TypeAlias = tuple[Any, ...]


def _begin(text: str) -> dt.time:
    """Read a time of the day: 8:30, 08:30:00."""
    found = TIME.fullmatch(text.replace("：", ":"))
    try:
        if found is not None:
            hours, minutes, seconds = found.groups("00")
            return dt.time.fromisoformat(f"{hours:0>2}:{minutes}:{seconds}")
    except ValueError:
        pass
    raise CellError("not_a_time")


def _end(text: str) -> dt.time:
    """Read when a window ends; 24:00 is the midnight that follows it, which a window keeps as 00:00."""
    return dt.time() if text.replace("：", ":") in (MIDNIGHT, f"{MIDNIGHT}:00") else _begin(text)


def _clock(value: dt.time) -> str:
    return value.isoformat() if value.second or value.microsecond else value.isoformat("minutes")


def _days(text: str) -> str:
    """Read letters of days in any order, as they are kept; other text stays, for the rules to judge."""
    letters = text.upper()
    return text if set(letters) - set(DAYS) else "".join(letter for letter in DAYS if letter in letters)


WINDOWS: Final[Kind[Window]] = Kind(
    "服务时段",
    (
        Column("语种", "language"),
        Column("覆盖层级", "tier", *named({tier.value: tier.label for tier in Tier})),
        Column("值守日", "days", str, _days),
        Column("开始", "begins", _clock, _begin),
        Column("结束", "ends", _clock, _end),
        Column("生效日期", "valid_from", iso, certain_day),
        Column("截止日期", "valid_until", iso, day),
    ),
    Window,
    ("language", "tier", "days", "begins", "ends", "valid_from"),
)
FIELDS: Final = tuple(column.field for column in WINDOWS.columns)


def windows_of(rows: QuerySet[ServiceWindow]) -> list[Window]:
    """Return service hours as a table has them. Windows alike but for their last day are one: the longest."""
    ordered = rows.order_by("language", "begins", "valid_from", "id").values_list(*FIELDS)
    found: dict[Key, Window] = {}
    for one in (Window(*row) for row in ordered):
        known = found.setdefault(WINDOWS.key_of(one), one)
        if _outlasts(one.valid_until, known.valid_until):
            found[WINDOWS.key_of(one)] = one
    return list(found.values())


def _known() -> dict[Key, Window]:
    return {WINDOWS.key_of(one): one for one in windows_of(ServiceWindow.objects.all())}


def _outlasts(one: dt.date | None, other: dt.date | None) -> bool:
    """Whether a window that begins for the last time on ``one`` goes on after ``other``; None: without an end."""
    return other is not None and (one is None or one > other)


def check_windows(wanted: Sequence[Window]) -> dict[int, list[Fault]]:
    """Return the faults of each of ``wanted``, by place: whatever the page refuses, and a window that never begins."""
    before = _known()
    found = {place: list(_faults(one, before)) for place, one in enumerate(wanted)}
    return {place: faults for place, faults in found.items() if faults}


def _faults(window: Window, before: Mapping[Key, Window]) -> Iterator[Fault]:
    if window.language not in FOREIGN and window.language not in SIGNED:
        yield fault("language", "unknown_language", text=window.language)
    if window.tier not in Tier.values:
        yield fault("tier", "unknown_tier", text=window.tier)
    if not window.days or set(window.days) - set(DAYS):
        yield fault("days", "not_days", text=window.days)
    if window.valid_from is None:
        yield fault("valid_from", "missing")
    kept = before.get(WINDOWS.key_of(window))
    if kept is None:
        if _outlasts(window.valid_from, window.valid_until):
            yield fault("valid_until", "ends_before_it_begins")
    elif _outlasts(window.valid_until, kept.valid_until):
        yield fault("valid_until", "window_ended", text=iso(kept.valid_until))


def save_windows(wanted: Sequence[Window], *, by: Person | None) -> int:
    """Open and end windows, all or none; return how many differ from before. TableError says what is wrong."""
    with transaction.atomic():
        rows: dict[Key, list[ServiceWindow]] = {}
        for row in ServiceWindow.objects.select_for_update().order_by("pk"):
            rows.setdefault(WINDOWS.key_of(_window(row)), []).append(row)
        if wrong := check_windows(wanted):
            raise TableError(wrong)
        before = _known()
        changed = [one for one in wanted if before.get(WINDOWS.key_of(one)) != one]
        for one in changed:
            _write(one, rows.get(WINDOWS.key_of(one), []), by)
    return len(changed)


def _write(window: Window, alike: Sequence[ServiceWindow], by: Person | None) -> None:
    """Let one of ``alike`` or a new window be valid for as long as ``window`` says, and none for longer."""
    rows = alike or [_open(window, by)]
    if window.valid_until is None:
        return
    for row in rows:
        if _outlasts(row.valid_until, window.valid_until):
            close_window(row, window.valid_until, by=by)


def _open(window: Window, by: Person | None) -> ServiceWindow:
    assert window.valid_from is not None  # noqa: S101 (a window without a first day was refused)
    asked = (window.language, window.tier, window.days, window.begins, window.ends)
    return open_window(*asked, valid_from=window.valid_from, by=by)


def _window(row: ServiceWindow) -> Window:
    return Window(*(getattr(row, name) for name in FIELDS))
