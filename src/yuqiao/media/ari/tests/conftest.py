"""A media server, a client that listens, and the cast: Alice calls, Bob works the line, Carol interprets."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from tests.asterisk import Place, sample

from yuqiao.lib.net import free_port
from yuqiao.media.ari.tests.engines import ASTERISK, Engine, Ports, asterisk, ours
from yuqiao.media.ari.tests.live import Client, Handset, connected, running
from yuqiao.media.server import MediaServer
from yuqiao.media.sip.tests.conftest import pytest_asyncio_loop_factories

__all__ = ["pytest_asyncio_loop_factories"]


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


@pytest.fixture(scope="session")
def running_asterisk() -> Iterator[Ports]:
    """One Asterisk for all checks."""
    ports = Ports(free_port(), free_port())
    place = Place(Path(ASTERISK), "yuqiao-conformance")
    place.configure(sample(sip=ports.sip, ari=ports.ari))
    with place.running():
        yield ports


@pytest.fixture(params=["ours", pytest.param("asterisk", marks=pytest.mark.asterisk)])
async def engine(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Engine]:
    theirs = request.param == "asterisk"
    place = asterisk(request.getfixturevalue("running_asterisk")) if theirs else ours(tmp_path)
    async with place as one:
        yield one
