"""From commit to what a board shows: ``python -m bench.wallboard``.

500 live calls, 50 open boards, 20 changes a second, written by the services as in life; on SQLite and PostgreSQL.

Beside it, in the same run, the naive way: each board asks for the whole page each second. Prints and stores
bench/results/wallboard.json; exits with 1 when p95 is over 300 ms.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from bisect import bisect_left
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright
from tests.pages.site import launched
from tests.postgres import server

from bench import machine
from bench.wallboard import boards
from yuqiao.lib.net import free_port

PROMISE_MS = 300.0
#: In the page: when each card or row of a state was painted, in UNIX milliseconds.
WATCH = """() => {
  window.shown = {};
  const note = (key) => requestAnimationFrame(() => (window.shown[key] ??= Date.now()));
  new MutationObserver((changes) => {
    for (const change of changes) for (const node of change.addedNodes) {
      if (node.id?.startsWith("call-")) note(`${node.id.slice(5)} ${node.matches("article") ? "true" : "ended"}`);
    }
  }).observe(document.body, { childList: true, subtree: true });
}"""


def percentiles(times: list[float]) -> dict[str, float | int]:
    """Return p50, p95 and the longest, in milliseconds."""
    found = sorted(times)
    return {
        "n": len(found),
        "p50_ms": round(found[len(found) // 2], 1),
        "p95_ms": round(found[int(len(found) * 0.95)], 1),
        "max_ms": round(found[-1], 1),
    }


def rows(environment: dict[str, str], *arguments: str) -> subprocess.Popen[str]:
    """Run the part that writes, in a process of its own."""
    command = [sys.executable, "-m", "bench.wallboard.rows", *arguments]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def told_after(times: list[float], commit: float) -> float | None:
    """Return the milliseconds from ``commit`` to the first telling after it."""
    place = bisect_left(times, commit - 0.05)  # the writer reads the clock just after the commit
    return None if place == len(times) else max(0.0, 1000 * (times[place] - commit))


def measure(url: str, folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Measure one database."""
    port = free_port()
    environment = os.environ | {
        "YUQIAO_DEBUG": "1",
        "DATABASE_URL": url,
        "YUQIAO_VAR_DIR": str(folder),
        "YUQIAO_WEB_LISTEN": f"127.0.0.1:{port}",
        "DJANGO_SETTINGS_MODULE": "yuqiao.config.settings",
        "YUQIAO_SECOND_FACTOR_ROLES": "none",
    }
    cookie = rows(environment, "fill", str(options.calls), "200").communicate()[0].strip()
    web = subprocess.Popen(
        [sys.executable, "-m", "yuqiao.config.cli", "web"], env=environment, stderr=subprocess.DEVNULL
    )
    try:
        time.sleep(5)
        with sync_playwright() as playwright:
            # Each in a browser of its own: one that lies behind another's tab is painted once a second.
            browsers = [launched(playwright) for _ in range(options.browsers)]
            pages = []
            for browser in browsers:
                context = browser.new_context()
                context.add_cookies([{"name": "sessionid", "value": cookie, "url": f"http://127.0.0.1:{port}"}])
                page = context.new_page()
                page.goto(f"http://127.0.0.1:{port}/board/")
                page.evaluate(WATCH)
                pages.append(page)
            result = live(port, cookie, environment, web.pid, options)
            painted = [page.evaluate("window.shown") for page in pages]
            for browser in browsers:
                browser.close()
        commits = result.pop("commits")
        in_browser = [one[key] - at * 1000 for key, at in commits for one in painted if key in one]
        result["painted_in_chromium"] = percentiles(in_browser)
        result["naive"] = naive(port, cookie, environment, web.pid, options)
        return result
    finally:
        web.terminate()
        web.wait(20)


def live(port: int, cookie: str, environment: dict[str, str], pid: int, options: argparse.Namespace) -> dict[str, Any]:
    """Measure the streams."""
    seen: list[dict[str, list[float]]] = []
    clients = threading.Thread(
        target=lambda: seen.extend(asyncio.run(boards.followed(port, cookie, options.boards, options.seconds + 8)))
    )
    clients.start()
    time.sleep(5)
    before, begun = machine.cpu_seconds(pid), time.monotonic()
    written = rows(environment, "write", str(options.rate), str(options.seconds)).communicate()[0]
    spent = (machine.cpu_seconds(pid) - before) / (time.monotonic() - begun)
    clients.join()
    commits = [(str(key), float(at)) for key, at in map(json.loads, written.splitlines())]
    times = [told_after(one.get(key, []), at) for key, at in commits for one in seen]
    late = [one for one in times if one is not None]
    return {
        "changes": len(commits),
        "told": percentiles(late),
        "never_told": len(times) - len(late),
        "web_cpu_share": round(spent, 3),
        "commits": commits,
    }


def naive(port: int, cookie: str, environment: dict[str, str], pid: int, options: argparse.Namespace) -> dict[str, Any]:
    """Measure boards that ask for the page each second."""
    writer = rows(environment, "write", str(options.rate), str(options.naive_seconds))
    before, begun = machine.cpu_seconds(pid), time.monotonic()
    answers, size = asyncio.run(boards.polled(port, cookie, options.boards, options.naive_seconds))
    spent = (machine.cpu_seconds(pid) - before) / (time.monotonic() - begun)
    commits = [json.loads(line)[1] for line in writer.communicate()[0].splitlines()]
    ages = [
        1000 * (answered - at)
        for at in commits
        for one in answers
        for asked, answered in [next((pair for pair in one if pair[0] >= at), (0.0, 0.0))]
        if answered
    ]
    return {"shown": percentiles(ages) if ages else None, "page_bytes": size, "web_cpu_share": round(spent, 3)}


def main() -> int:
    """Measure SQLite and PostgreSQL."""
    parser = argparse.ArgumentParser(prog="python -m bench.wallboard", description=__doc__)
    parser.add_argument("--calls", type=int, default=500)
    parser.add_argument("--boards", type=int, default=50)
    parser.add_argument("--browsers", type=int, default=2)
    parser.add_argument("--rate", type=float, default=20.0)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--naive-seconds", type=float, default=15.0)
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    options = parser.parse_args()
    result: dict[str, Any] = {"calls": options.calls, "boards": options.boards, "changes_per_second": options.rate}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if options.only != "postgresql":
            result["sqlite"] = measure(f"sqlite:///{folder / 'bench.sqlite3'}", folder, options)
        if options.only != "sqlite":
            with server() as url:
                result["postgresql"] = measure(url, folder, options)
    sys.stdout.write(json.dumps(result, indent=2) + "\n")
    machine.store("wallboard", result)
    found = [result[one] for one in ("sqlite", "postgresql") if one in result]
    kept = all(
        one["told"]["p95_ms"] <= PROMISE_MS >= one["painted_in_chromium"]["p95_ms"] and not one["never_told"]
        for one in found
    )
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
