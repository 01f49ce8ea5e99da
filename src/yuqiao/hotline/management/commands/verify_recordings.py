"""``yuqiao verify-recordings``: prove that every finished recording is the one that was made."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from yuqiao.hotline import keeping
from yuqiao.hotline.models import Recording
from yuqiao.hotline.recordings import FINISHED


class Command(BaseCommand):
    """Compare the recordings folder with the journal; exit status 1 names every file that does not fit."""

    help = "Compare every finished recording with its SHA-256 in the journal, and find what was never made."

    def handle(self, *_args: Any, **_options: Any) -> None:
        findings = keeping.verify()
        for finding in findings:
            self.stdout.write(str(finding))
        if findings:
            raise CommandError(
                f"{len(findings)} findings; bring changed, exchanged and missing files back from a backup,"
                " and find out where unknown ones come from"
            )
        self.stdout.write(
            f"{Recording.objects.filter(kind__in=FINISHED).exclude(path='').count()} finished recordings, all as made"
        )
