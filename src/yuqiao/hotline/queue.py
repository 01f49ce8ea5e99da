"""The queue of requests against the interpreters who are on duty: claiming for one, and whose turn it is.

`routing` decides, `roster` reads, `workforce.services.claim` holds. Called within a transaction of `hotline.services`
or, for reading, by the call server.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from yuqiao.hotline import roster, shortlist, standing_by, wanting
from yuqiao.hotline import routing_tables as tables
from yuqiao.hotline.events import Chosen, InterpretersClaimed, MustWait, NobodyThere
from yuqiao.hotline.models import InterpreterRequest, RequestState, RoutingDecision
from yuqiao.hotline.routing import Candidate, Choice, Policies, Wanted, choose, match
from yuqiao.hotline.routing.candidates import CHINESE
from yuqiao.hotline.routing.policy import CALLBACKS
from yuqiao.hotline.state import BESIDE_AGENT, OPEN_REQUEST, OUTBOUND, CallState, RequestOf
from yuqiao.lib import clock
from yuqiao.workforce import services as workforce

Answer = InterpretersClaimed | MustWait | NobodyThere
#: How often a choice is made anew because others were faster.
ROUNDS = 4
#: How many of those considered a decision keeps by name; of the others it keeps the number.
KEPT = 20


def seek(call: CallState, request_id: str, now: dt.datetime) -> Answer | None:
    """Claim whoever is to be rung for a call's request now, and keep the decision with its reasons.

    None when the request needs nobody any more: it was served or withdrawn before its turn came.
    """
    request = call.request(request_id)
    if request is None or request.state not in OPEN_REQUEST:
        return None
    at = now.timestamp()
    policies = tables.policies(at, emergency=standing_by.all_hands(at).concerns(request.language))
    wanted = wanted_of(call, request, policies, at)
    choice, held = _claim(wanted, policies, now)
    again = choice.look_again_at
    answer: Answer
    if held:
        chosen = tuple(Chosen(one.id, one.number, one.contact, one.confirm, one.tier) for one in held)
        answer = InterpretersClaimed(request_id, chosen, at, again)
    elif choice.nobody:
        answer = NobodyThere(request_id, at, choice.nobody)
    else:
        answer = MustWait(request_id, at, again)
    _keep(wanted, choice, held, now)
    return answer


def wanted_of(call: CallState, request: RequestOf, policies: Policies, now: float) -> Wanted:
    """Return a call's request as routing sees it; who served the caller before is looked up for one's own number."""
    facts = tables.line_facts(call.line, now)
    line_class = CALLBACKS if call.way_in in OUTBOUND else facts.line_class
    return wanting.wanted_of(
        request,
        call.timing.wait,
        line=call.line,
        line_class=line_class,
        level=facts.level,
        domain=facts.domain,
        gender=facts.gender,
        familiar=(
            *standing_by.booked(call.line, now),
            *request.preferred,
            *_former(call, request, policies.of(line_class).continuity_days, now),
        ),
    )


def _former(call: CallState, request: RequestOf, days: int, now: float) -> tuple[int, ...]:
    """Return who served this number in this language lately, the last first; a partner's trunk is nobody's number."""
    if not days or call.way_in == BESIDE_AGENT or not any(digit.isdigit() for digit in call.caller_number):
        return ()
    since = dt.datetime.fromtimestamp(now, dt.UTC) - dt.timedelta(days=days)
    return roster.former(call.caller_number[:64], request.language, since)


def _claim(wanted: Wanted, policies: Policies, now: dt.datetime) -> tuple[Choice, list[Candidate]]:
    """Choose and claim; whom another server took meanwhile is passed over."""
    at = now.timestamp()
    others: list[Wanted] | None = None
    lost: set[int] = set()
    for round_number in range(ROUNDS):
        choice, others = _choose(wanted, others, policies, at, lost)
        claimed = workforce.claim_all(
            wanted.id,
            now,
            ready=[one.id for one in choice.chosen if not one.off],
            at_home=[one.id for one in choice.chosen if one.off],
        )
        held = [one for one in choice.chosen if one.id in claimed]
        lost |= {one.id for one in choice.chosen} - claimed
        if held or not choice.chosen or round_number == ROUNDS - 1:
            break
    return choice, held


def _choose(
    wanted: Wanted, others: list[Wanted] | None, policies: Policies, at: float, lost: set[int]
) -> tuple[Choice, list[Wanted]]:
    """Choose for ``wanted``; ``others``: who else waits, None while that is not known. Returns them, too."""
    staff: Sequence[Candidate] | None = None
    if not others and wanted.target == CHINESE:
        cover = tables.cover(wanted.language, at)
        short = shortlist.read(wanted, policies.of(wanted.line_class), cover, at, lost)
        staff = short.candidates if others is not None or not short.others_wait else None
    if staff is None:
        others = [one for one in waiting(at) if one.id != wanted.id]
        staff = [one for one in roster.everybody(_languages([*others, wanted]), at) if one.id not in lost]
    others = others or []
    covers = {language: tables.cover(language, at) for language in _languages([*others, wanted])}
    return choose(wanted, others, staff, policies, at, covers=covers), others


def _languages(requests: Sequence[Wanted]) -> set[str]:
    return {one.language for one in requests} | {one.target for one in requests} - {CHINESE}


def waiting(now: float) -> list[Wanted]:
    """Return the requests that wait for somebody to become free."""
    rows = InterpreterRequest.objects.filter(state=RequestState.WAITING).values_list(
        *("id", "language", "priority", "head_of_queue", "created_at", "tried", "wishes", "first_rung_at"),
        *("call__line__number", "call__way_in"),
    )
    return [_waiting(row, now) for row in rows]


def _waiting(row: Sequence[Any], now: float) -> Wanted:
    pk, language, priority, head, created, tried, wishes, rung, line, way_in = row
    facts = tables.line_facts(line or "", now)
    return Wanted(
        str(pk),
        language,
        priority,
        head,
        created.timestamp(),
        tuple(tried),
        first_rung_at=None if rung is None else rung.timestamp(),
        target=wishes.get("target", CHINESE),
        level=max(wishes.get("level", 1), facts.level),
        domain=wishes.get("domain", "") or facts.domain,
        gender=wishes.get("gender", "") or facts.gender,
        line=line or "",
        line_class=CALLBACKS if way_in in OUTBOUND else facts.line_class,
        familiar=(*standing_by.booked(line or "", now), *wishes.get("preferred", ())),
        strict=wishes.get("strict", False),
    )


def whose_turn() -> list[str]:
    """Return the ids of calls whose waiting request has somebody to be rung for it now."""
    at = clock.now().timestamp()
    wanted = waiting(at)
    if not wanted:
        return []
    covers = {language: tables.cover(language, at) for language in _languages(wanted)}
    hands = standing_by.all_hands(at)
    policies = tables.policies(at, emergency=any(hands.concerns(one.language) for one in wanted))
    matched = match(wanted, roster.everybody(_languages(wanted), at), policies, at, covers=covers)
    calls = InterpreterRequest.objects.filter(pk__in=list(matched)).values_list("call_id", flat=True)
    return [str(call_id) for call_id in calls]


def _keep(wanted: Wanted, choice: Choice, held: Sequence[Candidate], now: dt.datetime) -> None:
    """Write what was decided and why; the request's own row may follow later in this transaction."""
    outcome = RoutingDecision.Outcome
    at = now.timestamp()
    best = [
        [
            *(one.one.id, one.one.number, one.one.tier, one.verdict, round(max(0.0, at - one.one.idle_since))),
            one.one.level(wanted.language, wanted.target),
            None if one.at == float("inf") else round(max(0.0, one.at - wanted.created_at), 1),
            int(one.familiar),
        ]
        for one in choice.considered[:KEPT]
        if one.one.id > 0
    ]
    facts: dict[str, Any] = {
        "class": wanted.line_class,
        "cover": choice.cover,
        "opens": dict(choice.opens),
        "given_up": list(choice.given_up),
        "counts": choice.counts,
        "best": best,
        "ahead": choice.ahead,
        "again": None if choice.look_again_at is None else round(choice.look_again_at - wanted.created_at, 1),
        "wish": {"domain": wanted.domain, "gender": wanted.gender, "level": wanted.level, "target": wanted.target},
    }
    RoutingDecision.objects.bulk_create(
        [
            RoutingDecision(
                request_id=UUID(wanted.id),
                at=now,
                waited_ms=max(0, round(choice.waited * 1000)),
                outcome=outcome.RUNG if held else outcome.NOBODY if choice.nobody else outcome.WAIT,
                reason=choice.nobody,
                step=choice.step,
                chosen=[one.id for one in held],
                facts=facts,
            )
        ]
    )
