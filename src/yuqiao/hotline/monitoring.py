"""A supervisor listens to a running call, whispers to its interpreter, or joins in. Pure.

Her leg stands in a bridge of its own with a tap on one leg of the call: the interpreter's, or the agent's or caller's
while there is none. She hears what that leg says and is sent; a whisper reaches the interpreter alone, is in no
recording, and never the caller, who would not know whose voice it is. A leg on hold is not tapped: what is said there
is said to nobody (`hotline.apart`). When the interpreter is replaced, the tap moves. Her end, or the call's, ends it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from yuqiao.engines import events as engine
from yuqiao.hotline import apart, ringing, script
from yuqiao.hotline.effects import EndOverhearing, FinishCommand, HangUp, Join, JournalOf, Overhear, Play, Ring
from yuqiao.hotline.events import Event, MonitorAsked, MonitorEndAsked
from yuqiao.hotline.monitors import BARGE, CONFIRMING, LISTEN, MODES, ON, OVER, RINGING, WHISPER, MonitorState
from yuqiao.hotline.prompts import sound
from yuqiao.hotline.state import AGENT, CALLER, INTERPRETER, THIRD, CallState, LegState
from yuqiao.hotline.turn import Turn
from yuqiao.languages.catalogue import BASE

#: Keys of her phone -> what she does from then on.
KEYS = {"4": LISTEN, "5": WHISPER, "6": BARGE}
#: Whose leg she hears the call by, in this order.
PREFERRED = (INTERPRETER, AGENT, CALLER, THIRD)


def heard(turn: Turn, event: Event) -> bool:
    """Take an event of the engine about a supervisor's leg; False when it is about anything else."""
    handler = HEARD.get(type(event))
    monitor = None if handler is None else turn.call.monitor(getattr(event, "leg", ""))
    if handler is None or monitor is None:
        return False
    handler(turn, monitor, event)
    return True


def asked(turn: Turn, event: MonitorAsked) -> None:
    """A supervisor wants to listen, whisper or join in: she is rung, or changes what she does if she is on already."""
    mine = [one for one in turn.call.monitors if one.person == event.person and one.phase != OVER]
    beside = ringing.beside(turn, "")
    if event.mode not in MODES or not turn.open or not beside:
        turn.do(FinishCommand(event.command, "nobody is on the line" if turn.open else "the call is over"))
    elif mine:
        turn.do(FinishCommand(event.command))
        _switch(turn, mine[0], event.mode)
    else:
        monitor = MonitorState(
            turn.new_id(),
            event.person,
            event.contact,
            turn.now,
            mode=event.mode,
            purpose=event.purpose,
            confirm=event.confirm,
            announced=event.announced,
            command=event.command,
        )
        _keep(turn, monitor)
        timeout = turn.call.timing.ring
        turn.do(Ring(monitor.id, monitor.contact, beside, turn.call.line or turn.call.dialled, timeout))
        turn.alarm(f"monitor:{monitor.id}", timeout + ringing.RING_GRACE)


def end_asked(turn: Turn, event: MonitorEndAsked) -> None:
    """She wants to listen no more."""
    mine = [one for one in turn.call.monitors if one.person == event.person and one.phase != OVER]
    for monitor in mine:
        _end(turn, monitor, "")
    turn.do(FinishCommand(event.command, "" if mine else "you do not listen to this call"))


def rang_enough(turn: Turn, monitor_id: str) -> None:
    """She does not answer, or pressed no key."""
    monitor = turn.call.monitor(monitor_id)
    if monitor is not None and monitor.phase in {RINGING, CONFIRMING}:
        _end(turn, monitor, "not answered")


def settle(turn: Turn) -> None:
    """After each event: each hears by the leg she should; with the call it ends."""
    for monitor in turn.call.monitors:
        if monitor.phase != OVER and not turn.open:
            _end(turn, monitor, "the call is over")
        elif monitor.phase == ON:
            _arrange(turn, monitor)


def review(turn: Turn, seen: engine.EngineReviewed) -> None:
    """After a new start or a lost connection: taps of before are gone (`calls.server`), and are made anew."""
    for monitor in turn.call.monitors:
        there = monitor.id in seen.up | seen.ringing
        if monitor.phase == OVER:
            turn.do(*([HangUp(monitor.id)] if there else []))
        elif not there:
            _gone(turn, monitor, engine.LegEnded(monitor.id, engine.NORMAL, seen.at))
        elif monitor.phase == RINGING and monitor.id in seen.up:
            _answered(turn, monitor, engine.LegControlled(monitor.id, seen.at))
        elif monitor.phase == ON:
            _keep(turn, monitor, tapped="", tap="", whispering=False, barged=monitor.id in seen.joined)


def leg_ids(call: CallState) -> list[str]:
    """Return the ids of all legs that belong to a call: its parties' and those of supervisors who listen."""
    return [*(leg.id for leg in call.legs), *(monitor.id for monitor in call.monitors)]


def target(call: CallState, monitor: MonitorState) -> LegState | None:
    """Return the leg by which she hears the call; the one of now as long as nobody better is there."""
    audible = [leg for leg in call.present() if leg.aside not in apart.WAITING and not leg.dismissed]
    for role in PREFERRED:
        of_role = [leg for leg in audible if leg.role == role]
        if of_role:
            return next((leg for leg in of_role if leg.id == monitor.tapped), of_role[-1])
    return None


def _arrange(turn: Turn, monitor: MonitorState) -> None:
    if monitor.mode == BARGE:
        if not monitor.barged:
            turn.do(EndOverhearing(monitor.id, monitor.tap, for_now=True), Join(monitor.id))
            _keep(turn, monitor, tapped="", tap="", whispering=False, barged=True)
            if monitor.announced:
                script.tell(turn, script.BEEP, *(leg.id for leg in turn.call.present()))
        return
    leg = target(turn.call, monitor)
    tapped = "" if leg is None else leg.id
    whispering = monitor.mode == WHISPER and leg is not None and leg.role == INTERPRETER
    if monitor.barged or (tapped, whispering) != (monitor.tapped, monitor.whispering):
        tap = turn.new_id() if tapped else ""
        turn.do(Overhear(monitor.id, tapped, tap, monitor.tap, whispering))
        _keep(turn, monitor, tapped=tapped, tap=tap, whispering=whispering, barged=False)


def _answered(turn: Turn, monitor: MonitorState, _event: engine.LegControlled) -> None:
    if monitor.phase == OVER or not turn.open:
        turn.do(HangUp(monitor.id))
    elif monitor.phase == RINGING and monitor.confirm:
        turn.alarm(f"monitor:{monitor.id}", turn.call.timing.confirm)
        _keep(turn, monitor, phase=CONFIRMING)
        turn.do(Play(turn.new_id(), monitor.id, (sound(script.CONFIRM, BASE),)))
    elif monitor.phase == RINGING:
        _on(turn, monitor)


def _on(turn: Turn, monitor: MonitorState) -> None:
    turn.alarm(f"monitor:{monitor.id}", None)
    if monitor.command is not None:
        turn.do(FinishCommand(monitor.command))
    _keep(turn, monitor, phase=ON, answered_at=turn.now, command=None)
    turn.note("monitor_on", mode=monitor.mode, purpose=monitor.purpose)


def _key(turn: Turn, monitor: MonitorState, event: engine.KeyPressed) -> None:
    if monitor.phase == CONFIRMING and event.key in {ringing.TAKE, *KEYS}:
        _on(turn, monitor)
    elif monitor.phase == CONFIRMING and event.key == ringing.LEAVE:
        _end(turn, monitor, "not answered")
    current = turn.call.monitor(monitor.id)
    if current is not None and current.phase == ON and event.key in KEYS:
        if KEYS[event.key] != current.mode:
            turn.do(JournalOf(current.person, "call.monitor", {"mode": KEYS[event.key], "by": "key"}))
        _switch(turn, current, KEYS[event.key])


def _switch(turn: Turn, monitor: MonitorState, mode: str) -> None:
    if mode != monitor.mode:
        _keep(turn, monitor, mode=mode)
        if monitor.phase == ON:
            turn.note("monitor_mode", mode=mode)


def _gone(turn: Turn, monitor: MonitorState, event: engine.LegEnded) -> None:
    if monitor.phase == OVER:
        return
    turn.do(EndOverhearing(monitor.id, monitor.tap))
    _over(turn, monitor, f"not reached (cause {event.cause})")


def _end(turn: Turn, monitor: MonitorState, error: str) -> None:
    turn.do(EndOverhearing(monitor.id, monitor.tap), HangUp(monitor.id))
    _over(turn, monitor, error)


def _over(turn: Turn, monitor: MonitorState, error: str) -> None:
    turn.alarm(f"monitor:{monitor.id}", None)
    if monitor.command is not None:
        turn.do(FinishCommand(monitor.command, error))
    turn.note("monitor_off" if monitor.phase == ON else "monitor_unreachable")
    _keep(turn, monitor, phase=OVER, ended_at=turn.now, command=None, tapped="", tap="", whispering=False, barged=False)


def _keep(turn: Turn, monitor: MonitorState, **changes: Any) -> None:
    changed = replace(monitor, **changes)
    others = turn.call.monitors
    if turn.call.monitor(monitor.id) is None:
        turn.set(monitors=(*others, changed))
    else:
        turn.set(monitors=tuple(changed if one.id == monitor.id else one for one in others))


def _nothing(_turn: Turn, _monitor: MonitorState, _event: Event) -> None:
    """It says nothing that is not known."""


#: Events of the engine about a supervisor's leg.
HEARD: dict[type, Callable[[Turn, MonitorState, Any], None]] = {
    engine.LegRinging: _nothing,
    engine.LegAnswered: _nothing,
    engine.LegJoined: _nothing,
    engine.LegControlled: _answered,
    engine.LegEnded: _gone,
    engine.KeyPressed: _key,
}
