"""The process ``yuqiao web``: uvicorn with the ASGI application."""

from __future__ import annotations

import warnings

import uvicorn

from yuqiao.lib.environment import read


def listen_address(raw: str) -> tuple[str, int]:
    """Return host and port of ``127.0.0.1:8000`` or ``[::1]:8000``; ValueError on anything else."""
    host, colon, port = raw.rpartition(":")
    if not colon or not host or not 0 <= int(port) <= 65535:
        raise ValueError("say HOST:PORT, for example 127.0.0.1:8000")
    return host.strip("[]"), int(port)


def serve() -> int:
    """Serve until SIGTERM or SIGINT; streams to browsers are cut after 3 s of grace, and browsers come back."""
    # whitenoise hands over open files, which Django then reads at once: right for our few small ones.
    warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")
    host, port = read("YUQIAO_WEB_LISTEN", listen_address, ("127.0.0.1", 8000))
    uvicorn.run(
        "yuqiao.config.asgi:application",
        host=host,
        port=port,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=3,
        lifespan="off",
    )
    return 0
