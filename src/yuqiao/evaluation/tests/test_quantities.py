"""Numbers with their units in Chinese sentences."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.evaluation.passages import Passage, join, read_report
from yuqiao.evaluation.quantities import chinese_number, quantities

DIGITS = "零一二三四五六七八九"


def spelt(number: int) -> str:
    """Spell 1 to 99,999,999 as people write it."""
    if number >= 10_000:
        rest = number % 10_000
        return spelt(number // 10_000) + "万" + (("零" if rest < 1000 else "") + spelt(rest) if rest else "")
    said, zero = "", False
    for value, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, value)
        if digit:
            said += ("零" if zero and said else "") + DIGITS[digit] + name
            zero = False
        else:
            zero = True
    return said


@given(st.integers(1, 99_999_999))
def test_a_spelt_number_is_read_as_it_is_meant(number: int) -> None:
    assert chinese_number(spelt(number)) == number


@given(st.decimals(0, 10**9, places=2), st.sampled_from(["条", "%", "万元", "通", "小时"]))
def test_a_printed_number_keeps_its_value_unit_and_places(value: Decimal, unit: str) -> None:
    (found,) = quantities(f"共{value}{unit}。")
    assert (found.value, found.unit, found.places) == (value, unit, 2)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("共九种语言", [("9", "种")]),
        ("三国语言", [("3", "国")]),
        ("≥3万条", [("30000", "条")]),
        ("预算350万元", [("350", "万元")]),
        ("百分之九十九点九二", [("99.92", "%")]),
        ("24小时，8个语种", [("24", "小时"), ("8", "语种")]),
        ("十二家", [("12", "家")]),
        ("第三位，唯一一线，一等奖", []),
        ("100余家", [("100", "家")]),
        ("6,191通", [("6191", "通")]),
    ],
)
def test_numbers_as_reports_write_them(text: str, wanted: list[tuple[str, str]]) -> None:
    assert [(f"{one.value:f}", one.unit) for one in quantities(text)] == wanted


def test_a_number_knows_where_it_stands() -> None:
    text = "覆盖181家部门，约100余家"
    assert [text[one.start : one.end] for one in quantities(text)] == ["181家", "100余家"]
    assert [one.about for one in quantities(text)] == [False, True]


def test_broken_lines_are_put_together_and_headings_part_the_text() -> None:
    text = "三、结论\n（一）总体\n共 350 万元，支付\n\n347 万元。\n1. 2021年度\n达100%。\nEMS 11185"
    assert read_report(text) == [
        Passage("三、结论 （一）总体", "共350万元，支付347万元。"),
        Passage("三、结论 1.2021年度", "达100%。EMS 11185"),
    ]
    assert join(["（12345、110、", "", "120) 提供"]) == "（12345、110、120)提供"
