"""Fixtures of the page tests: compiled catalogues, a recordings folder, and a real web process with a real browser."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.cache import caches
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from yuqiao.accounts.models import Person
from yuqiao.lib.net import free_port
from yuqiao.web import messages

expect.set_options(timeout=15_000)

CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]


@pytest.fixture(autouse=True, scope="session")
def _catalogues() -> None:
    """Sentences are compared with their translations, so these must be compiled."""
    messages.compile_all()


@pytest.fixture(autouse=True)
def _no_failures_remembered() -> None:
    for cache in caches.all():
        cache.clear()


@pytest.fixture
def recordings(tmp_path: Path, settings: object) -> Path:
    folder = tmp_path / "recordings"
    folder.mkdir()
    settings.RECORDINGS_DIR = folder  # type: ignore[attr-defined]
    return folder


#: Written by ``make pages`` when everything stands.
BUILT = Path(__file__).parents[1] / "static" / "built" / ".built"


@dataclass
class Site:
    """A real ``yuqiao web`` over the test database."""

    port: int
    recordings: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self, **environment: str) -> None:
        assert BUILT.exists(), "the pages' modules are not built: say make pages"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "yuqiao.config.cli", "web"],
            env=os.environ
            | {
                "YUQIAO_DEBUG": "1",
                "DATABASE_URL": f"sqlite:///{connection.settings_dict['NAME']}",
                "YUQIAO_WEB_LISTEN": f"127.0.0.1:{self.port}",
                "YUQIAO_RECORDINGS_DIR": str(self.recordings),
                "YUQIAO_EVIDENCE_DIR": str(self.recordings.parent / "evidence"),
            }
            | environment,
        )
        deadline = time.monotonic() + 30
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            assert self.process.poll() is None, "yuqiao web ended at once"
            assert time.monotonic() < deadline, "yuqiao web does not listen"
            time.sleep(0.05)

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@pytest.fixture
def site(transactional_db: None, tmp_path: Path, settings: object) -> Iterator[Site]:
    folder = tmp_path / "recordings"
    folder.mkdir()
    settings.RECORDINGS_DIR = folder  # type: ignore[attr-defined]
    running = Site(free_port(), folder)
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    # Playwright keeps an event loop in this thread, which Django takes for one that its queries would block.
    patch = pytest.MonkeyPatch()
    patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with sync_playwright() as running:
        yield running
    patch.undo()


@pytest.fixture(scope="module")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM_ARGUMENTS)
    yield browser
    browser.close()


class Visitor:
    """A browser of one person: pages, and what went wrong in them."""

    def __init__(self, context: BrowserContext, site: Site) -> None:
        self.context = context
        self.site = site
        self.problems: list[str] = []
        context.on("weberror", lambda error: self.problems.append(str(error.error)))
        context.on("console", lambda message: self.problems.append(message.text) if message.type == "error" else None)

    def sign_in(self, person: Person, language: str = "en") -> None:
        """Enter without the form (which has its own test)."""
        client = Client()
        client.force_login(person)
        cookies = {
            django_settings.SESSION_COOKIE_NAME: client.cookies[django_settings.SESSION_COOKIE_NAME].value,
            django_settings.LANGUAGE_COOKIE_NAME: language,
        }
        self.context.add_cookies(
            [{"name": name, "value": value, "url": self.site.url} for name, value in cookies.items()]
        )

    def open(self, path: str) -> Page:
        page = self.context.new_page()
        page.goto(self.site.url + path)
        return page

    def open_live(self) -> Page:
        """Open the board and wait until its stream runs."""
        page = self.open("/board/")
        expect(page.locator("#live")).to_have_attribute("data-state", "live")
        return page


@pytest.fixture
def visitor(chromium: Browser, site: Site) -> Iterator[Visitor]:
    context = chromium.new_context(locale="en-GB")
    context.set_default_timeout(15_000)
    yield Visitor(context, site)
    context.close()
