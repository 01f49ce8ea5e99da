"""Garbage on the ARI port: refused, counted, logged without a word of it, and the next request is served."""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from yuqiao.media.ari.tests.live import Client, basic, until
from yuqiao.media.ari.tests.memory import Office
from yuqiao.media.ari.tests.test_http import face

SECRET = b"13800000001"


@pytest.fixture
async def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


@pytest.fixture
async def client(office: Office) -> AsyncIterator[Client]:
    async with face(office) as one:
        yield one


async def send(client: Client, raw: bytes) -> bytes:
    """Send ``raw`` on a connection of its own; return what comes back until it is closed."""
    host, port = client.url.removeprefix("http://").partition("/")[0].split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(raw)
    if writer.can_write_eof():
        writer.write_eof()
    try:
        return await asyncio.wait_for(reader.read(65536), 5)
    except ConnectionResetError:
        return b""
    finally:
        writer.close()


GARBAGE = {
    "a binary blob": b"\x16\x03\x01\x02\x00" + SECRET,
    "no HTTP": SECRET + b"\r\n\r\n",
    "a wrong version": b"GET /ari/channels?x=" + SECRET + b" HTTP/9.9\r\n\r\n",
    "a bad header": b"GET /ari/channels HTTP/1.1\r\nHost x\r\n" + SECRET + b"\r\n\r\n",
    "an endless line": b"GET /" + SECRET * 2000 + b" HTTP/1.1\r\n\r\n",
    "a bad length": b"POST /ari/channels HTTP/1.1\r\nHost: x\r\nContent-Length: " + SECRET[:1] + b"x\r\n\r\n",
    "a bad chunk": b"POST /ari/channels HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n" + SECRET,
}


@pytest.mark.parametrize("raw", GARBAGE.values(), ids=list(GARBAGE))
async def test_broken_http(client: Client, office: Office, raw: bytes, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    answer = await send(client, raw)
    assert answer == b"" or answer.split(b" ")[1] in {b"400", b"401", b"414"}
    assert SECRET.decode() not in caplog.text
    if raw is not GARBAGE["a bad chunk"]:  # that one is refused by its missing sign-in, before its body is read
        assert office.switch.counters["malformed"] == 1
        assert "malformed request" in caplog.text
    assert (await client.ask("GET", "/asterisk/ping")).status == 200


async def test_a_stream_of_random_bytes(client: Client, office: Office) -> None:
    await asyncio.gather(*(send(client, os.urandom(size)) for size in (1, 10, 100, 5000, 70000)))
    await send(client, b"GET /ari/channels HTTP/1.1\r\nHost: x")
    assert (await client.ask("GET", "/channels")).json == []


async def test_what_is_sent_on_the_websocket(client: Client, office: Office) -> None:
    await client.listen()
    assert client.socket is not None
    for text in ("", "{", "[]", '{"type": "Nonsense"}', "[" * 5000):
        await client.socket.send_str(text)
    await client.socket.send_bytes(b"\0\1\2")
    await until(lambda: office.switch.counters["malformed"] == 6, "six malformed messages")
    await client.socket.send_str(json.dumps({"type": "RESTRequest", "request_id": "7", "uri": "channels"}))
    refusal = await client.event("RESTResponse")
    assert (refusal["status_code"], refusal["request_id"]) == (501, "7")
    office.trunk.incoming()
    await client.event("StasisStart")


BAD_FRAMES = {
    "a reserved opcode": b"\x8b\x85aaaa12345",
    "reserved bits": b"\xf1\x85aaaa12345",
    "too much": b"\x81\xff" + (1 << 20).to_bytes(8) + b"aaaa" + b"x" * 100_000,
    "no UTF-8": b"\x81\x82\0\0\0\0\xff\xfe",
    "a fragmented ping": b"\x09\x80aaaa",
}


@pytest.mark.parametrize("frame", BAD_FRAMES.values(), ids=list(BAD_FRAMES))
async def test_broken_frames_end_that_websocket_only(client: Client, office: Office, frame: bytes) -> None:
    host, port = client.url.removeprefix("http://").partition("/")[0].split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    opening = {
        "Host": host,
        "Authorization": basic()["Authorization"],
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in opening.items())
    writer.write(f"GET /ari/events?app=other HTTP/1.1\r\n{lines}\r\n".encode())
    assert b"101" in await reader.readuntil(b"\r\n\r\n")
    assert "other" in office.switch.events.apps
    writer.write(frame)
    await until(lambda: office.switch.events.apps == [], "the WebSocket to be closed")
    writer.close()
    assert office.switch.counters["malformed"] == 1
    await client.listen()
    office.trunk.incoming()
    await client.event("StasisStart")
