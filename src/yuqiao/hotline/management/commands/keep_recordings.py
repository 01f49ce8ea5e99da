"""``yuqiao manage keep_recordings``: look after the recordings now, and from then on every half hour."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from yuqiao.hotline import jobs


class Command(BaseCommand):
    """See that a round is waiting for the workers."""

    help = "Have the workers repeat what died and delete segments that were kept long enough, from now on."

    def handle(self, *_args: Any, **_options: Any) -> None:
        jobs.look_after_soon()
