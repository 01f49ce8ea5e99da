"""Numbers with their units in Chinese sentences: 九种, 三国语言, 104 条, 3万条, 99.92%, 24小时, 百分之五. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
SMALL = {"十": 10, "百": 100, "千": 1_000}
LARGE = {"万": 10_000, "亿": 100_000_000}
PER_CENT = "%"
#: Longest first where one begins another.
UNITS = (
    *("小时", "分钟", "万元", "亿元", "人次", "平方米", "个百分点", "个语种", "语种", "个月", "个工作日", "工作日"),
    *("％", "%", "元", "通", "条", "次", "家", "个", "份", "期", "种", "国", "名", "位", "件", "起", "项", "处", "场"),
    *("部", "张", "分", "秒", "年", "月", "日", "天", "人", "届", "所", "座", "批", "倍", "类", "大", "辆", "篇", "字"),
)
_UNIT = "|".join(UNITS)
_CHINESE = "".join((*DIGITS, *SMALL, *LARGE))
_ARABIC = re.compile(rf"(?<![\d.A-Za-z])(\d[\d,]*(?:\.\d+)?)(万|亿|千|百)?(多|余)?({_UNIT})?")
#: A Chinese numeral counts only with a unit behind it (唯一 and 一线 are words), not as an ordinal (第三位),
#: and not without a digit (万元 is a unit).
_NUMERAL = re.compile(rf"(?<![第\d{_CHINESE}])([{''.join(DIGITS)}十][{_CHINESE}]*)({_UNIT})(?!之)")
_SHARE = re.compile(rf"百分之([{_CHINESE}]+)(?:点([{''.join(DIGITS)}]+))?")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in a text: ``text[start:end]`` holds it with its unit; ``places`` decimals were written.

    ``value`` is in the unit (3万条: 30000 条; 350万元: 350 万元; 99.92%: 99.92).
    """

    value: Decimal
    unit: str
    start: int
    end: int
    places: int = 0
    about: bool = False  # 100余家


def chinese_number(text: str) -> Decimal | None:
    """Return what a Chinese numeral says: 九, 二十一, 一百零四, 三万; None where it is none."""
    if not text or set(text) - set(_CHINESE):
        return None
    if not set(text) & {*SMALL, *LARGE}:
        return Decimal("".join(str(DIGITS[one]) for one in text))
    whole = part = digit = 0
    for one in text:
        if one in DIGITS:
            digit = DIGITS[one]
        elif one in SMALL:
            part += (digit or 1) * SMALL[one]
            digit = 0
        else:
            whole = (whole + part + digit or 1) * LARGE[one]
            part = digit = 0
    return Decimal(whole + part + digit)


def quantities(text: str) -> list[Quantity]:
    """Return every number of a text in its order; telephone numbers and years are numbers too, their unit says which.

    A number without a unit has the unit "".
    """
    found = [*_shares(text), *_arabic(text), *_numerals(text)]
    return sorted(found, key=lambda one: one.start)


def _arabic(text: str) -> Iterator[Quantity]:
    for one in _ARABIC.finditer(text):
        number, multiple, about, unit = one.groups()
        value = Decimal(number.replace(",", ""))
        end = one.end()
        if multiple and unit == "元":  # 350万元 is how such papers write money: 万元 is the unit
            unit = multiple + unit
        elif multiple:
            value *= {**SMALL, **LARGE}[multiple]
        places = len(number.partition(".")[2])
        yield Quantity(value, _plain(unit or ""), one.start(), end, places, bool(about))


def _numerals(text: str) -> Iterator[Quantity]:
    for one in _NUMERAL.finditer(text):
        value = chinese_number(one[1])
        if value is not None:
            yield Quantity(value, _plain(one[2]), one.start(), one.end())


def _shares(text: str) -> Iterator[Quantity]:
    for one in _SHARE.finditer(text):
        whole, digits = chinese_number(one[1]), one[2] or ""
        if whole is not None:
            value = whole + Decimal(int("0" + "".join(str(DIGITS[d]) for d in digits))).scaleb(-len(digits))
            yield Quantity(value, PER_CENT, one.start(), one.end(), len(digits))


def _plain(unit: str) -> str:
    return {"％": PER_CENT, "个语种": "语种"}.get(unit, unit)
