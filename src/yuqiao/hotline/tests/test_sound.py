"""How a leg sounded: judged from what was measured, kept on its row."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.engines.events import LegMeasured
from yuqiao.hotline import sound
from yuqiao.hotline.models import Call, Leg, LegRole, WayIn
from yuqiao.lib.clock import now

GOOD = LegMeasured("leg", 0.0, received=3000, lost=0, jitter=2.04, sent=3000, lost_there=0, jitter_there=1.0,
                   round_trip=40.0, late=0, wait=40.0)  # fmt: skip


def measured(**changes: Any) -> LegMeasured:
    return LegMeasured(**({name: getattr(GOOD, name) for name in GOOD.__slots__} | changes))


def test_a_good_line_scores_what_g711_can() -> None:
    assert sound.scores(GOOD) == (4.41, 4.41)


def test_loss_is_heard_on_its_own_side_and_what_is_late_is_lost() -> None:
    here, there = sound.scores(measured(received=2850, lost=100, late=50))
    assert here is not None
    assert here < 4.0
    assert there == 4.41
    here, there = sound.scores(measured(lost_there=300))
    assert here == 4.41
    assert there is not None
    assert there < 3.6


def test_a_long_way_is_heard_on_both_sides() -> None:
    here, there = sound.scores(measured(round_trip=700.0))
    assert here is not None
    assert there is not None
    assert max(here, there) < 3.8


def test_who_reports_nothing_is_not_judged_for_it() -> None:
    here, there = sound.scores(measured(lost_there=None, jitter_there=None, round_trip=None))
    assert (here, there) == (4.41, None)


def test_a_leg_of_a_moment_is_not_judged() -> None:
    assert sound.scores(measured(received=60, sent=60)) == (None, None)


counts = st.integers(0, 100_000)
times = st.floats(0, 1e5)


anything = st.builds(
    LegMeasured, leg=st.just("leg"), at=st.just(0.0), received=counts, lost=counts, late=counts, sent=counts,
    jitter=times, lost_there=counts | st.none(), jitter_there=times | st.none(), round_trip=times | st.none(),
    wait=times | st.none(),
)  # fmt: skip


@given(anything)
def test_whatever_an_engine_says_the_scores_are_scores(said: LegMeasured) -> None:
    for score in sound.scores(said):
        assert score is None or 1 <= score <= 4.5
    assert all(value >= 0 for value in sound.figures(said).values())


@pytest.mark.database
@pytest.mark.django_db
def test_it_is_kept_on_the_leg_and_on_no_other() -> None:
    call = Call.objects.create(dialled="960169", way_in=WayIn.DIRECT, started_at=now())
    for name in ("leg", "other"):
        Leg.objects.create(id=name, call=call, role=LegRole.CALLER, created_at=now())
    assert sound.keep(measured(lost=30, received=2970))
    leg, other = Leg.objects.get(pk="leg"), Leg.objects.get(pk="other")
    assert leg.mos is not None
    assert 4.0 < leg.mos < 4.41 == leg.mos_there
    assert leg.sound == {
        "received": 2970, "lost": 30, "late": 0, "sent": 3000, "lost_there": 0, "jitter": 2.0, "jitter_there": 1.0,
        "round_trip": 40.0, "wait": 40.0,
    }  # fmt: skip
    assert (other.mos, other.mos_there, other.sound) == (None, None, {})
    assert not sound.keep(measured(leg=str(uuid.uuid4())))
    assert not sound.keep(measured(leg="other", received=0, sent=0))
