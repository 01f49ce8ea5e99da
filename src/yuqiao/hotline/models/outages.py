"""When a part of the platform was away, or will be by announcement (S42, S113). Rows only.

A row is never deleted: what was wrong is withdrawn, with a reason. So availability of any past hour can be told again.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models

from yuqiao.hotline.models.lines import Line


class Service(models.TextChoices):
    """What can be away. A caller needs the first three; LINE is one partner line, named by the row."""

    CALLS = "calls", "呼叫服务"
    MEDIA = "media", "媒体服务"
    TRUNK = "trunk", "中继"
    WEB = "web", "网页"
    LINE = "line", "联动线路"
    RECORD = "record", "录音"


class Outage(models.Model):
    """A time in which ``service`` was away; ``ended_at`` is None while it lasts.

    ``planned`` ones were announced (``entered_at``) before they began and do not count against availability.
    ``automatic`` ones were written by the call server, the others by a person. ``cause`` is a code of
    `hotline.outages.CAUSES` or a person's words.
    """

    service = models.CharField(max_length=8, choices=Service.choices)
    line = models.ForeignKey(Line, models.PROTECT, null=True, blank=True, related_name="outages")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    planned = models.BooleanField(default=False)
    automatic = models.BooleanField(default=False)
    cause = models.CharField(max_length=200)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-began_at", "-id"]
        indexes = [models.Index(fields=["began_at"], name="outage_began")]
        constraints = [
            # Whichever call server notices it first: one open row for each service, so that none counts twice.
            models.UniqueConstraint(
                fields=["service"],
                condition=models.Q(automatic=True, ended_at=None, withdrawn_at=None),
                name="one_automatic_outage_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service} {self.began_at:%Y-%m-%d %H:%M:%S}"
