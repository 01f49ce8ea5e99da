"""The player on a call's page: whether there is something to hear, for what it may be heard, and who heard it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from yuqiao.accounts.models import Person
from yuqiao.hotline import complaints, heard, lanes, listenings
from yuqiao.hotline.gaps import LOST, Gap
from yuqiao.hotline.hearing import WITH_REFERENCE, Purpose
from yuqiao.hotline.lanes import Lane
from yuqiao.hotline.models import Call
from yuqiao.hotline.recordings import pauses_of
from yuqiao.web.console import recording_words, words
from yuqiao.web.console.gate import Act, may
from yuqiao.web.console.retention import keeping_of


@dataclass(frozen=True, slots=True)
class Silence:
    """Where the recording holds nothing, in seconds from the call's answer, and in words why."""

    begin: float
    end: float
    why: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Sitting:
    """Somebody heard the recording: for what, which parts as a reader reads them, and what share of it."""

    name: str
    purpose: str
    reference: str
    began_at: dt.datetime
    parts: str
    percent: int
    taken: int
    open: bool


SPEEDS = (0.5, 0.75, 1, 1.25, 1.5, 2, 2.5, 3)
#: So many parts of what was heard are written out.
MOST_PARTS = 6


def silences(found: list[Lane], way_in: str, pauses: list[Gap]) -> list[Silence]:
    """Return what the lanes lack, in order: pauses once for all, what was lost for each party."""
    seen: dict[tuple[float, float, str], Silence] = {}
    for lane in found:
        for track in lane.recordings:
            leg = track.leg
            name = f"{words.word(words.PARTIES, leg.role)} {words.party_name(leg, way_in)}".strip() if leg else ""
            lacking = pauses if lane.raw else [Gap(**gap) for gap in track.gaps]
            for gap in lacking:
                begin, end = gap.begin_ms / 1000, gap.end_ms / 1000
                whose = name if gap.why == LOST else ""
                times = {"begin": words.duration(begin), "end": words.duration(end), "name": whose or "–"}
                said = words.word(words.GAPS, gap.why).format(**times)
                seen.setdefault((begin, end, f"{gap.why}{whose}"), Silence(begin, end, gap.why, said))
    return [seen[key] for key in sorted(seen)]


def player_of(call: Call, person: Person) -> dict[str, object]:
    """Return what the part "recording" of a call's page shows to ``person``."""
    by_role = may(person, Act.LISTEN)
    verdict = listenings.verdict(person, call, by_role=by_role)
    found = lanes.lanes_of(call) if call.ended_at is not None else []
    complaint = call.complaints.filter(state__in=complaints.OPEN).first() if by_role else None
    return {
        "may_listen": bool(verdict),
        "why_not": words.word(recording_words.CLOSED, verdict.why) if verdict.why in recording_words.CLOSED else "",
        "purposes": [
            (one.value, words.word(recording_words.PURPOSES, one.value), one in WITH_REFERENCE)
            for one in verdict.purposes
        ],
        "purpose": Purpose.COMPLAINT.value if complaint else Purpose.OWN.value if not by_role else "",
        "reference": f"C-{complaint.pk}" if complaint else "",
        "tracks": len(found),
        "silences": silences(found, call.way_in, pauses_of(call, lanes.length_ms_of(call))) if verdict else [],
        "recorded": call.recordings.exists(),
        "sittings": sittings_of(call) if by_role else [],
        "speeds": SPEEDS,
        "may_comment": by_role,
        "kept": keeping_of(call, person) if call.ended_at is not None else None,
    }


def sittings_of(call: Call) -> list[Sitting]:
    """Return who heard the recording of ``call``, the latest first."""
    return [
        Sitting(
            name=str(row.person),
            purpose=words.word(recording_words.PURPOSES, row.purpose),
            reference=row.reference,
            began_at=row.began_at,
            parts=_parts([(begin, end) for begin, end in row.heard]),
            percent=heard.percent(row.heard_ms, row.length_ms),
            taken=len(row.taken),
            open=row.ended_at is None,
        )
        for row in call.listenings.select_related("person")
    ]


def _parts(spans: list[heard.Span]) -> str:
    shown = heard.fewer(spans, MOST_PARTS)
    return ", ".join(f"{words.duration(begin / 1000)}–{words.duration(end / 1000)}" for begin, end in shown)
