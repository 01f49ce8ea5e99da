"""Sittings in which somebody heard the recording of a call: who, what for, and which parts. Rows only."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from yuqiao.hotline.models.calls import Call


class ListeningPurpose(models.TextChoices):
    """What a recording is heard for (`hotline.hearing.Purpose`)."""

    QUALITY = "quality", "质量检查"
    TRAINING = "training", "培训带教"
    COMPLAINT = "complaint", "投诉核查"
    DISPUTE = "dispute", "违规认定与申诉"
    ORDER = "order", "工单办理"
    AUDIT = "audit", "审计"
    OWN = "own", "本人复听"


class Listening(models.Model):
    """One sitting. Sound is given only within one that is not over; nothing is heard that no row tells of.

    ``reference`` is the number of the case it is for. ``heard``: spans of milliseconds from the call's answer, in order
    and apart, as the page told; ``heard_ms`` their sum, ``length_ms`` the recording's. ``taken``: ids of the recordings
    that were taken away as files. ``seen_at``: when the page last gave a sign.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    call = models.ForeignKey(Call, models.CASCADE, related_name="listenings")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="listenings")
    purpose = models.CharField(max_length=12, choices=ListeningPurpose.choices)
    reference = models.CharField(max_length=40, blank=True)
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    heard = models.JSONField(default=list)
    heard_ms = models.PositiveIntegerField(default=0)
    length_ms = models.PositiveIntegerField()
    taken = models.JSONField(default=list)

    class Meta:
        ordering = ["-began_at"]
        indexes = [models.Index(fields=["ended_at", "seen_at"], name="listening_open")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.purpose} {self.call_id}"
