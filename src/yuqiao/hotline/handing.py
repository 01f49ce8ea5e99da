"""Handing the call over to a colleague of the same language: she is on before the first one leaves. Pure.

The colleague is sought by an ordinary request while the present interpreter goes on; nothing is lost if nobody comes.
"""

from __future__ import annotations

from yuqiao.hotline import script, seeking
from yuqiao.hotline.effects import FinishCommand
from yuqiao.hotline.seeking import ANYBODY
from yuqiao.hotline.state import INTERPRETER, UNMET, WITHDRAWN, LegPhase, LegState, RequestOf
from yuqiao.hotline.turn import Turn


def hand_over(turn: Turn, by: LegState, command: int | None = None, wished: RequestOf = ANYBODY) -> str:
    """Seek a colleague in the place of ``by``; returns why not, empty when she is sought.

    ``wished``: what the request asks of her beyond the language.
    """
    if turn.call.handover or turn.call.open_request is not None:
        return "a colleague is being sought already"
    if not turn.principal_present or by.interpreter is None:
        return "the call is over"
    turn.note("handover_asked", by.id)
    seeking.ask(turn, tried=(by.interpreter,), wished=wished)
    request = turn.call.open_request
    turn.set(handover="" if request is None else request.id, handover_by=by.id, handover_command=command)
    return ""


def joined(turn: Turn, leg: LegState) -> None:
    """A colleague is on: both hear a tone, and the first may leave."""
    if not turn.call.handover or leg.request != turn.call.handover:
        return
    turn.note("handed_over", leg.id, number=leg.label)
    script.tell(turn, script.BEEP, *(one.id for one in turn.call.present(INTERPRETER)))
    _finish(turn, "")


def settle(turn: Turn) -> None:
    """After each event: nobody came, or the first one left before; whoever asked is told."""
    call = turn.call
    if not call.handover:
        return
    request, by = call.request(call.handover), call.leg(call.handover_by)
    sought = request is not None and request.state not in {UNMET, WITHDRAWN}
    coming = request is not None and (
        request.settled_at is None or any(_on_her_way(leg, request.id) for leg in call.legs)
    )
    if not turn.open:
        _finish(turn, "the call is over")
    elif by is None or not by.present:
        _finish(turn, "left before a colleague came")
    elif not sought or not coming:
        turn.note("handover_failed", by.id)
        script.tell(turn, script.BEEP, by.id)
        _finish(turn, "nobody of the language is free")


def _on_her_way(leg: LegState, request: str) -> bool:
    return leg.request == request and leg.phase is not LegPhase.OVER


def _finish(turn: Turn, error: str) -> None:
    if turn.call.handover_command is not None:
        turn.do(FinishCommand(turn.call.handover_command, error))
    turn.set(handover="", handover_by="", handover_command=None)
