"""How long recordings are kept, and what keeps one longer: nobody's voice lies here for ever because nobody asked.

A recording has the days of its line's class (``YUQIAO_RECORDINGS_DAYS``), counted from the end of its call: as long as
it is needed and no longer (PIPL, article 19). What is still being looked into keeps it, so does a confirmed violation
of which it is the proof, and so does a hold that a person put on it with a reason. Then its files go, finished and raw;
the rows stay with their hashes, so that it can be shown what there was, and that it is gone.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from yuqiao.accounts.models import Person
from yuqiao.accounts.services import record
from yuqiao.hotline import complaints, kept_levels
from yuqiao.hotline.models import Call, Complaint, Line, LineClass, Recording, RecordingHold, Violation
from yuqiao.hotline.recordings import marks_of
from yuqiao.lib import clock

#: How many calls one round looks at, and how long a reason may be.
AT_ONCE = 200
LONGEST = RecordingHold._meta.get_field("reason").max_length or 0


class HoldError(ValueError):
    """A hold cannot be put or taken off; ``code``: ``reason``, ``held``, ``free`` or ``gone``."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Why(StrEnum):
    """What keeps a recording beyond its time."""

    HELD = "held"
    COMPLAINT = "complaint"
    VIOLATION = "violation"


@dataclass(frozen=True, slots=True)
class Kept:
    """Until when a recording is kept, and what keeps it longer than that.

    ``until`` is None where its line's recordings are kept for ever; ``gone``: its files were deleted.
    """

    until: dt.datetime | None
    why: frozenset[Why]
    hold: RecordingHold | None
    gone: bool


def days_for(line: Line | None) -> int:
    """Return for how many days recordings of a line's calls are kept; below 0: for ever."""
    days: dict[str, int] = settings.RECORDINGS_DAYS
    return days.get(line.line_class if line else "", days[""])


def kept_of(call: Call) -> Kept:
    """Return how long the recording of an ended call is kept."""
    days, ended = days_for(call.line), call.ended_at
    return Kept(
        None if days < 0 or ended is None else ended + dt.timedelta(days=days),
        frozenset(why for why, rows in _keeping().items() if rows.filter(call=call).exists()),
        call.holds.filter(released_at=None).select_related("held_by").first(),
        call.recordings.exists() and not call.recordings.exclude(path="").exists(),
    )


def due(now: dt.datetime) -> list[str]:
    """Return calls whose recordings were kept long enough and that nothing keeps any longer."""
    there = Recording.objects.exclude(path="").values("call_id")
    calls = _free(Call.objects.filter(_outlived(now), pk__in=there)).order_by("ended_at")
    return [str(pk) for pk in calls.values_list("pk", flat=True)[:AT_ONCE]]


def expire(call_id: str) -> int:
    """Delete what was recorded of a call, if it is due now; returns how many files there were. Safe to repeat.

    Files go first, their rows and the journal after: whatever dies in between, the next round finds the call again.
    """
    root, deleted = Path(settings.RECORDINGS_DIR), 0
    with transaction.atomic():
        call = Call.objects.select_for_update().get(pk=call_id)
        if not _free(Call.objects.filter(_outlived(clock.now()), pk=call_id)).exists():
            return 0
        for path in call.recordings.exclude(path="").values_list("path", flat=True):
            if (root / path).is_file():
                (root / path).unlink()
                deleted += 1
        marks_of(call).unlink(missing_ok=True)
        kept_levels.forget(call_id)
        if call.recordings.exclude(path="").update(path=""):
            record(None, "recording.expire", call, {"files": deleted, "days": days_for(call.line)})
    return deleted


def hold(call: Call, reason: str, *, by: Person) -> RecordingHold:
    """Keep the recording of a call until `release`; journaled. HoldError ``reason``, ``held`` or ``gone``."""
    reason = reason.strip()
    if not 0 < len(reason) <= LONGEST:
        raise HoldError("reason")
    with transaction.atomic():
        locked = Call.objects.select_for_update().get(pk=call.pk)
        if locked.holds.filter(released_at=None).exists():
            raise HoldError("held")
        if not locked.recordings.exclude(path="").exists():
            raise HoldError("gone")
        row = RecordingHold.objects.create(call=locked, reason=reason, held_at=clock.now(), held_by=by)
        record(by, "recording.keep_longer", locked, {"hold": row.pk})
    return row


def release(call: Call, *, by: Person) -> None:
    """Let the recording of a call go at its time again; journaled. HoldError ``free`` when nobody holds it."""
    with transaction.atomic():
        locked = Call.objects.select_for_update().get(pk=call.pk)
        row = locked.holds.filter(released_at=None).first()
        if row is None:
            raise HoldError("free")
        row.released_at, row.released_by = clock.now(), by
        row.save(update_fields=["released_at", "released_by"])
        record(by, "recording.keep_no_longer", locked, {"hold": row.pk})


def _outlived(now: dt.datetime) -> Q:
    """Ended calls, by the class of their line, whose days are over."""
    days: dict[str, int] = settings.RECORDINGS_DAYS
    own = [one for one in LineClass.values if one in days]
    others = ~Q(line__line_class__in=own) | Q(line=None) if own else Q()
    found = Q(pk__in=[])
    for classes, kept in [(others, days[""]), *((Q(line__line_class=one), days[one]) for one in own)]:
        if kept >= 0:
            found |= Q(ended_at__lte=now - dt.timedelta(days=kept)) & classes
    return found


def _free(calls: QuerySet[Call]) -> QuerySet[Call]:
    """Leave out the calls whose recording something keeps."""
    for rows in _keeping().values():
        calls = calls.exclude(pk__in=rows.filter(call__isnull=False).values("call_id"))
    return calls


def _keeping() -> dict[Why, QuerySet[Any]]:
    """Return the rows that keep the recording of the call they are about. A confirmed violation, too, may come before a
    court, and its recording is what proves it."""
    return {
        Why.HELD: RecordingHold.objects.filter(released_at=None),
        Why.COMPLAINT: Complaint.objects.filter(state__in=complaints.OPEN),
        Why.VIOLATION: Violation.objects.filter(state__in=[Violation.State.PROPOSED, Violation.State.CONFIRMED]),
    }
