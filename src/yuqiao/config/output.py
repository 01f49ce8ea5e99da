"""What the supervised processes print, each line marked with its process, on our own standard output."""

from __future__ import annotations

import contextlib
import os
import queue
import threading
from typing import IO

#: File descriptor of standard output.
STDOUT = 1
#: Longer lines are cut into pieces of this many bytes.
LONGEST_LINE = 16_384
#: Lines kept for a reader who is behind; more are dropped and counted, since a full pipe must never stop a call.
KEPT_LINES = 10_000


class Output:
    """Writes from a thread of its own: standard output may be a pipe that nobody empties."""

    def __init__(self, names: list[str]) -> None:
        self._width = max(map(len, ["yuqiao", *names]))
        self._lines: queue.Queue[bytes | None] = queue.Queue(KEPT_LINES)
        self._dropped = 0
        self._thread = threading.Thread(target=self._write, name="output", daemon=True)
        self._thread.start()

    def say(self, sentence: str) -> None:
        """Print a line of the supervisor's own."""
        self._put("yuqiao", sentence.encode())

    def forward(self, name: str, stream: IO[bytes]) -> None:
        """Print what ``stream`` brings until it ends, line by line, from a thread of its own."""
        threading.Thread(target=self._read, args=(name, stream), name=f"output of {name}", daemon=True).start()

    def close(self) -> None:
        """Print what is still kept, within a second."""
        with contextlib.suppress(queue.Full):
            self._lines.put(None, timeout=1)
        self._thread.join(timeout=1)

    def _read(self, name: str, stream: IO[bytes]) -> None:
        with stream:
            while line := stream.readline(LONGEST_LINE):
                self._put(name, line.rstrip(b"\n"))

    def _put(self, name: str, line: bytes) -> None:
        try:
            if self._dropped:
                self._lines.put_nowait(f"{'yuqiao':<{self._width}} | {self._dropped} lines were dropped\n".encode())
                self._dropped = 0
            self._lines.put_nowait(f"{name:<{self._width}} | ".encode() + line + b"\n")
        except queue.Full:
            self._dropped += 1

    def _write(self) -> None:
        while (line := self._lines.get()) is not None:
            # Past sys.stdout: a thread that is held up in it holds a lock that the interpreter wants when it ends.
            with contextlib.suppress(OSError):  # nobody reads us any more: the platform goes on
                while line:
                    line = line[os.write(STDOUT, line) :]
