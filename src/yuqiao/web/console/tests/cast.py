"""The cast of the page tests: people, lines, interpreters and calls as rows."""

from __future__ import annotations

import datetime as dt
import math
import uuid
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings

from yuqiao.accounts.models import Person, Role
from yuqiao.accounts.services import create_person, grant_role
from yuqiao.hotline.gaps import Gap
from yuqiao.hotline.models import (
    Call,
    Callback,
    CallEvent,
    InterpreterRequest,
    Lease,
    Leg,
    Line,
    LineClass,
    Recording,
    WayIn,
)
from yuqiao.hotline.tracks import encode_flac
from yuqiao.lib.clock import now
from yuqiao.workforce.models import Interpreter, InterpreterLanguage, PresenceState, Tier

PASSWORD = "seven-lanterns-4"


def person(username: str, *roles: Role, name: str = "", password: str | None = None, line: str = "") -> Person:
    made = create_person(username, by=None, display_name=name, password=password)
    for role in roles:
        grant_role(made, role, by=None, line_number=line)
    return made


def line(
    number: str = "12345", zh: str = "政务服务便民热线", en: str = "Government service hotline", **more: Any
) -> Line:
    defaults = {
        "name_zh": zh,
        "name_en": en,
        "line_class": LineClass.GOVERNMENT,
        "agent_contact": "sip:agent@127.0.0.1",
    }
    return Line.objects.get_or_create(number=number, defaults=defaults | more)[0]


def interpreter(
    number: str, *languages: str, state: str = PresenceState.READY, tier: str = Tier.RESIDENT
) -> Interpreter:
    made = Interpreter.objects.create(
        person=person(f"i-{number.lower()}", Role.INTERPRETER, name=f"译员 {number}"),
        number=number,
        contact="sip:x@127.0.0.1",
        state=state,
        tier=tier,
        state_since=now() - dt.timedelta(minutes=7),
    )
    for language in languages:
        InterpreterLanguage.objects.create(interpreter=made, language=language, level=2)
    return made


def call(ago: float = 30, *, on: Line | None = None, **more: Any) -> Call:
    """A call that began ``ago`` seconds ago and was answered at once."""
    started = now() - dt.timedelta(seconds=ago)
    defaults: dict[str, Any] = {
        "line": on or line(),
        "dialled": "960169",
        "way_in": WayIn.DIRECT,
        "language": "en",
        "caller_number": "+441632960123",
        "phase": "talking",
        "started_at": started,
        "answered_at": started + dt.timedelta(milliseconds=300),
    }
    return Call.objects.create(**(defaults | more))


def leg(of: Call, role: str, *, after: float = 0, up: bool = True, **more: Any) -> Leg:
    created = of.started_at + dt.timedelta(seconds=after)
    answered = created + dt.timedelta(seconds=1) if up else None
    return Leg.objects.create(
        id=str(uuid.uuid4()), call=of, role=role, created_at=created, answered_at=answered, **more
    )


def event(of: Call, kind: str, *, after: float = 0, of_leg: Leg | None = None, **data: Any) -> CallEvent:
    at = of.started_at + dt.timedelta(seconds=after)
    return CallEvent.objects.create(call=of, at=at, kind=kind, leg=of_leg, data=data)


def callback(of: Call, *, due_in: float = 600, number: str = "") -> Callback:
    due = now() + dt.timedelta(seconds=due_in)
    number = number or of.caller_number
    return Callback.objects.create(
        call=of, line=of.line, number=number, language=of.language, created_at=now(), due_at=due
    )


def waiting(of: Call, **more: Any) -> InterpreterRequest:
    return InterpreterRequest.objects.create(
        call=of, line=of.line, language=of.language, created_at=of.started_at, **more
    )


def lease() -> Lease:
    return Lease.objects.create(name="calls", holder="test", until=now() + dt.timedelta(hours=1))


def tone_file(path: Path, seconds: float, hertz: float) -> None:
    """A tone that comes and goes each second, 8 kHz mono 16 bit, as FLAC."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rate = 8000
    samples = [
        int(9000 * abs(math.sin(math.pi * n / rate / 1.3)) ** 2 * math.sin(2 * math.pi * hertz * n / rate))
        for n in range(int(seconds * rate))
    ]
    path.write_bytes(encode_flac(np.array(samples, np.int16)))


def track(
    of: Call, of_leg: Leg, *, seconds: float = 12, hertz: float = 440, path: str = "", gaps: list[Gap] | None = None
) -> Recording:
    name = f"finished/{of.pk}/{of_leg.role}-{Recording.objects.count()}.flac"
    tone_file(Path(settings.RECORDINGS_DIR) / name, seconds, hertz)
    return Recording.objects.create(
        call=of,
        leg=of_leg,
        kind=Recording.Kind.TRACK,
        name=name,
        path=path or name,
        duration_ms=int(seconds * 1000),
        gaps=[asdict(gap) for gap in gaps or []],
        created_at=now(),
    )


def finished_call(ago: float = 300, seconds: float = 62, **more: Any) -> Call:
    """A served call with three parties, its history, and no recording yet."""
    started = now() - dt.timedelta(seconds=ago)
    made = call(
        ago,
        phase="ended",
        outcome="served",
        interpreter_at=started + dt.timedelta(seconds=6.4),
        ended_at=started + dt.timedelta(seconds=seconds),
        **more,
    )
    end: dict[str, Any] = {"ended_at": made.ended_at}
    caller = leg(made, "caller", inbound=True, **end)
    agent = leg(made, "agent", after=1, label="12345", **end)
    helper = Interpreter.objects.first() or interpreter("E-01", "en")
    third = leg(made, "interpreter", after=2, interpreter=helper, label=helper.number, **end)
    event(made, "arrived", of_leg=caller, line="12345")
    event(made, "answered", after=0.3, of_leg=caller)
    event(made, "agent_joined", after=2, of_leg=agent)
    event(made, "interpreter_joined", after=6.4, of_leg=third, number=helper.number, since_start_ms=6400)
    event(made, "caller_left", after=seconds, of_leg=caller, cause=16)
    event(made, "ended", after=seconds, outcome="served")
    return made
