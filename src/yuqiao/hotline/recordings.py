"""Finished recordings of ended calls: rows and files. The sound itself is assembled by `hotline.tracks`."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.conf import settings
from django.db import transaction

from yuqiao.accounts.services import record
from yuqiao.hotline.models import Call, Consent, Leg, Recording
from yuqiao.hotline.tracks import Segment, assemble, read_samples, write_wav
from yuqiao.lib import clock

FINISHED_FOLDER = "finished"


def finish(call_id: str) -> int:
    """Make one WAV for each party that was recorded, and the mix, each exactly as long as the call and all aligned.

    Files: ``finished/<call id>/<role>-<n>.wav`` and ``mix.wav``. Returns how many there are. Calling again is safe:
    it makes them anew from the segments. A call that was never answered has none.
    """
    call = Call.objects.get(pk=call_id)
    if call.consent == Consent.REFUSED:
        discard(call_id)
        return 0
    if call.answered_at is None or call.ended_at is None:
        return 0
    length_ms = max(0, round((call.ended_at - call.answered_at).total_seconds() * 1000))
    made = []
    for leg, path, rows in _tracks(call):
        root = Path(settings.RECORDINGS_DIR)
        segments = [Segment(_offset_ms(row), read_samples(root / row.path)) for row in rows]
        made.append(_write(call, leg, path, length_ms, segments))
    with transaction.atomic():
        Recording.objects.filter(call=call, kind__in=[Recording.Kind.TRACK, Recording.Kind.MIX]).delete()
        Recording.objects.bulk_create(made)
    return len(made)


def discard(call_id: str) -> int:
    """Delete every file of a call whose caller refused to be recorded; returns how many there were. Safe to repeat.

    The rows of the segments stay, without a path, so that it can be shown what was recorded and that it is gone; the
    journal says so too. A call whose caller did not refuse is left alone.
    """
    call = Call.objects.get(pk=call_id)
    if call.consent != Consent.REFUSED:
        return 0
    root, deleted = Path(settings.RECORDINGS_DIR), 0
    for row in call.recordings.all():
        if (path := root / (row.path or f"{row.name}.wav")).is_file():
            path.unlink()
            deleted += 1
    with transaction.atomic():
        call.recordings.filter(kind__in=[Recording.Kind.TRACK, Recording.Kind.MIX]).delete()
        call.recordings.update(path="", sha256="")
        if deleted:
            record(None, "recording.discard", call, {"files": deleted})
    return deleted


def _tracks(call: Call) -> list[tuple[Leg | None, str, list[Recording]]]:
    """Return each finished track to make: its leg (None: the mix), its path and the segments it is made of."""
    segments: dict[str, list[Recording]] = {}
    kinds = [Recording.Kind.SEGMENT, Recording.Kind.MIX_SEGMENT]
    for row in call.recordings.filter(kind__in=kinds).order_by("id"):
        segments.setdefault(row.leg_id or "", []).append(row)
    numbered: dict[str, int] = {}
    tracks: list[tuple[Leg | None, str, list[Recording]]] = []
    for leg in call.legs.order_by("created_at", "id"):
        if leg.pk in segments:
            numbered[leg.role] = number = numbered.get(leg.role, 0) + 1
            tracks.append((leg, f"{FINISHED_FOLDER}/{call.pk}/{leg.role}-{number}.wav", segments[leg.pk]))
    if "" in segments:
        tracks.append((None, f"{FINISHED_FOLDER}/{call.pk}/mix.wav", segments[""]))
    return tracks


def _offset_ms(row: Recording) -> int:
    """Where a segment begins; if the engine never said, when it was asked for is the best we know."""
    if row.offset_ms is not None:
        return row.offset_ms
    answered = row.call.answered_at
    return 0 if answered is None else round((row.created_at - answered).total_seconds() * 1000)


def _write(call: Call, leg: Leg | None, path: str, length_ms: int, segments: list[Segment]) -> Recording:
    target = Path(settings.RECORDINGS_DIR) / path
    target.parent.mkdir(parents=True, exist_ok=True)
    data = write_wav(assemble(segments, length_ms))
    partial = target.with_suffix(".part")
    partial.write_bytes(data)
    partial.replace(target)  # whoever listens finds the whole file or none
    return Recording(
        call=call,
        leg=leg,
        kind=Recording.Kind.MIX if leg is None else Recording.Kind.TRACK,
        name=path,
        path=path,
        offset_ms=0,
        duration_ms=length_ms,
        sha256=hashlib.sha256(data).hexdigest(),
        created_at=clock.now(),
    )
