"""What a plain leg of aiortc costs: a process that answers offers (a line of JSON each) and sends back what it hears.

``python -m bench.browser.relay``; `measure` starts it and plays the other side.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from typing import Any

from aiortc import RTCConfiguration, RTCPeerConnection, RTCRtpSender, RTCSessionDescription
from aiortc.contrib.media import MediaBlackhole, MediaRelay

from bench import machine
from yuqiao.media.webrtc.tests.aiortc_peer import ToneTrack


async def _answer(offer: dict[str, str], relay: MediaRelay, connections: list[RTCPeerConnection]) -> dict[str, str]:
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    connections.append(connection)

    def echo(track: Any) -> None:
        connection.addTrack(relay.subscribe(track))

    connection.on("track", echo)
    await connection.setRemoteDescription(RTCSessionDescription(**offer))
    await connection.setLocalDescription(await connection.createAnswer())
    return {"sdp": connection.localDescription.sdp, "type": connection.localDescription.type}


async def _serve() -> None:
    relay = MediaRelay()
    connections: list[RTCPeerConnection] = []
    while line := await asyncio.to_thread(sys.stdin.readline):
        sys.stdout.write(json.dumps(await _answer(json.loads(line), relay, connections)) + "\n")
        sys.stdout.flush()
    for connection in connections:
        await connection.close()


async def _join(server: asyncio.subprocess.Process, number: int, codec: str) -> RTCPeerConnection:
    """Return a connection to the relay that says a tone; it is good."""
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    good = asyncio.Event()

    def look() -> None:
        if connection.connectionState == "connected":
            good.set()

    connection.on("connectionstatechange", look)
    connection.on("track", MediaBlackhole().addTrack)
    connection.addTrack(ToneTrack(400 + 50 * number))
    offered = RTCRtpSender.getCapabilities("audio").codecs
    connection.getTransceivers()[0].setCodecPreferences([one for one in offered if one.mimeType == codec])
    await connection.setLocalDescription(await connection.createOffer())
    assert server.stdin is not None
    assert server.stdout is not None
    server.stdin.write(json.dumps({"sdp": connection.localDescription.sdp, "type": "offer"}).encode() + b"\n")
    answer = json.loads(await server.stdout.readline())
    await connection.setRemoteDescription(RTCSessionDescription(**answer))
    await asyncio.wait_for(good.wait(), 20)
    return connection


async def measure(legs: int, seconds: float, codec: str) -> float:
    """Return CPU ms per second of one leg among ``legs`` of ``codec`` ("audio/PCMA", "audio/opus")."""
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.browser.relay", stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    connections: list[RTCPeerConnection] = []
    try:
        for number in range(legs):
            connections.append(await _join(server, number, codec))
        await asyncio.sleep(1)
        began, before = time.monotonic(), machine.cpu_seconds(server.pid)
        await asyncio.sleep(seconds)
        return (machine.cpu_seconds(server.pid) - before) * 1000 / legs / (time.monotonic() - began)
    finally:
        for connection in connections:
            await connection.close()
        assert server.stdin is not None
        server.stdin.close()
        await asyncio.wait_for(server.wait(), 20)


if __name__ == "__main__":
    asyncio.run(_serve())
