"""How the legs of calls sounded: what the engine measured, judged by the E-model (ITU-T G.107) and kept on the leg."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from yuqiao.engines.events import LegMeasured
from yuqiao.hotline.models import Leg
from yuqiao.lib.voice_quality import score

#: What a packet of 20 ms adds to the delay, and what a jitter buffer of unknown depth does.
PACKET_MS, BUFFER_MS = 20.0, 40.0
#: Below this many packets (2 s) a leg was too short to be judged.
ENOUGH = 100


def keep_all(measured: Sequence[LegMeasured]) -> int:
    """Write how several legs sounded in one transaction; return how many were kept."""
    with transaction.atomic():
        return sum(keep(one) for one in measured)


def keep(measured: LegMeasured) -> bool:
    """Write how a leg sounded; False when it is nobody's, or nothing was sent or received."""
    if not (measured.received or measured.sent):
        return False
    here, there = scores(measured)
    return bool(Leg.objects.filter(pk=measured.leg).update(mos=here, mos_there=there, sound=figures(measured)))


def scores(measured: LegMeasured) -> tuple[float | None, float | None]:
    """Return the mean opinion scores of what came from the party and of what reached it; None where too little came,
    or nothing is known."""
    way = (measured.round_trip or 0.0) / 2 + PACKET_MS
    here = there = None
    expected = measured.received + measured.lost
    if expected >= ENOUGH:
        waited = BUFFER_MS if measured.wait is None else measured.wait
        here = round(score(_share(measured.lost + measured.late, expected), way + waited), 2)
    if measured.lost_there is not None and measured.sent >= ENOUGH:
        there = round(score(_share(measured.lost_there, measured.sent), way + BUFFER_MS), 2)
    return here, there


def figures(measured: LegMeasured) -> dict[str, float]:
    """Return the figures that are kept: packets, and milliseconds rounded to tenths; what is not known is left out."""
    times = {
        "jitter": measured.jitter,
        "jitter_there": measured.jitter_there,
        "round_trip": measured.round_trip,
        "wait": measured.wait,
    }
    counts = {
        "received": measured.received,
        "lost": measured.lost,
        "late": measured.late,
        "sent": measured.sent,
        "lost_there": measured.lost_there,
    }
    kept = {name: count for name, count in counts.items() if count is not None}
    return kept | {name: round(time, 1) for name, time in times.items() if time is not None}


def _share(gone: int, of: int) -> float:
    return min(1.0, max(0, gone) / of)
