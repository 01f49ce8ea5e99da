"""What a plan may hold, without rows: money exactly, weights, targets, parts, approvals."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from decimal import Decimal
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.evaluation.money import LARGEST_FEN, read_fen, ten_thousand, yuan
from yuqiao.evaluation.plan_rules import (
    SENTENCES,
    Approval,
    PlanError,
    check_approval,
    check_parts,
    check_target,
    check_weight,
    year_later,
)
from yuqiao.evaluation.sheet import in_ten_thousand

D = Decimal
FEN = st.integers(-LARGEST_FEN, LARGEST_FEN)
DAY = dt.date(2023, 8, 1)


def code_of(error: pytest.ExceptionInfo[PlanError]) -> str:
    return error.value.code


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("168.336200", 168_336_200),
        ("149.164287万元", 149_164_287),
        ("1,683,362元", 168_336_200),
        ("¥1683362.00", 168_336_200),
        ("人民币１６８.３３６２万元", 168_336_200),
        ("-18.6062万", -18_606_200),
        ("3.5亿元", 35_000_000_000),
        ("0.07元", 7),
    ],
)
def test_amounts_as_people_write_them_are_whole_fen(text: str, fen: int) -> None:
    assert read_fen(text) == fen


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("168.3362001", "money_fraction"),
        ("0.005元", "money_fraction"),
        ("1,68元", "money"),
        ("二百万", "money"),
        ("", "money"),
        ("—", "money"),
        ("1e9", "money"),
        ("99999999999亿", "money_size"),
    ],
)
def test_less_than_a_fen_and_what_is_no_amount_is_refused_with_a_sentence(text: str, code: str) -> None:
    with pytest.raises(PlanError) as error:
        read_fen(text)
    assert code_of(error) == code
    assert "{" not in error.value.zh + str(error.value)


@given(FEN)
def test_every_amount_that_is_printed_reads_back_exactly(fen: int) -> None:
    assert read_fen(in_ten_thousand(fen)) == fen
    assert read_fen(f"{ten_thousand(fen)}万元") == fen
    assert read_fen(f"{yuan(fen)}元") == fen


@given(st.text(max_size=30))
def test_no_text_makes_money_fall(text: str) -> None:
    with suppress(PlanError):
        assert abs(read_fen(text)) <= LARGEST_FEN


@given(st.decimals(allow_nan=True, allow_infinity=True))
def test_a_weight_is_points_with_two_decimals_or_refused(weight: D) -> None:
    with suppress(PlanError):
        assert 0 <= check_weight(weight) <= 100


@given(st.lists(st.integers(0, 3000), min_size=2, max_size=6), st.integers(-2, 2))
def test_parts_weigh_as_much_as_the_whole(cents: list[int], off: int) -> None:
    weights = [D(one).scaleb(-2) for one in cents]
    whole = sum(weights, D(0)) + D(off).scaleb(-2)
    if off:
        with pytest.raises(PlanError, match="add up"):
            check_parts(weights, whole)
    else:
        check_parts(weights, whole)


def test_one_part_is_no_split() -> None:
    with pytest.raises(PlanError) as error:
        check_parts([D(3)], D(3))
    assert code_of(error) == "few_parts"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("尽快", "target"),
        ("≥0.00001次", "target_size"),
        ("≥1000000000亿次", "target_size"),
        ("＝3国际语言环境建设工作领导小组", "unit"),
        ("2022年7月31日前", "deadline"),
    ],
)
def test_a_target_that_nobody_could_keep_is_refused(text: str, code: str) -> None:
    with pytest.raises(PlanError) as error:
        check_target(text, 2023)
    assert code_of(error) == code


def test_a_day_without_a_year_is_one_of_the_project_s() -> None:
    assert check_target("7月31日前", 2023).deadline == dt.date(2023, 7, 31)


@pytest.mark.parametrize(
    ("given_", "code"),
    [
        (Approval("调整", "京外办〔2023〕8号", dt.date(2024, 1, 1)), "approved_late"),
        (Approval("调整", "京外办〔2023〕8号", dt.date(2025, 1, 1)), "future"),
        (Approval(" ", "京外办〔2023〕8号", DAY), "approval"),
        (Approval("调整", "", DAY), "approval"),
    ],
)
def test_s125_nothing_is_approved_without_reason_and_paper_or_after_the_year(given_: Approval, code: str) -> None:
    with pytest.raises(PlanError) as error:
        check_approval(given_, year=2023, today=dt.date(2024, 2, 1))
    assert code_of(error) == code
    sound = Approval(" 取消活动 ", "京外办〔2023〕8号", dt.date(2023, 12, 31))
    assert check_approval(sound, year=2023, today=dt.date(2024, 2, 1)).reason == "取消活动"


def test_the_29th_of_february_becomes_the_28th() -> None:
    assert year_later(dt.date(2024, 2, 29), 1) == dt.date(2025, 2, 28)
    assert year_later(dt.date(2023, 7, 31), 2) == dt.date(2025, 7, 31)
    assert year_later(None, 1) is None


def test_every_refusal_speaks_both_languages_with_the_same_facts() -> None:
    for code, (zh, en) in SENTENCES.items():
        fields = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in (zh, en)]
        assert fields[1] <= fields[0], code
        error = PlanError(code, **dict.fromkeys(fields[0], 1))
        assert error.zh.endswith("。"), code
        assert str(error).endswith("."), code
