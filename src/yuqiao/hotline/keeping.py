"""What becomes of recordings after their call: work that died is repeated, segments go once their tracks are proved,
and every file can be shown to be the one that was made.

The hashes of finished files stand in the journal, whose entries form a chain (`accounts.services`). So a file that was
changed, exchanged or removed shows, and a row that was made to fit it shows too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F

from yuqiao.accounts.models import JournalEntry
from yuqiao.accounts.services import record, verify_journal
from yuqiao.hotline.models import Call, Consent, Recording
from yuqiao.hotline.recordings import FINISHED, FINISHED_FOLDER, RAW, sha256_of

log = structlog.get_logger(__name__)

#: How long the job of an ended call may take before it counts as lost; and how many calls one round looks at.
PATIENCE = dt.timedelta(minutes=2)
AT_ONCE = 200
#: No file takes so long to be written.
ABANDONED = dt.timedelta(hours=1)
CHANGED, MISSING, EXCHANGED, UNKNOWN = "changed", "missing", "exchanged", "unknown"
#: A row names a file that the journal has not, or has otherwise; and an entry of the journal itself.
UNPROVED, CHAIN = "unproved", "journal"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it was made: what (a constant above), which file, of which call.

    ``other`` names the file whose content this one has (`EXCHANGED`), or the entry of the journal (`CHAIN`).
    """

    kind: str
    path: str
    call: str = ""
    other: str = ""

    def __str__(self) -> str:
        named = " ".join(part for part in (self.path, f"(call {self.call})" if self.call else "", self.other) if part)
        return f"{self.kind}: {named}"


@dataclass(frozen=True, slots=True)
class _Made:
    """A finished file as the journal has it."""

    sha256: str
    call: str


def unfinished(now: dt.datetime) -> list[str]:
    """Return calls that ended a while ago and have segments but no finished tracks: their job died, or failed."""
    ended = Call.objects.filter(answered_at__isnull=False, ended_at__lt=now - PATIENCE).exclude(consent=Consent.REFUSED)
    raw = Recording.objects.filter(kind__in=RAW).exclude(path="").values("call_id")
    done = Recording.objects.filter(kind__in=FINISHED).values("call_id")
    lasted = ended.exclude(ended_at=F("answered_at")).filter(pk__in=raw).exclude(pk__in=done)
    return [str(pk) for pk in lasted.order_by("ended_at").values_list("pk", flat=True)[:AT_ONCE]]


def undiscarded(now: dt.datetime) -> list[str]:
    """Return ended calls whose caller refused, of which a file is still named: their job died."""
    refused = Call.objects.filter(consent=Consent.REFUSED, ended_at__lt=now - PATIENCE)
    named = Recording.objects.exclude(path="").values("call_id")
    return [str(pk) for pk in refused.filter(pk__in=named).values_list("pk", flat=True)[:AT_ONCE]]


def outlived(now: dt.datetime) -> list[str]:
    """Return calls whose segments were kept as long as the settings say; none where they are kept for ever."""
    if settings.RAW_RECORDINGS_DAYS < 0:
        return []
    until = now - dt.timedelta(days=settings.RAW_RECORDINGS_DAYS)
    done = Recording.objects.filter(kind__in=FINISHED, verified_at__lte=until).values("call_id")
    raw = Recording.objects.filter(kind__in=RAW, created_at__lte=until).exclude(path="").values("call_id")
    old = Call.objects.filter(pk__in=raw).filter(pk__in=done).order_by("ended_at")
    return [str(pk) for pk in old.values_list("pk", flat=True)[:AT_ONCE]]


def sweep(now: dt.datetime) -> int:
    """Remove what a worker that died was writing an hour ago or earlier; returns how many files."""
    swept = 0
    for path in (Path(settings.RECORDINGS_DIR) / FINISHED_FOLDER).glob("*/*.part"):
        if path.stat().st_mtime < (now - ABANDONED).timestamp():
            path.unlink(missing_ok=True)
            swept += 1
    return swept


def remove_raw(call_id: str) -> int:
    """Delete the segments of a call, if every finished file of it is the one the journal has; returns how many.

    Otherwise nothing is deleted. The rows stay, without a path: what was recorded, when, and that it is gone.
    """
    call = Call.objects.get(pk=call_id)
    raw = list(call.recordings.filter(kind__in=RAW).exclude(path="").values_list("path", flat=True))
    if not raw:
        return 0
    made = _made(call)
    root = Path(settings.RECORDINGS_DIR)
    finished = set(call.recordings.filter(kind__in=FINISHED).values_list("path", "sha256"))
    proved = bool(finished) and finished <= {(path, one.sha256) for path, one in made.items()}
    if not proved or any(_hash(root / path) != one.sha256 for path, one in made.items()):
        log.error("recording_not_proved", call=call_id)
        return 0
    removed = 0
    for path in raw:
        if (root / path).is_file():
            (root / path).unlink()
            removed += 1
    with transaction.atomic():
        call.recordings.filter(kind__in=RAW).update(path="")
        record(None, "recording.raw_removed", call, {"files": removed})
    return removed


def verify() -> list[Finding]:
    """Compare every file in the recordings folder with the journal, in both directions; returns what does not fit."""
    root = Path(settings.RECORDINGS_DIR)
    made = _made(None)
    found = {path: _hash(root / path) for path in made}
    by_hash = {one.sha256: path for path, one in made.items()}
    findings = [Finding(CHAIN, "", other=f"entry {number} does not fit the chain") for number in verify_journal()]
    for path, one in sorted(made.items()):
        if not found[path]:
            findings.append(Finding(MISSING, path, one.call))
        elif found[path] != one.sha256:
            other = by_hash.get(found[path], "")
            findings.append(Finding(EXCHANGED if other else CHANGED, path, one.call, other and f"holds {other}"))
    rows = Recording.objects.filter(kind__in=FINISHED).values_list("name", "path", "sha256", "call_id")
    for name, path, sha256, call in rows:  # a file that is gone on purpose is in neither, its name in none
        if made.get(path or name) != (_Made(sha256, str(call)) if path else None):
            findings.append(Finding(UNPROVED, path or name, str(call)))
    named = set(Recording.objects.filter(kind__in=RAW).exclude(path="").values_list("path", flat=True))
    return findings + [Finding(UNKNOWN, path) for path in _files(root) if path not in made and path not in named]


def _made(call: Call | None) -> dict[str, _Made]:
    """Return the finished files that must be there, of one call or of all, by their paths: each call's last word."""
    told = JournalEntry.objects.filter(action__in=["recording.finish", "recording.discard", "recording.expire"])
    if call is not None:
        told = told.filter(subject_type=call._meta.label_lower, subject_id=str(call.pk))
    latest: dict[str, dict[str, _Made]] = {}
    for subject, detail in told.order_by("id").values_list("subject_id", "detail").iterator():
        files = detail["files"] if isinstance(detail.get("files"), list) else []  # a number of files: they are gone
        latest[subject] = {one["path"]: _Made(one["sha256"], subject) for one in files}
    return {path: one for files in latest.values() for path, one in files.items()}


def _hash(path: Path) -> str:
    return sha256_of(path) if path.is_file() else ""


def _files(root: Path) -> Iterator[str]:
    """Yield what lies in the folder of segments, and in that of finished files at any depth, in order."""
    if root.is_dir():
        there = [path for path in root.iterdir() if path.is_file()]
        there += [path for path in (root / FINISHED_FOLDER).rglob("*") if path.is_file()]
        yield from sorted(path.relative_to(root).as_posix() for path in there)
