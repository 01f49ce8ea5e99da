"""Killing a worker during 20 calls: its calls are in conversation again within 15 s, and nobody else notices."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from pathlib import Path

import aiohttp
import numpy as np
import pytest

from yuqiao.calls.tests.city import interpreter
from yuqiao.calls.tests.stage import PASSWORD, Stage, live, until
from yuqiao.demo.hearing import HEARD_LEVEL, levels, tone_plan
from yuqiao.demo.phone import Exchange, Session
from yuqiao.hotline.models import Call, CallEvent, DialledNumber, Line, Recording
from yuqiao.hotline.tracks import read_samples
from yuqiao.lib.net import free_port
from yuqiao.lib.tone import sine
from yuqiao.workforce.models import Interpreter

pytestmark = [pytest.mark.live, pytest.mark.django_db(transaction=True)]

CALLS = 20
WITHIN = 15.0
CALLERS = [f"caller-{number}" for number in range(CALLS)]
INTERPRETERS = [f"interpreter-{number}" for number in range(CALLS)]
TONES = dict(zip([*CALLERS, *INTERPRETERS], tone_plan(2 * CALLS), strict=True))
EMERGENCIES = {"caller-4", "caller-7", "caller-12", "caller-15"}


def number_of(caller: str) -> str:
    return f"1390000{CALLERS.index(caller):04}"


class BusyCity(Stage):
    """Twenty callers, twenty interpreters, two mixer workers; every phone picks up."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        port = free_port()
        self.exchange = Exchange({name: sine(tone, 1.0, -20.0) for name, tone in TONES.items()}, port=port)
        self.environment |= {
            "YUQIAO_OUTBOUND_CONTACT": f"sip:{{number}}@127.0.0.1:{port}",
            "YUQIAO_MIXER_WORKERS": "2",
            "YUQIAO_WAIT_SECONDS": "30",
        }
        for name in (*CALLERS, *INTERPRETERS):
            self.exchange.phones[number_of(name) if name in CALLERS else name] = ((name,), self._pick_up)

    async def _pick_up(self, session: Session) -> None:
        await asyncio.sleep(0.3)
        session.answer()

    def seed(self) -> None:
        for number, priority, line_class in (("960169", 10, "own"), ("110", 100, "emergency")):
            line = Line.objects.create(number=number, name_zh=number, line_class=line_class, priority=priority)
            DialledNumber.objects.create(number=f"{number}1", line=line, way_in="direct", language="en")
        for place, name in enumerate(INTERPRETERS):
            interpreter(self, name, f"2{place:03}", "resident", en=3)

    def call(self, caller: str) -> None:
        dialled = "1101" if caller in EMERGENCIES else "9601691"
        self.exchange.dial((caller,), dialled, ("127.0.0.1", self.sip_port), number_of(caller))

    def hears(self, name: str) -> set[str]:
        session = self.session(name)
        return set() if session is None else session.hears(TONES)

    def pairs(self) -> dict[str, str]:
        """Who hears exactly one other, who hears exactly them: caller -> interpreter."""
        heard = {caller: self.hears(caller) for caller in CALLERS}
        found = {caller: next(iter(others)) for caller, others in heard.items() if len(others) == 1}
        return {caller: other for caller, other in found.items() if self.hears(other) == {caller}}

    async def workers(self) -> list[dict[str, float]]:
        url = f"http://127.0.0.1:{self.ari_port}/ari/yuqiao/counters?api_key=yuqiao:{PASSWORD}"
        async with aiohttp.ClientSession() as http, http.get(url) as answer:
            workers: list[dict[str, float]] = (await answer.json())["workers"]
            return workers

    def worker_of(self, session: Session) -> int:
        """Workers take every other even port each."""
        assert session.rtp.remote is not None
        first = int(self.environment["YUQIAO_RTP_PORTS"].split("-")[0])
        return (session.rtp.remote[1] - first - first % 2) // 2 % 2


def share_heard(session: Session, tone: float, seconds: float) -> float:
    """Return in what share of the half seconds received lately a tone was there."""
    found = levels(session.rtp.tape.latest(seconds), [tone])
    return float(np.mean(found[:, 0] >= HEARD_LEVEL))


def check_recordings(folder: Path) -> int:
    """Every file the killed worker was writing can be read and holds its party up to the kill; returns how many."""
    rows = Recording.objects.filter(kind="segment", leg__end_cause="41").select_related("leg", "leg__interpreter")
    for row in rows:
        samples = read_samples(folder / row.path)
        assert row.leg is not None
        person = row.leg.interpreter.person.username if row.leg.interpreter else None
        name = person or CALLERS[int(row.call.caller_number[-4:])]
        assert len(samples) >= 8000, f"{len(samples)} samples of {name}"
        assert levels(samples[-4000:], [TONES[name]])[0, 0] >= HEARD_LEVEL, f"{name} up to the kill"
    return len(rows)


def test_killing_a_worker_during_20_calls(tmp_path: Path) -> None:
    async def journey(stage: Stage) -> None:
        assert isinstance(stage, BusyCity)
        await asyncio.to_thread(stage.seed)
        for caller in CALLERS:
            stage.call(caller)
            await asyncio.sleep(0.1)
        await until(lambda: len(stage.pairs()) == CALLS, "20 conversations", within=60)
        recorded = CallEvent.objects.filter(kind="recording_started")
        await until(lambda: recorded.count() == CALLS, "20 recordings", within=30)
        await asyncio.sleep(1.5)  # so that there is something in them
        pairs = stage.pairs()
        sessions = {name: stage.session(name) for name in TONES}
        home = {caller: stage.worker_of(one) for caller, one in sessions.items() if one is not None}
        assert all(home[caller] == home[other] for caller, other in pairs.items()), "a call is on one worker"
        on_each = [sum(home[caller] == worker for caller in CALLERS) for worker in (0, 1)]
        assert on_each == [10, 10], "calls are spread"
        workers = await stage.workers()
        victim = home["caller-4"]
        lost = [caller for caller in CALLERS if home[caller] == victim]
        others = [name for name in TONES if home[name] != victim]
        killed = time.time()
        os.kill(int(workers[victim]["pid"]), signal.SIGKILL)
        await until(lambda: all(stage.session(one) is not sessions[one] for one in lost), "the loss", within=WITHIN)
        await until(lambda: stage.pairs() == pairs, "everybody talks again, with the same interpreter", within=WITHIN)
        took = time.time() - killed
        assert took <= WITHIN
        for name in others:
            session = sessions[name]
            partner = pairs.get(name) or next(caller for caller, other in pairs.items() if other == name)
            assert session is not None
            assert session is stage.session(name), f"{name} was rung again"
            assert share_heard(session, TONES[partner], took) == 1.0, f"{name} heard a gap"
        again = sorted((one for caller in lost for one in stage.exchange.sessions if caller in one.parties
                        and one.began_at > killed), key=lambda one: one.began_at)  # fmt: skip
        first = {one.parties[0] for one in again[: len(EMERGENCIES & set(lost))]}
        assert first == EMERGENCIES & set(lost), "emergency lines first"
        assert await asyncio.to_thread(check_recordings, stage.recordings) == 2 * len(lost)
        await until(lambda: CallEvent.objects.filter(kind="rebuilt").count() == len(lost), "the gaps on paper")
        kinds = await asyncio.to_thread(lambda: set(CallEvent.objects.values_list("kind", flat=True)))
        assert not kinds & {"interpreter_lost", "caller_lost", "caller_left", "recall_failed"}
        for caller in CALLERS:
            session = stage.session(caller)
            assert session is not None
            session.hangup()
        await until(lambda: Call.objects.filter(phase="ended", outcome="served").count() == CALLS, "20 ends", 30)
        assert not await asyncio.to_thread(lambda: Interpreter.objects.exclude(held_by="").exists())

    live(journey, tmp_path, BusyCity)
