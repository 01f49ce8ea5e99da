"""Background work on calls, run by ``yuqiao work``."""

from __future__ import annotations

import datetime as dt

from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult, DBTaskResultQuerySet

from yuqiao.hotline import keeping, listenings, retention
from yuqiao.hotline.recordings import discard, finish
from yuqiao.lib import clock

#: Between two rounds of looking after the recordings.
ROUND = dt.timedelta(minutes=30)


@task()
def finish_recordings(call_id: str) -> int:
    """Make the finished tracks of an ended call; returns how many files there are then."""
    return finish(call_id)


@task()
def send_invitation(invitation_id: int) -> str:
    """Send one message with a link; returns what became of it. Later attempts are jobs of their own."""
    from yuqiao.hotline.sending import attempt  # noqa: PLC0415 (it writes rows whose module makes jobs)

    return attempt(invitation_id, lambda at: send_invitation.using(run_after=at).enqueue(invitation_id))


@task()
def send_alert(alert_id: int) -> str:
    """Send one message of an incident's ladder; returns what became of it. Later attempts are jobs of their own."""
    from yuqiao.hotline.alerting import attempt  # noqa: PLC0415 (it writes rows whose module makes jobs)

    return attempt(alert_id, lambda at: send_alert.using(run_after=at).enqueue(alert_id))


@task()
def discard_recordings(call_id: str) -> int:
    """Delete what was recorded of a call whose caller refused; returns how many files there were."""
    return discard(call_id)


@task()
def send_reminder(order_id: int) -> str:
    """Remind who asked for an appointment; returns what became of it."""
    from yuqiao.hotline.reminders import send  # noqa: PLC0415 (it enqueues this job)

    return send(order_id)


@task()
def look_after_recordings() -> int:
    """Repeat what died, delete what was kept long enough, end sittings of listeners whose pages are gone, and
    come back; returns for how many calls something was to be done.

    Each call is a job of its own, so that one that fails holds up no other.
    """
    now = clock.now()
    if not _rounds().filter(status=TaskResultStatus.READY, run_after__range=(now, now + ROUND)).exists():
        look_after_recordings.using(run_after=now + ROUND).enqueue()
    keeping.sweep(now)
    listenings.end_idle(now)
    found = 0
    for calls, job in (
        (keeping.undiscarded(now), discard_recordings),
        (keeping.unfinished(now), finish_recordings),
        (keeping.outlived(now), remove_segments),
        (retention.due(now), expire_recordings),
    ):
        for call_id in calls:
            job.enqueue(call_id)
        found += len(calls)
    return found


@task()
def remove_segments(call_id: str) -> int:
    """Delete the raw segments of a call whose finished tracks are proved; returns how many files there were."""
    return keeping.remove_raw(call_id)


@task()
def expire_recordings(call_id: str) -> int:
    """Delete the recordings of a call whose time is over; returns how many files there were."""
    return retention.expire(call_id)


def look_after_soon() -> bool:
    """Have a round begin at once, unless one is due already; returns whether one was added."""
    if _rounds().ready().exists():
        return False
    look_after_recordings.enqueue()
    return True


def _rounds() -> DBTaskResultQuerySet:
    return DBTaskResult.objects.filter(task_path=look_after_recordings.module_path)
