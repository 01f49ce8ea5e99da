"""Whether anything was committed since the last look: one cheap question instead of reading every table again.

SQLite counts the commits of other connections (``PRAGMA data_version``, https://www.sqlite.org/pragma.html). In
PostgreSQL what is visible is a snapshot (``pg_current_snapshot``, its documentation 9.27): as long as its text is the
same, every table reads the same. So whoever writes needs to announce nothing, and a lost announcement cannot be.
"""

from __future__ import annotations

from django.db import connection

_ASKED = {"sqlite": "PRAGMA data_version", "postgresql": "SELECT pg_current_snapshot()::text"}


def mark() -> object:
    """Return a value that is another one after any commit of another connection than this thread's own."""
    with connection.cursor() as cursor:
        cursor.execute(_ASKED[connection.vendor])
        return cursor.fetchone()[0]
