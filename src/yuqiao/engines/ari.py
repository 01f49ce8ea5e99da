"""The one telephony client: ARI, the Asterisk REST Interface, over HTTP and WebSocket.

It speaks to our media server and to Asterisk 22 alike. Commands raise `AriError` or TimeoutError; events come as
neutral ones (`engines.events`). It keeps no state of calls.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import aiohttp
import structlog
from yarl import URL

from yuqiao.engines.ari_events import LANGUAGE_CHOSEN, LEG_ARGUMENT, SNOOP_ARGUMENT, stamp, started_at, translate
from yuqiao.engines.events import NORMAL, EngineEvent, LegEnded, PlaybackEnded
from yuqiao.engines.whispering import PREFIX as WHISPER_PREFIX
from yuqiao.engines.whispering import Whispers, channel_for

log = structlog.get_logger(__name__)

COMMAND_SECONDS = 5.0
FIRST_RETRY, LAST_RETRY = 0.1, 2.0
#: Between two trials to take a name that is not free yet, and after how many a bridge that is found is there to stay.
NAME_RETRY, LOOKS = 0.02, 3
HEARTBEAT_SECONDS = 10.0
#: A leg that left Stasis is over; its cause follows in ChannelDestroyed, unless the engine does not tell us any more.
CAUSE_SECONDS = 0.5
SNOOP_PREFIX, EAR_PREFIX, TAP_PREFIX = "snoop-", "ear-", "tap-"
#: Channels that serve whoever controls the calls: another one makes its own.
PASSING_PREFIXES = (EAR_PREFIX, TAP_PREFIX, WHISPER_PREFIX)


class AriError(RuntimeError):
    """The engine refused a command, or could not be reached (status 0)."""

    def __init__(self, status: int, command: str) -> None:
        super().__init__(f"{command} answered {status}")
        self.status = status

    @property
    def gone(self) -> bool:
        """Whether the thing commanded does not exist (any more)."""
        return self.status == 404


@dataclass(frozen=True, slots=True)
class Holdings:
    """What the engine holds: channels and bridges as ARI's JSON; ``since``: when it was started, in UNIX seconds."""

    channels: list[dict[str, Any]]
    bridges: list[dict[str, Any]]
    since: float = 0.0


class Ari:
    """A connection to one engine on behalf of one Stasis application.

    ``on_event`` is called in the loop for each neutral event and must not block. ``on_connected`` is awaited after
    each (re)connection while events already flow; if it raises, the connection is given up and tried again.
    ``on_disconnected`` is called in the loop when a connection is lost.
    """

    def __init__(self, url: str, user: str, password: str, app: str, endpoint: str = "PJSIP/yuqiao/{contact}") -> None:
        self.on_event: Callable[[EngineEvent], None] = lambda _event: None
        self.on_connected: Callable[[], Awaitable[None]] = _nothing
        self.on_disconnected: Callable[[], None] = lambda: None
        self.malformed = 0
        self._url = url.rstrip("/")
        credentials = base64.b64encode(f"{user}:{password}".encode()).decode()
        self._headers = {"Authorization": f"Basic {credentials}"}  # RFC 7617
        self._app = app
        self._endpoint = endpoint
        self._session: aiohttp.ClientSession | None = None
        self._snoops: dict[str, asyncio.Future[None]] = {}
        self._ending: dict[str, asyncio.TimerHandle] = {}
        self._whispers = Whispers()
        self._hanging_up: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Stay connected until cancelled; wait 0.1 s after a lost connection, then longer up to 2 s."""
        async with self._open_session() as self._session:
            delay = FIRST_RETRY
            while True:
                began = asyncio.get_running_loop().time()
                try:
                    await self._converse(self._session)
                except (aiohttp.ClientError, OSError, TimeoutError, AriError) as error:
                    log.warning("engine_unreachable", error=type(error).__name__)
                if asyncio.get_running_loop().time() - began > 5:
                    delay = FIRST_RETRY
                await asyncio.sleep(delay)
                delay = min(delay * 2, LAST_RETRY)

    def _open_session(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            headers=self._headers,
            # One process answers them: more at a time would only keep more sockets open. They are used in turn, so with
            # a longer time-out a few requests a second would keep all that a rush opened.
            connector=aiohttp.TCPConnector(limit=24, keepalive_timeout=3),
            timeout=aiohttp.ClientTimeout(total=COMMAND_SECONDS),
        )

    async def _converse(self, session: aiohttp.ClientSession) -> None:
        async with session.ws_connect(
            f"{self._url}/events", params={"app": self._app}, heartbeat=HEARTBEAT_SECONDS, max_msg_size=1 << 20
        ) as socket:
            log.info("engine_connected")
            reading = asyncio.create_task(self._read(socket))
            greeting = asyncio.ensure_future(self.on_connected())
            try:
                await asyncio.wait({reading, greeting}, return_when=asyncio.FIRST_COMPLETED)
                if greeting.done():
                    greeting.result()
                    await reading
            finally:
                for task in (reading, greeting):
                    task.cancel()
                await asyncio.gather(reading, greeting, return_exceptions=True)
                self.on_disconnected()
        log.warning("engine_disconnected")

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        async for frame in socket:
            if frame.type is not aiohttp.WSMsgType.TEXT:
                continue
            try:
                self._hear(json.loads(frame.data))
            except (ValueError, AttributeError, KeyError, TypeError):
                self.malformed += 1
                log.warning("engine_event_malformed", count=self.malformed)

    def _hear(self, message: dict[str, Any]) -> None:
        kind = message.get("type")
        if str((message.get("channel") or {}).get("id", "")).startswith(EAR_PREFIX):
            return  # a channel that only listens is no party
        if kind == "StasisStart" and SNOOP_ARGUMENT in (message.get("args") or []):
            waiter = self._snoops.pop(message["channel"]["id"], None)
            if waiter is not None and not waiter.done():
                waiter.set_result(None)
            return
        if kind == "StasisEnd":
            leg = str(message["channel"]["id"])
            if leg not in self._ending:
                loop = asyncio.get_running_loop()
                self._ending[leg] = loop.call_later(CAUSE_SECONDS, self._ended_without_cause, leg, stamp(message))
            return
        event = translate(message)
        if isinstance(event, LegEnded):
            handle = self._ending.pop(event.leg, None)
            if handle is not None:
                handle.cancel()
            self._whispers.gone(event.leg)
        if isinstance(event, PlaybackEnded):
            self._whispered(event.playback)
        if event is not None:
            self.on_event(event)

    def _ended_without_cause(self, leg: str, at: float) -> None:
        self._ending.pop(leg, None)
        self._whispers.gone(leg)
        self.on_event(LegEnded(leg, NORMAL, at))

    async def _command(self, verb: str, path: str, **parameters: str | int) -> Any:
        if self._session is None or self._session.closed:
            raise AriError(0, f"{verb} {path.partition('/')[0]}")
        try:
            # Built by hand: yarl's own quoting of parameters costs as much as the rest of a command.
            url = URL(f"{self._url}/{path}?{urlencode(parameters)}", encoded=True)
            async with self._session.request(verb, url) as answer:
                body = await answer.read()
                if answer.status >= 400:
                    raise AriError(answer.status, f"{verb} {path.partition('/')[0]}")
                return json.loads(body) if body else None
        except (aiohttp.ClientError, ValueError) as error:
            raise AriError(0, f"{verb} {path.partition('/')[0]}") from error

    async def answer(self, leg: str, language: str = "") -> None:
        """Answer an inbound leg; where it offered languages, say that ``language`` was chosen (RFC 8373)."""
        if language:
            with contextlib.suppress(AriError, TimeoutError):  # a courtesy: the call is answered in any case
                await self._command("POST", f"channels/{leg}/variable", variable=LANGUAGE_CHOSEN, value=language)
        await self._command("POST", f"channels/{leg}/answer")

    async def ring(self, leg: str, contact: str, *, beside: str, caller_id: str, seconds: float) -> None:
        """Place leg ``leg`` to SIP URI ``contact``; it rings ``seconds`` at most.

        ``beside`` may be empty, or over by now: then the leg is placed anywhere.
        """
        parameters: dict[str, str | int] = {
            "channelId": leg,
            "endpoint": self._endpoint.format(contact=contact),
            "app": self._app,
            "appArgs": LEG_ARGUMENT,
            "callerId": caller_id,
            "timeout": max(1, round(seconds)),
        }
        try:
            await self._command("POST", "channels", **parameters, **({"originator": beside} if beside else {}))
        except AriError as error:
            if not beside or error.status != 400:
                raise
            await self._command("POST", "channels", **parameters)

    async def hang_up(self, leg: str, cause: int = NORMAL) -> None:
        """End a leg, whatever its state."""
        await self._command("DELETE", f"channels/{leg}", reason_code=cause)

    async def make_bridge(self, bridge: str) -> None:
        """Make a mixing bridge; harmless when it exists.

        Asterisk refuses the name of one that was taken away while the last of its threads runs, and may show it some
        milliseconds more, so only what is found again and again exists. AriError 409 when the name is never free.
        """
        until, found = asyncio.get_running_loop().time() + COMMAND_SECONDS, 0
        while True:
            try:
                await self._command("POST", f"bridges/{bridge}", type="mixing", name=f"yuqiao-{bridge}")
            except AriError as error:
                if error.status != 409:
                    raise
                found = found + 1 if await self._stands(f"bridges/{bridge}") else 0
                if found == LOOKS:
                    return
                if asyncio.get_running_loop().time() > until:
                    raise
            else:
                return
            await asyncio.sleep(NAME_RETRY)

    async def end_bridge(self, bridge: str) -> None:
        """Take a bridge away."""
        await self._command("DELETE", f"bridges/{bridge}")
        self._whispers.dissolved(bridge)

    async def join(self, bridge: str, leg: str) -> None:
        """Put a leg into a bridge."""
        await self._command("POST", f"bridges/{bridge}/addChannel", channel=leg)
        self._whispers.joined(bridge, leg)

    async def part(self, bridge: str, leg: str) -> None:
        """Take a leg out of a bridge; it stays on the line, alone. Harmless when it is not in it."""
        try:
            await self._command("POST", f"bridges/{bridge}/removeChannel", channel=leg)
        except AriError as error:
            if error.status != 422:
                raise
        self._whispers.parted(bridge, leg)

    async def mute(self, leg: str, *, on: bool) -> None:
        """Let nobody hear what a leg says, or hear it again."""
        await self._command("POST" if on else "DELETE", f"channels/{leg}/mute", direction="in")
        self._whispers.silenced(leg, on=on)

    async def play(self, playback: str, leg: str, media: Sequence[str]) -> None:
        """Play media URIs one after the other to a leg, which goes on to hear whom it hears."""
        if not self._whispers.needed(leg) or not await self._whisper(playback, leg, media):
            await self._play(playback, leg, media)

    async def _play(self, playback: str, channel: str, media: Sequence[str]) -> None:
        await self._command("POST", f"channels/{channel}/play/{playback}", media=",".join(media))

    async def _whisper(self, playback: str, leg: str, media: Sequence[str]) -> bool:
        running = self._whispers.carrier(leg)
        channel = running or channel_for(leg, playback)
        self._whispers.begun(channel, playback)
        try:
            if not running:
                await self._snoop(leg, channel, spy="none", whisper="out")
            await self._play(playback, channel, media)
        except (AriError, TimeoutError) as error:
            log.warning("whisper_failed", error=str(error))
            self._whispered(playback)
            return False
        return True

    def _whispered(self, playback: str) -> None:
        """A prompt is over: the channel that whispered it is not needed any more."""
        channel = self._whispers.finished(playback)
        if channel:
            task = asyncio.ensure_future(self._let_go(channel))
            self._hanging_up.add(task)
            task.add_done_callback(self._hanging_up.discard)

    async def _let_go(self, channel: str) -> None:
        with contextlib.suppress(AriError, TimeoutError):  # it ends with its leg at the latest
            await self.hang_up(channel)

    async def stop_playing(self, playback: str) -> None:
        """Stop a playback."""
        await self._command("DELETE", f"playbacks/{playback}")

    async def record_leg(self, name: str, leg: str) -> None:
        """Record what a leg says, by a snoop channel on it as Asterisk does."""
        snoop = SNOOP_PREFIX + name
        await self._snoop(leg, snoop, spy="in")
        await self._command("POST", f"channels/{snoop}/record", name=name, format="wav", ifExists="overwrite")

    async def tap(self, tap: str, leg: str, bridge: str, *, whisper: bool) -> None:
        """Let who is in ``bridge`` hear what ``leg`` says and is sent; with ``whisper`` the leg alone hears them."""
        channel = TAP_PREFIX + tap
        await self._snoop(leg, channel, spy="both", **({"whisper": "out"} if whisper else {}))
        await self.join(bridge, channel)

    async def untap(self, tap: str) -> None:
        """End what `tap` began, if there is any; harmless when it is over."""
        if tap:
            with contextlib.suppress(AriError, TimeoutError):
                await self.hang_up(TAP_PREFIX + tap)

    async def _snoop(self, leg: str, channel: str, **directions: str) -> None:
        """Make a snoop channel on a leg and wait until it is ours to command."""
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._snoops[channel] = waiter
        try:
            await self._command(
                "POST", f"channels/{leg}/snoop/{channel}", app=self._app, appArgs=SNOOP_ARGUMENT, **directions
            )
            async with asyncio.timeout(COMMAND_SECONDS):
                await waiter
        finally:
            self._snoops.pop(channel, None)

    async def record_bridge(self, name: str, bridge: str) -> None:
        """Record the mix of a bridge."""
        await self._command("POST", f"bridges/{bridge}/record", name=name, format="wav", ifExists="overwrite")

    async def stop_recording(self, name: str, *, of_leg: bool) -> None:
        """Close a recording, and the snoop channel that carries it if it is a leg's."""
        try:
            await self._command("POST", f"recordings/live/{name}/stop")
        finally:
            if of_leg:
                with contextlib.suppress(AriError, TimeoutError):
                    await self.hang_up(SNOOP_PREFIX + name)

    async def listen_in(self, bridge: str, host: str) -> None:
        """Let what is said in a bridge go to ``host`` (address:port) as RTP, A-law, by an external-media channel."""
        ear = EAR_PREFIX + bridge
        await self._command(
            "POST",
            "channels/externalMedia",
            channelId=ear,
            app=self._app,
            external_host=host,
            format="alaw",
            data=SNOOP_ARGUMENT,
        )
        await self._command("POST", f"bridges/{bridge}/addChannel", channel=ear)

    async def listen_no_more(self, bridge: str) -> None:
        """End what `listen_in` began; harmless when it is over."""
        with contextlib.suppress(AriError, TimeoutError):
            await self.hang_up(EAR_PREFIX + bridge)

    async def is_recording(self, name: str) -> bool:
        """Whether a recording runs now."""
        return await self._stands(f"recordings/live/{name}")

    async def _stands(self, path: str) -> bool:
        """Whether there is something at ``path``."""
        try:
            await self._command("GET", path)
        except AriError as error:
            if error.gone:
                return False
            raise
        return True

    async def holdings(self) -> Holdings:
        """Return all channels and bridges of the engine, and since when it runs."""
        channels, bridges, info = await asyncio.gather(
            self._command("GET", "channels"),
            self._command("GET", "bridges"),
            self._command("GET", "asterisk/info", only="status,system"),
        )
        holdings = Holdings(channels or [], bridges or [], started_at(info or {}))
        self._whispers.review(
            info or {},
            {str(one["id"]) for one in holdings.channels},
            {str(one["id"]): one["channels"] for one in holdings.bridges},
        )
        return holdings

    def is_ours(self, channel: dict[str, Any]) -> bool:
        """Whether a channel stands in our application (an Asterisk may serve others beside us)."""
        dialplan = channel.get("dialplan") or {}
        data = str(dialplan.get("app_data") or "")
        return dialplan.get("app_name") == "Stasis" and data.partition(",")[0] == self._app


async def _nothing() -> None:
    """Nobody wants to know of a connection."""
