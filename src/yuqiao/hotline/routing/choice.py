"""The decision for one request: whom to ring now, when to look again, and what was thought of everybody else. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from operator import itemgetter

from yuqiao.hotline.routing.candidates import Candidate, Cover, Wanted
from yuqiao.hotline.routing.policy import Policies
from yuqiao.hotline.routing.staff import Staff
from yuqiao.hotline.routing.turns import NO_COVER, place, share_out, view_of
from yuqiao.hotline.routing.view import (
    BEHIND,
    BUSY,
    CHOSEN,
    OFF_SHIFT,
    PROMISED,
    RINGING,
    TRIED,
    UNABLE,
    Key,
    Seen,
    View,
)

#: Why nobody can be rung and none will be: all were, outside service hours, nobody holds the language.
ALL_TRIED, OFF_HOURS, NONE_HOLDS = "tried", "off_hours", "none"


@dataclass(frozen=True, slots=True)
class Considered:
    """One candidate and the verdict: of `view`, or the name of the wish that she does not fulfil yet.

    ``at``: from when on she may be rung for the request, infinite: never. ``familiar``: she served the caller before.
    """

    one: Candidate
    verdict: str
    at: float = inf
    familiar: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """What was decided. ``nobody`` says why none will come; empty while somebody may. ``given_up``: idle wishes.

    ``considered``: everybody handed in who is able, was tried or is rung, the best first; ``opens``: tier -> from which
    waiting time on it is rung, for the tiers with somebody on duty.
    """

    chosen: tuple[Candidate, ...]
    look_again_at: float | None
    considered: tuple[Considered, ...]
    waited: float
    given_up: tuple[str, ...] = ()
    opens: tuple[tuple[str, float], ...] = ()
    cover: str = ""
    nobody: str = ""
    ahead: int = 0

    @property
    def verdicts(self) -> dict[int, str]:
        """The verdict of everybody by id."""
        return {one.one.id: one.verdict for one in self.considered}

    @property
    def counts(self) -> dict[str, int]:
        """How many got which verdict."""
        counts: Counter[str] = Counter()
        for one in self.considered:
            counts[one.verdict] += one.one.count
        return dict(counts)

    @property
    def step(self) -> int:
        """How many wishes were given up."""
        return len(self.given_up)


def choose(
    wanted: Wanted,
    others: Iterable[Wanted],
    candidates: Sequence[Candidate],
    policies: Policies,
    now: float,
    *,
    covers: Mapping[str, Cover] | None = None,
) -> Choice:
    """Decide for ``wanted`` among ``candidates``, while ``others`` wait as well. Nothing is changed or claimed.

    ``candidates``: all on duty, or of those alike as many of the longest idle as the requests could ring, and one who
    stands for all busy ones. ``covers``: what the service windows say of each language now.
    """
    covers = covers or {}
    rivals = [one for one in others if one.id != wanted.id]
    staff = Staff(candidates, now)
    view = view_of(wanted, staff, policies, now, covers=covers)
    asked = [*rivals, wanted]
    matched = share_out(asked, staff, policies, now, covers=covers, views={wanted.id: view})
    chosen = matched.get(wanted.id, ())
    mine = {one.id for one in chosen}
    promised = {one.id for request, ones in matched.items() if request != wanted.id for one in ones}
    verdicts = _verdicts(view, staff, mine, promised)
    times = [one.at for one in verdicts if now < one.at < inf]
    cover = covers.get(wanted.language, NO_COVER)
    ringing = len(wanted.ringing) + len(chosen)
    waits = bool(chosen or times or wanted.ringing) or any(one.verdict in {BUSY, PROMISED, BEHIND} for one in verdicts)
    return Choice(
        chosen=chosen,
        look_again_at=_look_again(now, view.next_round(ringing), cover.until, *times),
        considered=verdicts,
        waited=now - wanted.created_at,
        given_up=view.given_up(),
        opens=tuple((tier, at) for tier, at in view.opens.items() if any(one.one.tier == tier for one in verdicts)),
        cover=cover.tier,
        nobody="" if waits or _opens_soon(wanted, cover) else _why_nobody(wanted, cover),
        ahead=sum(place(one, policies) < place(wanted, policies) for one in rivals),
    )


def _verdicts(view: View, staff: Staff, mine: set[int], promised: set[int]) -> tuple[Considered, ...]:
    """Return everybody who has the languages with her verdict: those who may be rung in the order of ringing."""
    found: list[tuple[Key, Considered]] = []
    rest = [Considered(one, _plain_verdict(one, view)) for one in staff.able(view.wanted) if one.busy]
    for kind in staff.kinds(view.wanted, view.policy):
        alike = view.alike(kind[0])
        for one in kind:
            if not view.able(one):
                rest.append(Considered(one, _plain_verdict(one, view)))
            elif alike.short.rest or one.id in view.wanted.familiar:
                seen = view.see(one)
                found.append((seen.key, Considered(one, _verdict(seen, view, mine, promised), seen.at, seen.familiar)))
            else:
                key = (*alike.key[:4], one.idle_since, one.id)
                found.append((key, Considered(one, _verdict(alike, view, mine, promised, one.id), alike.at)))
    found.sort(key=itemgetter(0))
    rest.sort(key=lambda one: one.one.id)
    return (*(one for _key, one in found), *rest)


def _plain_verdict(one: Candidate, view: View) -> str:
    if one.id in view.wanted.ringing:
        return RINGING
    if one.id in view.wanted.tried:
        return TRIED
    if one.busy:
        return BUSY
    return OFF_SHIFT if one.off else UNABLE


def _verdict(seen: Seen, view: View, mine: set[int], promised: set[int], pk: int | None = None) -> str:
    """Return the verdict on the candidate seen, or on the one of her kind whose id is ``pk``."""
    pk = seen.one.id if pk is None else pk
    if pk in mine:
        return CHOSEN
    if seen.at > view.now:
        return view.why_not(seen)
    return PROMISED if pk in promised else BEHIND


def _look_again(now: float, *times: float | None) -> float | None:
    """Return the next moment at which the answer may become another one by the clock alone."""
    return min((at for at in times if at is not None and at > now), default=None)


def _opens_soon(wanted: Wanted, cover: Cover) -> bool:
    """Whether the language's hours begin before the request gives up."""
    opens = cover.tier == "none" and cover.then not in {"", "none"}
    return opens and cover.until is not None and wanted.until is not None and cover.until < wanted.until


def _why_nobody(wanted: Wanted, cover: Cover) -> str:
    if wanted.tried:
        return ALL_TRIED
    return OFF_HOURS if cover.tier == "none" else NONE_HOLDS
