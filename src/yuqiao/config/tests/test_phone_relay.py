"""Mei's page reaches the media server through the web process, and nobody else does."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
import uvicorn

from yuqiao.lib.net import free_port
from yuqiao.lib.phones import Ticket, issue
from yuqiao.media.sip.tests.browser import KEY, Mei, exchange, ticket
from yuqiao.media.sip.tests.parties import ALICE_RTP, Witness, until
from yuqiao.web.phone_relay import LONGEST, PhoneRelay, RelaySettings, admits

HERE = b"desk.example"


async def no_pages(scope: Any, receive: Any, send: Any) -> None:
    """Say 418 to whatever is no telephone."""
    await send({"type": "http.response.start", "status": 418, "headers": []})
    await send({"type": "http.response.body", "body": b""})


class _Server(uvicorn.Server):
    """Without signals, which belong to pytest."""

    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        yield


@asynccontextmanager
async def serving(config: uvicorn.Config) -> AsyncIterator[str]:
    """A web server on a free port, ended as by SIGTERM: its host and port."""
    server = _Server(config)
    config.port, config.lifespan, config.timeout_graceful_shutdown = free_port(), "off", 3
    running = asyncio.create_task(server.serve())
    await until(lambda: server.started, "the web process")
    try:
        yield f"127.0.0.1:{config.port}"
    finally:
        server.should_exit = True
        await running


@asynccontextmanager
async def web(phones_url: str) -> AsyncIterator[str]:
    """The web process with ``phones_url`` behind it: its host and port."""
    relay = PhoneRelay(no_pages, RelaySettings(phones_url, KEY, ["https://desk.city.example"]))
    async with serving(uvicorn.Config(relay, ws="websockets-sansio", ws_max_size=LONGEST, log_level="warning")) as host:
        yield host


@asynccontextmanager
async def page(host: str, given: str, headers: Mapping[str, str] | None = None) -> AsyncIterator[Mei]:
    """Mei's page at ``host`` with a ticket; WSServerHandshakeError where she is not let in."""
    said = {"Origin": f"http://{host}"} if headers is None else headers
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(
            f"http://{host}/phone", params={"ticket": given}, protocols=("sip",), headers=said, max_msg_size=0
        ) as socket,
    ):
        yield Mei(socket, "desk-1")


def url_of(address: tuple[str, int]) -> str:
    """The media server's door."""
    return f"ws://{address[0]}:{address[1]}/sip"


async def test_a_page_registers_is_rung_and_answers_through_the_web_process() -> None:
    async with exchange() as trunk, web(url_of(trunk.phones_address)) as host, page(host, ticket()) as mei:
        await mei.register()
        caller = Witness()
        call = trunk.invite("sip:desk-1@browser", local=ALICE_RTP, observer=caller, caller_number="1")
        await mei.take()
        await caller.answered()
        call.hangup()
        await mei.say(mei.respond(await mei.wait_for("BYE"), 200))


async def test_the_media_servers_own_closing_words_reach_the_page() -> None:
    async with exchange() as trunk, web(url_of(trunk.phones_address)) as host, page(host, ticket()) as first:
        await first.register()
        async with page(host, ticket()) as second:
            assert await first.closed() == 4001
            await second.register()


async def test_a_page_is_told_to_try_again_while_the_media_server_is_away() -> None:
    async with web(f"ws://127.0.0.1:{free_port()}/sip") as host, page(host, ticket()) as mei:
        assert await mei.closed() == 1013
    async with contextlib.AsyncExitStack() as stack:
        trunk = await stack.enter_async_context(exchange())
        host = await stack.enter_async_context(web(url_of(trunk.phones_address)))
        mei = await stack.enter_async_context(page(host, ticket()))
        await mei.register()
        await trunk.stop()
        assert await mei.closed() == 1013


async def test_the_web_process_ends_without_waiting_for_telephones() -> None:
    async with contextlib.AsyncExitStack() as last, exchange() as trunk:
        async with web(url_of(trunk.phones_address)) as host:
            mei = await last.enter_async_context(page(host, ticket()))
            await mei.register()
            told = asyncio.create_task(mei.closed(10.0))
        assert await told in {1001, 1012}


@pytest.mark.parametrize(
    ("given", "headers"),
    [
        ("", None),
        ("bm90aGluZw.bm90aGluZw", None),
        (ticket(lasts=-1.0), None),
        (issue(Ticket("desk-1", time.time() + 60), b"another key"), None),
        (ticket(), {"Origin": "https://elsewhere.example"}),
        (ticket(), {}),
    ],
    ids=["no ticket", "garbage", "over", "another's", "a page of others", "no page"],
)
async def test_strangers_are_refused(given: str, headers: dict[str, str] | None) -> None:
    async with exchange() as trunk, web(url_of(trunk.phones_address)) as host:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            async with page(host, given, headers):
                pass
        assert refused.value.status == 403


async def test_pages_are_still_served_and_long_messages_end_the_connection() -> None:
    async with exchange() as trunk, web(url_of(trunk.phones_address)) as host:
        async with aiohttp.ClientSession() as session, session.get(f"http://{host}/phone") as answer:
            assert answer.status == 418
        async with page(host, ticket()) as mei:
            await mei.say("x" * (LONGEST + 1))
            assert await mei.closed() == 1009


def scope(origin: bytes = b"https://desk.example", host: bytes = HERE, **changes: Any) -> dict[str, Any]:
    """A WebSocket that may begin."""
    query = f"ticket={ticket()}".encode()
    headers = [(b"host", host), (b"origin", origin)]
    return {"path": "/phone", "query_string": query, "subprotocols": ["sip"], "headers": headers} | changes


def test_only_pages_of_ours_may_begin() -> None:
    settings = RelaySettings("ws://127.0.0.1:1/sip", KEY, ["https://desk.city.example"])
    now = time.time()
    assert admits(scope(), settings, now)
    assert admits(scope(origin=b"https://desk.city.example"), settings, now)
    assert not admits(scope(origin=b"https://desk.example.evil"), settings, now)
    assert not admits(scope(origin=b"https://desk.example:8443"), settings, now)
    assert not admits(scope(origin=b"null", host=b""), settings, now)
    assert not admits(scope(path="/phones"), settings, now)
    assert not admits(scope(subprotocols=[]), settings, now)
    assert not admits(scope(), settings, now + 3600)
