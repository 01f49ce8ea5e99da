"""``yuqiao work`` for real: killed while a partner takes an event, another one sends it again under the same id."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from yuqiao.config.tests.test_supervisor import until
from yuqiao.hooks.tests.receiver import Answer, Post, Receiver, receiving

pytestmark = pytest.mark.live

PUBLISH = """
import django; django.setup()
from django.db.models import Q
from yuqiao.accounts.models import Person
from yuqiao.hooks import services
from yuqiao.hooks.publishing import publish
person = Person.objects.create(username="chen")
services.register(person, "x", {url!r}, ["service.down", "service.up"], by=None)
for kind in ("service.down", "service.up"):
    publish(kind, "service:media", {{"service": "media", "line": ""}}, Q())
"""


@pytest.fixture
def partner() -> Iterator[Receiver]:
    with receiving() as server:
        yield server


class House:
    """A database of its own and workers on it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._environment = os.environ | {
            "YUQIAO_DEBUG": "1",
            "YUQIAO_VAR_DIR": str(folder),
            "DATABASE_URL": f"sqlite:///{folder / 'hooks.sqlite3'}",
            "DJANGO_SETTINGS_MODULE": "yuqiao.config.settings",
            "YUQIAO_HOOK_HTTP": "1",
            "YUQIAO_HOOK_NETWORKS": "127.0.0.0/8",
            "YUQIAO_HOOK_TIMEOUT_SECONDS": "1",
        }

    def run(self, *argv: str) -> None:
        subprocess.run([sys.executable, *argv], env=self._environment, check=True, capture_output=True)

    def worker(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "yuqiao.config.cli", "work"]
        with (self._folder / "log").open("ab") as log:
            return subprocess.Popen(command, env=self._environment, stdout=log, stderr=log)


def test_what_was_under_way_when_the_worker_was_killed_is_sent_again(partner: Receiver, tmp_path: Path) -> None:
    house, never = House(tmp_path), threading.Event()
    killed: list[subprocess.Popen[bytes]] = []

    def answer(_post: Post) -> Answer:
        if len(partner.posts) == 1:  # taken here, and the answer never reaches who sent it
            killed[0].kill()
            never.wait(5)
        return Answer()

    partner.answer = answer
    house.run("-m", "yuqiao.config.cli", "migrate", "--verbosity", "0")
    house.run("-c", PUBLISH.format(url=partner.url))
    killed.append(house.worker())
    second = None
    try:
        until(lambda: len(partner.posts) == 1 and killed[0].poll() is not None, 30)
        never.set()
        second = house.worker()
        until(lambda: len(partner.posts) == 3, 30)
    finally:
        for one in (*killed, *([second] if second else [])):
            one.kill()
            one.wait()
    first, again, next_one = partner.ids()
    assert first == again != next_one
    assert partner.posts[0].body == partner.posts[1].body
    assert b"service.up" in partner.posts[2].body
