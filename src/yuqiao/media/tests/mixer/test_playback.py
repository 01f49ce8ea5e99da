"""Prompts and tones: who hears them, when they end, and how they end."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from yuqiao.lib import g711
from yuqiao.lib.tone import level_of, sine
from yuqiao.media import wave
from yuqiao.media.ports import MixerError
from yuqiao.media.sounds import TONES as TONES_BY_NAME
from yuqiao.media.tests.mixer.conftest import Studio, hears_exactly, until
from yuqiao.media.tests.mixer.phone import HEARD, NOT_HEARD, Phone

ALICE, BOB, PROMPT, SECOND = 440.0, 1000.0, 2300.0, 2900.0
TONES = {ALICE, BOB, PROMPT, SECOND}


def prompt(path: Path, freq: float, seconds: float) -> str:
    samples = sine(freq, seconds, -15)
    path.write_bytes(wave.header(len(samples)) + samples.tobytes())
    return str(path)


async def test_a_prompt_to_a_leg_is_heard_over_the_others_and_by_that_leg_only(studio: Studio, tmp_path: Path) -> None:
    sound = prompt(tmp_path / "prompt.wav", PROMPT, 1.5)
    with Phone(ALICE) as alice, Phone(BOB) as bob:
        await studio.connect("alice", alice, "call")
        await studio.connect("bob", bob, "call")
        await hears_exactly(alice, {BOB}, TONES)
        await studio.pool.play("p1", ("leg", "alice"), [sound])
        await hears_exactly(alice, {BOB, PROMPT}, TONES)
        assert bob.hears(PROMPT, 1.0) < NOT_HEARD
        finished = await studio.event("playback-finished")
        assert (finished.ref, finished.value) == ("p1", "done")
        assert abs(finished.at - studio.of_kind("playback-started")[0].at - 1.5) < 0.03
        await hears_exactly(alice, {BOB}, TONES)


async def test_prompts_in_a_row_to_a_conference_are_heard_by_all(studio: Studio, tmp_path: Path) -> None:
    sounds = [prompt(tmp_path / "one.wav", PROMPT, 1.2), prompt(tmp_path / "two.wav", SECOND, 1.2)]
    with Phone(ALICE) as alice, Phone(BOB) as bob:
        await studio.connect("alice", alice, "call")
        await studio.connect("bob", bob, "call")
        await hears_exactly(alice, {BOB}, TONES)
        await studio.pool.play("p1", ("conference", "call"), sounds)
        await hears_exactly(alice, {BOB, PROMPT}, TONES)
        await hears_exactly(bob, {ALICE, PROMPT}, TONES)
        await hears_exactly(alice, {BOB, SECOND}, TONES)
        await hears_exactly(bob, {ALICE, SECOND}, TONES)
        await studio.event("playback-finished")
        assert len(studio.of_kind("playback-started")) == 1


async def test_ringing_goes_on_until_it_is_stopped(studio: Studio) -> None:
    with Phone(0) as alice:
        await studio.connect("alice", alice)
        await studio.pool.play("ring", ("leg", "alice"), ["tone:ring"])
        await until(lambda: alice.hears(450) > -17)
        await until(lambda: alice.hears(450) < NOT_HEARD)
        await until(lambda: alice.hears(450) > -17)
        await studio.pool.stop_playback("ring")
        assert (await studio.event("playback-finished")).value == "stopped"
        await until(lambda: alice.hears(450) < NOT_HEARD)
        await studio.pool.stop_playback("ring")


async def test_what_is_stopped_does_not_click(studio: Studio, tmp_path: Path) -> None:
    sound = prompt(tmp_path / "prompt.wav", 450, 20)
    with Phone(0) as alice:
        await studio.connect("alice", alice)
        await studio.pool.play("p1", ("leg", "alice"), [sound])
        await until(lambda: alice.hears(450) > -17)
        await studio.pool.stop_playback("p1")
        await until(lambda: alice.hears(450) < NOT_HEARD)
        heard = alice.last(3.0).astype(int)
        steepest = np.abs(np.diff(sine(450, 1.0, -15).astype(int))).max()
        assert np.abs(np.diff(heard)).max() < 1.3 * steepest
        assert np.abs(heard).max() > 5000


@pytest.mark.parametrize("content", [None, b"no sound at all", b"RIFF\x10\0\0\0WAVEdata\x10\0\0\0"])
async def test_a_sound_that_cannot_be_had_is_left_out_and_the_end_is_failed(
    studio: Studio, tmp_path: Path, content: bytes | None
) -> None:
    bad = tmp_path / "bad.wav"
    if content is not None:
        bad.write_bytes(content)
    good = prompt(tmp_path / "good.wav", PROMPT, 0.6)
    with Phone(ALICE) as alice, Phone(BOB) as bob:
        await studio.connect("alice", alice, "call")
        await studio.connect("bob", bob, "call")
        await studio.pool.play("p1", ("leg", "alice"), [str(bad)])
        failed = await studio.event("playback-finished")
        assert (failed.ref, failed.value) == ("p1", "failed")
        await studio.pool.play("p2", ("leg", "alice"), [str(bad), good])
        await until(lambda: alice.hears(PROMPT) > HEARD)
        assert (await studio.event("playback-finished", 2)).value == "failed"
        await hears_exactly(alice, {BOB}, TONES)


async def test_playbacks_end_with_their_leg_or_conference(studio: Studio) -> None:
    with Phone(ALICE) as alice:
        await studio.connect("alice", alice, "call")
        await studio.pool.play("p1", ("leg", "alice"), ["tone:ring"])
        await studio.pool.play("p2", ("conference", "call"), ["tone:busy"])
        await studio.pool.leave("alice")
        assert (await studio.event("playback-finished")).ref == "p2"
        await studio.pool.close_leg("alice")
        assert (await studio.event("playback-finished", 2)).ref == "p1"
        with pytest.raises(MixerError):
            await studio.pool.play("p3", ("conference", "call"), ["tone:busy"])
        with pytest.raises(MixerError):
            await studio.pool.play("p4", ("leg", "alice"), ["tone:busy"])


def test_tones_have_chinas_cadence() -> None:
    ring, busy, beep = (TONES_BY_NAME[name].samples for name in ("tone:ring", "tone:busy", "tone:beep"))
    assert (len(ring), np.flatnonzero(ring)[-1] < 8000) == (40000, True)
    assert level_of(ring[:8000], 450) > -16
    assert (len(busy), np.flatnonzero(busy)[-1] < 2800) == (5600, True)
    assert (len(beep), level_of(beep, 1000) > -17) == (1600, True)


def g711_file(tag: int, payload: bytes) -> bytes:
    fmt = struct.pack("<HHIIHH", tag, 1, 8000, 8000, 1, 8) + b"\0\0"
    chunks = struct.pack("<4sI", b"fmt ", len(fmt)) + fmt + struct.pack("<4sI", b"LIST", 3) + b"abc\0"
    chunks += struct.pack("<4sI", b"data", len(payload)) + payload
    return struct.pack("<4sI", b"RIFF", len(chunks) + 4) + b"WAVE" + chunks


@pytest.mark.parametrize(("tag", "law"), [(wave.ALAW, g711.PCMA), (wave.MULAW, g711.PCMU)])
def test_g711_files_are_read(tag: int, law: int) -> None:
    samples = sine(PROMPT, 0.1, -15)
    assert np.abs(wave.parse(g711_file(tag, g711.encode(samples, law))).astype(int) - samples).max() < 300


def test_a_file_cut_short_gives_what_is_there_and_other_formats_are_refused() -> None:
    samples = sine(PROMPT, 0.1, -15)
    content = wave.header(len(samples)) + samples.tobytes()
    assert np.array_equal(wave.parse(content[:-401]), samples[:-201])
    stereo = content[:22] + b"\2" + content[23:]
    with pytest.raises(ValueError, match="mono"):
        wave.parse(stereo)
