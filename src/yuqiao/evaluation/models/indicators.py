"""Indicators, what they promise, what is entered by hand, why they deviate (S90–S116, S125–S134)."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from yuqiao.evaluation.models.projects import Project, Strand


class Indicator(models.Model):
    """One third-level indicator; a part of a compound one has a ``parent``, whose weight is the sum of its parts.

    The target is ``operator`` (`targets.Operator`, as printed) with ``amount`` and ``unit``, or 是 with neither;
    ``deadline`` is the day by which it is to be done; ``proof`` says what paper will prove it. ``formula`` says
    where the actual comes from (`evaluation.formulas`): ``hotline:transfers``, ``count:feedback_sheet``, ``entered``.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="indicators")
    position = models.PositiveSmallIntegerField()
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="parts")
    level1 = models.CharField(max_length=40)
    level2 = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    strand = models.ForeignKey(Strand, models.SET_NULL, null=True, blank=True, related_name="indicators")
    operator = models.CharField(max_length=2)
    amount = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    unit = models.CharField(max_length=12, blank=True)
    deadline = models.DateField(null=True, blank=True)
    weight = models.DecimalField(max_digits=6, decimal_places=2)
    formula = models.CharField(max_length=120, default="entered")
    proof = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["project_id", "position", "id"]

    def __str__(self) -> str:
        return self.name


class TargetChange(models.Model):
    """A change of a target with its approval (S125); the indicator's row holds the newest, this what stood before."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="changes")
    before = models.CharField(max_length=60)
    after = models.CharField(max_length=60)
    reason = models.CharField(max_length=500)
    approval = models.CharField(max_length=200)
    approved_on = models.DateField()
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["approved_on", "id"]

    def __str__(self) -> str:
        return f"{self.indicator} {self.before} → {self.after}"


class Entered(models.Model):
    """An actual that a person entered; the newest counts, earlier ones stay. It needs evidence (S131, S134).

    A counted one has ``value``, or ``numerator`` out of ``denominator``; a qualitative one ``done``
    (`scoring.Done`) with ``share`` per cent where it was done in part. ``text`` is printed in place of 是.
    ``done_on`` is the day it was first done.
    """

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="entered")
    value = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    numerator = models.BigIntegerField(null=True, blank=True)
    denominator = models.BigIntegerField(null=True, blank=True)
    done = models.CharField(max_length=6, blank=True)
    share = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    text = models.CharField(max_length=200, blank=True)
    done_on = models.DateField(null=True, blank=True)
    basis = models.CharField(max_length=500, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.indicator} {self.entered_at:%Y-%m-%d}"


class Deviation(models.Model):
    """Why an indicator came out otherwise than planned, and what is done about it; the newest counts."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="deviations")
    cause = models.CharField(max_length=1000)
    remedy = models.CharField(max_length=1000, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.indicator} {self.entered_at:%Y-%m-%d}"
