"""Lines, agreements and dialled numbers (S25, S33–S35). Rows only."""

from __future__ import annotations

from django.db import models

from yuqiao.accounts.models import Department


class LineClass(models.TextChoices):
    """Classes of lines (S33)."""

    EMERGENCY = "emergency", "紧急服务热线"
    GOVERNMENT = "government", "政务服务热线"
    PUBLIC = "public", "公共服务热线"
    OWN = "own", "本平台热线"


class WayIn(models.TextChoices):
    """How a call reaches us."""

    BESIDE_AGENT = "beside_agent", "坐席同机呼入"  # agent and foreigner on one leg, mixed by the partner's exchange
    TRANSFERRED = "transferred", "转接呼入"  # the caller arrives; we ring the line's agent back and the interpreter
    DIRECT = "direct", "直拨本号"  # a foreigner dials our own number
    CALLBACK = "callback", "回访"  # we ring the caller of a missed call, after an interpreter
    SCHEDULED = "scheduled", "预约通话"  # likewise, at a time somebody arranged
    OUTREACH = "outreach", "随访"  # likewise, one of a list of people


class RecordingPolicy(models.TextChoices):
    """Whether a line's calls are recorded: by legal duty, unless the caller refuses, or never."""

    ALWAYS = "always", "依法录音"
    ASK = "ask", "告知并可拒绝"
    NEVER = "never", "不录音"


class Line(models.Model):
    """A hotline number (S25, S33, S34). ``agent_contact`` is the SIP URI at which its agents are rung.

    ``priority``: the higher is served first; emergency lines carry 100. ``merged_into`` holds from ``merged_from`` to
    ``merged_until``, both days included; no last day: still. So do ``valid_from`` and ``valid_until``; no first day:
    always. ``languages`` (codes) are those its callers often speak, ``excludes`` what its calls must not be about:
    codes of `hotline.registry.Exclusion`. ``linked`` is False for a line that is not of the city's linkage (S33).
    """

    number = models.CharField(max_length=32, unique=True)
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80, blank=True)
    line_class = models.CharField(max_length=12, choices=LineClass.choices)
    agent_contact = models.CharField(max_length=200, blank=True)
    priority = models.PositiveSmallIntegerField(default=10)
    recording = models.CharField(max_length=8, choices=RecordingPolicy.choices, default=RecordingPolicy.ASK)
    owner = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="lines")
    linked = models.BooleanField(default=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="merged_lines")
    merged_from = models.DateField(null=True, blank=True)
    merged_until = models.DateField(null=True, blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    languages = models.JSONField(default=list, blank=True)
    excludes = models.JSONField(default=list, blank=True)

    def __str__(self) -> str:
        return f"{self.number} {self.name_zh}"

    @property
    def record(self) -> bool:
        """Whether its calls are recorded at all."""
        return self.recording != RecordingPolicy.NEVER

    @property
    def refusable(self) -> bool:
        """Whether its callers may refuse to be recorded."""
        return self.recording != RecordingPolicy.ALWAYS


class LineMerger(models.Model):
    """A merger of the past: ``line`` was answered for by ``into`` from ``since`` to ``until``, both included (S33).

    The present one stands in the line itself; a line may have been merged into several, one after the other.
    """

    line = models.ForeignKey(Line, models.PROTECT, related_name="past_mergers")
    into = models.ForeignKey(Line, models.PROTECT, related_name="past_merged_lines")
    since = models.DateField()
    until = models.DateField()

    class Meta:
        ordering = ["line", "since"]
        constraints = [models.UniqueConstraint(fields=["line", "since"], name="one_merger_begins_a_day")]

    def __str__(self) -> str:
        return f"{self.line} → {self.into} {self.since} – {self.until}"


class Agreement(models.Model):
    """A department is to be served through a line (S35, S36): once ``signed_on`` it is, up to and with ``valid_until``.

    Without ``signed_on`` it is still to be covered; without ``valid_until`` it holds on.
    """

    line = models.ForeignKey(Line, models.PROTECT, related_name="agreements")
    department = models.ForeignKey(Department, models.PROTECT, related_name="agreements")
    signed_on = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["line", "department"]
        constraints = [models.UniqueConstraint(fields=["line", "department"], name="one_agreement_each")]

    def __str__(self) -> str:
        return f"{self.line} · {self.department}"


class DialledNumber(models.Model):
    """A number at which we are dialled, with what it tells us: the line, the way in, and perhaps the language."""

    number = models.CharField(max_length=32, unique=True)
    line = models.ForeignKey(Line, models.PROTECT, related_name="dialled_numbers")
    way_in = models.CharField(max_length=16, choices=WayIn.choices)
    language = models.CharField(max_length=8, blank=True)

    def __str__(self) -> str:
        return self.number
