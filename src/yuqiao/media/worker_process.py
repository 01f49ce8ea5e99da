"""One mixer worker as its owner sees it: a process and the control socket to it."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import os
import signal
import socket
import sys
from collections import deque
from collections.abc import Callable
from typing import Any, Final

from yuqiao.media.control import LARGEST, decode, encode, read_event
from yuqiao.media.ports import MixerError, MixerEvent
from yuqiao.media.pulse import CHECK_SECONDS, Pulse

log = logging.getLogger(__name__)

START_TIMEOUT: Final = 30.0  # seconds; importing NumPy on a busy machine takes some
STOP_TIMEOUT: Final = 5.0
ANSWER_TIMEOUT: Final = 10.0  # a leg's end waits for its recordings to be complete on disk


class WorkerProcess:
    """Starts a worker, asks it, hears its events and notices its death: a closed socket, or beats that stay away.

    ``load`` is for its owner to count legs. ``busy`` is the share of a core it used lately, ``measured`` the legs it
    had then, ``told`` what else it says with each beat.
    """

    def __init__(
        self,
        name: str,
        options: list[str],
        *,
        on_event: Callable[[MixerEvent], None],
        on_death: Callable[[WorkerProcess], None],
    ) -> None:
        self.name = name
        self.load = 0
        self.busy = 0.0
        self.measured = 0
        self.told: dict[str, float] = {}
        self.is_alive = False
        self._pulse = Pulse()
        self._watch: asyncio.TimerHandle | None = None
        self._options = options
        self._on_event = on_event
        self._on_death = on_death
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._outbox: deque[bytes] = deque()

    @property
    def pid(self) -> int:
        return self._process.pid

    async def start(self) -> None:
        """Start the process; returns when it is ready. MixerError when it is not in time."""
        self._loop = asyncio.get_running_loop()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            command = ["-m", "yuqiao.media.worker", "--control", str(theirs.fileno()), *self._options]
            environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, *command, pass_fds=[theirs.fileno()], env=environment, stdin=asyncio.subprocess.DEVNULL
            )
        self._socket = ours
        ours.setblocking(False)
        self._ready: asyncio.Future[None] = self._loop.create_future()
        self._loop.add_reader(ours, self._receive)
        try:
            async with asyncio.timeout(START_TIMEOUT):
                await self._ready
        except (TimeoutError, asyncio.CancelledError):
            await self.stop()
            raise
        except MixerError:
            await self.stop()
            raise
        self.is_alive = True
        self._watch = self._loop.call_later(CHECK_SECONDS, self._check)

    def _check(self) -> None:
        """Kill a worker that hangs: what it holds is lost in any case, and its sockets and ports are needed."""
        if not self.is_alive:
            return
        if self._pulse.check():
            self._watch = self._loop.call_later(CHECK_SECONDS, self._check)
        else:
            log.error("mixer worker %s does not tick any more", self.name)
            self._die()

    def _watch_no_more(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None

    async def stop(self) -> None:
        """Let the worker finish its recordings and end; kill it if it does not in time."""
        self._watch_no_more()
        try:
            async with asyncio.timeout(STOP_TIMEOUT):
                if self.is_alive:
                    with contextlib.suppress(MixerError):
                        await self.ask("finish")
                self.is_alive = False
                self._disconnect()
                await self._process.wait()
        except TimeoutError:
            self.is_alive = False
            self._disconnect()
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()

    async def ask(self, verb: str, **fields: Any) -> Any:
        """Give a command and return its result. MixerError when it is refused or the worker dies meanwhile."""
        if not self.is_alive:
            raise MixerError(f"mixer worker {self.name} is gone")
        answer: asyncio.Future[Any] = self._loop.create_future()
        number = self.tell(verb, **fields)
        self._waiting[number] = answer
        try:
            async with asyncio.timeout(ANSWER_TIMEOUT):
                return await answer
        except TimeoutError as error:
            raise MixerError(f"mixer worker {self.name} does not answer") from error
        finally:
            self._waiting.pop(number, None)

    def tell(self, verb: str, **fields: Any) -> int:
        """Give a command without waiting for its result; return its number. MixerError when it is too long."""
        number = next(self._ids)
        packet = encode({"id": number, "do": verb, **fields})
        if len(packet) > LARGEST:
            raise MixerError("the command is too long")
        self._outbox.append(packet)
        self._send()
        return number

    def _send(self) -> None:
        while self._outbox:
            try:
                self._socket.send(self._outbox[0])
            except BlockingIOError:
                self._loop.add_writer(self._socket, self._send)
                return
            except OSError:
                self._outbox.clear()  # dead: the reader will tell
                return
            self._outbox.popleft()
        self._loop.remove_writer(self._socket)

    def _receive(self) -> None:
        try:
            packet = self._socket.recv(LARGEST)
        except BlockingIOError:
            return
        except OSError:
            packet = b""
        if not packet:
            self._die()
            return
        message = decode(packet)
        if "beat" in message:
            self._pulse.beat()
            self.busy, self.measured = float(message.pop("beat")), self.load
            self.told = message
        elif "event" in message:
            self._on_event(read_event(message))
        elif "id" in message:
            answer = self._waiting.get(message["id"])
            if answer is None or answer.done():
                return
            if "error" in message:
                answer.set_exception(MixerError(message["error"]))
            else:
                answer.set_result(message["result"])
        elif not self._ready.done():
            self._ready.set_result(None)

    def _die(self) -> None:
        was_alive, self.is_alive = self.is_alive, False
        self._watch_no_more()
        self._disconnect()
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._process.pid, signal.SIGKILL)  # `Process.kill` would reap it before asyncio does
        if not self._ready.done():
            self._ready.set_exception(MixerError(f"mixer worker {self.name} did not start"))
        if was_alive:
            self._on_death(self)

    def _disconnect(self) -> None:
        if self._socket.fileno() < 0:
            return
        self._loop.remove_reader(self._socket)
        self._loop.remove_writer(self._socket)
        self._socket.close()
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(MixerError(f"mixer worker {self.name} is gone"))
