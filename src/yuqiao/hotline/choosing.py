"""Which language the caller speaks: known before anybody speaks, or one key, no deep menu (GB/T 33358).

In order of trust: the dialled number, the caller's phone (RFC 8373), the line's hint, a key, the desk, a speech
engine's suggestion that a person confirms; English after two silent rounds. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from yuqiao.hotline import script, seeking
from yuqiao.hotline.events import LanguageSuggested
from yuqiao.hotline.state import AGENT, LegPhase, LegState, Phase
from yuqiao.hotline.turn import Turn
from yuqiao.languages.catalogue import BASE, FOREIGN
from yuqiao.languages.tags import service_language, signed_language

MENU_ROUNDS = 2
#: How the language became known, as calls keep it.
BY_DIALLED, BY_HLANG, BY_HINT, BY_KEY, BY_AGENT = "dialled", "hlang", "hint", "key", "agent"
BY_SPEECH, BY_DEFAULT = "speech", "default"
#: Below this a speech engine does not know: it was wrong too often (measured on telephone speech).
SURE = 0.7


def known(dialled: str, offered: Sequence[str]) -> tuple[str, str]:
    """Return the language that is known when a call arrives and how; empty where it is not.

    ``dialled`` is the dialled number's own language, ``offered`` the tags of the caller's phone. Who asks for Chinese
    dialled an interpretation line all the same: that one is asked. Signs come with a call from a page.
    """
    if dialled:
        return dialled, BY_DIALLED
    if signed := signed_language(offered):
        return signed, BY_HLANG
    code = service_language(offered)
    return (code, BY_HLANG) if code and code != BASE else ("", "")


def menu_order(hints: Sequence[str], on_duty: Collection[str], held: Collection[str]) -> tuple[str, ...]:
    """Return the languages a caller is offered: those somebody holds; the line's hints first, then those on duty."""
    served = [code for code in FOREIGN if code in held] or list(FOREIGN)
    first = [code for code in hints if code in served]
    return tuple(dict.fromkeys((*first, *(code for code in served if code in on_duty), *served)))


def proposed(hints: Sequence[str]) -> str:
    """Return the one language that is offered alone before the menu, if the line has a single hint."""
    return hints[0] if len(hints) == 1 and hints[0] in FOREIGN else ""


def offer_menu(turn: Turn, *before: str) -> None:
    """Let somebody choose the language: the agent if one is on, else the caller; while an agent rings, wait for her."""
    agents = [leg for leg in turn.call.legs if leg.role == AGENT and leg.phase is not LegPhase.OVER]
    ringing = [leg for leg in agents if leg.phase is LegPhase.RINGING]
    joined = [leg for leg in agents if leg.phase is LegPhase.JOINED and leg.id != turn.call.principal]
    if joined:
        script.run(turn, joined[0].id, "menu")
    elif ringing:
        script.run(turn, turn.call.principal, *before, script.RING)
    else:
        script.run(turn, turn.call.principal, *before, _question(turn, turn.principal))


def _question(turn: Turn, listener: LegState | None) -> str:
    """One language alone for a caller; an agent hears Chinese, and sees what is suggested on her desk."""
    return "proposal" if turn.call.proposal and listener is not None and listener.role != AGENT else "menu"


def choose(turn: Turn, language: str, by: str) -> None:
    """The language is known now: seek an interpreter, tell the caller. Who confirms a suggestion chose by it."""
    if language == turn.call.suggested and by in {BY_KEY, BY_AGENT}:
        by = BY_SPEECH
    turn.set(language=language, language_by=by, phase=Phase.SEEKING, proposal="")
    turn.alarm("key", None)
    turn.note("language_chosen", language=language, by=by)
    seeking.ask(turn)
    script.run(turn, turn.call.principal, *script.waiting_prompts(turn))


def no_key(turn: Turn) -> None:
    """Nobody pressed a key: after a proposal the menu, after the menu once more, then the line's hint or English."""
    if turn.call.phase is not Phase.CHOOSING:
        return
    if turn.call.proposal:
        turn.set(proposal="")
        offer_menu(turn)
        return
    turn.set(menu_round=turn.call.menu_round + 1)
    if turn.call.menu_round < MENU_ROUNDS:
        offer_menu(turn)
        return
    hint = proposed(turn.call.hints)
    choose(turn, hint or script.DEFAULT_LANGUAGE, BY_HINT if hint else BY_DEFAULT)


def suggested(turn: Turn, event: LanguageSuggested) -> None:
    """A machine thinks it knows the language: a person confirms, the caller by one key or somebody on the desk."""
    if not turn.open or turn.call.suggested:
        return
    sure = event.confidence >= SURE and event.language in FOREIGN
    confidence = round(event.confidence, 2)
    if not sure:
        turn.note("language_unsure", confidence=confidence, model=event.model)
        return
    turn.set(suggested=event.language)
    turn.note("language_suggested", language=event.language, confidence=confidence, model=event.model)
    if turn.call.phase is Phase.CHOOSING:
        turn.set(proposal=event.language)
        turn.alarm("key", None)
        offer_menu(turn)
