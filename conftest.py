"""What every test folder shares: a test database in a file, emptied although its journal refuses to be emptied."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import TransactionTestCase, override_settings
from hypothesis import settings as examples

# An example that takes long on a busy machine is no failure; everything else stays as the surroundings have it.
examples.register_profile("house", examples(), deadline=None)
examples.load_profile("house")
ROOT = Path(__file__).parent


#: Where tests keep time, beside those that are live or in a browser: ticks, sockets, processes, memory.
TIMED = tuple(str(ROOT / folder) for folder in ("src/yuqiao/media", "src/yuqiao/calls", "src/yuqiao/config", "bench"))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what keeps time: it runs in a lane of its own (`tests.lanes`)."""
    for item in items:
        if str(item.path).startswith(TIMED) or any(map(item.get_closest_marker, ("live", "browser", "asterisk"))):
            item.add_marker("timed")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep SQLite's test database in a file: in memory it knows neither WAL nor several writers, which we promise.

    Another process reaches it by ``connection.settings_dict["NAME"]``, on PostgreSQL as well.
    """
    database = connections["default"]
    if database.vendor == "sqlite":
        database.settings_dict["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")


@pytest.fixture(autouse=True)
def _tables_read_anew() -> None:
    """Let routing read its tables in each test, not remember those of the one before."""
    for name in ("routing_tables", "standing_by", "trend_figures"):
        importlib.import_module(f"yuqiao.hotline.{name}").forget()


@pytest.fixture(autouse=True, scope="session")
def _evidence_in_a_folder_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what tests hand in away from the evidence of this machine."""
    kept: dict[str, Any] = settings.STORAGES
    options = {"location": str(tmp_path_factory.mktemp("evidence")), "base_url": None}
    with override_settings(STORAGES={**kept, "evidence": {**kept["evidence"], "OPTIONS": options}}):
        yield


@pytest.fixture(autouse=True, scope="session")
def _journal_steps_aside_for_flush() -> Iterator[None]:
    """Lift the journal's triggers only while Django flushes the database after a transactional test."""
    guard = importlib.import_module("yuqiao.accounts.migrations.0002_journal_is_final")
    patch = pytest.MonkeyPatch()
    teardown = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]

    def flush(self: TransactionTestCase) -> None:
        with connection.schema_editor() as editor:
            guard.remove(None, editor)
        teardown(self)
        with connection.schema_editor() as editor:
            guard.install(None, editor)

    patch.setattr(TransactionTestCase, "_fixture_teardown", flush)
    yield
    patch.undo()
