"""Interpreters, the languages they hold, and when they are on duty (S26–S28, S49). Rows only."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Tier(models.TextChoices):
    """Coverage tier of an interpreter's post (S28); the order of ringing."""

    RESIDENT = "resident", "常驻"
    REMOTE = "remote", "紧急远程"


class PresenceState(models.TextChoices):
    """What an interpreter is doing now. CLAIMED and BUSY always name the request that holds her."""

    READY = "ready", "就绪"
    CLAIMED = "claimed", "振铃"
    BUSY = "busy", "通话中"
    WRAP_UP = "wrap_up", "话后整理"
    BREAK = "break", "小休"
    OFF = "off", "离线"


class Interpreter(models.Model):
    """One interpreter; the row is also her presence, so that claiming her is one conditional UPDATE.

    ``number`` is what others see of her (personal data stays in Person). ``contact`` is the SIP URI that is rung.
    ``held_by`` is the id of the interpreter request that claimed her, empty when free.
    """

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="interpreter")
    number = models.CharField(max_length=16, unique=True)
    contact = models.CharField(max_length=200)
    tier = models.CharField(max_length=10, choices=Tier.choices, default=Tier.RESIDENT)
    state = models.CharField(max_length=10, choices=PresenceState.choices, default=PresenceState.OFF)
    state_since = models.DateTimeField()
    held_by = models.CharField(max_length=36, blank=True, default="")
    last_call_ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["state", "tier"], name="interpreter_state_tier")]

    def __str__(self) -> str:
        return self.number


class InterpreterLanguage(models.Model):
    """A language an interpreter holds against Chinese; ``level`` 1 (community) to 3 (conference)."""

    interpreter = models.ForeignKey(Interpreter, models.CASCADE, related_name="languages")
    language = models.CharField(max_length=8)
    level = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["interpreter", "language"], name="one_level_per_language")]
        indexes = [models.Index(fields=["language", "interpreter"], name="interpreter_by_language")]

    def __str__(self) -> str:
        return f"{self.interpreter}: {self.language}"
