"""What ties a project to the contexts below it: its contracts, and activities that were cancelled (S70, S75)."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from yuqiao.contracts.models import Contract
from yuqiao.evaluation.models.indicators import Indicator
from yuqiao.evaluation.models.projects import Adjustment, Project, Strand
from yuqiao.outreach.models import Activity


class ProjectContract(models.Model):
    """A contract carries out a project, or one strand of its goal."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="contracts")
    contract = models.ForeignKey(Contract, models.PROTECT, related_name="projects")
    strand = models.ForeignKey(Strand, models.SET_NULL, null=True, blank=True, related_name="contracts")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "contract"], name="each_contract_once_in_project")]

    def __str__(self) -> str:
        return f"{self.project} {self.contract}"


class Cancellation(models.Model):
    """The change request behind a cancelled activity: which indicator and which money it concerns (S70)."""

    activity = models.ForeignKey(Activity, models.PROTECT, related_name="cancellations")
    project = models.ForeignKey(Project, models.PROTECT, related_name="cancellations")
    indicator = models.ForeignKey(Indicator, models.SET_NULL, null=True, blank=True, related_name="cancellations")
    adjustment = models.ForeignKey(Adjustment, models.PROTECT, null=True, blank=True, related_name="cancellations")
    reason = models.CharField(max_length=500)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.activity} {self.entered_at:%Y-%m-%d}"
