"""Workers die, legs are spread, and nothing is left behind."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from yuqiao.media.mixer_client import MixerPool
from yuqiao.media.ports import MixerError
from yuqiao.media.tests.mixer.conftest import PORTS, Studio, hears_exactly, until
from yuqiao.media.tests.mixer.phone import Phone

ALICE, BOB = 440.0, 1000.0
TONES = {ALICE, BOB}


@pytest.fixture
async def two() -> AsyncIterator[Studio]:
    pool = MixerPool(rtp_host="127.0.0.1", rtp_ports=PORTS, workers=2)
    await pool.start()
    yield Studio(pool)
    await pool.stop()


def is_gone(pid: int) -> bool:
    """Whether a process ended with all its threads and was waited for; until then a socket of its may be open."""
    return not Path(f"/proc/{pid}").exists()


async def test_a_killed_worker_is_told_and_replaced_and_the_other_goes_on(two: Studio) -> None:
    with Phone(ALICE) as alice, Phone(BOB) as bob, Phone(0) as charlie:
        await two.connect("alice", alice, "call")
        await two.connect("bob", bob, "call")
        await two.connect("charlie", charlie)
        await two.pool.play("ringing", ("leg", "charlie"), ["tone:ring"])
        home = {leg: two.pool._legs[leg].pid for leg in ("alice", "bob", "charlie")}
        assert home["alice"] == home["bob"] != home["charlie"]
        os.kill(home["charlie"], signal.SIGKILL)
        await until(lambda: any(not event.leg for event in two.of_kind("worker-died")))
        died = two.of_kind("worker-died")
        assert [event.leg for event in died] == ["charlie", ""]
        assert len({event.ref for event in died}) == 1
        assert [(event.ref, event.value) for event in two.of_kind("playback-finished")] == [("ringing", "failed")]
        with pytest.raises(MixerError):
            await two.pool.set_audio("charlie", charlie.audio)
        await until(lambda: home["charlie"] not in two.pool.pids)
        await hears_exactly(alice, {BOB}, TONES)
        await two.connect("charlie", charlie)
        assert two.pool._legs["charlie"].pid not in home.values()
        await until(lambda: len(charlie.heard) > 20)


async def test_a_worker_that_hangs_is_noticed_killed_and_replaced_and_its_ports_are_free(two: Studio) -> None:
    """It keeps its process and its sockets; only its ticks stay away (for one second), and that is death enough."""
    with Phone(ALICE) as alice, Phone(BOB) as bob:
        await two.connect("alice", alice, "call")
        await two.connect("bob", bob, "call")
        other = await two.pool.open_leg("charlie")
        address = alice.peer
        assert address is not None
        home = two.pool._legs["alice"].pid
        assert two.pool._legs["charlie"].pid != home
        os.kill(home, signal.SIGSTOP)
        hung = time.monotonic()
        await until(lambda: len(two.of_kind("worker-died")) == 3)
        assert time.monotonic() - hung < 4.0, "1.4 s at most by the watch, and this machine may be busy"
        assert [event.leg for event in two.of_kind("worker-died")] == ["alice", "bob", ""]
        await until(lambda: is_gone(home))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
            free.bind(address)  # before a new leg takes it
        await until(lambda: len(two.pool.loads) == 2)
        assert other != address
        assert "charlie" in two.pool._legs
        assert home not in two.pool.pids


async def test_a_new_leg_waits_for_the_worker_that_is_being_started(studio: Studio) -> None:
    (worker,) = studio.pool.pids
    await studio.pool.open_leg("alice")
    os.kill(worker, signal.SIGKILL)
    await until(lambda: bool(studio.of_kind("worker-died")))
    assert studio.pool.loads == []
    await studio.pool.open_leg("alice")
    assert [load["legs"] for load in studio.pool.loads] == [1]


async def test_workers_tell_their_loads(two: Studio) -> None:
    await two.pool.open_leg("alice")
    await until(lambda: all("ticks" in load for load in two.pool.loads))
    busy = [load["busy"] for load in two.pool.loads]
    assert [load["legs"] for load in two.pool.loads] == [1, 0]
    assert all(isinstance(share, float) and 0 <= share < 1 for share in busy)


async def test_legs_spread_over_workers_and_stay_beside_each_other_when_asked(two: Studio) -> None:
    pool = two.pool
    for name, beside in (("a", None), ("b", None), ("c", "a"), ("d", "a"), ("e", None)):
        await pool.open_leg(name, beside=beside)
    home = {leg: worker.name for leg, worker in pool._legs.items()}
    assert home["a"] == home["c"] == home["d"] != home["b"]
    assert home["e"] == home["b"]
    await pool.join("a", "call")
    await pool.join("c", "call")
    with pytest.raises(MixerError, match="different workers"):
        await pool.join("b", "call")
    await pool.close_leg("a")
    await pool.close_leg("c")
    await pool.join("b", "call")
    with pytest.raises(MixerError, match="no leg"):
        await pool.open_leg("f", beside="a")
    with pytest.raises(MixerError, match="open already"):
        await pool.open_leg("b")
    assert (await pool.counters())["legs"] == 3


async def test_a_command_under_way_when_the_worker_dies_fails(studio: Studio) -> None:
    (worker,) = studio.pool.pids
    os.kill(worker, signal.SIGSTOP)
    os.kill(worker, signal.SIGKILL)
    with pytest.raises(MixerError):
        await studio.pool.open_leg("alice")
    await until(lambda: worker not in studio.pool.pids)
    await studio.pool.open_leg("alice")


async def test_whoever_is_cancelled_while_opening_a_leg_leaves_none_behind(studio: Studio) -> None:
    opening = asyncio.ensure_future(studio.pool.open_leg("alice"))
    await asyncio.sleep(0)
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    assert (await studio.pool.counters())["legs"] == 0
    await studio.pool.open_leg("alice")


async def test_a_command_too_long_for_the_control_socket_is_refused(studio: Studio) -> None:
    await studio.pool.open_leg("alice")
    with pytest.raises(MixerError, match="too long"):
        await studio.pool.play("p1", ("leg", "alice"), ["sound" * 50] * 1000)
    await studio.pool.play("p1", ("leg", "alice"), ["tone:beep"])


async def test_no_worker_outlives_its_owner() -> None:
    pool = MixerPool(rtp_host="127.0.0.1", rtp_ports=PORTS, workers=2)
    await pool.start()
    pids = pool.pids
    for worker in pool._workers:
        worker._socket.shutdown(2)  # as the kernel does when the owner is killed
    await until(lambda: all(is_gone(pid) for pid in pids))
    await until(lambda: not set(pids) & set(pool.pids))
    successors = pool.pids
    await pool.stop()
    assert len(successors) == len(pids)
    assert all(is_gone(pid) for pid in successors)


async def test_when_no_port_is_free_the_leg_is_refused() -> None:
    pool = MixerPool(rtp_host="127.0.0.1", rtp_ports=(29990, 29993), workers=1)
    await pool.start()
    try:
        await pool.open_leg("a")
        await pool.open_leg("b")
        with pytest.raises(MixerError, match="no RTP port"):
            await pool.open_leg("c")
        await pool.close_leg("a")
        assert (await pool.open_leg("c"))[1] % 2 == 0
    finally:
        await pool.stop()
