"""The interpreters' rows in memory: who is ready, rung, talking; claimed and released as `workforce.services` does.

Whom a request may have is decided by `hotline.routing.choose`, exactly as `hotline.queue` asks it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from yuqiao.hotline.events import Chosen, InterpretersClaimed, MustWait, NobodyThere
from yuqiao.hotline.routing import MOBILE, RESIDENT, Candidate, Cover, Policies, Wanted, choose, match
from yuqiao.hotline.simulation.people import Interpreter

READY, CLAIMED, BUSY, WRAP_UP, OFF = "ready", "claimed", "busy", "wrap_up", "off"
#: As `workforce.services`: after so many seconds without a call her work begins anew.
PAUSE_SECONDS = 300.0


@dataclass(slots=True)
class Member:
    """One interpreter's row. ``signed_on``: her shift runs; ``row``: what routing sees of her until she changes."""

    who: Interpreter
    state: str = OFF
    held_by: str = ""
    signed_on: bool = False
    idle_since: float = 0.0
    worked_since: float = 0.0
    worked_until: float = 0.0
    calls: int = 0
    row: Candidate | None = field(default=None, repr=False)


@dataclass(slots=True)
class Pool:
    """All interpreters, by id and by language; ``changed`` when somebody may have become free since it was cleared;
    ``unreachable``: whose phone was found dead, so that they are off until they sign on anew."""

    crew: Iterable[Interpreter]
    policies: Policies
    covers: Callable[[float], Mapping[str, Cover]]
    members: dict[int, Member] = field(default_factory=dict)
    by_language: defaultdict[str, list[Member]] = field(default_factory=lambda: defaultdict(list))
    changed: bool = False
    unreachable: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        for who in self.crew:
            member = Member(who)
            self.members[who.id] = member
            for language, _level in who.levels:
                self.by_language[language].append(member)

    # --- what workforce.services does to rows

    def sign(self, one: int, now: float, *, on: bool) -> None:
        """Her shift begins or ends; one who is held or writes up her call ends it afterwards."""
        member = self.members[one]
        member.signed_on = on
        if member.state == (OFF if on else READY) and not member.held_by:
            self._set(member, READY if on else OFF)
            member.idle_since = now

    def claim(self, candidate: Candidate, request: str) -> bool:
        """Hold her for a request."""
        member = self.members[candidate.id]
        if member.held_by or member.state not in {READY, OFF}:
            return False
        self._set(member, CLAIMED, request)
        return True

    def engage(self, request: str, one: int, now: float) -> None:
        """She talks now."""
        member = self.members[one]
        if member.held_by == request and member.state == CLAIMED:
            if now - member.worked_until >= PAUSE_SECONDS:
                member.worked_since, member.calls = now, 0
            member.calls += 1
            member.worked_until = now
            self._set(member, BUSY, request)

    def release(self, request: str, to: str, now: float, only: int | None, held: Iterable[int]) -> list[int]:
        """Let her go; returns who writes up a call now."""
        writing = []
        for one in list(held) if only is None else [only]:
            member = self.members[one]
            if member.held_by != request:
                continue
            talked = member.state == BUSY
            if talked:
                member.worked_until = member.idle_since = now
            if to == WRAP_UP and talked:
                self._set(member, WRAP_UP)
                writing.append(one)
            elif to == OFF:
                self._set(member, OFF)
                self.unreachable.append(one)
            else:
                self._free(member)
        return writing

    def written_up(self, one: int, now: float) -> None:
        """Her wrap-up is over."""
        member = self.members[one]
        if member.state == WRAP_UP:
            member.idle_since = now
            self._free(member)

    def _free(self, member: Member) -> None:
        self._set(member, READY if member.signed_on else OFF)

    def _set(self, member: Member, state: str, held_by: str = "") -> None:
        member.state, member.held_by, member.row = state, held_by, None
        if not held_by:
            self.changed = True

    # --- what hotline.queue reads and asks

    def candidates(self, languages: Iterable[str]) -> list[Candidate]:
        """Return everybody on duty, and those off shift who may be rung, who hold one of ``languages``."""
        seen: dict[int, Candidate] = {}
        for language in languages:
            for member in self.by_language.get(language, ()):
                if member.who.id not in seen and (member.state != OFF or member.who.mobile is not None):
                    seen[member.who.id] = member.row or _row(member)
        return list(seen.values())

    def seek(
        self, wanted: Wanted, others: Sequence[Wanted], now: float
    ) -> InterpretersClaimed | MustWait | NobodyThere:
        """Claim for a request, as `hotline.queue.seek`."""
        everybody = self.candidates(dict.fromkeys(one.language for one in (wanted, *others)))
        choice = choose(wanted, others, everybody, self.policies, now, covers=self.covers(now))
        held = [one for one in choice.chosen if self.claim(one, wanted.id)]
        if held:
            chosen = tuple(Chosen(one.id, one.number, one.contact, one.confirm, one.tier) for one in held)
            return InterpretersClaimed(wanted.id, chosen, now, choice.look_again_at)
        if choice.nobody:
            return NobodyThere(wanted.id, now, choice.nobody)
        return MustWait(wanted.id, now, choice.look_again_at)

    def whose_turn(self, waiting: Sequence[Wanted], now: float) -> list[str]:
        """Return the requests that have somebody ready for them, as `hotline.queue.whose_turn`."""
        everybody = self.candidates(dict.fromkeys(one.language for one in waiting))
        return list(match(waiting, everybody, self.policies, now, covers=self.covers(now)))

    def rung(self, language: str, but: Iterable[int]) -> dict[int, str]:
        """Return who of a language is held and merely rung, and by which request."""
        passed = set(but)
        members = self.by_language.get(language, ())
        return {m.who.id: m.held_by for m in members if m.state == CLAIMED and m.who.id not in passed}

    def nearest(self, language: str) -> str:
        """Return the nearest tier that has somebody for a language: on duty, else on her own mobile; "" if none."""
        members = self.by_language.get(language, ())
        on_duty = [member.who.tier for member in members if member.signed_on]
        if on_duty:
            return RESIDENT if RESIDENT in on_duty else on_duty[0]
        return MOBILE if any(member.who.mobile for member in members) else ""


def _row(member: Member) -> Candidate:
    who, mobile = member.who, not member.signed_on and member.state in {OFF, CLAIMED, BUSY, WRAP_UP}
    row = Candidate(
        who.id,
        MOBILE if mobile else who.tier,
        member.idle_since,
        who.levels,
        who.number,
        contact=f"sip:{who.number}@{'mobile' if mobile else 'desk'}",
        gender=who.gender,
        domains=who.domains,
        worked_since=member.worked_since,
        worked_until=member.worked_until,
        calls=member.calls,
        confirm=mobile,
        off=mobile,
        busy=member.state in {CLAIMED, BUSY, WRAP_UP},
    )
    member.row = row
    return row


def shift_edges(crew: Iterable[Interpreter]) -> list[tuple[float, int, bool]]:
    """Return when whose shift begins (True) or ends, in order of time; an end before a beginning at the same moment."""
    edges = [(at, who.id, on) for who in crew for span in who.shifts for at, on in ((span[0], True), (span[1], False))]
    return sorted(edges, key=lambda edge: (edge[0], edge[2], edge[1]))
