"""Background work on evaluations, run by ``yuqiao work``: a round of reminders every morning."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from yuqiao.evaluation import reminding
from yuqiao.lib import clock

#: When people begin to work, in the city's own time.
MORNING = dt.time(8)


@task()
def remind() -> int:
    """Begin what is due today, have it sent, and come back tomorrow; returns how many are to be sent."""
    now = clock.now()
    keep_reminding(now)
    due = reminding.do_due(now)
    for reminder in due:
        send_reminder.enqueue(reminder)
    return len(due)


@task()
def send_reminder(reminder_id: int) -> str:
    """Send one reminder; returns what became of it."""
    return reminding.send(reminder_id, clock.now())


def keep_reminding(now: dt.datetime) -> bool:
    """Have the next round wait for its morning, unless one waits already; returns whether one was added."""
    if DBTaskResult.objects.filter(status=TaskResultStatus.READY, task_path=remind.module_path).exists():
        return False
    today = timezone.localtime(now)
    morning = today.replace(hour=MORNING.hour, minute=0, second=0, microsecond=0)
    remind.using(run_after=morning if today < morning else morning + dt.timedelta(days=1)).enqueue()
    return True
