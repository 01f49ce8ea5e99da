"""A call that our own engine lost is built again: everybody is called back within it, with an apology. Pure.

All legs of a call lie on one mixer worker, so they are lost together: the first that is told lost tells of all. The
call, its queue place, its language, its consent and its recording stay; so does its interpreter, who is held for it all
the while. What broke is ours, and nobody's "left" or "unreachable".
"""

from __future__ import annotations

from dataclasses import replace

from yuqiao.engines.events import BUSY, TEMPORARY_FAILURE, LegEnded
from yuqiao.hotline import recalling, ringing, seeking
from yuqiao.hotline.closing import withdraw
from yuqiao.hotline.effects import FinishCommand, HangUp, JournalFault, Release, Seek
from yuqiao.hotline.state import (
    AGENT,
    CLAIMED,
    INTERPRETER,
    OUTBOUND,
    THIRD,
    WAITING,
    LegPhase,
    LegState,
    TrackPhase,
)
from yuqiao.hotline.turn import Turn

#: A call is built again so often; an engine that loses it each time is not to ring people for ever.
MOST_CUTS = 3
#: After so many seconds without the engine nobody waits beside the phone any more: an ordinary callback follows.
TOO_LATE = 120.0
#: A phone that is busy may not have noticed yet that its call broke: once more after `recalling.PAUSE`.
TRIES = recalling.TRIES
TRY_AGAIN = frozenset({BUSY, 34, TEMPORARY_FAILURE})
#: What everybody hears who is called back.
APOLOGY = "sorry"
#: Deadlines of one leg, which end with it.
OF_A_LEG = ("ring", "dead", "confirm", "dismissed", "hold")


def lost(turn: Turn, event: LegEnded) -> bool:
    """The engine lost the call at ``event.at``: ring everybody again. False when the call is on its last words."""
    call = turn.call
    if not turn.open:
        return False
    cut = [leg for leg in call.legs if leg.id == event.leg or leg.present or (leg.undecided and not leg.inbound)]
    parties = sum(leg.present for leg in cut)
    turn.note("engine_lost", parties=parties)
    turn.do(JournalFault("call.engine_lost", {"parties": parties}))
    if call.handover and call.open_request is not None and call.open_request.id == call.handover:
        withdraw(turn)  # she who wanted to hand over is asked again, if she still wants to
    for leg in cut:
        _cut(turn, leg, event)
    _close_tracks(turn, {"", *(leg.id for leg in cut)})
    turn.set(playing=None, script=(), listener="", asides=())
    for name in ("repeat", "key"):
        turn.alarm(name, None)
    on = {leg.role for leg in cut if leg.joined_at is not None}
    turn.set(
        cut_at=event.at if call.cut_at is None else call.cut_at,
        cut_roles=tuple(sorted(on | set(call.cut_roles))),
        cuts=call.cuts + 1,
    )
    principal = next((leg for leg in cut if leg.id == call.principal), None)
    unable = principal is not None and not recalling.way_back(call)
    if unable or turn.call.cuts > MOST_CUTS or turn.now - event.at > TOO_LATE:
        _give_up(turn, cut)
        return True
    for leg in sorted(cut, key=lambda one: one.id != call.principal):  # the others are rung beside it
        _again(turn, leg)
    request = turn.call.open_request
    if request is not None and request.state == WAITING and call.request(request.id) != request:
        turn.do(Seek(request.id))  # the queue rings whom it rang, or another, at the request's old place
    return True


def _cut(turn: Turn, leg: LegState, event: LegEnded) -> None:
    turn.leg(leg, phase=LegPhase.OVER, ended_at=max(event.at, leg.created_at), cause=event.cause)
    for kind in OF_A_LEG:
        turn.alarm(f"{kind}:{leg.id}", None)
    if leg.id != event.leg:
        turn.do(HangUp(leg.id, TEMPORARY_FAILURE))  # if the engine holds it after all


def _close_tracks(turn: Turn, legs: set[str]) -> None:
    """What was recorded is on disk to the last moment; other segments follow it."""
    for track in turn.call.tracks:
        if track.leg in legs and track.phase is not TrackPhase.OVER:
            turn.call = turn.call.with_track(replace(track, phase=TrackPhase.OVER, failed=True, over_at=turn.now))


def _give_up(turn: Turn, cut: list[LegState]) -> None:
    """Nobody can be rung again in this call: whoever was held is free, and the caller is owed a callback."""
    for leg in cut:
        if leg.interpreter is not None:
            _let_go(turn, leg)
        _finish_command(turn, leg.id, "the call was lost")
    if turn.call.way_in in OUTBOUND and turn.call.interpreter_at is None:
        seeking.not_even_rung(turn)
    else:
        recalling.give_up(turn)


def _finish_command(turn: Turn, leg_id: str, error: str) -> None:
    """Whoever wished for this party by a command is told that nothing came of it."""
    leg = turn.call.leg(leg_id)
    if leg is not None and leg.command is not None:
        turn.leg(leg, command=None)
        turn.do(FinishCommand(leg.command, error))


def _again(turn: Turn, leg: LegState) -> None:
    """Ring the party of a lost leg again, unless nobody is to answer there any more."""
    if leg.id == turn.call.principal:
        _ring_principal(turn, leg)
    elif leg.interpreter is not None and (leg.dismissed or leg.let_go or (leg.undecided and not leg.again)):
        _let_go(turn, leg)  # while whoever is rung again has the call already, and nobody else is sought for it
    else:
        ring_again(turn, leg)


def _ring_principal(turn: Turn, leg: LegState) -> None:
    if leg.joined_at is None and not leg.inbound and not turn.call.recalling:  # a person we were calling first
        fresh = _fresh(turn, leg)
        turn.set(principal=fresh.id)
        _ring(turn, fresh)
    else:
        turn.set(recalling=True, recalls=0)
        turn.alarm("answer", None)
        turn.alarm("recall", None)
        recalling.ring_principal(turn)


def _let_go(turn: Turn, leg: LegState) -> None:
    """An interpreter whose phone merely rang, or who was thanked already, is free; our fault is no try of hers."""
    request = turn.call.request(leg.request)
    if request is not None and leg.undecided:
        ringing_still = tuple(one for one in request.ringing if one != leg.interpreter)
        request = replace(
            request,
            ringing=ringing_still,
            tried=tuple(one for one in request.tried if one != leg.interpreter),
            state=WAITING if request.state == CLAIMED and not ringing_still else request.state,
        )
        turn.call = turn.call.with_request(request)
    turn.do(Release(leg.request, "ready" if leg.undecided else "wrap_up", leg.interpreter))


def _fresh(turn: Turn, leg: LegState) -> LegState:
    """Return a new leg to the party of an old one."""
    return LegState(
        turn.new_id(),
        leg.role,
        turn.now,
        label=leg.label,
        contact=leg.contact,
        interpreter=leg.interpreter,
        request=leg.request,
        command=leg.command,
        confirm=leg.confirm,
        tier=leg.tier,
        again=leg.again + 1,
    )


def ring_again(turn: Turn, leg: LegState) -> None:
    """Ring the party of a lost leg on a new one; a command that waits for it goes along."""
    fresh = _fresh(turn, leg)
    over = turn.call.leg(leg.id)
    if over is not None and over.command is not None:
        turn.leg(over, command=None)
    if leg.role == AGENT:
        turn.set(agent_recalls=1)
    _ring(turn, fresh)


def _ring(turn: Turn, fresh: LegState) -> None:
    turn.leg(fresh)
    turn.note("rung_again", fresh.id, attempt=fresh.again)
    ringing.ring(turn, fresh)


def not_back(turn: Turn, before: LegState, event: LegEnded) -> bool:
    """A party we rang again did not come: once more after a pause, where that may help. Then an interpreter is
    replaced; False: the ordinary way of an agent or third party who cannot be reached."""
    if not before.again or not before.undecided or before.role not in {INTERPRETER, THIRD}:
        return False
    if turn.open and before.again < TRIES and event.cause in TRY_AGAIN and not before.let_go:
        turn.set(pending=(*turn.call.pending, before.id))
        turn.alarm("again", recalling.PAUSE)
        return True
    if before.role == THIRD:
        return False
    unreachable = not before.rang and event.cause in ringing.NO_REPLY
    turn.do(Release(before.request, "off" if unreachable else "wrap_up", before.interpreter))
    seeking.without_her(turn, before, event)
    return True


def ring_pending(turn: Turn, _of: str = "") -> None:
    """The pause is over: ring them once more."""
    pending = turn.call.pending
    turn.set(pending=())
    for leg_id in pending:
        leg = turn.call.leg(leg_id)
        if leg is not None and turn.open:
            ring_again(turn, leg)


def settle(turn: Turn) -> None:
    """After each event: tell when those who talked talk again; a call that closes holds nobody who waits to be rung."""
    call = turn.call
    if not turn.open:
        for leg in (call.leg(leg_id) for leg_id in call.pending):
            if leg is not None and leg.interpreter is not None:
                turn.do(Release(leg.request, "wrap_up", leg.interpreter))
            _finish_command(turn, "" if leg is None else leg.id, "the call is over")
        if call.pending or call.cut_at is not None:
            turn.set(pending=(), cut_at=None, cut_roles=())
    elif call.cut_at is not None and _whole(turn):
        gap = round((turn.now - call.cut_at) * 1000)
        turn.note("rebuilt", gap_ms=gap)
        turn.do(JournalFault("call.rebuilt", {"gap_ms": gap}))
        turn.set(cut_at=None, cut_roles=())


def _whole(turn: Turn) -> bool:
    """Whether caller and interpreter are in the bridge again, if they were."""
    call = turn.call
    principal = turn.principal
    if principal is not None and (call.recalling or principal.phase is not LegPhase.JOINED):
        return False
    wanted = {INTERPRETER} & set(call.cut_roles)
    return wanted <= {leg.role for leg in call.legs if leg.phase is LegPhase.JOINED}
