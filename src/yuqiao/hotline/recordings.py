"""Finished recordings of ended calls: rows and files. The sound itself is assembled by `hotline.tracks`.

A finished file is on the disk, read again and compared with what was meant before a row says that it is there; its hash
enters the journal in the same transaction. So whatever dies in between, the raw segments are still there and the job
makes the same files again. What becomes of the segments later: `hotline.keeping`.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from django.conf import settings
from django.db import transaction

from yuqiao.accounts.services import record
from yuqiao.hotline import gaps, kept_levels
from yuqiao.hotline.gaps import Gap, Piece
from yuqiao.hotline.models import Call, Consent, Leg, Recording
from yuqiao.hotline.tracks import RATE, Samples, Segment, assemble, encode_flac, read_samples
from yuqiao.hotline.waveform import levels
from yuqiao.lib import clock

FINISHED_FOLDER = "finished"
#: Beside the tracks of a call: where they hold nothing and why, and their hashes, for whoever has the files alone.
MARKS = "marks.json"
RAW = (Recording.Kind.SEGMENT, Recording.Kind.MIX_SEGMENT)
FINISHED = (Recording.Kind.TRACK, Recording.Kind.MIX)


class NotKeptError(RuntimeError):
    """A finished file does not hold what was written into it; nothing was changed, and the job is to be repeated."""


@dataclass(frozen=True, slots=True)
class _Track:
    """One finished track to make: its leg (None: the mix), its path, the segments it is made of."""

    leg: Leg | None
    path: str
    segments: list[Recording]


def finish(call_id: str) -> int:
    """Make one FLAC for each party that was recorded, and the mix, each exactly as long as the call and all aligned.

    Files: ``finished/<call id>/<role>-<n>.flac``, ``mix.flac`` and ``marks.json``. Returns how many tracks there are.
    Calling again is safe: what is there and as it was made stays, anything else is made anew from the segments. A call
    that was never answered has none. NotKeptError when a file cannot be read back as it was written.
    """
    call = Call.objects.get(pk=call_id)
    if call.consent == Consent.REFUSED:
        discard(call_id)
        return 0
    if call.answered_at is None or call.ended_at is None:
        return 0
    tracks = _tracks(call)
    finished = list(call.recordings.filter(kind__in=FINISHED))
    if call.recordings.filter(kind__in=RAW, path="").exists():  # kept long enough: the finished ones are all there is
        return len(finished)
    if len(finished) == len(tracks) and all(intact(row) for row in finished):
        return len(finished)
    length_ms = max(0, round((call.ended_at - call.answered_at).total_seconds() * 1000))
    pauses = pauses_of(call, length_ms)
    failed = {str(one.get("name")) for one in call.snapshot.get("tracks", []) if one.get("failed")}
    made = [_make(call, track, length_ms, pauses, failed) for track in tracks] if length_ms else []
    if made:
        _write(marks_of(call), _marks(call, made, length_ms, pauses))
        _keep(call, made)
    return len(made)


def _keep(call: Call, made: list[Recording]) -> None:
    """Write the rows, in place of those of an earlier time, and the hashes into the journal."""
    marks = marks_of(call)
    files = [{"path": row.path, "sha256": row.sha256, "bytes": row.size} for row in made]
    files.append({"path": relative(marks), "sha256": sha256_of(marks), "bytes": marks.stat().st_size})
    with transaction.atomic():
        for row in made:
            values = {name: getattr(row, name) for name in _COLUMNS}
            old = Recording.objects.filter(call=call, leg=row.leg, kind=row.kind).order_by("id").first()
            if old is None:
                row.save(force_insert=True)
            else:  # somebody may point at it as proof
                Recording.objects.filter(pk=old.pk).update(**values)
                if old.path and old.path != row.path:
                    (Path(settings.RECORDINGS_DIR) / old.path).unlink(missing_ok=True)
        record(None, "recording.finish", call, {"files": files})


_COLUMNS = ("name", "path", "offset_ms", "duration_ms", "sha256", "size", "gaps", "verified_at")


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
    marks_of(call).unlink(missing_ok=True)
    kept_levels.forget(call_id)
    with transaction.atomic():
        call.recordings.filter(kind__in=FINISHED).delete()
        call.recordings.update(path="", sha256="")
        if deleted:
            record(None, "recording.discard", call, {"files": deleted})
    return deleted


def intact(row: Recording) -> bool:
    """Whether a finished file is there, and the one whose hash its row holds."""
    path = Path(settings.RECORDINGS_DIR) / row.path
    return row.verified_at is not None and path.is_file() and sha256_of(path) == row.sha256


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def relative(path: Path) -> str:
    """Return a path as rows and journal name it."""
    return path.relative_to(settings.RECORDINGS_DIR).as_posix()


def marks_of(call: Call) -> Path:
    """Return the file beside the finished tracks of a call that says what they lack."""
    return _folder(call) / MARKS


def _folder(call: Call) -> Path:
    return Path(settings.RECORDINGS_DIR) / FINISHED_FOLDER / str(call.pk)


def _tracks(call: Call) -> list[_Track]:
    segments: dict[str, list[Recording]] = {}
    for row in call.recordings.filter(kind__in=RAW).order_by("id"):
        segments.setdefault(row.leg_id or "", []).append(row)
    numbered: dict[str, int] = {}
    tracks: list[_Track] = []
    for leg in call.legs.order_by("created_at", "id"):
        if leg.pk in segments:
            numbered[leg.role] = number = numbered.get(leg.role, 0) + 1
            tracks.append(_Track(leg, relative(_folder(call) / f"{leg.role}-{number}.flac"), segments[leg.pk]))
    if "" in segments:
        tracks.append(_Track(None, relative(_folder(call) / "mix.flac"), segments[""]))
    return tracks


def offset_of(row: Recording) -> int:
    """Return where a segment begins; if the engine never said, when it was asked for is the best we know."""
    if row.offset_ms is not None:
        return row.offset_ms
    answered = row.call.answered_at
    return 0 if answered is None else round((row.created_at - answered).total_seconds() * 1000)


def pauses_of(call: Call, length_ms: int) -> list[Gap]:
    """Return from when to when the recording of a call of ``length_ms`` was paused."""
    told = call.events.filter(kind__in=["recording_paused", "recording_resumed"]).order_by("id")
    answered = call.answered_at
    if answered is None:
        return []
    return gaps.paused([(one.kind, round((one.at - answered).total_seconds() * 1000)) for one in told], length_ms)


def _make(call: Call, track: _Track, length_ms: int, pauses: list[Gap], failed: set[str]) -> Recording:
    root = Path(settings.RECORDINGS_DIR)
    segments = [Segment(offset_of(row), read_samples(root / row.path)) for row in track.segments]
    pieces = [
        Piece(segment.offset_ms, len(segment.samples) * 1000 // RATE, row.name in failed)
        for row, segment in zip(track.segments, segments, strict=True)
    ]
    until = length_ms
    if track.leg is not None and track.leg.ended_at is not None and call.answered_at is not None:
        until = min(length_ms, round((track.leg.ended_at - call.answered_at).total_seconds() * 1000))
    lacking = sorted([*pauses, *gaps.lost(pieces, until, pauses)], key=lambda gap: gap.begin_ms)
    samples = assemble(segments, length_ms, [(gap.begin_ms, gap.end_ms) for gap in pauses])
    data = encode_flac(samples, title=str(call.pk), comment=gaps.shown(lacking))
    target = root / track.path
    _write(target, data)
    _check(target, samples)
    made = Recording(
        call=call,
        leg=track.leg,
        kind=Recording.Kind.MIX if track.leg is None else Recording.Kind.TRACK,
        name=track.path,
        path=track.path,
        offset_ms=0,
        duration_ms=length_ms,
        sha256=hashlib.sha256(data).hexdigest(),
        size=len(data),
        gaps=[asdict(gap) for gap in lacking],
        verified_at=clock.now(),
        created_at=clock.now(),
    )
    kept_levels.keep(made, levels(samples))
    return made


def _marks(call: Call, made: list[Recording], length_ms: int, pauses: list[Gap]) -> bytes:
    told = {
        "call": str(call.pk),
        "length_ms": length_ms,
        "paused": [asdict(gap) for gap in pauses],
        "tracks": [{"file": Path(row.path).name, "sha256": row.sha256, "gaps": row.gaps} for row in made],
    }
    return json.dumps(told, ensure_ascii=False, indent=1).encode() + b"\n"


def _write(target: Path, data: bytes) -> None:
    """Write a file so that whoever looks finds all of it or none, also after the power failed."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        with partial.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _check(path: Path, samples: Samples) -> None:
    """NotKeptError unless the file, read again, holds exactly these samples."""
    try:
        same = np.array_equal(read_samples(path), samples)
    except ValueError:
        same = False
    if not same:
        path.unlink(missing_ok=True)
        raise NotKeptError(f"{path.name} does not hold what was written: the segments stay, the job is repeated")
