"""The process ``yuqiao web``: uvicorn with the ASGI application."""

from __future__ import annotations

import logging
import warnings
from types import FrameType

import uvicorn

from yuqiao.lib.environment import read
from yuqiao.web.phone_relay import LONGEST


def listen_address(raw: str) -> tuple[str, int]:
    """Return host and port of ``127.0.0.1:8000`` or ``[::1]:8000``; ValueError on anything else."""
    host, colon, port = raw.rpartition(":")
    if not colon or not host or not 0 <= int(port) <= 65535:
        raise ValueError("say HOST:PORT, for example 127.0.0.1:8000")
    return host.strip("[]"), int(port)


class _Server(uvicorn.Server):
    """uvicorn, which would wait for open streams when it is asked to end; they are told first."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        from yuqiao.web.console.feed import FEED  # noqa: PLC0415 (rows can be read only after Django is set up)

        FEED.close()
        super().handle_exit(sig, frame)


def _is_no_address(record: logging.LogRecord) -> bool:
    """Keep WebSockets' addresses out of the log: a telephone's holds its ticket."""
    return '"WebSocket %s"' not in str(record.msg)


def serve() -> int:
    """Serve until SIGTERM or SIGINT; streams to browsers end at once, other answers within 3 s."""
    # whitenoise hands over open files, which Django then reads at once: right for our few small ones.
    warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")
    host, port = read("YUQIAO_WEB_LISTEN", listen_address, ("127.0.0.1", 8000))
    config = uvicorn.Config(
        "yuqiao.config.asgi:application",
        host=host,
        port=port,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=3,
        lifespan="off",
        ws="websockets-sansio",
        ws_max_size=LONGEST,
        ws_per_message_deflate=False,
    )
    logging.getLogger("uvicorn.error").addFilter(_is_no_address)
    server = _Server(config)
    server.run()
    return 0 if server.started else 1
