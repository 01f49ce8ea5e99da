"""Interpreters, the languages they hold, and when they are on duty (S26–S28, S49). Rows only."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Tier(models.TextChoices):
    """Coverage tier of a service window (S28)."""

    RESIDENT = "resident", "常驻"
    REMOTE = "remote", "紧急远程"


class Post(models.TextChoices):
    """An interpreter's post; the order of ringing (S28, S49)."""

    RESIDENT = "resident", "常驻"
    REMOTE = "remote", "紧急远程"
    VOLUNTEER = "volunteer", "志愿者"
    NEIGHBOUR = "neighbour", "邻市支援"


class Gender(models.TextChoices):
    """For callers who wish to speak to a woman or to a man; empty: not said."""

    WOMAN = "f", "女"
    MAN = "m", "男"


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
    ``held_by`` is the id of the interpreter request that claimed her, empty when free; ``off_shift``: it claimed her
    while she was off, so there she goes back. Off shift she may be rung at ``mobile`` if she agreed to (S49): on
    ``mobile_days`` (letters of `calendar.DAYS`), from and to these minutes of the day; past midnight if they end first.

    UNIX seconds, because routing computes with them in the database: ``idle_since`` (the end of her last call, or
    signing on; ringing in vain does not change it), ``worked_since`` and ``worked_until`` (work without a pause).
    Lists of codes are kept as ``,medical,legal,``: `domains`, and numbers or classes of lines she is limited to
    (empty: all) or barred from.
    """

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="interpreter")
    number = models.CharField(max_length=16, unique=True)
    contact = models.CharField(max_length=200)
    tier = models.CharField(max_length=10, choices=Post.choices, default=Post.RESIDENT)
    state = models.CharField(max_length=10, choices=PresenceState.choices, default=PresenceState.OFF)
    state_since = models.DateTimeField()
    held_by = models.CharField(max_length=36, blank=True, default="")
    last_call_ended_at = models.DateTimeField(null=True, blank=True)
    off_shift = models.BooleanField(default=False)
    idle_since = models.FloatField(default=0.0)
    worked_since = models.FloatField(default=0.0)
    worked_until = models.FloatField(default=0.0)
    calls_since_pause = models.PositiveSmallIntegerField(default=0)
    gender = models.CharField(max_length=1, choices=Gender.choices, blank=True, default="")
    domains = models.CharField(max_length=120, blank=True, default="")
    only_lines = models.CharField(max_length=400, blank=True, default="")
    barred_lines = models.CharField(max_length=400, blank=True, default="")
    mobile = models.CharField(max_length=200, blank=True, default="")
    mobile_days = models.CharField(max_length=8, blank=True, default="")
    mobile_begins = models.PositiveSmallIntegerField(default=0)
    mobile_ends = models.PositiveSmallIntegerField(default=0)
    #: While she fills in the wrap-up form, her wrap-up does not end before.
    wrap_up_until = models.DateTimeField(null=True, blank=True)
    #: Whether the browser is her telephone; while its page is open, ``desk_contact`` is rung in place of ``contact``.
    #: A page that gives no more sign by ``desk_until`` is forgotten (`workforce.desk_phones`).
    browser_phone = models.BooleanField(default=False)
    desk_contact = models.CharField(max_length=200, blank=True, default="")
    desk_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["state", "tier"], name="interpreter_state_tier")]

    def __str__(self) -> str:
        return self.number


class SpanKind(models.TextChoices):
    """What an interpreter did beside calls; a wrap-up lies within the time she is signed on."""

    ON = "on", "在岗"
    BREAK = "break", "小休"
    WRAP_UP = "wrap_up", "话后整理"


class BreakReason(models.TextChoices):
    """Why an interpreter is on a break; empty: not said."""

    REST = "rest", "休息"
    MEAL = "meal", "用餐"
    TRAINING = "training", "培训、会议"
    TECHNICAL = "technical", "设备故障"


class PresenceSpan(models.Model):
    """A time in which she was signed on, on a break, or wrapping up; ``ended_at`` and ``lasted`` once it is over."""

    interpreter = models.ForeignKey(Interpreter, models.PROTECT, related_name="spans")
    kind = models.CharField(max_length=8, choices=SpanKind.choices)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    lasted = models.DurationField(null=True, blank=True)
    reason = models.CharField(max_length=10, choices=BreakReason.choices, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["kind", "began_at", "interpreter", "lasted"], name="span_figures"),
            models.Index(fields=["kind", "ended_at", "began_at"], name="span_by_end"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["interpreter"], condition=models.Q(ended_at=None), name="one_open_span_each"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.began_at:%Y-%m-%d %H:%M:%S}"


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


class Duty(models.Model):
    """An interpreter and a language she holds, as routing sees them: one narrow row, so that deciding reads no other.

    ``contact`` is where she is rung on shift: her page while it is her telephone and open, else her own contact.

    The database itself writes these rows whenever an interpreter's or her language's row changes (triggers of migration
    0007), so they are right in the same transaction, whoever wrote. Nothing else writes here. ``tier`` is ``mobile``
    for one of our own seats who is off shift; who is held for a request is ``claimed``, ``busy`` or in ``wrap_up``.
    """

    held = models.OneToOneField(InterpreterLanguage, models.CASCADE, primary_key=True, related_name="duty")
    interpreter = models.ForeignKey(Interpreter, models.CASCADE, related_name="duties")
    language = models.CharField(max_length=8)
    level = models.PositiveSmallIntegerField()
    tier = models.CharField(max_length=10)
    state = models.CharField(max_length=10)
    idle_since = models.FloatField()
    number = models.CharField(max_length=16)
    contact = models.CharField(max_length=200)
    mobile = models.CharField(max_length=200, blank=True)
    mobile_days = models.CharField(max_length=8, blank=True)
    mobile_begins = models.PositiveSmallIntegerField()
    mobile_ends = models.PositiveSmallIntegerField()
    gender = models.CharField(max_length=1, blank=True)
    domains = models.CharField(max_length=120, blank=True)
    only_lines = models.CharField(max_length=400, blank=True)
    barred_lines = models.CharField(max_length=400, blank=True)
    worked_since = models.FloatField()
    worked_until = models.FloatField()
    calls_since_pause = models.PositiveSmallIntegerField()

    class Meta:
        # The longest idle of a tier are read in this order, and nobody else.
        indexes = [models.Index(fields=["language", "state", "tier", "idle_since"], name="duty_in_turn")]

    def __str__(self) -> str:
        return f"{self.number} {self.language}: {self.state}"


class ServiceWindow(models.Model):
    """Hours in which a tier covers a language (S26, S28), in the city's own time; see `workforce.coverage.Window`.

    ``days`` holds letters of `workforce.calendar.DAYS`. A window is never changed: it is closed by ``valid_until`` and
    another one begins, so that what held on any past day can be told.
    """

    language = models.CharField(max_length=8)
    tier = models.CharField(max_length=10, choices=Tier.choices)
    days = models.CharField(max_length=8)
    begins = models.TimeField()
    ends = models.TimeField()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["language", "begins", "id"]

    def __str__(self) -> str:
        return f"{self.language} {self.tier} {self.days} {self.begins:%H:%M}-{self.ends:%H:%M}"


class SpecialDay(models.Model):
    """A day that counts as another kind than the national calendar says; ``counts_as`` is a letter of DAYS."""

    date = models.DateField(unique=True)
    counts_as = models.CharField(max_length=1)
    name = models.CharField(max_length=60)

    class Meta:
        ordering = ["date"]

    def __str__(self) -> str:
        return f"{self.date} {self.name}"
