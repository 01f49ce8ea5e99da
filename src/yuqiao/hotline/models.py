"""Lines, calls, legs, requests for an interpreter, recordings and callbacks (S25–S39). Rows only.

A row exists before anything acts on it: a call before it is answered, a leg before it is rung, a request before an
interpreter is claimed. So whichever process dies, the next one finds the truth here.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from yuqiao.accounts.models import Department
from yuqiao.workforce.models import Interpreter


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
    record = models.BooleanField(default=True)
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
        return f"{self.line_id}: {self.department_id}"


class DialledNumber(models.Model):
    """A number at which we are dialled, with what it tells us: the line, the way in, and perhaps the language."""

    number = models.CharField(max_length=32, unique=True)
    line = models.ForeignKey(Line, models.PROTECT, related_name="dialled_numbers")
    way_in = models.CharField(max_length=16, choices=WayIn.choices)
    language = models.CharField(max_length=8, blank=True)

    def __str__(self) -> str:
        return self.number


class Call(models.Model):
    """One call from its first ring to its end. Its id is also the id of its bridge in the engine.

    ``snapshot`` is the state that `hotline.rules.step` works on, so that another call server can go on with it.
    ``interpreter_at`` minus ``started_at`` is the time to interpreter.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    line = models.ForeignKey(Line, models.PROTECT, related_name="calls", null=True)
    dialled = models.CharField(max_length=64)
    way_in = models.CharField(max_length=16, choices=WayIn.choices, blank=True)
    language = models.CharField(max_length=8, blank=True)
    caller_number = models.CharField(max_length=64, blank=True)
    phase = models.CharField(max_length=16, default="arriving")
    started_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    interpreter_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=24, blank=True)
    snapshot = models.JSONField(default=dict)
    #: For a call back: which callback it is an attempt of.
    returns = models.ForeignKey("Callback", models.PROTECT, null=True, blank=True, related_name="tries")
    #: ``answered_at`` and ``interpreter_at`` minus ``started_at``, written with them: figures count them by index.
    time_to_answer = models.DurationField(null=True, editable=False)
    time_to_interpreter = models.DurationField(null=True, editable=False)

    class Meta:
        ordering = ["-started_at"]
        indexes = [
            models.Index(fields=["ended_at", "started_at"], name="call_open_first"),
            # Everything that figures count of calls, so that they read this index and no row.
            models.Index(
                fields=[
                    *("started_at", "way_in", "line", "language", "outcome"),
                    *("time_to_answer", "time_to_interpreter"),
                ],
                name="call_figures",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class LegRole(models.TextChoices):
    """Who a leg is in the call."""

    CALLER = "caller", "来电人"
    AGENT = "agent", "话务员"
    INTERPRETER = "interpreter", "译员"
    THIRD = "third", "第三方"


class Leg(models.Model):
    """One attempt to have one party on the call; its id is the channel's id in the engine.

    For legs we ring, we choose the id (a UUID) before ringing; for a leg that rings us, the engine chose it.
    """

    id = models.CharField(primary_key=True, max_length=64, editable=False)
    call = models.ForeignKey(Call, models.CASCADE, related_name="legs")
    role = models.CharField(max_length=12, choices=LegRole.choices)
    label = models.CharField(max_length=80, blank=True)
    endpoint = models.CharField(max_length=200, blank=True)
    inbound = models.BooleanField(default=False)
    interpreter = models.ForeignKey(Interpreter, models.PROTECT, null=True, blank=True, related_name="legs")
    created_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_cause = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["created_at"]

    def __str__(self) -> str:
        return f"{self.role} {self.id}"


class RequestState(models.TextChoices):
    """The life of a request for an interpreter. CLAIMED and ANSWERED name the interpreter."""

    WAITING = "waiting", "等待"
    CLAIMED = "claimed", "振铃"
    ANSWERED = "answered", "已接通"
    UNMET = "unmet", "未满足"
    WITHDRAWN = "withdrawn", "已撤回"


class InterpreterRequest(models.Model):
    """A call wants an interpreter: a row before anybody is rung.

    ``head_of_queue`` marks a replacement for an interpreter who was lost: it goes before every waiting request.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    call = models.ForeignKey(Call, models.CASCADE, related_name="requests")
    language = models.CharField(max_length=8)
    priority = models.PositiveSmallIntegerField(default=10)
    head_of_queue = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=RequestState.choices, default=RequestState.WAITING)
    created_at = models.DateTimeField()
    first_rung_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    interpreter = models.ForeignKey(Interpreter, models.PROTECT, null=True, blank=True, related_name="requests")
    tried = models.JSONField(default=list)  # ids of interpreters already rung for this request

    class Meta:
        indexes = [
            models.Index(fields=["state", "language"], name="request_waiting"),
            models.Index(
                fields=["created_at", "language", "state", "head_of_queue", "interpreter", "call"],
                name="request_figures",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.language} {self.state}"


class CallEvent(models.Model):
    """One thing that happened on a call, in order. ``data`` holds no personal data beyond what the call row has."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="events")
    at = models.DateTimeField()
    kind = models.CharField(max_length=40)
    leg = models.ForeignKey(Leg, models.SET_NULL, null=True, blank=True, related_name="events")
    data = models.JSONField(default=dict)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%H:%M:%S}"


class Recording(models.Model):
    """One recorded file: a raw segment as the engine wrote it, or a finished track as long as the call.

    ``name`` is the recording's name in the engine. ``offset_ms`` is where it begins, counted from the call's answer.
    ``path`` is relative to the recordings folder, without leaving it.
    """

    class Kind(models.TextChoices):
        SEGMENT = "segment", "分段"
        MIX_SEGMENT = "mix_segment", "混音分段"
        TRACK = "track", "单轨"
        MIX = "mix", "混音"

    call = models.ForeignKey(Call, models.CASCADE, related_name="recordings")
    leg = models.ForeignKey(Leg, models.SET_NULL, null=True, blank=True, related_name="recordings")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    name = models.CharField(max_length=120, unique=True)
    path = models.CharField(max_length=200, blank=True)
    offset_ms = models.IntegerField(null=True, blank=True)
    duration_ms = models.IntegerField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class CallbackOutcome(models.TextChoices):
    """How a callback was closed; empty while it is open."""

    ANSWERED = "answered", "已回访"  # the caller picked up and heard an interpreter
    CALLED_IN = "called_in", "来电人已再次来电"  # the caller called again and was served
    BY_HAND = "by_hand", "人工办结"
    NOT_REACHED = "not_reached", "多次未接通"


class Callback(models.Model):
    """A caller to be called back, in the caller's own language, before ``due_at`` (S39): one open row per number.

    ``attempts`` counts how often the caller's phone was rung; ``running`` is the call that tries it now, taken by one
    conditional UPDATE; ``proof`` the call in which the caller was served. ``asked_now``: a supervisor asked for it at
    once, at any hour.
    """

    call = models.ForeignKey(Call, models.PROTECT, related_name="callbacks")
    line = models.ForeignKey(Line, models.PROTECT, null=True, related_name="callbacks")
    number = models.CharField(max_length=64)
    language = models.CharField(max_length=8, blank=True)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)
    asked_now = models.BooleanField(default=False)
    running = models.ForeignKey(Call, models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.CharField(max_length=12, choices=CallbackOutcome.choices, blank=True)
    proof = models.ForeignKey(Call, models.PROTECT, null=True, blank=True, related_name="proves")
    done_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["due_at"]
        constraints = [
            models.UniqueConstraint(fields=["number"], condition=Q(done_at=None), name="one_open_callback_per_number")
        ]
        indexes = [models.Index(fields=["next_try_at"], condition=Q(done_at=None), name="callback_next_try")]

    def __str__(self) -> str:
        return f"{self.language} {self.due_at:%Y-%m-%d %H:%M}"


class CallCommand(models.Model):
    """Something a person asks of a running call (add a party, drop a leg, hang up); the call server takes it up.

    ``arguments`` for ``add_party``: {"line": "12345"} or {"contact": "sip:…"}; ``drop_leg``: {"leg": id}; ``end``: {}.
    """

    call = models.ForeignKey(Call, models.CASCADE, related_name="commands")
    kind = models.CharField(max_length=20)
    arguments = models.JSONField(default=dict)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()
    taken_by = models.CharField(max_length=64, blank=True, default="")
    done_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["taken_by", "created_at"], name="command_untaken")]

    def __str__(self) -> str:
        return self.kind


class Lease(models.Model):
    """Which call server is the active one, and until when unless it renews."""

    name = models.CharField(max_length=32, primary_key=True)
    holder = models.CharField(max_length=64)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name}: {self.holder}"
