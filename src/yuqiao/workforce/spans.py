"""When interpreters were signed on, on a break, or wrapping up: rows written as their presence changes.

What calls take of their time stands in the calls' legs; here is only what no call tells. Nothing of it lies on the way
of a call except a wrap-up's end.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from yuqiao.workforce.models import PresenceSpan, PresenceState, SpanKind

#: What begins when she chooses a state; nothing when she goes off.
BEGINS = {PresenceState.READY: SpanKind.ON, PresenceState.BREAK: SpanKind.BREAK}


def chose(interpreter_id: int, state: PresenceState, at: dt.datetime, reason: str = "") -> None:
    """End what ran and begin what her chosen ``state`` means; choosing it again changes at most a break's reason."""
    kind = BEGINS.get(state)
    running = PresenceSpan.objects.filter(interpreter_id=interpreter_id, ended_at=None)
    if kind is not None and running.filter(kind=kind).exists():
        if reason:
            running.update(reason=reason)
        return
    end(running.values_list("pk", flat=True), at)
    if kind is not None:
        PresenceSpan.objects.create(interpreter_id=interpreter_id, kind=kind, began_at=at, reason=reason)


def signed_off(interpreter_ids: Iterable[int], at: dt.datetime) -> None:
    """End what ran of those whose phones are dead."""
    running = PresenceSpan.objects.filter(interpreter_id__in=list(interpreter_ids), ended_at=None)
    end(running.values_list("pk", flat=True), at)


def end(spans: Iterable[int], at: dt.datetime) -> None:
    """End these spans, each with its length."""
    for span in PresenceSpan.objects.filter(pk__in=list(spans)):
        PresenceSpan.objects.filter(pk=span.pk, ended_at=None).update(
            ended_at=max(at, span.began_at), lasted=max(at - span.began_at, dt.timedelta())
        )


def wrapped_up(since: Iterable[tuple[int, dt.datetime]], at: dt.datetime) -> None:
    """Write wrap-ups that are over: (interpreter, its beginning). One who is not signed on (at home) has none."""
    begun = dict(since)
    on = PresenceSpan.objects.filter(interpreter_id__in=list(begun), kind=SpanKind.ON, ended_at=None)
    PresenceSpan.objects.bulk_create(
        PresenceSpan(
            interpreter_id=pk,
            kind=SpanKind.WRAP_UP,
            began_at=begun[pk],
            ended_at=max(at, begun[pk]),
            lasted=max(at - begun[pk], dt.timedelta()),
        )
        for pk in on.values_list("interpreter_id", flat=True)
    )
