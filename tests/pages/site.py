"""A real ``yuqiao web`` over a city with one of everything, and browsers of those who may see each page."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, BrowserContext, Page, Playwright

from tests.house.addresses.table import ENDLESS, EVERYBODY, SIGNED_IN, TABLE
from yuqiao.lib.net import free_port

CHROMIUM: Final = "/usr/bin/chromium"
ARGUMENTS: Final = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--force-prefers-reduced-motion",
]
#: Patience with a start on a busy machine, seconds.
PATIENCE: Final = 60.0


@dataclass(frozen=True, slots=True)
class Shown:
    """A page to be looked at: its name, where it is, and the letter (see the table) of who looks."""

    name: str
    path: str
    who: str


@dataclass(frozen=True, slots=True)
class Site:
    """The running site. ``told``: what the city said of itself (`tests.pages.town`)."""

    url: str
    told: dict[str, Any]

    def context(self, browser: Browser, who: str, language: str, **more: Any) -> BrowserContext:
        """Return a browser of ``who``, signed in unless it is "-", reading ``language``."""
        context = browser.new_context(locale=language, **more)
        cookies = {self.told["language_cookie"]: language}
        if who != "-":
            cookies[self.told["session_cookie"]] = self.told["sessions"][who]
        context.add_cookies([{"name": name, "value": value, "url": self.url} for name, value in cookies.items()])
        return context

    def pages(self) -> Iterator[Shown]:
        """Yield every page that somebody may open, with who sees most of it."""
        for name, (get, _post) in TABLE.items():
            letters = {"+": EVERYBODY, "*": SIGNED_IN}.get(get, get.partition("?")[0])
            if not letters or name in ENDLESS:
                continue
            order = ("-", "P", "S", "h", "I", *letters) if get == "+" else ("P", "S", "h", "I", *letters)
            who = next(letter for letter in order if letter in letters)
            yield Shown(name, self.told["addresses"][name], who)
        yield Shown("desk", "/", "h")
        yield Shown("desk-of-agent", "/agent/", "l")


@contextlib.contextmanager
def running(folder: Path, **environment: str) -> Iterator[Site]:
    """Start the site over a database in ``folder``, and end it."""
    port = free_port()
    settings = os.environ | {
        "YUQIAO_DEBUG": "0",  # as in production: our own pages where something is missing
        "YUQIAO_SECRET_KEY": "nobody's " * 8,
        "YUQIAO_ARI_PASSWORD": "nobody's",
        "YUQIAO_SECOND_FACTOR_ROLES": "none",
        "YUQIAO_STEP_UP_MINUTES": "0",
        "YUQIAO_VIDEO": "on",
        "DATABASE_URL": f"sqlite:///{folder / 'city.sqlite3'}",
        "YUQIAO_VAR_DIR": str(folder),
        "YUQIAO_WEB_LISTEN": f"127.0.0.1:{port}",
        "PYTHONPATH": os.pathsep.join(["src", ".", os.environ.get("PYTHONPATH", "")]),
        **environment,
    }
    town = subprocess.run(
        [sys.executable, "-m", "tests.pages.town"],
        env=settings,
        stdout=subprocess.PIPE,
        check=True,
        timeout=PATIENCE * 3,
    )
    web = subprocess.Popen([sys.executable, "-m", "yuqiao.config.cli", "web"], env=settings)
    try:
        _await_port(web, port)
        yield Site(f"http://127.0.0.1:{port}", json.loads(town.stdout))
    finally:
        web.terminate()
        try:
            web.wait(10)
        except subprocess.TimeoutExpired:
            web.kill()
            web.wait()


def _await_port(web: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        if web.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("the site does not start; what it said stands above")
        time.sleep(0.05)


def launched(playwright: Playwright) -> Browser:
    """Return Debian's Chromium."""
    return playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)


def opened(context: BrowserContext, site: Site, shown: Shown, language: str) -> Page | None:
    """Return what is ``shown`` in a new page, settled; None where there is no page of its own. Citizens' pages bear
    their language in their address."""
    tongue = {"zh-hans": "zh"}.get(language, language)
    path = shown.path.replace("/en/", f"/{tongue}/", 1) if shown.name.startswith("citizen-") else shown.path
    answer = context.request.get(site.url + path, max_redirects=0)
    if answer.status in {301, 302} and not answer.headers["location"].startswith("/sign-in/"):
        return None  # the way to another page, which is looked at by its own name
    begins = answer.text().lstrip()[:9].lower() if "text/html" in answer.headers.get("content-type", "") else ""
    if begins != "<!doctype":  # a file, or a part that another page fetches and shows
        return None
    page = context.new_page()
    page.goto(site.url + path, wait_until="load")
    page.evaluate("document.fonts.ready")
    return page
