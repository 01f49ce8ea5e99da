"""Links by which callers may rate a call, whom we may write to, and complaints (S44). Rows only."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from yuqiao.hotline.models.calls import Call
from yuqiao.hotline.models.lines import Line


class MessageConsent(models.Model):
    """What a caller said about messages from us; ``address`` is where they go if not to the number itself.

    A number without a row said nothing: whether it is written to is its line's policy.
    """

    number = models.CharField(max_length=64, unique=True)
    allowed = models.BooleanField()
    address = models.CharField(max_length=200, blank=True)
    said_at = models.DateTimeField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return f"{self.pk}: {self.allowed}"


class DeliveryState(models.TextChoices):
    """The life of a message. SENDING that stays means: its worker died, nobody knows, and it is not sent again."""

    WAITING = "waiting", "待发送"
    SENDING = "sending", "发送中"
    SENT = "sent", "已发送"
    FAILED = "failed", "发送失败"


class Invitation(models.Model):
    """One message with one link to rate one call. ``token`` is 128 bits by chance (RFC 4086) and opens the page.

    ``used_at``: the first rating by it; changes are allowed for a day, and nothing after ``expires_at``.
    """

    call = models.OneToOneField(Call, models.PROTECT, related_name="invitation")
    address = models.CharField(max_length=200)
    sender = models.CharField(max_length=20)
    language = models.CharField(max_length=8)
    token = models.CharField(max_length=43, unique=True)
    state = models.CharField(max_length=8, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    next_try_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=60, blank=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["state", "created_at"], name="invitation_state")]

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"


class ComplaintSource(models.TextChoices):
    """How a complaint reached us."""

    SURVEY = "survey", "评价页"
    DESK = "desk", "译员席"
    TYPED = "typed", "人工登记"
    LINE = "line", "合作线路坐席"


class ComplaintState(models.TextChoices):
    """The life of a complaint; the last two close it."""

    NEW = "new", "待处理"
    HANDLING = "handling", "处理中"
    UPHELD = "upheld", "属实"
    UNFOUNDED = "unfounded", "不属实"


class Complaint(models.Model):
    """A complaint about our service (S44), about one call where it is known; ``answer`` is what came of it."""

    call = models.ForeignKey(Call, models.PROTECT, null=True, blank=True, related_name="complaints")
    line = models.ForeignKey(Line, models.PROTECT, null=True, blank=True, related_name="complaints")
    language = models.CharField(max_length=8, blank=True)
    source = models.CharField(max_length=8, choices=ComplaintSource.choices)
    text = models.TextField(max_length=2000)
    made_at = models.DateTimeField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=10, choices=ComplaintState.choices, default=ComplaintState.NEW)
    answer = models.CharField(max_length=1000, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["call"], condition=Q(source="survey"), name="one_complaint_of_a_call_by_its_link"
            )
        ]
        indexes = [models.Index(fields=["made_at", "line", "language", "state"], name="complaint_figures")]

    def __str__(self) -> str:
        return f"{self.pk} {self.state}"
