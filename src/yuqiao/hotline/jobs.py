"""Background work on calls, run by ``yuqiao work``."""

from __future__ import annotations

from django_tasks import task

from yuqiao.hotline.recordings import finish


@task()
def finish_recordings(call_id: str) -> int:
    """Make the finished tracks of an ended call; returns how many files there are then."""
    return finish(call_id)
