"""How callers rated calls, what supervisors do about low ratings, and whom each line asks (S44). Rows only."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from yuqiao.hotline.models.calls import Call
from yuqiao.hotline.models.lines import Line


class SurveyPolicy(models.Model):
    """Whether a line's callers are asked how it was; without a row: all lines but emergency ones ask.

    ``by_key``: after the call, by one key. ``link``: whether one who gave no key may be sent a link.
    """

    class Link(models.TextChoices):
        NEVER = "never", "不发送"
        CONSENTED = "consented", "仅发送给同意者"
        ALWAYS = "always", "均可发送"

    line = models.OneToOneField(Line, models.CASCADE, related_name="survey_policy")
    by_key = models.BooleanField(default=True)
    link = models.CharField(max_length=10, choices=Link.choices, default=Link.CONSENTED)

    def __str__(self) -> str:
        return f"{self.line_id}: {self.by_key} {self.link}"


class RatingWay(models.TextChoices):
    """How a rating reached us."""

    KEY = "key", "按键"
    LINK = "link", "链接"
    DESK = "desk", "坐席录入"


class Rating(models.Model):
    """One call's rating, 1 (bad) to 5 (good): one for each call, however it came.

    ``line`` and ``language`` are the call's, so that figures read this table alone. ``words`` are the caller's own.
    """

    call = models.OneToOneField(Call, models.PROTECT, related_name="rating")
    line = models.ForeignKey(Line, models.PROTECT, null=True, related_name="ratings")
    language = models.CharField(max_length=8, blank=True)
    way = models.CharField(max_length=8, choices=RatingWay.choices)
    score = models.PositiveSmallIntegerField()
    words = models.TextField(max_length=1000, blank=True)
    given_at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True, blank=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-given_at"]
        constraints = [models.CheckConstraint(condition=Q(score__gte=1, score__lte=5), name="score_is_1_to_5")]
        indexes = [models.Index(fields=["given_at", "line", "language", "score"], name="rating_figures")]

    def __str__(self) -> str:
        return f"{self.score} {self.way}"


class RatingReview(models.Model):
    """A low rating that a supervisor looks into; open until ``settled_at``."""

    rating = models.OneToOneField(Rating, models.PROTECT, related_name="review")
    opened_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["opened_at"]
        indexes = [models.Index(fields=["opened_at"], condition=Q(settled_at=None), name="review_open")]

    def __str__(self) -> str:
        return f"{self.rating_id} {self.opened_at:%Y-%m-%d}"
