"""Calls with a peer that was not written here: sipp, both ways, over UDP and TCP."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from yuqiao.lib.net import free_port
from yuqiao.media.ari.tests.live import Client, until
from yuqiao.media.server import MediaServer

pytestmark = pytest.mark.live


@asynccontextmanager
async def sipp(folder: Path, *arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        "sipp",
        *arguments,
        *("-i", "127.0.0.1", "-nostdin", "-timeout", "30", "-timeout_error"),
        cwd=folder,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@pytest.mark.parametrize("transport", ["u1", "t1"])
async def test_calls_from_sipp_all_succeed(
    client: Client, station: MediaServer, tmp_path: Path, transport: str
) -> None:
    count = 10
    host, port = station.trunk.address
    sip, rtp = free_port(), free_port()
    ports = ("-t", transport, "-p", str(sip), "-mp", str(rtp))
    load = ("-m", str(count), "-r", "10", "-d", "500", "-s", "960169")
    async with sipp(tmp_path, "-sn", "uac", f"{host}:{port}", *ports, *load) as caller:
        for done in range(count):
            await until(lambda: len(client.told("StasisStart")) > done, f"call {done}")  # noqa: B023 - awaited at once
            channel = client.told("StasisStart")[done]["channel"]["id"]
            await client.do("POST", f"/channels/{channel}/answer")
            await client.do("POST", f"/bridges/room-{channel}")
            await client.do("POST", f"/bridges/room-{channel}/addChannel", channel=channel)
        assert await asyncio.wait_for(caller.wait(), 30) == 0
    await until(lambda: len(client.told("ChannelDestroyed")) == count, "the end of all")
    assert {event["cause"] for event in client.told("ChannelDestroyed")} == {16}
    assert await client.do("GET", "/channels") == []
    assert [bridge["channels"] for bridge in await client.do("GET", "/bridges")] == [[]] * count
    counters = await client.do("GET", "/yuqiao/counters")
    assert counters["mixer"]["legs"] == 0
    assert counters["ari"]["channels"] == count


@pytest.mark.parametrize("transport", ["u1", "t1"])
async def test_calls_to_sipp_all_succeed(client: Client, tmp_path: Path, transport: str) -> None:
    count = 5
    sip, rtp = free_port(), free_port()
    parameter = ";transport=tcp" if transport == "t1" else ""
    endpoint = f"PJSIP/yuqiao/sip:8001@127.0.0.1:{sip}{parameter}"
    ports = ("-t", transport, "-p", str(sip), "-mp", str(rtp))
    async with sipp(tmp_path, "-sn", "uas", *ports, "-m", str(count), "-rtp_echo") as callee:
        await until(lambda: _listens(sip, transport), "sipp to listen")
        for number in range(count):
            await client.do("POST", f"/channels/leg-{number}", endpoint=endpoint, app="yuqiao", callerId="960169")
        for number in range(count):
            await client.event("StasisStart", channel=f"leg-{number}")
            await client.do("DELETE", f"/channels/leg-{number}")
        assert await asyncio.wait_for(callee.wait(), 30) == 0
    await until(lambda: len(client.told("ChannelDestroyed")) == count, "the end of all")


def _listens(port: int, transport: str) -> bool:
    """Tell whether somebody has bound ``port``."""
    kind = socket.SOCK_STREAM if transport == "t1" else socket.SOCK_DGRAM
    with socket.socket(socket.AF_INET, kind) as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False
