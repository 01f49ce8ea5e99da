"""Calls that somebody arranged or that a list asks for (S36, S46, S72): orders, attempts, campaigns. Rows only."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from yuqiao.hotline.models.calls import Call
from yuqiao.hotline.models.lines import Line


class OrderKind(models.TextChoices):
    """What an order is; also the way in of its calls."""

    SCHEDULED = "scheduled", "预约"
    OUTREACH = "outreach", "随访"


class OrderOutcome(models.TextChoices):
    """How an order was closed; empty while it is open."""

    ANSWERED = "answered", "已通话"  # the person picked up and heard an interpreter
    NOT_REACHED = "not_reached", "多次未接通"
    MISSED = "missed", "已错过"  # no interpreter was free until the last moment
    REFUSED = "refused", "本人拒绝"  # the number wants no more calls of lists
    CANCELLED = "cancelled", "已取消"


class CampaignState(models.TextChoices):
    """Whether a campaign calls."""

    PAUSED = "paused", "暂停"
    RUNNING = "running", "进行中"
    STOPPED = "stopped", "已停止"


class Campaign(models.Model):
    """A list of people who are called one by one, each by consent (S46): follow-up visits.

    Calls are made from ``first_hour`` to ``last_hour`` in the city's time, ``attempts`` per person, at least
    ``pause_minutes`` apart, while more than ``reserve`` interpreters of every language concerned are ready. The people
    of a ``sensitive`` one are seen by supervisors only and erased after ``keep_until``.
    """

    name = models.CharField(max_length=80)
    line = models.ForeignKey(Line, models.PROTECT, null=True, blank=True, related_name="+")
    sheet = models.URLField(max_length=300, blank=True)  # the questions the interpreter asks
    first_hour = models.TimeField()
    last_hour = models.TimeField()
    attempts = models.PositiveSmallIntegerField(default=3)
    pause_minutes = models.PositiveSmallIntegerField(default=120)
    reserve = models.PositiveSmallIntegerField(default=1)
    ends_at = models.DateTimeField()
    sensitive = models.BooleanField(default=False)
    keep_until = models.DateField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=CampaignState.choices, default=CampaignState.PAUSED)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.name


class Order(models.Model):
    """A person to be called in ``language`` from ``begins_at`` on, at the latest at ``latest_at``.

    ``running`` is the call that tries it now, taken by one conditional UPDATE; ``proof`` the call in which the person
    was reached. ``with_agent``: the line's agent is rung once the person is on. ``remind_at``: when asker and
    interpreters are to be reminded; ``reminded_at``: when that was done.
    """

    kind = models.CharField(max_length=10, choices=OrderKind.choices)
    campaign = models.ForeignKey(Campaign, models.PROTECT, null=True, blank=True, related_name="orders")
    line = models.ForeignKey(Line, models.PROTECT, null=True, blank=True, related_name="+")
    number = models.CharField(max_length=64)
    name = models.CharField(max_length=80, blank=True)
    language = models.CharField(max_length=8)
    with_agent = models.BooleanField(default=False)
    consent = models.CharField(max_length=120, blank=True)  # where the person agreed to be called
    note = models.CharField(max_length=300, blank=True)
    begins_at = models.DateTimeField()
    latest_at = models.DateTimeField()
    next_try_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    running = models.ForeignKey(Call, models.PROTECT, null=True, blank=True, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=12, choices=OrderOutcome.choices, blank=True)
    proof = models.ForeignKey(Call, models.PROTECT, null=True, blank=True, related_name="+")
    remind_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["begins_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "number"], condition=~Q(number=""), name="one_order_per_number_and_campaign"
            )
        ]
        indexes = [
            models.Index(fields=["next_try_at"], condition=Q(done_at=None), name="order_next_try"),
            models.Index(fields=["number"], name="order_number"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.language} {self.begins_at:%Y-%m-%d %H:%M}"


class OrderAttempt(models.Model):
    """A call that was begun for an order."""

    order = models.ForeignKey(Order, models.PROTECT, related_name="tries")
    call = models.OneToOneField(Call, models.PROTECT, related_name="attempt_of")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.call_id)


class NoCallNumber(models.Model):
    """A number that no list calls any more, by the wish of who answered there."""

    number = models.CharField(max_length=64, unique=True)
    since = models.DateTimeField()
    call = models.ForeignKey(Call, models.PROTECT, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return f"{self.since:%Y-%m-%d}"
