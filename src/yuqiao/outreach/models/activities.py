"""Activities, videos and honours (S66–S73)."""

from __future__ import annotations

from django.db import models


class ActivityKind(models.TextChoices):
    """What takes place."""

    ONLINE_CAMPAIGN = "online_campaign", "线上有奖纠错活动"
    FIELD_CAMPAIGN = "field_campaign", "线下纠错活动"
    THEMED = "themed", "线下主题活动"
    JOINT = "joint", "线下联动宣传"
    EXHIBITION = "exhibition", "展会语言支撑"


class ActivityState(models.TextChoices):
    """How far it is."""

    PLANNED = "planned", "计划"
    DONE = "done", "已开展"
    CANCELLED = "cancelled", "已取消"


class Activity(models.Model):
    """One campaign or event; ``reason`` says why it was cancelled (S70)."""

    kind = models.CharField(max_length=20, choices=ActivityKind.choices)
    title = models.CharField(max_length=200)
    partner = models.CharField(max_length=200, blank=True)
    place = models.CharField(max_length=200, blank=True)
    planned_on = models.DateField(null=True, blank=True)
    held_on = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=ActivityState.choices, default=ActivityState.PLANNED)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["held_on", "planned_on", "id"]
        indexes = [models.Index(fields=["held_on", "kind", "state"], name="activity_figures")]

    def __str__(self) -> str:
        return self.title


class Withdrawable(models.Model):
    """Something entered that turned out wrong: it counts no more, and stays with its reason."""

    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        abstract = True


class Video(Withdrawable):
    """One video that was made; counted from the day it was first broadcast (S69)."""

    title = models.CharField(max_length=200)
    language = models.CharField(max_length=8, default="zh")
    seconds = models.PositiveIntegerField(null=True, blank=True)
    made_on = models.DateField()
    broadcast_on = models.DateField(null=True, blank=True)
    link = models.URLField(max_length=500, blank=True)
    views = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["made_on", "id"]

    def __str__(self) -> str:
        return self.title


class Honour(Withdrawable):
    """A prize or an entry in a list (S73)."""

    title = models.CharField(max_length=200)
    awarded_by = models.CharField(max_length=200)
    awarded_on = models.DateField()

    class Meta:
        ordering = ["awarded_on", "id"]

    def __str__(self) -> str:
        return self.title
