"""Calendars that people subscribe to, and what was told there last. Rows only."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from yuqiao.workforce.models import Interpreter


class CalendarFeed(models.Model):
    """A secret address at which ``person`` reads her own shifts, or those of a ``language`` (a code).

    ``token`` is sealed, so that it can be shown to her again; ``digest`` finds it. One of each is valid at a time.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="calendars")
    interpreter = models.ForeignKey(Interpreter, models.PROTECT, null=True, blank=True, related_name="+")
    language = models.CharField(max_length=8, blank=True)
    token = models.TextField()
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "language"], condition=Q(revoked_at=None), name="one_valid_calendar_each"
            )
        ]

    def __str__(self) -> str:
        return self.language or str(self.interpreter or "")


class CalendarEntry(models.Model):
    """What a ``calendar`` (``interpreter:17``, ``language:ar``) was told last of an entry; see `calendar_rules`."""

    calendar = models.CharField(max_length=32)
    key = models.CharField(max_length=80)
    kind = models.CharField(max_length=12)
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    languages = models.JSONField(default=list)
    title = models.CharField(max_length=120, blank=True)
    place = models.CharField(max_length=120, blank=True)
    people = models.JSONField(default=list)
    tentative = models.BooleanField(default=False)
    sequence = models.PositiveIntegerField(default=0)
    told_at = models.DateTimeField()
    cancelled = models.BooleanField(default=False)

    class Meta:
        ordering = ["begins_at", "key"]
        constraints = [models.UniqueConstraint(fields=["calendar", "key"], name="one_entry_each")]

    def __str__(self) -> str:
        return f"{self.calendar} {self.key}"
