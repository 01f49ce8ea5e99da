"""Sets the stage: a folder and an environment of its own, free ports, the platform and one phone as child processes."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from yuqiao.demo.party import READY, SESSIONS
from yuqiao.lib.environment import read
from yuqiao.lib.net import free_port
from yuqiao.media.ports import Address

HOST: Final = "127.0.0.1"
START_WITHIN: Final = 60.0
STOP_WITHIN: Final = 25.0
#: What the demonstration changes so that mishaps pass quickly; a real site keeps the defaults.
SETTINGS: Final = {
    "YUQIAO_RTP_TIMEOUT": "4",
    "YUQIAO_RING_SECONDS": "8",
    "YUQIAO_WAIT_SECONDS": "12",
    "YUQIAO_WRAP_UP_SECONDS": "2",
}


class StageError(RuntimeError):
    """The stage could not be set; the message says why."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the platform listens."""

    sip: int
    web: int
    ari: int
    phones: int


def choose_ports(base: int | None) -> Ports:
    """Return ``base`` and those after it, or SIP 5060 (15060 if taken), web 8000, ARI 8088 and browsers' phones 8089
    (others if taken)."""
    if base is not None:
        return Ports(base, base + 1, base + 2, base + 3)
    return Ports(_first_free(5060, 15060), _first_free(8000, 18000), _first_free(8088, 18088), _first_free(8089, 18089))


def _first_free(*wanted: int) -> int:
    for port in wanted:
        with contextlib.suppress(OSError), contextlib.ExitStack() as held:
            for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
                probe = held.enter_context(socket.socket(socket.AF_INET, kind))
                if kind == socket.SOCK_STREAM:
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # past connections are no hindrance
                probe.bind((HOST, port))
            return port
    return free_port(HOST)


def prepare(folder: Path, ports: Ports, *, media: bool = True) -> None:
    """Empty ``folder`` of an earlier run (its sounds stay) and point this process and its children at it.

    Without our own media server, the password stays what the engine in its place was told.
    """
    for name in ("recordings", "parties", "static"):
        shutil.rmtree(folder / name, ignore_errors=True)
    for old in [*folder.glob("yuqiao.sqlite3*"), folder / "summary.json", folder / "platform.log"]:
        old.unlink(missing_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    os.environ.pop("DATABASE_URL", None)  # never the site's own database
    os.environ.pop("YUQIAO_RECORDINGS_DIR", None)
    os.environ.pop("YUQIAO_SOUNDS_DIR", None)
    os.environ.update(
        SETTINGS,
        YUQIAO_VAR_DIR=str(folder.resolve()),
        YUQIAO_SECRET_KEY=secrets.token_urlsafe(48),
        YUQIAO_SIP_HOST=HOST,
        YUQIAO_SIP_PORT=str(ports.sip),
        YUQIAO_SIP_PEERS="127.0.0.0/8",
        YUQIAO_WEB_LISTEN=f"{HOST}:{ports.web}",
        YUQIAO_ARI_LISTEN=f"{HOST}:{ports.ari}",
        YUQIAO_PHONES_LISTEN=f"{HOST}:{ports.phones}",
        YUQIAO_PHONES_URL=f"ws://{HOST}:{ports.phones}/sip",
        YUQIAO_ARI_URL=f"http://{HOST}:{ports.ari}/ari",
        DJANGO_SETTINGS_MODULE="yuqiao.config.settings",
    )
    if media:
        os.environ["YUQIAO_ARI_PASSWORD"] = secrets.token_urlsafe(24)


class Platform:
    """``yuqiao up`` as a child; what it prints goes to ``log``."""

    def __init__(self, ports: Ports, log: Path, *, media: bool = True) -> None:
        self.ports = ports
        self.log = log
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "yuqiao.config.cli", "up", *([] if media else ["--without", "media"])],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is for us; we end it in order
            )

    @property
    def sip(self) -> Address:
        """Where it takes calls."""
        return HOST, self.ports.sip

    async def ready(self, calls_are_served: Callable[[], bool]) -> None:
        """Wait until pages, telephony and the call server are there. StageError when one is not within a minute."""
        deadline = time.monotonic() + START_WITHIN
        conditions = (("the pages", self._pages), ("the call server", calls_are_served), ("telephony", self._telephony))
        for name, is_there in conditions:
            while not await asyncio.to_thread(is_there):
                if self._process.poll() is not None:
                    raise StageError(f"the platform ended with status {self._process.returncode}:\n{self.last_words()}")
                if time.monotonic() > deadline:
                    raise StageError(f"{name} did not come up in {START_WITHIN:.0f} s:\n{self.last_words()}")
                await asyncio.sleep(0.1)

    def _pages(self) -> bool:
        return _status(f"http://{HOST}:{self.ports.web}/sign-in/") == 200

    def _telephony(self) -> bool:
        """Whether the call server's application is connected to the media server."""
        login = f"{read('YUQIAO_ARI_USER', str, 'yuqiao')}:{os.environ['YUQIAO_ARI_PASSWORD']}"
        app = read("YUQIAO_ARI_APP", str, "yuqiao")
        url = f"http://{HOST}:{self.ports.ari}/ari/applications/{app}"
        return _status(url, {"Authorization": f"Basic {b64encode(login.encode()).decode()}"}) == 200

    def last_words(self, lines: int = 20) -> str:
        """Return the last lines it printed."""
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def ended(self) -> bool:
        """Whether it is gone."""
        return self._process.poll() is not None

    def stop(self) -> None:
        """Ask it to end, and kill it if it does not."""
        if self.ended:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _status(url: str, headers: dict[str, str] | None = None) -> int:
    """Return the HTTP status of ``url``; 0 when nobody answers."""
    request = urllib.request.Request(url, headers=headers or {})  # noqa: S310 (our own address)
    try:
        with urllib.request.urlopen(request, timeout=2) as response:  # noqa: S310
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code
    except (OSError, ValueError):
        return 0


class LonePhone:
    """The phone of one interpreter as a process of its own, which can be killed and started again on its port."""

    def __init__(self, user: str, folder: Path) -> None:
        self.user = user
        self.folder = folder
        self.port = 0
        self._lives = 0
        self._process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        self._lives += 1
        return subprocess.Popen(
            [sys.executable, "-m", "yuqiao.demo.party", self.user, str(self.life), "--port", str(self.port)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
        )

    @property
    def life(self) -> Path:
        """The folder of its present life."""
        return self.folder / f"{self.user}-{self._lives}"

    @property
    def lives(self) -> list[Path]:
        """The folders of all its lives that left something."""
        return [path for path in sorted(self.folder.glob(f"{self.user}-*")) if (path / SESSIONS).is_file()]

    async def ready(self) -> None:
        """Wait until it can be rung. StageError when it cannot within 30 s."""
        deadline = time.monotonic() + 30
        ready = self.life / READY
        while not ready.is_file() or not ready.read_text():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise StageError(f"the phone of interpreter {self.user} did not start")
            await asyncio.sleep(0.05)
        self.port = int(json.loads(ready.read_text())["port"])

    def kill(self) -> None:
        """kill -9."""
        self._process.kill()
        self._process.communicate()  # waits, and closes the pipe

    async def revive(self) -> None:
        """Start it again where it was."""
        self._process = self._start()
        await self.ready()

    def stop(self) -> None:
        """End it, if it lives."""
        if self._process.poll() is not None:
            return
        try:
            self._process.communicate(timeout=5)
        except subprocess.TimeoutExpired:
            self.kill()
