"""What an interpreter says of a call after it: topic, kind of request, outcome (S46). Rows only."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from yuqiao.hotline.models.calls import Call
from yuqiao.hotline.models.lines import Line
from yuqiao.workforce.models import Interpreter


class Topic(models.Model):
    """One topic in the tree that supervisors edit; three levels at most. Used ones are retired, never deleted."""

    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    name_zh = models.CharField(max_length=40)
    name_en = models.CharField(max_length=60)
    place = models.PositiveSmallIntegerField(default=0)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["place", "id"]

    def __str__(self) -> str:
        return self.name_zh


class RequestType(models.TextChoices):
    """What the caller wanted (S46); the digit of a choice is its place."""

    CONSULT = "consult", "咨询"
    COMPLAINT = "complaint", "投诉"
    SUGGESTION = "suggestion", "建议"
    HELP = "help", "求助"
    EMERGENCY = "emergency", "报警/急救"
    PRAISE = "praise", "表扬"
    OTHER = "other", "其他"


class WrapUpOutcome(models.TextChoices):
    """What became of it."""

    RESOLVED = "resolved", "已解决"
    PASSED_ON = "passed_on", "已转办"
    FOLLOW_UP = "follow_up", "需跟进"
    NOT_RESOLVED = "not_resolved", "未解决"
    BROKEN_OFF = "broken_off", "通话中断"


class Sensitive(models.TextChoices):
    """Which sensitive data the call held (PIPL article 28; S46: contacts and whereabouts in epidemic work)."""

    NONE = "none", "无"
    HEALTH = "health", "健康信息"
    WHEREABOUTS = "whereabouts", "行踪与接触史"
    IDENTITY = "identity", "证件与生物识别"
    MINOR = "minor", "未满十四周岁"
    OTHER = "other", "其他敏感信息"


class WrapUp(models.Model):
    """One call's wrap-up, by the interpreter who was on it last; a draft until ``finished_at``.

    ``call_at``, ``line`` and ``language`` are the call's, so that figures read this table alone.
    """

    call = models.OneToOneField(Call, models.PROTECT, related_name="wrap_up")
    interpreter = models.ForeignKey(Interpreter, models.PROTECT, null=True, related_name="wrap_ups")
    call_at = models.DateTimeField()
    line = models.ForeignKey(Line, models.PROTECT, null=True, related_name="wrap_ups")
    language = models.CharField(max_length=8, blank=True)
    request_type = models.CharField(max_length=12, choices=RequestType.choices, blank=True)
    topic = models.ForeignKey(Topic, models.PROTECT, null=True, blank=True, related_name="wrap_ups")
    outcome = models.CharField(max_length=12, choices=WrapUpOutcome.choices, blank=True)
    sensitive = models.CharField(max_length=12, choices=Sensitive.choices, default=Sensitive.NONE)
    note = models.TextField(max_length=1000, blank=True)
    opened_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    corrected_at = models.DateTimeField(null=True, blank=True)
    corrected_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-call_at"]
        indexes = [
            models.Index(
                fields=["call_at", "line", "language", "request_type", "topic"],
                condition=Q(finished_at__isnull=False),
                name="wrap_up_figures",
            )
        ]

    def __str__(self) -> str:
        return f"{self.call_id} {self.request_type}"
