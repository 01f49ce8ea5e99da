"""Light simulated parties: real signalling, a silent RTP socket. ``python -m bench.setup.parties callers|callees …``

Callers place calls at a steady rate, talk for a while and hang up. Callees answer at once whatever they are rung for.
Each process writes one JSON line for each call when it is over, with times by the machine's one clock (UNIX seconds).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Any, TextIO

from yuqiao.media.ports import Address, AudioParameters, CallObserver, EndCause, SipCall
from yuqiao.media.sip.trunk import SipTrunk

HOST = "127.0.0.1"
ANSWER_WITHIN = 20.0


def silent_socket() -> socket.socket:
    """Return a UDP socket that RTP is sent to; nobody reads it, so the kernel drops what is too much."""
    sink = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sink.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sink.bind((HOST, 0))
    return sink


class Leg:
    """One party's leg; observes its call and writes its line at the end."""

    def __init__(self, log: TextIO, **told: Any) -> None:
        self.told: dict[str, Any] = {"began_at": time.time(), "answered_at": 0.0, **told}
        self.call: SipCall | None = None
        self.hung_up = False
        self._log = log
        self.answered = asyncio.Event()
        self.over = asyncio.Event()

    def on_progress(self, status: int, audio: AudioParameters | None) -> None:
        """Ringing."""

    def on_answer(self, audio: AudioParameters) -> None:
        """The call stands."""
        self.told["answered_at"] = self.told["answered_at"] or time.time()
        self.answered.set()

    def on_audio_change(self, audio: AudioParameters) -> None:
        """Nothing is sent anyway."""

    def on_digit(self, digit: str, duration_ms: int) -> None:
        """Nobody listens."""

    def on_end(self, cause: EndCause) -> None:
        """Write what happened."""
        ended = {"ended_at": time.time(), "cause": cause.code, "sip_status": cause.sip_status, "hung_up": self.hung_up}
        print(json.dumps(self.told | ended), file=self._log)
        self.over.set()
        self.answered.set()


async def call(trunk: SipTrunk, leg: Leg, target: str, local: Address, talk: float) -> None:
    """Place one call, talk, hang up."""
    leg.told["began_at"] = time.time()
    leg.call = trunk.invite(target, local=local, observer=leg, caller_number=leg.told["number"])
    try:
        await asyncio.wait_for(leg.answered.wait(), ANSWER_WITHIN)
        await asyncio.wait_for(leg.over.wait(), talk)
    except TimeoutError:
        leg.hung_up = leg.answered.is_set()
    leg.call.hangup()
    await asyncio.wait_for(leg.over.wait(), 40)


async def callers(chosen: argparse.Namespace, log: TextIO) -> None:
    """Place ``rate`` calls a second for ``seconds``, each to the next number of the list."""
    sink = silent_socket()
    trunk = SipTrunk(host=HOST, port=0, on_incoming=lambda call: None)
    await trunk.start()
    numbers = chosen.numbers.split(",")
    began = time.monotonic()
    tasks = []
    for index in range(int(chosen.rate * chosen.seconds)):
        await asyncio.sleep(max(0.0, began + index / chosen.rate - time.monotonic()))
        number = f"1370{index:07d}"
        dialled = numbers[index % len(numbers)]
        leg = Leg(log, number=number, dialled=dialled, late_ms=(time.monotonic() - began - index / chosen.rate) * 1000)
        talk = chosen.talk * (0.8 + 0.4 * (index * 7 % 11) / 10)  # 80 to 120 %, the same in each run
        target = f"sip:{dialled}@{chosen.platform}"
        tasks.append(asyncio.create_task(call(trunk, leg, target, sink.getsockname(), talk)))
    await asyncio.gather(*tasks)
    await trunk.stop()
    sink.close()


async def callees(chosen: argparse.Namespace, log: TextIO) -> None:
    """Answer whatever rings, until SIGTERM."""
    sink = silent_socket()

    def rung(sip: SipCall) -> CallObserver:
        leg = Leg(log, user=sip.dialled_number)
        leg.call = sip
        sip.ring()
        asyncio.get_running_loop().call_soon(pick_up, leg)
        return leg

    def pick_up(leg: Leg) -> None:
        if leg.call is not None and not leg.over.is_set():  # where several are rung, somebody else may have been faster
            leg.call.answer(sink.getsockname())

    trunk = SipTrunk(host=HOST, port=0, on_incoming=rung)
    await trunk.start()
    over = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, over.set)
    print(trunk.address[1], flush=True)
    await over.wait()
    await trunk.stop()
    sink.close()


def main() -> int:
    """Run one process of parties."""
    parser = argparse.ArgumentParser(prog="python -m bench.setup.parties")
    parser.add_argument("role", choices=["callers", "callees"])
    parser.add_argument("log", type=Path)
    parser.add_argument("--platform", default="")
    parser.add_argument("--numbers", default="")
    parser.add_argument("--rate", type=float, default=20.0)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--talk", type=float, default=5.0)
    chosen = parser.parse_args()
    with chosen.log.open("w", encoding="utf-8") as log:
        asyncio.run((callers if chosen.role == "callers" else callees)(chosen, log))
    return 0


if __name__ == "__main__":
    sys.exit(main())
