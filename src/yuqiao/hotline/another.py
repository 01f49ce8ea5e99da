"""Another interpreter than would come, or than is on: a woman, a higher level, one who knows the domain. Pure.

While one is sought, the search begins anew with the wish, which relaxes as any other. While one is on, a colleague who
fulfils the wish is sought beside her, and nobody else will do: if none is there, nothing is lost.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from yuqiao.hotline import handing, ringing
from yuqiao.hotline.closing import withdraw
from yuqiao.hotline.effects import FinishCommand, Seek
from yuqiao.hotline.events import AnotherAsked
from yuqiao.hotline.state import INTERPRETER, OUTBOUND, WAITING, LegPhase, RequestOf
from yuqiao.hotline.turn import Turn


def asked(turn: Turn, event: AnotherAsked) -> None:
    """Carry out the wish, or say why not; beside an interpreter it is answered when her colleague is on."""
    wish = RequestOf("", "", 0.0, level=event.level, domain=event.domain, gender=event.gender)
    plain = {"level": str(event.level) if event.level > 1 else "", "domain": event.domain, "gender": event.gender}
    told: dict[str, Any] = {name: value for name, value in plain.items() if value}
    by = next((leg for leg in turn.call.present(INTERPRETER) if leg.phase is LegPhase.JOINED), None)
    request = turn.call.open_request
    if not turn.open:
        why = "the call is over"
    elif by is not None:
        why = handing.hand_over(turn, by, event.command, replace(wish, strict=True))
        if not why:
            turn.note("another_asked", by.id, **told)
            return
    elif request is None or (turn.call.way_in in OUTBOUND and not turn.principal_present):
        why = "wait until an interpreter is sought"
    else:
        why = ""
        turn.note("another_asked", **told)
        _anew(turn, request, wish)
    turn.do(FinishCommand(event.command, why))


def _anew(turn: Turn, request: RequestOf, wished: RequestOf) -> None:
    """Seek anew: its place in the queue is lost but for a replacement's; who rings now may be just the right one."""
    withdraw(turn)
    ringing.let_go(turn, request.id)
    tried = tuple(one for one in request.tried if one not in request.ringing)
    fresh = replace(request, id=turn.new_id(), created_at=turn.now, first_rung_at=None, tried=tried, state=WAITING)
    fresh = replace(fresh, level=wished.level, domain=wished.domain, gender=wished.gender, ringing=(), dead=())
    turn.call = turn.call.with_request(fresh)
    turn.note("interpreter_requested", request=fresh.id)
    turn.do(Seek(fresh.id))
