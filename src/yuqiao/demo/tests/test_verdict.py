"""The verdict on one call: all well, and each thing that can be wrong is seen and named."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from yuqiao.demo.cast import PERSONAS
from yuqiao.demo.director import Played
from yuqiao.demo.facts import CallFacts, Presence
from yuqiao.demo.hearing import Ear
from yuqiao.demo.judge import Verdict, judge, summary
from yuqiao.demo.phone import Session
from yuqiao.demo.plans import PLANS, Mishap
from yuqiao.demo.voices import write_wav
from yuqiao.hotline.models import Call, Callback, Leg, LegRole, Line, Recording, WayIn
from yuqiao.lib.g711 import SAMPLE_RATE, Samples
from yuqiao.lib.tone import sine

SECONDS = 6.0
PLAN = next(plan for plan in PLANS if plan.language == "en" and plan.way == "c" and not plan.key)
CALLER, INTERPRETER = PLAN.caller, "1001"
BEGAN = dt.datetime(2026, 11, 22, 8, 0, tzinfo=dt.UTC)
ANSWERED = BEGAN.timestamp()

pytestmark = pytest.mark.django_db


def voice(party: str) -> Samples:
    """A party's tone with clicks at times of its own, so that it can be aligned."""
    sound = sine(PERSONAS[party].tone, SECONDS, -30.0).astype(np.int32)
    chance = np.random.default_rng(len(party) + int(PERSONAS[party].tone))
    bursts = chance.normal(0, 1500, len(sound)) * (chance.uniform(0, 1, len(sound)) > 0.98)
    return np.asarray(np.clip(sound + bursts, -32768, 32767), dtype=np.int16)


def presence(party: str, heard: tuple[str, ...]) -> Presence:
    sound = sum((voice(one) for one in heard), np.zeros(round(SECONDS * SAMPLE_RATE), dtype=np.int16))
    times = (ANSWERED, ANSWERED, ANSWERED + SECONDS)
    return Presence(party, (party,), *times, {party: Ear(party, ANSWERED, sound)}, voice(party), ANSWERED)


class CallersWatch(Session):
    """What the caller's own watch says of the call; no sockets."""

    def __init__(self) -> None:
        self.answered_at = ANSWERED
        self.ended_at = ANSWERED + SECONDS


@pytest.fixture
def facts(tmp_path: Path) -> CallFacts:
    """A call in which all is well: caller and interpreter, two tracks and the mix."""
    line = Line.objects.create(number=PLAN.line, name_zh="x", line_class="own")
    call = Call.objects.create(
        line=line,
        dialled=PLAN.dials,
        way_in=WayIn.DIRECT,
        language=PLAN.language,
        started_at=BEGAN,
        answered_at=BEGAN,
        interpreter_at=BEGAN + dt.timedelta(seconds=1),
        ended_at=BEGAN + dt.timedelta(seconds=SECONDS),
        outcome="served",
    )
    found = CallFacts(Played(PLAN, CallersWatch()), call)
    for party, role, other in (
        (CALLER, LegRole.CALLER, INTERPRETER),
        (INTERPRETER, LegRole.INTERPRETER, CALLER),
    ):
        leg = Leg.objects.create(id=party, call=call, role=role, created_at=BEGAN)
        found.on_leg[leg.id] = presence(party, (other,))
        write_wav(tmp_path / f"{party}.wav", voice(party))
        found.recordings.append(
            Recording(call=call, leg=leg, kind=Recording.Kind.TRACK, name=party, path=f"{party}.wav", created_at=BEGAN)
        )
    write_wav(tmp_path / "mix.wav", voice(CALLER) + voice(INTERPRETER))
    found.recordings.append(Recording(call=call, kind=Recording.Kind.MIX, name="mix", path="mix.wav", created_at=BEGAN))
    return found


def reasons(facts: CallFacts, folder: Path) -> str:
    return "; ".join(judge(facts, folder).reasons)


def test_a_call_in_which_all_is_well(facts: CallFacts, tmp_path: Path) -> None:
    verdict = judge(facts, tmp_path)
    assert verdict.reasons == []
    told = summary([verdict], [], 1.0)
    assert told["ok"]
    assert told["calls"][0]["who_heard_whom"] == {
        CALLER: {CALLER: False, INTERPRETER: True},
        INTERPRETER: {CALLER: True, INTERPRETER: False},
    }
    assert told["calls"][0]["time_to_interpreter_ms"] == 1000
    assert told["calls"][0]["duration_ms"] == SECONDS * 1000
    assert {file["lag_ms"] for file in told["calls"][0]["recording_files"]} == {0.0, None}


@pytest.mark.parametrize(
    ("heard", "reason"),
    [
        ((), f"{CALLER} did not hear {INTERPRETER}"),
        ((CALLER, INTERPRETER), f"{CALLER} heard itself"),
        ((INTERPRETER, "1002"), f"{CALLER} heard 1002, who was not there"),
    ],
)
def test_who_is_missing_echoed_or_a_stranger_is_named(
    facts: CallFacts, tmp_path: Path, heard: tuple[str, ...], reason: str
) -> None:
    facts.on_leg[CALLER] = presence(CALLER, heard)
    assert reasons(facts, tmp_path) == reason


def test_a_track_beside_the_mix_is_seen(facts: CallFacts, tmp_path: Path) -> None:
    write_wav(tmp_path / f"{CALLER}.wav", np.roll(voice(CALLER), round(0.041 * SAMPLE_RATE)))
    assert reasons(facts, tmp_path) == f"{CALLER}.wav is 41 ms beside the mix"


def test_tracks_aligned_with_a_mix_that_is_itself_late_are_seen_by_the_parties_watch(
    facts: CallFacts, tmp_path: Path
) -> None:
    late = round(0.4 * SAMPLE_RATE)
    write_wav(tmp_path / f"{CALLER}.wav", np.roll(voice(CALLER), late))
    write_wav(tmp_path / "mix.wav", np.roll(voice(CALLER), late) + voice(INTERPRETER))
    assert reasons(facts, tmp_path) == "the tracks are 400 ms apart by the parties' own watches"


def test_a_file_that_is_too_short_is_seen(facts: CallFacts, tmp_path: Path) -> None:
    write_wav(tmp_path / "mix.wav", (voice(CALLER) + voice(INTERPRETER))[: round(5.4 * SAMPLE_RATE)])
    assert reasons(facts, tmp_path) == "mix.wav lasts 5400 ms, the call 6000 ms"


def test_a_file_with_the_wrong_voice_is_seen(facts: CallFacts, tmp_path: Path) -> None:
    write_wav(tmp_path / f"{CALLER}.wav", voice(CALLER) + voice(INTERPRETER))
    assert f"{CALLER}.wav holds 1001, {CALLER}, not {CALLER}" in reasons(facts, tmp_path)


def test_missing_files_tracks_and_mixes_are_seen(facts: CallFacts, tmp_path: Path) -> None:
    (tmp_path / f"{INTERPRETER}.wav").unlink()
    assert f"recording {INTERPRETER}.wav cannot be read" in reasons(facts, tmp_path)
    del facts.recordings[1]
    assert reasons(facts, tmp_path) == f"{INTERPRETER} has no track"
    del facts.recordings[-1]
    assert reasons(facts, tmp_path) == "there are 0 mixes, not one"


def test_what_the_platform_wrote_is_compared_with_the_plan(facts: CallFacts, tmp_path: Path) -> None:
    facts.call.outcome = "abandoned"
    facts.call.language = "fr"
    assert reasons(facts, tmp_path) == "language is 'fr', not 'en'; outcome is 'abandoned', not 'served'"


def test_a_leg_without_a_party_a_broken_call_and_too_few_interpreters_are_seen(
    facts: CallFacts, tmp_path: Path
) -> None:
    facts.unmatched.append("12345")
    facts.played.broken = "the platform did not answer"
    facts.played.plan = replace(PLAN, mishap=Mishap.HANGS_UP, agent="desk-120", third="12345")
    told = judge(facts, tmp_path).reasons
    assert "the platform did not answer" in told
    assert "1 interpreters were on, not 2" in told
    assert "the line's agent was never on" in told
    assert "the third party was never on" in told
    assert "nobody of ours was on the leg of 12345" in told


def second_to_pick_up(facts: CallFacts, heard: tuple[str, ...], seconds: float) -> None:
    """Another interpreter picks up in the same moment, is let go, and is on for ``seconds``."""
    leg = Leg(id="1003", call=facts.call, role=LegRole.INTERPRETER, created_at=BEGAN)
    facts.on_leg[leg.id] = replace(presence("1003", heard), ended_at=ANSWERED + seconds)
    facts.not_needed = frozenset({leg.id})


def test_who_picked_up_second_and_was_let_go_at_once_is_no_party_of_the_call(facts: CallFacts, tmp_path: Path) -> None:
    second_to_pick_up(facts, (), 0.4)
    assert reasons(facts, tmp_path) == ""
    facts.not_needed = frozenset()  # the platform says nothing of the sort
    assert "2 interpreters were on, not 1" in reasons(facts, tmp_path)


def test_who_picked_up_second_must_hear_nobody_and_be_off_soon(facts: CallFacts, tmp_path: Path) -> None:
    second_to_pick_up(facts, (CALLER,), 0.4)
    assert reasons(facts, tmp_path) == f"1003 came too late, but heard {CALLER}"
    second_to_pick_up(facts, (), 1.2)
    assert "2 interpreters were on, not 1" in reasons(facts, tmp_path)


def test_nobody_free_needs_a_callback_in_the_callers_language(facts: CallFacts, tmp_path: Path) -> None:
    facts.played.plan = replace(PLAN, mishap=Mishap.NOBODY)
    assert "there is no callback in the caller's language" in reasons(facts, tmp_path)
    facts.callbacks = [Callback(call=facts.call, number="1", language="en", created_at=BEGAN, due_at=BEGAN)]
    assert "callback in the" not in reasons(facts, tmp_path)


def test_a_general_reason_spoils_the_whole(facts: CallFacts) -> None:
    assert summary([Verdict(facts)], [], 1.0)["ok"]
    assert not summary([Verdict(facts)], ["the machine was too busy"], 1.0)["ok"]
    assert not summary([Verdict(facts, reasons=["x"])], [], 1.0)["ok"]
