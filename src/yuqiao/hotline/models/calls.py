"""Calls, legs, requests for an interpreter, recordings (S25–S39). Rows only.

A row exists before anything acts on it: a call before it is answered, a leg before it is rung, a request before an
interpreter is claimed. So whichever process dies, the next one finds the truth here.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from yuqiao.hotline.models.lines import Line, WayIn
from yuqiao.workforce.models import Interpreter


class LanguageBy(models.TextChoices):
    """How a call's language became known, in order of trust."""

    DIALLED = "dialled", "呼入号码"
    HLANG = "hlang", "话机申明"  # RFC 8373
    HINT = "hint", "线路常用语种"
    KEY = "key", "按键"
    AGENT = "agent", "坐席选择"
    SPEECH = "speech", "语音识别后确认"
    DEFAULT = "default", "默认"


class Consent(models.TextChoices):
    """What a caller said to being recorded."""

    GIVEN = "given", "已告知，未拒绝"
    REFUSED = "refused", "来电人不同意"
    NOT_ASKED = "not_asked", "未询问"


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
    #: How ``language`` became known; empty while it is not.
    language_by = models.CharField(max_length=8, choices=LanguageBy.choices, blank=True)
    consent = models.CharField(max_length=10, choices=Consent.choices, default=Consent.NOT_ASKED)
    consent_at = models.DateTimeField(null=True, blank=True)
    #: Who refused or agreed: caller, interpreter (by her keys), desk.
    consent_by = models.CharField(max_length=12, blank=True)
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
            # Who called before, and whom that caller spoke to.
            models.Index(fields=["caller_number", "started_at"], name="call_by_number"),
            # Everything that figures count of calls, so that they read this index and no row.
            models.Index(
                fields=[
                    *("started_at", "way_in", "line", "language", "outcome", "consent"),
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
    #: An interpreter's tier when she was rung, and how long she was rung and talked: figures count them by index.
    tier = models.CharField(max_length=10, blank=True)
    lasted = models.DurationField(null=True, editable=False)
    #: How it sounded, as the engine measured (`hotline.sound`): estimated mean opinion scores (1 to 4.5, ITU-T G.107)
    #: of what came from the party and of what reached it, and the figures they rest on. Empty: nothing was measured.
    mos = models.FloatField(null=True, editable=False)
    mos_there = models.FloatField(null=True, editable=False)
    sound = models.JSONField(default=dict, editable=False)

    class Meta:
        ordering = ["created_at"]
        indexes = [
            models.Index(
                fields=["created_at", "tier", "interpreter", "lasted", "answered_at"],
                condition=models.Q(interpreter__isnull=False),
                name="leg_figures",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.id}"


class RequestState(models.TextChoices):
    """The life of a request for an interpreter. ANSWERED names the interpreter, CLAIMED the first who rings."""

    WAITING = "waiting", "等待"
    CLAIMED = "claimed", "振铃"
    ANSWERED = "answered", "已接通"
    UNMET = "unmet", "未满足"
    WITHDRAWN = "withdrawn", "已撤回"


class InterpreterRequest(models.Model):
    """A call wants an interpreter: a row before anybody is rung.

    ``head_of_queue`` marks a replacement for an interpreter who was lost: it goes before every waiting request.
    ``preempted``: an interpreter who rang for it was called away to a more urgent call; that happens once at most.
    Written by `hotline.calling_away` alone.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    call = models.ForeignKey(Call, models.CASCADE, related_name="requests")
    #: The call's, so that figures count requests by index alone.
    line = models.ForeignKey(Line, models.PROTECT, null=True, editable=False, related_name="+", db_index=False)
    language = models.CharField(max_length=8)
    priority = models.PositiveSmallIntegerField(default=10)
    head_of_queue = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=RequestState.choices, default=RequestState.WAITING)
    created_at = models.DateTimeField()
    first_rung_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    interpreter = models.ForeignKey(Interpreter, models.PROTECT, null=True, blank=True, related_name="requests")
    tried = models.JSONField(default=list)  # ids of interpreters already rung for this request
    preempted = models.BooleanField(default=False)
    wishes = models.JSONField(default=dict)  # what `state.RequestOf` asks beyond the language: target, level, domain …

    class Meta:
        indexes = [
            models.Index(fields=["state", "language"], name="request_waiting"),
            models.Index(
                fields=["created_at", "language", "state", "head_of_queue", "line"],
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
    ``path`` is relative to the recordings folder, without leaving it; empty once the file was deleted on purpose. Of a
    finished track: its ``sha256`` and ``size`` in bytes, ``gaps`` as `hotline.gaps.Gap`, and ``verified_at``, when it
    was read again and found to hold exactly what its segments do.
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
    size = models.BigIntegerField(null=True, blank=True)
    gaps = models.JSONField(default=list)
    verified_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class CallCommand(models.Model):
    """Something a person asks of a running call (add a party, drop a leg, hang up); the call server takes it up.

    ``arguments`` for ``add_party``: {"line": "12345"} or {"contact": "sip:…"}; ``drop_leg``: {"leg": id}; ``end``: {};
    ``choose_language``: {"language": "ja"}; ``refuse_recording``: {}. All kinds: `hotline.wishes.WISHES`.
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
    """Which call server is the active one, and until when unless it renews; ``alive_at``: when one last was at work."""

    name = models.CharField(max_length=32, primary_key=True)
    holder = models.CharField(max_length=64)
    until = models.DateTimeField()
    alive_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name}: {self.holder}"
