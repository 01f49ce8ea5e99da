"""The way of a page's sound, to be broken: its packets go through a router of ours, which may drop them all, or send
them on from another address, as when a machine changes from one network to another."""

from __future__ import annotations

import asyncio
from typing import Final

from playwright.async_api import Page

Address = tuple[str, int]

#: Leads what the page sends to the ports of candidates (RFC 8839 5.1) by those of our router.
LEAD: Final = """
const Direct = window.RTCPeerConnection;
window.RTCPeerConnection = class extends Direct {
  async setRemoteDescription({ type, sdp }) {
    const lines = await Promise.all(sdp.split("\\r\\n").map(async (line) => {
      if (!line.startsWith("a=candidate:")) return line;
      const parts = line.split(" ");
      parts[5] = await window.leadBy(Number(parts[5]));
      return parts.join(" ");
    }));
    return super.setRemoteDescription({ type, sdp: lines.join("\\r\\n") });
  }
};
"""


class _Port(asyncio.DatagramProtocol):
    """One socket of the router; what comes is sent on by ``other`` to who is at its side, ``peer``."""

    def __init__(self, way: Way) -> None:
        self.way = way
        self.transport: asyncio.DatagramTransport | None = None
        self.other: _Port | None = None
        self.peer: Address | None = None

    def datagram_received(self, data: bytes, addr: Address) -> None:
        self.peer = addr
        other = self.other
        if self.way.open and other is not None and other.peer is not None and other.transport is not None:
            other.transport.sendto(data, other.peer)


class Way:
    """A router between one page and the media server. ``open``: whether anything passes."""

    def __init__(self) -> None:
        self.open = True
        self._pairs: dict[int, tuple[_Port, _Port]] = {}

    async def lead(self, page: Page) -> None:
        """Let this page's sound go through here; call it before the page is opened."""
        await page.expose_function("leadBy", self._lead)
        await page.add_init_script(LEAD)

    async def _lead(self, port: int) -> int:
        """Return the port of ours that stands for the media server's ``port``."""
        if port not in self._pairs:
            near, far = await self._bind(), await self._bind()
            far.peer = ("127.0.0.1", port)
            near.other, far.other = far, near
            self._pairs[port] = near, far
        return _port(self._pairs[port][0])

    async def _bind(self) -> _Port:
        loop = asyncio.get_running_loop()
        transport, port = await loop.create_datagram_endpoint(lambda: _Port(self), local_addr=("127.0.0.1", 0))
        port.transport = transport
        return port

    async def elsewhere(self) -> None:
        """Send on from another address from now on."""
        for near, far in self._pairs.values():
            fresh = await self._bind()
            fresh.peer, fresh.other, near.other = far.peer, near, fresh
            _end(far)

    def close(self) -> None:
        """Let nothing pass any more."""
        for near, far in self._pairs.values():
            _end(near)
            _end(near.other or far)


def _port(one: _Port) -> int:
    assert one.transport is not None
    return int(one.transport.get_extra_info("sockname")[1])


def _end(one: _Port) -> None:
    if one.transport is not None:
        one.transport.close()
