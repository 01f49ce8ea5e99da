"""Many interpreters at once, written in a few statements: for races and for measurements."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from random import Random

from yuqiao.accounts.models import Person
from yuqiao.engines.events import LegArrived
from yuqiao.hotline.beginning import Facts, begin
from yuqiao.hotline.models import Call, InterpreterRequest
from yuqiao.hotline.rows import instant
from yuqiao.hotline.state import CallState, Timing
from yuqiao.lib import clock
from yuqiao.workforce.models import Interpreter, InterpreterLanguage


def interpreters(count: int, languages: Sequence[str], seed: int = 1, *, ready: float = 1.0) -> None:
    """Write ``count`` interpreters with one or two of ``languages``; the share ``ready`` is ready, the others talk."""
    chance = Random(seed)
    now = clock.now()
    people = Person.objects.bulk_create(Person(username=f"many-{number}") for number in range(count))
    rows = Interpreter.objects.bulk_create(
        Interpreter(
            person=person,
            number=f"{10000 + number}",
            contact=f"sip:{10000 + number}@desk",
            tier=chance.choice(("resident", "resident", "remote")),
            state="ready" if chance.random() < ready else "wrap_up",
            state_since=now,
            idle_since=now.timestamp() - chance.random() * 3600,
        )
        for number, person in enumerate(people)
    )
    InterpreterLanguage.objects.bulk_create(
        InterpreterLanguage(interpreter=row, language=language, level=chance.randint(1, 3))
        for row in rows
        for language in chance.sample(list(languages), k=min(len(languages), chance.randint(1, 2)))
    )


def asking(name: str, count: int) -> list[CallState]:
    """Return so many calls that ask for an interpreter for English, every third on an emergency line; no rows yet."""
    calls = []
    for number in range(count):
        line, priority = ("110", 100) if number % 3 == 0 else ("960169", 20)
        arrival = LegArrived(f"{name}-{number}", line, f"139{number:08}", clock.now().timestamp())
        facts = Facts("beside_agent", line, priority=priority, language="en")
        call, _effects = begin(str(uuid.uuid5(uuid.NAMESPACE_OID, f"{name}-{number}")), arrival, facts, Timing())
        calls.append(call)
    return calls


def write_requests(calls: Iterable[CallState]) -> None:
    """Write the rows of calls and of their requests, as if all waited already but none were in the queue."""
    told = list(calls)
    Call.objects.bulk_create(
        Call(id=uuid.UUID(one.id), dialled=one.dialled, started_at=instant(one.started_at)) for one in told
    )
    InterpreterRequest.objects.bulk_create(
        InterpreterRequest(
            id=uuid.UUID(one.requests[0].id),
            call_id=uuid.UUID(one.id),
            language=one.language,
            priority=one.priority,
            state="claimed",
            created_at=instant(one.started_at),
        )
        for one in told
    )
