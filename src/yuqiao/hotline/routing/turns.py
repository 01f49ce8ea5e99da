"""Whose request is served first, and who serves which request. Pure.

A request counts as come ``point_seconds`` earlier for each point of its line's priority, at most `MOST_POINTS` of them.
So one that waits goes before everybody who came more than MOST_POINTS x point_seconds after it, whatever their line:
only finitely many can be served before it, and nobody on the line is starved by a stream of emergencies. Replacements
of an interpreter who was lost go first; there is at most one for each call that was already served. Calls that we make
ourselves (policy `CALLBACKS`) come last, however old they are: nobody waits on the line for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from yuqiao.hotline.routing.candidates import Candidate, Cover, Force, Wanted, force_of
from yuqiao.hotline.routing.policy import CALLBACKS, Policies
from yuqiao.hotline.routing.view import Seen, View

MOST_POINTS = 100
NO_COVER = Cover()


def place(wanted: Wanted, policies: Policies) -> tuple[bool, bool, float, str]:
    """Return a request's place in the queue; it does not change with time, so nobody is overtaken twice."""
    head_start = min(wanted.priority, MOST_POINTS) * policies.of(wanted.line_class).point_seconds
    ours = wanted.line_class == CALLBACKS or wanted.priority <= 0
    return not wanted.head, ours, wanted.created_at - head_start, wanted.id


def queue(requests: Iterable[Wanted], policies: Policies) -> list[Wanted]:
    """Return the requests in the order in which they are served."""
    return sorted(requests, key=lambda one: place(one, policies))


def view_of(
    wanted: Wanted,
    candidates: Iterable[Candidate],
    policies: Policies,
    now: float,
    *,
    covers: Mapping[str, Cover],
    forces: Mapping[str, Force] | None,
) -> View:
    """Return a request's view; ``forces`` by language are counted from the candidates unless handed in."""
    force = None if forces is None else forces.get(wanted.language)
    if force is None:
        force = force_of(candidates, wanted.language, wanted.target, wanted.tried)
    return View(wanted, policies.of(wanted.line_class), force, covers.get(wanted.language, NO_COVER), now)


def match(
    requests: Iterable[Wanted],
    candidates: Sequence[Candidate],
    policies: Policies,
    now: float,
    *,
    covers: Mapping[str, Cover] | None = None,
    forces: Mapping[str, Force] | None = None,
) -> dict[str, tuple[Candidate, ...]]:
    """Return who is rung now for which request (by request id), each at most once, the queue's order first.

    Nobody is rung as a second for one request while another could have her as its first.
    """
    return share_out(requests, Staff(candidates), policies, now, covers=covers or {}, forces=forces, views={})


class Staff:
    """The candidates by pair of languages, sorted out once however many requests ask."""

    def __init__(self, candidates: Sequence[Candidate]) -> None:
        self._everybody = candidates
        self._able: dict[tuple[str, str], list[Candidate]] = {}

    def able(self, wanted: Wanted) -> list[Candidate]:
        """Return those who have the request's languages, in the order handed in."""
        pair = wanted.language, wanted.target
        found = self._able.get(pair)
        if found is None:
            found = self._able[pair] = [one for one in self._everybody if one.level(*pair)]
        return found


def share_out(
    requests: Iterable[Wanted],
    staff: Staff,
    policies: Policies,
    now: float,
    *,
    covers: Mapping[str, Cover],
    forces: Mapping[str, Force] | None,
    views: Mapping[str, View],
) -> dict[str, tuple[Candidate, ...]]:
    """As `match`; ``views`` are those of some requests (by id), where they are known already."""
    taken: set[int] = set()
    matched: dict[str, tuple[Candidate, ...]] = {}
    rest: list[tuple[View, int]] = []
    for wanted in queue(requests, policies):
        able = staff.able(wanted)
        view = views.get(wanted.id) or view_of(wanted, able, policies, now, covers=covers, forces=forces)
        number = view.to_ring()
        if not wanted.ringing:
            best = _best(view, able, taken)
            if best is None:
                continue
            taken.add(best.id)
            matched[wanted.id] = (best,)
            number -= 1
        if number > 0:
            rest.append((view, number))
    for view, number in rest:
        for _ in range(number):
            best = _best(view, staff.able(view.wanted), taken)
            if best is None:
                break
            taken.add(best.id)
            matched[view.wanted.id] = (*matched.get(view.wanted.id, ()), best)
    return matched


def _best(view: View, candidates: Iterable[Candidate], taken: set[int]) -> Candidate | None:
    best: Seen | None = None
    for one in candidates:
        if one.busy or one.id in taken or not view.able(one):
            continue
        seen = view.see(one)
        if seen.at <= view.now and (best is None or seen.key < best.key):
            best = seen
    return None if best is None else best.one
