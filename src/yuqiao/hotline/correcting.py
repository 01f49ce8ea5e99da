"""The desk says which language the caller speaks: chosen for the caller, or corrected while the call goes on. Pure."""

from __future__ import annotations

from yuqiao.hotline import asides, choosing, consent, ringing, script, seeking
from yuqiao.hotline.closing import withdraw
from yuqiao.hotline.effects import FinishCommand
from yuqiao.hotline.events import LanguageAsked
from yuqiao.hotline.state import INTERPRETER, Phase
from yuqiao.hotline.turn import Turn
from yuqiao.languages.catalogue import FOREIGN

#: How long an interpreter who is let go may hear thanks.
THANKS_SECONDS = 8.0
CORRECTABLE = frozenset({Phase.SEEKING, Phase.TALKING, Phase.REPLACING})


def language_asked(turn: Turn, event: LanguageAsked) -> None:
    """Carry out the wish, or say why not."""
    why_not = _obstacle(turn, event.language)
    turn.do(FinishCommand(event.command, why_not))
    if why_not:
        return
    if turn.call.phase is Phase.CHOOSING:
        choosing.choose(turn, event.language, choosing.BY_AGENT)
    else:
        _correct(turn, event.language)


def _obstacle(turn: Turn, language: str) -> str:
    call = turn.call
    if not turn.open:
        return "the call is over"
    if language not in FOREIGN:
        return "no foreign service language"
    if call.phase is Phase.CHOOSING:
        return ""
    if language == call.language:
        return "it is this language already"
    ready = call.phase in CORRECTABLE and turn.principal_present
    return "" if ready else "wait until the caller is on and an interpreter is sought"


def _correct(turn: Turn, language: str) -> None:
    """Seek an interpreter of the right language at once, at the head of the queue if one of the wrong was on; she is
    thanked and let go, whoever still rings is not needed."""
    was, wrong = turn.call.language, turn.call.present(INTERPRETER)
    notice = consent.notice(turn.call) if script.notice_pending(turn) else ()
    by = choosing.BY_SPEECH if language == turn.call.suggested else choosing.BY_AGENT
    unneeded = turn.call.open_request
    withdraw(turn)
    if unneeded is not None:
        ringing.let_go(turn, unneeded.id)
    turn.set(language=language, language_by=by)
    turn.note("language_corrected", language=language, was=was, by=by)
    if wrong:
        turn.set(phase=Phase.REPLACING)
    seeking.ask(turn, head=bool(wrong))
    for leg in wrong:
        turn.leg(leg, dismissed=True)
        turn.alarm(f"dismissed:{leg.id}", THANKS_SECONDS)
        asides.play(turn, leg.id, asides.THANKS)
    script.run(turn, turn.call.principal, *(notice or consent.notice(turn.call)), *_patience(turn, bool(wrong)))


def _patience(turn: Turn, replaced: bool) -> tuple[str, ...]:
    if replaced:
        return ("replacing",)
    return ("connecting", script.RING) if len(turn.call.present()) <= 1 else ()
