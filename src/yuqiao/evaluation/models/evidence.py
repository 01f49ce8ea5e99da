"""Evidence: things that happened, each with its proof (S9, S80, S131, S134). Nothing is deleted, only withdrawn."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from yuqiao.evaluation.models.indicators import Indicator
from yuqiao.evaluation.models.projects import Project


class StoredFile(models.Model):
    """A file as it was handed in, kept under its SHA-256; ``kind`` is what it is, not what its name says."""

    sha256 = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=12)
    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    stored_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.sha256[:12]


class EvidenceResult(models.TextChoices):
    """How a checked thing came out, where there is a check."""

    NONE = "", "—"
    PASSED = "passed", "合格"
    FAILED = "failed", "不合格"


class Evidence(models.Model):
    """One thing that counts: a feedback sheet, a sign's picture, a day's attendance, a certificate.

    ``kind`` is a code of `evidence_kinds`; ``happened_on`` decides the period; ``received_on`` is the day of the first
    hand-in, which counts for timeliness: a later version that ``replaces`` it takes the day over (S80, S127), and from
    ``replaced_at`` on the earlier one counts no more. Proof is a ``file``, a ``link``, a ``record`` (the name and id of
    a row of another context, ``recording:0f3…``), or paper under its ``serial``.
    """

    project = models.ForeignKey(Project, models.PROTECT, related_name="evidence")
    kind = models.CharField(max_length=40)
    serial = models.CharField(max_length=60, blank=True)
    title = models.CharField(max_length=200)
    happened_on = models.DateField()
    received_on = models.DateField()
    result = models.CharField(max_length=6, choices=EvidenceResult.choices, blank=True, default="")
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True, related_name="evidence")
    link = models.URLField(max_length=500, blank=True)
    record = models.CharField(max_length=120, blank=True)
    replaces = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")
    replaced_at = models.DateTimeField(null=True, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["happened_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "kind", "serial"],
                condition=models.Q(withdrawn_at=None, replaced_at=None) & ~models.Q(serial=""),
                name="each_serial_once",
            ),
        ]
        indexes = [
            # Everything that is counted of evidence, so that a count reads this index and no row.
            models.Index(
                fields=["project", "kind", "happened_on", "result", "received_on"],
                condition=models.Q(withdrawn_at=None, replaced_at=None),
                name="evidence_counted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.serial or self.title}"


class EvidenceFor(models.Model):
    """That a piece of evidence backs an indicator, besides those its formula counts."""

    indicator = models.ForeignKey(Indicator, models.CASCADE, related_name="proofs")
    evidence = models.ForeignKey(Evidence, models.PROTECT, related_name="proves")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["indicator", "evidence"], name="each_proof_once")]

    def __str__(self) -> str:
        return f"{self.indicator} {self.evidence}"
