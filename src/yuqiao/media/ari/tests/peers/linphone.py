"""linphonec (Debian's linphone-cli), commanded over its standard input; it plays and writes WAV files."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from yuqiao.lib.g711 import Samples
from yuqiao.lib.net import free_port
from yuqiao.lib.tone import sine
from yuqiao.media import wave
from yuqiao.media.ari.tests.live import until
from yuqiao.media.ari.tests.peers.peer import said

CONFIG = """\
[sip]
sip_port={sip}
use_ipv6=0
ipv6_migration_done=1
sip_tcp_port=0
sip_tls_port=0
contact="linphone" <sip:linphone@127.0.0.1>
use_rfc2833=1
use_info=0
[rtp]
audio_rtp_port={rtp}
[sound]
echocancellation=0
"""


class Linphone:
    """A running linphonec."""

    voice = 620.0
    hears_after_hold = True

    def __init__(self, process: asyncio.subprocess.Process, sip: int, folder: Path) -> None:
        self._process, self._folder = process, folder
        self.endpoint = f"PJSIP/yuqiao/sip:linphone@127.0.0.1:{sip}"
        self.lines: list[str] = []
        self._calls = 0
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self._process.stdout is not None
        while line := await self._process.stdout.readline():
            self.lines.append(line.decode(errors="replace").strip())

    def _command(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n".encode())

    def _count(self, text: str) -> int:
        return sum(text in line for line in self.lines)

    async def ready(self) -> None:
        """Let its sound be files."""
        self._command("soundcard use files")
        await until(lambda: self._count("Using wav files") > 0, "linphonec to start")
        self._command(f"play {self._folder / 'voice.wav'}")
        self._command(f"record {self._folder / 'heard.wav'}")

    async def expect(self) -> None:
        """It always does."""

    async def dial(self, target: str) -> None:
        self._calls += 1
        self._command(f"call {target}")

    async def accept(self) -> None:
        self._calls += 1
        await until(lambda: self._count("Receiving new incoming call") > 0, "linphonec to ring")
        self._command("answer")

    async def hold(self) -> None:
        self._command("pause")

    async def resume(self) -> None:
        self._command(f"resume {self._calls}")

    async def press(self, digit: str) -> None:
        self._command(digit)

    async def hang_up(self) -> None:
        self._command("terminate")

    async def over(self) -> None:
        await until(
            lambda: self._count(f"Call {self._calls} with") > 0 and self._count("ended") >= 1, "linphonec's end"
        )

    def heard(self) -> Samples:
        return said(self._folder / "heard.wav")

    async def close(self) -> None:
        """Let it quit."""
        self._command("quit")
        await self._reading


@asynccontextmanager
async def linphone(folder: Path) -> AsyncIterator[Linphone]:
    """Start it with a home of its own; end it by its pid."""
    sip = free_port()
    tone = sine(Linphone.voice, 60.0, -20.0)
    (folder / "voice.wav").write_bytes(wave.header(len(tone)) + tone.astype("<i2").tobytes())
    (folder / ".local/share/linphone").mkdir(parents=True)  # without it, it starts, but opens no port
    (folder / "linphonerc").write_text(CONFIG.format(sip=sip, rtp=free_port()))
    process = await asyncio.create_subprocess_exec(
        "linphonec", "-c", "linphonerc", cwd=folder, env={**os.environ, "HOME": str(folder)},
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        phone = Linphone(process, sip, folder)
        await phone.ready()
        yield phone
        await phone.close()
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
