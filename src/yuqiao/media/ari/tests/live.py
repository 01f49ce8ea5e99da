"""The real thing for tests: a media server on free ports, an ARI client, and handsets on real SIP and RTP."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp

from yuqiao.media.ports import Address, AudioParameters, CallObserver, EndCause, SipCall
from yuqiao.media.server import MediaConfig, MediaServer
from yuqiao.media.sip import SipTrunk
from yuqiao.media.tests.mixer.phone import Phone

USER, PASSWORD = "yuqiao", "sesame"
Json = dict[str, Any]


async def until(condition: Callable[[], bool], what: str, seconds: float = 10.0) -> None:
    """Return once ``condition`` holds; fail with ``what`` after ``seconds``."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain for {what}"
        await asyncio.sleep(0.01)


def basic(user: str = USER, password: str = PASSWORD) -> dict[str, str]:
    """Return the header of HTTP Basic."""
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


class Reply:
    """Status and JSON of one answer."""

    def __init__(self, status: int, raw: bytes, headers: dict[str, str]) -> None:
        self.status, self.raw, self.headers = status, raw, headers
        self.json: Any = json.loads(raw) if headers.get("Content-Type", "").startswith("application/json") else None


class Client:
    """Speaks ARI over HTTP and keeps what the WebSocket says."""

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self.url, self.session = url, session
        self.events: list[Json] = []
        self.socket: aiohttp.ClientWebSocketResponse | None = None
        self._reading: asyncio.Task[None] | None = None

    async def listen(self, query: str = "app=yuqiao") -> None:
        """Open the event WebSocket."""
        self.socket = await self.session.ws_connect(f"{self.url}/events?{query}")
        self._reading = asyncio.create_task(self._read(self.socket))

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for frame in socket:
            self.events.append(json.loads(frame.data))

    async def hang_up(self) -> None:
        """Close the WebSocket."""
        if self.socket is not None and self._reading is not None:
            await self.socket.close()
            await self._reading
            self.socket = None

    async def ask(self, method: str, path: str, body: Any = None, **query: str | int) -> Reply:
        """Make one request."""
        async with self.session.request(method, self.url + path, params=query, json=body) as answer:
            return Reply(answer.status, await answer.read(), dict(answer.headers))

    async def do(self, method: str, path: str, **query: str | int) -> Any:
        """Make one request that must succeed; return its JSON."""
        reply = await self.ask(method, path, **query)
        assert reply.status < 300, (method, path, reply.status, reply.raw)
        return reply.json

    def told(self, kind: str, **wanted: Any) -> list[Json]:
        """Events of ``kind`` whose subject (channel, peer, playback or recording) is ``wanted``."""
        return [event for event in self.events if event["type"] == kind and _matches(event, wanted)]

    async def event(self, kind: str, seconds: float = 10.0, **wanted: Any) -> Json:
        """Wait for the first event of ``kind`` about ``wanted``: ``channel=id``, ``recording=name``, ``digit="5"``…"""
        await until(lambda: bool(self.told(kind, **wanted)), f"{kind} {wanted}", seconds)
        return self.told(kind, **wanted)[0]


def _matches(event: Json, wanted: Json) -> bool:
    for name, value in wanted.items():
        found = event.get(name)
        if isinstance(found, dict):
            found = found.get("name") if name == "recording" else found.get("id")
        if found != value:
            return False
    return True


class Handset:
    """A party on real SIP and RTP that says a tone of ``freq`` Hz and measures what it hears."""

    def __init__(self, freq: float, number: str) -> None:
        self.freq, self.number = freq, number
        self.phone = Phone(freq)
        self.trunk = SipTrunk(host="127.0.0.1", port=0, on_incoming=self._ring)
        self.call: SipCall | None = None
        self.answers_calls = True
        self.talking = False
        self.progress: list[int] = []
        self.early: AudioParameters | None = None
        self.ends: list[EndCause] = []

    @property
    def uri(self) -> str:
        host, port = self.trunk.address
        return f"sip:{self.number}@{host}:{port}"

    async def __aenter__(self) -> Handset:
        await self.trunk.start()
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.trunk.stop()
        await asyncio.to_thread(self.phone.close)

    def dial(self, number: str, station: MediaServer, *, transport: str = "udp", by: Address | None = None) -> None:
        """Call ``number`` at the media server, or at the address ``by`` that stands before it."""
        host, port = by or station.trunk.address
        target = f"sip:{number}@{host}:{port}" + (";transport=tcp" if transport == "tcp" else "")
        self.call = self.trunk.invite(target, local=self.rtp, observer=self, caller_number=self.number)

    @property
    def rtp(self) -> Address:
        """Where it wants to be sent sound."""
        return self.phone.audio.remote

    def talk_to(self, server: Address) -> None:
        """Begin to send sound."""
        self.phone.talk_to(server)

    def _ring(self, call: SipCall) -> CallObserver | None:
        self.call = call
        call.ring()
        if self.answers_calls:
            self.answer()
        return self

    def answer(self) -> None:
        assert self.call is not None
        self.talk_to(self.call.answer(self.rtp).remote)

    def hang_up(self, cause: int = 16) -> None:
        assert self.call is not None
        self.call.hangup(cause)

    def hears(self, other: Handset) -> bool:
        return len(self.phone.heard) >= 20 and self.phone.hears(other.freq) > -30

    def misses(self, other: Handset) -> bool:
        return len(self.phone.heard) >= 20 and self.phone.hears(other.freq) < -55

    def on_progress(self, status: int, audio: AudioParameters | None) -> None:
        self.progress.append(status)
        self.early = audio or self.early

    def on_answer(self, audio: AudioParameters) -> None:
        self.talking = True
        self.talk_to(audio.remote)

    async def press(self, digit: str) -> None:
        """Press a key as RFC 4733 says; the voice pauses meanwhile."""
        await asyncio.to_thread(self.phone.press, digit)

    def on_end(self, cause: EndCause) -> None:
        self.ends.append(cause)
        self.phone.hush()

    def on_digit(self, digit: str, duration_ms: int) -> None:
        return

    def on_audio_change(self, audio: AudioParameters) -> None:
        return


async def hear_each_other(*parties: Handset) -> None:
    """Wait until each hears all the others and nobody hears themselves."""
    for party in parties:
        others = [other for other in parties if other is not party]
        await until(partial(_hears_all, party, others), f"{party.number} to hear")


def _hears_all(party: Handset, others: list[Handset]) -> bool:
    return all(party.hears(other) for other in others) and party.misses(party)


def config(folder: Path, **changes: Any) -> MediaConfig:
    """Return settings on free ports."""
    settings: dict[str, Any] = {
        "ari_password": PASSWORD,
        "sip_port": 0,
        "rtp_ports": (30000, 39998),
        "ari_listen": ("127.0.0.1", 0),
        "sounds": folder / "sounds",
        "recordings": folder / "recordings",
        "workers": 1,
        "rtp_timeout": 5.0,
    }
    return MediaConfig(**settings | changes)


@asynccontextmanager
async def running(folder: Path, **changes: Any) -> AsyncIterator[MediaServer]:
    """Run a media server in this process (its mixer workers are processes of their own)."""
    station = MediaServer(config(folder, **changes))
    await station.start()
    try:
        yield station
    finally:
        await station.stop()


@asynccontextmanager
async def connected(station: MediaServer) -> AsyncIterator[Client]:
    """Be signed in to ``station``."""
    host, port = station.ari.address
    async with aiohttp.ClientSession(headers=basic()) as session:
        client = Client(f"http://{host}:{port}/ari", session)
        yield client
        await client.hang_up()
