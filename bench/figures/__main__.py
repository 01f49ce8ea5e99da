"""All figures of a year of 1,000,000 calls, on SQLite and on PostgreSQL: ``python -m bench.figures``.

The rows come from the demonstration's seeded history: 104 lines, ten languages, a request for nearly every call. Each
time is the median of three. Prints and stores bench/results/figures.json; exits with 1 when a promise is not kept.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.postgres import server

from bench import machine

PROMISE_SECONDS = 2.0
YEAR = 2021
#: What the page of statistics asks of the database, part by part: each is held to the promise.
PARTS = ("year_s", "by_month_s", "by_line_s", "by_language_s", "occupancy_of_a_day_s")
LINES = 104
OWN = "960169"


def fill(count: int) -> None:
    """Migrate, and write the year."""
    from django.core.management import call_command  # noqa: PLC0415 (after the environment is prepared)
    from django.db import connection  # noqa: PLC0415

    from yuqiao.accounts.services import create_person  # noqa: PLC0415
    from yuqiao.demo.history import calls_of  # noqa: PLC0415
    from yuqiao.demo.history_rows import write  # noqa: PLC0415
    from yuqiao.hotline.models import Line  # noqa: PLC0415
    from yuqiao.lib import clock  # noqa: PLC0415
    from yuqiao.workforce.models import Interpreter  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    partners = [f"8{number:04d}" for number in range(1, LINES)]
    for number in (OWN, *partners):
        Line.objects.create(number=number, name_zh=number, line_class="government")
    for tier in ("resident", "remote"):
        Interpreter.objects.create(
            person=create_person(f"bench-{tier}", by=None), number=tier, tier=tier, state_since=clock.now()
        )
    write(calls_of(YEAR, count, partners, OWN, 1))
    sign_on()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def sign_on() -> None:
    """Write both interpreters' time signed on in shifts of eight hours, and a wrap-up each half hour."""
    from yuqiao.hotline.figures.period import period  # noqa: PLC0415
    from yuqiao.workforce.models import Interpreter, PresenceSpan, SpanKind  # noqa: PLC0415

    year, hour = period(str(YEAR)), dt.timedelta(hours=1)
    half_hours = [year.since + n * hour / 2 for n in range((year.until - year.since) // (hour / 2))]
    PresenceSpan.objects.bulk_create(
        [
            PresenceSpan(interpreter=one, kind=kind, began_at=begin, ended_at=begin + lasted, lasted=lasted)
            for one in Interpreter.objects.all()
            for kind, step, lasted in ((SpanKind.ON, 16, 8 * hour), (SpanKind.WRAP_UP, 1, hour / 60))
            for begin in half_hours[::step]
        ],
        batch_size=5000,
    )


def seconds(work: Callable[[], object]) -> float:
    """Return the median of three runs."""
    spent = []
    for _ in range(3):
        began = time.perf_counter()
        work()
        spent.append(time.perf_counter() - began)
    return round(statistics.median(spent), 3)


def measure(count: int) -> dict[str, Any]:
    """Fill the database of this process's settings, and time the figures."""
    import django  # noqa: PLC0415

    django.setup()
    from yuqiao.hotline.figures.catalogue import COLUMNS  # noqa: PLC0415
    from yuqiao.hotline.figures.definition import Scope  # noqa: PLC0415
    from yuqiao.hotline.figures.occupancy import by_half_hour  # noqa: PLC0415
    from yuqiao.hotline.figures.period import period  # noqa: PLC0415
    from yuqiao.hotline.figures.report import grouped, totals  # noqa: PLC0415

    began = time.perf_counter()
    fill(count)
    filled = round(time.perf_counter() - began, 1)
    year = period(str(YEAR))
    scope, day = Scope(year.since, year.until), period(f"{YEAR}-06").since
    found = totals(scope)
    assert found["calls"].numerator == count
    return {
        "rows_written_in_s": filled,
        "requests": found["response_rate"].denominator,
        "year_s": seconds(lambda: totals(scope)),
        "by_month_s": seconds(lambda: [totals(Scope(one.since, one.until), COLUMNS) for one in year.by_month()]),
        "by_line_s": seconds(lambda: grouped(scope, "line", COLUMNS)),
        "by_language_s": seconds(lambda: grouped(scope, "language", COLUMNS)),
        "occupancy_of_a_day_s": seconds(lambda: by_half_hour(Scope(day, day + dt.timedelta(days=1)))),
    }


def measured_on(url: str, count: int) -> dict[str, Any]:
    """Measure in a process of its own, since settings are read once."""
    environment = os.environ | {
        "DATABASE_URL": url,
        "YUQIAO_DEBUG": "0",
        "YUQIAO_SECRET_KEY": "bench-" * 10,
        "YUQIAO_ARI_PASSWORD": "bench",
        "DJANGO_SETTINGS_MODULE": "yuqiao.config.settings",
    }
    command = [sys.executable, "-m", "bench.figures", "--one", "--calls", str(count)]
    done = subprocess.run(command, check=True, env=environment, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(done.stdout))


def main() -> int:
    """Measure both databases; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=1_000_000)
    parser.add_argument("--one", action="store_true", help="measure only the database of DATABASE_URL")
    chosen = parser.parse_args()
    if chosen.one:
        print(json.dumps(measure(chosen.calls)))
        return 0
    with tempfile.TemporaryDirectory(prefix="yuqiao-figures-") as folder:
        result: dict[str, Any] = {"calls": chosen.calls, "promise_s": PROMISE_SECONDS}
        result["sqlite"] = measured_on(f"sqlite:///{Path(folder) / 'figures.sqlite3'}", chosen.calls)
    with server() as url:
        result["postgresql"] = measured_on(url, chosen.calls)
    parts = [result[name][part] for name in ("sqlite", "postgresql") for part in PARTS]
    result["kept"] = all(spent <= PROMISE_SECONDS for spent in parts)
    print(json.dumps(result, indent=2))
    if chosen.calls == parser.get_default("calls"):
        print(machine.store("figures", result))
    return 0 if result["kept"] else 1


if __name__ == "__main__":
    sys.exit(main())
