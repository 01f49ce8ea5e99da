"""All contradictions of Guangzhou's report are found, a mended text has none, and nobody is alarmed for nothing."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.evaluation.contradictions.checks import check
from yuqiao.evaluation.contradictions.finding import Finding, Known, Register
from yuqiao.evaluation.passages import Passage, read_report
from yuqiao.evaluation.schemes import GUANGZHOU
from yuqiao.evaluation.scoring import Done
from yuqiao.evaluation.tests.sheets import row, sheet

SOURCE = (Path(__file__).parents[2] / "samples" / "sources" / "guangzhou-2021.txt").read_text(encoding="utf-8")
REGISTER = Register(name="广州多语种公共服务平台优化项目")
MENDED = (
    ("共九种语言", "共八种语言"),
    ("（12345、110、\n\n120)", "（12345、110、119、\n\n120等)"),
    ("181 个基层部门", "181 个政务及公共服务部门"),
    ("99.18%", "99.19%"),
    ("及时、全额拨付到位", "按合同及时拨付，结余2.85万元"),
    ("全面、按时完成各项绩效指标", "除短期人员缺口外完成了各项绩效指标"),
    ("项目绩效自评等级为：优秀。", ""),
    ("优化工作项目", "优化项目"),
    ("平台工作项目", "平台优化项目"),
    ("平台创新项目", "平台优化项目"),
)


def found(text: str, register: Register = REGISTER) -> list[Finding]:
    return check(tuple(read_report(text)), register)


def codes(text: str, register: Register = REGISTER) -> list[str]:
    return [one.code for one in found(text, register)]


def one(text: str, code: str, register: Register = REGISTER) -> Finding:
    (only,) = [finding for finding in found(text, register) if finding.code == code]
    return only


def quoted(finding: Finding) -> tuple[str, str]:
    return finding.first.quote, finding.second.quote if finding.second else ""


def test_s122_one_document_cuts_off_and_rounds_up() -> None:
    finding = one(SOURCE, "rounding")
    assert finding.sentence.startswith(
        "预算执行347.15÷350＝99.1857%写作99.18%（截尾），（6191−5187）÷5187＝19.3561%写作19.36%"
    )
    assert quoted(finding) == ("预算完成率为99.18%", "同比增涨19.36%")


def test_s122_a_template_has_one_rule() -> None:
    of_template = Register(sheet=sheet([], scheme=GUANGZHOU))
    assert codes("预算金额350万元，实际支付347.15万元，预算完成率为99.19%。", of_template) == ["rounding-template"]
    assert codes("预算金额350万元，实际支付347.15万元，预算完成率为99.18%。", of_template) == []


def test_s127_full_points_beside_a_cause_of_lateness() -> None:
    late = dt.date(2023, 9, 20)
    rows = [
        row(1, "线下纠错活动", "≥2次", "2", "3"),
        row(
            2,
            "7月底前完成一次线下纠错活动",
            "是",
            Done.PARTLY,
            "3",
            share="66.67",
            cause="合同流程办完已过8月，实际启动较晚",
        ),
        row(3, "提交半年总结", "是", Done.DONE, "3", cause="结算时又完善更新提交了一版阶段性报告"),
        row(4, "完成半年验收", "≥1次", "1", "4", deadline=dt.date(2023, 7, 31), first_on=late),
    ]
    text = "项目全面、按时完成各项绩效指标。"
    findings = found(text, Register(sheet=sheet(rows)))
    assert [(one.code, one.second.quote if one.second else "") for one in findings] == [
        ("on-time", "未得满分：7月底前完成一次线下纠错活动"),
        ("on-time", "晚于期限：完成半年验收"),
        ("full-with-cause", "结算时又完善更新提交了一版阶段性报告"),
        ("late-but-full", "2023-07-31，首次提交2023-09-20"),
        ("late-elsewhere", "线下纠错活动（3.00/3分）"),
    ]


def test_s127_on_time_against_months_without_enough_people() -> None:
    assert quoted(one(SOURCE, "on-time")) == ("全面、按时完成各项绩效指标", "导致短期内人员数量不达标的问题")
    named = Register(troubles=("2021年9月缺1人",))
    assert codes("各项指标全部按时完成。", named) == ["on-time"]


def test_s137_a_grade_without_a_number() -> None:
    assert quoted(one(SOURCE, "grade-without-points"))[0] == "项目绩效自评等级为：优秀"


def test_s137_in_full_against_99_18() -> None:
    assert quoted(one(SOURCE, "in-full")) == ("项目资金及时、全额拨付到位", "预算完成率为99.18%")


def test_s137_nine_languages_of_which_eight_are_named() -> None:
    finding = one(SOURCE, "languages")
    assert finding.sentence == "写的是9种语言，文中列出的是8种。"
    assert finding.first.quote == "搭建共九种语言的涉外沟通及反馈机制"


def test_s137_181_is_defined_twice() -> None:
    assert (
        one(SOURCE, "defined-twice").sentence == "同为181，一处是“政务及公共服务部门”，一处是“基层部门”，应统一口径。"
    )


def test_s137_the_lists_of_lines_differ_between_sections() -> None:
    lists = [quoted(finding) for finding in found(SOURCE) if finding.code == "lines"]
    assert [second for _, second in lists] == [
        "联动12345、110、96158、广州国际健康驿站客服热线等公共服务热线",
        "其中紧急服务热线3条（110报警热线、119消防热线、120急救热线）",
    ]


def test_s135_the_project_has_one_name() -> None:
    written = [finding.sentence for finding in found(SOURCE) if finding.code == "name"]
    assert len(written) == 3
    assert "优化工作项目" in written[1]


def test_the_source_is_accused_of_nothing_else() -> None:
    assert sorted(set(codes(SOURCE))) == [
        "defined-twice",
        "grade-without-points",
        "in-full",
        "languages",
        "lines",
        "name",
        "on-time",
        "rounding",
    ]


def test_a_mended_text_has_no_contradiction() -> None:
    text = SOURCE
    for wrong, right in MENDED:
        assert wrong in text, wrong
        text = text.replace(wrong, right)
    assert found(text) == []


@pytest.mark.parametrize(
    ("wrong", "right", "code"),
    [
        ("增加 1004 通", "增加 1014 通", "difference"),
        ("6191 通", "6190 通", "difference"),
        ("19.36%", "19.63%", "rate"),
        ("347.15 万元", "347.51 万元", "rate"),
        ("其中紧急服务热线 3 条", "其中紧急服务热线 4 条", "sum"),
        ("政务服务热线 93 条", "政务服务热线 92 条", "sum"),
        ("104 条", "105 条", "sum"),
        ("公共服务类热线 8 条", "公共服务类热线 7 条", "listed"),
        ("支付宝客服热线 95188", "支付宝客服热线 95188、美团 10107888", "listed"),
    ],
)
def test_s123_a_changed_number_no_longer_adds_up(wrong: str, right: str, code: str) -> None:
    text = SOURCE.replace("347.15万元", "347.15 万元")
    assert wrong in text
    assert code not in codes(text)
    assert code in codes(text.replace(wrong, right))


def test_s123_what_is_left_over() -> None:
    assert codes("联动104条热线，其中89条已并入12345，其余15条单独开通。") == []
    assert codes("联动104条热线，其中89条已并入12345，其余16条单独开通。") == ["rest"]


def test_s29_languages_against_the_register_and_against_a_list_behind() -> None:
    assert codes("开通5种语言（英语、日语、韩语、俄语）。") == ["languages"]
    assert codes("开通4种语言（英语、日语、韩语、俄语）。", Register(languages=8)) == []
    assert codes("提供九种语言服务。", Register(languages=8)) == ["languages-register"]
    three_and_five = "英语、日语、韩语3个语种全天值守，法语、德语等5个语种白天值守，共{}个语种。"
    assert codes(three_and_five.format(8)) == []
    assert codes(three_and_five.format(9)) == ["languages"]


def test_numbers_of_the_text_against_those_of_the_data() -> None:
    rows = [row(1, "质检差错率", "≤2%", "5/3", "4"), row(2, "话务平台可用率", "≥99%", "100", "4")]
    register = Register(sheet=sheet(rows), figures=(Known(("来电",), Fraction(6191), "通"),))
    assert codes("最终质检差错率为1.67%，话务平台可用率、分期服务平台验收合格率为100%。", register) == []
    assert codes("最终质检差错率为1.66%。", register) == []
    assert codes("最终质检差错率为1.68%，话务平台可用率达99.9%。", register) == ["figure", "figure"]
    assert codes("质检差错率目标为2%，达到不低于话务平台可用率99%的要求。", register) == ["figure"]
    assert codes("全年承接6191通来电，比2020年的5187通增加1004通。", register) == []
    assert codes("全年承接6119通来电。", register) == ["figure"]


def test_a_grade_and_a_total_against_the_sheet() -> None:
    rows = [row(n, f"指标{n}", "＝1次", "1", "30") for n in range(3)]
    scored = Register(sheet=sheet(rows))
    assert codes("总分99.96分，自评等级为优。", scored) == []
    assert codes("总分99.69分，自评等级为良。", scored) == ["grade", "total"]
    assert codes("得分95.96分，自评等级为优秀。", Register()) == []


def test_s135_one_other_character_in_an_indicators_name() -> None:
    register = Register(sheet=sheet([row(1, "服务对接方对服务整体满意度", "＝100%", "100", "4")]))
    assert codes("服务对接方对服务整理满意度为100%。", register) == ["name"]
    assert codes("服务对接方对服务整体满意度为100%。", register) == []


def test_shares_of_one_whole() -> None:
    assert codes("其中英语占60.5%，日语占30.5%，韩语占10%。") == ["shares"]
    assert codes("其中英语占33.3%，日语占33.3%，韩语占33.4%。") == []


QUIET = (
    "为110、120、999、12345、119等公共服务热线提供英、法、德、俄、西、日、韩、阿8个语种（其中英语24小时，其他语种8小时/日）多语言电话翻译服务。",
    "抽查网站首页、“投资在北京、工作在北京、生活在北京、留学在北京、旅游在北京”等五大版块的政策信息。",
    "来电总量 6191 通，上年同期 5187 通，增加 1004 通（+19.36%）。译员接通率 97.03%（6007/6191）。",
    "2023年来电676通，其中英语300通，日语200通等。",
    "共完成视频6期（不含预告片），覆盖16个区、96家单位，其中重点单位12家、一般单位84家。",
    "全年没有发生逾期，无延期交付，各项指标均按时完成。",
    "预算金额350万元，实际支付350万元，资金全额拨付，预算执行率100%。",
    "2020年服务部门180家，2021年服务部门181家。",
    "总分95.96分，自评等级为优秀，质检得分良好。",
    "新增三种语言，满意率比上年提高0.5个百分点。",
    "比2022年的5000通减少500通；2023年4500通，同比下降10%。",
    "项目年初预算数为1200万元，全年预算数1150.5万元，全年执行数1148.32万元，预算执行率为99.81%。",
    "截至2023年12月底，累计支出980万元，占全年预算的81.67%，其中上半年支出400万元，下半年支出580万元。",
    "2023年共受理来电12034通，较上年增长8.5%。其中英语7200通、日语2100通、韩语1500通、其他语种1234通。",
    "全年接听外语电话676个，同比增加56个，增长9.03%。",
    "服务覆盖全市16个区、331个街道（乡镇），其中中心城区6个。",
    "满意度调查共发放问卷500份，回收487份，回收率97.4%，满意和基本满意占98.6%。",
    "共检查网站页面1860个，发现问题312处，已整改305处，整改率97.76%。",
    "英语、日语、韩语3个语种实行24小时值守，法语、德语等5个语种实行8小时值守，共8个语种。",
    "提供英语24小时服务，日语、韩语12小时服务，另有俄语、法语、西班牙语、阿拉伯语、葡萄牙语5个语种提供远程应急服务，共覆盖8个语种。",
    "我市外籍人士来自120个国家和地区，常住外国人约3.5万人。",
    "平台开通110、119、120、122等紧急热线的三方通话，并与12345、12348、96158等热线建立联动。",
    "共接入热线104条，其中紧急热线3条（110、119、120），政务热线93条，公共服务热线8条。",
    "自评得分98.5分，等级为“优”。",
    "该项目绩效自评得分为93.2分，评价等级为优。",
    "项目按计划完成，未发生延期；个别活动推迟到下半年举行。",
    "资金全额到位，到位率100%；资金支付率为96.3%。",
    "开展线下活动6场（含高校专场2场、社区专场4场），线上活动3场。",
    "与2022年相比，投诉量由12件下降到3件，下降75%。",
    "2022年预算数为300万元，2023年预算数为350万元，增加50万元，增长16.67%。",
    "一季度接听1200通，二季度接听1300通，比一季度增加100通，增长8.33%。",
    "制作短视频6期，播放量达到120.5万次，比上年的80.2万次增加40.3万次，增幅50.25%。",
    "聘请专家12名，其中英语专家8名、日语专家2名、韩语专家2名。",
    "共有译员45人，其中全职20人，兼职25人，持有二级及以上翻译证书的占80%，本科以上学历占95%。",
    "来电内容中，出行类占35.2%，就医类占28.1%，安全类占20.3%，其他占16.4%。",
    "通过三方比价、公开招标两种方式确定供应商2家（甲公司、乙公司）。",
    "在5个重点场所（机场、火车站、地铁、医院、景区）开展外语标识检查。",
    "抽查标识30000条，正确率98.2%，比上年提高1.3个百分点。",
    "对照5项一级指标、21项三级指标，全部按时完成，未出现逾期情况。",
    "培训译员3批120人次，平均每批40人次。",
    "12345热线转接外语电话500通，110转接120通，120转接56通，共676通。",
)


@pytest.mark.parametrize("text", QUIET)
def test_a_good_sentence_alarms_nobody(text: str) -> None:
    assert found(text) == []


@given(
    st.lists(
        st.sampled_from(
            [
                *"一二三九十百万0123456789.%，。、（）()等共占比增加其中热线语言种条家预算支付率为",
                "同比",
                "110",
                "12345",
                "全额拨付",
            ]
        )
    )
)
def test_no_text_stops_the_checks(parts: list[str]) -> None:
    passage = Passage("随意", "".join(parts))
    for finding in check((passage,), REGISTER):
        assert finding.sentence
        assert len(finding.where) <= 200


def test_numbers_in_an_indicators_name_or_in_what_was_done_are_nobodys_promise() -> None:
    whole = row(1, "7月底前完成制作视频2期，完成一次线下纠错", "是", Done.PARTLY, "3", share="66.67")
    done = replace(whole, measured=replace(whole.measured, text="7月底前完成制作视频2期"))
    register = Register(sheet=sheet([done, row(2, "制作视频", "≥4期", "6", "5")]))
    text = "7月底前完成制作视频2期，完成一次线下纠错：实际完成7月底前完成制作视频2期。"
    assert codes(text, register) == []
    assert codes(text + "全年制作视频5期。", register) == ["figure"]


def test_s127_parts_of_one_promise_and_a_common_day_are_no_second_promise() -> None:
    whole = row(1, "7月底前完成制作视频2期", "是", Done.PARTLY, "3", share="66.67", cause="启动较晚", remedy="提前")
    part = replace(row(2, "7月底前完成制作视频2期", "≥2期", "2", "2"), parent=1)
    other = row(3, "7月底前完成译文抽查半年验收", "是", Done.DONE, "4")
    late = row(4, "7月底前完成一次线下纠错", "≥1次", "0", "1", cause="启动较晚", remedy="提前")
    assert codes("无。", Register(sheet=sheet([whole, part, other, replace(late, parent=1)]))) == []
