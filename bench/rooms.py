"""Conferences to measure: `yuqiao media` with a Stasis application that puts callers of the same number together."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import aiohttp

from yuqiao.lib.net import free_port

PARTIES = 3
ARI_USER, ARI_PASSWORD = "yuqiao", "bench"
GOT_IN = 90.0


@contextlib.contextmanager
def media_server(folder: Path) -> Iterator[tuple[int, int, int]]:
    """Start ``yuqiao media``; yield its pid, SIP port and ARI port."""
    sip_port, ari_port = free_port(), free_port()
    environment = os.environ | {
        "YUQIAO_VAR_DIR": str(folder),
        "YUQIAO_SIP_PORT": str(sip_port),
        "YUQIAO_SIP_PEERS": "127.0.0.0/8",
        "YUQIAO_ARI_LISTEN": f"127.0.0.1:{ari_port}",
        "YUQIAO_PHONES_LISTEN": "127.0.0.1:0",
        "YUQIAO_ARI_USER": ARI_USER,
        "YUQIAO_ARI_PASSWORD": ARI_PASSWORD,
        "YUQIAO_RTP_PORTS": "20000-29999",
    }
    with (folder / "media.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "yuqiao.config.cli", "media"],
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        yield process.pid, sip_port, ari_port
    finally:
        process.terminate()
        process.wait(20)


class Conferences:
    """A Stasis application that answers each channel and puts it into the bridge named by what it dialled.

    ``record``: each party's voice, and each bridge's mix, as our call server does it.
    """

    def __init__(self, port: int, *, record: bool = False) -> None:
        self.base = f"http://127.0.0.1:{port}/ari"
        self.record = record
        self.joined = 0
        self.serving: asyncio.Task[None]
        self._connected = asyncio.Event()

    async def _join(self, http: aiohttp.ClientSession, channel: dict[str, Any]) -> None:
        bridge = f"conference-{channel['dialplan']['exten']}"
        await self._post(http, f"/channels/{channel['id']}/answer")
        await self._post(http, f"/bridges/{bridge}", type="mixing")
        await self._post(http, f"/bridges/{bridge}/addChannel", channel=channel["id"])
        if self.record:
            snoop = f"snoop-{channel['id']}"
            await self._post(http, f"/channels/{channel['id']}/snoop/{snoop}", spy="in", app="yuqiao")
            await self._post(http, f"/channels/{snoop}/record", name=snoop, format="wav")
            if self.joined % PARTIES == 0:
                await self._post(http, f"/bridges/{bridge}/record", name=f"mix-{bridge}", format="wav")
        self.joined += 1

    async def _post(self, http: aiohttp.ClientSession, path: str, **query: str) -> None:
        async with http.post(self.base + path, params=query) as answer:
            if answer.status >= 400 and answer.status != 409:  # 409: the bridge or its recording exists already
                raise RuntimeError(f"{path}: {answer.status} {await answer.text()}")

    def _session(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(headers={"Authorization": aiohttp.encode_basic_auth(ARI_USER, ARI_PASSWORD)})

    async def counters(self) -> dict[str, Any]:
        """Return what the media server counts."""
        async with self._session() as http, http.get(self.base + "/yuqiao/counters") as answer:
            told: dict[str, Any] = await answer.json()
            return told

    async def _serve(self) -> None:
        async with self._session() as http:
            deadline = time.monotonic() + 20
            while True:
                try:
                    socket = await http.ws_connect(self.base + "/events?app=yuqiao")
                    break
                except aiohttp.ClientError:
                    if time.monotonic() > deadline:
                        raise
                    await asyncio.sleep(0.1)
            self._connected.set()
            async for message in socket:
                event = message.json()
                if event["type"] == "StasisStart" and not event["channel"]["name"].startswith("Snoop/"):
                    await self._join(http, event["channel"])

    @contextlib.asynccontextmanager
    async def served(self) -> AsyncIterator[None]:
        """Serve events within the block, beginning when connected."""
        self.serving = asyncio.create_task(self._serve())
        connected = asyncio.create_task(self._connected.wait())
        await asyncio.wait({self.serving, connected}, return_when=asyncio.FIRST_COMPLETED)
        try:
            yield
        finally:
            connected.cancel()
            self.serving.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self.serving


async def until(condition: Callable[[], bool], serving: asyncio.Task[None] | None = None) -> None:
    """Wait until ``condition()``; RuntimeError after 90 s, or what ended ``serving`` early."""
    deadline = time.monotonic() + GOT_IN
    while not await asyncio.to_thread(condition):
        if serving is not None and serving.done():
            serving.result()
        if time.monotonic() > deadline:
            raise RuntimeError("the callers did not all get in")
        await asyncio.sleep(0.1)


def numbers(conferences: int, first: int = 1000) -> list[str]:
    """Return what each caller dials: three in turn the same number of four digits."""
    return [str(first + leg // PARTIES) for leg in range(conferences * PARTIES)]
