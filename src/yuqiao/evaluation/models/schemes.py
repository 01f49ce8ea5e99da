"""Versions of scoring schemes that differ from, or add to, those that come with the platform (S121)."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class SchemeVersion(models.Model):
    """One scheme as data (`scheme_data.as_data`), valid from a day on; a version is never changed, only followed."""

    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    valid_from = models.DateField()
    content = models.JSONField()
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["code", "valid_from"]
        constraints = [models.UniqueConstraint(fields=["code", "valid_from"], name="each_scheme_version_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.valid_from}"
