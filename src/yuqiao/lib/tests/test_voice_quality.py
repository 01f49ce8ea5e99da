"""The E-model against published values, and its shape."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.lib.voice_quality import BEST, mean_opinion_score, rating, score

losses = st.floats(0, 1)
delays = st.floats(0, 2000)


def test_a_perfect_line_has_the_default_rating_of_g107() -> None:
    """G.107, 7.7: R = 93.2, of which annex B makes 4.41."""
    assert rating(0, 0) == rating(0, 100) == BEST == 93.2
    assert round(score(0, 50), 2) == 4.41


@pytest.mark.parametrize(("r", "mos"), [(90, 4.34), (80, 4.03), (70, 3.60), (60, 3.10), (50, 2.58)])
def test_mean_opinion_scores_are_those_of_g107_table_b1(r: float, mos: float) -> None:
    assert mean_opinion_score(r) == pytest.approx(mos, abs=0.01)


@pytest.mark.parametrize(
    ("delay", "impairment"),
    [(150, 0.2), (200, 3.0), (250, 8.9), (300, 14.8), (400, 24.1)],
)
def test_delay_costs_what_its_curve_says(delay: float, impairment: float) -> None:
    """Idd of clause 7.4: G.114's figure 1 falls from above 90 at 150 ms to below 70 at 400 ms."""
    assert BEST - rating(0, delay) == pytest.approx(impairment, abs=0.1)


def test_loss_costs_what_g113_says_of_g711_with_concealment() -> None:
    """Ie,eff = 95 Ppl / (Ppl + 25.1): 15.8 at 5 %."""
    assert BEST - rating(0.05, 0) == pytest.approx(95 * 5 / 30.1)
    assert 3.7 < score(0.05, 0) < 4.0
    assert rating(0.05, 0, burst=3) < rating(0.05, 0)


@given(losses, losses, delays, delays)
def test_more_loss_or_delay_never_sounds_better(loss: float, more: float, delay: float, longer: float) -> None:
    worse, better = max(loss, more), min(loss, more)
    late, soon = max(delay, longer), min(delay, longer)
    assert rating(worse, late) <= rating(better, soon) + 1e-6
    assert 1 <= score(worse, late) <= score(better, soon) + 1e-6 <= 4.5


@pytest.mark.parametrize("wrong", [(-0.1, 0), (1.1, 0), (0, -1), (0, math.inf), (math.nan, 0)])
def test_what_cannot_be_is_refused(wrong: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="loss is a share"):
        rating(*wrong)
    with pytest.raises(ValueError, match="loss is a share"):
        rating(0, 0, burst=0.5)
