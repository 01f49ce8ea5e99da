"""The course of events: one heap of moments, the rules stepped call by call, rows kept in memory. Pure, seeded.

Of `hotline.services` it does what its transactions do (settling effects in order), of the call server its beat. Nothing
is decided here.
"""

from __future__ import annotations

import heapq
import itertools
import uuid
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from yuqiao.engines import events as engine
from yuqiao.hotline import effects as ask
from yuqiao.hotline import events as desk
from yuqiao.hotline.beginning import Facts, begin
from yuqiao.hotline.routing import Cover, Policies
from yuqiao.hotline.rules import step
from yuqiao.hotline.simulation.engine import PROMPTLY, Engine
from yuqiao.hotline.simulation.people import Arrival, Interpreter, Outcome, Phone
from yuqiao.hotline.simulation.pool import Pool, shift_edges
from yuqiao.hotline.simulation.rows import Rows, Running, outcome_of
from yuqiao.hotline.state import (
    Phase,
    Timing,
    TrackPhase,
)

#: As the call server beats and ends wrap-ups.
BEAT_SECONDS, WRAP_UP_BEATS = 0.15, 5
ENGINE_EFFECTS = (
    *(ask.MakeBridge, ask.Answer, ask.Ring, ask.Join, ask.Play, ask.StopPlaying),
    *(ask.Record, ask.StopRecording, ask.HangUp, ask.EndBridge),
)
Covers = Callable[[float], Mapping[str, Cover]]


@dataclass(frozen=True, slots=True)
class World:
    """What a simulation is given: who interprets, by which policies, and what service windows say of each moment."""

    crew: Sequence[Interpreter]
    policies: Policies = field(default_factory=Policies)
    covers: Covers = field(default=lambda _now: {})
    timing: Timing = field(default_factory=Timing)
    wrap_up: float = 20.0
    repair: float = 60.0  # seconds until one whose phone was found dead signs on anew
    record: bool = True
    lost: float = 0.002  # share of conversations in which the interpreter's line breaks


class Simulation:
    """Runs calls against a world. `run` yields the outcome of each call as it ends."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.now = 0.0
        self.steps = 0
        self.pool = Pool(world.crew, world.policies, world.covers)
        self._chance = Random(f"simulation/{seed}")
        self._engine = Engine(Random(f"engine/{seed}"), self._phone_of)
        self._serial = itertools.count()
        self._heap: list[tuple[float, int, Callable[..., None], tuple[Any, ...]]] = []
        self.rows = Rows(self.pool, world.policies)
        self._ended: list[Outcome] = []
        self._beating = False

    def run(self, arrivals: Iterable[Arrival]) -> Iterable[Outcome]:
        """Take the callers in, who come in order of time, and go on until the last call is over."""
        edges = iter(shift_edges(self.world.crew))
        coming = iter(arrivals)
        self._next_edge(edges)
        self._next_arrival(coming)
        while self._heap:
            self.now, _, happen, of = heapq.heappop(self._heap)
            happen(*of)
            if self._ended:
                yield from self._ended
                self._ended.clear()

    @property
    def open_calls(self) -> int:
        """How many calls are not over."""
        return len(self.rows.calls)

    def _at(self, moment: float, happen: Callable[..., None], *of: Any) -> None:
        heapq.heappush(self._heap, (moment, next(self._serial), happen, of))

    # --- what comes from outside

    def _next_edge(self, edges: Any) -> None:
        for at, one, on in edges:
            self._at(at, self._edge, edges, at, one, on)
            return

    def _edge(self, edges: Any, at: float, one: int, on: bool) -> None:
        self.pool.sign(one, at, on=on)
        self._next_edge(edges)
        self._beat_soon()

    def _next_arrival(self, coming: Any) -> None:
        for caller in coming:
            self._at(caller.at, self._arrive, coming, caller)
            return

    def _arrive(self, coming: Any, caller: Arrival) -> None:
        self._next_arrival(coming)
        call_id = str(uuid.UUID(int=self._chance.getrandbits(128), version=4))
        facts = Facts(
            caller.way_in,
            caller.line,
            "sip:agents@desk",
            caller.priority,
            self.world.record,
            caller.language if caller.known else "",
        )
        arrival = engine.LegArrived(f"caller-{call_id}", caller.line, caller.number, self.now)
        call, effects = begin(call_id, arrival, facts, self.world.timing)
        running = Running(caller, call)
        self.rows.calls[call_id] = running
        self._settle(running, effects)
        self._at(self.now + caller.patience, self._impatient, call_id)

    def _impatient(self, call_id: str) -> None:
        """The caller waited as long as they wanted to."""
        running = self.rows.calls.get(call_id)
        if running is not None and running.call.interpreter_at is None:
            self._tell(call_id, engine.LegEnded(running.call.principal, engine.NORMAL, self.now))

    def _talked(self, call_id: str) -> None:
        """The conversation is over: the caller hangs up."""
        running = self.rows.calls.get(call_id)
        if running is not None:
            self._tell(call_id, engine.LegEnded(running.call.principal, engine.NORMAL, self.now))

    def _line_breaks(self, call_id: str) -> None:
        running = self.rows.calls.get(call_id)
        if running is not None:
            for leg in running.call.present("interpreter"):
                self._tell(call_id, engine.LegEnded(leg.id, engine.UNREACHABLE, self.now))
                return

    # --- one call

    def _tell(self, call_id: str, event: desk.Event) -> None:
        running = self.rows.calls.get(call_id)
        if running is None:
            return
        self.steps += 1
        running.call, effects = step(running.call, event)
        self._settle(running, effects)
        if isinstance(event, engine.LegEnded):
            for track in running.call.tracks:  # a leg's own recording ends with its leg
                if track.leg == event.leg and track.phase is not TrackPhase.OVER:
                    at = self.now + PROMPTLY
                    self._at(at, self._tell, call_id, engine.RecordingEnded(track.name, 1000, at))

    def _settle(self, running: Running, effects: Iterable[ask.Effect]) -> None:
        """As `hotline.services` does within one transaction; then what follows for the people."""
        pending = deque(effects)
        while pending:
            effect = pending.popleft()
            if isinstance(effect, ENGINE_EFFECTS):
                for at, told in self._engine.replies(effect, running.caller, self.now):
                    self._at(at, self._tell, running.call.id, told)
                continue
            answer = self._carry_out(running, effect)
            if answer is not None:
                self.steps += 1
                running.call, more = step(running.call, answer)
                pending.extendleft(reversed(more))
        self._follow(running)

    def _carry_out(self, running: Running, effect: ask.Effect) -> desk.RowAnswer | None:
        match effect:
            case ask.Seek():
                return self._seek(running, effect.request)
            case ask.Engage():
                self.pool.engage(effect.request, effect.interpreter, self.now)
            case ask.Release():
                held = (leg.interpreter for leg in running.call.legs if leg.request == effect.request)
                ids = [one for one in held if one is not None]
                writing = self.pool.release(effect.request, effect.to, self.now, effect.interpreter, ids)
                step_ = BEAT_SECONDS * WRAP_UP_BEATS
                for one in writing:
                    at = (int((self.now + self.world.wrap_up) / step_) + 1) * step_
                    self._at(at, self._written_up, one)
                for one in self.pool.unreachable:
                    self._at(self.now + self.world.repair, self._sign_on_again, one)
                self.pool.unreachable.clear()
                self._beat_soon()
            case ask.OpenCallback():
                running.callback = True
            case _:
                pass  # notes, the journal and the like: nothing that anybody waits for
        return None

    def _seek(self, running: Running, request_id: str) -> desk.RowAnswer | None:
        answer = self.rows.seek(running, request_id, self.now)
        for away in self.rows.away:
            # The call server takes commands at its next beat.
            at = (int(self.now / BEAT_SECONDS) + 1) * BEAT_SECONDS
            told = desk.Preempted(0, away.request, away.interpreter, at)
            self._at(at, self._tell, self.rows.call_of(away.request), told)
        self.rows.away.clear()
        return answer

    def _follow(self, running: Running) -> None:
        """Keep the rows of waiting requests, the call's next deadline, and what its people do next."""
        call = running.call
        self.rows.keep(call)
        if call.phase is Phase.ENDED:
            self.rows.forget(call)
            self._engine.forget(leg.id for leg in call.legs)
            self._ended.append(outcome_of(running))
            return
        if call.interpreter_at is not None and not running.talking:
            running.talking = True
            self._at(self.now + running.caller.talk, self._talked, call.id)
            if self._chance.random() < self.world.lost:
                self._at(self.now + self._chance.random() * running.caller.talk, self._line_breaks, call.id)
        deadline = call.next_deadline
        if deadline is not None and deadline < running.alarm:
            running.alarm = deadline
            self._at(max(deadline, self.now), self._alarm, call.id)

    def _alarm(self, call_id: str) -> None:
        running = self.rows.calls.get(call_id)
        if running is None or running.alarm > self.now:
            return
        running.alarm = float("inf")
        deadline = running.call.next_deadline
        if deadline is not None and deadline <= self.now:
            self._tell(call_id, desk.TimeCame(self.now))
        elif deadline is not None:
            running.alarm = deadline
            self._at(deadline, self._alarm, call_id)

    # --- the beat of the call server

    def _sign_on_again(self, one: int) -> None:
        member = self.pool.members[one]
        if member.signed_on:
            self.pool.sign(one, self.now, on=True)
            self._beat_soon()

    def _written_up(self, one: int) -> None:
        self.pool.written_up(one, self.now)
        self._beat_soon()

    def _beat_soon(self) -> None:
        """The server looks whose turn it is at each beat; where nobody became free since, the answer is the same."""
        if self.rows.waiting and self.pool.changed and not self._beating:
            self._beating = True
            self._at((int(self.now / BEAT_SECONDS) + 1) * BEAT_SECONDS, self._beat)

    def _beat(self) -> None:
        self._beating = False
        self.pool.changed = False
        if not self.rows.waiting:
            return
        for request_id in self.pool.whose_turn(self.rows.wants(), self.now):
            call_id = self.rows.waiting.get(request_id)
            if call_id is not None:
                self._tell(call_id, desk.TryAgain(self.now))

    def _phone_of(self, contact: str) -> Phone | None:
        user, _, where = contact.removeprefix("sip:").partition("@")
        member = self.pool.members.get(int(user)) if user.isdigit() else None
        if member is None:
            return None
        return member.who.mobile if where == "mobile" else member.who.phone
