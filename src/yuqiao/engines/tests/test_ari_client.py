"""The ARI client against a server that misbehaves: garbage, lost connections, refusals, silence."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import WSMsgType, web

from yuqiao.engines import ari as client
from yuqiao.engines import events
from yuqiao.engines.ari import Ari, AriError

ENTERED = {
    "type": "ChannelEnteredBridge",
    "timestamp": "2026-11-22T08:00:00.000+0000",
    "bridge": {},
    "channel": {"id": "17.1"},
}


class Misbehaving:
    """An ARI server: what its WebSocket says is scripted, what it was asked is kept."""

    def __init__(self, *frames: str | bytes) -> None:
        self.frames = frames
        self.connections = 0
        self.asked: list[tuple[str, str]] = []
        self.authorization: list[str] = []
        self.status = 204
        self.answers: dict[str, object] = {}
        self.statuses: dict[str, list[int]] = {}
        self.refused = ""
        self.hung_up = asyncio.Event()
        self.silent = asyncio.Event()
        self.silent.set()

    async def events(self, request: web.Request) -> web.WebSocketResponse:
        """Say the frames; hang up at the first connection, stay at later ones."""
        self.authorization.append(request.headers.get("Authorization", ""))
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.connections += 1
        for frame in self.frames:
            await (socket.send_bytes(frame) if isinstance(frame, bytes) else socket.send_str(frame))
        if self.connections > 1:
            async for message in socket:
                assert message.type is not WSMsgType.TEXT
        await socket.close()
        return socket

    async def command(self, request: web.Request) -> web.Response:
        """Answer any command with the status that is set, once it is not silent."""
        self.asked.append((request.method, request.raw_path))
        await self.silent.wait()
        path = request.path.removeprefix("/ari/")
        if scripted := self.statuses.get(f"{request.method} {path}"):
            return web.Response(status=scripted.pop(0) if len(scripted) > 1 else scripted[0])
        if path in self.answers:
            return web.json_response(self.answers[path])
        if request.method == "DELETE":
            self.hung_up.set()
        if self.refused and self.refused in path.split("/"):
            return web.Response(status=500)
        return web.Response(status=self.status)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Ari]:
        """Serve, with a client that keeps itself connected."""
        app = web.Application()
        app.router.add_get("/ari/events", self.events)
        app.router.add_route("*", "/ari/{rest:.*}", self.command)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        ari = Ari(f"http://127.0.0.1:{port}/ari", "yuqiao", "secret", "yuqiao")
        yield ari
        await runner.cleanup()


@asynccontextmanager
async def connected(ari: Ari, times: int = 1) -> AsyncIterator[None]:
    """Run the client until it was connected so many times, then for the length of the block."""
    seen, enough = 0, asyncio.Event()

    async def count() -> None:
        nonlocal seen
        seen += 1
        if seen >= times:
            enough.set()

    ari.on_connected = count
    running = asyncio.create_task(ari.run())
    try:
        async with asyncio.timeout(10):
            await enough.wait()
        yield
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def test_garbage_is_counted_and_what_follows_is_heard_on_every_connection() -> None:
    garbage: list[str | bytes] = [
        "{",
        "[]",
        "1",
        '{"type": "StasisStart"}',
        '{"type": "StasisEnd", "channel": 3}',
        b"\xff\x00",
        "{}",
    ]
    server = Misbehaving(*garbage, json.dumps(ENTERED))
    async with server.serving() as ari:
        heard, twice = list[events.EngineEvent](), asyncio.Event()

        def hear(event: events.EngineEvent) -> None:
            heard.append(event)
            if len(heard) == 2:
                twice.set()

        ari.on_event = hear
        async with connected(ari, times=2), asyncio.timeout(10):
            await twice.wait()
    assert {type(event) for event in heard} == {events.LegJoined}
    assert ari.malformed == 2 * 5
    assert server.authorization[0] == "Basic eXVxaWFvOnNlY3JldA=="


async def test_commands_are_quoted_and_their_failures_are_errors_with_a_status() -> None:
    server = Misbehaving()
    async with server.serving() as ari:
        with pytest.raises(AriError) as early:
            await ari.answer("17.1")
        assert early.value.status == 0, "not connected yet"
        async with connected(ari):
            await ari.ring("leg", "sip:a&b@desk;transport=tcp", beside="17.1", caller_id="12345", seconds=20)
            method, path = server.asked[-1]
            assert method == "POST"
            assert "endpoint=PJSIP%2Fyuqiao%2Fsip%3Aa%26b%40desk%3Btransport%3Dtcp" in path
            server.status = 404
            with pytest.raises(AriError) as gone:
                await ari.hang_up("leg")
            assert gone.value.gone
            assert not await ari.is_recording("name")
            server.status = 409
            with pytest.raises(AriError):
                await ari.join("bridge", "leg")


async def test_a_bridge_that_stands_already_is_left_as_it_is() -> None:
    server = Misbehaving()
    server.statuses = {"POST bridges/room": [409], "GET bridges/room": [200]}
    async with server.serving() as ari, connected(ari):
        await ari.make_bridge("room")
    assert [method for method, path in server.asked if "bridges" in path] == ["POST", "GET"] * client.LOOKS


async def test_a_bridge_that_goes_is_not_taken_for_one_that_stands() -> None:
    server = Misbehaving()
    server.statuses = {"POST bridges/room": [409, 409, 409, 200], "GET bridges/room": [200, 200, 404]}
    async with server.serving() as ari, connected(ari):
        await ari.make_bridge("room")
    assert [method for method, path in server.asked if "bridges" in path] == ["POST", "GET"] * 3 + ["POST"]


async def test_a_name_that_a_bridge_taken_away_still_holds_is_waited_for() -> None:
    server = Misbehaving()
    server.statuses = {"POST bridges/room": [409, 409, 409, 200], "GET bridges/room": [404]}
    async with server.serving() as ari, connected(ari):
        await ari.make_bridge("room")
    assert [method for method, path in server.asked if "bridges" in path] == ["POST", "GET"] * 3 + ["POST"]


async def test_a_name_that_is_never_free_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Misbehaving()
    server.statuses = {"POST bridges/room": [409], "GET bridges/room": [404]}
    async with server.serving() as ari, connected(ari):
        monkeypatch.setattr(client, "COMMAND_SECONDS", 0.1)
        with pytest.raises(AriError) as refused:
            await ari.make_bridge("room")
    assert (refused.value.status, refused.value.gone) == (409, False)


async def test_an_engine_that_is_silent_times_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "COMMAND_SECONDS", 0.2)
    server = Misbehaving()
    async with server.serving() as ari, connected(ari):
        server.silent.clear()
        with pytest.raises(TimeoutError):
            await ari.answer("17.1")
        server.silent.set()


async def test_a_review_that_fails_is_tried_again_on_a_new_connection() -> None:
    server = Misbehaving()
    async with server.serving() as ari:
        tries, well = 0, asyncio.Event()

        async def review() -> None:
            nonlocal tries
            tries += 1
            if tries < 3:
                raise AriError(500, "GET channels")
            well.set()

        ari.on_connected = review
        running = asyncio.create_task(ari.run())
        async with asyncio.timeout(10):
            await well.wait()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert server.connections == 3


async def test_a_leg_that_left_without_a_cause_is_over_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "CAUSE_SECONDS", 0.05)
    end = {"type": "StasisEnd", "timestamp": ENTERED["timestamp"], "channel": {"id": "17.1"}}
    with_cause = {
        "type": "ChannelDestroyed",
        "timestamp": ENTERED["timestamp"],
        "cause": 127,
        "channel": {"id": "17.2"},
    }
    frames = [end, {**end, "channel": {"id": "17.2"}}, with_cause]
    server = Misbehaving(*(json.dumps(frame) for frame in frames))
    async with server.serving() as ari:
        heard: asyncio.Queue[events.EngineEvent] = asyncio.Queue()
        ari.on_event = heard.put_nowait
        async with connected(ari), asyncio.timeout(10):
            first, second = await heard.get(), await heard.get()
    assert isinstance(first, events.LegEnded)
    assert isinstance(second, events.LegEnded)
    assert {(first.leg, first.cause), (second.leg, second.cause)} == {("17.2", 127), ("17.1", events.NORMAL)}


@pytest.mark.parametrize("refused", ["snoop", ""])
async def test_a_prompt_that_cannot_be_whispered_is_played(monkeypatch: pytest.MonkeyPatch, refused: str) -> None:
    """Refused, or never ours to command: the party hears it in any case, and no channel is left behind."""
    monkeypatch.setattr(client, "COMMAND_SECONDS", 0.3)
    server = Misbehaving()
    server.answers = {
        "asterisk/info": {"system": {"version": "22.10.1"}, "status": {}},
        "channels": [{"id": "17.1"}, {"id": "leg"}],
        "bridges": [{"id": "room", "channels": ["17.1", "leg"]}],
    }
    server.refused = refused
    async with server.serving() as ari, connected(ari):
        await ari.holdings()
        server.asked.clear()
        await ari.play("p1", "17.1", ["sound:yuqiao/en/menu"])
        async with asyncio.timeout(10):
            await server.hung_up.wait()
    asked = [(verb, path.partition("?")[0]) for verb, path in server.asked]
    assert asked[0] == ("POST", "/ari/channels/17.1/snoop/say-17.1~p1")
    assert ("POST", "/ari/channels/17.1/play/p1") in asked
    assert ("DELETE", "/ari/channels/say-17.1~p1") in asked
