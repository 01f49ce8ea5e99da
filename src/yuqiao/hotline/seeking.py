"""Finding an interpreter for a call: request, replacement, and giving up with a callback. Phones: `hotline.ringing`."""

from __future__ import annotations

from dataclasses import replace

from yuqiao.engines.events import LegEnded
from yuqiao.hotline import consent, ringing, script, survey
from yuqiao.hotline.callback_rules import can_be_called_back
from yuqiao.hotline.closing import close, settle, withdraw
from yuqiao.hotline.effects import CallerServed, FinishCommand, HangUp, OpenCallback, Release, Seek
from yuqiao.hotline.events import LongerWait, MustWait, NobodyThere
from yuqiao.hotline.state import (
    AGENT,
    CLAIMED,
    INTERPRETER,
    OPEN_REQUEST,
    OUTBOUND,
    THIRD,
    UNMET,
    WAITING,
    LegPhase,
    LegState,
    Phase,
    RequestOf,
)
from yuqiao.hotline.turn import Turn

#: A request that asks nothing beyond the language.
ANYBODY = RequestOf("", "", 0.0)


def ask(turn: Turn, *, head: bool = False, tried: tuple[int, ...] = (), wished: RequestOf = ANYBODY) -> None:
    """Make a request for an interpreter of the call's language; ``head`` for a replacement.

    ``wished``: what it asks beyond the language.
    """
    request = replace(
        wished,
        id=turn.new_id(),
        language=turn.call.language,
        created_at=turn.now,
        priority=turn.call.priority,
        head=head,
        tried=tried,
    )
    turn.call = turn.call.with_request(request)
    turn.note("replacement_requested" if head else "interpreter_requested", request=request.id)
    turn.do(Seek(request.id))


def must_wait(turn: Turn, event: MustWait) -> None:
    """Stay in the queue until the limit; after that, give up. While phones ring, only the next look changes."""
    request = turn.call.request(event.request)
    if request is None or request.state not in OPEN_REQUEST:
        return
    ringing.look_again(turn, request, event.look_again_at)
    if event.called_away:
        turn.note("preempting", request=request.id)
    if request.state == CLAIMED:
        return
    limit = request.created_at + turn.call.timing.wait
    if turn.now >= limit:
        give_up(turn, request)
    elif not any(name == "wait" for name, _ in turn.call.deadlines):
        turn.note("waiting", request=request.id)
        turn.call = turn.call.with_deadline("wait", limit)


def longer_wait(turn: Turn, event: LongerWait) -> None:
    """Callers may wait longer: whoever waits now, too. Nobody's time is cut short."""
    turn.do(FinishCommand(event.command))
    if not turn.open or event.wait <= turn.call.timing.wait:
        return
    turn.set(timing=replace(turn.call.timing, wait=event.wait))
    request = turn.call.open_request
    if request is not None and any(name == "wait" for name, _ in turn.call.deadlines):
        turn.call = turn.call.with_deadline("wait", request.created_at + event.wait)
        turn.note("waits_longer", request=request.id, seconds=round(event.wait))


def nobody(turn: Turn, event: NobodyThere) -> None:
    """Nobody can be rung: give up at once, unless phones still ring."""
    request = turn.call.request(event.request)
    if request is not None and request.state == WAITING:
        give_up(turn, request, event.reason)


def waited_enough(turn: Turn) -> None:
    """The limit of waiting passed; while somebody rings, she may still answer."""
    request = turn.call.open_request
    if request is not None and request.state == WAITING:
        give_up(turn, request)


def give_up(turn: Turn, request: RequestOf, reason: str = "") -> None:
    """Tell the caller that we call back, or to call again. Others who are on the call keep talking; a caller who is
    alone is let go."""
    settle(turn, request, UNMET)
    turn.note("nobody_free", request=request.id, **({"reason": reason} if reason else {}))
    if request.id == turn.call.handover and turn.call.present(INTERPRETER):
        return  # she who wanted to hand over is still there
    if turn.call.way_in in OUTBOUND and not turn.principal_present:
        not_even_rung(turn)
        return
    turn.set(outcome="callback")
    turn.do(OpenCallback())
    company = [leg for leg in turn.call.present(AGENT, THIRD) if leg.id != turn.call.principal]
    if company and turn.principal_present:
        turn.set(phase=Phase.UNASSISTED)
        script.run(turn, turn.call.principal, nobody_free(turn))
    else:
        last_words(turn, nobody_free(turn))


def nobody_free(turn: Turn) -> str:
    """Return the prompt for a caller for whom nobody is free: a callback is promised only to whom we can ring."""
    return "nobody_free" if can_be_called_back(turn.call.caller_number) else "nobody_now"


def last_words(turn: Turn, prompt: str) -> None:
    """Everybody else leaves; the caller hears ``prompt`` and is then let go."""
    if turn.call.recalling:
        close(turn)
        return
    if turn.call.way_in in OUTBOUND and not turn.principal_present:
        not_even_rung(turn)
        return
    withdraw(turn)
    turn.set(phase=Phase.CLOSING, deadlines=())
    turn.alarm("closing", turn.call.timing.closing)
    for leg in turn.call.legs:
        if leg.id != turn.call.principal and leg.phase is not LegPhase.OVER:
            turn.do(HangUp(leg.id))
    if turn.principal_present:
        script.run(turn, turn.call.principal, *survey.last_prompts(turn, prompt))
    else:
        turn.set(script=(prompt,), listener=turn.call.principal)  # played once the answer took effect


def not_even_rung(turn: Turn) -> None:
    """A callback ends before its caller was on: postponed, or broken off while the caller's phone rang."""
    turn.set(outcome="interrupted" if turn.call.principal else "postponed")
    close(turn)


def joined(turn: Turn, leg: LegState) -> None:
    """The interpreter is heard: the promise is kept, and measured."""
    if turn.call.interpreter_at is None and not turn.call.recalling:
        turn.set(interpreter_at=turn.now)
        turn.do(CallerServed(turn.now))
    waited = round((turn.now - turn.call.started_at) * 1000)
    if leg.again:
        turn.note("interpreter_back", leg.id, number=leg.label)
    else:
        turn.note("interpreter_joined", leg.id, number=leg.label, since_start_ms=waited)
    if turn.open:
        turn.set(phase=Phase.TALKING)
        script.quiet(turn)
        if not script.notice_pending(turn):
            script.begin_recording(turn)


def ended(turn: Turn, before: LegState, event: LegEnded) -> None:
    """An interpreter's leg is over: refused, not reached, lost, or rightly ended."""
    if before.undecided:
        ringing.not_taken(turn, before, event)
        return
    turn.do(Release(before.request, "off" if event.cause in ringing.LINE_LOST else "wrap_up", before.interpreter))
    if before.dismissed:
        turn.note("interpreter_left", before.id)
        return
    without_her(turn, before, event)


def without_her(turn: Turn, before: LegState, event: LegEnded) -> None:
    """She is not on any more: another in her place, at the head of the queue, as long as somebody waits for one."""
    if turn.call.way_in in OUTBOUND and turn.open and not turn.principal_present:
        _lost_before_caller(turn, before)
        return
    if not turn.open or not turn.principal_present or turn.call.present(INTERPRETER):
        turn.note("interpreter_left", before.id)
        return
    kind = "interpreter_not_back" if before.again and before.undecided else "interpreter_lost"
    turn.note(kind, before.id, cause=event.cause, number=before.label)
    turn.set(phase=Phase.REPLACING)
    notice = consent.notice(turn.call) if script.notice_pending(turn) else ()  # cut short: it is heard whole
    script.run(turn, turn.call.principal, *notice, "replacing")
    if turn.call.open_request is not None:
        return  # a colleague to hand over to is being sought: she is the replacement
    ask(turn, head=True, tried=() if before.interpreter is None else (before.interpreter,))


def _lost_before_caller(turn: Turn, before: LegState) -> None:
    """She left a callback whose caller is not on: another one first, but nobody may pick up to an empty line."""
    turn.note("interpreter_left", before.id)
    if turn.call.principal:
        not_even_rung(turn)
    else:
        ask(turn, tried=() if before.interpreter is None else (before.interpreter,))
