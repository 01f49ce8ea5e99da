"""Incidents (重大事项) with their ladder of times, and who is floor manager on duty (S48, S141 f, i, j). Rows only."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from yuqiao.accounts.models import Department, Role
from yuqiao.hotline.models.calls import Call
from yuqiao.hotline.models.invitations import DeliveryState
from yuqiao.workforce.models import Interpreter


class IncidentKind(models.TextChoices):
    """What an incident is about; all but the first make up the register of special cases (S48)."""

    ESCALATION = "escalation", "一键报告"
    MEDICAL = "medical", "医疗急救"
    SAFETY = "safety", "人身安全"
    CRIME = "crime", "涉案涉警"
    EPIDEMIC = "epidemic", "疫情与公共卫生"
    GROUP = "group", "群体性诉求"
    CONSULAR = "consular", "涉外领事"
    COMPLAINT = "complaint", "重大投诉"
    OTHER = "other", "其他"


class Way(models.TextChoices):
    """How a step of the ladder tells somebody, besides the messages that go to all of its people.

    ``ring``: the platform rings the floor manager into the running call; ``message``: by messages alone.
    """

    BOARD = "board", "看板告警"
    RING = "ring", "平台振铃入话"
    PHONE = "phone", "人工电话"
    MESSAGE = "message", "短信邮件"


class FloorManager(models.Model):
    """A supervisor who may be floor manager on duty; without ``contact`` (SIP URI) the board alone tells of calls."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="floor_manager")
    contact = models.CharField(max_length=200, blank=True)
    on_duty_since = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.person)


class LadderStep(models.Model):
    """One step of the ladder: who is told, by which way, and how many minutes they have to acknowledge it.

    ``level`` counts from 1. Either a role or a department is told.
    """

    level = models.PositiveSmallIntegerField(unique=True)
    role = models.CharField(max_length=20, choices=Role.choices, blank=True)
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="+")
    way = models.CharField(max_length=8, choices=Way.choices)
    minutes = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["level"]
        constraints = [
            models.CheckConstraint(
                condition=Q(department=None) & ~Q(role="") | Q(department__isnull=False, role=""),
                name="a_step_tells_a_role_or_a_department",
            )
        ]

    def __str__(self) -> str:
        return f"{self.level}"


class Incident(models.Model):
    """Something that must not wait: who must know is told step by step until somebody acknowledges it.

    ``level`` is the step reached (0: the ladder is empty), ``due_at`` when the next one fires. It is closed with the
    written report alone: what happened, how it was handled, how the work goes on.
    """

    kind = models.CharField(max_length=12, choices=IncidentKind.choices)
    call = models.ForeignKey(Call, models.PROTECT, null=True, blank=True, related_name="incidents")
    subject = models.CharField(max_length=200, blank=True)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    interpreter = models.ForeignKey(Interpreter, models.PROTECT, null=True, blank=True, related_name="incidents")
    level = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    happened = models.TextField(blank=True)
    handled = models.TextField(blank=True)
    plan = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-opened_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["call"], condition=Q(kind="escalation", closed_at=None), name="one_open_escalation_per_call"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) | ~Q(happened="") & ~Q(handled="") & ~Q(plan=""),
                name="closed_with_a_report",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(acknowledged_at=None, closed_at=None), name="incident_due"),
            models.Index(fields=["closed_at", "opened_at"], name="incident_open_first"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.opened_at:%Y-%m-%d %H:%M}"


class Told(models.Model):
    """One step of an incident's ladder as it fired: who was told, how, and until when they had time."""

    incident = models.ForeignKey(Incident, models.CASCADE, related_name="told")
    level = models.PositiveSmallIntegerField()
    role = models.CharField(max_length=20, choices=Role.choices, blank=True)
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="+")
    way = models.CharField(max_length=8, choices=Way.choices)
    at = models.DateTimeField()
    due_at = models.DateTimeField()

    class Meta:
        ordering = ["level"]
        constraints = [models.UniqueConstraint(fields=["incident", "level"], name="each_step_fires_once")]

    def __str__(self) -> str:
        return f"{self.incident_id}: {self.level}"


class AlertNumber(models.Model):
    """The number at which somebody of the staff wants to get the ladder's SMS; e-mail goes to the account's address."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="alert_number")
    number = models.CharField(max_length=24)

    def __str__(self) -> str:
        return str(self.person)


class Alert(models.Model):
    """One message that a step of the ladder sends to one person by one sender; the address itself is not kept."""

    told = models.ForeignKey(Told, models.CASCADE, related_name="alerts")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="alerts")
    sender = models.CharField(max_length=20)
    state = models.CharField(max_length=8, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["told", "person", "sender"], name="one_alert_to_each_by_each_sender")
        ]

    def __str__(self) -> str:
        return f"{self.told_id} {self.state}"
