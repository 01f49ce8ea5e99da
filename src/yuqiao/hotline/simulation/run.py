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
from yuqiao.hotline.routing import Cover, Policies, Wanted
from yuqiao.hotline.rules import step
from yuqiao.hotline.simulation.engine import PROMPTLY, Engine
from yuqiao.hotline.simulation.people import Arrival, Interpreter, Outcome, Phone
from yuqiao.hotline.simulation.pool import Pool, shift_edges
from yuqiao.hotline.state import ANSWERED, OPEN_REQUEST, WAITING, CallState, Phase, RequestOf, Timing, TrackPhase

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
    record: bool = True
    lost: float = 0.002  # share of conversations in which the interpreter's line breaks


@dataclass(slots=True)
class Running:
    """A call that is not over, and what is remembered of it for its outcome."""

    caller: Arrival
    call: CallState
    tiers: dict[int, str] = field(default_factory=dict)
    cover: str = ""
    callback: bool = False
    talking: bool = False
    alarm: float = float("inf")


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
        self._calls: dict[str, Running] = {}
        self._waiting: dict[str, str] = {}  # request -> call
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
        return len(self._calls)

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
        self._calls[call_id] = running
        self._settle(running, effects)
        self._at(self.now + caller.patience, self._impatient, call_id)

    def _impatient(self, call_id: str) -> None:
        """The caller waited as long as they wanted to."""
        running = self._calls.get(call_id)
        if running is not None and running.call.interpreter_at is None:
            self._tell(call_id, engine.LegEnded(running.call.principal, engine.NORMAL, self.now))

    def _talked(self, call_id: str) -> None:
        """The conversation is over: the caller hangs up."""
        running = self._calls.get(call_id)
        if running is not None:
            self._tell(call_id, engine.LegEnded(running.call.principal, engine.NORMAL, self.now))

    def _line_breaks(self, call_id: str) -> None:
        running = self._calls.get(call_id)
        if running is not None:
            for leg in running.call.present("interpreter"):
                self._tell(call_id, engine.LegEnded(leg.id, engine.UNREACHABLE, self.now))
                return

    # --- one call

    def _tell(self, call_id: str, event: desk.Event) -> None:
        running = self._calls.get(call_id)
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
                self._beat_soon()
            case ask.OpenCallback():
                running.callback = True
            case _:
                pass  # notes, the journal and the like: nothing that anybody waits for
        return None

    def _seek(self, running: Running, request_id: str) -> desk.RowAnswer | None:
        request = running.call.request(request_id)
        if request is None or request.state not in OPEN_REQUEST:
            return None
        if not running.cover:
            running.cover = self.pool.nearest(request.language) or "none"
        wanted = self._wanted(running, request)
        others = [] if not self._waiting else self._wants(but=request_id)
        answer = self.pool.seek(wanted, others, self.now)
        if isinstance(answer, desk.InterpretersClaimed):
            running.tiers.update((one.interpreter, one.tier) for one in answer.chosen)
        return answer

    def _wanted(self, running: Running, request: RequestOf) -> Wanted:
        """What `hotline.queue` makes of a request."""
        return Wanted(
            request.id,
            request.language,
            request.priority,
            request.head,
            request.created_at,
            request.tried,
            request.ringing,
            request.first_rung_at,
            line=running.caller.line,
            line_class=running.caller.line_class,
        )

    def _wants(self, but: str = "") -> list[Wanted]:
        """Return the requests that wait, as their rows tell."""
        found = []
        for request_id, call_id in self._waiting.items():
            running = self._calls[call_id]
            request = running.call.request(request_id)
            if request is not None and request_id != but:
                found.append(self._wanted(running, request))
        return found

    def _follow(self, running: Running) -> None:
        """Keep the rows of waiting requests, the call's next deadline, and what its people do next."""
        call = running.call
        open_request = call.open_request
        for request in call.requests:
            if request is open_request and request.state == WAITING:
                if request.id not in self._waiting:
                    self._waiting[request.id] = call.id
            else:
                self._waiting.pop(request.id, None)
        if call.phase is Phase.ENDED:
            self._calls.pop(call.id, None)
            self._engine.forget(leg.id for leg in call.legs)
            self._ended.append(_outcome(running))
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
        running = self._calls.get(call_id)
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

    def _written_up(self, one: int) -> None:
        self.pool.written_up(one)
        self._beat_soon()

    def _beat_soon(self) -> None:
        """The server looks whose turn it is at each beat; where nobody became free since, the answer is the same."""
        if self._waiting and self.pool.changed and not self._beating:
            self._beating = True
            self._at((int(self.now / BEAT_SECONDS) + 1) * BEAT_SECONDS, self._beat)

    def _beat(self) -> None:
        self._beating = False
        self.pool.changed = False
        if not self._waiting:
            return
        for request_id in self.pool.whose_turn(self._wants(), self.now):
            call_id = self._waiting.get(request_id)
            if call_id is not None:
                self._tell(call_id, desk.TryAgain(self.now))

    def _phone_of(self, contact: str) -> Phone | None:
        user, _, where = contact.removeprefix("sip:").partition("@")
        member = self.pool.members.get(int(user)) if user.isdigit() else None
        if member is None:
            return None
        return member.who.mobile if where == "mobile" else member.who.phone


def _outcome(running: Running) -> Outcome:
    call, caller = running.call, running.caller
    first = call.requests[0] if call.requests else None
    took = next((one.interpreter for one in call.requests if one.state == ANSWERED), None)
    rung = sum(leg.request == first.id for leg in call.legs) if first is not None else 0
    return Outcome(
        at=call.started_at,
        line_class=caller.line_class,
        language=caller.language,
        known=caller.known,
        cover=running.cover,
        asked_at=None if first is None else first.created_at,
        rung_at=None if first is None else first.first_rung_at,
        interpreter_at=call.interpreter_at,
        settled_at=(None if first is None else first.settled_at) or call.ended_at or call.started_at,
        outcome=call.outcome,
        tier="" if took is None or call.interpreter_at is None else running.tiers.get(took, ""),
        rung=rung,
        requests=len(call.requests),
        callback=running.callback,
    )
