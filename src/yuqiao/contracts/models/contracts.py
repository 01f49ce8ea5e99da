"""Suppliers, their contracts, what is to be handed in, and acceptance by stages (S11–S13, S74, S79, S80)."""

from __future__ import annotations

from django.db import models


class Withdrawable(models.Model):
    """Something entered that turned out wrong: it counts no more, and stays with its reason."""

    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        abstract = True


class Supplier(models.Model):
    """Who delivers: a company or a university (S12)."""

    name_zh = models.CharField(max_length=120, unique=True)
    university = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name_zh


class Procurement(models.TextChoices):
    """How a supplier was chosen (S74)."""

    ENTRUSTED = "entrusted", "委托"
    DIRECTED = "directed", "政府购买服务定向委托"
    THREE_QUOTES = "three_quotes", "三方比价"
    TENDER = "tender", "公开招标"


class Contract(models.Model):
    """One contract. ``signed_on`` is when its procedure ended: works cannot begin before (S75)."""

    number = models.CharField(max_length=60, unique=True)
    subject = models.CharField(max_length=200)
    supplier = models.ForeignKey(Supplier, models.PROTECT, related_name="contracts")
    procurement = models.CharField(max_length=16, choices=Procurement.choices)
    amount_fen = models.BigIntegerField()
    signed_on = models.DateField(null=True, blank=True)
    begins_on = models.DateField()
    ends_on = models.DateField()

    class Meta:
        ordering = ["begins_on", "number"]

    def __str__(self) -> str:
        return f"{self.number} {self.subject}"


class PaperKind(models.TextChoices):
    """What a contract's file holds (S13, S74)."""

    QUOTE = "quote", "报价单"
    COMPARISON = "comparison", "比价记录"
    DIRECT_APPROVAL = "direct_approval", "定向委托审批"
    ENTRUSTING = "entrusting", "委托函"
    TENDER_NOTICE = "tender_notice", "招标公告"
    AWARD_NOTICE = "award_notice", "中标通知书"
    CONTRACT = "contract", "合同文本"


class Paper(Withdrawable):
    """One paper of a contract's file; a quote names who gave it (``party``) and its amount.

    ``sha256`` names the file, which `evaluation` keeps; empty for paper.
    """

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="papers")
    kind = models.CharField(max_length=16, choices=PaperKind.choices)
    title = models.CharField(max_length=200)
    party = models.CharField(max_length=120, blank=True)
    amount_fen = models.BigIntegerField(null=True, blank=True)
    dated_on = models.DateField()
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["dated_on", "id"]

    def __str__(self) -> str:
        return self.title


class Deliverable(models.Model):
    """Something a contract asks for by a day: a summary, a report, a set of statistics (S50, S55, S80)."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="deliverables")
    kind = models.CharField(max_length=40)
    title = models.CharField(max_length=200)
    due_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["due_on", "id"]

    def __str__(self) -> str:
        return self.title


class HandIn(Withdrawable):
    """One version of a deliverable as handed in. The first one counts for timeliness (S80, S127); none is replaced.

    ``sha256`` names the file, which `evaluation` keeps; empty for paper.
    """

    deliverable = models.ForeignKey(Deliverable, models.PROTECT, related_name="hand_ins")
    version = models.PositiveSmallIntegerField(default=1)
    handed_in_on = models.DateField()
    note = models.CharField(max_length=500, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["deliverable_id", "version"]
        constraints = [models.UniqueConstraint(fields=["deliverable", "version"], name="each_version_once")]

    def __str__(self) -> str:
        return f"{self.deliverable} {self.version}"


class Acceptance(Withdrawable):
    """One item of a staged acceptance, passed or failed (S57, S79)."""

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="acceptances")
    stage = models.CharField(max_length=60)
    item = models.CharField(max_length=200)
    accepted_on = models.DateField()
    passed = models.BooleanField()
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["accepted_on", "id"]

    def __str__(self) -> str:
        return f"{self.stage} {self.item}"
