"""Forms that were imported: kept as read, so that what was printed can be compared with what we count."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from yuqiao.evaluation.models.projects import Project


class ImportedForm(models.Model):
    """One printed form that became a project: its cells, its points, what could not be understood; never changed."""

    project = models.OneToOneField(Project, models.CASCADE, related_name="imported")
    name = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64)
    form = models.JSONField()
    problems = models.JSONField(default=list)
    imported_at = models.DateTimeField()
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return f"{self.project} {self.name}"
