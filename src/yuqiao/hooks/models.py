"""Addresses of partners' systems, what happened, and what became of telling them. Rows only."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class HookState(models.TextChoices):
    """Whether events go to an address."""

    ON = "on", "启用"
    OFF = "off", "停用"  # by a person
    GONE = "gone", "对方已注销"  # it answered 410
    BROKEN = "broken", "多日失败"


class Hook(models.Model):
    """An address that is told of events of ``kinds`` (`hooks.kinds`), as far as ``person`` may see them.

    ``secret`` and, until ``former_until``, ``former_secret`` are sealed. ``failures`` in a row since ``failing_since``;
    nothing is sent before ``resume_at``. ``taken_until``: a process sends there now, so that order is kept.
    """

    name = models.CharField(max_length=80)
    url = models.CharField(max_length=500)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="hooks")
    kinds = models.JSONField(default=list)
    state = models.CharField(max_length=8, choices=HookState.choices, default=HookState.ON)
    secret = models.TextField()
    former_secret = models.TextField(blank=True)
    former_until = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True, blank=True)
    resume_at = models.DateTimeField(null=True, blank=True)
    taken_until = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class HookEvent(models.Model):
    """Something that happened to ``subject`` (such as ``request:81``); ``id`` is what receivers know it by."""

    id = models.CharField(max_length=40, primary_key=True)
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=60)
    at = models.DateTimeField()
    data = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["at"], name="hook_event_at")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class DeliveryState(models.TextChoices):
    """What became of telling one address."""

    WAITING = "waiting", "待推送"
    DELIVERED = "delivered", "已送达"
    FAILED = "failed", "已放弃"


class HookDelivery(models.Model):
    """An event on its way to one address: written in the transaction of what happened, so none is forgotten."""

    event = models.ForeignKey(HookEvent, models.CASCADE, related_name="deliveries")
    hook = models.ForeignKey(Hook, models.PROTECT, related_name="deliveries")
    state = models.CharField(max_length=10, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["event", "hook"], name="one_delivery_each")]
        indexes = [models.Index(fields=["hook", "next_try_at"], condition=Q(state="waiting"), name="hook_due")]

    def __str__(self) -> str:
        return f"{self.event_id} {self.state}"


class HookAttempt(models.Model):
    """One attempt: the status that came back (None: none did), after how many milliseconds, the answer's beginning.

    ``error`` is a code of `hooks.sending` where no answer came.
    """

    delivery = models.ForeignKey(HookDelivery, models.CASCADE, related_name="log")
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    ms = models.PositiveIntegerField()
    error = models.CharField(max_length=20, blank=True)
    answer = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.status or self.error}"
