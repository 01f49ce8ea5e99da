"""Asterisk 22 as a trunk: what it says and hears is a phone's, bridged with the call inside it; commanded over ARI.

Its configuration is that of deploy/asterisk, and one switch more: a hold goes on to the other side, as with a carrier.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from tests.asterisk import SIGN_IN, Place, sample

from yuqiao.lib import g711
from yuqiao.lib.g711 import Samples
from yuqiao.lib.net import free_port
from yuqiao.media.ari.tests.live import Client, basic, until
from yuqiao.media.tests.mixer.phone import Phone

TRUNK = "carrier-a"
RTP = (62000, 62499)  # apart from what another Asterisk of these tests takes


class Asterisk:
    """A carrier with one subscriber, a `Phone`, who is reached by RTP alone."""

    hears_after_hold = True
    endpoint = f"PJSIP/13900000001@{TRUNK}"

    def __init__(self, client: Client, phone: Phone, sip: int) -> None:
        self._client, self._phone = client, phone
        self.voice = 1480.0
        self.address = ("127.0.0.1", sip)
        self._channel = ""
        self._joining: asyncio.Task[None] | None = None

    async def ready(self) -> None:
        """Give the subscriber a place in a bridge."""
        host, port = self._phone.audio.remote
        media = {"external_host": f"{host}:{port}", "format": "alaw", "app": "yuqiao"}
        ear = await self._client.do("POST", "/channels/externalMedia", **media)
        local = await self._client.do("GET", f"/channels/{ear['id']}/variable", variable="UNICASTRTP_LOCAL_PORT")
        self._phone.talk_to(("127.0.0.1", int(local["value"])))
        await self._client.do("POST", "/bridges/exchange", type="mixing")
        await self._client.event("StasisStart", channel=ear["id"])
        await self._client.do("POST", "/bridges/exchange/addChannel", channel=ear["id"])

    async def expect(self) -> None:
        """It always does."""

    async def dial(self, target: str) -> None:
        self._channel = "to-us"
        call = {"endpoint": f"PJSIP/yuqiao/{target}", "app": "yuqiao", "callerId": "13900000001"}
        await self._client.do("POST", "/channels", channelId=self._channel, **call)
        self._joining = asyncio.create_task(self._join())

    async def accept(self) -> None:
        await until(lambda: len(self._client.told("StasisStart")) > 1, "Asterisk to be called")
        self._channel = str(self._client.told("StasisStart")[1]["channel"]["id"])
        await self._client.do("POST", f"/channels/{self._channel}/answer")
        await self._join()

    async def _join(self) -> None:
        await self._client.event("StasisStart", channel=self._channel)
        await self._client.do("POST", "/bridges/exchange/addChannel", channel=self._channel)

    async def hold(self) -> None:
        await self._client.do("POST", f"/channels/{self._channel}/hold")

    async def resume(self) -> None:
        await self._client.do("DELETE", f"/channels/{self._channel}/hold")

    async def press(self, digit: str) -> None:
        await self._client.do("POST", f"/channels/{self._channel}/dtmf", dtmf=digit)

    async def hang_up(self) -> None:
        await self._client.do("DELETE", f"/channels/{self._channel}", reason="normal")

    async def over(self) -> None:
        await self._client.event("StasisEnd", channel=self._channel)

    def heard(self) -> Samples:
        payload = b"".join(packet[12:] for _, packet in self._phone.heard)
        return g711.decode(payload, g711.PCMA)


@asynccontextmanager
async def asterisk(root: Path) -> AsyncIterator[Asterisk]:
    """Start it; stop it at the end."""
    sip, ari = free_port(), free_port()
    place = Place(root, "yuqiao-trunk")
    files = sample(sip=sip, ari=ari, rtp=RTP)
    files["pjsip.conf"] = files["pjsip.conf"].replace("direct_media=no", "direct_media=no\nmoh_passthrough=yes")
    await asyncio.to_thread(place.configure, files)
    running = place.running()
    await asyncio.to_thread(running.__enter__)
    try:
        with Phone(1480.0) as phone:
            async with aiohttp.ClientSession(headers=basic(*SIGN_IN)) as session:
                client = Client(f"http://127.0.0.1:{ari}/ari", session)
                await client.listen()
                one = Asterisk(client, phone, sip)
                await one.ready()
                yield one
                await client.hang_up()
    finally:
        await asyncio.to_thread(running.__exit__, None, None, None)
