"""Judges the demonstration: went each call as planned, heard each party exactly the others, are the files right?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from yuqiao.demo.cast import PERSONAS
from yuqiao.demo.facts import CallFacts, Presence
from yuqiao.demo.hearing import HEARD_LEVEL, STRAY_WINDOWS, Heard, Interval, levels, listen
from yuqiao.demo.plans import Mishap
from yuqiao.hotline.models import Recording, WayIn
from yuqiao.hotline.tracks import read_samples
from yuqiao.lib.g711 import SAMPLE_RATE, Samples

WAYS: Final = {"a": WayIn.BESIDE_AGENT, "b": WayIn.TRANSFERRED, "c": WayIn.DIRECT}
LENGTH_TOLERANCE_MS: Final = 500
LAG_TOLERANCE_MS: Final = 40.0
#: Tracks of one call may be this much apart when measured against the parties' own watches: that includes each leg's
#: jitter buffer, and a party that speaks late because the machine is busy. It would be more if an offset were wrong.
SPREAD_TOLERANCE_MS: Final = 300.0
#: Lags up to this many samples are looked for.
FARTHEST: Final = SAMPLE_RATE
VOICES: Final = {key: persona.tone for key, persona in PERSONAS.items()}


@dataclass(frozen=True, slots=True)
class FileFacts:
    """One finished recording as it lies on disk. ``lag_ms``: how far it is behind the mix; ``delay_ms``: how far behind
    what its party said by the party's own watch, counted from the call's answer. Both None for the mix itself."""

    path: str
    kind: str
    parties: tuple[str, ...]
    duration_ms: int
    offset_ms: int
    lag_ms: float | None
    delay_ms: float | None
    voices: tuple[str, ...]


@dataclass(slots=True)
class Verdict:
    """One call judged: ``reasons`` is empty when all is as it should be."""

    facts: CallFacts
    heard: dict[str, Heard] = field(default_factory=dict)
    files: list[FileFacts] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether every check held."""
        return not self.reasons


def judge(facts: CallFacts, recordings: Path, *, exact: bool = True) -> Verdict:
    """Judge one call; ``recordings`` is the folder of its files.

    Not ``exact``: the mix is another engine's. Asterisk's leaves out what falls into a change of a bridge's members,
    and records nothing of who is alone in one, so it is not held against the tracks, which are judged as always.
    """
    verdict = Verdict(facts)
    _went_as_planned(verdict)
    _heard_each_other(verdict)
    _files_are_right(verdict, recordings, exact=exact)
    return verdict


def _went_as_planned(verdict: Verdict) -> None:
    facts, reasons = verdict.facts, verdict.reasons
    plan, call = facts.played.plan, facts.call
    if facts.played.broken:
        reasons.append(facts.played.broken)
    wanted = {"line": plan.line, "way_in": WAYS[plan.way], "language": plan.language, "outcome": plan.outcome}
    written = {
        "line": call.line.number if call.line else "",
        "way_in": call.way_in,
        "language": call.language,
        "outcome": call.outcome,
    }
    reasons += [
        f"{name} is {written[name]!r}, not {wanted[name]!r}" for name in wanted if written[name] != wanted[name]
    ]
    if call.ended_at is None:
        reasons.append("the platform does not know that the call is over")
    roles = [PERSONAS[party].role for one in facts.presences for party in one.parties]
    if roles.count("interpreter") != plan.interpreters:
        reasons.append(f"{roles.count('interpreter')} interpreters were on, not {plan.interpreters}")
    if plan.third_party and not any(plan.third_party in one.parties for one in facts.presences):
        reasons.append("the third party was never on")
    if plan.agent and not any(plan.agent in one.parties for one in facts.presences):
        reasons.append("the line's agent was never on")
    reasons += [f"nobody of ours was on the leg of {label}" for label in facts.unmatched]
    if plan.mishap is Mishap.NOBODY and [one.language for one in facts.callbacks] != [plan.language]:
        reasons.append("there is no callback in the caller's language")


def _heard_each_other(verdict: Verdict) -> None:
    presences = verdict.facts.presences
    on: dict[str, list[Interval]] = {}
    for one in presences:
        for party in one.parties:
            on.setdefault(party, []).append(one.interval)
    for one in presences:
        for party, ear in one.ears.items():
            heard = listen(ear, [one.interval], VOICES, on)
            verdict.heard[party] = heard
            verdict.reasons += [f"{party} did not hear {other}" for other in heard.missing]
            for other in heard.strays:
                whom = "itself" if other == party else f"{other}, who was not there"
                verdict.reasons.append(f"{party} heard {whom}")
    for one in verdict.facts.too_late:
        for party, ear in one.ears.items():
            found = np.any(levels(ear.samples, list(VOICES.values())) >= HEARD_LEVEL, axis=0).tolist()
            heard_late = [name for name, there in zip(VOICES, found, strict=True) if there]
            verdict.reasons += [f"{party} came too late, but heard {other}" for other in heard_late]


def _files_are_right(verdict: Verdict, folder: Path, *, exact: bool) -> None:
    facts = verdict.facts
    session = facts.played.session
    length = round((session.ended_at - session.answered_at) * 1000) if session is not None else 0
    mixes = [one for one in facts.recordings if one.kind == Recording.Kind.MIX]
    if len(mixes) != 1:
        verdict.reasons.append(f"there are {len(mixes)} mixes, not one")
        return
    for missing in set(_recorded_legs(facts)) - {one.leg_id for one in facts.recordings}:
        verdict.reasons.append(f"{'+'.join(facts.on_leg[missing].parties)} has no track")
    mix = _read(folder / mixes[0].path, verdict)
    for recording in facts.recordings:
        samples = _read(folder / recording.path, verdict)
        if samples is None or mix is None:
            continue
        presence = facts.on_leg.get(recording.leg_id or "")
        parties = presence.parties if presence else ()
        duration = round(len(samples) * 1000 / SAMPLE_RATE)
        lag = None if recording.kind == Recording.Kind.MIX else lag_ms(samples, mix)
        delay = None
        if lag is not None and presence and facts.call.answered_at:
            delay = lag_ms(samples, said(presence, facts.call.answered_at.timestamp(), len(samples)))
        offset = recording.offset_ms or 0
        file = FileFacts(recording.path, recording.kind, parties, duration, offset, lag, delay, voices_in(samples))
        verdict.files.append(file)
        verdict.reasons += _file_reasons(file, length, facts, exact=exact)
    delays = [file.delay_ms for file in verdict.files if file.delay_ms is not None]
    if delays and max(delays) - min(delays) > SPREAD_TOLERANCE_MS:
        verdict.reasons.append(f"the tracks are {max(delays) - min(delays):.0f} ms apart by the parties' own watches")


def _file_reasons(file: FileFacts, length_ms: int, facts: CallFacts, *, exact: bool) -> list[str]:
    reasons = []
    if abs(file.duration_ms - length_ms) > LENGTH_TOLERANCE_MS:
        reasons.append(f"{file.path} lasts {file.duration_ms} ms, the call {length_ms} ms")
    if exact and file.lag_ms is not None and abs(file.lag_ms) > LAG_TOLERANCE_MS:
        reasons.append(f"{file.path} is {file.lag_ms:.0f} ms beside the mix")
    everybody = {party for one in facts.presences for party in one.parties}
    expected = set(file.parties) if file.kind == Recording.Kind.TRACK else everybody
    alone = file.kind == Recording.Kind.MIX and len(expected) == 1
    if set(file.voices) != expected and (exact or not alone):
        reasons.append(f"{file.path} holds {', '.join(file.voices) or 'nobody'}, not {', '.join(sorted(expected))}")
    return reasons


def _recorded_legs(facts: CallFacts) -> list[str]:
    """Return the legs that must have a track: those whose party was on for a second or longer."""
    return [leg for leg, one in facts.on_leg.items() if one.answered_at and one.ended_at - one.answered_at >= 1.0]


def _read(path: Path, verdict: Verdict) -> Samples | None:
    if not path.is_file():
        verdict.reasons.append(f"recording {path.name} cannot be read: there is none")
        return None
    try:
        return read_samples(path)
    except (OSError, ValueError) as error:
        verdict.reasons.append(f"recording {path.name} cannot be read: {error}")
        return None


def voices_in(samples: Samples) -> tuple[str, ...]:
    """Return whose tone is in ``samples`` for a second or longer without a break."""
    found = levels(samples, list(VOICES.values())) >= HEARD_LEVEL
    if len(found) < STRAY_WINDOWS:
        return ()
    runs = np.lib.stride_tricks.sliding_window_view(found, STRAY_WINDOWS, axis=0).all(axis=2)
    return tuple(sorted(name for name, there in zip(VOICES, np.any(runs, axis=0).tolist(), strict=True) if there))


def said(presence: Presence, answered_at: float, count: int) -> Samples:
    """Return what was said on one leg, on the call's time axis: ``count`` samples from the call's answer on."""
    sound = np.zeros(count, dtype=np.int16)
    begin = round((presence.said_at - answered_at) * SAMPLE_RATE)
    end = min(count, round((presence.ended_at - answered_at) * SAMPLE_RATE))
    first = max(0, begin)
    if end > first:
        sound[first:end] = presence.voice[np.arange(first - begin, end - begin) % len(presence.voice)]
    return sound


def lag_ms(track: Samples, mix: Samples) -> float:
    """Return by how many ms ``track`` is behind ``mix``, by the peak of their cross-correlation; up to one second."""
    size = 1 << (len(track) + len(mix) + FARTHEST).bit_length()
    product = np.fft.rfft(track.astype(np.float64), size) * np.conj(np.fft.rfft(mix.astype(np.float64), size))
    correlation: NDArray[np.float64] = np.fft.irfft(product, size)
    near = np.concatenate((correlation[-FARTHEST:], correlation[: FARTHEST + 1]))
    return float(np.argmax(near) - FARTHEST) * 1000 / SAMPLE_RATE


def summary(verdicts: Sequence[Verdict], general: Sequence[str], seconds: float) -> dict[str, Any]:
    """Return everything as JSON for summary.json; ``general`` are reasons that belong to no single call."""
    return {
        "ok": not general and all(verdict.ok for verdict in verdicts),
        "reasons": list(general),
        "seconds": round(seconds, 1),
        "heard_level_db": HEARD_LEVEL,
        "recordings_folder": "recordings",
        "calls": [_call_summary(verdict) for verdict in verdicts],
    }


def _call_summary(verdict: Verdict) -> dict[str, Any]:
    facts = verdict.facts
    plan, call, session = facts.played.plan, facts.call, facts.played.session
    waited = (call.interpreter_at - call.started_at).total_seconds() * 1000 if call.interpreter_at else None
    return {
        "number": plan.number,
        "call": str(call.id),
        "way_in": call.way_in,
        "line": call.line.number if call.line else "",
        "dialled": call.dialled,
        "language": call.language,
        "language_by": "key" if plan.key else "dialled number",
        "parties": [party for one in facts.presences for party in one.parties],
        "time_to_interpreter_ms": None if waited is None else round(waited),
        "duration_ms": round((session.ended_at - session.answered_at) * 1000) if session else None,
        "outcome": call.outcome,
        "mishap": str(plan.mishap),
        "third_party_by": plan.third_by,
        "recording_files": [
            {
                "path": file.path,
                "kind": file.kind,
                "parties": list(file.parties),
                "duration_ms": file.duration_ms,
                "offset_ms": file.offset_ms,
                "lag_ms": None if file.lag_ms is None else round(file.lag_ms, 2),
                "delay_ms": None if file.delay_ms is None else round(file.delay_ms, 2),
                "voices": list(file.voices),
            }
            for file in verdict.files
        ],
        "who_heard_whom": _matrix(verdict.heard),
        "levels_db": {
            party: {other: round(level, 1) for other, level in heard.levels.items()}
            for party, heard in verdict.heard.items()
        },
        "ok": verdict.ok,
        "reasons": verdict.reasons,
    }


def _matrix(heard: Mapping[str, Heard]) -> dict[str, dict[str, bool]]:
    """Return for each listener whether each party of the call, itself included, was heard; strangers only if heard."""
    return {
        listener: {
            other: other in judged.heard for other in [*heard, *(one for one in judged.heard if one not in heard)]
        }
        for listener, judged in heard.items()
    }
