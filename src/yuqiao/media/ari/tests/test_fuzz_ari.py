"""Broken ARI requests and WebSocket frames out of real ones, by who is signed in and by who is not: no internal error,
no memory, no listener and no channel left behind, and the next good request is served."""

from __future__ import annotations

import asyncio
import gc
import re
import struct
import tracemalloc
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from yuqiao.media.ari import patience
from yuqiao.media.ari.errors import ALLOCATION_FAILED
from yuqiao.media.ari.http import ROUTES
from yuqiao.media.ari.tests.live import Client, basic, until
from yuqiao.media.ari.tests.memory import Office
from yuqiao.media.ari.tests.test_http import face
from yuqiao.media.ari.unsupported import UNSUPPORTED
from yuqiao.media.tests.corpus.mutation import SECONDS, Mutator, corpus

SIGNED = basic()["Authorization"].encode()
HTTP = [re.sub(rb"Basic \S+", SIGNED, one) for one in corpus("http").values()]
#: Frames as a client sends them (RFC 6455 5.2), masked by nothing: text, binary, ping, pong, close, one in two parts.
REQUEST = b'{"type": "RESTRequest", "request_id": "1", "method": "GET", "uri": "channels", "query_strings": []}'
FRAMES = [
    b"\x81" + bytes([0x80 | len(REQUEST)]) + bytes(4) + REQUEST,
    b"\x82\x85" + bytes(4) + b"12345",
    b"\x89\x84" + bytes(4) + b"ping",
    b"\x8a\x80" + bytes(4),
    b"\x88\x82" + bytes(4) + struct.pack("!H", 1000),
    b"\x01\x82" + bytes(4) + b"{}" + b"\x80\x80" + bytes(4),
    b"\x81\xfe" + struct.pack("!H", 300) + bytes(4) + b"[" * 300,
]


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[tuple[Client, Office]]:
    office = Office(tmp_path, grace=0.2)
    async with face(office) as one:
        yield one, office


def address_of(client: Client) -> tuple[str, int]:
    host, port = client.url.removeprefix("http://").partition("/")[0].split(":")
    return host, int(port)


async def say(client: Client, raw: bytes, then: bytes = b"", patience: float = 5.0) -> bytes:
    """Send ``raw`` on a connection of its own, and ``then`` once it was answered; return the beginning of the answer,
    b"" when none comes within ``patience`` seconds (half a request is waited for)."""
    reader, writer = await asyncio.open_connection(*address_of(client))
    answer = b""
    try:
        writer.write(raw)
        async with asyncio.timeout(patience):
            answer = await reader.read(65_536)
        writer.write(then)
        writer.write_eof()
    except OSError:  # TimeoutError is one
        pass
    finally:
        writer.close()
        await asyncio.gather(writer.wait_closed(), return_exceptions=True)
    return answer


async def storm(client: Client, office: Office, numbers: range, mutator: Mutator) -> None:
    for start in numbers[::50]:
        batch = [mutator.nth(number) for number in range(start, start + 50)]
        answers = await asyncio.gather(*(say(client, raw, patience=0.3) for raw in batch))
        for number, (raw, answer) in enumerate(zip(batch, answers, strict=True), start):
            status = int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.") else 0
            lawful = status < 500 or status == 501 or ALLOCATION_FAILED.encode() in answer
            assert lawful, f"seed {mutator.seed}, request {number}: {raw[:400]!r}"
        await tidy(office)


async def tidy(office: Office) -> None:
    """End every call that a request began, and let the engine finish."""
    for call in office.trunk.calls:
        call.end()
    office.trunk.calls.clear()
    office.trunk.invited.clear()
    office.trunk.vias.clear()
    await office.quiet()


async def test_mutated_requests_of_who_is_signed_in(client: tuple[Client, Office]) -> None:
    ari, office = client
    mutator = Mutator(HTTP)
    batch = 300 if SECONDS <= 5 else round(60 * SECONDS) // 100 * 100
    await storm(ari, office, range(batch), mutator)
    tracemalloc.start()
    try:
        gc.collect()
        before = tracemalloc.get_traced_memory()[0]
        await storm(ari, office, range(batch, 2 * batch), mutator)
        await tidy(office)
        gc.collect()
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert office.switch.counters["failures"] == 0
    assert office.switch.counters["task_failures"] == 0
    assert grown < 600_000, f"{grown} octets more after {batch} requests"
    assert (await ari.ask("GET", "/asterisk/ping")).status == 200


async def test_mutated_requests_of_who_is_not_reach_nothing(client: tuple[Client, Office]) -> None:
    ari, office = client
    strangers = Mutator([one.replace(SIGNED, b"Basic eXVxaWFvOmd1ZXNz") for one in HTTP])
    for start in range(0, round(max(500, 250 * SECONDS)), 50):
        batch = [strangers.nth(number) for number in range(start, start + 50)]
        for raw, answer in zip(
            batch, await asyncio.gather(*(say(ari, raw, patience=0.3) for raw in batch)), strict=True
        ):
            status = int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.") else 0
            assert status in {0, 400, 401, 404, 405, 411, 413, 414, 417, 431}, f"after {start}: {raw[:400]!r}"
    assert not office.trunk.invited
    assert not office.switch.events.apps
    assert not office.mixer.legs


async def test_mutated_frames(client: tuple[Client, Office]) -> None:
    ari, office = client
    upgrade = (
        b"GET /ari/events?app=fuzz HTTP/1.1\r\nHost: x\r\nAuthorization: " + SIGNED + b"\r\nConnection: Upgrade\r\n"
        b"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    for number, frames in Mutator(FRAMES).within(SECONDS):
        answer = await say(ari, upgrade, frames)
        assert answer.startswith(b"HTTP/1.1 101"), f"frames {number}: {frames!r}"
    await until(lambda: office.switch.events.apps == [], "every listener to be gone")
    assert office.switch.counters["failures"] == 0
    assert office.switch.counters["malformed"] > 50
    await ari.listen()
    office.trunk.incoming()
    await ari.event("StasisStart")


async def test_without_the_password_every_path_says_401(client: tuple[Client, Office]) -> None:
    """All there is, and what is not: who has not signed in does not even learn which is which."""
    ari, office = client
    office.listen()
    office.trunk.incoming()
    paths = [(method, path) for method, path, _ in ROUTES] + list(UNSUPPORTED) + [("GET", "/events"), ("GET", "/nope")]
    for method, path in paths:
        target = re.sub(r"\{[^}]+\}", "x", f"/ari{path}?app=a")
        for credentials in (b"", b"Authorization: Basic eXVxaWFvOg==\r\n", b"Authorization: Digest x\r\n"):
            raw = f"{method} {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n".encode() + credentials + b"\r\n"
            assert (await say(ari, raw)).startswith(b"HTTP/1.1 401"), (method, path)
    assert office.trunk.calls[0].log == []


async def test_who_only_holds_connections_open_is_cut_off(
    client: tuple[Client, Office], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slow loris: half a request in drops, or nothing at all; who has been served and who listens stays."""
    monkeypatch.setattr(patience, "LIMIT", 0.3)
    monkeypatch.setattr(patience, "_EVERY", 0.1)
    ari, _ = client
    await ari.listen()
    held = [await asyncio.open_connection(*address_of(ari)) for _ in range(2 * patience.MOST_WAITED_FOR)]
    began = asyncio.get_running_loop().time()
    for octet in b"GET /ari/channels HTTP/1.1\r\nX: " + b"y" * 100:
        for _, writer in held[::2]:
            if not writer.is_closing():
                writer.write(bytes([octet]))
        await asyncio.sleep(0.02)
        if all(reader.at_eof() or writer.is_closing() for reader, writer in held):
            break
    assert 0.2 < asyncio.get_running_loop().time() - began < 1.9
    for reader, writer in held:
        await asyncio.gather(reader.read(), return_exceptions=True)
        writer.close()
        await asyncio.gather(writer.wait_closed(), return_exceptions=True)
    assert (await ari.ask("GET", "/asterisk/ping")).status == 200
    assert ari.socket is not None
    assert not ari.socket.closed
