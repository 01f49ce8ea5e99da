"""Requests as rows in memory, and what `hotline.services` and `hotline.queue` do to them in a transaction. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from yuqiao.hotline import events as desk
from yuqiao.hotline.precedence import Precedence, Rung, precedence, whom
from yuqiao.hotline.routing import Policies, Wanted, place
from yuqiao.hotline.simulation.people import Arrival, Outcome
from yuqiao.hotline.simulation.pool import Pool
from yuqiao.hotline.state import ANSWERED, CLAIMED, OPEN_REQUEST, WAITING, CallState, RequestOf
from yuqiao.hotline.wanting import wanted_of

#: As `hotline.calling_away`: a request that called somebody away asks again after so many seconds.
ASK_AGAIN = 1.0


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


class Rows:
    """Requests of the calls that are not over, and their calls. ``waiting``: request -> call, as the queue reads it."""

    def __init__(self, pool: Pool, policies: Policies) -> None:
        self.pool = pool
        self.policies = policies
        self.calls: dict[str, Running] = {}
        self.waiting: dict[str, str] = {}
        self.away: list[Rung] = []  # called away, and not told yet
        self._of: dict[str, str] = {}  # request -> call
        self._called_away: set[str] = set()

    def call_of(self, request_id: str) -> str:
        """Return the id of a request's call, "" if that is over."""
        return self._of.get(request_id, "")

    def keep(self, call: CallState) -> None:
        """Write what became of a call's requests."""
        for request in call.requests:
            self._of.setdefault(request.id, call.id)
            if request.state == WAITING:
                self.waiting.setdefault(request.id, call.id)
            else:
                self.waiting.pop(request.id, None)

    def forget(self, call: CallState) -> None:
        """The call is over."""
        self.calls.pop(call.id, None)
        for request in call.requests:
            self._of.pop(request.id, None)
            self.waiting.pop(request.id, None)
            self._called_away.discard(request.id)

    def seek(self, running: Running, request_id: str, now: float) -> desk.RowAnswer | None:
        """Claim for a request; where nobody is free, call somebody away, as `hotline.services` does."""
        request = running.call.request(request_id)
        if request is None or request.state not in OPEN_REQUEST:
            return None
        if not running.cover:
            running.cover = self.pool.nearest(request.language) or "none"
        wanted = self._wanted(running, request)
        others = [] if not self.waiting else self.wants(but=request_id)
        answer = self.pool.seek(wanted, others, now)
        if isinstance(answer, desk.InterpretersClaimed):
            running.tiers.update((one.interpreter, one.tier) for one in answer.chosen)
        elif isinstance(answer, desk.MustWait) and request.state == WAITING and self._call_away(running, wanted):
            again = now + ASK_AGAIN
            answer = replace(answer, called_away=True, look_again_at=min(again, answer.look_again_at or again))
        return answer

    def _call_away(self, running: Running, wanted: Wanted) -> bool:
        """As `hotline.calling_away`: somebody who merely rings for a less urgent call, if there is one."""
        mine = precedence(running.call.way_in, wanted.priority)
        if mine is Precedence.OUTBOUND:
            return False
        policies = self.policies
        chosen = whom(mine, place(wanted, policies), self._rung(wanted))
        if chosen is None:
            return False
        self._called_away.add(chosen.request)
        self.away.append(chosen)
        return True

    def _rung(self, wanted: Wanted) -> list[Rung]:
        held = self.pool.rung(wanted.language, wanted.tried)
        beside = Counter(held.values())
        found = []
        for one, request_id in held.items():
            running = self.calls[self._of[request_id]]
            request = running.call.request(request_id)
            if request is None or request.state != CLAIMED:
                continue
            found.append(
                Rung(
                    one,
                    request_id,
                    precedence(running.call.way_in, request.priority),
                    request.first_rung_at or 0.0,
                    place(self._wanted(running, request), self.policies),
                    beside[request_id] - 1,
                    request.head,
                    request.preempted or request_id in self._called_away,
                )
            )
        return found

    def _wanted(self, running: Running, request: RequestOf) -> Wanted:
        """What the request wants; nobody is known from an earlier call."""
        who = running.caller
        return wanted_of(
            request,
            running.call.timing.wait,
            line=who.line,
            line_class=who.line_class,
            domain=who.domain,
            familiar=request.preferred,
        )

    def wants(self, but: str = "") -> list[Wanted]:
        """Return the requests that wait, as their rows tell."""
        found = []
        for request_id, call_id in self.waiting.items():
            running = self.calls[call_id]
            request = running.call.request(request_id)
            if request is not None and request_id != but:
                found.append(self._wanted(running, request))
        return found


def outcome_of(running: Running) -> Outcome:
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
