"""Recordings that somebody keeps beyond their time. Rows only."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from yuqiao.hotline.models.calls import Call


class RecordingHold(models.Model):
    """A call's recording is kept until somebody says that it need not be; one such hold at a time."""

    call = models.ForeignKey(Call, models.PROTECT, related_name="holds")
    reason = models.CharField(max_length=300)
    held_at = models.DateTimeField()
    held_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-held_at"]
        constraints = [models.UniqueConstraint(fields=["call"], condition=Q(released_at=None), name="one_hold_at_once")]

    def __str__(self) -> str:
        return f"{self.call_id} {self.held_at:%Y-%m-%d}"
