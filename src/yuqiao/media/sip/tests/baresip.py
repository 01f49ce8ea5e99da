"""baresip (Debian's baresip-core) under command of its control socket: the one configuration and the running phone."""

from __future__ import annotations

import asyncio
import errno
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from yuqiao.media.sip.tests.parties import until

CONFIG = """\
sip_listen 127.0.0.1:{listen}
net_interface 127.0.0.1
call_local_timeout 120
call_max_calls 4
audio_player aubridge,nothing
audio_source {source}
audio_alert aubridge,nothing
ctrl_tcp_listen 127.0.0.1:{control}
module_path /usr/lib/baresip/modules
module g711.so
module aubridge.so
module_app account.so
module_app menu.so
module ctrl_tcp.so
"""
#: Says a file over and over, and writes what it hears to ``dump-…-dec.wav`` in its folder.
HEARING = "snd_path {folder}\nmodule aufile.so\nmodule sndfile.so\n"


def configure(
    folder: Path, account: str, listen: int, control: int, *, voice: Path | None = None, more: Sequence[str] = ()
) -> None:
    """Write its files. ``account``: a line as its accounts have it; ``listen``, ``control``: ports for SIP and for
    commands; ``voice``: a WAV file that it says, and then it keeps what it hears; ``more``: further lines of the
    configuration."""
    source = "aubridge,nothing" if voice is None else f"aufile,{voice}"
    text = CONFIG.format(listen=listen, control=control, source=source)
    text += "" if voice is None else HEARING.format(folder=folder)
    (folder / "config").write_text(text + "".join(f"{line}\n" for line in more))
    (folder / "accounts").write_text(f"{account}\n")
    (folder / "contacts").write_text("")


class Softphone:
    """A running baresip under command. ``port``: where it takes calls."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int) -> None:
        self._reader = reader
        self._writer = writer
        self.port = port
        self.events: list[dict[str, object]] = []
        self._listening = asyncio.create_task(self._listen())

    async def _listen(self) -> None:
        while True:
            length = (await self._reader.readuntil(b":"))[:-1]
            text = await self._reader.readexactly(int(length))
            await self._reader.readexactly(1)
            self.events.append(json.loads(text))

    def command(self, name: str, parameters: str = "") -> None:
        """Send a command as a netstring of JSON, as baresip's ctrl_tcp module reads it."""
        text = json.dumps({"command": name, "params": parameters, "token": name})
        self._writer.write(f"{len(text)}:{text},".encode())

    def count(self, kind: str) -> int:
        """How often this event has come."""
        return sum(event.get("type") == kind for event in self.events)

    async def saw(self, kind: str) -> None:
        """Wait until this event has come."""
        await until(lambda: self.count(kind) > 0, f"baresip's {kind}")

    async def close(self) -> None:
        """Let go of its control socket."""
        self._listening.cancel()
        await asyncio.gather(self._listening, return_exceptions=True)
        self._writer.close()
        await self._writer.wait_closed()


@asynccontextmanager
async def started(folder: Path, write: Callable[[], tuple[int, int]]) -> AsyncIterator[Softphone]:
    """Run baresip as ``write`` configures it, which returns its control and SIP ports; anew where somebody else took
    one of them, or the next one, which it binds for TLS, in the meantime. Ended by its pid."""
    quiet = asyncio.subprocess.DEVNULL
    for _ in range(5):
        ports = write()
        process = await asyncio.create_subprocess_exec(
            "baresip", "-f", str(folder), cwd=folder, stdin=asyncio.subprocess.PIPE, stdout=quiet, stderr=quiet
        )
        phone = await _connect(process, *ports)
        if phone is None:
            assert process.returncode == errno.EADDRINUSE, process.returncode
            continue
        try:
            yield phone
        finally:
            await phone.close()
            process.terminate()
            await process.wait()
        return
    raise AssertionError("no free ports for baresip")


async def _connect(process: asyncio.subprocess.Process, control: int, sip: int) -> Softphone | None:
    """Return the phone once it takes commands; None when it has ended."""
    async with asyncio.timeout(10):
        while process.returncode is None:
            try:
                return Softphone(*await asyncio.open_connection("127.0.0.1", control), sip)
            except OSError:
                await asyncio.sleep(0.02)
    return None
