"""Kinds of evidence, in the order in which they are offered: one visible list. Pure.

``file_needed``: what counts as proof is the thing itself, so that a link or a serial number alone is not enough.
``judged``: each piece is checked and passes or fails, so that it has a share.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of evidence; ``needs`` says in Chinese what proves it."""

    code: str
    name: str
    needs: str
    file_needed: bool = False
    judged: bool = False


KINDS: tuple[Kind, ...] = (
    Kind("feedback_sheet", "译文质量反馈表", "编号及反馈表原件（可后附）"),  # S54
    Kind("finding_reply", "抽查监督反馈", "编号及被抽查单位的书面回复；结论为已反馈或未反馈", judged=True),  # S56
    Kind("inspection_report", "抽查监督报告", "报告全文", file_needed=True),  # S55
    Kind("sign_photo", "外语标识图片", "图片编号、采集日期及地点；有核查结论的注明", judged=True),  # S60, S61
    Kind("attendance", "服务人员出勤", "考勤记录编号；到岗为合格，缺勤为不合格", judged=True),  # S76
    Kind("quality_sample", "通话质检样本", "质检单编号；合格或不合格", judged=True),  # S41
    Kind("partner_rating", "服务对接方评价", "评价表编号；满意为合格", judged=True),  # S108
    Kind("reviewee_complaint", "网站整改意见投诉", "投诉记录编号及来文"),  # S58, S110
    Kind("caller_complaint", "服务电话拨打方投诉", "投诉记录编号"),  # S109
    Kind("statistics", "数据统计表", "统计表全文", file_needed=True),  # S50
    Kind("work_summary", "工作总结", "总结全文", file_needed=True),  # S50, S104
    Kind("acceptance_record", "验收记录", "验收单", file_needed=True, judged=True),  # S57, S79
    Kind("campaign_record", "活动记录", "活动方案、照片或签到表", file_needed=True),  # S66, S67, S71
    Kind("video_master", "视频成片", "成片文件或播出链接"),  # S69
    Kind("publication", "宣传报道", "链接或版面"),  # S68
    Kind("honour_certificate", "荣誉证书", "证书扫描件", file_needed=True),  # S73
    Kind("survey", "问卷或满意度调查", "问卷结果", judged=True),  # S108
    Kind("agreement", "联动协议", "协议文本", file_needed=True),  # S35
    Kind("rectification", "整改前后对比", "整改前后照片", file_needed=True, judged=True),  # S64
    Kind("letter", "整改函", "文号及函件"),  # S64
    Kind("contract_paper", "合同与采购文件", "合同或采购文件", file_needed=True),  # S74
    Kind("payment_voucher", "支付凭证", "凭证号及凭证"),  # S81
    Kind("approval", "批复文件", "文号及批复"),  # S88, S125
    Kind("other", "其他佐证材料", "能说明事实的材料"),
)
BY_CODE = {one.code: one for one in KINDS}


def name_of(code: str) -> str:
    """Return a kind's Chinese name; the code itself for one that is no longer in the list."""
    return BY_CODE[code].name if code in BY_CODE else code
