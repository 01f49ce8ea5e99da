"""Why she was rung and why it took so long: read from the decisions as they were made, never decided anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from yuqiao.hotline.models import Call, InterpreterRequest, Leg, RoutingDecision
from yuqiao.web.console import routing_words as say
from yuqiao.web.console.words import reads_chinese, word

#: A request that rang within this was not kept waiting, in seconds.
AT_ONCE = 0.5


@dataclass(frozen=True, slots=True)
class Seen:
    """One interpreter in a decision, in words."""

    number: str
    tier: str
    verdict: str
    chosen: bool
    idle: str
    level: int
    rung_from: str
    familiar: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One decision in words; ``at`` seconds after the request."""

    at: float
    outcome: str
    whom: str
    given_up: str
    counts: str
    cover: str
    again: float | None
    seen: list[Seen]


@dataclass(frozen=True, slots=True)
class Why:
    """One request: two sentences and the decisions behind them."""

    replacement: bool
    why_her: str
    why_so_long: str
    steps: list[Step]


def why(call: Call) -> list[Why]:
    """Return the requests of a call that were decided, the first one first; two queries besides the requests."""
    requests = list(call.requests.select_related("interpreter").prefetch_related("decisions").order_by("created_at"))
    legs = [leg for leg in call.legs.all() if leg.role == "interpreter"]
    return [_why(request, list(request.decisions.all()), legs) for request in requests if request.decisions.all()]


def _why(request: InterpreterRequest, decisions: Sequence[RoutingDecision], legs: Sequence[Leg]) -> Why:
    return Why(
        request.head_of_queue,
        _why_her(request, decisions),
        _why_so_long(request, decisions, legs),
        [_step(one) for one in decisions],
    )


def _joint() -> str:
    return "；" if reads_chinese() else "; "


def _so_many(verdict: str, number: int) -> str:
    return _("%(n)d %(verdict)s") % {"n": number, "verdict": word(say.VERDICTS, verdict)}


def _duration(seconds: float) -> str:
    if seconds < 90:
        return _("%(n)s s") % {"n": f"{seconds:.0f}" if seconds >= 10 else f"{seconds:.1f}"}
    minutes = seconds / 60
    return _("%(n)d min") % {"n": minutes} if minutes < 120 else _("over %(n)d h") % {"n": minutes // 60}


def _step(one: RoutingDecision) -> Step:
    facts = one.facts
    chosen = set(one.chosen)
    seen = [
        Seen(
            str(number),
            word(say.TIERS, str(tier)),
            word(say.VERDICTS, str(verdict)),
            pk in chosen,
            _duration(idle) if idle < 10**7 else "–",
            level,
            "–" if begins is None else _duration(begins),
            bool(familiar),
        )
        for pk, number, tier, verdict, idle, level, begins, familiar in facts["best"]
    ]
    return Step(
        one.waited_ms / 1000,
        word(say.OUTCOMES, one.outcome),
        " ".join(row.number for row in seen if row.chosen) or word(say.REASONS, one.reason)
        if one.outcome != "wait"
        else "",
        _joint().join(word(say.WISHES, wish) for wish in facts["given_up"]),
        _joint().join(_so_many(verdict, number) for verdict, number in facts["counts"].items()),
        word(say.TIERS, facts["cover"]) if facts["cover"] else "",
        facts["again"],
        seen,
    )


def _why_her(request: InterpreterRequest, decisions: Sequence[RoutingDecision]) -> str:
    """Say in one sentence why she who answered was rung, or why nobody was."""
    pk = request.interpreter_id
    made = next((one for one in reversed(decisions) if pk in one.chosen), None)
    if made is None or request.interpreter is None:
        last = decisions[-1]
        if last.outcome == RoutingDecision.Outcome.NOBODY:
            return _("Nobody was rung: %(reason)s.") % {"reason": word(say.REASONS, last.reason)}
        return ""
    mine = next((row for row in made.facts["best"] if row[0] == pk), None)
    if mine is None:
        return ""
    counts = made.facts["counts"]
    parts = [word(say.TIERS, mine[2])]
    if mine[7]:
        parts.append(_("she served this caller before"))
    equal = counts.get("chosen", 0) + counts.get("behind", 0) + counts.get("unread", 0)
    if equal > 1:
        parts.append(
            _("first in order of %(n)d who could be rung (idle for %(idle)s)")
            % {"n": equal, "idle": _duration(mine[4])}
        )
    else:
        parts.append(_("the only one who could be rung then"))
    parts += [
        _so_many(verdict, counts[verdict])
        for verdict in ("busy", "tried", "rest", "permission", "domain", "gender", "level", "tier", "promised")
        if counts.get(verdict)
    ]
    wish = made.facts["wish"]
    if wish.get("domain") and "domain" in made.facts["given_up"]:
        parts.append(_("the wish for %(domain)s was given up") % {"domain": word(say.DOMAINS, wish["domain"])})
    return _("Why %(number)s: %(parts)s.") % {"number": mine[1], "parts": _joint().join(parts)}


def _why_so_long(request: InterpreterRequest, decisions: Sequence[RoutingDecision], legs: Sequence[Leg]) -> str:
    """Say in one sentence where the time went, from the request to its answer."""
    until = request.settled_at
    if until is None:
        return ""
    parts = []
    rung = request.first_rung_at
    before = ((rung or until) - request.created_at).total_seconds()
    if before >= AT_ONCE:
        waits = [one for one in decisions if one.outcome == RoutingDecision.Outcome.WAIT]
        reason = _reason(waits[0]) if waits else _("nobody could be rung")
        parts.append(_("%(time)s until somebody could be rung (%(why)s)") % {"time": _duration(before), "why": reason})
    mine = [leg for leg in legs if request.created_at <= leg.created_at <= until]
    for leg in mine:
        number = leg.interpreter.number if leg.interpreter else leg.label
        end = leg.answered_at or leg.ended_at or until
        took = _duration((min(end, until) - leg.created_at).total_seconds())
        sentence = (
            _("%(number)s rang %(time)s and answered") if leg.answered_at else _("%(number)s rang %(time)s in vain")
        )
        parts.append(sentence % {"number": number, "time": took})
    total = _duration((until - request.created_at).total_seconds())
    if not parts:
        return ""
    return _("Why %(total)s: %(parts)s.") % {"total": total, "parts": _joint().join(parts)}


def _reason(one: RoutingDecision) -> str:
    counts = one.facts["counts"]
    wish = one.facts["wish"]
    if counts.get("domain") and wish.get("domain"):
        return _("kept for somebody of the domain %(domain)s") % {"domain": word(say.DOMAINS, wish["domain"])}
    for verdict in ("gender", "level", "rest", "promised", "tier"):
        if counts.get(verdict):
            return word(say.VERDICTS, verdict)
    if busy := counts.get("busy"):
        return _("all %(n)d on duty were rung elsewhere or on calls") % {"n": busy}
    return _("nobody could be rung")
