"""Two hundred calls on a lossy wire, rung, answered, held, refreshed, refused, cancelled and hung up at random moments,
often by both sides at once: every leg ends exactly once and nothing is left over."""

from __future__ import annotations

import asyncio
import contextlib
import random
from functools import partial

import pytest

from yuqiao.media.ports import SipCall
from yuqiao.media.sip.session_timers import Terms
from yuqiao.media.sip.tests.lossy import LossyWire
from yuqiao.media.sip.tests.parties import ALICE_RTP, BOB_RTP, Desk, Witness, trunk, until

CALLS = 200
#: So brief that refreshes and holds cross; RFC 4028 forbids it to real peers.
SOON = Terms(expires=1, least=1)


class Fate:
    """Decides by a seeded die what is done with a call, and when."""

    def __init__(self, seed: int) -> None:
        self._die = random.Random(seed)
        self._loop = asyncio.get_running_loop()

    def callee(self, call: SipCall) -> None:
        die = self._die
        if die.random() < 0.7:
            self._at(die.random() * 0.2, call.ring)
        if die.random() < 0.4:  # sound before the answer, reliably
            self._at(die.random() * 0.2, lambda: _play_early(call))
        self.fidget(call)
        moment = die.choice([0.0, die.random() * 0.4])
        if die.random() < 0.8:
            self._at(moment, lambda: _answer(call))
        if die.random() < 0.5:
            self._at(die.choice([moment, die.random() * 0.6]), lambda: call.hangup(die.choice([16, 17, 21])))

    def fidget(self, call: SipCall) -> None:
        """Hold and take back, whatever the call is at."""
        for held in (True, False, True):
            if self._die.random() < 0.5:
                self._at(self._die.random() * 0.6, partial(call.hold, held=held))

    def caller(self, call: SipCall) -> None:
        self.fidget(call)
        self._at(self._die.choice([0.0, 0.001, self._die.random() * 0.5, self._die.random() * 2.5]), call.hangup)

    def _at(self, delay: float, act: object) -> None:
        assert callable(act)
        if delay:
            self._loop.call_later(delay, act)
        else:
            act()


def _answer(call: SipCall) -> None:
    with contextlib.suppress(ValueError):  # the caller may have given up
        call.answer(BOB_RTP)


def _play_early(call: SipCall) -> None:
    with contextlib.suppress(ValueError):  # it may be answered or over
        call.progress(BOB_RTP)


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_every_leg_ends_once_whatever_crosses_whatever(seed: int) -> None:
    fate = Fate(seed)
    desk = Desk(fate.callee)
    async with trunk(desk, terms=SOON) as bob, trunk(terms=SOON) as alice:
        wire = LossyWire(alice.address, bob.address, loss=0.1, seed=seed)
        host, port = wire.address
        witnesses = []
        try:
            for number in range(CALLS):
                witness = Witness()
                witnesses.append(witness)
                target = f"sip:{number}@{host}:{port}"
                call = alice.invite(target, local=ALICE_RTP, observer=witness, caller_number="1")
                fate.caller(call)
                await asyncio.sleep(0.002)
            await until(lambda: all(w.ends for w in witnesses), "the callers' ends")
            await until(lambda: all(w.ends for w in desk.witnesses), "the callees' ends")
            await until(lambda: alice.calls == bob.calls == 0, "no legs left")
            for witness in [*witnesses, *desk.witnesses]:
                assert len(witness.ends) == 1
                assert len(witness.answers) <= 1
            assert any(w.answers for w in witnesses)
            assert any(w.changes for w in [*witnesses, *desk.witnesses])
            assert any(status == 183 for w in witnesses for status, _ in w.progress)
            assert any(w.ends[0].sip_status == 487 for w in desk.witnesses)
            assert alice.counters["errors"] == bob.counters["errors"] == 0
            assert alice.counters["malformed"] == bob.counters["malformed"] == 0
        finally:
            await alice.stop()
            await bob.stop()
            wire.close()
