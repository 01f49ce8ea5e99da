"""Run a command against a fresh PostgreSQL server of its own: ``python -m tests.postgres COMMAND …``.

The server lives in a temporary folder, listens on a free port of 127.0.0.1, and is gone when the command ends.
``DATABASE_URL`` is set for the command; its exit status is ours.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from yuqiao.lib.net import free_port


def _binary(name: str) -> str:
    """Return the path of a PostgreSQL server program; Debian keeps them out of PATH."""
    found = shutil.which(name) or next(
        (str(path) for path in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)), None
    )
    if found is None:
        raise SystemExit(f"{name} is missing: install PostgreSQL's server (deploy/packages test)")
    return found


@contextlib.contextmanager
def server() -> Iterator[str]:
    """Start a server and yield its URL. PostgreSQL refuses to run as root, so root hands it to user postgres."""
    folder = Path(tempfile.mkdtemp(prefix="yuqiao-postgres-"))
    as_server: list[str] = []
    if os.geteuid() == 0:
        account = pwd.getpwnam("postgres")
        os.chown(folder, account.pw_uid, account.pw_gid)
        as_server = ["runuser", "-u", "postgres", "--"]
    data, port = str(folder / "data"), free_port()
    control = [*as_server, _binary("pg_ctl"), "--pgdata", data, "--wait"]
    try:
        subprocess.run(
            [*as_server, _binary("initdb"), "--auth=trust", "--username=yuqiao", "--no-sync", data],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=folder,
        )
        options = f"-h 127.0.0.1 -p {port} -k {folder} -c fsync=off -c synchronous_commit=off"
        log = str(folder / "log")
        subprocess.run(
            [*control, "--log", log, "--options", options, "start"], check=True, stdout=subprocess.DEVNULL, cwd=folder
        )
        try:
            yield f"postgres://yuqiao@127.0.0.1:{port}/postgres"
        finally:
            subprocess.run([*control, "--mode=immediate", "stop"], check=True, stdout=subprocess.DEVNULL, cwd=folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main(command: list[str]) -> int:
    """Run ``command`` with DATABASE_URL naming a fresh server; return its exit status."""
    if not command:
        raise SystemExit("usage: python -m tests.postgres COMMAND …")
    with server() as url:
        return subprocess.run(command, check=False, env=os.environ | {"DATABASE_URL": url}).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
