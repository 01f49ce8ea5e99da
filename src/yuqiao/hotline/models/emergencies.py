"""Emergency mode and the roster of those who stand by for it (S32, S48). Rows only."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from yuqiao.workforce.models import Interpreter


class Emergency(models.Model):
    """A span in which all hands are rung; at most one is open. ``languages`` (codes): those concerned, empty: all.

    ``remind_at``: when the staff is reminded to end it; it never ends by itself, since callers may still need it.
    """

    began_at = models.DateTimeField()
    began_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=200)
    languages = models.JSONField(default=list, blank=True)
    remind_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    open = models.BooleanField(default=True, editable=False)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-began_at"]
        constraints = [
            # A constant on which open rows collide: at most one of them.
            models.UniqueConstraint(fields=["open"], condition=Q(ended_at=None), name="one_open_emergency")
        ]

    def __str__(self) -> str:
        return f"{self.began_at:%Y-%m-%d %H:%M}"


class Standby(models.Model):
    """An interpreter stands by for a language at certain hours, in the city's time; `workforce.coverage` reads them.

    ``days`` holds letters of `workforce.calendar.DAYS`. A row is never changed: it is closed by ``valid_until``.
    """

    interpreter = models.ForeignKey(Interpreter, models.PROTECT, related_name="standbys")
    language = models.CharField(max_length=8)
    days = models.CharField(max_length=8)
    begins = models.TimeField()
    ends = models.TimeField()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["language", "begins", "id"]

    def __str__(self) -> str:
        return f"{self.language} {self.days} {self.begins:%H:%M}-{self.ends:%H:%M}"
