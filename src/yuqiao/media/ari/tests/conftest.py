"""A media server, a client that listens, and the cast: Alice calls, Bob works the line, Carol interprets."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from yuqiao.media.ari.tests.live import Client, Handset, connected, running
from yuqiao.media.server import MediaServer


@pytest.fixture
async def station(tmp_path: Path) -> AsyncIterator[MediaServer]:
    async with running(tmp_path) as server:
        yield server


@pytest.fixture
async def client(station: MediaServer) -> AsyncIterator[Client]:
    async with connected(station) as one:
        await one.listen()
        yield one


@pytest.fixture
async def alice() -> AsyncIterator[Handset]:
    async with Handset(440, "13800000001") as one:
        yield one


@pytest.fixture
async def bob() -> AsyncIterator[Handset]:
    async with Handset(1000, "12345") as one:
        yield one


@pytest.fixture
async def carol() -> AsyncIterator[Handset]:
    async with Handset(1700, "8001") as one:
        yield one
