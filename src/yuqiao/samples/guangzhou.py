"""Guangzhou, 2021: 广州多语种公共服务平台优化项目. Every figure of the source with its S-number, and what was invented.

From the source: the money (S89), the actuals of nine indicators (S112–S115), 6191 calls after 5187 (S37), 104 lines of
three classes with 89 merged (S33), 181 departments (S35), nine joint events with the partners it names (S71, S24),
three fairs (S72), three honours (S73), the grade (S117), the report's text.

The source prints neither weights nor targets nor points (S112). Invented here: targets, and weights by the national
default 10/50/30/10, so that the grade has a number behind it. Invented too: 1,249 satisfied of 1,250 who rated and one
error in 60 samples (S124: the smallest numbers that print so), 236 work orders, days and titles, five partners of the
nine, and how 2.85 万元 fall on two settlements with deductions (S78 gives no amounts, and the source does not say that
the unspent money is the deductions).
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Final

from yuqiao.evaluation.schemes import NATIONAL
from yuqiao.samples.guangzhou_report import SECTIONS
from yuqiao.samples.guangzhou_rows import (
    ACCEPTANCES,
    CLAIMS,
    CONTRACTS,
    DELIVERABLES,
    EVENTS,
    EVIDENCE,
    PAYMENTS,
    PRIZES,
)
from yuqiao.samples.guangzhou_texts import ACHIEVED, GOAL, STRANDS
from yuqiao.samples.tables import City, Differs, Judged, Paper, Planned, Printed

D = Decimal
OUT, GOOD, GLAD = "产出指标", "效益指标", "满意度指标"
COUNT, QUALITY, TIME = "数量指标", "质量指标", "时效指标"
SOCIAL, LASTING, SERVED = "社会效益指标", "可持续影响指标", "服务对象满意度指标"
RUNNING, RAISED, GLADDER = range(3)
DAY = dt.date

CALLS_THIS, CALLS_BEFORE = 6191, 5187
ORDERS = 236


def _is(source: str, level1: str, level2: str, name: str, actual: str) -> Printed:
    return Printed(source, level1, level2, name, "", actual, "", "")


MOVED = Differs("level1", GLAD, "S115：原文把满意度印在效益指标之下；按财预〔2020〕10号为单独的一级指标。")

PLANNED: Final = (
    Planned(
        _is("S112", OUT, COUNT, "运行多语种公共服务平台", "1个"), "＝1个", D(10), "entered", RUNNING,
        judged=Judged(
            "", "960169平台全年在线运行", (Paper("other", "平台运行情况说明（示例）", DAY(2021, 12, 20)),), value=D(1)
        ),
    ),
    Planned(
        _is("S112", OUT, COUNT, "平台服务覆盖政务及公共服务部门数", "181家"),
        "≥180家", D(10), "hotline:departments", RUNNING,
    ),
    Planned(_is("S113", OUT, QUALITY, "质检差错率", "1.67%"), "≤2%", D(8), "failed:quality_sample", RAISED),
    Planned(_is("S113", OUT, QUALITY, "话务平台可用率", "100%"), "≥99.9%", D(7), "hotline:availability", RUNNING),
    Planned(
        _is("S113", OUT, QUALITY, "分期服务平台验收合格率", "100%"), "＝100%", D(7), "contracts:acceptance", RUNNING
    ),
    Planned(_is("S114", OUT, TIME, "服务完成及时率", "100%"), "≥98%", D(8), "hotline:orders_on_time", RAISED),
    Planned(
        _is("S115", GOOD, SOCIAL, "涉外服务环境得到提升", ""), "是", D(15), "entered", RAISED,
        judged=Judged(
            "done",
            "三方通话联动104条热线、181个部门，来电量较上年增长，获市、省创新大赛奖项",
            (Paper("survey", "在穗外籍人士服务体验问卷（示例）", DAY(2021, 12, 10)),),
            text="涉外服务环境得到提升",
        ),
        differs=(Differs("actual", "涉外服务环境得到提升", "S134：定性指标须有佐证材料，佐证为示例。"),),
    ),
    Planned(_is("S115", GOOD, LASTING, "服务平台投诉率", "0"), "＝0%", D(15), "hotline:complaint_rate", RAISED,
            differs=(Differs("actual", "0%", "S133：比率带单位。"),)),
    Planned(
        _is("S115", GOOD, SERVED, "服务对象满意度", "99.92%"), "≥95%", D(10), "hotline:satisfaction", GLADDER,
        differs=(MOVED,),
    ),
)  # fmt: skip

#: What the office would say before it signs (invented).
ANSWERS: Final = {
    "rounding": "预算完成率按原模板截尾，同比增长率四舍五入，已在指标定义中注明各自的修约规则。",
    "on-time": "人员缺口由调整班次和转接休息人员手机补足，各项指标仍按期达到指标值，缺口已按合同扣罚。",
}

GUANGZHOU: Final = City(
    code="guangzhou-2021",
    year=2021,
    scheme="guangzhou",
    name="广州多语种公共服务平台优化项目",
    department=("guangzhou-foreign-affairs", "中共广州市委外事工作委员会办公室"),
    manager="示例负责人",
    phone="020-00000000",
    evaluated_at=dt.datetime(2022, 1, 24, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=8))),
    goal=GOAL,
    achieved=ACHIEVED,
    strands=STRANDS,
    initial_fen=350_000_000,
    changes=(),
    payments=PAYMENTS,
    planned=PLANNED,
    contracts=CONTRACTS,
    deliverables=DELIVERABLES,
    acceptances=ACCEPTANCES,
    events=EVENTS,
    films=(),
    prizes=PRIZES,
    evidence=EVIDENCE,
    papers=(),
    sections=SECTIONS,
    claims=CLAIMS,
    answers=ANSWERS,
    weights=NATIONAL.weights,
)
