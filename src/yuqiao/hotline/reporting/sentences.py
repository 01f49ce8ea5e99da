"""Sentences that say what figures say, in Chinese, for the report: no adjective that a number does not carry."""

from __future__ import annotations

from yuqiao.hotline.figures.exact import Change
from yuqiao.hotline.figures.printed import NONE, value_of
from yuqiao.hotline.figures.report import Counted, Table


def period_name(code: str) -> str:
    """Return a period as a reader says it: 2021 年, 2021 年上半年."""
    year, _, half = code.partition("H")
    return f"{year} 年" + {"1": "上半年", "2": "下半年"}.get(half, "")


def growth(this: Counted, before: Counted, name: str, measure: str = "通") -> str:
    """Return how a count grew: 来电总量 6191 通，上年同期 5187 通，增加 1004 通（+19.36%）。"""
    change = Change(this.numerator, before.numerator)
    said = f"{name} {change.now} {measure}"
    if not change.before:
        return f"{said}，上年同期无记录。"
    if not change.difference:
        return f"{said}，与上年同期持平。"
    direction = "增加" if change.difference > 0 else "减少"
    changed = f"{direction} {abs(change.difference)} {measure}（{change.percent():+}%）"
    return f"{said}，上年同期 {change.before} {measure}，{changed}。"


def share(counted: Counted, name: str) -> str:
    """Return a share with both its numbers: 译员接通率 97.02%（6007/6191）。"""
    value = value_of(counted)
    if value == NONE:
        return f"{name}：期内无可计入的记录。"
    return f"{name} {value}（{counted.numerator}/{counted.denominator}）。"


def time(counted: Counted, name: str) -> str:
    """Return a time with the number of rows it rests on: 译员接通时长中位数 7.015 s（6007 通）。"""
    return (
        f"{name}：期内无记录。"
        if counted.time_ms is None
        else f"{name} {value_of(counted)}（{counted.numerator} 通）。"
    )


def span(counted: Counted, name: str) -> str:
    """Return a share of a time, with its time in hours: 话务平台可用率 99.998%（应运行 8760.0 小时）。"""
    hours = counted.denominator // 360_000
    value = value_of(counted)
    return f"{name}：期内无记录。" if value == NONE else f"{name} {value}（分母 {hours // 10}.{hours % 10} 小时）。"


def overview(period: str, this: Table, before: Table) -> list[str]:
    """Return the sentences of the first section."""
    return [
        f"{period_name(period)}，" + growth(this["calls"], before["calls"], "来电总量"),
        growth(this["transfers"], before["transfers"], "其中联动线路转接外语电话"),
        share(this["served"], "译员接通率"),
        f"服务外语语种 {this['languages'].numerator} 个，联动覆盖部门 {this['departments'].numerator} 个。",
    ]


def promises(this: Table) -> list[str]:
    """Return the sentences about times."""
    return [
        time(this["answer_p50"], "应答时长中位数"),
        time(this["interpreter_p50"], "译员接通时长中位数"),
        time(this["interpreter_p95"], "译员接通时长 95 分位"),
        share(this["service_level"], "及时应答率"),
        share(this["response_rate"], "翻译服务响应率"),
        share(this["abandoned"], "放弃率"),
        share(this["callbacks_returned"], "未接来电回访率"),
    ]
