"""The engine and the far ends in memory: what comes back for each thing the rules ask of the engine, and when. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

from yuqiao.engines import events as engine
from yuqiao.hotline import effects as ask
from yuqiao.hotline.simulation.people import DESK, Arrival, Phone
from yuqiao.languages.catalogue import BY_CODE

Reply = tuple[float, engine.EngineEvent]
#: Seconds until the engine has done a small thing, and for which a spoken prompt lasts.
PROMPTLY, PROMPT = 0.03, 3.0
#: One language in the caller's menu; the agent's menu in Chinese is one sentence.
MENU_ENTRY, AGENT_MENU = 1.8, 9.0


class Engine:
    """Answers the effects of one simulated city. ``phone_of`` gives the phone behind a contact of an interpreter."""

    def __init__(self, chance: Random, phone_of: Callable[[str], Phone | None]) -> None:
        self._chance = chance
        self._phone_of = phone_of
        self._behind: dict[str, Phone] = {}  # leg -> the interpreter's phone that it rings
        self._voicemail: set[str] = set()

    def forget(self, legs: Iterator[str]) -> None:
        """Forget the legs of a call that is over."""
        for leg in legs:
            self._behind.pop(leg, None)
            self._voicemail.discard(leg)

    def replies(self, effect: ask.EngineEffect, caller: Arrival, now: float) -> list[Reply]:
        """Return what the engine and the far end will tell, each with its moment."""
        soon = now + PROMPTLY
        told: engine.EngineEvent
        match effect:
            case ask.Ring():
                return self._ring(effect, now)
            case ask.Play():
                return self._play(effect, caller, now)
            case ask.Answer():
                told = engine.LegAnswered(effect.leg, soon)
            case ask.Join():
                told = engine.LegJoined(effect.leg, soon)
            case ask.HangUp():
                told = engine.LegEnded(effect.leg, engine.NORMAL, soon)
            case ask.Record():
                told = engine.RecordingBegan(effect.name, soon)
            case ask.StopRecording():
                told = engine.RecordingEnded(effect.name, 1000, soon)
            case _:
                return []
        return [(soon, told)]

    def _ring(self, effect: ask.Ring, now: float) -> list[Reply]:
        chance, leg = self._chance, effect.leg
        interpreter = self._phone_of(effect.contact)
        phone = interpreter or DESK
        if interpreter is not None:
            self._behind[leg] = interpreter
        gives_up = now + effect.timeout
        unanswered: Reply = (gives_up, engine.LegEnded(leg, engine.NO_ANSWER, gives_up))
        if chance.random() < phone.dead:
            return [unanswered]
        rings = now + chance.uniform(*phone.sets_up)
        fate, at = chance.random(), rings + phone.answer_after(chance)
        told: list[Reply] = [(rings, engine.LegRinging(leg, rings))]
        if fate < phone.refuses:
            return [*told, (at, engine.LegEnded(leg, engine.REJECTED, at))]
        if at >= gives_up or fate < phone.refuses + phone.silent:
            return [*told, unanswered]
        if fate < phone.refuses + phone.silent + phone.voicemail:
            self._voicemail.add(leg)
        return [*told, (at, engine.LegControlled(leg, at))]

    def _play(self, effect: ask.Play, caller: Arrival, now: float) -> list[Reply]:
        first, leg = effect.media[0], effect.leg
        if first.startswith("tone:ring"):
            return []  # until it is stopped
        kind = first.rpartition("/")[2]
        if kind == "menu":
            return self._menu(effect, caller, now)
        over = now + PROMPT * len(effect.media)
        told: list[Reply] = [(over, engine.PlaybackEnded(effect.playback, leg, over))]
        phone = self._behind.get(leg)
        if kind == "confirm" and phone is not None and leg not in self._voicemail:
            at = now + self._chance.uniform(*phone.presses)
            told.append((at, engine.KeyPressed(leg, "1", at)))
        return told

    def _menu(self, effect: ask.Play, caller: Arrival, now: float) -> list[Reply]:
        """Whoever hears it presses the key once it was named."""
        digit = BY_CODE[caller.language].digit
        place = int(digit) if len(effect.media) > 1 else 3
        lasts = MENU_ENTRY * len(effect.media) if len(effect.media) > 1 else AGENT_MENU
        at = now + min(lasts, MENU_ENTRY * place) + self._chance.uniform(0.3, 1.5)
        over = now + lasts
        return [
            (over, engine.PlaybackEnded(effect.playback, effect.leg, over)),
            (at, engine.KeyPressed(effect.leg, digit, at)),
        ]
