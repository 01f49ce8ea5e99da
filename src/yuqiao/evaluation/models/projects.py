"""Projects with their goals and money (S2, S84–S89, S138). Amounts are whole fen (S87)."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from yuqiao.accounts.models import Department
from yuqiao.contracts.models import Contract


class Project(models.Model):
    """One project in one year, from its plan to the signed self-evaluation.

    ``department`` is in charge (主管部门), ``unit`` carries it out (实施单位); ``unit_is_itself`` prints 本级
    behind it, otherwise it is a subordinate unit (下属). A public copy prints ``manager_phone`` if ``phone_public``.
    ``scheme`` and ``scheme_from`` name the version of a scheme; ``stage`` is `process.Stage`. ``before`` is the same
    project a year earlier.
    """

    code = models.CharField(max_length=60, unique=True)
    year = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=200)
    department = models.ForeignKey(Department, models.PROTECT, related_name="projects_in_charge")
    unit = models.ForeignKey(Department, models.PROTECT, related_name="projects")
    unit_is_itself = models.BooleanField(default=True)
    manager_name = models.CharField(max_length=60, blank=True)
    manager_phone = models.CharField(max_length=40, blank=True)
    phone_public = models.BooleanField(default=False)
    scheme = models.CharField(max_length=40)
    scheme_from = models.DateField(null=True, blank=True)
    budget_weight = models.DecimalField(max_digits=6, decimal_places=2, default=10)
    goal = models.TextField(blank=True)
    achieved = models.TextField(blank=True)
    stage = models.CharField(max_length=12, default="plan")
    before = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="after")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-year", "code"]

    def __str__(self) -> str:
        return f"{self.year} {self.name}"


class Strand(models.Model):
    """One strand of the year's goal, beside what came of it."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="strands")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120)
    goal = models.TextField(blank=True)
    achieved = models.TextField(blank=True)

    class Meta:
        ordering = ["project_id", "position", "id"]

    def __str__(self) -> str:
        return self.name


class MoneySource(models.TextChoices):
    """Where money comes from, in the form's order (S86)."""

    CURRENT = "current", "当年财政拨款"
    CARRIED = "carried", "上年结转资金"
    OTHER = "other", "其他资金"


class BudgetLine(models.Model):
    """What one source was to give at the beginning of the year (年初预算数). No row: the form prints a dash."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="budget")
    source = models.CharField(max_length=8, choices=MoneySource.choices)
    initial_fen = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "source"], name="each_source_once")]

    def __str__(self) -> str:
        return f"{self.project} {self.source}"


class Adjustment(models.Model):
    """A change of the budget, with its reason and approval (S88); never edited, corrected by another one."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="adjustments")
    source = models.CharField(max_length=8, choices=MoneySource.choices)
    amount_fen = models.BigIntegerField()
    reason = models.CharField(max_length=500)
    approval = models.CharField(max_length=200)
    decided_on = models.DateField()
    indicator = models.ForeignKey(
        "evaluation.Indicator", models.PROTECT, null=True, blank=True, related_name="adjustments"
    )
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["decided_on", "id"]

    def __str__(self) -> str:
        return f"{self.project} {self.amount_fen}"


class Payment(models.Model):
    """Money paid (全年执行数 is their sum); a negative one ``reverses`` a wrong one. ``voucher`` names the paper."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="payments")
    source = models.CharField(max_length=8, choices=MoneySource.choices, default=MoneySource.CURRENT)
    amount_fen = models.BigIntegerField()
    paid_on = models.DateField()
    payee = models.CharField(max_length=200)
    purpose = models.CharField(max_length=200, blank=True)
    voucher = models.CharField(max_length=60, blank=True)
    contract = models.ForeignKey(Contract, models.PROTECT, null=True, blank=True, related_name="payments")
    reverses = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reversed_by")
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["paid_on", "id"]

    def __str__(self) -> str:
        return f"{self.paid_on} {self.amount_fen}"
