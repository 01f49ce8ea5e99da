"""Comments on moments and passages of a call's recording, and answers to them. Rows only."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from yuqiao.hotline.models.calls import Call
from yuqiao.workforce.models import Interpreter


class CommentKind(models.TextChoices):
    """What a comment is (`hotline.comment_rules.Kind`)."""

    PRAISE = "praise", "表扬"
    ERROR = "error", "翻译错误"
    PROCEDURE = "procedure", "流程问题"
    DISCUSS = "discuss", "待讨论"


class CallComment(models.Model):
    """One comment at ``at_ms`` from the call's answer, or on what lies between it and ``until_ms``.

    ``about`` is the interpreter whom it concerns. An answer has its comment in ``answers``, its kind and its times.
    What was withdrawn stays as a row and is shown to nobody; no row is ever deleted.
    """

    call = models.ForeignKey(Call, models.CASCADE, related_name="comments")
    answers = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="answered_by")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    about = models.ForeignKey(Interpreter, models.PROTECT, null=True, blank=True, related_name="comments")
    kind = models.CharField(max_length=10, choices=CommentKind.choices)
    at_ms = models.PositiveIntegerField()
    until_ms = models.PositiveIntegerField(null=True, blank=True)
    text = models.TextField(max_length=1000)
    made_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["at_ms", "id"]
        indexes = [models.Index(fields=["settled_at", "withdrawn_at", "made_at"], name="comment_open")]

    def __str__(self) -> str:
        return f"{self.kind} {self.call_id}"
