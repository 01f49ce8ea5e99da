"""The DATABASE_URL of a database that is described by Django's settings: to hand it to another process."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote


def url_of(settings: Mapping[str, Any]) -> str:
    """Return ``sqlite:///…`` or ``postgres://…`` for an entry of Django's DATABASES."""
    if str(settings["ENGINE"]).endswith("sqlite3"):
        return f"sqlite:///{settings['NAME']}"
    user, password = quote(settings["USER"]), quote(settings["PASSWORD"])
    host = quote(settings["HOST"], safe="")  # a socket's folder has slashes
    return f"postgres://{user}:{password}@{host}:{settings['PORT']}/{settings['NAME']}"
