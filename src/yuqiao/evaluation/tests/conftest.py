"""What the tests of the evaluation share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def kept(tmp_path: Path, settings: Any) -> Path:
    """Give a test a folder of evidence of its own, empty at first."""
    folder = tmp_path / "kept"
    given = {**settings.STORAGES["evidence"], "OPTIONS": {"location": str(folder), "base_url": None}}
    settings.STORAGES = {**settings.STORAGES, "evidence": given}
    return folder
