"""Open boards: real streams over HTTP, what each was told and when; and the naive way, each asking each second."""

from __future__ import annotations

import asyncio
import contextlib
import re
import time

CALL = re.compile(rb'^data: \{"id": "([0-9a-f-]{36})", "open": (true|false)')
STATE = re.compile(rb'data-state=\\"(\w+)\\"></i>(\d{4})<')

#: What was shown -> when it first was, in UNIX seconds.
Seen = dict[str, float]


async def _opened(port: int, path: str, cookie: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**24)
    lines = (
        f"GET {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        f"Cookie: sessionid={cookie}; django_language=zh-hans",
    )
    writer.write("\r\n".join([*lines, "", ""]).encode())
    return reader, writer


async def follow(port: int, cookie: str, seen: dict[str, list[float]]) -> None:
    """Follow one board's stream for ever; note each telling of a change."""
    reader, _ = await _opened(port, "/board/stream/?after=999999999999", cookie)
    while line := await reader.readline():
        at = time.time()
        if found := CALL.match(line):
            state = "true" if found[2] == b"true" else "ended"
            seen.setdefault(f"{found[1].decode()} {state}", []).append(at)
        elif line.startswith(b"data: {"):
            for state_word, number in STATE.findall(line):
                seen.setdefault(f"{number.decode()} {state_word.decode()}", []).append(at)


async def followed(port: int, cookie: str, boards: int, seconds: float) -> list[dict[str, list[float]]]:
    """Keep ``boards`` streams open for ``seconds``; return what each was told."""
    seen: list[dict[str, list[float]]] = [{} for _ in range(boards)]
    tasks = [asyncio.create_task(follow(port, cookie, one)) for one in seen]
    await asyncio.sleep(seconds)
    for task in tasks:
        task.cancel()
    for task in tasks:
        with contextlib.suppress(asyncio.CancelledError, ConnectionError):
            await task
    return seen


async def _ask(port: int, cookie: str, until: float, answers: list[tuple[float, float]], bytes_: list[int]) -> None:
    while (asked := time.time()) < until:
        reader, writer = await _opened(port, "/board/", cookie)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(re.search(rb"(?i)content-length: (\d+)", head)[1])  # type: ignore[index]
        await reader.readexactly(length)
        writer.close()
        answers.append((asked, time.time()))
        bytes_.append(length)
        await asyncio.sleep(max(0.0, asked + 1 - time.time()))


async def polled(port: int, cookie: str, boards: int, seconds: float) -> tuple[list[list[tuple[float, float]]], int]:
    """Let ``boards`` each ask for the page each second; return when each asked and was answered, and a page's bytes."""
    until = time.time() + seconds
    answers: list[list[tuple[float, float]]] = [[] for _ in range(boards)]
    sizes: list[int] = []
    tasks = [asyncio.create_task(_ask(port, cookie, until, one, sizes)) for one in answers]
    await asyncio.wait(tasks, timeout=seconds + 120)  # each asks once more than it should, and waits for it
    for task in tasks:
        task.cancel()
    return answers, max(sizes, default=0)
