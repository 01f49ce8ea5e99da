"""Connections on which no request becomes whole: who only holds them open is cut off, so that descriptors remain."""

from __future__ import annotations

import asyncio
from typing import Final

from aiohttp import web

#: Seconds for the first whole request of a connection; how many may be waited for at once; how often we look.
LIMIT: Final = 10.0
MOST_WAITED_FOR: Final = 64
_EVERY: Final = 1.0


class Patience:
    """Watches the connections of one server. aiohttp itself bounds only the pause between two requests."""

    def __init__(self) -> None:
        self._served: set[asyncio.BaseProtocol] = set()
        self._watching: asyncio.Task[None] | None = None

    def note(self, request: web.BaseRequest) -> None:
        """A request came whole: its connection is no longer waited for."""
        self._served.add(request.protocol)

    def watch(self, server: web.Server) -> None:
        """Begin."""
        self._watching = asyncio.create_task(self._watch(server))

    async def stop(self) -> None:
        """End."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)

    async def _watch(self, server: web.Server) -> None:
        loop = asyncio.get_running_loop()
        since: dict[web.RequestHandler, float] = {}
        while True:
            now = loop.time()
            self._served.intersection_update(server.connections)
            waited_for = [one for one in server.connections if one not in self._served]
            since = {one: since.get(one, now) for one in waited_for}
            oldest = sorted(waited_for, key=lambda one: since[one])
            surplus = max(0, len(oldest) - MOST_WAITED_FOR)
            for place, one in enumerate(oldest):
                if place < surplus or now - since[one] >= LIMIT:
                    one.force_close()
            await asyncio.sleep(_EVERY)
