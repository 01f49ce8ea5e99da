"""Beijing, 2023: contracts, payments, activities, videos and evidence. Counts are the source's; days, titles, how
videos and campaigns were bought and how the money is divided are invented (see `beijing`)."""

from __future__ import annotations

import datetime as dt
from typing import Final

from yuqiao.samples.tables import Accepted, Bought, Event, Film, HandedIn, Many, Paid, Paper

D = dt.date
PHONE, SITES, PICTURES, FILMED, CORRECTING = "示例-电话", "示例-网站", "示例-标识", "示例-视频", "示例-纠错"
BEGIN, END = D(2023, 1, 1), D(2023, 12, 31)

CONTRACTS: Final = (
    Bought(
        PHONE,
        "多语言电话翻译服务",
        "北京外国语大学",
        "directed",
        62_000_000,
        D(2023, 1, 4),
        BEGIN,
        END,
        university=True,
        strand=1,
    ),
    Bought(
        SITES,
        "网站译文质量抽查",
        "中译语通公司",
        "entrusted",
        32_000_000,
        D(2023, 2, 10),
        D(2023, 2, 10),
        END,
        strand=0,
    ),
    Bought(
        PICTURES,
        "外语标识监测",
        "标识监测供应商（示例）",
        "three_quotes",
        28_000_000,
        D(2023, 3, 15),
        D(2023, 3, 15),
        END,
        strand=3,
    ),
    Bought(
        FILMED,
        "《条例》宣传视频制作",
        "视频制作单位（示例）",
        "three_quotes",
        15_500_000,
        D(2023, 4, 3),
        D(2023, 4, 3),
        END,
        strand=2,
    ),
    #: Its procedure ended after August (S75), so the first campaign could not be held by the end of July.
    Bought(
        CORRECTING,
        "外语标识纠错活动",
        "活动承办单位（示例）",
        "three_quotes",
        11_800_000,
        D(2023, 9, 4),
        D(2023, 9, 5),
        END,
        strand=2,
    ),
)
#: They sum to 149.164287 万元 (S85).
PAYMENTS: Final = (
    Paid(PHONE, 31_000_000, D(2023, 2, 20), "首付款"),
    Paid(SITES, 16_000_000, D(2023, 3, 22), "首付款"),
    Paid(PICTURES, 14_000_000, D(2023, 4, 26), "首付款"),
    Paid(FILMED, 15_500_000, D(2023, 8, 16), "全款"),
    Paid(PHONE, 15_500_000, D(2023, 8, 28), "半年考核后付款"),
    Paid(CORRECTING, 5_900_000, D(2023, 9, 27), "首付款"),
    Paid(SITES, 16_000_000, D(2023, 12, 5), "验收后尾款"),
    Paid(PICTURES, 14_000_000, D(2023, 12, 8), "验收后尾款"),
    Paid(CORRECTING, 5_834_287, D(2023, 12, 13), "按实际发生结算"),
    Paid(PHONE, 15_430_000, D(2023, 12, 20), "年终结算"),
)
DELIVERABLES: Final = (
    HandedIn(
        PHONE,
        "半年总结",
        "上半年电话翻译服务数据统计情况和工作总结",
        D(2023, 7, 31),
        (D(2023, 7, 12), D(2023, 12, 11)),
    ),
    HandedIn(PHONE, "全年总结", "全年电话翻译服务数据统计情况和工作总结", END, (D(2023, 12, 18),)),
)
ACCEPTANCES: Final = (
    Accepted(SITES, "半年验收", "上半年抽查反馈表和问题清单齐全", D(2023, 7, 20)),
    Accepted(SITES, "年终验收", "抽查监督报告和反馈表齐全", D(2023, 12, 1)),
)
EVENTS: Final = (
    Event("online_campaign", "外语标识线上有奖纠错（示例）", D(2023, 10, 16), place="外语标识纠错小程序"),
    Event("field_campaign", "线下纠错第一场（示例）", D(2023, 10, 14), "高校志愿者", "商圈"),
    Event("field_campaign", "线下纠错第二场（示例）", D(2023, 11, 18), "高校志愿者", "文化场馆"),
    Event("themed", "线下主题活动", D(2023, 9, 15), cancelled="因工作计划和宣传方式调整，取消此活动，并调减相关预算"),
)
#: Two of the six are on air before the end of July (S103).
FILMS: Final = (
    Film("《条例》实施一周年宣传视频", 180, D(2023, 6, 20)),
    Film("《条例》系列短视频 第1集", 60, D(2023, 7, 24)),
    Film("《条例》系列短视频 第2集", 60, D(2023, 9, 8)),
    Film("《条例》系列短视频 第3集", 60, D(2023, 10, 10)),
    Film("《条例》系列短视频 第4集", 60, D(2023, 11, 3)),
    Film("《条例》系列短视频 第5集", 60, D(2023, 12, 6)),
)
EVIDENCE: Final = (
    Many("feedback_sheet", "译文质量反馈表 {n}", 96),
    Many("sign_photo", "外语标识图片 {n}", 30_128),
    Many("finding_reply", "抽查问题答复 {n}", 412, checked=True),
    Many("attendance", "译员出勤 {n}", 2_920, checked=True),
    Many("partner_rating", "服务对接方评价 {n}", 5, checked=True),
)
PAPERS: Final = (Paper("inspection_report", "网站译文抽查监督年度报告（示例）", D(2023, 12, 7)),)
