"""Sensitive parts: what is said while a recording is muted or paused never reaches its file; the rest is in place."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import numpy as np

from yuqiao.lib.tone import level_of
from yuqiao.media import wave
from yuqiao.media.in_step import LEG_IN, Tables
from yuqiao.media.limits import PIECE
from yuqiao.media.recorder import Recorder, Track
from yuqiao.media.rtp import FRAME
from yuqiao.media.tests.mixer.conftest import Studio, hears_exactly, until
from yuqiao.media.tests.mixer.phone import HEARD, NOT_HEARD, Phone

ALICE, BOB, SECRET = 440.0, 1000.0, 2300.0
TONES = {ALICE, BOB, SECRET}
BEHIND = 0.25  # seconds: ticks up to 0.2 s late are made up for, so sound may be asked for before it was recorded


async def test_nothing_of_a_muted_voice_reaches_the_disk(studio: Studio, tmp_path: Path) -> None:
    """Who speaks only while all tracks and the mix are muted is in no file; before and after are where they were."""
    sources = {"alice": ("leg-in", "alice"), "to-bob": ("leg-out", "bob"), "mix": ("conference", "call")}
    with Phone(ALICE) as alice, Phone(BOB) as bob, Phone(SECRET) as secret:
        await studio.connect("alice", alice, "call")
        await studio.connect("bob", bob, "call")
        await hears_exactly(bob, {ALICE}, TONES)
        for name, source in sources.items():
            await studio.pool.record(name, source, str(tmp_path / f"{name}.wav"))  # type: ignore[arg-type]
        await studio.event("recording-started", len(sources))
        await asyncio.sleep(0.5)
        await asyncio.gather(*(studio.pool.mute_recording(name, muted=True) for name in sources))
        muted = time.time()
        await studio.connect("secret", secret, "call")
        await hears_exactly(bob, {ALICE, SECRET}, TONES)  # who is on the call hears it as ever
        await asyncio.sleep(0.5)
        await studio.pool.close_leg("secret")
        await hears_exactly(bob, {ALICE}, TONES)
        unmuted = time.time()
        await asyncio.gather(*(studio.pool.mute_recording(name, muted=False) for name in sources))
        await asyncio.sleep(0.5)
        stopped = {}
        for name in sources:
            asked = time.time()
            await studio.pool.stop_recording(name)
            stopped[name] = asked, time.time()
        await studio.event("recording-finished", len(sources))
    starts = {event.ref: event.at for event in studio.of_kind("recording-started")}
    assert {event.value for event in studio.of_kind("recording-finished")} == {"done"}
    for name in sources:
        samples = wave.read(tmp_path / f"{name}.wav")
        asked, done = (at - starts[name] for at in stopped[name])
        assert asked - BEHIND < len(samples) / 8000 < done + 0.05, "time went on"
        first, last = (round((at - starts[name]) * 8000) for at in (muted + 0.05, unmuted - BEHIND))
        assert not np.any(samples[first:last]), "silence, to the last sample"
        assert level_of(samples, SECRET) < NOT_HEARD
        assert level_of(samples[: first - 800], ALICE) > HEARD
        assert level_of(samples[last + 3200 :], ALICE) > HEARD


async def test_a_paused_recording_leaves_out_what_is_said(studio: Studio, tmp_path: Path) -> None:
    with Phone(ALICE) as alice, Phone(SECRET) as secret:
        await studio.connect("alice", alice, "call")
        await studio.pool.record("mix", ("conference", "call"), str(tmp_path / "mix.wav"))
        started = await studio.event("recording-started")
        await asyncio.sleep(0.5)
        await studio.pool.pause_recording("mix", paused=True)
        size = (tmp_path / "mix.wav").stat().st_size
        await studio.connect("secret", secret, "call")
        await hears_exactly(alice, {SECRET}, TONES)
        await asyncio.sleep(0.8)
        await studio.pool.close_leg("secret")
        await hears_exactly(alice, set(), TONES)
        await until(lambda: (tmp_path / "mix.wav").stat().st_size >= size)
        paused = (tmp_path / "mix.wav").stat().st_size
        await studio.pool.pause_recording("mix", paused=False)
        await until(lambda: (tmp_path / "mix.wav").stat().st_size > paused)
        await studio.pool.stop_recording("mix")
        ended = await studio.event("recording-finished")
    samples = wave.read(tmp_path / "mix.wav")
    assert ended.duration_ms == len(samples) // 8
    assert len(samples) / 8000 < ended.at - started.at - 1.0, "shorter by what was left out"
    assert level_of(samples, SECRET) < NOT_HEARD
    assert level_of(samples, ALICE) > HEARD


VOICES = np.zeros((1, FRAME), dtype=np.int16)


def _alices(_track: Track) -> tuple[int, int]:
    return LEG_IN, 0


def _ticks(recorder: Recorder, frames: list[int]) -> None:
    """Record one frame of each of these values."""
    for value in frames:
        VOICES[:] = value
        recorder.begin()
        recorder.take(_alices, anew=False)
        recorder.end_tick()


def _opened(recorder: Recorder, path: Path) -> None:
    recorder.record("r", ("leg-in", "a"), path)
    deadline = time.monotonic() + 5
    while not path.exists() or path.stat().st_size < 44:
        assert time.monotonic() < deadline
        time.sleep(0.005)
    while not recorder._writer.opened.qsize():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def _recorded(path: Path) -> list[int]:
    samples = wave.read(path)
    assert len(samples) % FRAME == 0
    return [int(frame[0]) for frame in samples.reshape(-1, FRAME)]


def test_muted_in_the_middle_of_a_block_and_over_its_end(tmp_path: Path) -> None:
    recorder = Recorder(Tables().give(voices=VOICES))
    _opened(recorder, tmp_path / "a.wav")
    _ticks(recorder, [1] * (PIECE - 3))
    recorder.mute("r", muted=True)
    _ticks(recorder, [2] * 6)
    recorder.mute("r", muted=False)
    _ticks(recorder, [3] * 4)
    recorder.finish()
    assert _recorded(tmp_path / "a.wav") == [1] * (PIECE - 3) + [0] * 6 + [3] * 4


def test_paused_twice_and_stopped_while_paused(tmp_path: Path) -> None:
    recorder = Recorder(Tables().give(voices=VOICES))
    _opened(recorder, tmp_path / "a.wav")
    _ticks(recorder, [1] * 5)
    for value in (2, 3):
        recorder.pause("r", paused=True)
        recorder.pause("r", paused=True)
        _ticks(recorder, [9] * (PIECE + 2))
        recorder.pause("r", paused=False)
        _ticks(recorder, [value] * 3)
    recorder.pause("r", paused=True)
    _ticks(recorder, [9] * 2)
    recorder.finish()
    assert _recorded(tmp_path / "a.wav") == [1] * 5 + [2] * 3 + [3] * 3


def test_a_place_taken_again_is_not_muted(tmp_path: Path) -> None:
    recorder = Recorder(Tables().give(voices=VOICES))
    _opened(recorder, tmp_path / "a.wav")
    recorder.mute("r", muted=True)
    _ticks(recorder, [1])
    recorder.stop("r")
    recorder.mute("r", muted=True)
    recorder.pause("r", paused=True)
    while recorder.ending:
        recorder.closed()
    _opened(recorder, tmp_path / "b.wav")
    _ticks(recorder, [2])
    recorder.finish()
    assert (_recorded(tmp_path / "a.wav"), _recorded(tmp_path / "b.wav")) == ([0], [2])


def test_paused_before_it_begins(tmp_path: Path) -> None:
    recorder = Recorder(Tables().give(voices=VOICES))
    _opened(recorder, tmp_path / "a.wav")
    recorder.pause("r", paused=True)
    _ticks(recorder, [1] * 3)
    recorder.pause("r", paused=False)
    _ticks(recorder, [2] * 3)
    recorder.finish()
    assert _recorded(tmp_path / "a.wav") == [2] * 3
