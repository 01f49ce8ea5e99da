"""Which language the caller speaks: one key, no deep menu (GB/T 33358), English after two silent rounds."""

from __future__ import annotations

from yuqiao.hotline import script, seeking
from yuqiao.hotline.state import AGENT, LegPhase, Phase
from yuqiao.hotline.turn import Turn

MENU_ROUNDS = 2


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
        script.run(turn, turn.call.principal, *before, "menu")


def choose(turn: Turn, language: str, by: str) -> None:
    """The language is known now: seek an interpreter, tell the caller."""
    turn.set(language=language, phase=Phase.SEEKING)
    turn.alarm("key", None)
    turn.note("language_chosen", language=language, by=by)
    seeking.ask(turn)
    script.run(turn, turn.call.principal, *script.waiting_prompts(turn))


def no_key(turn: Turn) -> None:
    """Nobody pressed a key after the menu: once more, then English."""
    if turn.call.phase is not Phase.CHOOSING:
        return
    turn.set(menu_round=turn.call.menu_round + 1)
    if turn.call.menu_round >= MENU_ROUNDS:
        choose(turn, script.DEFAULT_LANGUAGE, "default")
    else:
        offer_menu(turn)
