"""One call, one task: takes its events one after the other, asks the rules, writes, then acts. So no locks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

import structlog

from yuqiao.calls.database import LATER, SOON, DatabaseThread
from yuqiao.calls.hands import Hands
from yuqiao.engines.ari import Ari
from yuqiao.engines.events import LegArrived
from yuqiao.hotline import services
from yuqiao.hotline.effects import URGENT, Effect, EngineEffect, HangUp
from yuqiao.hotline.events import Event, TimeCame
from yuqiao.hotline.monitors import OVER
from yuqiao.hotline.rules import step
from yuqiao.hotline.state import WAITING, CallState, LegPhase, Phase, Timing
from yuqiao.lib import clock
from yuqiao.lib.faults import where

log = structlog.get_logger(__name__)

#: How long a change that nobody must see at once may wait to be written together with the next; and one that only the
#: snapshot shows, such as a prompt that is over.
FLUSH_SECONDS, QUIET_FLUSH_SECONDS = 0.3, 2.0
LEASE_PAUSE = 0.05
#: The priority of a line that is no emergency line.
ORDINARY = 10


class CallTask:
    """The life of one call in this process. Made from an arrival, or from a state that was written.

    ``acts`` is what the engine is still to do for a written state, such as a callback just begun.
    """

    def __init__(
        self,
        database: DatabaseThread,
        ari: Ari,
        *,
        timing: Timing,
        arrival: LegArrived | None = None,
        saved: CallState | None = None,
        acts: Sequence[EngineEffect] = (),
        on_change: Callable[[CallTask], None],
        allowed: Callable[[], bool],
        on_turn: Callable[[CallTask], None] = lambda _task: None,
    ) -> None:
        self.call: CallState | None = saved
        self._saved = saved
        self._arrival = arrival
        self._first_acts = list(acts)
        self._timing = timing
        self._database = database
        self._ari = ari
        self._on_change = on_change
        self._allowed = allowed
        self._on_turn = on_turn
        self._events: asyncio.Queue[Event] = asyncio.Queue()
        self._unsaved: list[Effect] = []
        self._flush_at: float | None = None
        self._hands: Hands | None = None

    def tell(self, event: Event) -> None:
        """Give the call an event; it is handled after those before it."""
        self._events.put_nowait(event)

    @property
    def waits(self) -> bool:
        """Whether the call waits for an interpreter to become free."""
        request = None if self.call is None else self.call.open_request
        return request is not None and request.state == WAITING

    @property
    def priority(self) -> int:
        """How urgent the call is: its line's priority."""
        return 0 if self.call is None else self.call.priority

    async def run(self) -> None:
        """Run the call to its end. A failure of ours ends this call alone, as gracefully as can be."""
        try:
            await self._run()
        finally:
            self._hands = None  # which tell this task: they would keep each other, until a collection

    async def _run(self) -> None:
        try:
            await self._begin()
            while not self._over:
                await self._turn(await self._next())
                self._on_turn(self)
            if self._hands is not None:
                await self._hands.drain()
        except asyncio.CancelledError:
            raise
        except Exception as error:
            log.error("call_failed", call=self.call.id if self.call else "", fault=where(error))  # noqa: TRY400
            await self._abort()

    async def flush(self) -> None:
        """Write what is not written yet; for an orderly stop."""
        if self.call is not None and self._saved is not self.call:
            await self._write()

    @property
    def _over(self) -> bool:
        return self.call is not None and self.call.phase is Phase.ENDED and self._flush_at is None

    async def _begin(self) -> None:
        if self._arrival is not None:
            self.call, acts = await self._database.surely(services.admit, self._arrival, self._timing)
            self._saved = self.call
        else:
            acts = self._first_acts
        if self.call is None:
            raise RuntimeError("a call task needs an arrival or a saved call")
        self._hands = Hands(self._ari, self.call.id, self.tell)
        self._on_change(self)
        self._act(acts)

    async def _next(self) -> list[Event]:
        """Return the events at hand; wait for one until the next deadline or flush."""
        if self._events.empty():
            limits = [at for at in (self.call.next_deadline if self.call else None, self._flush_at) if at is not None]
            timeout = max(0.0, min(limits) - clock.now().timestamp()) if limits else None
            try:
                async with asyncio.timeout(timeout):
                    first = await self._events.get()
            except TimeoutError:
                return []
        else:
            first = self._events.get_nowait()
        events = [first]
        while not self._events.empty():
            events.append(self._events.get_nowait())
        return events

    async def _turn(self, events: list[Event]) -> None:
        call = self.call
        if call is None:
            return
        effects: list[Effect] = []
        for event in events:
            call, more = step(call, event)
            effects += more
        now = clock.now().timestamp()
        if call.next_deadline is not None and call.next_deadline <= now:
            call, more = step(call, TimeCame(now))
            effects += more
        changed = call is not self.call and call != self.call
        self.call = call
        self._unsaved += effects
        if any(isinstance(effect, URGENT) for effect in effects):
            await self._write(order=SOON - max(0, call.priority - ORDINARY))  # of many calls, emergencies go first
            return
        acts = [effect for effect in effects if isinstance(effect, EngineEffect)]
        self._unsaved = [effect for effect in self._unsaved if not isinstance(effect, EngineEffect)]
        self._act(acts)
        if self._flush_at is not None and self._flush_at <= now:
            await self._write(order=LATER)
        elif changed or self._unsaved:
            at = now + (FLUSH_SECONDS if self._unsaved else QUIET_FLUSH_SECONDS)
            self._flush_at = at if self._flush_at is None else min(self._flush_at, at)

    async def _write(self, order: int = SOON) -> None:
        if self.call is None or self._saved is None:
            return
        while not self._allowed():  # noqa: ASYNC110 (the lease ran out: it is renewed in a moment, or we are stopped)
            await asyncio.sleep(LEASE_PAUSE)
        writing = asyncio.ensure_future(
            self._database.surely(services.commit, self._saved, self.call, self._unsaved, order=order)
        )
        try:
            self.call, acts = await asyncio.shield(writing)
        except asyncio.CancelledError:
            # Stopped in the middle: finish it, or nobody knows whether it stands; its acts are left to the next server.
            self.call, _ = await writing
            self._saved, self._unsaved, self._flush_at = self.call, [], None
            raise
        self._saved, self._unsaved, self._flush_at = self.call, [], None
        self._on_change(self)
        self._act(acts)

    def _act(self, acts: list[EngineEffect]) -> None:
        if self._hands is None:
            return
        for effect in acts:
            self._hands.perform(effect)

    async def _abort(self) -> None:
        """Last resort: hang up everybody and end the call on paper."""
        if self.call is None:
            if self._arrival is not None and self._hands is None:
                Hands(self._ari, "", lambda _event: None).perform(HangUp(self._arrival.leg))
            return
        if self._hands is not None:
            for leg in self.call.legs:
                if leg.phase is not LegPhase.OVER:
                    self._hands.perform(HangUp(leg.id))
            for monitor in self.call.monitors:
                if monitor.phase != OVER:
                    self._hands.perform(HangUp(monitor.id))
            await self._hands.drain()
        await self._database.surely(services.abort, self.call)
