"""One question after the call, in the caller's language: a key from 1 to 5, thanks, goodbye (S44). Pure.

Asked only of a caller who was served and is alone on the line; whoever says nothing within a few seconds hears goodbye.
A caller who hung up first, or gave no key, may be sent a link instead.
"""

from __future__ import annotations

from yuqiao.hotline import script
from yuqiao.hotline.effects import InviteToRate, Rated
from yuqiao.hotline.state import CALLER, LegState, Phase
from yuqiao.hotline.turn import Turn

#: States of `CallState.survey`: nothing is asked (empty), may be asked, was asked, has its answer, or came to nothing.
OPEN, ASKED, RATED, MISSED = "open", "asked", "rated", "missed"
SCORES = frozenset("12345")
QUESTION, THANKS, GOODBYE = "survey", "rated", "goodbye"


def _served(turn: Turn) -> bool:
    return turn.call.interpreter_at is not None and turn.call.outcome in {"", "served"}


def last_prompts(turn: Turn, prompt: str) -> tuple[str, ...]:
    """Return what the caller hears before the hang-up: the question in the place of goodbye where it may be asked."""
    principal = turn.principal
    may_ask = turn.call.survey == OPEN and prompt == GOODBYE and _served(turn)
    if not may_ask or principal is None or principal.role != CALLER:
        return (prompt,)
    turn.set(survey=ASKED)
    turn.note("survey_asked", principal.id)
    return (QUESTION,)


def key_pressed(turn: Turn, leg: LegState, key: str) -> bool:
    """Count the caller's first key from 1 to 5, late or not; return whether the key was the survey's at all."""
    call = turn.call
    if call.phase is not Phase.CLOSING or leg.id != call.principal or call.survey != ASKED:
        return False
    if key in SCORES:
        in_time = any(name == "survey" for name, _ in call.deadlines) or (
            call.playing is not None and call.playing.name == QUESTION
        )
        turn.set(survey=RATED)
        turn.note("rated", leg.id, score=int(key))
        turn.do(Rated(int(key), turn.now))
        if in_time:
            _say(turn, THANKS, GOODBYE)
    return True


def no_key(turn: Turn) -> None:
    """Nobody pressed a key: say goodbye, for nobody is held up."""
    if turn.call.phase is Phase.CLOSING and turn.call.survey == ASKED:
        _say(turn, GOODBYE)


def _say(turn: Turn, *prompts: str) -> None:
    turn.alarm("survey", None)
    turn.alarm("closing", turn.call.timing.closing)
    script.run(turn, turn.call.principal, *prompts)


def caller_gone(turn: Turn) -> None:
    """The caller left: one who was served and did not rate by key may be sent a link, once."""
    principal = turn.principal
    if turn.call.survey in {OPEN, ASKED}:
        turn.set(survey=MISSED)
        if _served(turn) and principal is not None and principal.role == CALLER:
            turn.do(InviteToRate())
