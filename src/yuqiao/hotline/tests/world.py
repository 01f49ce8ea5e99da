"""A world for the rules: answers what they ask of the database, remembers whom they hold and what they promised."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass, field

from yuqiao.engines import events as engine
from yuqiao.hotline import effects as ask
from yuqiao.hotline import events as desk
from yuqiao.hotline.beginning import Facts, begin, begin_outbound
from yuqiao.hotline.calling_back import Outbound
from yuqiao.hotline.rules import step
from yuqiao.hotline.state import MANAGER_LABEL, OPEN_REQUEST, LegPhase, Phase, Timing, restore, snapshot

CALL_ID = "11111111-2222-4333-8444-555555555555"
CALLER_LEG = "caller-leg"


#: How a Seek is answered -> for each interpreter found, whether she must confirm by key.
KINDS = {"claimed": (False,), "two": (False, False), "mobile": (True,), "both": (True, False)}


@dataclass
class World:
    """One call and what the world does for it. ``found`` answers each Seek: claimed (one), two,
    mobile (one who must confirm), both (one who must and one who need not), wait or nobody.

    With ``wanted`` it is a call that we begin.
    """

    facts: Facts = field(default_factory=Facts)
    found: list[str] = field(default_factory=list)
    now: float = 1000.0
    wanted: Outbound | None = None
    look_after: float | None = None
    manager: bool = True
    timing: Timing = field(default_factory=Timing)
    number: str = "13900000001"

    def __post_init__(self) -> None:
        self.held: dict[int, str] = {}  # interpreter -> the request that holds her
        self.engaged: dict[str, int] = {}  # request -> who took the call
        self.released: Counter[int] = Counter()
        self.done: list[ask.Effect] = []
        self.told: list[desk.Event] = []
        self.notes: list[ask.Note] = []
        self._interpreters = itertools.count(1)
        self.commands = itertools.count(1)
        self.asked: list[int] = []
        if self.wanted is not None:
            self.call, effects = begin_outbound(CALL_ID, self.wanted, self.timing, self.now)
        else:
            arrival = engine.LegArrived(CALLER_LEG, "9601690", self.number, self.now)
            self.call, effects = begin(CALL_ID, arrival, self.facts, self.timing)
        self._settle(effects)

    def tell(self, *events: desk.Event) -> list[ask.Effect]:
        """Give the call events that arrived together, settle what they ask of the database, and return all effects."""
        mark = len(self.done)
        effects: list[ask.Effect] = []
        self.told += events
        for event in events:
            before = snapshot(self.call)
            if isinstance(event, desk.DeskEvent):
                self.asked.append(event.command)
            call, more = step(self.call, event)
            assert snapshot(self.call) == before, "step changed its argument"
            self.call = call
            if call.paused_at is not None:
                assert not any(isinstance(one, ask.Record) for one in more), "recorded while paused"
            effects += more
        self._settle(effects)
        assert restore(snapshot(self.call)) == self.call
        return self.done[mark:]

    def _settle(self, effects: list[ask.Effect]) -> None:
        for effect in effects:
            self.done.append(effect)
            if isinstance(effect, ask.Note):
                self.notes.append(effect)
            answer = self._answer(effect)
            if answer is not None:
                self.call, more = step(self.call, answer)
                self._settle(more)

    def _answer(self, effect: ask.Effect) -> desk.RowAnswer | None:
        match effect:
            case ask.Seek():
                return self._seek(effect.request)
            case ask.Engage():
                assert self.held.get(effect.interpreter) == effect.request, "engaged somebody who is not held"
                assert effect.request not in self.engaged, "two interpreters took one request"
                self.engaged[effect.request] = effect.interpreter
            case ask.Release():
                for one, request in list(self.held.items()):
                    if request == effect.request and effect.interpreter in {None, one}:
                        del self.held[one]
                        self.released[one] += 1
            case ask.FindParty():
                if effect.number == "110":
                    return desk.PartyFound("110", "sip:110@desk", self.now, effect.command)
                return desk.PartyUnknown(effect.number, self.now, effect.command)
            case ask.FindManager():
                if self.manager:
                    return desk.PartyFound(MANAGER_LABEL, "sip:boss@desk", self.now, effect.command, effect.asked_by)
                return desk.PartyUnknown(MANAGER_LABEL, self.now, effect.command)
            case _:
                pass
        return None

    def _seek(self, request_id: str) -> desk.RowAnswer | None:
        request = self.call.request(request_id)
        assert request is not None, "a request is a row before anybody is sought for it"
        if request.state not in OPEN_REQUEST:
            return None
        how = self.found.pop(0) if self.found else "nobody"
        if how == "wait":
            return desk.MustWait(request_id, self.now, self.look_again_at)
        if how == "nobody":
            return desk.NobodyThere(request_id, self.now)
        chosen = tuple(self._hold(request_id, confirm=confirm) for confirm in KINDS[how])
        return desk.InterpretersClaimed(request_id, chosen, self.now, self.look_again_at)

    def _hold(self, request_id: str, *, confirm: bool) -> desk.Chosen:
        interpreter = next(self._interpreters)
        self.held[interpreter] = request_id
        return desk.Chosen(interpreter, f"10{interpreter:02}", "sip:i@desk", confirm)

    @property
    def look_again_at(self) -> float | None:
        """When the queue wants to be asked again."""
        return None if self.look_after is None else self.now + self.look_after

    # --- shortcuts for stories

    def leg(self, role: str, *phases: LegPhase) -> str:
        """Return the id of the newest leg with this role (in one of these phases, if any are named)."""
        found = [leg.id for leg in self.call.legs if leg.role == role and (not phases or leg.phase in phases)]
        assert found, f"no {role} in {phases}"
        return found[-1]

    def up(self, role: str) -> str:
        """The newest leg of this role answers and enters the bridge."""
        leg_id = self.leg(role, LegPhase.RINGING)
        inbound = leg_id == CALLER_LEG  # never in a call back
        self.tell((engine.LegAnswered if inbound else engine.LegControlled)(leg_id, self.now))
        self.tell(engine.LegJoined(leg_id, self.now))
        return leg_id

    def gone(self, leg_id: str, cause: int = engine.NORMAL) -> list[ask.Effect]:
        """A leg ends."""
        return self.tell(engine.LegEnded(leg_id, cause, self.now))

    def heard(self) -> str:
        """The prompt that plays now ends; returns its name."""
        playing = self.call.playing
        assert playing is not None, "nothing plays"
        self.tell(engine.PlaybackEnded(playing.id, playing.leg, self.now))
        return playing.name

    def aside(self) -> str:
        """The oldest prompt that somebody hears apart ends; returns its name."""
        one = self.call.asides[0]
        self.tell(engine.PlaybackEnded(one.id, one.leg, self.now))
        return one.name

    def later(self, seconds: float) -> list[ask.Effect]:
        """Time passes; every deadline on the way is told."""
        end, mark = self.now + seconds, len(self.done)
        while self.call.next_deadline is not None and self.call.next_deadline <= end:
            self.now = max(self.now, self.call.next_deadline)
            self.tell(desk.TimeCame(self.now))
        self.now = end
        return self.done[mark:]

    def phase(self) -> Phase:
        """Return where the call is."""
        return self.call.phase

    def kinds(self) -> list[str]:
        """Return the kinds of the call's history."""
        return [note.kind for note in self.notes]
