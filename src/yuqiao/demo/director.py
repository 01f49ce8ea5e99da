"""Lets the simulated parties play their calls. Each acts on what it hears and presses, never on the platform's rows."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from yuqiao.demo.cast import INTERPRETERS, PERSONAS
from yuqiao.demo.party import pick_up
from yuqiao.demo.phone import Exchange, Session
from yuqiao.demo.plans import BY_CALLER, Mishap, Plan
from yuqiao.languages.catalogue import BY_CODE
from yuqiao.media.ports import Address

BUSY: Final = 17  # ITU-T Q.850
ANSWER_WITHIN: Final = 15.0
JOIN_WITHIN: Final = 45.0
END_WITHIN: Final = 60.0
#: A pause as people make it before they press a key, add a party, or walk away.
THINK: Final = 1.5
BEFORE_MISHAP: Final = 4.0

Say = Callable[[int, str, str], None]
WAYS: Final = {"a": "坐席同机呼入 agent beside caller", "b": "转接呼入 transferred", "c": "直拨 direct"}


@dataclass(slots=True)
class Played:
    """How a call went as its caller lived it: ``came`` are the interpreters heard, in order; ``broken`` says why it
    could not be played to its end."""

    plan: Plan
    session: Session | None = None
    came: list[str] = field(default_factory=list)
    broken: str = ""


@dataclass(slots=True)
class Director:
    """Plays plans. ``kill`` kills the mortal interpreter's phone; ``add_party`` asks the platform by a command row."""

    exchange: Exchange
    platform: Address
    say: Say
    kill: Callable[[], None]
    add_party: Callable[[Plan], Awaitable[None]]
    lost: set[int] = field(default_factory=set)
    refused: bool = False

    def cast(self, elsewhere: Sequence[str]) -> None:
        """Put every interpreter and desk behind its number, except those who live in another process."""
        for key, persona in PERSONAS.items():
            if persona.role == "interpreter" and key not in elsewhere:
                self.exchange.phones[key] = ((key,), self._interpret)
            elif key.startswith("desk-"):
                self.exchange.phones[key] = ((key,), self._at_the_desk)

    async def play(self, plans: Sequence[Plan]) -> list[Played]:
        """Play all calls, each at its time; return how each went."""
        began = time.monotonic()

        async def later(plan: Plan) -> Played:
            await asyncio.sleep(max(0.0, began + plan.at - time.monotonic()))
            return await self._call(plan)

        return list(await asyncio.gather(*(later(plan) for plan in plans)))

    # -- who calls -------------------------------------------------------------------------------------------------

    async def _call(self, plan: Plan) -> Played:
        played = Played(plan)
        language = BY_CODE[plan.language]
        self.say(plan.number, f"{plan.line} {language.zh}", f"{WAYS[plan.way]}, dials {plan.dials}, {language.en}")
        session = self.exchange.dial(plan.beside, plan.dials, self.platform, PERSONAS[plan.caller].number)
        played.session = session
        try:
            await self._talk(plan, session, played)
        finally:
            session.hangup()
        if not await session.ended(10):
            played.broken = played.broken or "the leg did not end after it was hung up"
        self.say(plan.number, "通话结束", played.broken or f"over after {session.ended_at - session.began_at:.1f} s")
        return played

    async def _talk(self, plan: Plan, session: Session, played: Played) -> None:
        if not await session.answered(ANSWER_WITHIN):
            played.broken = "the platform did not answer"
            return
        if plan.key and plan.way != "b":  # a transferred caller's language is chosen by the line's agent
            await asyncio.sleep(THINK)
            session.press(plan.key)
            self.say(plan.number, f"按键 {plan.key}", f"presses {plan.key} for {BY_CODE[plan.language].en}")
        if plan.mishap is Mishap.NOBODY:
            if not await session.ended(END_WITHIN):
                played.broken = "the caller was not let go although nobody was free"
            return
        for turn in range(plan.interpreters):
            missing = await self._interpreter_comes(plan, session, played, last=turn == plan.interpreters - 1)
            if missing:
                played.broken = missing
                return
        if plan.third and not await self._third_comes(plan, session):
            played.broken = "the third party was not heard"
            return
        if plan.finish:
            if not await session.ended(END_WITHIN):
                played.broken = "the interpreter's ## did not end the call"
        elif await session.ended(plan.talk):
            played.broken = "the call ended in the middle of the conversation"

    async def _interpreter_comes(self, plan: Plan, session: Session, played: Played, *, last: bool) -> str:
        """Wait for the next interpreter of the caller's language; return what went wrong, if anything."""
        tones = {
            one.number: PERSONAS[one.number].tone
            for one in INTERPRETERS
            if one.language == plan.language and one.number not in played.came
        }
        name = await session.hears_one_of(tones, JOIN_WITHIN)
        if not name:
            return f"interpreter number {len(played.came) + 1} was not heard"
        played.came.append(name)
        waited = time.time() - session.began_at
        self.say(plan.number, f"译员 {name} 接通", f"hears interpreter {name} {waited:.1f} s after dialling")
        if not last and plan.mishap is Mishap.KILLED:
            await asyncio.sleep(BEFORE_MISHAP)
            self.kill()
            self.say(plan.number, f"译员 {name} 话机被杀", f"kill -9 of interpreter {name}'s phone")
        return ""

    async def _third_comes(self, plan: Plan, session: Session) -> bool:
        if plan.third_by == "command":
            await asyncio.sleep(THINK)
            await self.add_party(plan)
            self.say(plan.number, f"主管请 {plan.third} 加入", f"a command row adds {plan.third}")
        name = await session.hears_one_of({plan.third_party: PERSONAS[plan.third_party].tone}, JOIN_WITHIN)
        if name:
            self.say(plan.number, f"{plan.third} 加入通话", f"hears the third party {plan.third}")
        return bool(name)

    # -- who is called ---------------------------------------------------------------------------------------------

    async def _caller_heard(self, session: Session) -> Plan | None:
        """Learn by ear whose call this is."""
        callers = {caller: PERSONAS[caller].tone for caller in BY_CALLER}
        return BY_CALLER.get(await session.hears_one_of(callers, JOIN_WITHIN))

    async def _at_the_desk(self, session: Session) -> None:
        """Answer; press the language's key if the number that was dialled did not tell it."""
        await pick_up(session)
        plan = await self._caller_heard(session)
        if plan is not None and plan.way == "b" and plan.key:
            await asyncio.sleep(THINK)
            session.press(plan.key)
            self.say(plan.number, f"坐席按键 {plan.key}", f"the agent presses {plan.key} for {plan.language}")

    async def _interpret(self, session: Session) -> None:
        """Answer, learn by ear who calls, and do what the plan has for this call."""
        me = session.parties[0]
        if PERSONAS[me].language == "ja" and not self.refused:
            self.refused = True
            await asyncio.sleep(0.3)
            session.hangup(BUSY)
            self.say(0, f"译员 {me} 忙", f"interpreter {me} is busy and refuses")
            return
        await pick_up(session)
        plan = await self._caller_heard(session)
        if plan is None:
            return
        if plan.mishap is Mishap.HANGS_UP and plan.number not in self.lost:
            self.lost.add(plan.number)
            await session.ended(BEFORE_MISHAP)
            session.hangup()
            self.say(plan.number, f"译员 {me} 提前挂断", f"interpreter {me} hangs up early")
        elif plan.third_by == "keys":
            await asyncio.sleep(THINK)
            session.press(f"*{plan.third}#")
            self.say(plan.number, f"译员按 *{plan.third}#", f"interpreter {me} adds {plan.third} by keys")
        elif plan.finish and not await session.ended(plan.talk):
            session.press("##")
            self.say(plan.number, "译员按 ##", f"interpreter {me} says by ## that the work is done")
