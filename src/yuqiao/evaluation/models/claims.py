"""What a report says: its author's text by section, claims with their evidence, contradictions and what was said to
them (S7, S9, S137)."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from yuqiao.evaluation.models.evidence import Evidence
from yuqiao.evaluation.models.projects import Project


class Section(models.Model):
    """What an author wrote to a section of the report; the newest counts. ``{figure}`` marks are filled from data."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="sections")
    section = models.CharField(max_length=40)
    text = models.TextField(max_length=20000, blank=True)
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.project} {self.section}"


class ClaimLink(models.Model):
    """What backs one claim of the list (S9): a piece of evidence, or a figure (a code of `formulas`)."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="claims")
    claim = models.CharField(max_length=40)
    evidence = models.ForeignKey(Evidence, models.PROTECT, null=True, blank=True, related_name="claims")
    figure = models.CharField(max_length=120, blank=True)
    note = models.CharField(max_length=500, blank=True)
    linked_at = models.DateTimeField()
    linked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.project} {self.claim}"


class Contradiction(models.Model):
    """An answer to a contradiction that the checker found: why it stays. ``code`` with ``where`` names the finding."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="contradictions")
    code = models.CharField(max_length=60)
    where = models.CharField(max_length=200, blank=True)
    answer = models.CharField(max_length=1000)
    answered_at = models.DateTimeField()
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.project} {self.code}"
