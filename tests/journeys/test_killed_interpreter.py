"""An interpreter's phone is killed in the middle of a three-party call: the other two hear each other throughout."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from yuqiao.calls.tests.city import interpreter, only_call, seed
from yuqiao.calls.tests.stage import Stage, live, until
from yuqiao.calls.tests.voices import VOICES
from yuqiao.demo.cast import PERSONAS
from yuqiao.demo.hearing import HEARD_LEVEL, WINDOW_SECONDS, levels
from yuqiao.demo.party import READY
from yuqiao.demo.phone import Session
from yuqiao.hotline.models import InterpreterRequest
from yuqiao.workforce.models import Interpreter

pytestmark = [pytest.mark.live, pytest.mark.django_db(transaction=True)]

DOOMED = "3001"


def start_phone(folder: Path) -> subprocess.Popen[bytes]:
    """Start a phone as a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "yuqiao.demo.party", DOOMED, str(folder)],
        env=os.environ | {"YUQIAO_VAR_DIR": str(folder)},
        stdin=subprocess.PIPE,
    )


def worst_level(session: Session, voice: str, seconds: float) -> float:
    """Return how low ``voice`` sank, in any half second of the last ``seconds`` that ``session`` received."""
    return float(np.min(levels(session.rtp.tape.latest(seconds), [VOICES[voice]])))


def test_the_other_two_hear_each_other_throughout_and_a_replacement_joins(tmp_path: Path) -> None:
    async def journey(stage: Stage) -> None:
        folder = tmp_path / "phone"
        phone = start_phone(folder)
        try:
            await until((folder / READY).exists, "the phone", within=30.0)
            contact = f"sip:{DOOMED}@127.0.0.1:{json.loads((folder / READY).read_text())['port']}"
            await asyncio.to_thread(seed, stage)
            await asyncio.to_thread(lambda: Interpreter.objects.filter(number="1001").delete())
            await asyncio.to_thread(lambda: interpreter(stage, DOOMED, DOOMED, "resident", en=3))
            await asyncio.to_thread(lambda: Interpreter.objects.filter(number=DOOMED).update(contact=contact))
            stage.answers("agent")
            stage.answers("wang")
            anna = stage.dial("123451", "anna")
            await stage.hear({"agent": ["anna"]})
            doomed_voice = {DOOMED: PERSONAS[DOOMED].tone}
            assert await anna.hears_one_of(doomed_voice, 10.0) == DOOMED, "the interpreter is heard before"
            agent = await stage.on("agent")
            began = time.monotonic()
            phone.send_signal(signal.SIGKILL)
            await stage.hear({"wang": ["anna", "agent"], "anna": ["agent", "wang"], "agent": ["anna", "wang"]})
            lasted = time.monotonic() - began
            assert lasted > 2 * WINDOW_SECONDS
            assert worst_level(anna, "agent", lasted) >= HEARD_LEVEL
            assert worst_level(agent, "anna", lasted) >= HEARD_LEVEL
            call = await asyncio.to_thread(only_call)
            kinds = await asyncio.to_thread(lambda: list(call.events.values_list("kind", flat=True)))
            assert kinds.count("interpreter_lost") == 1
            assert kinds.count("interpreter_joined") == 2
            replacement = await asyncio.to_thread(lambda: InterpreterRequest.objects.get(head_of_queue=True))
            assert replacement.state == "answered"
            anna.hangup()
            await until(lambda: not Interpreter.objects.exclude(held_by="").exists(), "everybody let go")
        finally:
            phone.kill()
            phone.wait()
            assert phone.stdin is not None
            phone.stdin.close()

    live(journey, tmp_path)
