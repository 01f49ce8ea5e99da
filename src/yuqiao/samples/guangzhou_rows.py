"""Guangzhou, 2021: contract, payments, events, honours and evidence. What is invented is said in `guangzhou`."""

from __future__ import annotations

import datetime as dt
from typing import Final

from yuqiao.samples.tables import Accepted, Bought, Event, HandedIn, Many, Paid, Paper, Prize

D = dt.date
RUN = "示例-平台"

CONTRACTS: Final = (
    Bought(
        RUN,
        "多语种公共服务平台运营",
        "运营供应商（示例）",
        "tender",
        350_000_000,
        D(2020, 12, 21),
        D(2021, 1, 1),
        D(2021, 12, 31),
    ),
)
#: They sum to 347.15 万元 (S89). In the settlements of the third and the fourth quarter the supplier was fined (S78).
PAYMENTS: Final = (
    Paid(RUN, 87_500_000, D(2021, 4, 15), "一季度结算"),
    Paid(RUN, 87_500_000, D(2021, 7, 14), "二季度结算"),
    Paid(RUN, 86_000_000, D(2021, 10, 20), "三季度结算，按合同扣罚1.50万元（示例）"),
    Paid(RUN, 86_150_000, D(2021, 12, 22), "四季度结算，按合同扣罚1.35万元（示例）"),
)
DELIVERABLES: Final = (
    HandedIn(RUN, "半年总结", "上半年统计与工作总结", D(2021, 7, 31), (D(2021, 7, 9),)),
    HandedIn(RUN, "全年总结", "全年统计与工作总结", D(2021, 12, 31), (D(2021, 12, 20),)),
)
STAGES: Final = (
    ("一期验收", D(2021, 4, 8)),
    ("二期验收", D(2021, 7, 8)),
    ("三期验收", D(2021, 10, 12)),
    ("四期验收", D(2021, 12, 16)),
)
ACCEPTANCES: Final = tuple(
    Accepted(RUN, stage, item, day) for stage, day in STAGES for item in ("坐席与语种", "话务质量", "统计与总结")
)
#: Nine joint events (S71): the partners of the first four are the source's (S24); three fairs (S72).
EVENTS: Final = (
    Event("joint", "与机场热线团队座谈交流", D(2021, 3, 18), "广州白云机场96158客服热线团队"),
    Event("joint", "外国人服务协同共建", D(2021, 4, 22), "猎德街外国人管理服务中心"),
    Event("joint", "与地铁客服座谈交流", D(2021, 5, 20), "广州地铁96891客服中心"),
    Event("joint", "健康驿站多语种服务共建", D(2021, 6, 17), "广州国际健康驿站"),
    Event("joint", "社区多语种服务宣传（示例）", D(2021, 7, 22), "街道（示例）"),
    Event("joint", "高校留学生宣讲（示例）", D(2021, 9, 16), "高校（示例）"),
    Event("joint", "出入境窗口服务推介（示例）", D(2021, 9, 29), "出入境窗口（示例）"),
    Event("joint", "外资企业座谈（示例）", D(2021, 11, 11), "商会（示例）"),
    Event("joint", "国际社区开放日（示例）", D(2021, 12, 9), "国际社区（示例）"),
    Event("exhibition", "广交会翻译志愿活动", D(2021, 10, 15), "广交会"),
    Event("exhibition", "广博会翻译志愿活动", D(2021, 8, 27), "广博会"),
    Event("exhibition", "天翼智博翻译志愿活动", D(2021, 11, 12), "天翼智博"),
)
PRIZES: Final = (
    Prize("广州市区直机关“先锋杯”工作创新大赛一等奖", "“先锋杯”工作创新大赛", D(2021, 11, 5)),
    Prize("广东省市直机关“先锋杯”工作创新大赛三等奖", "“先锋杯”工作创新大赛", D(2021, 12, 3)),
    Prize("2021中国改革年度案例广州改革案例前50+", "中国改革年度案例", D(2021, 12, 28)),
)
EVIDENCE: Final = (Many("quality_sample", "话务质检样本 {n}", 60, checked=True, failed=1),)
#: Papers behind claims that no figure can carry alone (S9); the other claims are not printed.
CLAIMS: Final = (
    ("basis", Paper("approval", "项目立项批复（示例）", D(2020, 12, 10))),
    ("policies", Paper("work_summary", "2021年工作总结（示例）", D(2021, 12, 20))),
    ("compliant", Paper("contract_paper", "运营合同（示例）", D(2020, 12, 21))),
    ("accounting", Paper("payment_voucher", "支付凭证汇编（示例）", D(2021, 12, 24))),
    ("social", Paper("honour_certificate", "“先锋杯”工作创新大赛获奖证书（示例）", D(2021, 12, 3))),
)
