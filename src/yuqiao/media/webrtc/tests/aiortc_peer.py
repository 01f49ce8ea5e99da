"""A WebRTC peer that is not ours: aiortc's RTCPeerConnection, which says a tone and listens."""

from __future__ import annotations

import asyncio
import contextlib
import fractions
import re
import secrets
from types import TracebackType
from typing import Any, Self

import numpy as np
from aiortc import AudioStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError
from av import AudioFrame, AudioResampler

from yuqiao.lib.g711 import PCMA, Samples
from yuqiao.lib.tone import level_of, sine
from yuqiao.media.ports import Address, AudioParameters, Dtls


class ToneTrack(AudioStreamTrack):
    """A tone of 8 kHz in frames of 20 ms."""

    def __init__(self, freq: float) -> None:
        super().__init__()
        self._voice = np.tile(sine(freq, 1.0, -15), 2)
        self._place = 0
        self._due = 0.0

    async def recv(self) -> AudioFrame:
        loop = asyncio.get_running_loop()
        self._due = max(self._due, loop.time() - 0.2) + 0.02
        await asyncio.sleep(max(0.0, self._due - loop.time()))
        frame = AudioFrame(format="s16", layout="mono", samples=160)
        start = self._place % 8000
        frame.planes[0].update(self._voice[start : start + 160].astype("<i2").tobytes())
        frame.pts, frame.sample_rate, frame.time_base = self._place, 8000, fractions.Fraction(1, 8000)
        self._place += 160
        return frame


class AiortcPeer:
    """Offers as a browser's page does, takes our answer, and keeps what it hears. ``ice_password`` is that of ours."""

    def __init__(self, freq: float) -> None:
        self.ufrag, self.password = secrets.token_hex(4), secrets.token_hex(12)
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.connection.addTrack(ToneTrack(freq))
        self.connection.on("track", self._on_track)
        self._heard: list[Samples] = []
        self._listening: list[asyncio.Task[None]] = []
        self._offer = ""

    async def __aenter__(self) -> Self:
        await self.connection.setLocalDescription(await self.connection.createOffer())
        self._offer = self.connection.localDescription.sdp
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.connection.close()
        for task in self._listening:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def _said(self, pattern: str) -> str:
        found = re.search(pattern, self._offer)
        assert found is not None
        return found[1]

    def audio(self, *, active: bool = False) -> AudioParameters:
        """What signalling would tell the mixer."""
        fingerprint = self._said(r"a=fingerprint:sha-256 (\S+)").replace(":", "").lower()
        dtls = Dtls(self.ufrag, self.password, self._said(r"a=ice-ufrag:(\S+)"), fingerprint, active=active)
        return AudioParameters(("127.0.0.1", 9), PCMA, None, rtcp_mux=True, dtls=dtls)

    async def take_answer(self, address: Address, fingerprint: str, *, active: bool = False) -> None:
        """Take the answer of a media server whose leg is at ``address``."""
        host, port = address
        colons = ":".join(fingerprint[at : at + 2].upper() for at in range(0, 64, 2))
        lines = [
            "v=0", f"o=- 1 1 IN IP4 {host}", "s=-", "t=0 0", "a=ice-lite", "a=group:BUNDLE 0",
            f"m=audio {port} UDP/TLS/RTP/SAVPF 8", f"c=IN IP4 {host}", "a=mid:0", "a=sendrecv", "a=rtcp-mux",
            "a=rtpmap:8 PCMA/8000", f"a=ice-ufrag:{self.ufrag}", f"a=ice-pwd:{self.password}",
            f"a=fingerprint:sha-256 {colons}", f"a=setup:{'active' if active else 'passive'}",
            f"a=candidate:1 1 udp 2130706431 {host} {port} typ host", "a=end-of-candidates",
        ]  # fmt: skip
        await self.connection.setRemoteDescription(RTCSessionDescription("\r\n".join(lines) + "\r\n", "answer"))

    def _on_track(self, track: Any) -> None:
        self._listening.append(asyncio.ensure_future(self._listen(track)))

    async def _listen(self, track: Any) -> None:
        resampler = AudioResampler("s16", "mono", 8000)
        with contextlib.suppress(MediaStreamError):
            while True:
                for frame in resampler.resample(await track.recv()):
                    self._heard.append(np.frombuffer(bytes(frame.planes[0]), dtype="<i2")[: frame.samples])

    def hears(self, freq: float, seconds: float = 0.4) -> float:
        """Return the level of a tone in the last ``seconds`` heard, in dB."""
        heard = self._heard[-round(seconds * 50) :]
        return level_of(np.concatenate(heard), freq) if heard else -100.0
