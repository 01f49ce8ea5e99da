"""Cuts a TCP stream into SIP messages by Content-Length (RFC 3261 18.3, 7.5); no sockets here."""

from __future__ import annotations

import re

from yuqiao.media.sip.wire import MAX_MESSAGE, MalformedError

_LENGTH = re.compile(rb"(?:^|\r\n)(?:content-length|l)[ \t]*:[ \t]*(\d{1,6})[ \t]*(?=\r\n)", re.IGNORECASE)
MAX_HEAD = 32_768


class Framer:
    """Collects octets and gives back whole messages. A stream that lost its framing cannot find it again, so
    `MalformedError` is raised and the connection is to be closed."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._scanned = 0

    @property
    def partial(self) -> bool:
        """Whether the beginning of a message waits for its rest."""
        return bool(self._buffer)

    def feed(self, data: bytes) -> list[bytes]:
        """Return the messages that ``data`` completes, in order; ``b""`` stands for a keep-alive (RFC 5626 3.5.1)."""
        self._buffer += data
        found: list[bytes] = []
        while (message := self._next()) is not None:
            found.append(message)
        return found

    def _next(self) -> bytes | None:
        if self._buffer.startswith(b"\r\n\r\n"):
            del self._buffer[:4]
            return b""
        if self._buffer.startswith(b"\r\n") and len(self._buffer) > 2 and self._buffer[2:3] != b"\r":
            del self._buffer[:2]  # 7.5: empty lines before the start line are ignored
        end = self._buffer.find(b"\r\n\r\n", max(0, self._scanned - 3))
        if end < 0:
            self._scanned = len(self._buffer)
            if self._scanned > MAX_HEAD:
                raise MalformedError("a header without an end")
            return None
        lengths = _LENGTH.findall(bytes(self._buffer[: end + 2]))
        if len(lengths) != 1:
            raise MalformedError("no single Content-Length in a stream")
        whole = end + 4 + int(lengths[0])
        if whole > MAX_MESSAGE:
            raise MalformedError("a message too long")
        if len(self._buffer) < whole:
            self._scanned = end
            return None
        message = bytes(self._buffer[:whole])
        del self._buffer[:whole]
        self._scanned = 0
        return message
