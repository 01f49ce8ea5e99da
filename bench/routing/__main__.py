"""One request among 5,000 interpreters: ``python -m bench.routing``.

Times the pure decision over everybody who holds the language (`routing.choose`), and the whole `queue.seek`, which
reads, decides, claims and keeps the decision with its reasons, on SQLite and on a PostgreSQL of its own; then the same
while other requests wait. Milliseconds as p50 and p95. Prints and stores bench/results/routing.json; exits with 1 when
the promise is not kept.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from functools import partial
from math import ceil
from pathlib import Path
from typing import Any

from tests.postgres import server

from bench import machine

PROMISE_MS = 5.0
INTERPRETERS, REQUESTS, WAITING = 5000, 500, 20
LANGUAGES = ("en", "ja", "ko", "fr", "de", "ru", "es", "ar", "pt")


def timed(work: Iterable[Callable[[], object]]) -> dict[str, float]:
    """Run each once; return milliseconds at p50 and p95 by the nearest rank, and the longest."""
    spent = []
    for one in work:
        began = time.perf_counter()
        one()
        spent.append((time.perf_counter() - began) * 1000)
    spent.sort()
    return {
        "p50_ms": round(spent[ceil(0.5 * len(spent)) - 1], 3),
        "p95_ms": round(spent[ceil(0.95 * len(spent)) - 1], 3),
        "max_ms": round(spent[-1], 3),
    }


def measure() -> dict[str, Any]:
    """Fill the database of this process's settings and time requests one by one, each in its own transaction."""
    import django  # noqa: PLC0415 (settings are read from the environment of this process)

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection, transaction  # noqa: PLC0415

    from yuqiao.hotline.models import InterpreterRequest, Line  # noqa: PLC0415
    from yuqiao.hotline.queue import seek  # noqa: PLC0415
    from yuqiao.hotline.state import CallState  # noqa: PLC0415
    from yuqiao.hotline.tests.many import asking, interpreters, write_requests  # noqa: PLC0415
    from yuqiao.lib import clock  # noqa: PLC0415
    from yuqiao.workforce.services import release  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    Line.objects.create(number="960169", name_zh="960169", line_class="own", priority=20)
    Line.objects.create(number="110", name_zh="110", line_class="emergency", priority=100)
    interpreters(INTERPRETERS, LANGUAGES, ready=0.8)
    calls = asking("routing", 2 * REQUESTS)
    write_requests(calls)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")

    def sought(call: CallState) -> Callable[[], object]:
        def work() -> object:
            with transaction.atomic():
                return seek(call, call.requests[0].id, clock.now())

        return work

    def freed(some: Iterable[CallState]) -> None:
        for call in some:
            release(call.requests[0].id, "ready", clock.now())

    timed(map(sought, calls[:20]))  # tables that are kept in memory are read, and the connection is open
    freed(calls[:20])
    alone = timed(map(sought, calls[:REQUESTS]))
    freed(calls[:REQUESTS])
    queued = asking("waiting", WAITING)
    write_requests(queued)
    InterpreterRequest.objects.filter(call_id__in=[one.id for one in queued]).update(state="waiting")
    return {"seek": alone, f"seek_while_{WAITING}_wait": timed(map(sought, calls[REQUESTS : REQUESTS + 100]))}


def pure() -> dict[str, Any]:
    """Time the decision alone: all 5,000 hold the language, and are handed in."""
    from random import Random  # noqa: PLC0415

    from yuqiao.hotline.routing import TIERS, Candidate, Policies, Wanted, choose  # noqa: PLC0415

    chance, now = Random(1), 1_000_000.0
    everybody = [
        Candidate(
            number,
            chance.choice(TIERS),
            now - chance.random() * 3600,
            ((chance.choice(LANGUAGES), chance.randint(1, 3)), (chance.choice(("zh-yue", "vi")), 1)),
            busy=chance.random() < 0.2,
        )
        for number in range(1, INTERPRETERS + 1)
    ]
    requests = [
        Wanted(str(number), chance.choice(LANGUAGES), 20, head=False, created_at=now - chance.random() * 5)
        for number in range(REQUESTS)
    ]
    policies = Policies()
    return timed(partial(choose, one, (), everybody, policies, now) for one in requests)


def measured_on(url: str) -> dict[str, Any]:
    """Measure in a process of its own, since settings are read once."""
    environment = os.environ | {
        "DATABASE_URL": url,
        "YUQIAO_DEBUG": "0",
        "YUQIAO_SECRET_KEY": "bench-" * 10,
        "YUQIAO_ARI_PASSWORD": "bench",
        "DJANGO_SETTINGS_MODULE": "yuqiao.config.settings",
    }
    command = [sys.executable, "-m", "bench.routing", "--one"]
    done = subprocess.run(command, check=True, env=environment, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(done.stdout))


def main() -> int:
    """Measure; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--one", action="store_true", help="measure only the database of DATABASE_URL")
    if parser.parse_args().one:
        print(json.dumps(measure()))
        return 0
    result: dict[str, Any] = {"interpreters": INTERPRETERS, "requests": REQUESTS, "promise_ms": PROMISE_MS}
    result["pure"] = pure()
    with tempfile.TemporaryDirectory(prefix="yuqiao-routing-") as folder:
        result["sqlite"] = measured_on(f"sqlite:///{Path(folder) / 'routing.sqlite3'}")
    with server() as url:
        result["postgresql"] = measured_on(url)
    parts = [result["pure"], result["sqlite"]["seek"], result["postgresql"]["seek"]]
    result["kept"] = all(part["p95_ms"] <= PROMISE_MS for part in parts)
    print(json.dumps(result, indent=2))
    print(machine.store("routing", result))
    return 0 if result["kept"] else 1


if __name__ == "__main__":
    sys.exit(main())
