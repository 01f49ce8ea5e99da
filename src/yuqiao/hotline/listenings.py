"""Writing down who hears recordings: a sitting begins with its purpose, grows with what is heard, and ends (S141)."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from yuqiao.accounts.models import Person, Role
from yuqiao.accounts.services import record, roles_of
from yuqiao.hotline import complaints, hearing
from yuqiao.hotline.heard import Span, fewer, percent, together, total_ms
from yuqiao.hotline.models import Call, Consent, Listening, Recording, Violation
from yuqiao.lib import clock

#: A page that gave no sign for so long is taken for closed.
IDLE = dt.timedelta(minutes=30)
#: So many parts of what was heard stand in the journal.
JOURNALED = 50


class ListeningError(ValueError):
    """A sitting cannot begin, or is over; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def verdict(person: Person, call: Call, *, by_role: bool) -> hearing.Verdict:
    """Return for what ``person`` may hear ``call``; ``by_role``: one of her roles hears recordings."""
    interpreted = call.legs.filter(interpreter__person=person, answered_at__isnull=False).exists()
    hearer = hearing.Hearer(by_role, by_role and Role.AUDITOR in roles_of(person), interpreted)
    asked = hearing.Asked(call.ended_at, call.consent == Consent.REFUSED, interpreted and looked_into(call))
    return hearing.verdict(hearer, asked, settings.OWN_RECORDINGS_DAYS, clock.now())


def looked_into(call: Call) -> bool:
    """Tell whether a complaint about the call, or a violation in it, is not decided yet."""
    contested = Q(state=Violation.State.CONFIRMED, appealed_at__isnull=False, appeal_decided_at=None)
    undecided = call.violations.filter(Q(state=Violation.State.PROPOSED) | contested)
    return call.complaints.filter(state__in=complaints.OPEN).exists() or undecided.exists()


def begin(
    call: Call,
    purpose: str,
    reference: str,
    *,
    by: Person,
    by_role: bool,
    length_ms: int,
    recordings: Iterable[Recording],
) -> Listening:
    """Begin a sitting, journaled; ListeningError ``purpose`` or ``reference``, or the code of the verdict."""
    allowed, reference = verdict(by, call, by_role=by_role), reference.strip()
    if code := allowed.why or hearing.fault(allowed, purpose, reference):
        raise ListeningError(code)
    at = clock.now()
    with transaction.atomic():
        row = Listening.objects.create(
            call=call,
            person=by,
            purpose=purpose,
            reference=reference,
            began_at=at,
            seen_at=at,
            length_ms=length_ms,
        )
        told = {"listening": str(row.pk), "purpose": purpose, "recordings": [one.pk for one in recordings]}
        record(by, "recording.listen", call, told)
    return row


def open_one(listening_id: uuid.UUID, person: Person) -> Listening | None:
    """Return a sitting of ``person`` that is not over; None where there is none."""
    rows = Listening.objects.select_related("call").filter(pk=listening_id, person=person, ended_at=None)
    return rows.filter(seen_at__gt=clock.now() - IDLE).first()


def tell(listening: Listening, spans: Iterable[Span], *, over: bool) -> None:
    """Add what was heard; ``over``: the page is closed, which is journaled."""
    with transaction.atomic():
        row = Listening.objects.select_for_update().filter(pk=listening.pk, ended_at=None).first()
        if row is None:
            return
        heard = fewer(together([*((begin, end) for begin, end in row.heard), *spans], row.length_ms))
        row.heard, row.heard_ms, row.seen_at = [list(span) for span in heard], total_ms(heard), clock.now()
        row.save(update_fields=["heard", "heard_ms", "seen_at"])
        if over:
            _end(row, row.seen_at)


def take(listening: Listening, recording: Recording) -> None:
    """Note that a file is taken away, journaled with its hash. ListeningError ``gone`` when it is not of this call."""
    if recording.call_id != listening.call_id:
        raise ListeningError("gone")
    with transaction.atomic():
        row = Listening.objects.select_for_update().get(pk=listening.pk)
        row.taken, row.seen_at = sorted({*row.taken, recording.pk}), clock.now()
        row.save(update_fields=["taken", "seen_at"])
        told = {"listening": str(row.pk), "purpose": row.purpose, "recording": recording.pk}
        record(listening.person, "recording.take", listening.call, told | {"sha256": recording.sha256})


def end_idle(now: dt.datetime) -> int:
    """End the sittings whose pages gave no sign for long, journaled; returns how many."""
    idle = list(Listening.objects.filter(ended_at=None, seen_at__lte=now - IDLE).values_list("pk", flat=True))
    for pk in idle:
        with transaction.atomic():
            row = Listening.objects.select_for_update().filter(pk=pk, ended_at=None, seen_at__lte=now - IDLE).first()
            if row is not None:
                _end(row, row.seen_at)
    return len(idle)


def _end(row: Listening, at: dt.datetime) -> None:
    row.ended_at = at
    row.save(update_fields=["ended_at"])
    parts = fewer([(begin, end) for begin, end in row.heard], JOURNALED)
    told = {
        "listening": str(row.pk),
        "seconds": [[begin // 1000, -(-end // 1000)] for begin, end in parts],
        "percent": percent(row.heard_ms, row.length_ms),
    }
    record(row.person, "recording.heard", row.call, told)
