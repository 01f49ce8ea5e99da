"""Half-year and year reports (S50): what authors write, and what was signed. Figures come from rows, not from here.

A signed report keeps its whole content, so that later changes of rows do not change it.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Report(models.Model):
    """The report of one period (``2021`` or ``2021H1``).

    ``content`` and ``values`` are empty until it is signed: the blocks of `documents.blocks`, and every figure's
    numerator, denominator and time by code, as of ``signed_at`` and by the definitions whose digest is ``definitions``.
    """

    period = models.CharField(max_length=7, unique=True)
    begun_at = models.DateTimeField()
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    definitions = models.CharField(max_length=64, blank=True)
    values = models.JSONField(default=dict)
    content = models.JSONField(default=list)

    class Meta:
        ordering = ["-period"]

    def __str__(self) -> str:
        return self.period


class ReportRemark(models.Model):
    """What an author wrote to a section of a report; the newest counts, earlier ones stay."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="remarks")
    section = models.CharField(max_length=16)
    text = models.TextField(max_length=4000, blank=True)
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.report}: {self.section}"
