"""How good a connection sounds, estimated from loss and delay: the E-model of ITU-T G.107 (06/2015). Pure.

Simplified for G.711 with loss concealment: everything that is not measured has its default (G.107 table 2), which
leaves R = 93.2 - Id - Ie,eff. Of the delay impairment (clause 7.4) only Idd is taken, absolute delay, as no echo is
assumed; the equipment impairment (clause 7.5) has Ie = 0 and Bpl = 25.1 (G.113 appendix I, G.711 with appendix I
concealment).
"""

from __future__ import annotations

import math
from typing import Final

BEST: Final = 93.2
LOSS_ROBUSTNESS: Final = 25.1  # Bpl
_WORST = 95.0


def rating(loss: float, delay_ms: float, burst: float = 1.0) -> float:
    """Return the transmission rating R, at most 93.2.

    ``loss``: share of packets lost or too late, 0 to 1. ``delay_ms``: from mouth to ear, one way. ``burst``: BurstR, 1
    where losses are independent of each other. ValueError for what cannot be.
    """
    if not (0 <= loss <= 1 and 0 <= delay_ms < math.inf and burst >= 1):
        raise ValueError("loss is a share, delay is not negative, and BurstR is at least 1")
    percent = 100 * loss
    equipment = _WORST * percent / (percent / burst + LOSS_ROBUSTNESS)
    return BEST - _delay_impairment(delay_ms) - equipment


def _delay_impairment(delay_ms: float) -> float:
    """Idd of clause 7.4, with the default sensitivity (sT = 1, mT = 100 ms)."""
    if delay_ms <= 100:
        return 0.0
    x = math.log2(delay_ms / 100)
    return float(25 * ((1 + x**6) ** (1 / 6) - 3 * (1 + (x / 3) ** 6) ** (1 / 6) + 2))


def mean_opinion_score(r: float) -> float:
    """Return the mean opinion score of a rating, 1 to 4.5 (annex B)."""
    if r <= 0:
        return 1.0
    if r >= 100:
        return 4.5
    return max(1.0, 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6)


def score(loss: float, delay_ms: float, burst: float = 1.0) -> float:
    """Return the mean opinion score of a connection; arguments as `rating` takes them."""
    return mean_opinion_score(rating(loss, delay_ms, burst))
