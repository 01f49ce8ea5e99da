"""Carries out what the rules ask of the engine: in order where it matters, side by side where it does not.

Commands for one leg follow each other in its lane; different legs do not wait for each other. A command that fails
becomes an event for the call, never an exception in its task.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

import structlog

from yuqiao.engines import events
from yuqiao.engines.ari import Ari, AriError
from yuqiao.hotline import effects as ask
from yuqiao.lib import clock

log = structlog.get_logger(__name__)

#: Q.850 34: no circuit. The engine's failure says nothing about the party's phone.
ENGINE_FAILED = 34
BRIDGE = "bridge"
#: What is added to a call's id for the id of its second bridge.
ASIDE = "-aside"
#: What is added to the id of a supervisor's leg for the id of the bridge in which she hears the call.
OWN = "-own"
Tell = Callable[[events.EngineEvent], None]


class Hands:
    """The engine's side of one call."""

    def __init__(self, ari: Ari, call_id: str, tell: Tell) -> None:
        self._ari = ari
        self._call_id = call_id
        self._tell = tell
        self._lanes: dict[str, asyncio.Task[None]] = {}

    def perform(self, effect: ask.EngineEffect) -> None:
        """Begin an effect as soon as those before it in its lane are through."""
        lane, after = _lanes(effect)
        before = [self._lanes[name] for name in (lane, *after) if name in self._lanes]
        self._lanes[lane] = asyncio.create_task(self._one(effect, before))

    async def drain(self) -> None:
        """Wait until everything begun is through."""
        if self._lanes:
            await asyncio.wait(self._lanes.values())

    async def _one(self, effect: ask.EngineEffect, before: list[asyncio.Task[None]]) -> None:
        unfinished = [task for task in before if not task.done()]
        if unfinished:
            await asyncio.wait(unfinished)
        try:
            await self._carry_out(effect)
        except (AriError, TimeoutError) as error:
            gone = isinstance(error, AriError) and error.gone
            if not gone:
                log.warning("command_failed", call=self._call_id, command=type(effect).__name__, error=str(error))
            await self._failed(effect, gone=gone)

    async def _carry_out(self, effect: ask.EngineEffect) -> None:
        ari, bridge = self._ari, self._call_id
        match effect:
            case ask.Answer():
                await ari.answer(effect.leg, effect.language)
            case ask.Ring():
                await ari.ring(
                    effect.leg,
                    effect.contact,
                    beside=effect.beside,
                    caller_id=effect.caller_id,
                    seconds=effect.timeout,
                )
            case ask.Join():
                await ari.join(bridge, effect.leg)
            case ask.Play():
                await ari.play(effect.playback, effect.leg, effect.media)
            case ask.StopPlaying():
                await ari.stop_playing(effect.playback)
            case ask.Record():
                if effect.leg:
                    await ari.record_leg(effect.name, effect.leg)
                else:
                    await ari.record_bridge(effect.name, bridge)
            case ask.StopRecording():
                await ari.stop_recording(effect.name, of_leg=bool(effect.leg))
            case ask.HangUp():
                await ari.hang_up(effect.leg, effect.cause)
            case _:
                await self._arrange(effect)

    async def _arrange(self, effect: ask.EngineEffect) -> None:
        """What is done to bridges as such, and to legs that are apart."""
        ari, bridge = self._ari, self._call_id
        match effect:
            case ask.MakeBridge():
                await ari.make_bridge(bridge)
            case ask.EndBridge():
                await ari.end_bridge(bridge)
            case ask.SetAside():
                await ari.part(bridge, effect.leg)
            case ask.MakeAside():
                await ari.make_bridge(bridge + ASIDE)
            case ask.JoinAside():
                await ari.join(bridge + ASIDE, effect.leg)
            case ask.EndAside():
                await ari.end_bridge(bridge + ASIDE)
            case ask.Mute():
                await ari.mute(effect.leg, on=effect.muted)
            case ask.Overhear():
                await ari.untap(effect.was)
                await ari.make_bridge(effect.leg + OWN)
                await ari.join(effect.leg + OWN, effect.leg)
                if effect.of:
                    await ari.tap(effect.tap, effect.of, effect.leg + OWN, whisper=effect.whisper)
            case ask.EndOverhearing():
                await ari.untap(effect.tap)
                if not effect.for_now:
                    await ari.end_bridge(effect.leg + OWN)

    async def _failed(self, effect: ask.EngineEffect, *, gone: bool) -> None:
        now = clock.now().timestamp()
        match effect:
            case ask.Answer() | ask.Ring() | ask.Join() | ask.JoinAside():
                if not gone:  # perhaps it worked and only the answer was late: leave no leg behind
                    with contextlib.suppress(AriError, TimeoutError):
                        await self._ari.hang_up(effect.leg)
                self._tell(events.LegEnded(effect.leg, ENGINE_FAILED, now))
            case ask.Overhear() if not gone:  # a leg that is gone is told of by itself, and another one tapped
                with contextlib.suppress(AriError, TimeoutError):
                    await self._ari.hang_up(effect.leg)
                self._tell(events.LegEnded(effect.leg, ENGINE_FAILED, now))
            case ask.HangUp() if gone:
                self._tell(events.LegEnded(effect.leg, events.NORMAL, now))
            case ask.Play():
                self._tell(events.PlaybackEnded(effect.playback, effect.leg, now, done=False))
            case ask.Record():
                self._tell(events.RecordingEnded(effect.name, 0, now, done=False))
            case _:
                pass  # what could not be stopped or taken away is over, or ends with its leg


def _lanes(effect: ask.EngineEffect) -> tuple[str, tuple[str, ...]]:
    """Return the lane of an effect, and other lanes whose present work it follows."""
    match effect:
        case ask.MakeBridge() | ask.EndBridge() | ask.MakeAside() | ask.EndAside():
            return BRIDGE, ()
        case ask.Join() | ask.JoinAside():
            return effect.leg, (BRIDGE,)
        case ask.Ring():
            return effect.leg, (effect.beside,)  # known to the engine before another is placed beside it
        case ask.Record():
            return f"record:{effect.name}", (effect.leg or BRIDGE,)
        case ask.StopRecording():
            return f"record:{effect.name}", ()
        case _:
            return effect.leg, ()
