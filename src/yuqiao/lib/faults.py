"""What a log may say of an exception: its kind and where it came from, never its message, which may quote a caller."""

from __future__ import annotations

import traceback
from pathlib import Path


def where(error: BaseException) -> str:
    """Return an exception's kind and the last four places it came through: ``ValueError at sdp.py:12 parse < …``."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    places = " < ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in reversed(frames))
    return f"{type(error).__name__} at {places}" if places else type(error).__name__
