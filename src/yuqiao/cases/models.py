"""Work orders to departments and what happened to each (S43, S47). Rows only."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from yuqiao.accounts.models import Department


class OrderClass(models.TextChoices):
    """How soon an answer is due; hours: `cases.rules.HOURS`."""

    NORMAL = "normal", "一般（5 天）"
    URGENT = "urgent", "急（24 小时）"
    EMERGENCY = "emergency", "特急（2 小时）"


class OrderState(models.TextChoices):
    """See `cases.rules.State`."""

    OPEN = "open", "待接收"
    ACCEPTED = "accepted", "办理中"
    ANSWERED = "answered", "已答复"
    RETURNED = "returned", "已退回"
    CLOSED = "closed", "已办结"


class WorkOrder(models.Model):
    """Something a caller wants of a department.

    ``call`` and ``line`` are the ids of rows in a layer above, kept without a foreign key; ``line_number`` and
    ``language`` are the call's. ``answered_at`` is the first answer: it counts as on time until ``due_at``.
    """

    call = models.UUIDField(null=True, blank=True, db_index=True)
    line = models.BigIntegerField(null=True, blank=True)
    line_number = models.CharField(max_length=32, blank=True)
    language = models.CharField(max_length=8, blank=True)
    department = models.ForeignKey(Department, models.PROTECT, related_name="work_orders")
    order_class = models.CharField(max_length=10, choices=OrderClass.choices, default=OrderClass.NORMAL)
    subject = models.CharField(max_length=120)
    text = models.TextField(max_length=2000)
    state = models.CharField(max_length=10, choices=OrderState.choices, default=OrderState.OPEN)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    due_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_at"]
        indexes = [
            models.Index(fields=["opened_at", "line", "language", "due_at", "answered_at"], name="order_figures"),
            models.Index(fields=["department", "due_at"], condition=~Q(state="closed"), name="order_open"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """Its number, as people say it."""
        return f"{self.opened_at:%Y}-{self.pk:06d}"


class WorkOrderEvent(models.Model):
    """One act upon a work order; ``act`` is `cases.rules.Act` or ``open``, ``text`` what was said."""

    order = models.ForeignKey(WorkOrder, models.PROTECT, related_name="events")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    act = models.CharField(max_length=16)
    text = models.TextField(max_length=2000, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.act} {self.at:%Y-%m-%d %H:%M}"
