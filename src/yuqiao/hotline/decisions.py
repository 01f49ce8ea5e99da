"""Decisions of routing are kept as long as the settings say, one year by default; then they are deleted, bit by bit."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import transaction

from yuqiao.accounts.services import record
from yuqiao.hotline.models import RoutingDecision

#: How many are deleted in one go, so that nobody who writes beside it waits.
AT_ONCE = 500


def prune(now: dt.datetime) -> int:
    """Delete the oldest decisions that were kept long enough, `AT_ONCE` of them at most; returns how many.

    They are written in the order of their ids, so the first ids are the oldest, and no index of times is needed. The
    journal keeps how many were deleted, and up to which day.
    """
    kept_from = now - dt.timedelta(days=settings.DECISIONS_DAYS)
    oldest = RoutingDecision.objects.order_by("id").only("id", "at")[:AT_ONCE]
    old = [one for one in oldest if one.at < kept_from]
    if not old:
        return 0
    with transaction.atomic():
        deleted, _ = RoutingDecision.objects.filter(pk__in=[one.pk for one in old]).delete()
        if deleted:
            until = max(one.at for one in old).date().isoformat()
            record(None, "decisions.prune", old[-1], {"count": deleted, "until": until})
    return deleted
