"""What agents of partner lines without telephony integration asked for on their page. Rows only."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from yuqiao.hotline.models.calls import Call
from yuqiao.hotline.models.lines import Line


class RequestWay(models.TextChoices):
    """How the agent speaks: in her page, or we ring her telephone."""

    BROWSER = "browser", "网页"
    PHONE = "phone", "电话"


class LineRequest(models.Model):
    """An agent's wish for an interpreter, before the call that comes of it; her notes and her rating of it after.

    ``number``: her own telephone, also kept for the next time; ``guest``: the foreigner's, who is rung into the call.
    ``expected``: what she was told to wait, in seconds, when she asked. ``score`` is 1 (bad) to 5 (good): the line's
    judgement of us, not the caller's (`Rating`); ``problem``: the interpreting was wrong, so a complaint was entered.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="line_requests")
    line = models.ForeignKey(Line, models.PROTECT, related_name="requests")
    language = models.CharField(max_length=8)
    way = models.CharField(max_length=8, choices=RequestWay.choices)
    number = models.CharField(max_length=24, blank=True)
    guest = models.CharField(max_length=24, blank=True)
    reference = models.CharField(max_length=60, blank=True)  # of her own system: case, file, patient
    note = models.TextField(max_length=2000, blank=True)
    expected = models.PositiveIntegerField(null=True, blank=True)
    created_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True, blank=True)
    call = models.OneToOneField(Call, models.PROTECT, null=True, blank=True, related_name="line_request")
    score = models.PositiveSmallIntegerField(null=True, blank=True)
    words = models.TextField(max_length=1000, blank=True)
    problem = models.BooleanField(default=False)
    rated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(condition=Q(score=None) | Q(score__gte=1, score__lte=5), name="line_score_is_1_to_5")
        ]
        indexes = [
            models.Index(fields=["person", "created_at"], name="line_request_own"),
            models.Index(fields=["created_at"], condition=Q(call=None, cancelled_at=None), name="line_request_unbegun"),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.language} {self.created_at:%Y-%m-%d %H:%M}"
