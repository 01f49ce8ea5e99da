"""A city's year as a sheet: Beijing's figures of 2023 (S84–S111), evaluated, with a made-up person in charge."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from yuqiao.evaluation.audit import actual_of, number
from yuqiao.evaluation.form import IndicatorRow
from yuqiao.evaluation.schemes import BEIJING
from yuqiao.evaluation.scoring import Done
from yuqiao.evaluation.sheet import Header, Measured, Money, Row, Sheet, Strand, evaluate
from yuqiao.evaluation.targets import read_target
from yuqiao.evaluation.tests.beijing import ROWS

AT = dt.datetime(2024, 1, 10, 4, tzinfo=dt.UTC)
HEADER = Header(
    "intl-language-2023",
    2023,
    "国际语言环境建设服务",
    "北京市人民政府外事办公室",
    "北京市人民政府外事办公室（本级）",
    "张三",
    "010-00000000",
)
#: Place of the indicator -> remark (R1 to R3 of the source).
CAUSES = {
    6: "因工作计划和宣传方式调整，取消此活动，并调减相关预算",
    13: "合同流程办完已过8月，纠错项目实际启动较晚",
    14: "半年总结已提交，实际结算时又完善更新提交了一版阶段性报告（含半年总结）。",
}
PARTLY = 13
SIGNS = 5
#: Signs really collected: the source prints the target only (S131).
COLLECTED = 30_125
GOAL = "通过定期抽查网站译文质量，促进网站服务能力提升；为公共服务热线提供8个语种的电话翻译服务。" * 6
ACHIEVED = "2023年，及时反馈网站译文存在的问题和改进意见；全年转接外语电话676通；采集标识图片3万余张。" * 8


def money() -> list[Money]:
    return [Money("当年财政拨款", 168_336_200, 149_730_000, 149_164_287), Money("上年结转资金"), Money("其他资金")]


def rows() -> list[Row]:
    return [_row(place, IndicatorRow(*row)) for place, row in enumerate(ROWS)]


def _row(place: int, printed: IndicatorRow) -> Row:
    weight = number(printed.weight) or Decimal(0)
    target = read_target(printed.target)
    row = Row(place + 1, printed.level1, printed.level2, printed.name, target, weight, cause=CAUSES.get(place, ""))
    actual = actual_of(printed)
    if target.amount is None:
        partly = place == PARTLY
        done = Done.PARTLY if partly else Done.DONE
        share = Decimal("66.7") if partly else None
        return replace(row, measured=Measured(done=done, share=share, text=printed.actual if partly else ""))
    value = COLLECTED if place == SIGNS else int(actual.value if actual else 0)
    return replace(
        row, measured=Measured("count", Fraction(value), value, definition="期内登记的记录数。", backed=value)
    )


def sheet(
    changed: Sequence[Row] | None = None, header: Header = HEADER, sources: Sequence[Money] | None = None
) -> Sheet:
    return evaluate(
        header,
        BEIJING,
        AT,
        money() if sources is None else sources,
        budget_weight=Decimal(10),
        rows=rows() if changed is None else changed,
        goal=GOAL,
        achieved=ACHIEVED,
        strands=[Strand("热线", "提供8个语种电话翻译", "全年转接676通")],
    )
