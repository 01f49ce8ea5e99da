"""Schemes are data: the same after a journey through JSON, refused with what to mend, in force from their day on."""

from __future__ import annotations

import datetime as dt
import json
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.evaluation.scheme_data import SchemeError, as_data, from_data
from yuqiao.evaluation.schemes import BEIJING, BUDGET, BY_CODE, NATIONAL, SCHEMES, Scheme, in_force
from yuqiao.evaluation.tests.test_scoring_bounds import SCHEMES_OF_ALL_RULES


@given(SCHEMES_OF_ALL_RULES)
def test_a_scheme_survives_json_exactly(scheme: Scheme) -> None:
    assert from_data(json.loads(json.dumps(as_data(scheme), ensure_ascii=False))) == scheme


def test_the_five_schemes_are_told_apart_and_add_up() -> None:
    assert len(BY_CODE) == len(SCHEMES) == 5
    assert all(sum(one.weights.values()) in {0, 100} for one in SCHEMES)
    assert BY_CODE["budget-20"].weights[BUDGET] == 20
    assert BEIJING.weights != NATIONAL.weights


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"format": 2}, "format: write 1"),
        ({"wieghts": {}}, "wieghts: no such field"),
        ({"code": ""}, "code: write a text"),
        ({"valid_from": "31.1.2026"}, "valid_from: write a day as 2026-01-31"),
        ({"weights": {"产出指标": 60, "效益指标": 30}}, "weights: they add up to 90"),
        ({"weights": {"产出指标": "100"}}, "weights.产出指标: write a whole number"),
        ({"weights": []}, "weights: write an object"),
        ({"bands": "high"}, "bands: write a list"),
        ({"bands": [{"name": "达成", "low": 80, "high": 100}]}, "bands: the last one must begin at 0"),
        (
            {"bands": [{"name": "达成", "low": 80, "high": 100}, {"name": "未达成", "low": 0, "high": 60}]},
            "bands, entry 2, high: write 80",
        ),
        ({"grades": [{"name": "优", "low": 90}, {"name": "差", "low": 95}]}, "grades: the last one must begin at 0"),
        ({"grades": [{"name": "优", "low": 0}, {"name": "差", "low": 0}]}, "grades, 差: its low must be under 0"),
        ({"grades": [{"low": 0}]}, "grades, entry 1, name: write a text"),
        ({"grades": ["优"]}, "grades, entry 1: write an object"),
        ({"grades": []}, "grades: the last one"),
        ({"categories": [1]}, "categories, entry 1: write a text"),
        ({"points_places": 7}, "points_places: write a whole number from 0 to 6"),
        ({"points_places": True}, "points_places: write a whole number"),
        ({"rounding": "up"}, "rounding: write one of half_up, truncate"),
        ({"zero_share": 0.5}, 'zero_share: write a share from 0 to 1 as a text, such as "0.5"'),
        ({"over_achieved": "0.9"}, "over_achieved: write a share from 1 to 100"),
        ({"late_share": "NaN"}, "late_share: write a share"),
    ],
)
def test_what_cannot_score_is_refused_with_what_to_mend(change: dict[str, Any], said: str) -> None:
    with pytest.raises(SchemeError) as refused:
        from_data({**as_data(BEIJING), **change})
    assert said in str(refused.value)


@pytest.mark.parametrize("name", ["code", "name", "valid_from", "weights", "bands", "grades"])
def test_a_missing_field_is_named(name: str) -> None:
    data = as_data(BEIJING)
    del data[name]
    with pytest.raises(SchemeError, match=f"{name}: is missing"):
        from_data(data)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
def test_no_data_at_all_makes_it_fall(junk: object) -> None:
    for field in ("weights", "bands", "grades", "categories", "zero_share", "rounding", "points_places"):
        with suppress(SchemeError):
            assert from_data({**as_data(BEIJING), field: junk}).code == "beijing"
    with pytest.raises(SchemeError):
        from_data([junk])


def test_the_youngest_version_that_has_begun_is_in_force() -> None:
    changed = replace(BEIJING, valid_from=dt.date(2026, 1, 1), over_achieved=Decimal("1.2"))
    versions = [changed, *SCHEMES]
    assert in_force(versions, "beijing", dt.date(2025, 12, 31)) == BEIJING
    assert in_force(versions, "beijing", dt.date(2026, 1, 1)) == changed
    assert in_force(versions, "beijing", dt.date(2019, 1, 1)) is None
    assert in_force(versions, "elsewhere", dt.date(2026, 1, 1)) is None
