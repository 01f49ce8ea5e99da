"""baresip as a caller: it says a tone all the time and keeps what it hears in WAV files."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from yuqiao.hotline.tracks import Samples, read_samples, write_wav
from yuqiao.lib.net import free_port
from yuqiao.lib.tone import sine

CONFIG = """\
sip_listen 127.0.0.1:{sip}
net_interface 127.0.0.1
call_local_timeout 120
audio_player aubridge,nothing
audio_source aufile,{voice}
audio_alert aubridge,nothing
ctrl_tcp_listen 127.0.0.1:{control}
module_path {modules}
snd_path {folder}
module g711.so
module aubridge.so
module aufile.so
module sndfile.so
module_app account.so
module_app menu.so
module ctrl_tcp.so
"""
MODULES = "/usr/lib/baresip/modules"


class Softphone:
    """A running baresip under command of its control socket."""

    def __init__(self, writer: asyncio.StreamWriter, folder: Path) -> None:
        self._writer = writer
        self._folder = folder

    def command(self, name: str, parameters: str = "") -> None:
        """Send a command as a netstring of JSON, as baresip's ctrl_tcp module reads it."""
        text = json.dumps({"command": name, "params": parameters, "token": name})
        self._writer.write(f"{len(text)}:{text},".encode())

    def heard(self) -> Samples:
        """Return what came in over the whole call so far."""
        (path,) = self._folder.glob("dump-*-dec.wav")
        return read_samples(path)


def _configure(folder: Path, tone: float) -> int:
    """Write baresip's files; return the port of its control socket."""
    folder.mkdir()
    voice = folder / "voice.wav"
    voice.write_bytes(write_wav(sine(tone, 60.0, -20.0)))
    sip, control = free_port(), free_port()
    (folder / "config").write_text(CONFIG.format(sip=sip, control=control, modules=MODULES, voice=voice, folder=folder))
    (folder / "accounts").write_text(f"<sip:baresip@127.0.0.1:{sip}>;regint=0;audio_codecs=PCMA/8000/1\n")
    (folder / "contacts").write_text("")
    return control


@asynccontextmanager
async def softphone(folder: Path, tone: float) -> AsyncIterator[Softphone]:
    """Start baresip with ``tone`` (Hz) as its voice; end it by its pid."""
    control = _configure(folder, tone)
    process = await asyncio.create_subprocess_exec(
        "baresip", "-f", str(folder), cwd=folder,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        writer = await _connect(control)
        try:
            yield Softphone(writer, folder)
        finally:
            writer.close()
            await writer.wait_closed()
    finally:
        process.terminate()
        await process.wait()


async def _connect(port: int) -> asyncio.StreamWriter:
    async with asyncio.timeout(10):
        while True:
            try:
                return (await asyncio.open_connection("127.0.0.1", port))[1]
            except OSError:
                await asyncio.sleep(0.02)
