"""Beijing, 2023: 国际语言环境建设服务. Every figure of the source with its S-number, and what had to be invented.

From the source: the money (S85), all 21 indicators (S90–S110), goals and remarks, suppliers of websites and hotline
(S11, S12), six videos, 96 feedback sheets, 676 calls, one cancelled event, two field campaigns of which the second was
late (S75, S93, S103), a half-year summary that was handed in again (S80).

Invented, since the source gives counts only: days, titles, partners, vouchers; how the money falls on contracts and
payments (their sum is the source's); the amount cut for the cancelled event (S88 gives none); that 30,128 pictures were
taken (the source knows "≥3万条" only, S131); that all of 2,920 interpreters' days were attended; remedies (the source's
column has causes only); the person in charge and the phone, which a sample shall not copy.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Final

from yuqiao.samples.beijing_rows import ACCEPTANCES, CONTRACTS, DELIVERABLES, EVENTS, EVIDENCE, FILMS, PAPERS, PAYMENTS
from yuqiao.samples.beijing_texts import ACHIEVED, CANCELLED, GOAL, HANDED_IN_AGAIN, SECTIONS, STARTED_LATE, STRANDS
from yuqiao.samples.tables import Change, City, Differs, Judged, Paper, Part, Planned, Printed

D = Decimal
OUT, GOOD, GLAD = "产出指标", "效益指标", "满意度指标"
COUNT, QUALITY, TIME = "数量指标", "质量指标", "时效指标"
SOCIAL, SERVED = "社会效益指标", "服务对象满意度指标"
WEBSITES, HOTLINE, REGULATION, SIGNS = range(4)
JULY: Final = dt.date(2023, 7, 31)
YEAR_END: Final = dt.date(2023, 12, 31)

QUOTES = "S132：去掉电子表格转义残留的引号。"
DATED = "S127、S134：时效指标须写明首次完成的日期；日期为示例。"
REMEDY = "该栏须同时写明改进措施；原文只有原因，此处措施为示例。"
UNITS = "S133：数值带单位，分值保留两位小数。"


def _quote(text: str) -> Differs:
    return Differs("target", text, QUOTES)


def _unit(text: str) -> Differs:
    return Differs("actual", text, UNITS)


def _weight(text: str) -> Differs:
    return Differs("weight", text, UNITS)


def _remark(why: str) -> Differs:
    return Differs("remark", "", why)


PLANNED: Final = (
    Planned(
        Printed("S90", OUT, COUNT, "提交电话翻译服务数据统计情况和翻译服务工作总结", "＝2份", "2", "5", "5.00"),
        "＝2份", D(5), "contracts:handed_in?kind=半年总结,全年总结", HOTLINE, YEAR_END,
        differs=(_unit("2份"), _weight("5.00")),
    ),
    Planned(
        Printed("S91", OUT, COUNT, "提交译文质量反馈表", "‘＝96份", "96", "6", "6.00"),
        "＝96份", D(6), "count:feedback_sheet", WEBSITES,
        differs=(_quote("＝96份"), _unit("96份"), _weight("6.00")),
    ),
    Planned(
        Printed("S92", OUT, COUNT, "组织线上有奖纠错活动", "’＝1次", "1", "3", "3.00"),
        "＝1次", D(3), "outreach:online_campaign", REGULATION,
        differs=(_quote("＝1次"), _unit("1次"), _weight("3.00")),
    ),
    Planned(
        Printed("S93", OUT, COUNT, "线下纠错活动", "≥2次", "2", "3", "3.00"),
        "≥2次", D(3), "outreach:field_campaign", REGULATION,
        differs=(_unit("2次"), _weight("3.00")),
    ),
    Planned(
        Printed("S94", OUT, COUNT, "转接12345.110.120.999.119等线路外语电话数量", "≥500个", "676", "4", "4.00"),
        "≥500个", D(4), "hotline:transfers?lines=12345,110,120,999,119", HOTLINE,
        cause="一线坐席使用多语种转接的场景增多，实际转接量高于年初按上年估计的数量",
        remedy="下年指标值按近两年实际完成值重新测算",
        differs=(
            _unit("676个"),
            _weight("4.00"),
            _remark("S129：完成率135.2%，须说明原因；原文没有，此处说明为示例。"),
        ),
    ),
    Planned(
        Printed("S95", OUT, COUNT, "全市重点场所外语标识采集数量", "≥3万条", "≥3万条", "3", "3.00"),
        "≥3万条", D(3), "count:sign_photo", SIGNS,
        differs=(
            Differs("target", "≥30000条", "S133：与实际完成值同一写法，不用“万”。"),
            Differs("actual", "30128条", "S131：实际完成值须为真实数量，不带运算符；数量为示例。"),
            _weight("3.00"),
        ),
    ),
    Planned(
        Printed("S96", OUT, COUNT, "组织线下主题活动", "‘＝1次", "0次", "3", "0.00", remark=CANCELLED),
        "＝1次", D(3), "outreach:themed", REGULATION, cause=CANCELLED,
        remedy="今后调整活动计划时，同步报批调整预算和指标值",
        differs=(_quote("＝1次"), _weight("3.00"), _remark(REMEDY)),
    ),
    Planned(
        Printed("S97", OUT, COUNT, "制作视频", "≥4期", "6期", "5", "5.00"),
        "≥4期", D(5), "outreach:videos", REGULATION,
        cause="《条例》实施一周年宣传视频之外，系列短视频较计划多制作2期，未增加预算",
        remedy="下年指标值按近两年实际完成值重新测算",
        differs=(_weight("5.00"), _remark("S129：完成率150%，须说明原因；原文没有，此处说明为示例。")),
    ),
    Planned(
        Printed("S98", OUT, COUNT, "抽查监督报告", "’＝1份", "1份", "3", "3.00"),
        "＝1份", D(3), "count:inspection_report", WEBSITES, differs=(_quote("＝1份"), _weight("3.00")),
    ),
    Planned(
        Printed("S99", OUT, QUALITY, "多语言电话翻译服务响应率", "≥100%", "100%", "4", "4.00"),
        "≥100%", D(4), "hotline:response_rate", HOTLINE, differs=(_weight("4.00"),),
    ),
    Planned(
        Printed("S100", OUT, QUALITY, "抽查监督反馈率", "‘＝100%", "‘＝100%", "4", "4.00"),
        "＝100%", D(4), "share:finding_reply", WEBSITES,
        differs=(
            _quote("＝100%"),
            Differs("actual", "100%", "S131、S132：实际完成值不带运算符和引号，由抽查问题逐条答复情况算得。"),
            _weight("4.00"),
        ),
    ),
    Planned(
        Printed("S101", OUT, QUALITY, "服务人员出勤率", "’＝100%", "100%", "4", "4.00"),
        "＝100%", D(4), "share:attendance", HOTLINE, differs=(_quote("＝100%"), _weight("4.00")),
    ),
    Planned(
        Printed("S102", OUT, QUALITY, "违规接听电话数量", "‘＝0次", "0", "3", "3.00"),
        "＝0次", D(3), "hotline:violations", HOTLINE,
        differs=(_quote("＝0次"), _unit("0次"), _weight("3.00")),
    ),
    Planned(
        Printed(
            "S103", OUT, TIME, "7月底前完成制作视频2期，完成一次线下纠错", "是", "7月底前完成制作视频2期", "3", "2.00",
            remark=STARTED_LATE,
        ),
        "是", D(3), "entered", REGULATION, JULY,
        parts=(
            Part("7月底前完成制作视频2期", "≥2期", D(2), "outreach:videos?until=07-31", JULY),
            Part("7月底前完成一次线下纠错", "≥1次", D(1), "outreach:field_campaign?until=07-31", JULY),
        ),
        judged=Judged(
            "partly", "两个分项各自计分，得分为分项之和", (), text="7月底前完成制作视频2期", share=D("66.67")
        ),
        cause=STARTED_LATE,
        remedy="下年提前启动采购程序，合同签订日期不晚于指标完成时限",
        differs=(_weight("3.00"), _remark(REMEDY)),
    ),
    Planned(
        Printed("S104", OUT, TIME, "多语言电话翻译服务提交半年总结", "是", "是", "3", "3.00", remark=HANDED_IN_AGAIN),
        "是", D(3), "contracts:handed_in?kind=半年总结", HOTLINE, JULY, cause=HANDED_IN_AGAIN,
        differs=(Differs("actual", "是，2023-07-12首次完成", DATED), _weight("3.00")),
    ),
    Planned(
        Printed("S105", OUT, TIME, "7月底前完成译文抽查半年验收", "是", "是", "4", "4.00"),
        "是", D(4), "contracts:acceptance?stage=半年验收", WEBSITES, JULY,
        differs=(Differs("actual", "是，2023-07-20首次完成", DATED), _weight("4.00")),
    ),
    Planned(
        Printed(
            "S106", GOOD, SOCIAL, "为在京外籍人士提供便捷、准确多语言电话咨询服务渠道",
            "是", "是", "10.00", "10.00",
        ),
        "是", D(10), "entered", HOTLINE,
        judged=Judged(
            "done",
            "五条热线全年可转接八个语种，转接记录和服务对接方评价见佐证材料",
            (
                Paper("survey", "多语言电话翻译服务渠道使用情况问卷（示例）", dt.date(2023, 12, 11)),
                Paper("other", "服务对接方年度评价汇总（示例）", dt.date(2023, 12, 18)),
            ),
        ),
    ),
    Planned(
        Printed(
            "S107", GOOD, SOCIAL, "提升《条例》社会知晓度，提升社会主体参与度，提升法制意识",
            "是", "是", "10.00", "10.00",
        ),
        "是", D(10), "entered", REGULATION,
        judged=Judged(
            "done",
            "问卷显示《条例》知晓度较上年提高，参与纠错活动的单位和个人见佐证材料",
            (
                Paper("survey", "《条例》知晓度问卷（示例）", dt.date(2023, 12, 12)),
                Paper("campaign_record", "线上线下纠错活动参与情况（示例）", dt.date(2023, 12, 15)),
            ),
        ),
    ),
    Planned(
        Printed("S108", GLAD, SERVED, "服务对接方对服务整理满意度", "’＝100%", "100%", "4.00", "4.00"),
        "＝100%", D(4), "share:partner_rating", HOTLINE,
        differs=(Differs("name", "服务对接方对服务整体满意度", "S135：原文“整理”为“整体”之误。"), _quote("＝100%")),
    ),
    Planned(
        Printed("S109", GLAD, SERVED, "服务电话拨打方投诉", "＝0次", "0次", "2.00", "2.00"),
        "＝0次", D(2), "hotline:complaints", HOTLINE,
    ),
    Planned(
        Printed(
            "S110", GLAD, SERVED, "市政务服务局、市商务局对网站抽查监督反馈整改意见投诉",
            "＝0次", "0次", "4.00", "4.00",
        ),
        "＝0次", D(4), "count:reviewee_complaint", WEBSITES,
    ),
)  # fmt: skip

#: What the office would say to the two findings of S127 before it signs (invented).
ANSWERS: Final = {
    "full-with-cause": "半年总结于7月12日首次提交，以首次提交日期计为按时完成；备注说明其后的完善。",
    "late-elsewhere": "数量指标只计全年场次，启动较晚只在时效指标中扣分，两项指标不重复扣分。",
}

BEIJING: Final = City(
    code="beijing-2023",
    year=2023,
    scheme="beijing",
    name="国际语言环境建设服务",
    department=("beijing-foreign-affairs", "北京市人民政府外事办公室"),
    manager="示例负责人",
    phone="010-00000000",
    evaluated_at=dt.datetime(2024, 1, 22, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=8))),
    goal=GOAL,
    achieved=ACHIEVED,
    strands=STRANDS,
    initial_fen=168_336_200,
    changes=(
        Change(
            -6_000_000,
            "取消线下主题活动，调减相关预算（金额为示例）",
            "办公会纪要〔2023〕示例1号",
            dt.date(2023, 8, 30),
            "S96",
        ),
        Change(-12_606_200, "按实际采购结果调减（示例）", "办公会纪要〔2023〕示例2号", dt.date(2023, 10, 20)),
    ),
    payments=PAYMENTS,
    planned=PLANNED,
    contracts=CONTRACTS,
    deliverables=DELIVERABLES,
    acceptances=ACCEPTANCES,
    events=EVENTS,
    films=FILMS,
    prizes=(),
    evidence=EVIDENCE,
    papers=PAPERS,
    sections=SECTIONS,
    claims=(),
    answers=ANSWERS,
)
