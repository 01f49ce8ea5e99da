"""What goes before and beside a plan: its groundwork (S139), and the risks that threaten it (S140)."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from yuqiao.evaluation.models.evidence import Evidence
from yuqiao.evaluation.models.indicators import Indicator
from yuqiao.evaluation.models.projects import Project


class GroundworkKind(models.TextChoices):
    """What was done before the plan (前期准备)."""

    BASIS = "basis", "立项依据"
    RESEARCH = "research", "调研"
    FORECAST = "forecast", "预测"
    CONSULTATION = "consultation", "征求意见"
    APPROVAL = "approval", "审批"


class Groundwork(models.Model):
    """One paper of the file that a project rests on; a forecast says what an indicator was ``expected`` to reach.

    Nothing is deleted: what was wrong is withdrawn with its reason.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="groundwork")
    kind = models.CharField(max_length=12, choices=GroundworkKind.choices)
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    made_on = models.DateField()
    indicator = models.ForeignKey(Indicator, models.SET_NULL, null=True, blank=True, related_name="groundwork")
    expected = models.DecimalField(max_digits=18, decimal_places=4, null=True, blank=True)
    evidence = models.ForeignKey(Evidence, models.PROTECT, null=True, blank=True, related_name="groundwork")
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["made_on", "id"]

    def __str__(self) -> str:
        return self.title


class RiskState(models.TextChoices):
    """How far a risk is."""

    OPEN = "open", "关注中"
    OCCURRED = "occurred", "已发生"
    CLOSED = "closed", "已解除"


class Risk(models.Model):
    """Something that may keep a project from what it promised: staff that leaves, staff that is not good enough.

    ``likelihood`` and ``impact`` are 1 to 5 (`risk_rules`); ``review_on`` is when somebody looks at it again.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="risks")
    indicator = models.ForeignKey(Indicator, models.SET_NULL, null=True, blank=True, related_name="risks")
    title = models.CharField(max_length=200)
    effect = models.CharField(max_length=500, blank=True)
    measure = models.CharField(max_length=1000, blank=True)
    owner = models.CharField(max_length=60, blank=True)
    likelihood = models.PositiveSmallIntegerField()
    impact = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=RiskState.choices, default=RiskState.OPEN)
    review_on = models.DateField(null=True, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["project_id", "id"]

    def __str__(self) -> str:
        return self.title


class RiskNote(models.Model):
    """One look at a risk: what was found, how grave it is since, in which state; the newest counts, none is changed."""

    risk = models.ForeignKey(Risk, models.CASCADE, related_name="notes")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    on = models.DateField()
    note = models.CharField(max_length=1000)
    state = models.CharField(max_length=8, choices=RiskState.choices)
    likelihood = models.PositiveSmallIntegerField()
    impact = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.risk} {self.on}"
