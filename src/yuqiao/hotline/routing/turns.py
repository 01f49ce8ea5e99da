"""Whose request is served first, and who serves which request. Pure.

A request counts as come ``point_seconds`` earlier for each point of its line's priority, at most `MOST_POINTS` of them.
So one that waits goes before everybody who came more than MOST_POINTS x point_seconds after it, whatever their line:
only finitely many can be served before it, and nobody on the line is starved by a stream of emergencies. Replacements
of an interpreter who was lost go first; there is at most one for each call that was already served. Calls that we make
ourselves (policy `CALLBACKS`) come last, however old they are: nobody waits on the line for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter

from yuqiao.hotline.routing.candidates import Candidate, Cover, Wanted
from yuqiao.hotline.routing.policy import CALLBACKS, Policies
from yuqiao.hotline.routing.staff import Staff
from yuqiao.hotline.routing.view import Key, View

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
    staff: Staff,
    policies: Policies,
    now: float,
    *,
    covers: Mapping[str, Cover],
) -> View:
    """Return a request's view."""
    return View(wanted, policies.of(wanted.line_class), staff.force(wanted), covers.get(wanted.language, NO_COVER), now)


def match(
    requests: Iterable[Wanted],
    candidates: Sequence[Candidate],
    policies: Policies,
    now: float,
    *,
    covers: Mapping[str, Cover] | None = None,
) -> dict[str, tuple[Candidate, ...]]:
    """Return who is rung now for which request (by request id), each at most once, the queue's order first.

    Nobody is rung as a second for one request while another could have her as its first.
    """
    return share_out(requests, Staff(candidates, now), policies, now, covers=covers or {}, views={})


def share_out(
    requests: Iterable[Wanted],
    staff: Staff,
    policies: Policies,
    now: float,
    *,
    covers: Mapping[str, Cover],
    views: Mapping[str, View],
) -> dict[str, tuple[Candidate, ...]]:
    """As `match`; ``views`` are those of some requests (by id), where they are known already."""
    taken: set[int] = set()
    matched: dict[str, tuple[Candidate, ...]] = {}
    rest: list[tuple[View, int]] = []
    for wanted in queue(requests, policies):
        view = views.get(wanted.id) or view_of(wanted, staff, policies, now, covers=covers)
        number = view.to_ring()
        if not wanted.ringing:
            best = _best(view, staff, taken)
            if best is None:
                continue
            taken.add(best.id)
            matched[wanted.id] = (best,)
            number -= 1
        if number > 0:
            rest.append((view, number))
    for view, number in rest:
        for _ in range(number):
            best = _best(view, staff, taken)
            if best is None:
                break
            taken.add(best.id)
            matched[view.wanted.id] = (*matched.get(view.wanted.id, ()), best)
    return matched


def _best(view: View, staff: Staff, taken: set[int]) -> Candidate | None:
    """Return whom the request rings next: who served the caller before, else the first of the best kind."""
    if view.wanted.familiar and (known := _best_known(view, staff, taken)) is not None:
        return known
    best: Key | None = None
    found: Candidate | None = None
    for kind in staff.kinds(view.wanted, view.policy):
        seen = view.alike(kind[0])
        if seen.at > view.now or (best is not None and seen.key[:4] > best[:4]):
            continue
        one = next((one for one in kind if one.id not in taken and view.able(one)), None)
        if one is None:
            continue
        key = (*seen.key[:4], one.idle_since, one.id)
        if best is None or key < best:
            best, found = key, one
    return found


def _best_known(view: View, staff: Staff, taken: set[int]) -> Candidate | None:
    known = view.wanted.familiar
    free = [one for one in staff.able(view.wanted) if one.id in known and not one.busy and one.id not in taken]
    seen = [view.see(one) for one in free if view.able(one)]
    may = [one for one in seen if one.familiar and one.at <= view.now]
    return min(may, key=attrgetter("key")).one if may else None
