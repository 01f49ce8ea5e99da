"""Writes activities, videos and honours; each verb is journaled, and nothing is deleted (S66–S73).

OutreachError says what to mend.
"""

from __future__ import annotations

import datetime as dt
from typing import TypeVar

from django.db import transaction
from django.utils import timezone

from yuqiao.accounts.models import Person
from yuqiao.accounts.services import record
from yuqiao.lib import clock
from yuqiao.outreach.models import Activity, ActivityKind, ActivityState, Honour, Video
from yuqiao.outreach.rules import OutreachError, check_count, check_link, check_past, check_reason, check_text

Withdrawn = TypeVar("Withdrawn", Video, Honour)


def plan(
    kind: str, title: str, planned_on: dt.date | None, *, by: Person | None, partner: str = "", place: str = ""
) -> Activity:
    """Plan an activity."""
    if kind not in ActivityKind.values:
        raise OutreachError("kind", kind=kind)
    with transaction.atomic():
        made = Activity.objects.create(
            kind=kind,
            title=check_text(title, "活动名称"),
            partner=partner.strip()[:200],
            place=place.strip()[:200],
            planned_on=planned_on,
        )
        record(by, "activity.plan", made, {"kind": kind, "planned_on": _iso(planned_on)})
    return made


def hold(activity: Activity, on: dt.date, *, by: Person | None, place: str = "") -> Activity:
    """Say that a planned activity took place; it counts from that day."""
    check_past(on, timezone.localdate())
    with transaction.atomic():
        row = _in_state(activity, ActivityState.PLANNED)
        row.state, row.held_on = ActivityState.DONE, on
        row.place = place.strip()[:200] or row.place
        row.save(update_fields=["state", "held_on", "place"])
        record(by, "activity.hold", row, {"held_on": on.isoformat()})
    return row


def cancel(activity: Activity, reason: str, *, by: Person | None) -> Activity:
    """Cancel a planned activity, or strike one that was entered as held by mistake, with the reason (S70)."""
    why = check_reason(reason)
    with transaction.atomic():
        row = _in_state(activity, ActivityState.PLANNED, ActivityState.DONE)
        before, row.state, row.reason = row.state, ActivityState.CANCELLED, why
        row.save(update_fields=["state", "reason"])
        record(by, "activity.cancel", row, {"before": before, "reason": why})
    return row


def resume(activity: Activity, planned_on: dt.date | None, *, by: Person | None) -> Activity:
    """Plan a cancelled activity again; why it was cancelled stays in the journal."""
    with transaction.atomic():
        row = _in_state(activity, ActivityState.CANCELLED)
        row.state, row.planned_on, row.held_on, row.reason = ActivityState.PLANNED, planned_on, None, ""
        row.save(update_fields=["state", "planned_on", "held_on", "reason"])
        record(by, "activity.resume", row, {"planned_on": _iso(planned_on)})
    return row


def add_video(
    title: str, made_on: dt.date, *, by: Person | None, language: str = "zh", seconds: int | None = None
) -> Video:
    """Register a video that was made."""
    with transaction.atomic():
        made = Video.objects.create(
            title=check_text(title, "视频名称"),
            made_on=check_past(made_on, timezone.localdate()),
            language=check_text(language, "语种", 8),
            seconds=check_count(seconds),
        )
        record(by, "video.add", made, {"made_on": made_on.isoformat(), "language": made.language})
    return made


def broadcast(video: Video, on: dt.date, *, by: Person | None, link: str = "") -> Video:
    """Say when a video was first broadcast; it counts from that day (S69)."""
    check_past(on, timezone.localdate())
    found = check_link(link)
    with transaction.atomic():
        row = Video.objects.select_for_update().get(pk=video.pk)
        if row.broadcast_on is not None:
            raise OutreachError("broadcast", day=row.broadcast_on.isoformat())
        if on < row.made_on:
            raise OutreachError("before_made", day=row.made_on.isoformat())
        row.broadcast_on, row.link = on, found or row.link
        row.save(update_fields=["broadcast_on", "link"])
        record(by, "video.broadcast", row, {"on": on.isoformat(), "link": row.link})
    return row


def count_views(video: Video, views: int, *, by: Person | None) -> Video:
    """Say how often a video was seen."""
    check_count(views)
    with transaction.atomic():
        row = Video.objects.select_for_update().get(pk=video.pk)
        before, row.views = row.views, views
        row.save(update_fields=["views"])
        record(by, "video.views", row, {"before": before, "views": views})
    return row


def add_honour(title: str, awarded_by: str, awarded_on: dt.date, *, by: Person | None) -> Honour:
    """Register a prize or an entry in a list (S73)."""
    with transaction.atomic():
        made = Honour.objects.create(
            title=check_text(title, "荣誉名称"),
            awarded_by=check_text(awarded_by, "授予单位"),
            awarded_on=check_past(awarded_on, timezone.localdate()),
        )
        record(by, "honour.add", made, {"awarded_on": awarded_on.isoformat()})
    return made


def withdraw(entry: Withdrawn, reason: str, *, by: Person | None) -> Withdrawn:
    """Withdraw a video or an honour that was entered by mistake; it stays with its reason and counts no more."""
    why = check_reason(reason)
    with transaction.atomic():
        row = type(entry)._default_manager.select_for_update().get(pk=entry.pk)
        if row.withdrawn_at is not None:
            raise OutreachError("withdrawn")
        row.withdrawn_at, row.withdrawn_reason = clock.now(), why
        row.save(update_fields=["withdrawn_at", "withdrawn_reason"])
        record(by, f"{row._meta.model_name}.withdraw", row, {"reason": why})
    return row


def _in_state(activity: Activity, *states: ActivityState) -> Activity:
    row = Activity.objects.select_for_update().get(pk=activity.pk)
    if row.state not in states:
        raise OutreachError("state", state=row.get_state_display())
    return row


def _iso(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()
