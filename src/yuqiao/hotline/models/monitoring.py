"""Supervisors who listened to running calls: who, when, what for; and the phone each of them is rung at. Rows only."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from yuqiao.hotline.models.calls import Call


class MonitorPurpose(models.TextChoices):
    """Why somebody listens to people who talk."""

    QUALITY = "quality", "质量抽查"
    TRAINING = "training", "带教指导"
    COMPLAINT = "complaint", "投诉核查"
    SUPPORT = "support", "现场支援"


class MonitorMode(models.TextChoices):
    """What she does."""

    LISTEN = "listen", "监听"
    WHISPER = "whisper", "耳语"
    BARGE = "barge", "插话"


class Monitoring(models.Model):
    """One listening to one running call; its id is the id of her leg in the engine. ``mode`` is the last one.

    The modes she went through stand in the call's history, who asked for each in the journal.
    """

    id = models.CharField(primary_key=True, max_length=64, editable=False)
    call = models.ForeignKey(Call, models.CASCADE, related_name="monitorings")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="monitorings")
    purpose = models.CharField(max_length=12, choices=MonitorPurpose.choices)
    mode = models.CharField(max_length=8, choices=MonitorMode.choices)
    created_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at"]

    def __str__(self) -> str:
        return f"{self.person_id} {self.mode} {self.call_id}"


class MonitorPhone(models.Model):
    """Where a supervisor is rung to listen: a number that our trunks dial, or a SIP URI."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="monitor_phone")
    contact = models.CharField(max_length=200)

    def __str__(self) -> str:
        return str(self.person)
