"""Tracks: aligned to the sample, of the right length, and readable whatever happens."""

from __future__ import annotations

import asyncio
import os
import signal
import time
import wave as standard_wave
from pathlib import Path

import numpy as np
import pytest
import soundfile

from yuqiao.lib.g711 import PCMA, decode, encode
from yuqiao.lib.tone import level_of, sine
from yuqiao.media import wave
from yuqiao.media.ports import MixerError, MixerEvent
from yuqiao.media.tests.mixer.conftest import Studio, hears_exactly, until
from yuqiao.media.tests.mixer.phone import HEARD, NOT_HEARD, Phone

ALICE, BOB, CHARLIE = 440.0, 1000.0, 1700.0
TONES = {ALICE, BOB, CHARLIE}
BEHIND = 0.25  # seconds: ticks up to 0.2 s late are made up for, so sound may be asked for before it was recorded


def finished(studio: Studio) -> dict[str, MixerEvent]:
    return {event.ref: event for event in studio.of_kind("recording-finished")}


async def test_tracks_and_mix_align_to_the_sample_and_have_the_time_they_say(studio: Studio, tmp_path: Path) -> None:
    with Phone(ALICE) as alice, Phone(BOB) as bob, Phone(CHARLIE) as charlie:
        for name, phone in (("alice", alice), ("bob", bob), ("charlie", charlie)):
            await studio.connect(name, phone, "call")
        await hears_exactly(alice, {BOB, CHARLIE}, TONES)
        sources = {
            "alice": ("leg-in", "alice"),
            "bob": ("leg-in", "bob"),
            "charlie": ("leg-in", "charlie"),
            "to-alice": ("leg-out", "alice"),
            "mix": ("conference", "call"),
        }
        begun = time.time()
        await asyncio.gather(
            *(studio.pool.record(name, source, str(tmp_path / f"{name}.wav")) for name, source in sources.items())  # type: ignore[arg-type]
        )
        await studio.event("recording-started", 5)
        await asyncio.sleep(2)
        stopped = {}
        for name in sources:
            asked = time.time()
            await studio.pool.stop_recording(name)
            stopped[name] = asked, time.time()
        await studio.event("recording-finished", 5)
    tracks = {name: wave.read(tmp_path / f"{name}.wav").astype(int) for name in sources}
    starts = {event.ref: event.at for event in studio.of_kind("recording-started")}
    for name, event in finished(studio).items():
        assert event.value == "done"
        assert event.duration_ms == len(tracks[name]) // 8
        asked, done = (at - starts[name] for at in stopped[name])
        assert asked - BEHIND < event.duration_ms / 1000 < done + 0.05
        assert begun - 0.03 < starts[name] < begun + 8
    for name, freq in (("alice", ALICE), ("bob", BOB), ("charlie", CHARLIE)):
        assert level_of(tracks[name], freq) > -17
        assert all(level_of(tracks[name], other) < NOT_HEARD for other in TONES - {freq})
    latest = max(starts.values())
    shifted = {name: track[round((latest - starts[name]) * 8000) :] for name, track in tracks.items()}
    length = min(len(track) for track in shifted.values())
    assert length > 12000
    alice_, bob_, charlie_, out, mix = (shifted[name][:length] for name in sources)
    assert np.array_equal(mix, alice_ + bob_ + charlie_)
    assert np.array_equal(out, bob_ + charlie_)


async def test_the_file_grows_while_recording_and_survives_kill_9(studio: Studio, tmp_path: Path) -> None:
    path = tmp_path / "deep" / "down" / "alice.wav"
    with Phone(ALICE) as alice:
        await studio.connect("alice", alice, "call")
        await studio.pool.record("r1", ("leg-in", "alice"), str(path))
        started = await studio.event("recording-started")
        await until(lambda: path.exists() and path.stat().st_size > 2 * 8000 * 2)
        (worker,) = studio.pool.pids
        os.kill(worker, signal.SIGKILL)
        killed = time.time()
        event = await studio.event("recording-finished")
        assert (event.ref, event.value) == ("r1", "failed")
    with standard_wave.open(str(path)) as file:  # strict about sizes
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 1, 2)
        samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
    assert path.stat().st_size == 44 + 2 * len(samples)
    assert killed - started.at - 1.0 < len(samples) / 8000 <= killed - started.at + 0.1
    assert level_of(samples[-4000:], ALICE) > HEARD


async def test_all_tracks_and_the_mix_can_be_played_up_to_the_last_second_before_kill_9(
    studio: Studio, tmp_path: Path
) -> None:
    """Read by a library that believes what the header says, whenever within a block the process died."""
    sources = {"alice": ("leg-in", "alice"), "bob": ("leg-in", "bob"), "to-bob": ("leg-out", "bob")}
    sources |= {"mix": ("conference", "call")}
    tones = {"alice": {ALICE}, "bob": {BOB}, "to-bob": {ALICE}, "mix": {ALICE, BOB}}
    with Phone(ALICE) as alice, Phone(BOB) as bob:
        await studio.connect("alice", alice, "call")
        await studio.connect("bob", bob, "call")
        await hears_exactly(bob, {ALICE}, TONES)
        await hears_exactly(alice, {BOB}, TONES)
        for name, source in sources.items():
            await studio.pool.record(name, source, str(tmp_path / f"{name}.wav"))  # type: ignore[arg-type]
        await studio.event("recording-started", len(sources))
        started = {event.ref: event.at for event in studio.of_kind("recording-started")}
        await asyncio.sleep(2.77)
        (worker,) = studio.pool.pids
        os.kill(worker, signal.SIGKILL)
        killed = time.time()
        await studio.event("recording-finished", len(sources))
    for name in sources:
        samples, rate = soundfile.read(tmp_path / f"{name}.wav", dtype="int16")
        lost = killed - started[name] - len(samples) / rate
        assert -0.1 < lost < 1.0, f"{name}: {lost:.2f} s lost"
        assert {tone for tone in TONES if level_of(samples[-4000:], tone) > HEARD} == tones[name]


async def test_recordings_of_a_closed_leg_are_complete_when_it_is_closed(studio: Studio, tmp_path: Path) -> None:
    with Phone(ALICE) as alice:
        await studio.connect("alice", alice, "call")
        for name, source in (("in", "leg-in"), ("out", "leg-out"), ("mix", "conference")):
            await studio.pool.record(name, (source, "call" if name == "mix" else "alice"), str(tmp_path / name))  # type: ignore[arg-type]
        await studio.event("recording-started", 3)
        await until(lambda: len(alice.heard) > 50)
        await studio.pool.close_leg("alice")
        assert {name: event.value for name, event in finished(studio).items()} == dict.fromkeys(
            ("in", "out", "mix"), "done"
        )
        assert all(len(wave.read(tmp_path / name)) == finished(studio)[name].duration_ms * 8 for name in ("in", "out"))


async def test_a_clean_stop_finishes_recordings(studio: Studio, tmp_path: Path) -> None:
    with Phone(ALICE) as alice:
        await studio.connect("alice", alice)
        await studio.pool.record("r1", ("leg-in", "alice"), str(tmp_path / "a.wav"))
        await studio.event("recording-started")
        await until(lambda: len(alice.heard) > 30)
        await studio.pool.stop()
        event = finished(studio)["r1"]
        assert event.value == "done"
        assert len(wave.read(tmp_path / "a.wav")) == event.duration_ms * 8


async def test_muted_is_still_recorded(studio: Studio, tmp_path: Path) -> None:
    with Phone(ALICE) as alice, Phone(BOB) as bob:
        await studio.connect("alice", alice, "call")
        await studio.connect("bob", bob, "call")
        await studio.pool.mute("alice", muted=True)
        await hears_exactly(bob, set(), TONES)
        await studio.pool.record("r1", ("leg-in", "alice"), str(tmp_path / "a.wav"))
        await studio.event("recording-started")
        await asyncio.sleep(0.5)
        await studio.pool.stop_recording("r1")
        await studio.event("recording-finished")
    assert level_of(wave.read(tmp_path / "a.wav"), ALICE) > -18


async def test_a_file_that_cannot_be_written_fails_and_nothing_else_does(studio: Studio, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with Phone(ALICE) as alice, Phone(BOB) as bob:
        await studio.connect("alice", alice, "call")
        await studio.connect("bob", bob, "call")
        await studio.pool.record("r1", ("leg-in", "alice"), str(tmp_path / "file" / "a.wav"))
        event = await studio.event("recording-finished")
        assert (event.ref, event.value) == ("r1", "failed")
        assert studio.of_kind("recording-started") == []
        with pytest.raises(MixerError):
            await studio.pool.record("r2", ("conference", "nowhere"), str(tmp_path / "b.wav"))
        await studio.pool.stop_recording("r1")
        await hears_exactly(bob, {ALICE}, TONES)


async def test_a_full_disk_fails_the_recording(studio: Studio) -> None:
    with Phone(ALICE) as alice:
        await studio.connect("alice", alice)
        await studio.pool.record("r1", ("leg-in", "alice"), "/dev/full")
        event = await studio.event("recording-finished")
        assert (event.ref, event.value) == ("r1", "failed")


async def test_a_worker_held_up_leaves_a_silence_of_the_right_length(studio: Studio, tmp_path: Path) -> None:
    with Phone(ALICE) as alice, Phone(BOB) as bob:
        await studio.connect("alice", alice, "call")
        await studio.connect("bob", bob, "call")
        await hears_exactly(bob, {ALICE}, TONES)
        await studio.pool.record("r1", ("leg-in", "alice"), str(tmp_path / "a.wav"))
        started = await studio.event("recording-started")
        (worker,) = studio.pool.pids
        os.kill(worker, signal.SIGSTOP)
        await asyncio.sleep(0.7)
        before, went_on = len(bob.heard), time.monotonic()
        os.kill(worker, signal.SIGCONT)
        await until(lambda: len(bob.heard) > before)
        await asyncio.sleep(0.3)
        assert len(bob.heard) - before < 50 * (time.monotonic() - went_on) + 15  # no burst of what is too late
        await hears_exactly(bob, {ALICE}, TONES)
        asked = time.time()
        await studio.pool.stop_recording("r1")
        stopped = time.time()
        await studio.event("recording-finished")
        assert (await studio.pool.counters())["skipped_ticks"] > 20
    samples = wave.read(tmp_path / "a.wav")
    assert asked - started.at - BEHIND < len(samples) / 8000 < stopped - started.at + 0.05


def test_the_standard_library_agrees_with_our_header(tmp_path: Path) -> None:
    samples = sine(ALICE, 0.25, -15)
    (tmp_path / "a.wav").write_bytes(wave.header(len(samples)) + samples.tobytes())
    with standard_wave.open(str(tmp_path / "a.wav")) as file:
        assert file.getparams()[:4] == (1, 2, 8000, 2000)
    assert np.array_equal(wave.read(tmp_path / "a.wav"), samples)
    assert len(decode(encode(samples, PCMA), PCMA)) == 2000
