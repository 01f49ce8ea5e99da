"""Notes of interpreters on their calls (S46: a class of its own for sensitive matters). Rows only."""

from __future__ import annotations

from django.db import models

from yuqiao.hotline.models.calls import Call
from yuqiao.workforce.models import Interpreter


class CallNote(models.Model):
    """What an interpreter wrote down on one call. ``sensitive``: health, whereabouts, contacts (PIPL article 28)."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="notes")
    interpreter = models.ForeignKey(Interpreter, models.PROTECT, related_name="notes")
    text = models.TextField(blank=True)
    sensitive = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["created_at"]
        constraints = [models.UniqueConstraint(fields=["call", "interpreter"], name="one_note_each")]

    def __str__(self) -> str:
        return f"{self.call_id} {self.interpreter}"
