"""The two engines that the same checks are made against: our server, and Asterisk 22 as deploy/asterisk has it.

Asterisk's part (marker ``asterisk``) needs root and a folder to chroot into, named by YUQIAO_TEST_ASTERISK_ROOT.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import numpy as np
import pytest
from tests.asterisk import SIGN_IN

from yuqiao.lib import g711
from yuqiao.lib.tone import sine
from yuqiao.media import wave
from yuqiao.media.ari.tests.live import PASSWORD, USER, Client, Handset, basic, running, until

ASTERISK = os.environ.get("YUQIAO_TEST_ASTERISK_ROOT", "")


@dataclass
class Engine:
    """An engine under test: a client that listens, and where its SIP is."""

    client: Client
    sip: str
    sounds: Path
    rtp_timeout_cause: int
    sign_in: tuple[str, str]
    number: int = 0

    def unique(self, name: str) -> str:
        """Return a name no earlier run has used."""
        self.number += 1
        return f"{name}-{os.getpid()}-{id(self)}-{self.number}"

    async def call(self, caller: Handset) -> str:
        """Let ``caller`` dial 960169; return the channel."""
        before = len(self.client.told("StasisStart"))
        local = caller.phone.audio.remote
        caller.call = caller.trunk.invite(
            f"sip:960169@{self.sip}", local=local, observer=caller, caller_number=caller.number
        )
        await until(lambda: len(self.client.told("StasisStart")) > before, "StasisStart")
        return str(self.client.told("StasisStart")[before]["channel"]["id"])

    async def talk(self, caller: Handset, *others: Handset) -> tuple[str, list[str]]:
        """Let all be in one bridge; return it, and the channels."""
        room = self.unique("room")
        legs = [await self.call(caller)]
        await self.client.do("POST", f"/channels/{legs[0]}/answer")
        await self.client.do("POST", f"/bridges/{room}", type="mixing")
        legs += [await self.ring(other, originator=legs[0]) for other in others]
        for leg in legs:
            await self.client.do("POST", f"/bridges/{room}/addChannel", channel=leg)
        return room, legs

    async def ring(self, party: Handset, **more: str) -> str:
        """Call ``party``; return the channel, which is in Stasis."""
        leg = self.unique("leg")
        endpoint = f"PJSIP/yuqiao/{party.uri}"
        await self.client.do("POST", "/channels", endpoint=endpoint, app="yuqiao", channelId=leg, **more)
        await self.client.event("StasisStart", channel=leg)
        return leg

    def sound(self, tone: float) -> str:
        """Write a prompt of one second; return its media URI."""
        name = self.unique("prompt")
        samples = sine(tone, 1.0, -20.0)
        folder = self.sounds / "yuqiao"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.wav").write_bytes(wave.header(len(samples)) + samples.astype("<i2").tobytes())
        return f"sound:yuqiao/{name}"


@dataclass(frozen=True)
class Ports:
    """Where a running Asterisk listens."""

    sip: int
    ari: int


@asynccontextmanager
async def asterisk(ports: Ports) -> AsyncIterator[Engine]:
    url = f"http://127.0.0.1:{ports.ari}/ari"
    async with aiohttp.ClientSession(headers=basic(*SIGN_IN)) as session:
        client = Client(url, session)
        await client.listen()
        sounds = Path(ASTERISK) / "usr/share/asterisk/sounds"
        yield Engine(client, f"127.0.0.1:{ports.sip}", sounds, 44, SIGN_IN)
        for channel in await client.do("GET", "/channels"):
            await client.ask("DELETE", f"/channels/{channel['id']}")
        await client.hang_up()


@asynccontextmanager
async def ours(folder: Path) -> AsyncIterator[Engine]:
    async with (
        running(folder, rtp_timeout=3.0) as station,
        aiohttp.ClientSession(headers=basic(USER, PASSWORD)) as session,
    ):
        client = Client("http://{}:{}/ari".format(*station.ari.address), session)
        await client.listen()
        yield Engine(client, "{}:{}".format(*station.trunk.address), folder / "sounds", 127, (USER, PASSWORD))
        await client.hang_up()


async def gone(client: Client, path: str) -> None:
    """Wait until there is nothing at ``path``; Asterisk answers 204 to a DELETE before it is done."""
    for _ in range(200):
        if (await client.ask("GET", path)).status == 404:
            return
        await asyncio.sleep(0.02)
    pytest.fail(f"{path} is still there")


def quiet(party: Handset) -> bool:
    """Whether nothing has come in, or no tone at all, for 0.3 s."""
    heard = [packet for at, packet in party.phone.heard if at > time.monotonic() - 0.3]
    samples = g711.decode(b"".join(packet[12:] for packet in heard), g711.PCMA)
    return not len(samples) or bool(np.abs(samples.astype(int)).max() < 100)
