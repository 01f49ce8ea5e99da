"""Levels of finished tracks, kept as small files so that a page need not read the tracks to draw them.

They lie in a folder of their own, ``waveforms/<call id>/``: everything in ``finished`` is proved by the journal, while
these are made again whenever they are missing, and each names by SHA-256 the recording it was taken from.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import structlog
from django.conf import settings

from yuqiao.hotline.models import Recording
from yuqiao.hotline.waveform import Levels, packed, unpacked

log = structlog.get_logger(__name__)

FOLDER = "waveforms"


def file_of(row: Recording) -> Path:
    """Return where the levels of a finished recording are kept."""
    return Path(settings.RECORDINGS_DIR) / FOLDER / str(row.call_id) / f"{Path(row.path).stem}.levels"


def keep(row: Recording, levels: Levels) -> None:
    """Keep the levels of a finished recording; a disk that does not take them costs time later and nothing else."""
    target = file_of(row)
    partial = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(packed(levels, row.sha256))
        partial.replace(target)
    except OSError as error:
        log.warning("levels_not_kept", call=str(row.call_id), why=error.strerror)


def kept(row: Recording) -> Levels | None:
    """Return the kept levels of a finished recording; None where there are none, or they are of another file."""
    if not row.sha256:
        return None
    try:
        return unpacked(file_of(row).read_bytes(), row.sha256)
    except OSError:
        return None


def forget(call_id: str) -> None:
    """Delete what was kept of a call."""
    shutil.rmtree(Path(settings.RECORDINGS_DIR) / FOLDER / call_id, ignore_errors=True)
