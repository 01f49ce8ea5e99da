"""One recording in progress and how ARI shows it; finished ones are files. No I/O but listing those."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Container
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from yuqiao.media.ports import RecordSource


@dataclass(eq=False)
class LiveRecording:
    """A recording from the moment it is asked for until its file is complete."""

    name: str
    ref: str
    path: Path
    source: RecordSource
    target: str
    apps: set[str]
    state: str = "queued"
    duration_ms: int | None = None
    cause: str = ""
    discard: bool = False
    started_at: dt.datetime | None = None
    begun: bool = False
    stop_asked: bool = False
    paused: bool = False
    muted: bool = False
    left_out: bool = False  # it was paused once, so that its file is shorter than the time it took
    seconds_left: float | None = None  # until it ends by itself; None: never
    ends_at: float | None = None  # of the loop's clock, while that time runs
    finished: asyncio.Event = field(default_factory=asyncio.Event)

    def as_json(self) -> dict[str, Any]:
        """Return the LiveRecording model of ARI; ``duration`` in whole seconds as there, ``duration_ms`` is ours."""
        state = "paused" if self.paused and self.state == "recording" else self.state
        shown: dict[str, Any] = {"name": self.name, "format": "wav", "state": state, "target_uri": self.target}
        if self.duration_ms is not None:
            shown |= {"duration": self.duration_ms // 1000, "duration_ms": self.duration_ms}
        if self.cause:
            shown["cause"] = self.cause
        return shown


def stored(folder: Path, live: Container[str]) -> list[dict[str, str]]:
    """Return the StoredRecording models of the files in ``folder`` that are not being written any more."""
    names = (str(path.relative_to(folder).with_suffix("")) for path in sorted(folder.rglob("*.wav")))
    return [{"name": name, "format": "wav"} for name in names if name not in live]
