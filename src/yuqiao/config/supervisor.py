"""``yuqiao up``: runs the platform's processes together, restarts what dies, and ends them in order.

Children get their own process groups, so that Ctrl-C in a terminal reaches only the supervisor, which then ends them
in order, and so that what a killed child leaves behind goes with it. If the supervisor itself is killed, the kernel
sends each child SIGTERM (prctl(2), PR_SET_PDEATHSIG; Linux only).
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from yuqiao.config.output import Output

GRACE_SECONDS = 10.0
PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Program:
    """One process to keep running; those of a lower ``stage`` are ended, and gone, before the next stage is."""

    name: str
    argv: tuple[str, ...]
    stage: int = 0


def _own(name: str, stage: int = 0) -> Program:
    return Program(name, (sys.executable, "-m", "yuqiao.config.cli", name), stage)


#: Media goes last, so that recordings are still being written while the call server says good-bye to its calls.
PLATFORM = (_own("media", stage=1), _own("calls"), _own("web"), _own("work"))


@dataclass(slots=True)
class Backoff:
    """How long to wait before starting again what died: 0.2 s, doubling to 5 s, afresh after 30 s of good health."""

    first: float = 0.2
    most: float = 5.0
    well: float = 30.0
    _next: float = field(default=0.0, init=False)

    def after(self, lived: float) -> float:
        """Return the seconds to wait after a process that ran for ``lived`` seconds."""
        wait = self.first if lived >= self.well else max(self._next, self.first)
        self._next = min(wait * 2, self.most)
        return wait


def run(programs: Sequence[Program], *, grace: float = GRACE_SECONDS) -> int:
    """Keep ``programs`` running until SIGTERM, SIGINT or SIGHUP; return 0 once all of them are gone.

    A second signal, or ``grace`` seconds without an end, kills what is left.
    """
    return asyncio.run(_Supervisor(programs, grace).run())


class _Supervisor:
    def __init__(self, programs: Sequence[Program], grace: float) -> None:
        self._programs = programs
        self._grace = grace
        self._output = Output([program.name for program in programs])
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._waiters = ThreadPoolExecutor(len(programs), thread_name_prefix="wait")
        self._ending = asyncio.Event()
        self._hurry = asyncio.Event()

    async def run(self) -> int:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.add_signal_handler(number, self._asked_to_end)
        keepers = {program.name: asyncio.create_task(self._keep(program)) for program in self._programs}
        try:
            await self._ending.wait()
            for stage in sorted({program.stage for program in self._programs}):
                names = [program.name for program in self._programs if program.stage == stage]
                await self._end(names, [keepers[name] for name in names])
        finally:
            self._kill(list(self._running))
        self._output.say("all processes have ended")
        self._output.close()
        return 0

    def _asked_to_end(self) -> None:
        (self._hurry if self._ending.is_set() else self._ending).set()

    async def _keep(self, program: Program) -> None:
        """Run one program again and again until we are ending."""
        backoff = Backoff()
        while not self._ending.is_set():
            begun = time.monotonic()
            died = await self._run_once(program)
            if self._ending.is_set():
                return
            wait = backoff.after(time.monotonic() - begun)
            self._output.say(f"{program.name} {died}; starting it again in {wait:.1f} s")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), wait)

    async def _run_once(self, program: Program) -> str:
        """Run one program to its end, forward what it prints, and return in words how it ended."""
        try:
            process = subprocess.Popen(  # noqa: ASYNC220 (takes a millisecond; only waiting would block)
                program.argv,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=os.environ | {"PYTHONUNBUFFERED": "1"},
                process_group=0,
                preexec_fn=_die_with(os.getpid()),  # noqa: PLW1509 (one system call, looked up before the fork)
            )
        except OSError as error:
            return f"could not be started ({error.strerror})"
        self._running[program.name] = process
        self._output.say(f"{program.name} runs as process {process.pid}")
        assert process.stdout is not None  # noqa: S101 (PIPE was asked for)
        self._output.forward(program.name, process.stdout)
        # Not asyncio's own subprocesses: their wait() also waits for whoever else holds the pipe, as a grandchild may.
        status = await asyncio.get_running_loop().run_in_executor(self._waiters, process.wait)
        self._kill([program.name])
        del self._running[program.name]
        return f"was ended by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"

    async def _end(self, names: list[str], keepers: list[asyncio.Task[None]]) -> None:
        """Ask these to end, wait for it, and kill what does not."""
        for name in names:
            if process := self._running.get(name):
                with contextlib.suppress(ProcessLookupError):
                    process.terminate()
        hurry = asyncio.create_task(self._hurried(names))
        await asyncio.wait(keepers, timeout=self._grace)
        hurry.cancel()
        self._kill_late(names)
        await asyncio.gather(*keepers)

    async def _hurried(self, names: list[str]) -> None:
        """Kill these as soon as a second signal says that nobody wants to wait."""
        await self._hurry.wait()
        self._kill_late(names)

    def _kill_late(self, names: list[str]) -> None:
        if late := [name for name in names if name in self._running]:
            self._output.say(f"killing {', '.join(late)}")
            self._kill(late)

    def _kill(self, names: list[str]) -> None:
        """Kill these and everything they started that is still in their group."""
        for name in names:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._running[name].pid, signal.SIGKILL)


def _die_with(parent: int) -> Callable[[], None] | None:
    """Return what a child does before it becomes its program, so that it ends when process ``parent`` is killed."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def prepare() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # the parent was gone before the kernel was asked
            os._exit(1)

    return prepare
