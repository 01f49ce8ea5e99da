"""``GET /events``: the WebSocket on which applications hear what happens."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
from typing import Any

from aiohttp import WSMessage, WSMsgType, web

from yuqiao.media.ari.engine import Engine
from yuqiao.media.ari.errors import AriError
from yuqiao.media.ari.events import Listener

logger = logging.getLogger(__name__)

_LARGEST_MESSAGE = 64 * 1024
#: RFC 6455 7.4.1: going away, and unsupported data.
_GOING_AWAY = 1001
_OVERRUN = 1013
_ALIVE_EVERY = 30.0


class EventSocket:
    """Serves event WebSockets. Only sending needs them; requests over the WebSocket are answered with 501."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.counters = engine.switch.counters
        self._open: set[web.WebSocketResponse] = set()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Register the applications of ``?app=`` until the WebSocket closes; 400 without one, 426 for plain HTTP."""
        if request.headers.get("Upgrade", "").lower() != "websocket":
            raise AriError(426, "Upgrade Required")
        apps = [part.strip() for raw in request.query.getall("app", []) for part in raw.split(",") if part.strip()]
        if not apps:
            raise AriError(400, "Missing parameter app")
        socket = web.WebSocketResponse(heartbeat=_ALIVE_EVERY, max_msg_size=_LARGEST_MESSAGE)
        await socket.prepare(request)
        subscribe_all = request.query.get("subscribeAll", "").lower() in {"yes", "true", "y", "t", "1", "on"}
        listener = self.engine.switch.events.connect(apps, subscribe_all=subscribe_all)
        self._open.add(socket)
        sender = asyncio.create_task(self._send(socket, listener))
        try:
            async for message in socket:
                await self._receive(socket, message)
        finally:
            self.engine.switch.events.disconnect(listener)
            self._open.discard(socket)
            sender.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionError):
                await sender
        return socket

    async def _send(self, socket: web.WebSocketResponse, listener: Listener) -> None:
        with contextlib.suppress(ConnectionError):
            while (text := await listener.waiting.get()) is not None:
                await socket.send_str(text)
            await socket.close(code=_OVERRUN)

    async def _receive(self, socket: web.WebSocketResponse, message: WSMessage) -> None:
        """Asterisk 22 takes ``RESTRequest`` here; this server says 501 to it and counts what is none."""
        if message.type is WSMsgType.ERROR:
            self.counters["malformed"] += 1
            logger.warning("a malformed frame ended an ARI WebSocket")
            return
        parsed = _request(message.data) if message.type is WSMsgType.TEXT else None
        if parsed is None:
            self.counters["malformed"] += 1
            return
        with contextlib.suppress(ConnectionError):
            await socket.send_str(json.dumps(_refusal(parsed)))

    async def close(self) -> None:
        """Close all WebSockets because the server goes away."""
        await asyncio.gather(*(socket.close(code=_GOING_AWAY) for socket in list(self._open)))


def _request(text: str) -> dict[str, Any] | None:
    try:
        parsed = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return parsed if isinstance(parsed, dict) and parsed.get("type") == "RESTRequest" else None


def _refusal(parsed: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "RESTResponse",
        "transaction_id": str(parsed.get("transaction_id", "")),
        "request_id": str(parsed.get("request_id", "")),
        "status_code": 501,
        "reason_phrase": "Not Implemented",
        "uri": str(parsed.get("uri", "")),
    }
