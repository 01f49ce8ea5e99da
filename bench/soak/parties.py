"""Parties that talk: real signalling and real RTP both ways. ``python -m bench.soak.parties callers|callees …``

Every party says a tone, interpreters theirs and everybody else another. Callers place calls at a steady rate, and some
long ones one after the other; before a caller hangs up, it listens for the interpreter. Callees answer at once. Each
process writes one JSON line for each call when it is over.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import resource
import secrets
import signal
import socket
import struct
import sys
import threading
import time
from pathlib import Path
from typing import Any, Final, TextIO

import numpy as np

from yuqiao.lib import g711, tone
from yuqiao.media.ports import Address, AudioParameters, CallObserver, EndCause, SipCall
from yuqiao.media.sip.trunk import SipTrunk

HOST: Final = "127.0.0.1"
TICK, FRAME = 0.02, 160
INTERPRETER, OTHERS = 1000.0, 600.0  # Hz; a second holds whole waves of each
HEARD: Final = -40.0
ANSWER_WITHIN, END_WITHIN = 20.0, 40.0
LISTEN, TRIES = 0.4, 4
RECEIVE_BUFFER: Final = 4096  # what nobody reads, the kernel drops


def loop_of(freq: float) -> list[bytes]:
    """Return a second of a tone in packets' payloads."""
    coded = g711.encode(tone.sine(freq, 1.0, -15), g711.PCMA)
    return [coded[at : at + FRAME] for at in range(0, len(coded), FRAME)]


class Voice:
    """One leg's sound: says its tone towards ``to`` while that is set."""

    def __init__(self, payloads: list[bytes]) -> None:
        self.to: Address | None = None
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        self.socket.bind((HOST, 0))
        self._payloads, self._ssrc, self._sent = payloads, secrets.randbits(32), 0

    def say(self) -> None:
        """Send the next packet."""
        if self.to is not None:
            header = struct.pack("!BBHII", 0x80, 8, self._sent & 0xFFFF, self._sent * FRAME & 0xFFFFFFFF, self._ssrc)
            with contextlib.suppress(OSError):
                self.socket.sendto(header + self._payloads[self._sent % len(self._payloads)], self.to)
            self._sent += 1

    def take(self) -> list[bytes]:
        """Return the packets that wait."""
        packets = []
        with contextlib.suppress(OSError):
            while True:
                packets.append(self.socket.recv(2048))
        return packets


class Choir(threading.Thread):
    """Says for all voices what is due each 20 ms."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._voices: tuple[Voice, ...] = ()

    def enter(self, voice: Voice) -> None:
        """Let ``voice`` be heard."""
        self._voices += (voice,)

    def leave(self, voice: Voice) -> None:
        """Let ``voice`` be silent, and close it."""
        self._voices = tuple(one for one in self._voices if one is not voice)
        voice.to = None
        voice.socket.close()

    def run(self) -> None:
        """Never ends."""
        due = time.monotonic()
        while True:
            for voice in self._voices:
                voice.say()
            due = max(due + TICK, time.monotonic() - 5 * TICK)
            time.sleep(max(0.0, due - time.monotonic()))


class Leg:
    """One party's leg; observes its call and writes its line at the end."""

    def __init__(self, log: TextIO, choir: Choir, payloads: list[bytes], **told: Any) -> None:
        self.told: dict[str, Any] = {"answered": False, "heard": False, "hung_up": False, **told}
        self.call: SipCall | None = None
        self.voice = Voice(payloads)
        self.answered, self.over = asyncio.Event(), asyncio.Event()
        self._log, self._choir = log, choir

    @property
    def local(self) -> Address:
        """Where this leg's sound is heard."""
        host, port = self.voice.socket.getsockname()
        return str(host), int(port)

    def talk_to(self, remote: Address) -> None:
        """Begin to speak."""
        self.voice.to = remote
        self.told["answered"] = True
        self._choir.enter(self.voice)
        self.answered.set()

    def on_progress(self, status: int, audio: AudioParameters | None) -> None:
        """Ringing."""

    def on_answer(self, audio: AudioParameters) -> None:
        """Our call was answered, or our answer acknowledged."""
        if not self.told["answered"]:
            self.talk_to(audio.remote)

    def on_audio_change(self, audio: AudioParameters) -> None:
        """Follow where the sound is wanted."""
        self.voice.to = audio.remote

    def on_digit(self, digit: str, duration_ms: int) -> None:
        """Nobody presses keys."""

    def on_end(self, cause: EndCause) -> None:
        """Write what happened."""
        self._choir.leave(self.voice)
        print(json.dumps(self.told | {"cause": cause.code, "sip_status": cause.sip_status}), file=self._log)
        self.over.set()
        self.answered.set()

    async def hears(self, freq: float) -> bool:
        """Listen a moment, a few times when in vain: whoever speaks runs on this machine, too, and may be held up. Tell
        whether a tone is there."""
        for _ in range(TRIES):
            self.voice.take()
            await asyncio.sleep(LISTEN)
            payload = b"".join(packet[12:] for packet in self.voice.take() if len(packet) == FRAME + 12)
            samples = g711.decode(payload, g711.PCMA) if payload else np.zeros(0, dtype=np.int16)
            if tone.level_of(samples, freq) > HEARD:
                return True
        return False


class Callers:
    """All callers of one process."""

    def __init__(self, chosen: argparse.Namespace, log: TextIO) -> None:
        self._platform, self._numbers, self._log = chosen.platform, chosen.numbers.split(","), log
        self._trunk = SipTrunk(host=HOST, port=0, on_incoming=lambda call: None)
        self._choir, self._voice = Choir(), loop_of(OTHERS)
        self._placed = 0

    async def call(self, kind: str, talk: float) -> None:
        """Place one call to the next number, talk for so many seconds, listen, hang up."""
        number, dialled = f"1370{self._placed:07d}", self._numbers[self._placed % len(self._numbers)]
        self._placed += 1
        leg = Leg(self._log, self._choir, self._voice, number=number, kind=kind, dialled=dialled)
        target = f"sip:{dialled}@{self._platform}"
        leg.call = self._trunk.invite(target, local=leg.local, observer=leg, caller_number=number)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(leg.answered.wait(), ANSWER_WITHIN)
            await asyncio.wait_for(leg.over.wait(), talk)
        if leg.told["answered"] and not leg.over.is_set():
            leg.told["heard"] = await leg.hears(INTERPRETER)
            leg.told["hung_up"] = not leg.over.is_set()
        leg.call.hangup()
        await asyncio.wait_for(leg.over.wait(), END_WITHIN)

    async def one_after_the_other(self, until: float, start: float, talk: float) -> None:
        """Place long calls until the moment ``until``, each when the one before is over."""
        await asyncio.sleep(start)
        while time.monotonic() + talk < until:
            await self.call("long", talk)

    async def run(self, chosen: argparse.Namespace) -> None:
        """Place all calls; return when all are over."""
        await self._trunk.start()
        self._choir.start()
        began = time.monotonic()
        until = began + chosen.seconds
        tasks = [
            asyncio.create_task(self.one_after_the_other(until, place * 30 / chosen.long, chosen.long_talk))
            for place in range(chosen.long)
        ]
        for index in range(int(chosen.rate * chosen.seconds)):
            await asyncio.sleep(max(0.0, began + index / chosen.rate - time.monotonic()))
            talk = chosen.talk * (0.8 + 0.4 * (index * 7 % 11) / 10)  # 80 to 120 %, the same in each run
            tasks.append(asyncio.create_task(self.call("short", talk)))
        await asyncio.gather(*tasks)
        await self._trunk.stop()


async def callees(log: TextIO) -> None:
    """Answer whatever rings, until SIGTERM."""
    choir, voices = Choir(), {True: loop_of(INTERPRETER), False: loop_of(OTHERS)}
    choir.start()

    def rung(sip: SipCall) -> CallObserver:
        user = sip.dialled_number
        leg = Leg(log, choir, voices[user.startswith("b")], user=user)
        leg.call = sip
        sip.ring()
        asyncio.get_running_loop().call_soon(pick_up, leg)
        return leg

    def pick_up(leg: Leg) -> None:
        if leg.call is not None:
            with contextlib.suppress(ValueError):  # where several are rung, somebody else may have been faster
                leg.talk_to(leg.call.answer(leg.local).remote)

    trunk = SipTrunk(host=HOST, port=0, on_incoming=rung)
    await trunk.start()
    over = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, over.set)
    print(trunk.address[1], flush=True)
    await over.wait()
    await trunk.stop()


def main() -> int:
    """Run one process of parties."""
    parser = argparse.ArgumentParser(prog="python -m bench.soak.parties")
    parser.add_argument("role", choices=["callers", "callees"])
    parser.add_argument("log", type=Path)
    parser.add_argument("--platform", default="")
    parser.add_argument("--numbers", default="")
    parser.add_argument("--rate", type=float, default=8.5)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--talk", type=float, default=8.0)
    parser.add_argument("--long", type=int, default=30)
    parser.add_argument("--long-talk", type=float, default=100.0)
    chosen = parser.parse_args()
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with chosen.log.open("w", encoding="utf-8") as log:
        asyncio.run(Callers(chosen, log).run(chosen) if chosen.role == "callers" else callees(log))
    return 0


if __name__ == "__main__":
    sys.exit(main())
