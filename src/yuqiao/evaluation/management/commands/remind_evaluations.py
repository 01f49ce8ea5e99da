"""``yuqiao manage remind_evaluations``: a round of reminders now; ``--keep``: see that one comes each morning."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from yuqiao.evaluation import jobs, reminding
from yuqiao.lib import clock


class Command(BaseCommand):
    """Begin and send what is due."""

    help = "Begin and send every reminder of evaluations that is due."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take ``--keep``."""
        parser.add_argument("--keep", action="store_true", help="only see that the morning's round is waiting")

    def handle(self, *_args: Any, **options: Any) -> None:
        now = clock.now()
        if options["keep"]:
            jobs.keep_reminding(now)
            return
        sent = [reminding.send(one, now) for one in reminding.do_due(now)]
        self.stdout.write(f"{len(sent)} due, {sent.count('sent')} sent, {sent.count('failed')} to be tried again")
