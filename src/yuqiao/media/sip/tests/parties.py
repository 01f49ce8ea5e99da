"""The cast of these tests: Alice calls, Bob is called; each is a `SipTrunk` with a `Witness` who remembers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

from yuqiao.media.ports import AudioParameters, CallObserver, EndCause, SipCall, Trunk
from yuqiao.media.sip import SipTrunk, Timing
from yuqiao.media.sip.addresses import bracketed
from yuqiao.media.sip.session_timers import Terms
from yuqiao.media.sip.trunks import Network, TrunkSettings

ALICE_RTP = ("127.0.0.1", 40_000)
BOB_RTP = ("127.0.0.1", 50_000)
#: RFC 3261's timers, some sixteen times as fast.
BRISK = Timing(t1=0.03, t2=0.24, t4=0.3)


async def until(condition: Callable[[], bool], what: str, deadline: float = 10.0) -> None:
    """Return once ``condition`` holds; fail with ``what`` after ``deadline`` seconds."""
    end = time.monotonic() + deadline
    while not condition():
        assert time.monotonic() < end, f"waited {deadline} s in vain: {what}"
        await asyncio.sleep(0.005)


class Witness:
    """A `CallObserver` that writes everything down."""

    def __init__(self) -> None:
        self.progress: list[tuple[int, AudioParameters | None]] = []
        self.answers: list[AudioParameters] = []
        self.ends: list[EndCause] = []
        self.digits: list[tuple[str, int]] = []
        self.changes: list[AudioParameters] = []

    def on_progress(self, status: int, audio: AudioParameters | None) -> None:
        self.progress.append((status, audio))

    def on_answer(self, audio: AudioParameters) -> None:
        assert not self.ends  # a trunk counts what its owners raise under "errors"
        self.answers.append(audio)

    def on_end(self, cause: EndCause) -> None:
        self.ends.append(cause)

    def on_digit(self, digit: str, duration_ms: int) -> None:
        self.digits.append((digit, duration_ms))

    def on_audio_change(self, audio: AudioParameters) -> None:
        self.changes.append(audio)

    async def answered(self) -> AudioParameters:
        await until(lambda: bool(self.answers), "an answer")
        return self.answers[0]

    async def ended(self, deadline: float = 10.0) -> EndCause:
        await until(lambda: bool(self.ends), "the end", deadline)
        return self.ends[0]


class Desk:
    """Takes the calls of a trunk: ``react`` does something with each as it comes in."""

    def __init__(self, react: Callable[[SipCall], None] = lambda call: None) -> None:
        self.react = react
        self.calls: list[SipCall] = []
        self.witnesses: list[Witness] = []

    def __call__(self, call: SipCall) -> CallObserver | None:
        witness = Witness()
        self.calls.append(call)
        self.witnesses.append(witness)
        self.react(call)
        return witness

    async def called(self, count: int = 1) -> tuple[SipCall, Witness]:
        await until(lambda: len(self.calls) >= count, "a call")
        return self.calls[count - 1], self.witnesses[count - 1]


def answer_at_once(call: SipCall) -> None:
    """A `Desk` reaction: ring and answer."""
    call.ring()
    call.answer(BOB_RTP)


@asynccontextmanager
async def trunk(
    desk: Desk | None = None,
    timing: Timing = BRISK,
    host: str = "127.0.0.1",
    *,
    trunks: Sequence[TrunkSettings] = (),
    peers: Sequence[Network] | None = None,
    terms: Terms = Terms(),  # noqa: B008 - a frozen value
) -> AsyncIterator[SipTrunk]:
    """A started trunk on a free port of ``host``, stopped at the end with nothing left over."""
    taker = desk or Desk()
    made = SipTrunk(host=host, port=0, on_incoming=taker, timing=timing, trunks=trunks, peers=peers, terms=terms)
    seam: Trunk = made  # the type checker holds it against the seam
    await seam.start()
    try:
        yield made
    finally:
        await seam.stop()
        assert made.calls == 0


def uri(of: SipTrunk, user: str = "960169", transport: str = "") -> str:
    """The SIP URI of ``user`` at a trunk."""
    host, port = bracketed(of.address[0]), of.address[1]
    return f"sip:{user}@{host}:{port}" + (f";transport={transport}" if transport else "")
