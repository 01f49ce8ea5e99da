"""The thin HTTP layer: sign-in, size limits, routes to verbs, and errors as JSON."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hmac
import json
import logging
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from yuqiao.lib.faults import where
from yuqiao.media.ari import verbs_bridges, verbs_channels, verbs_media, verbs_server
from yuqiao.media.ari.asking import Answer, Verb, parse
from yuqiao.media.ari.engine import Engine
from yuqiao.media.ari.errors import AriError, unsupported
from yuqiao.media.ari.patience import Patience
from yuqiao.media.ari.unsupported import UNSUPPORTED
from yuqiao.media.ari.websocket import EventSocket
from yuqiao.media.ports import MixerError

logger = logging.getLogger(__name__)

#: The largest request body; ARI's are variables and parameters, a few hundred octets.
LARGEST_BODY = 64 * 1024

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
ROUTES = [*verbs_channels.ROUTES, *verbs_bridges.ROUTES, *verbs_media.ROUTES, *verbs_server.ROUTES]


@dataclass(frozen=True, slots=True)
class Credentials:
    """The one user of the ARI face."""

    user: str
    password: str

    def admit(self, request: web.Request) -> bool:
        """Tell whether HTTP Basic or ``?api_key=user:password`` holds these, in constant time."""
        given = request.query.get("api_key", "").encode("utf-8", "surrogateescape")
        scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "basic":
            try:
                given = base64.b64decode(encoded, validate=True)
            except (binascii.Error, ValueError):
                return False
        return hmac.compare_digest(given, f"{self.user}:{self.password}".encode())


class AriServer:
    """The ARI face on one TCP port; ``address`` is where it listens once started."""

    def __init__(self, engine: Engine, credentials: Credentials, listen: tuple[str, int]) -> None:
        self.engine = engine
        self.credentials = credentials
        self.counters = engine.switch.counters
        self._listen = listen
        self._sockets = EventSocket(engine)
        self._runner: web.AppRunner | None = None
        self._patience = Patience()
        self.address: tuple[str, int] = listen

    async def start(self) -> None:
        """Listen. OSError when the port is taken."""
        app = web.Application(middlewares=[self._guard], client_max_size=LARGEST_BODY)
        for method, path, verb in ROUTES:
            app.router.add_route(method, f"/ari{path}", self._handler(verb))
        app.router.add_get("/ari/events", self._sockets.serve)
        for method, path in UNSUPPORTED:
            app.router.add_route(method, f"/ari{path}", _not_here(f"{method} {path}"))
        wire = _wire_logger(self.counters)
        # No access log: request lines carry telephone numbers and, with api_key, the password.
        self._runner = web.AppRunner(app, access_log=None, logger=wire, shutdown_timeout=1.0)
        await self._runner.setup()
        if self._runner.server is not None:
            self._patience.watch(self._runner.server)
        site = web.TCPSite(self._runner, *self._listen)
        await site.start()
        bound = self._runner.addresses[0]
        self.address = (bound[0], bound[1])

    async def stop(self) -> None:
        """Close the WebSockets, then the port."""
        await self._patience.stop()
        await self._sockets.close()
        if self._runner is not None:
            await self._runner.cleanup()

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self.counters["requests"] += 1
        self._patience.note(request)
        try:
            if not self.credentials.admit(request):
                self.counters["refused_sign_ins"] += 1
                return _json(401, {"message": "Authentication required"}, {"WWW-Authenticate": _REALM})
            return await handler(request)
        except AriError as error:
            self.counters[f"answers_{error.status}"] += 1
            return _json(error.status, error.body())
        except MixerError as error:
            self.counters["mixer_refusals"] += 1
            logger.warning("the mixer refused a request: %s", error)
            return _json(500, {"message": "The mixer refused"})
        except web.HTTPException as error:
            self.counters[f"answers_{error.status}"] += 1
            return _json(error.status, {"message": _PLAIN.get(error.status, error.reason)})
        except (ConnectionError, asyncio.CancelledError):
            raise
        except Exception as error:
            self.counters["failures"] += 1
            logger.error("an ARI request failed: %s", where(error))  # noqa: TRY400 - see `where`
            return _json(500, {"message": "Internal error"})

    def _handler(self, verb: Verb) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            query = [(name, value) for name, value in request.query.items() if name != "api_key"]
            ask = parse(request.match_info, query, await request.read())
            return _respond(await verb(self.engine, ask))

        return handle


_REALM = 'Basic realm="Asterisk REST Interface"'
_PLAIN = {404: "Resource not found", 405: "Invalid method", 413: "Request body too large"}


def _json(status: int, body: object, headers: dict[str, str] | None = None) -> web.Response:
    raw = json.dumps(body, ensure_ascii=False).encode()
    return web.Response(status=status, body=raw, content_type="application/json", headers=headers)


def _respond(answer: Answer) -> web.StreamResponse:
    if answer.file is not None:
        return web.FileResponse(answer.file, headers={"Content-Type": "audio/wav"})
    return web.Response(status=204) if answer.body is None else _json(answer.status, answer.body)


def _not_here(what: str) -> Handler:
    async def refuse(request: web.Request) -> web.StreamResponse:
        raise unsupported(what)

    return refuse


def _wire_logger(counters: Counter[str]) -> logging.Logger:
    """Return the logger aiohttp reports broken HTTP to: it counts, and never repeats what was sent."""

    class Discreet(logging.Filter):
        def filter(self, record: logging.LogRecord) -> bool:
            error = record.exc_info[1] if record.exc_info else None
            if isinstance(error, HttpProcessingError):
                counters["malformed"] += 1
                record.msg, record.args, record.exc_info = "a malformed request on the ARI port was refused", (), None
                record.levelno, record.levelname = logging.WARNING, "WARNING"
            elif error is not None:
                record.msg, record.args, record.exc_info = "the ARI port failed: %s", (where(error),), None
            return record.levelno >= logging.WARNING

    wire = logging.Logger(f"{__name__}.wire", logging.DEBUG)
    wire.parent = logger
    wire.addFilter(Discreet())
    return wire
