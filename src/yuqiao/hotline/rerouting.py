"""A waiting request sought anew because the floor says so, perhaps offered to a certain interpreter first. Pure.

Who waits loses nothing by it: the request keeps its age, and so its place in the queue and what has opened to it. Who
rings for it is let go, for she may be just the one who does not pick up.
"""

from __future__ import annotations

from dataclasses import replace

from yuqiao.hotline import ringing
from yuqiao.hotline.closing import withdraw
from yuqiao.hotline.effects import FinishCommand, Seek
from yuqiao.hotline.events import RerouteAsked
from yuqiao.hotline.state import OUTBOUND, WAITING
from yuqiao.hotline.turn import Turn


def asked(turn: Turn, event: RerouteAsked) -> None:
    """Seek anew, or say why not."""
    request = turn.call.open_request
    if not turn.open:
        turn.do(FinishCommand(event.command, "the call is over"))
        return
    if request is None or (turn.call.way_in in OUTBOUND and not turn.principal_present):
        turn.do(FinishCommand(event.command, "nobody is sought for this call now"))
        return
    first = (event.interpreter,) if event.interpreter else ()
    turn.note("reroute_asked")
    withdraw(turn)
    ringing.let_go(turn, request.id)
    fresh = replace(
        request,
        id=turn.new_id(),
        first_rung_at=None,
        state=WAITING,
        # She who is named is asked although she was rung before; who rang just now may be rung again later.
        tried=tuple(one for one in request.tried if one not in (*request.ringing, *first)),
        ringing=(),
        dead=(),
        preferred=first or request.preferred,
    )
    turn.call = turn.call.with_request(fresh)
    turn.note("interpreter_requested", request=fresh.id)
    turn.do(Seek(fresh.id), FinishCommand(event.command, ""))
