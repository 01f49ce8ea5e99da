"""Terms: how something is called in a service language, in one domain, on whose authority. Rows only."""

from __future__ import annotations

from django.db import models


class Domain(models.TextChoices):
    """What a term is about."""

    GENERAL = "general", "通用"
    MEDICAL = "medical", "医疗"
    POLICE = "police", "警务"
    RESCUE = "rescue", "消防救援"
    LEGAL = "legal", "法律"
    TRAVEL = "travel", "出行旅游"


class Term(models.Model):
    """One Chinese term in one foreign language. It holds from ``valid_from`` to ``valid_until``, both days included.

    ``source`` names who says so: a standard with its clause, an office's list, or our own seed.
    """

    language = models.CharField(max_length=8)
    domain = models.CharField(max_length=10, choices=Domain.choices)
    zh = models.CharField(max_length=120)
    foreign = models.CharField(max_length=200)
    source = models.CharField(max_length=120, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["domain", "zh", "language"]
        constraints = [models.UniqueConstraint(fields=["language", "domain", "zh", "foreign"], name="each_term_once")]

    def __str__(self) -> str:
        return f"{self.zh} {self.language}"
