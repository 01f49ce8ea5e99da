"""A database of a sample's own: SQLite in a folder that is gone afterwards, unless another one is named."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def prepare(folder: Path, url: str | None) -> None:
    """Point this process at its own folder and database, and bring that up to date. Before anything reads settings."""
    os.environ.update(
        DATABASE_URL=url or f"sqlite:///{folder / 'sample.sqlite3'}",
        YUQIAO_VAR_DIR=str(folder),
        YUQIAO_SECRET_KEY=secrets.token_urlsafe(48),
        YUQIAO_ARI_PASSWORD=secrets.token_urlsafe(24),
        DJANGO_SETTINGS_MODULE="yuqiao.config.settings",
    )
    for name in ("YUQIAO_RECORDINGS_DIR", "YUQIAO_SOUNDS_DIR"):
        os.environ.pop(name, None)
    import django  # noqa: PLC0415 (after the environment is prepared)
    from django.core.management import call_command  # noqa: PLC0415

    django.setup()
    call_command("migrate", verbosity=0)
