"""The one place that writes calls: each verb is one transaction.

`admit` and `commit` write what the rules decided: the snapshot, the rows that follow from it and the call's history
stand in the database together, before the engine acts on them. A person's wishes for a running call: `hotline.wishes`.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.conf import settings
from django.db import transaction

from yuqiao.accounts.models import Person
from yuqiao.accounts.services import record
from yuqiao.engines.events import LegArrived
from yuqiao.hotline import (
    callbacks,
    incidents,
    invitations,
    line_requests,
    outages,
    outgoing,
    pictures,
    ratings,
    violations,
)
from yuqiao.hotline import effects as ask
from yuqiao.hotline import events as answer
from yuqiao.hotline.arrivals import facts_for
from yuqiao.hotline.beginning import begin, begin_outbound
from yuqiao.hotline.callback_rules import contact_for
from yuqiao.hotline.calling_away import ASK_AGAIN, call_away
from yuqiao.hotline.consent import REFUSED
from yuqiao.hotline.jobs import discard_recordings, finish_recordings
from yuqiao.hotline.models import Call, CallCommand, InterpreterRequest, Lease, Leg, Line, Monitoring
from yuqiao.hotline.requested import begin_requested
from yuqiao.hotline.rows import instant, write
from yuqiao.hotline.rules import step
from yuqiao.hotline.state import MANAGER_LABEL, OUTBOUND, WAITING, CallState, Timing, restore
from yuqiao.lib import clock
from yuqiao.workforce import services as workforce
from yuqiao.workforce.models import Interpreter

Acts = list[ask.EngineEffect]


def admit(arrival: LegArrived, timing: Timing) -> tuple[CallState, Acts]:
    """Write a new call for an inbound leg; return its state and what the engine is to do. Idempotent by leg."""
    with transaction.atomic():
        call_id = str(uuid.uuid4())
        facts, line_id = line_requests.admit(arrival, call_id, clock.now()) or facts_for(arrival)
        facts = replace(facts, outbound=contact_for(settings.OUTBOUND_CONTACT, arrival.caller_number))
        call, effects = begin(call_id, arrival, facts, timing)
        return _settle(None, call, effects, line_id)


def begin_due_outbound(timing: Timing) -> tuple[CallState, Acts] | None:
    """Begin the most pressing call of ours that can be made now; return it and what the engine is to do.

    Taking its row, the call's row and the claim of an interpreter are one transaction, so that no two call servers
    ring one person and none is forgotten when one dies.
    """
    if not settings.OUTBOUND_CONTACT:
        return None
    requested = _begin_requested(timing)
    if requested is not None:
        return requested
    for owed in outgoing.due(clock.now()):
        with transaction.atomic():
            call_id = str(uuid.uuid4())
            wanted = outgoing.take(owed, call_id)
            if wanted is not None:
                call, effects = begin_outbound(call_id, wanted, timing, clock.now().timestamp())
                return _settle(None, call, effects, owed.line_id)
    return None


def _begin_requested(timing: Timing) -> tuple[CallState, Acts] | None:
    """Begin a call that a line's agent asked for by her telephone: she waits, so before all that we owe others."""
    with transaction.atomic():
        call_id, now = str(uuid.uuid4()), clock.now()
        taken = line_requests.take_due(call_id, now)
        if taken is None:
            return None
        call, effects = begin_requested(call_id, taken[0], timing, now.timestamp())
        return _settle(None, call, effects, taken[1])


def commit(saved: CallState, call: CallState, effects: Sequence[ask.Effect]) -> tuple[CallState, Acts]:
    """Write the way from ``saved`` to ``call``, settle what needs the database (claims, look-ups), and return the
    state after that with what the engine is to do. Nothing is written if it raises; calling again is safe."""
    with transaction.atomic():
        return _settle(saved, call, effects, None)


def _settle(
    saved: CallState | None, call: CallState, effects: Iterable[ask.Effect], line_id: int | None
) -> tuple[CallState, Acts]:
    if saved is None:
        call = replace(call, line_id=line_id)
    pending = deque(effects)
    notes: list[ask.Note] = []
    acts: Acts = []
    now = clock.now()
    finished = discarded = False
    while pending:
        effect = pending.popleft()
        if isinstance(effect, ask.Note):
            notes.append(effect)
        elif isinstance(effect, ask.EngineEffect):
            acts.append(effect)
        elif isinstance(effect, ask.FinishRecordings):
            finished = True
        elif isinstance(effect, ask.DiscardRecordings):
            discarded = True
        else:
            told = _carry_out(call, effect, now)
            if told is not None:
                call, more = step(call, told)
                pending.extendleft(reversed(more))
    write(saved, call, notes, line_id)
    pictures.settle(call, now)
    violations.propose_from(call, notes)
    if call.tracks and (discarded or (finished and call.consent == REFUSED)):
        discard_recordings.enqueue(call.id)
    elif finished and call.tracks:
        finish_recordings.enqueue(call.id)
    return call, acts


def _carry_out(  # noqa: PLR0912 (one list of all effects)
    call: CallState, effect: ask.Effect, now: dt.datetime
) -> answer.RowAnswer | None:
    """Do one effect on rows of others; return what it answers to the call, if anything."""
    match effect:
        case ask.Seek():
            return _seek(call, effect.request, now)
        case ask.Engage():
            workforce.engage(effect.request, effect.interpreter, now)
        case ask.Release():
            workforce.release(effect.request, effect.to, now, effect.interpreter)
        case ask.FindParty() | ask.FindManager():
            return _find(effect, now.timestamp())
        case ask.OpenIncident():
            incidents.open_for_call(call, effect.interpreter, effect.command, now)
        case ask.Journal():
            actor = Person.objects.filter(interpreter=effect.interpreter).first()
            record(actor, effect.action, Call(pk=uuid.UUID(call.id)), effect.detail)
        case ask.JournalOf():
            actor = Person.objects.filter(pk=effect.person).first()
            record(actor, effect.action, Call(pk=uuid.UUID(call.id)), effect.detail)
        case ask.JournalFault():
            record(None, effect.action, Call(pk=uuid.UUID(call.id)), effect.detail)
        case ask.OpenCallback():
            callbacks.open_for(call, now)
        case ask.CallerServed():
            outgoing.reached(call, effect.at)
        case ask.EndAttempt():
            outgoing.attempt_over(call, now)
        case ask.NoMoreCalls():
            outgoing.no_more(call, now)
        case ask.RecordingAlarm():
            outages.recordings(now, works=effect.works)
        case ask.Rated():
            ratings.rated_by_key(call, effect.score, effect.at)
        case ask.InviteToRate():
            invitations.invite(call, now)
        case ask.FinishCommand():
            CallCommand.objects.filter(pk=effect.command, done_at=None).update(done_at=now, error=effect.error[:200])
    return None


def _seek(call: CallState, request_id: str, now: dt.datetime) -> answer.RowAnswer | None:
    """Ask the queue; a caller for whom nobody is free may have a less urgent call's phone called away."""
    told = outgoing.seek(call, request_id, now)
    request = call.request(request_id)
    if not isinstance(told, answer.MustWait) or request is None or request.state != WAITING:
        return told
    if not call_away(call, request, now):
        return told
    again = now.timestamp() + ASK_AGAIN
    return replace(told, called_away=True, look_again_at=min(again, told.look_again_at or again))


def _find(effect: ask.FindParty | ask.FindManager, at: float) -> answer.RowAnswer:
    """Look up where somebody can be rung."""
    match effect:
        case ask.FindManager():
            contact = incidents.manager_contact()
            if contact is None:
                return answer.PartyUnknown(MANAGER_LABEL, at, effect.command)
            return answer.PartyFound(MANAGER_LABEL, contact, at, effect.command, effect.asked_by)
        case ask.FindParty():
            line = Line.objects.filter(number=effect.number).exclude(agent_contact="").first()
            if line is None:
                return answer.PartyUnknown(effect.number, at, effect.command)
            return answer.PartyFound(line.number, line.agent_contact, at, effect.command)


def abort(call: CallState) -> None:
    """End a call on paper whose rules failed: nobody stays held, its requests are settled, its caller called back."""
    now = clock.now()
    with transaction.atomic():
        for request in call.requests:
            workforce.release(request.id, "wrap_up", now)
        open_states = ["waiting", "claimed"]
        InterpreterRequest.objects.filter(call_id=call.id, state__in=open_states).update(state="unmet", settled_at=now)
        if call.interpreter_at is None:
            callbacks.open_for(call, now)
        if call.way_in in OUTBOUND:
            outgoing.attempt_over(call, now)
        write(call, call, [ask.Note("failed", now.timestamp())])
        pictures.settle(replace(call, ended_at=now.timestamp()), now)
        Call.objects.filter(pk=call.id).update(phase="ended", outcome="failed", ended_at=now)
        Monitoring.objects.filter(call_id=call.id, ended_at=None).update(ended_at=now)
        if call.tracks and call.consent == REFUSED:
            discard_recordings.enqueue(call.id)
        elif call.tracks:
            finish_recordings.enqueue(call.id)


def open_calls() -> list[CallState]:
    """Return every call that is not over, as it was last written."""
    return [restore(data) for data in Call.objects.filter(ended_at=None).values_list("snapshot", flat=True)]


def is_known(leg_id: str) -> bool:
    """Whether a leg of this id was ever part of a call."""
    return Leg.objects.filter(pk=leg_id).exists() or Monitoring.objects.filter(pk=leg_id).exists()


def release_orphans() -> int:
    """Release interpreters held by requests of calls that are over, or of none; returns how many."""
    released = 0
    now = clock.now()
    with transaction.atomic():
        held = list(Interpreter.objects.exclude(held_by="").values_list("held_by", flat=True))
        needed = InterpreterRequest.objects.filter(pk__in=held, call__ended_at=None).values_list("pk", flat=True)
        for request_id in set(held) - {str(pk) for pk in needed}:
            released += workforce.release(request_id, "wrap_up", now)
    return released


def hold_lease(name: str, holder: str, seconds: float) -> bool:
    """Take or renew a lease for so many seconds; False while somebody else holds it.

    Renewing tells that its holder is at work; taking it over leaves standing when somebody last was.
    """
    now = clock.now()
    until = now + dt.timedelta(seconds=seconds)
    lease = Lease.objects.filter(name=name)
    if lease.filter(holder=holder).update(until=until, alive_at=now):
        return True
    if lease.filter(until__lt=now).update(holder=holder, until=until):
        return True
    Lease.objects.bulk_create([Lease(name=name, holder=holder, until=until)], ignore_conflicts=True)
    return Lease.objects.filter(name=name, holder=holder, until=until).exists()


def drop_lease(name: str, holder: str) -> None:
    """Give a lease back at once, so that a stand-by need not wait for its end."""
    Lease.objects.filter(name=name, holder=holder).update(until=instant(0))
