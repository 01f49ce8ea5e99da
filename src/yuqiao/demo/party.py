"""One simulated phone as a process of its own, so that it can be killed: ``python -m yuqiao.demo.party USER FOLDER``.

It answers whenever it is rung and talks until the call ends. What it hears goes to ``FOLDER/<n>.tape`` frame by frame,
what happens to ``FOLDER/sessions.jsonl`` line by line, so that both are there after a kill -9. It ends when its
standard input closes, as it does when its parent dies.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from yuqiao.demo import voices
from yuqiao.demo.cast import PERSONAS, TONES
from yuqiao.demo.phone import Exchange, Session
from yuqiao.lib.g711 import Samples

#: How long somebody takes to pick up, in seconds.
PICK_UP: Final = (0.4, 1.0)
READY: Final = "ready.json"
SESSIONS: Final = "sessions.jsonl"


def voice_of(key: str) -> Samples:
    """Return the loop that persona ``key`` says."""
    persona = PERSONAS[key]
    return voices.loop_of(persona.language, persona.tone, TONES, seed=sorted(PERSONAS).index(key))


async def pick_up(session: Session) -> None:
    """Answer after a moment."""
    await asyncio.sleep(random.uniform(*PICK_UP))
    session.answer()


def describe(session: Session) -> dict[str, Any]:
    """Return what a session knows of itself, as JSON."""
    return {
        "parties": list(session.parties),
        "number": session.number,
        "began_at": session.began_at,
        "answered_at": session.answered_at,
        "ended_at": session.ended_at,
        "cause": session.cause,
        "sent_at": session.rtp.began_at,
    }


async def serve(user: str, folder: Path, port: int) -> None:
    """Be the phone of ``user`` until standard input closes."""
    exchange = Exchange({user: await asyncio.to_thread(voice_of, user)}, port=port, tapes=folder)
    exchange.phones[user] = ((user,), pick_up)
    log = (folder / SESSIONS).open("a", buffering=1, encoding="utf-8")
    exchange.on_change = lambda session, what: print(
        json.dumps({"index": exchange.sessions.index(session) if session in exchange.sessions else -1,
                    "what": what, **describe(session)}), file=log)  # fmt: skip
    await exchange.start()
    (folder / READY).write_text(json.dumps({"pid": os.getpid(), "port": exchange.address[1]}))
    loop = asyncio.get_running_loop()
    await loop.run_in_executor(None, sys.stdin.buffer.read)
    await exchange.stop()
    log.close()


def main(argv: Sequence[str] | None = None) -> int:
    """Run one phone."""
    parser = argparse.ArgumentParser(prog="python -m yuqiao.demo.party")
    parser.add_argument("user", choices=sorted(PERSONAS))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int, default=0)
    chosen = parser.parse_args(argv)
    chosen.folder.mkdir(parents=True, exist_ok=True)
    asyncio.run(serve(chosen.user, chosen.folder, chosen.port))
    return 0


if __name__ == "__main__":
    sys.exit(main())
