"""How far a project's evaluation is, who said so, and what was frozen and signed (S3)."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from yuqiao.evaluation.models.indicators import Indicator
from yuqiao.evaluation.models.projects import Project


class Stage(models.TextChoices):
    """The stages in their order."""

    PLAN = "plan", "目标申报"
    RUNNING = "running", "执行监控"
    MID_YEAR = "mid_year", "年中评审"
    FROZEN = "frozen", "数据冻结"
    DRAFT = "draft", "自评起草"
    CHECK = "check", "部门审核"
    SIGNING = "signing", "签字"
    LOCKED = "locked", "已锁定"


class StageEvent(models.Model):
    """One step from stage to stage, also back; ``note`` says why."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="steps")
    before = models.CharField(max_length=12, choices=Stage.choices)
    after = models.CharField(max_length=12, choices=Stage.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.project} {self.before} → {self.after}"


class Review(models.Model):
    """What a mid-year review says of an indicator, with the forecast for the year's end."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="reviews")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    actual = models.CharField(max_length=60, blank=True)
    forecast = models.CharField(max_length=60, blank=True)
    note = models.CharField(max_length=1000, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.indicator} {self.at:%Y-%m-%d}"


class Frozen(models.Model):
    """The sheet as it was at a moment, with the digests of the rows behind each figure; never changed."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="frozen")
    number = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    sheet = models.JSONField()
    digests = models.JSONField(default=dict)
    text = models.JSONField(default=dict)
    sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["project_id", "number"]
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="each_frozen_number_once")]

    def __str__(self) -> str:
        return f"{self.project} {self.number}"


class SignatureRole(models.TextChoices):
    """Whose hands a form needs (S3)."""

    HEAD = "head", "主管主任"
    MANAGER = "manager", "项目部门负责人"


class Signature(models.Model):
    """One signature under one frozen version; two different people sign."""

    frozen = models.ForeignKey(Frozen, models.PROTECT, related_name="signatures")
    role = models.CharField(max_length=8, choices=SignatureRole.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["frozen", "role"], name="each_role_signs_once"),
            models.UniqueConstraint(fields=["frozen", "by"], name="nobody_signs_twice"),
        ]

    def __str__(self) -> str:
        return f"{self.frozen} {self.role}"


class Reminder(models.Model):
    """A reminder that is due or was sent: a deadline of an indicator, a step of the calendar, missing evidence."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="reminders")
    indicator = models.ForeignKey(Indicator, models.CASCADE, null=True, blank=True, related_name="reminders")
    kind = models.CharField(max_length=20)
    due_on = models.DateField()
    sent_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["indicator", "kind", "due_on"], name="each_reminder_once"),
            models.UniqueConstraint(
                fields=["project", "kind", "due_on"],
                condition=models.Q(indicator__isnull=True),
                name="each_project_reminder_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project} {self.kind} {self.due_on}"
