"""Tapes keep what was received, on one time axis; people beside each other hear each other and never themselves."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.demo.hearing import Ear, levels
from yuqiao.demo.tape import Frame, Sent, Tape, beside_each_other, ears_beside_each_other, read, received
from yuqiao.lib import g711
from yuqiao.lib.g711 import PCMA, PCMU, SAMPLE_RATE, Samples
from yuqiao.lib.tone import sine

AGENT, CALLER, INTERPRETER = 591.0, 1261.0, 1931.0


def frames(samples: Samples, *, at: float = 0.0, timestamp: int = 0, ssrc: int = 1, codec: int = PCMA) -> list[Frame]:
    """Return ``samples`` as 20 ms frames that arrive in time."""
    return [
        Frame(at + n / SAMPLE_RATE, (timestamp + n) % (1 << 32), ssrc, codec, g711.encode(samples[n : n + 160], codec))
        for n in range(0, len(samples), 160)
    ]


@given(timestamp=st.integers(0, (1 << 32) - 1), codec=st.sampled_from([PCMA, PCMU]))
def test_sound_comes_back_whatever_the_timestamps_begin_with(timestamp: int, codec: int) -> None:
    sound = sine(700.0, 0.4)
    ear = received("alice", frames(sound, at=50.0, timestamp=timestamp, codec=codec))
    assert ear.began_at == 50.0
    assert np.array_equal(ear.samples, g711.decode(g711.encode(sound, codec), codec))


def test_a_lost_frame_is_silence_and_nothing_moves() -> None:
    sent = frames(sine(700.0, 0.1))
    ear = received("alice", sent[:2] + sent[3:])
    whole = received("alice", sent)
    assert len(ear.samples) == len(whole.samples)
    assert not ear.samples[320:480].any()
    assert np.array_equal(ear.samples[480:], whole.samples[480:])


def test_another_stream_is_placed_by_its_arrival() -> None:
    first = frames(sine(700.0, 0.1), at=10.0, timestamp=4000, ssrc=1)
    second = frames(sine(900.0, 0.1), at=11.0, timestamp=77, ssrc=2)
    ear = received("alice", first + second)
    assert not ear.samples[800:8000].any()
    assert ear.samples[8000:8800].any()


def test_a_tape_on_disk_survives_being_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "call.tape"
    tape = Tape(path)
    for frame in frames(sine(700.0, 0.2), at=3.5, timestamp=9):
        tape.add(frame)
    tape.close()
    assert read(path).frames == tape.frames
    path.write_bytes(path.read_bytes()[:-7])
    assert read(path).frames == tape.frames[:-1]
    assert read(tmp_path / "never.tape").frames == []


def test_people_beside_each_other_hear_the_other_and_us_but_never_themselves() -> None:
    voices = {"agent": sine(AGENT, 1.0, -30.0), "caller": sine(CALLER, 1.0, -30.0)}
    from_us = Ear("leg", 100.5, sine(INTERPRETER, 2.0, -30.0))
    ears = ears_beside_each_other(from_us, Sent(100.0, 3 * SAMPLE_RATE), voices)
    agent = levels(ears["agent"].samples, [AGENT, CALLER, INTERPRETER])
    caller = levels(ears["caller"].samples, [AGENT, CALLER, INTERPRETER])
    assert ears["agent"].began_at == 100.0
    assert agent[:, 1] == pytest.approx(-30.0, abs=0.2)
    assert caller[:, 0] == pytest.approx(-30.0, abs=0.2)
    assert agent[1:5, 2] == pytest.approx(-30.0, abs=0.2)
    assert max(agent[:, 0].max(), caller[:, 1].max()) < -70
    assert agent[0, 2] < -70  # before we were there


def test_an_echo_from_us_is_not_hidden_by_the_exchange() -> None:
    voices = {"agent": sine(AGENT, 1.0, -30.0), "caller": sine(CALLER, 1.0, -30.0)}
    echo = Ear("leg", 100.0, sine(AGENT, 2.0, -35.0))
    ears = ears_beside_each_other(echo, Sent(100.0, 2 * SAMPLE_RATE), voices)
    assert levels(ears["agent"].samples, [AGENT])[:, 0] == pytest.approx(-35.0, abs=0.2)


def test_who_never_sent_hears_only_us_and_who_never_received_only_the_other() -> None:
    voices = {"agent": sine(AGENT, 1.0, -30.0), "caller": sine(CALLER, 1.0, -30.0)}
    from_us = Ear("leg", 7.0, sine(INTERPRETER, 1.0, -30.0))
    silent = ears_beside_each_other(from_us, Sent(0.0, 0), voices)
    assert np.array_equal(silent["agent"].samples, from_us.samples)
    deaf = ears_beside_each_other(Ear("leg", 0.0, np.zeros(0, np.int16)), Sent(5.0, SAMPLE_RATE), voices)
    assert deaf["caller"].began_at == 5.0
    assert np.array_equal(deaf["caller"].samples, voices["agent"])


def test_two_voices_go_onto_one_leg() -> None:
    leg = beside_each_other([sine(AGENT, 1.0, -30.0), sine(CALLER, 1.0, -30.0)])
    assert levels(leg, [AGENT, CALLER]) == pytest.approx(-30.0, abs=0.1)
