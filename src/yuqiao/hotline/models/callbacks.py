"""Callbacks of missed calls (S39). Rows only."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from yuqiao.hotline.models.calls import Call
from yuqiao.hotline.models.lines import Line


class CallbackOutcome(models.TextChoices):
    """How a callback was closed; empty while it is open."""

    ANSWERED = "answered", "已回访"  # the caller picked up and heard an interpreter
    CALLED_IN = "called_in", "来电人已再次来电"  # the caller called again and was served
    BY_HAND = "by_hand", "人工办结"
    NOT_REACHED = "not_reached", "多次未接通"


class Callback(models.Model):
    """A caller to be called back, in the caller's own language, before ``due_at`` (S39): one open row per number.

    ``attempts`` counts how often the caller's phone was rung; ``running`` is the call that tries it now, taken by one
    conditional UPDATE; ``proof`` the call in which the caller was served. ``asked_now``: a supervisor asked for it at
    once, at any hour. ``call`` is the missed call; None: somebody, perhaps by ``name``, asked to be called back.
    """

    call = models.ForeignKey(Call, models.PROTECT, null=True, blank=True, related_name="callbacks")
    name = models.CharField(max_length=60, blank=True)
    line = models.ForeignKey(Line, models.PROTECT, null=True, related_name="callbacks")
    number = models.CharField(max_length=64)
    language = models.CharField(max_length=8, blank=True)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)
    asked_now = models.BooleanField(default=False)
    running = models.ForeignKey(Call, models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.CharField(max_length=12, choices=CallbackOutcome.choices, blank=True)
    proof = models.ForeignKey(Call, models.PROTECT, null=True, blank=True, related_name="proves")
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["due_at"]
        constraints = [
            models.UniqueConstraint(fields=["number"], condition=Q(done_at=None), name="one_open_callback_per_number")
        ]
        indexes = [models.Index(fields=["next_try_at"], condition=Q(done_at=None), name="callback_next_try")]

    def __str__(self) -> str:
        return f"{self.language} {self.due_at:%Y-%m-%d %H:%M}"
