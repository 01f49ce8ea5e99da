"""Background work on calls, run by ``yuqiao work``."""

from __future__ import annotations

from django_tasks import task

from yuqiao.hotline.recordings import discard, finish


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
