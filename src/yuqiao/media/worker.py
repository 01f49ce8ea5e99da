"""A mixer worker: one process, one thread that ticks each 20 ms, commands through its control socket.

Started by `yuqiao.media.mixer_client.MixerPool` as ``python -m yuqiao.media.worker``. It ends when its control socket
closes, so it never outlives the signalling process.
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import resource
import signal
import socket
import sys
import time
from collections import deque
from typing import Any, Final

from yuqiao.lib import memory
from yuqiao.lib.faults import where
from yuqiao.media.control import LARGEST, Message, decode, encode, event_message, read_audio
from yuqiao.media.desk import Desk
from yuqiao.media.limits import LATE, TICK, TOO_FAR_BEHIND
from yuqiao.media.ports import MixerError
from yuqiao.media.pulse import BEAT_TICKS
from yuqiao.media.rtp_socket import PortRange

log = logging.getLogger(__name__)

#: A tick that is due takes a processor from whatever runs there, where we may have it so (sched(7), SCHED_RR; the same
#: priority as Asterisk's by `highpriority`); where not, it comes sooner than most (nice(2)), where that is allowed.
PRIORITY: Final = 10
NICE: Final = -10


class Worker:
    """Carries commands to the desk and its events back, and calls it each tick."""

    def __init__(self, control: socket.socket, desk: Desk) -> None:
        self._control = control
        self._desk = desk
        self._outbox: deque[bytes] = deque()
        self._open = True
        self._closing: list[tuple[Message, frozenset[str]]] = []  # answers that wait for recordings to be complete
        self._counters = {"ticks": 0, "late_ticks": 0, "skipped_ticks": 0}
        self._used = (time.monotonic(), time.process_time())  # at the last beat

    def run(self) -> None:
        """Tick until the control socket closes, then finish what is being recorded."""
        self._control.setblocking(False)
        self._say({"ready": True})
        due = time.monotonic() + TICK
        while self._open:
            due = self._tick(due)
            due = self._listen(due)
        self._desk.finish()  # does nothing if `finish` was the last command

    def _tick(self, due: float) -> float:
        """Do the tick that was due; return when the next one is.

        One that comes late is followed by the next as planned; more than 200 ms are skipped instead of sent in a burst.
        """
        behind = time.monotonic() - due
        skipped = int(behind / TICK) if behind > TOO_FAR_BEHIND else 0
        due += skipped * TICK
        self._counters["ticks"] += 1
        self._counters["late_ticks"] += behind > LATE
        self._counters["skipped_ticks"] += skipped
        self._desk.tick(time.time() - (time.monotonic() - due), skipped + 1)
        self._tell_events()
        if self._desk.now % BEAT_TICKS == 0 or skipped:
            self._beat()
        if self._closing:
            ending = self._desk.recordings_ending
            waiting, self._closing = self._closing, []
            for answer, recordings in waiting:
                self._answer(answer, recordings & ending)
        self._flush()
        return due + TICK

    def _beat(self) -> None:
        """Say that we are alive, and what share of a core we used since the last time."""
        (then, used_then), (now, used) = self._used, (time.monotonic(), time.process_time())
        self._used = now, used
        self._say({"beat": round((used - used_then) / max(now - then, 0.001), 4), **self._counters})

    def _tell_events(self) -> None:
        for event in self._desk.events:
            self._say(event_message(event))
        self._desk.events.clear()

    def _answer(self, answer: Message, recordings: frozenset[str]) -> None:
        """Answer when the ``recordings`` that a command ended are complete."""
        if recordings:
            self._closing.append((answer, recordings))
        else:
            self._say(answer)

    def _listen(self, due: float) -> float:
        """Carry out commands as they come, until a tick is due that the desk does not do while it rests; at least look
        once. Returns when that tick is due."""
        while self._open:
            is_readable, done, late = self._desk.rest(self._control.fileno(), due)
            self._counters["ticks"] += done
            self._counters["late_ticks"] += late
            due += done * TICK
            if not is_readable:
                break
            self._obey()
            if time.monotonic() >= due:
                break
        return due

    def _obey(self) -> None:
        try:
            packet = self._control.recv(LARGEST)
        except BlockingIOError:
            return
        except OSError:
            packet = b""
        if not packet:
            self._open = False
            return
        command = decode(packet)
        answer: Message = {"id": command.pop("id")}
        ending = self._desk.recordings_ending
        try:
            answer["result"] = self._carry_out(command)
        except MixerError as error:
            answer["error"] = str(error)
        except Exception as error:  # a bug in one command must not end everybody's calls
            log.error("a command failed: %s", where(error))  # noqa: TRY400 (no message: see `where`)
            answer["error"] = f"the worker failed: {type(error).__name__}"
        self._answer(answer, self._desk.recordings_ending - ending)

    def _carry_out(self, command: Message) -> Any:
        verb = command.pop("do")
        if verb == "set_audio":
            self._desk.changed = True
            return self._desk.set_audio(command["leg"], read_audio(command["audio"]))
        if verb == "counters":
            return {**self._desk.counters(), **self._counters}
        if verb == "finish":
            self._desk.finish()
            self._tell_events()
            self._open = False
            return None
        for tuple_field in {"target", "source"} & command.keys():
            command[tuple_field] = tuple(command[tuple_field])
        if verb not in COMMANDS:
            raise MixerError(f"no command {verb}")
        self._desk.changed = True
        return getattr(self._desk, verb)(**command)

    def _say(self, message: Message) -> None:
        self._outbox.append(encode(message))
        self._flush()

    def _flush(self) -> None:
        """Send what waits; what does not fit now goes at the next tick."""
        while self._outbox:
            try:
                self._control.send(self._outbox[0])
            except BlockingIOError:
                return
            except OSError:
                self._open = False
                return
            self._outbox.popleft()


COMMANDS: Final = frozenset({
    "open_leg", "tap", "close_leg", "join", "leave", "mute", "play", "stop_playback", "record", "stop_recording",
    "mute_recording", "pause_recording", "statistics", "gain", "identify",
})  # fmt: skip


def _take_precedence() -> None:
    """Give the thread that ticks the best precedence that is allowed, and no other: who is as urgent as a tick, of this
    worker or of another, could keep it waiting for as long as the kernel lets one of equals run (100 ms)."""
    try:
        os.sched_setscheduler(0, os.SCHED_RR | os.SCHED_RESET_ON_FORK, os.sched_param(PRIORITY))
    except OSError:
        with contextlib.suppress(OSError):
            os.nice(NICE)


def _prepare_process() -> None:
    """Take precedence, allow a socket for each leg, and leave Ctrl-C to the process that owns us."""
    _take_precedence()
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    for interrupt in (signal.SIGINT, signal.SIGTERM):  # sent to a whole group; our owner ends us when it is ready
        signal.signal(interrupt, signal.SIG_IGN)
    sys.setswitchinterval(0.0005)  # the tick waits no longer for a thread that loads or writes
    memory.settle()
    memory.give_back()


def main() -> None:
    """Run a worker on the control socket inherited as a file descriptor."""
    parser = argparse.ArgumentParser(prog="yuqiao.media.worker")
    parser.add_argument("--control", type=int, required=True, help="file descriptor of the control socket")
    parser.add_argument("--host", required=True)
    parser.add_argument("--ports", type=int, nargs=4, required=True, metavar=("FIRST", "LAST", "OFFSET", "STEP"))
    parser.add_argument("--rtp-timeout", type=float, required=True, help="seconds")
    options = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    first, last, offset, step = options.ports
    desk = Desk(PortRange(options.host, first, last, offset=offset, step=step), options.rtp_timeout)
    _prepare_process()
    with socket.socket(fileno=options.control) as control:
        Worker(control, desk).run()


if __name__ == "__main__":
    main()
