"""``yuqiao manage verify_evidence``: prove that every stored file is what was handed in."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from yuqiao.evaluation import evidence_files
from yuqiao.evaluation.models import StoredFile
from yuqiao.lib import clock


class Command(BaseCommand):
    """Compare every stored file with its hash; exit status 1 names those that are gone or changed."""

    help = "Compare every file of evidence with its SHA-256, and remove what crashed hand-ins left behind."

    def handle(self, *_args: Any, **_options: Any) -> None:
        left = evidence_files.sweep(clock.now())
        damaged = evidence_files.damaged()
        if damaged:
            named = ", ".join(f"{one.sha256} ({one.name})" for one in damaged)
            raise CommandError(f"{len(damaged)} files are gone or changed; bring them back from a backup: {named}")
        self.stdout.write(f"{StoredFile.objects.count()} files, all as handed in; {left} left behind and removed")
