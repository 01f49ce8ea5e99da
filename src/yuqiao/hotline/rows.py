"""Which rows follow from a call's state: the difference of two states, written in the caller's transaction.

Called by `hotline.services` alone, so that `services` stays the one place that writes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from yuqiao.hotline.effects import Note
from yuqiao.hotline.models import Call, CallEvent, InterpreterRequest, Leg, Monitoring, Recording
from yuqiao.hotline.monitors import MonitorState
from yuqiao.hotline.state import CallState, LegState, Phase, RequestOf, TrackOf, TrackPhase, snapshot


def moment(at: float | None) -> dt.datetime | None:
    """Return UNIX seconds as an aware datetime; None stays None."""
    return None if at is None else dt.datetime.fromtimestamp(at, dt.UTC)


def instant(at: float) -> dt.datetime:
    """Return UNIX seconds as an aware datetime."""
    return dt.datetime.fromtimestamp(at, dt.UTC)


def write(saved: CallState | None, call: CallState, notes: Sequence[Note], line_id: int | None = None) -> None:
    """Bring the rows from ``saved`` (None: nothing yet) to ``call`` and append ``notes`` to its history."""
    _write_call(saved, call, line_id)
    _write_legs(saved, call)
    _write_requests(saved, call)
    _write_tracks(saved, call)
    _write_monitors(saved, call)
    if notes:
        known = {leg.id for leg in call.legs}
        CallEvent.objects.bulk_create(
            CallEvent(
                call_id=UUID(call.id),
                at=instant(note.at),
                kind=note.kind,
                leg_id=note.leg if note.leg in known else None,
                data=note.data,
            )
            for note in notes
        )


def _write_call(saved: CallState | None, call: CallState, line_id: int | None) -> None:
    columns: dict[str, Any] = {
        "phase": call.shown_phase,
        "language": call.language,
        "language_by": call.language_by,
        "consent": call.consent,
        "consent_at": moment(call.consent_at),
        "consent_by": call.consent_by,
        "answered_at": moment(call.answered_at),
        "interpreter_at": moment(call.interpreter_at),
        "time_to_answer": _waited(call, call.answered_at),
        "time_to_interpreter": _waited(call, call.interpreter_at),
        # A call is open until everything about it is settled; it then ended when its caller left.
        "ended_at": moment(call.ended_at) if call.phase is Phase.ENDED else None,
        "outcome": call.outcome,
        "snapshot": snapshot(call),
    }
    if saved is not None:
        Call.objects.filter(pk=call.id).update(**columns)
        return
    Call.objects.bulk_create(
        [
            Call(
                id=UUID(call.id),
                line_id=line_id,
                dialled=call.dialled[:64],
                way_in=call.way_in,
                caller_number=call.caller_number[:64],
                returns_id=call.callback,
                started_at=instant(call.started_at),
                **columns,
            )
        ]
    )


def _waited(call: CallState, until: float | None) -> dt.timedelta | None:
    """Return the time from the call's arrival, from the same moments as the row holds."""
    return None if until is None else instant(until) - instant(call.started_at)


def _leg_columns(leg: LegState) -> dict[str, Any]:
    return {
        "answered_at": moment(leg.answered_at),
        "ended_at": moment(leg.ended_at),
        "end_cause": "" if leg.cause is None else str(leg.cause),
        "lasted": None if leg.ended_at is None else instant(leg.ended_at) - instant(leg.created_at),
    }


def _write_legs(saved: CallState | None, call: CallState) -> None:
    before = {} if saved is None else {leg.id: leg for leg in saved.legs}
    fresh = [
        Leg(
            id=leg.id,
            call_id=UUID(call.id),
            role=leg.role,
            label=leg.label[:80],
            endpoint=leg.contact[:200],
            inbound=leg.inbound,
            interpreter_id=leg.interpreter,
            tier=leg.tier,
            created_at=instant(leg.created_at),
            **_leg_columns(leg),
        )
        for leg in call.legs
        if leg.id not in before
    ]
    if fresh:
        Leg.objects.bulk_create(fresh)
    for leg in call.legs:
        old = before.get(leg.id)
        if old is not None and old is not leg and _leg_columns(old) != _leg_columns(leg):
            Leg.objects.filter(pk=leg.id).update(**_leg_columns(leg))


def _request_columns(request: RequestOf) -> dict[str, Any]:
    return {
        "state": request.state,
        "interpreter_id": request.interpreter or next(iter(request.ringing), None),
        "first_rung_at": moment(request.first_rung_at),
        "settled_at": moment(request.settled_at),
        "tried": list(request.tried),
    }


def _wishes(request: RequestOf) -> dict[str, Any]:
    """Return what the request asks beyond its language, if it is not the ordinary."""
    plain = RequestOf("", "", 0.0)
    wished = {name: getattr(request, name) for name in ("target", "level", "domain", "gender", "preferred", "strict")}
    return {name: value for name, value in wished.items() if value != getattr(plain, name)}


def _write_requests(saved: CallState | None, call: CallState) -> None:
    before = {} if saved is None else {request.id: request for request in saved.requests}
    fresh = [
        InterpreterRequest(
            id=UUID(request.id),
            call_id=UUID(call.id),
            line_id=call.line_id,
            language=request.language,
            priority=request.priority,
            head_of_queue=request.head,
            created_at=instant(request.created_at),
            wishes=_wishes(request),
            **_request_columns(request),
        )
        for request in call.requests
        if request.id not in before
    ]
    if fresh:
        InterpreterRequest.objects.bulk_create(fresh)
    for request in call.requests:
        old = before.get(request.id)
        if old is not None and old != request:
            InterpreterRequest.objects.filter(pk=request.id).update(**_request_columns(request))


def _track_columns(call: CallState, track: TrackOf) -> dict[str, Any]:
    known = track.began_at is not None and call.answered_at is not None
    return {
        "offset_ms": round(((track.began_at or 0) - (call.answered_at or 0)) * 1000) if known else None,
        "duration_ms": track.duration_ms,
    }


def _write_tracks(saved: CallState | None, call: CallState) -> None:
    before = {} if saved is None else {track.name: track for track in saved.tracks}
    fresh = [
        Recording(
            call_id=UUID(call.id),
            leg_id=track.leg or None,
            kind=Recording.Kind.SEGMENT if track.leg else Recording.Kind.MIX_SEGMENT,
            name=track.name,
            path=f"{track.name}.wav",
            created_at=instant(track.created_at),
            **_track_columns(call, track),
        )
        for track in call.tracks
        if track.name not in before
    ]
    if fresh:
        Recording.objects.bulk_create(fresh)
    for track in call.tracks:
        old = before.get(track.name)
        # Meanwhile the snapshot knows when it began; one UPDATE for each track is enough.
        if old is not None and old != track and track.phase is TrackPhase.OVER:
            Recording.objects.filter(name=track.name).update(**_track_columns(call, track))


def _monitor_columns(monitor: MonitorState) -> dict[str, Any]:
    return {
        "mode": monitor.mode,
        "answered_at": moment(monitor.answered_at),
        "ended_at": moment(monitor.ended_at),
    }


def _write_monitors(saved: CallState | None, call: CallState) -> None:
    if not call.monitors:
        return
    before = {} if saved is None else {monitor.id: monitor for monitor in saved.monitors}
    for monitor in call.monitors:
        old, columns = before.get(monitor.id), _monitor_columns(monitor)
        if old is None:
            created = {"purpose": monitor.purpose, "created_at": instant(monitor.created_at)}
            Monitoring.objects.create(
                id=monitor.id, call_id=UUID(call.id), person_id=monitor.person, **created, **columns
            )
        elif _monitor_columns(old) != columns:
            Monitoring.objects.filter(pk=monitor.id).update(**columns)
