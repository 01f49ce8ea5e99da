"""baresip (Debian's baresip-core), commanded over its control socket; what it hears is in the WAV files it writes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from yuqiao.lib.g711 import Samples
from yuqiao.lib.net import free_port
from yuqiao.lib.tone import sine
from yuqiao.media import wave
from yuqiao.media.ari.tests.live import until
from yuqiao.media.ari.tests.peers.peer import said
from yuqiao.media.sip.tests.baresip import Softphone, configure, started

ACCOUNT = "<sip:baresip@127.0.0.1:{sip}>;regint=0;audio_codecs=PCMA/8000/1,PCMU/8000/1"


class Baresip:
    """A running baresip."""

    voice = 440.0
    #: Version 1.0 sends again after a hold of its own, but hears nothing any more, although RTP comes in.
    hears_after_hold = False

    def __init__(self, phone: Softphone, folder: Path) -> None:
        self._phone, self._folder = phone, folder
        self.endpoint = f"PJSIP/yuqiao/sip:baresip@127.0.0.1:{phone.port}"

    async def expect(self) -> None:
        """It always does."""

    async def dial(self, target: str) -> None:
        self._phone.command("dial", target)

    async def accept(self) -> None:
        count = self._phone.count
        calls = count("CALL_CLOSED") + 1
        await until(lambda: count("CALL_INCOMING") + count("CALL_OUTGOING") >= calls, "baresip to ring")
        self._phone.command("accept")

    async def hold(self) -> None:
        self._phone.command("hold")

    async def resume(self) -> None:
        self._phone.command("resume")

    async def press(self, digit: str) -> None:
        self._phone.command("sndcode", digit)

    async def hang_up(self) -> None:
        self._phone.command("hangup")

    async def over(self) -> None:
        count = self._phone.count
        await until(lambda: count("CALL_CLOSED") == count("CALL_ESTABLISHED") > 0, "baresip's end")

    def heard(self) -> Samples:
        files = sorted(self._folder.glob("dump-*-dec.wav"), key=lambda path: path.stat().st_mtime_ns)
        return said(files[-1]) if files else said(self._folder / "none")


@asynccontextmanager
async def baresip(folder: Path) -> AsyncIterator[Baresip]:
    """Start it with an account that registers nowhere, to say `Baresip.voice`; it ends by its pid."""
    voice = folder / "voice.wav"
    tone = sine(Baresip.voice, 60.0, -20.0)
    voice.write_bytes(wave.header(len(tone)) + tone.astype("<i2").tobytes())

    def write() -> tuple[int, int]:
        sip, control = free_port(), free_port()
        configure(folder, ACCOUNT.format(sip=sip), sip, control, voice=voice)
        return control, sip

    async with started(folder, write) as phone:
        yield Baresip(phone, folder)
