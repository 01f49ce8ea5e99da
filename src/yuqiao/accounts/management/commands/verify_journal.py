"""``yuqiao manage verify_journal``: prove that nobody rewrote the journal."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from yuqiao.accounts import services
from yuqiao.accounts.models import JournalEntry


class Command(BaseCommand):
    """Check every entry against the chain; exit status 1 names those that do not fit."""

    help = "Check the journal's chain of hashes, and print the newest hash so that it can be noted elsewhere."

    def handle(self, *_args: Any, **_options: Any) -> None:
        broken = services.verify_journal()
        if broken:
            raise CommandError(f"{len(broken)} journal entries do not fit the chain: {', '.join(map(str, broken))}")
        newest = JournalEntry.objects.order_by("-id").first()
        self.stdout.write(f"{JournalEntry.objects.count()} entries, unbroken; newest hash {newest and newest.hash}")
