"""Simulated phones on real SIP: one trunk, many users behind it, each call with its own RTP socket and tape."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from yuqiao.demo.air import Air, RtpLeg
from yuqiao.demo.hearing import HEARD_LEVEL, WINDOW_SECONDS, levels
from yuqiao.demo.tape import Tape, beside_each_other
from yuqiao.lib.g711 import Samples
from yuqiao.media.ports import Address, AudioParameters, CallObserver, EndCause, SipCall
from yuqiao.media.sip.trunk import SipTrunk

HOST: Final = "127.0.0.1"
#: How often a party that waits for a voice listens.
LISTEN_EVERY: Final = 0.2


class Session:
    """One leg of one or more parties (more: people beside each other on one leg). Observes its SIP call.

    ``began_at``, ``answered_at`` and ``ended_at`` are UNIX seconds by the party's own watch, 0 while not yet.
    """

    def __init__(self, parties: tuple[str, ...], number: str, rtp: RtpLeg, air: Air) -> None:
        self.parties = parties
        self.number = number
        self.rtp = rtp
        self.began_at = time.time()
        self.answered_at = 0.0
        self.ended_at = 0.0
        self.cause = 0
        self.sip: SipCall | None = None
        self.on_change: Callable[[Session, str], None] = lambda session, what: None
        self._air = air
        self._answered = asyncio.Event()
        self._over = asyncio.Event()

    # -- told by SIP -----------------------------------------------------------------------------------------------

    def on_progress(self, status: int, audio: AudioParameters | None) -> None:
        """Ringing: nothing to do."""

    def on_answer(self, audio: AudioParameters) -> None:
        """The call stands: begin to talk."""
        self._talk(audio)

    def on_audio_change(self, audio: AudioParameters) -> None:
        """Follow the session to another address or direction."""
        self.rtp.set_audio(audio)

    def on_digit(self, digit: str, duration_ms: int) -> None:
        """Nobody presses keys at a party."""

    def on_end(self, cause: EndCause) -> None:
        """The call is over."""
        self.ended_at = time.time()
        self.cause = cause.code
        self._air.remove(self.rtp)
        self._over.set()
        self._answered.set()
        self.on_change(self, "over")

    # -- done by the party -----------------------------------------------------------------------------------------

    def answer(self) -> None:
        """Pick up."""
        if self.sip is not None and not self.over:
            self._talk(self.sip.answer(self.rtp.address))

    def hangup(self, cause: int = 16) -> None:
        """Hang up, or refuse."""
        if self.sip is not None:
            self.sip.hangup(cause)

    def press(self, keys: str) -> None:
        """Press keys (RFC 4733)."""
        self.rtp.press(keys)
        self.on_change(self, f"keys {keys}")

    def die(self) -> None:
        """The phone breaks: it neither speaks nor hears any more, and nobody is told."""
        self._air.remove(self.rtp)

    def _talk(self, audio: AudioParameters) -> None:
        if self.over:
            return
        self.rtp.set_audio(audio)
        if not self.answered_at:
            self.answered_at = time.time()
            self._answered.set()
            self.on_change(self, "answered")

    # -- waited for ------------------------------------------------------------------------------------------------

    @property
    def over(self) -> bool:
        """Whether the call has ended."""
        return self._over.is_set()

    async def answered(self, within: float) -> bool:
        """Wait until the call is answered; False when it ended instead, or ``within`` seconds passed."""
        await _within(self._answered.wait(), within)
        return bool(self.answered_at) and not self.over

    async def ended(self, within: float) -> bool:
        """Wait for the end; False when ``within`` seconds passed before."""
        await _within(self._over.wait(), within)
        return self.over

    def hears(self, tones: Mapping[str, float]) -> set[str]:
        """Return whose tones are in what arrived in the last half second."""
        found = levels(self.rtp.tape.latest(WINDOW_SECONDS), list(tones.values()))
        return (
            {name for name, level in zip(tones, found[-1], strict=True) if level >= HEARD_LEVEL}
            if len(found)
            else set()
        )

    async def hears_one_of(self, tones: Mapping[str, float], within: float) -> str:
        """Wait until one of these is heard and return who; "" when the call ended, or ``within`` seconds passed."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline and not self.over:
            if heard := self.hears(tones):
                return min(heard)
            await _within(self._over.wait(), LISTEN_EVERY)
        return ""


async def _within(awaited: Awaitable[object], seconds: float) -> None:
    try:
        await asyncio.wait_for(awaited, seconds)
    except TimeoutError:
        return


Answering = Callable[[Session], Awaitable[None]]


class Exchange:
    """All phones of one process: ``voices`` are the parties' loops, ``tapes`` a folder to keep tapes in, or None.

    ``phones`` maps a user part to its parties and to what they do when they are rung.
    """

    def __init__(self, voices: Mapping[str, Samples], *, port: int = 0, tapes: Path | None = None) -> None:
        self.voices = voices
        self.phones: dict[str, tuple[tuple[str, ...], Answering]] = {}
        self.sessions: list[Session] = []
        self.on_change: Callable[[Session, str], None] = lambda session, what: None
        self._tapes = tapes
        self._air = Air()
        self._trunk = SipTrunk(host=HOST, port=port, on_incoming=self._incoming, user_agent="Yuqiao demo party")
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def address(self) -> Address:
        """Where the phones can be rung."""
        return self._trunk.address

    @property
    def skipped_ticks(self) -> int:
        """How many 20 ms ticks were left out because this process was held up: the machine is too busy if many."""
        return self._air.skipped

    async def start(self) -> None:
        """Open the exchange."""
        await self._trunk.start()
        self._air.start()

    async def stop(self) -> None:
        """Hang up everything and close."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._trunk.stop()
        self._air.stop()

    def forget(self) -> None:
        """Throw away what was heard in calls that are over."""
        self.sessions = [session for session in self.sessions if not session.over]

    def dial(
        self,
        parties: tuple[str, ...],
        number: str,
        platform: Address,
        caller_number: str,
        languages: Sequence[str] = (),
    ) -> Session:
        """Let ``parties`` (all on one leg) dial ``number`` at the platform; their phone may offer languages (tags)."""
        session = self._session(parties, number)
        target = f"sip:{number}@{platform[0]}:{platform[1]}"
        session.sip = self._trunk.invite(
            target, local=session.rtp.address, observer=session, caller_number=caller_number, languages=languages
        )
        return session

    def _session(self, parties: tuple[str, ...], number: str) -> Session:
        path = None if self._tapes is None else self._tapes / f"{len(self.sessions)}.tape"
        voice = beside_each_other(self.voices[party] for party in parties)
        session = Session(parties, number, RtpLeg(HOST, voice, Tape(path)), self._air)
        session.on_change = self.on_change
        self._air.add(session.rtp)
        self.sessions.append(session)
        self.on_change(session, "began")
        return session

    def _incoming(self, call: SipCall) -> CallObserver | None:
        phone = self.phones.get(call.dialled_number)
        if phone is None:
            call.hangup(1)
            return None
        parties, answering = phone
        session = self._session(parties, call.dialled_number)
        session.sip = call
        task = asyncio.get_running_loop().create_task(_rung(session, answering))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return session


async def _rung(session: Session, answering: Answering) -> None:
    if session.sip is not None:
        session.sip.ring()
    await answering(session)
