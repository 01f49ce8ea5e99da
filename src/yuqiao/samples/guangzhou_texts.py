"""The texts of Guangzhou's report of 2021: goals and what came of them (S138); the project by its registered name,
which the source varies (S135)."""

from __future__ import annotations

from typing import Final

from yuqiao.samples.tables import StrandText

STRANDS: Final = (
    StrandText(
        "平稳运营平台",
        "持续平稳运营广州多语种公共服务平台，提升广州城市国际化水平",
        "广州多语种公共服务平台持续平稳运营，进一步提升了广州国际化水平和涉外服务环境",
    ),
    StrandText("提升涉外服务", "提升涉外服务水平", "服务期间确保每通来电有回应，积极解决外籍人士诉求"),
    StrandText("提升群众满意度", "提升多语种公共服务平台群众满意度", "服务对象满意度较高"),
)
GOAL: Final = (
    "通过开展广州多语种公共服务平台优化项目，主要达到如下目标："
    + "；".join(f"{number}. {one.goal}" for number, one in enumerate(STRANDS, 1))
    + "。"
)
ACHIEVED: Final = "；".join(f"{number}. {one.achieved}" for number, one in enumerate(STRANDS, 1)) + "。"
