"""How the parties of a call sounded, in words and figures: one row for each leg that the engine measured."""

from __future__ import annotations

from dataclasses import dataclass

from yuqiao.hotline.models import Leg

#: Bounds of speech transmission quality by mean opinion score: ITU-T G.109 (09/99) table 1, R of 80 and 70.
GOOD, FAIR = 4.0, 3.6


@dataclass(frozen=True, slots=True)
class Sound:
    """One leg: scores from 1 to 4.5, shares in percent, milliseconds; None for what nobody measured. ``level`` is
    ``good``, ``fair`` or ``bad``, by the worse direction."""

    mos: float | None
    mos_there: float | None
    level: str
    lost: float | None
    lost_there: float | None
    jitter: float | None
    round_trip: float | None


def sound_of(leg: Leg) -> Sound | None:
    """Return how a leg sounded; None when it was not measured."""
    kept = leg.sound
    if not kept:
        return None
    known = [score for score in (leg.mos, leg.mos_there) if score is not None]
    return Sound(
        mos=leg.mos,
        mos_there=leg.mos_there,
        level=_level(min(known)) if known else "",
        lost=_percent(kept.get("lost", 0) + kept.get("late", 0), kept.get("received", 0) + kept.get("lost", 0)),
        lost_there=_percent(kept["lost_there"], kept.get("sent", 0)) if "lost_there" in kept else None,
        jitter=kept.get("jitter") if kept.get("received") else None,
        round_trip=kept.get("round_trip"),
    )


def _level(score: float) -> str:
    return "good" if score >= GOOD else "fair" if score >= FAIR else "bad"


def _percent(part: float, of: float) -> float | None:
    return round(100 * max(0.0, min(1.0, part / of)), 1) if of else None
