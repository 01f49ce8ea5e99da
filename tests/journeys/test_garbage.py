"""Garbage on every socket in the middle of a call: the call goes on, it is counted, nothing personal is logged."""

from __future__ import annotations

import asyncio
import base64
import json
import random
import socket
import urllib.request
from pathlib import Path

import pytest

from yuqiao.calls.tests.city import seed
from yuqiao.calls.tests.stage import PASSWORD, Stage, live, until
from yuqiao.hotline.models import Call

pytestmark = [pytest.mark.live, pytest.mark.django_db(transaction=True)]

ROUNDS = 200
CALLER = "13900000001"
CUT_OFF = f"INVITE sip:9601691@127.0.0.1 SIP/2.0\r\nFrom: <sip:{CALLER}@127.0.0.1>;tag=1\r\nTo: <sip".encode()


def counters(stage: Stage) -> dict[str, dict[str, float]]:
    """Return what the media server counted."""
    login = base64.b64encode(f"yuqiao:{PASSWORD}".encode()).decode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{stage.ari_port}/ari/yuqiao/counters", headers={"Authorization": f"Basic {login}"}
    )
    with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310
        found: dict[str, dict[str, float]] = json.load(answer)
        return found


def throw_datagrams(port: int, chance: random.Random) -> None:
    """Send random datagrams, some of which begin as something one would expect."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as thrower:
        thrower.bind(("127.0.0.1", 0))
        for _ in range(ROUNDS):
            beginning = chance.choice([b"", b"\x80\x08", b"\x80", CUT_OFF, b"SIP/2.0 200 OK\r\n", b"\xff" * 12])
            thrower.sendto(beginning + chance.randbytes(chance.randrange(1400)), ("127.0.0.1", port))


def throw_streams(port: int, chance: random.Random) -> None:
    """Open connections, send bytes that mean nothing, leave without a word."""
    for _ in range(ROUNDS // 10):
        with socket.create_connection(("127.0.0.1", port), timeout=5) as thrower:
            beginning = chance.choice(
                [b"", b"GET /ari/channels HTTP/1.1\r\n", CUT_OFF, b"POST /ari/events HTTP/9\r\n\r\n"]
            )
            thrower.sendall(beginning + chance.randbytes(2000))


def logs_with_the_caller(folder: Path) -> list[str]:
    """Return the logs that hold the caller's number."""
    logs = list(folder.glob("*.log"))
    assert logs
    return [log.name for log in logs if CALLER in log.read_text()]


def test_garbage_in_the_middle_of_a_call(tmp_path: Path) -> None:
    async def journey(stage: Stage) -> None:
        await asyncio.to_thread(seed, stage)
        stage.answers("li")
        anna = stage.dial("9601691", "anna")
        both = {"anna": ["li"], "li": ["anna"]}
        await stage.hear(both)
        chance = random.Random(20260)
        li = await stage.on("li")
        rtp_ports = [session.rtp.remote[1] for session in (anna, li) if session.rtp.remote]
        assert len(rtp_ports) == 2
        for port in (stage.sip_port, *rtp_ports):
            await asyncio.to_thread(throw_datagrams, port, chance)
        for port in (stage.sip_port, stage.ari_port):
            await asyncio.to_thread(throw_streams, port, chance)
        await stage.hear(both)
        assert not anna.over
        assert all(process.poll() is None for process in stage.processes.values())
        counted = await asyncio.to_thread(counters, stage)
        assert counted["trunk"]["malformed"] > 0
        assert counted["ari"]["malformed"] > 0
        stage.answers("wang")
        stage.dial("9601691", "third")
        await stage.hear({"third": ["wang"], "wang": ["third"]} | both)
        anna.hangup()
        await until(lambda: Call.objects.filter(phase="ended").exists(), "the call's end on paper")
        assert await asyncio.to_thread(logs_with_the_caller, tmp_path) == []

    live(journey, tmp_path)
