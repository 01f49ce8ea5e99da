"""Violations in answering calls (S45: target 0): proposed by the machine or a person, judged by a person, appealed."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from yuqiao.hotline.models.calls import Call, Leg, Recording
from yuqiao.workforce.models import Interpreter


class Violation(models.Model):
    """One case. Only a confirmed one counts; nothing is confirmed by a machine, and no row is ever deleted.

    ``rule`` names the clause that was broken. Proof: the call with its history, and a position in a ``recording``.
    ``proposed_by`` is None for the machine, whose proposal names the ``leg`` it saw. An appeal is decided by somebody
    other than who confirmed; if it is granted, the case is ANNULLED and counts no more.
    """

    class Kind(models.TextChoices):
        MISSED_RING = "missed_ring", "漏接"
        REFUSED = "refused", "拒接"
        LATE = "late", "迟接"
        RUDE = "rude", "服务态度"
        LEFT_EARLY = "left_early", "提前挂断"
        OTHER = "other", "其他"

    class State(models.TextChoices):
        PROPOSED = "proposed", "待认定"
        CONFIRMED = "confirmed", "已认定"
        DISMISSED = "dismissed", "不成立"
        ANNULLED = "annulled", "申诉成立"

    kind = models.CharField(max_length=12, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    interpreter = models.ForeignKey(Interpreter, models.PROTECT, related_name="violations")
    call = models.ForeignKey(Call, models.PROTECT, null=True, blank=True, related_name="violations")
    leg = models.OneToOneField(Leg, models.PROTECT, null=True, blank=True, related_name="violation")
    recording = models.ForeignKey(Recording, models.PROTECT, null=True, blank=True, related_name="violations")
    position_ms = models.PositiveIntegerField(null=True, blank=True)
    happened_at = models.DateTimeField()
    note = models.CharField(max_length=500, blank=True)
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    rule = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    appeal = models.CharField(max_length=500, blank=True)
    appealed_at = models.DateTimeField(null=True, blank=True)
    appeal_reason = models.CharField(max_length=500, blank=True)
    appeal_decided_at = models.DateTimeField(null=True, blank=True)
    appeal_decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-happened_at", "-id"]
        indexes = [models.Index(fields=["happened_at", "state"], name="violation_figures")]

    def __str__(self) -> str:
        return f"{self.kind} {self.happened_at:%Y-%m-%d %H:%M:%S}"
