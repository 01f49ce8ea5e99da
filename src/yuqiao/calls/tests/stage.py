"""A stage for whole calls: the media server and the call server as real processes, phones on real SIP and RTP.

The database is a file of its own; the tests read and write it as the web does, from outside both servers.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from django.db import connection, connections

from yuqiao.calls.tests.voices import VOICES
from yuqiao.demo.phone import Exchange, Session
from yuqiao.hotline.models import CallEvent
from yuqiao.hotline.prompts import PROMPTS
from yuqiao.hotline.tracks import write_wav
from yuqiao.lib.database_url import url_of
from yuqiao.lib.net import free_port
from yuqiao.lib.tone import sine

T = TypeVar("T")
PASSWORD = "only-for-this-test"
CALLS = ("yuqiao.config.cli", "calls")
#: What prompts sound like here: "we will call you back" and "how was it" in English, and all others.
TOLD, ASKED, OTHER_PROMPT = 2100.0, 2300.0, 2500.0
OWN_TONES = {"nobody_free": TOLD, "survey": ASKED}
DEADLINE = 15.0


async def until(condition: Callable[[], T], what: str, within: float = DEADLINE) -> T:
    """Return ``condition()`` once it is true; AssertionError saying ``what`` was awaited in vain."""
    deadline = time.monotonic() + within
    while True:
        value = await asyncio.to_thread(condition)
        if value:
            return value
        assert time.monotonic() < deadline, f"{what}: not within {within} s"
        await asyncio.sleep(0.05)


class Stage:
    """Servers and phones of one test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sip_port = free_port()
        self.ari_port = free_port()
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.exchange = Exchange({name: sine(tone, 1.0, -20.0) for name, tone in VOICES.items()})
        rtp = 20000 + (os.getpid() * 37) % 20000
        self.environment = {
            **os.environ,
            "YUQIAO_DEBUG": "1",
            "YUQIAO_VAR_DIR": str(folder),
            "DATABASE_URL": url_of(connection.settings_dict),
            "YUQIAO_SIP_PORT": str(self.sip_port),
            "YUQIAO_RTP_PORTS": f"{rtp}-{rtp + 999}",
            "YUQIAO_ARI_LISTEN": f"127.0.0.1:{self.ari_port}",
            "YUQIAO_PHONES_LISTEN": "127.0.0.1:0",
            "YUQIAO_ARI_URL": f"http://127.0.0.1:{self.ari_port}/ari",
            "YUQIAO_ARI_PASSWORD": PASSWORD,
            "YUQIAO_MIXER_WORKERS": "1",
            "YUQIAO_RTP_TIMEOUT": "3",
            "YUQIAO_RING_SECONDS": "6",
            "YUQIAO_WAIT_SECONDS": "7",
            "YUQIAO_WRAP_UP_SECONDS": "1",
            "YUQIAO_SURVEY_SECONDS": "3",
        }

    @property
    def recordings(self) -> Path:
        """Where the engine keeps recordings."""
        return self.folder / "recordings"

    def start(self, name: str, *command: str) -> subprocess.Popen[bytes]:
        """Start a process; its output goes to ``<name>.log``."""
        log = (self.folder / f"{name}.log").open("ab")
        process = subprocess.Popen([sys.executable, "-m", *command], env=self.environment, stdout=log, stderr=log)
        log.close()
        self.processes[name] = process
        return process

    async def open(self) -> None:
        """Start the servers and the phones."""
        await asyncio.to_thread(self._make_prompts)
        await self.start_engine()
        self.start("calls", *CALLS)
        await self.exchange.start()
        await until(lambda: b"reviewed" in (self.folder / "calls.log").read_bytes(), "call server at work")

    async def start_engine(self) -> None:
        """Start the media server; another stage may have another engine."""
        self.start("media", "yuqiao.config.cli", "media")

    def _make_prompts(self) -> None:
        """Every prompt is a tone, one second long, so that a caller's ear can tell which it was."""
        for name, spoken in PROMPTS.items():
            for code in spoken:
                path = self.folder / "sounds" / "yuqiao" / code / f"{name}.wav"
                path.parent.mkdir(parents=True, exist_ok=True)
                tone = OWN_TONES.get(name, OTHER_PROMPT) if code == "en" else OTHER_PROMPT
                path.write_bytes(write_wav(sine(tone, 1.0, -20.0)))

    async def close(self) -> None:
        """Stop everything that was started."""
        await self.exchange.stop()
        for process in reversed(list(self.processes.values())):
            process.terminate()
        for process in self.processes.values():
            try:
                await asyncio.to_thread(process.wait, 10)
            except subprocess.TimeoutExpired:
                process.kill()

    def contact(self, user: str) -> str:
        """Where a phone is rung."""
        host, port = self.exchange.address
        return f"sip:{user}@{host}:{port}"

    def answers(self, user: str, after: float = 0.2) -> None:
        """Let a phone answer whenever it is rung."""

        async def pick_up(session: Session) -> None:
            await asyncio.sleep(after)
            session.answer()

        self.exchange.phones[user] = ((user,), pick_up)

    def refuses(self, user: str, cause: int = 17) -> None:
        """Let a phone be busy."""

        async def refuse(session: Session) -> None:
            session.hangup(cause)

        self.exchange.phones[user] = ((user,), refuse)

    def never_answers(self, user: str) -> None:
        """Let a phone ring."""

        async def ring(_session: Session) -> None:
            return

        self.exchange.phones[user] = ((user,), ring)

    def dial(self, number: str, *parties: str, languages: Sequence[str] = ()) -> Session:
        """Let parties (all on one leg) dial us; their phone may offer languages (RFC 8373)."""
        platform = ("127.0.0.1", self.sip_port)
        return self.exchange.dial(parties or ("anna",), number, platform, "13900000001", languages)

    def kill(self, name: str) -> None:
        """End a process as a crash would: kill -9."""
        self.processes[name].kill()
        self.processes[name].wait()

    def session(self, user: str) -> Session | None:
        """The newest leg of a phone that is on, if any."""
        mine = [one for one in self.exchange.sessions if user in one.parties and one.answered_at and not one.over]
        return mine[-1] if mine else None

    async def on(self, user: str) -> Session:
        """Wait until a phone is on a call."""
        found = await until(lambda: self.session(user), f"{user} on the call")
        assert found is not None
        return found

    async def hear(self, expected: Mapping[str, Iterable[str]], within: float = DEADLINE) -> None:
        """Wait until each of these hears exactly the others named for them, and not themselves."""

        def heard() -> dict[str, set[str]]:
            return {user: one.hears(VOICES) if (one := self.session(user)) else set() for user in expected}

        wanted = {user: set(others) for user, others in expected.items()}
        try:
            await until(lambda: heard() == wanted, "hearing", within)
        except AssertionError as error:
            raise AssertionError(f"heard {heard()}, wanted {wanted}") from error


def show_logs(folder: Path) -> None:
    """Write the ends of the servers' logs to stderr."""
    for log in sorted(folder.glob("*.log")):
        sys.stderr.write(f"--- {log.name}\n{log.read_text()[-4000:]}\n")


def show_history() -> None:
    """Write what happened in each call to stderr."""
    for event in CallEvent.objects.order_by("id"):
        sys.stderr.write(f"{event.at:%H:%M:%S.%f} {event.call_id} {event.kind} {event.data}\n")


def live(
    journey: Callable[[Stage], Coroutine[Any, Any, None]], folder: Path, make: Callable[[Path], Stage] | None = None
) -> None:
    """Run one journey on a stage of its own; on failure, show what the servers logged."""

    async def play() -> None:
        # One thread for all that waits, so that the one connection it opens to the database can be closed.
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(1))
        stage = (make or Stage)(folder)
        try:
            await stage.open()
            await journey(stage)
        except BaseException:
            show_logs(folder)
            await asyncio.to_thread(show_history)
            raise
        finally:
            await stage.close()
            await asyncio.to_thread(connections.close_all)

    asyncio.run(play())
