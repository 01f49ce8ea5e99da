"""Times at which somebody who signs and an interpreter of that sign language meet by video. Rows only."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class SignSlot(models.Model):
    """One appointment, made on a public page without an account; ``token`` is the address that opens it.

    ``tongue``: the language of the page it was made on. ``caller``: the phone of the page that called for it, "" while
    none did; the call by that number tells whether it was kept. ``name`` and ``contact`` are erased afterwards.
    """

    token = models.CharField(max_length=32, unique=True)
    language = models.CharField(max_length=8)
    tongue = models.CharField(max_length=8)
    begins_at = models.DateTimeField(db_index=True)
    name = models.CharField(max_length=60, blank=True)
    contact = models.CharField(max_length=120, blank=True)
    caller = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True, blank=True)
    followed_up_at = models.DateTimeField(null=True, blank=True)
    followed_up_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["begins_at", "id"]

    def __str__(self) -> str:
        return f"{self.language} {self.begins_at:%Y-%m-%d %H:%M}"
