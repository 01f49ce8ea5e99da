"""Interpretation booked for fairs and conferences, and who interprets there (S36, S72). Rows only."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from yuqiao.accounts.models import Department
from yuqiao.hotline.models.lines import Line
from yuqiao.workforce.models import Interpreter


class BookingKind(models.TextChoices):
    """How the interpretation is given."""

    PHONE = "phone", "电话"
    ON_SITE = "on_site", "现场"
    VIDEO = "video", "视频"


class BookingState(models.TextChoices):
    """The life of a booking."""

    ASKED = "asked", "待确认"
    CONFIRMED = "confirmed", "已确认"
    DONE = "done", "已完成"
    CANCELLED = "cancelled", "已取消"


class Booking(models.Model):
    """A department or an event wants ``interpreters`` for ``languages`` (codes) over a span of time.

    ``line``: the line that serves the event. ``volunteers`` and ``volunteer_hours`` are entered when it is done.
    """

    title = models.CharField(max_length=120)
    department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="bookings")
    line = models.ForeignKey(Line, models.PROTECT, null=True, blank=True, related_name="bookings")
    kind = models.CharField(max_length=8, choices=BookingKind.choices, default=BookingKind.PHONE)
    languages = models.JSONField(default=list)
    interpreters = models.PositiveSmallIntegerField(default=1)
    place = models.CharField(max_length=120, blank=True)
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    contact_name = models.CharField(max_length=60)
    contact_number = models.CharField(max_length=64)
    note = models.CharField(max_length=300, blank=True)
    state = models.CharField(max_length=10, choices=BookingState.choices, default=BookingState.ASKED)
    volunteers = models.PositiveSmallIntegerField(default=0)
    volunteer_hours = models.DecimalField(max_digits=7, decimal_places=1, default=0)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["begins_at", "id"]
        indexes = [models.Index(fields=["begins_at", "ends_at"], name="booking_span")]

    def __str__(self) -> str:
        return f"{self.title} {self.begins_at:%Y-%m-%d %H:%M}"


class AssignmentState(models.TextChoices):
    """What the interpreter said."""

    ASKED = "asked", "待答复"
    ACCEPTED = "accepted", "已接受"
    DECLINED = "declined", "已谢绝"


class BookingAssignment(models.Model):
    """An interpreter is asked to interpret ``language`` at a booking; the answer is hers."""

    booking = models.ForeignKey(Booking, models.CASCADE, related_name="assignments")
    interpreter = models.ForeignKey(Interpreter, models.PROTECT, related_name="assignments")
    language = models.CharField(max_length=8)
    state = models.CharField(max_length=8, choices=AssignmentState.choices, default=AssignmentState.ASKED)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["booking", "interpreter"], name="one_assignment_each")]

    def __str__(self) -> str:
        return f"{self.booking_id}: {self.interpreter_id}"
