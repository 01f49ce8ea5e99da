"""What checks of a plan find, and that they are quiet on a good one (S8, S119, S121, S126, S128, S130, S133–S136)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yuqiao.evaluation.design import tasks as tasks_of
from yuqiao.evaluation.linting.lint import CHECKS, lint
from yuqiao.evaluation.linting.plan import Concern, Line, Plan, Severity, Yield
from yuqiao.evaluation.schemes import BEIJING, GUANGZHOU, INVERSE_RATIO, NATIONAL, SCHEMES, Scheme
from yuqiao.evaluation.targets import Operator, read_target
from yuqiao.evaluation.tests.beijing import ROWS

D = Decimal
OUT, GOOD, GLAD = "产出指标", "效益指标", "满意度指标"
#: level 1, level 2, name, target, weight, day, formula, what it yields, proof
Told = tuple[str, str, str, str, str, str, str, Yield, str]
SOUND: tuple[Told, ...] = (
    (OUT, "数量指标", "转接外语电话数量", "≥600个", "15", "", "hotline:transfers", Yield.COUNT, ""),
    (OUT, "数量指标", "制作视频", "≥4期", "10", "", "outreach:videos", Yield.COUNT, ""),
    (OUT, "质量指标", "翻译服务响应率", "≥98%", "10", "", "hotline:response_rate", Yield.RATE, ""),
    (OUT, "时效指标", "7月底前提交半年总结", "7月31日前", "5", "2026-07-31", "entered", Yield.SAID, "收文登记"),
    (OUT, "成本指标", "单次服务成本", "≤80元", "10", "", "entered", Yield.SAID, "结算单"),
    (GOOD, "经济效益指标", "为外资企业节省翻译费用", "≥50万元", "5", "", "entered", Yield.SAID, "测算报告"),
    (GOOD, "社会效益指标", "服务外籍人士人次", "≥400人次", "10", "", "hotline:served", Yield.COUNT, ""),
    (GOOD, "生态效益指标", "电子材料替代纸质材料份数", "≥1000份", "5", "", "entered", Yield.SAID, "领用记录"),
    (GOOD, "可持续影响指标", "投诉率", "≤1%", "10", "", "hotline:complaint_rate", Yield.RATE, ""),
    (GLAD, "服务对象满意度指标", "服务对象满意度", "≥95%", "10", "", "hotline:satisfaction", Yield.RATE, ""),
)
PLAN = Plan("语言环境建设", 2026, NATIONAL, D(10), (), "2026年为在京外籍人士提供翻译服务。", 100_000_000)


def line(n: int, told: Told) -> Line:
    level1, level2, name, target, weight, day, formula, yields, proof = told
    deadline = dt.date.fromisoformat(day) if day else None
    wanted = read_target(target, 2026)
    return Line(n, level1, level2, name, wanted, D(weight), deadline, formula, yields, proof)


def plan(rows: Sequence[Told] = SOUND, **changes: object) -> Plan:
    lines = tuple(line(n, one) for n, one in enumerate(rows, 1))
    return replace(PLAN, lines=lines, **changes)  # type: ignore[arg-type]


def changed(place: int = 2, target: str = "", **changes: object) -> Plan:
    """The sound plan with one of its indicators changed."""
    lines = list(plan().lines)
    wanted = read_target(target, 2026) if target else lines[place - 1].target
    lines[place - 1] = replace(lines[place - 1], target=wanted, **changes)  # type: ignore[arg-type]
    return replace(plan(), lines=tuple(lines))


def rules(found: Plan) -> list[str]:
    return [concern.rule for concern in lint(found)]


def the(found: Plan, rule: str) -> Concern:
    return next(concern for concern in lint(found) if concern.rule == rule)


def test_a_good_plan_is_left_alone() -> None:
    assert lint(plan()) == []


@pytest.mark.parametrize(
    ("found", "rule", "severity"),
    [
        (plan(()), "no-indicators", Severity.ERROR),
        (plan(budget_weight=D(9)), "weights", Severity.ERROR),
        (changed(level1="成本指标"), "category", Severity.ERROR),
        (plan(initial_fen=None), "no-budget", Severity.ERROR),
        (changed(3, "≥150%"), "rate-over", Severity.ERROR),
        (changed(3, "≥3次"), "rate-unit", Severity.DOUBT),
        (changed(3, "≥3次"), "formula-unit", Severity.ERROR),
        (changed(3, "是"), "formula-unit", Severity.ERROR),
        (changed(2, "≥90%"), "formula-unit", Severity.ERROR),
        (changed(2, "≥4"), "no-unit", Severity.DOUBT),
        (changed(2, "≥0期"), "always-met", Severity.ERROR),
        (changed(2, "＜0期"), "never-met", Severity.ERROR),
        (changed(2, formula="hotline:transfers"), "same-source", Severity.DOUBT),
        (changed(2, formula="hotline:transfers"), "mixed-units", Severity.DOUBT),
        (changed(2, name="转接外语电话数量 "), "same-name", Severity.ERROR),
        (changed(4, deadline=dt.date(2026, 8, 31)), "other-deadline", Severity.ERROR),
        (changed(5, proof=""), "no-proof", Severity.DOUBT),
        (changed(2, last=Fraction(6)), "easy", Severity.DOUBT),
        (changed(9, last=Fraction(1, 2)), "easy", Severity.DOUBT),
        (changed(2, reached=Fraction(6)), "reached", Severity.DOUBT),
        (changed(2, expected=Fraction(6)), "easy-forecast", Severity.DOUBT),
        (changed(2, weight=D("9.37")), "odd-weight", Severity.NOTE),
        (changed(2, weight=D(0)), "no-weight", Severity.DOUBT),
        (changed(2, name="制作" + "长" * 40), "long-name", Severity.NOTE),
        (plan(goal="2025年为在京外籍人士提供服务。"), "old-goal", Severity.DOUBT),
        (plan(goal=""), "no-goal", Severity.DOUBT),
        (plan(strands=((1, "热线"), (2, "标识"))), "strand", Severity.DOUBT),
        (plan(name="国际语言环境建设服务", register=("国际语言环境建投服务",)), "near-name", Severity.DOUBT),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_each_check_finds_what_it_is_for_and_says_what_to_do(found: Plan, rule: str, severity: Severity) -> None:
    concern = the(found, rule)
    assert concern.severity is severity
    assert concern.sentence.endswith("。")
    assert concern.advice.endswith("。")


@pytest.mark.parametrize(
    "found",
    [
        changed(9, "＝100%", name="来电量增长率", last=None),
        changed(2, last=Fraction(5)),
        changed(2, expected=Fraction(5)),
        changed(2, reached=Fraction(5)),
        changed(9, last=Fraction(9, 10)),
        changed(3, last=Fraction(99)),
        plan(goal="落实2022年施行的条例，2026年继续提供服务。"),
        changed(2, "是"),
        changed(2, name="制作并组织播放视频"),
        changed(2, name="开展培训，提升服务水平"),
        plan(register=("语言环境建设", "转接外语电话数量")),
    ],
)
def test_what_is_right_is_not_doubted(found: Plan) -> None:
    assert [one.rule for one in lint(found) if one.severity is not Severity.NOTE] == []


@pytest.mark.parametrize(
    ("name", "tasks"),
    [
        ("7月底前完成制作视频2期，完成一次线下纠错", 2),
        ("提升《条例》社会知晓度，提升社会主体参与度，提升法制意识", 3),
        ("完成验收、提交报告", 2),
        ("提交电话翻译服务数据统计情况和翻译服务工作总结", 0),
        ("为在京外籍人士提供便捷、准确多语言电话咨询服务渠道", 0),
        ("转接12345.110.120.999.119等线路外语电话数量", 0),
        ("通过开展活动，提升参与度", 0),
    ],
)
def test_s126_tasks_are_told_from_purposes(name: str, tasks: int) -> None:
    assert len(tasks_of(name)) == tasks


@pytest.mark.parametrize(
    ("mine", "registered", "slip"),
    [
        ("服务对接方对服务整理满意度", "服务对接方对服务整体满意度", True),
        ("多语种公共服务平台优化项目", "多语种公共服务平台优化工作项目", True),
        ("多语言电话翻译服务提交半年总结", "多语言电话翻译服务提交全年总结", False),
        ("转接外语电话数量2025批", "转接外语电话数量2026批", False),
        ("线上纠错活动次数", "线下纠错活动次数", False),
        ("英语坐席值守时长", "日语坐席值守时长", False),
    ],
)
def test_s135_a_name_that_nearly_is_a_registered_one_is_a_slip(mine: str, registered: str, slip: bool) -> None:
    assert ("near-name" in rules(plan(name=mine, register=(registered,)))) is slip
    assert "near-name" not in rules(plan(name=registered, register=(registered, mine)))


FORMULAS: dict[str, tuple[str, Yield]] = {
    "转接": ("hotline:transfers", Yield.COUNT),
    "多语言电话翻译服务响应率": ("hotline:response_rate", Yield.RATE),
    "抽查监督反馈率": ("share:finding_reply", Yield.RATE),
    "服务人员出勤率": ("share:attendance", Yield.RATE),
    "服务对接方": ("share:partner_rating", Yield.RATE),
}


def beijing_plan() -> Plan:
    """Beijing's plan of 2023 as it was printed: no days, no proofs."""
    told = []
    for level1, level2, name, target, _actual, weight, _points in ROWS:
        formula, gives = next((found for begin, found in FORMULAS.items() if name.startswith(begin)), ("", Yield.COUNT))
        if target == "是":
            formula, gives = "entered", Yield.SAID
        told.append((level1, level2, name, target, weight, "", formula or f"count:{name}", gives, ""))
    return replace(plan(told), year=2023, scheme=BEIJING, goal="2023年该项目将定期抽查。")


def named(found: list[Concern], rule: str) -> list[str]:
    return [one.where[:6] for one in found if one.rule == rule]


def test_beijing_s_plan_leaves_these_questions_and_no_others() -> None:
    found = lint(beijing_plan())
    assert named(found, "rate-operator") == ["多语言电话翻"]
    assert named(found, "compound") == ["7月底前完成", "提升《条例》"]
    assert named(found, "no-deadline") == ["7月底前完成", "多语言电话翻", "7月底前完成"]
    assert named(found, "no-proof") == ["7月底前完成", "多语言电话翻", "7月底前完成", "为在京外籍人", "提升《条例》"]
    assert named(found, "vague") == ["提升《条例》"]
    assert {one.rule for one in found} == {
        *("rate-operator", "compound", "no-deadline", "no-proof", "vague", "categories", "zero"),
    }
    assert [one for one in found if one.severity is Severity.ERROR] == []


def test_s130_at_least_the_whole_of_a_rate_is_the_whole() -> None:
    assert the(beijing_plan(), "rate-operator").sentence == "比率最高为100%，“≥100%”等于“＝100%”。"


def test_s128_three_targets_of_nothing_have_no_ratio_and_the_scheme_says_what_one_event_costs() -> None:
    step, each = the(beijing_plan(), "zero"), the(replace(beijing_plan(), scheme=INVERSE_RATIO), "zero")
    assert "违规接听电话数量" in step.sentence
    assert "发生一次即不得分" in step.sentence
    assert "每发生一次扣50%" in each.sentence


def test_s134_what_is_due_by_a_day_has_that_day_and_a_deed_has_its_proof() -> None:
    first = the(beijing_plan(), "no-deadline")
    assert first.sentence == "名称写明了期限，但没有设置完成期限。"
    assert first.advice == "请将期限设为2023-07-31。"
    mended = replace(
        beijing_plan(),
        lines=tuple(
            replace(one, proof="收文登记", deadline=dt.date(2023, 7, 31) if one.level2 == "时效指标" else None)
            for one in beijing_plan().lines
        ),
    )
    assert {"no-deadline", "no-proof", "vague"} & set(rules(mended)) == set()


def test_s136_beijing_s_plan_has_no_costs_and_one_kind_of_benefit_only() -> None:
    sentence = "没有设置成本指标、经济效益指标、生态效益指标、可持续影响指标。"
    assert the(beijing_plan(), "categories").sentence == sentence


def test_guangzhou_s_plan_is_asked_for_one_proof_only() -> None:
    told: tuple[Told, ...] = (
        (OUT, "数量指标", "运行多语种公共服务平台", "＝1个", "0", "", "count:agreement", Yield.COUNT, ""),
        (OUT, "数量指标", "覆盖政务及公共服务部门", "≥181家", "0", "", "hotline:departments", Yield.COUNT, ""),
        (OUT, "质量指标", "质检差错率", "≤2%", "0", "", "failed:quality_sample", Yield.RATE, ""),
        (OUT, "质量指标", "话务平台可用率", "＝100%", "0", "", "hotline:availability", Yield.RATE, ""),
        (OUT, "质量指标", "分期服务平台验收合格率", "＝100%", "0", "", "contracts:accepted", Yield.RATE, ""),
        (OUT, "时效指标", "服务完成及时率", "＝100%", "0", "", "hotline:orders_on_time", Yield.RATE, ""),
        (GOOD, "社会效益指标", "涉外服务环境得到提升", "是", "0", "", "entered", Yield.SAID, ""),
        (GOOD, "可持续影响指标", "投诉率", "＝0%", "0", "", "hotline:complaint_rate", Yield.RATE, ""),
        (GLAD, "服务对象满意度指标", "服务对象满意度", "≥99%", "0", "", "hotline:satisfaction", Yield.RATE, ""),
    )
    found = lint(replace(plan(told), scheme=GUANGZHOU, budget_weight=D(0)))
    assert [(one.rule, one.where) for one in found if one.severity is not Severity.NOTE] == [
        ("no-proof", "涉外服务环境得到提升"),
        ("vague", "涉外服务环境得到提升"),
    ]


def test_many_findings_of_one_kind_are_told_as_one() -> None:
    entered = tuple(replace(one, formula="entered", yields=Yield.SAID) for one in beijing_plan().lines)
    found = [one for one in lint(replace(beijing_plan(), lines=entered)) if one.rule == "no-proof"]
    assert [one.where for one in found] == ["绩效指标", *(row[2] for row in ROWS if row[3] == "是")]
    assert "等16项：实际完成值由人工填报" in found[0].sentence


def test_parts_of_a_compound_indicator_are_judged_instead_of_it() -> None:
    whole = beijing_plan().lines[13]
    parts = tuple(
        replace(
            whole, id=100 + n, parent=whole.id, name=name, weight=D(weight), proof="成片", deadline=dt.date(2023, 7, 31)
        )
        for n, (name, weight) in enumerate((("视频2期", "2"), ("线下纠错1次", "1")))
    )
    split = replace(beijing_plan(), lines=(*beijing_plan().lines, *parts))
    assert "7月底前完成" not in named(lint(split), "compound")
    heavier = replace(split, lines=(*split.lines[:-1], replace(split.lines[-1], weight=D(2))))
    assert the(heavier, "parts").sentence == "分项分值之和4，与指标分值3不符。"
    assert "weights" not in rules(heavier), "parts do not count twice"


LINES = st.builds(
    Line,
    id=st.integers(1, 5),
    level1=st.sampled_from([OUT, GOOD, GLAD, ""]),
    level2=st.sampled_from(["数量指标", "时效指标", ""]),
    name=st.text(max_size=60),
    target=st.builds(
        lambda operator, number, unit: read_target(f"{operator.value}{number}{unit}"),
        st.sampled_from([one for one in Operator if one not in {Operator.DONE, Operator.BY}]),
        st.decimals(-5, 10_000, places=2),
        st.sampled_from(["", "%", "次"]),
    ),
    weight=st.decimals(-5, 200, places=2),
    deadline=st.none() | st.dates(),
    yields=st.sampled_from(Yield),
    formula=st.sampled_from(["entered", "count:x", "hotline:calls"]),
    parent=st.none() | st.integers(1, 5),
    last=st.none() | st.fractions(-5, 5),
    reached=st.none() | st.fractions(-5, 5),
)


@settings(deadline=None)
@given(lines=st.lists(LINES, max_size=6), scheme=st.sampled_from(SCHEMES), goal=st.text(max_size=40))
def test_no_plan_makes_a_check_fall(lines: list[Line], scheme: Scheme, goal: str) -> None:
    found = lint(replace(plan(), lines=tuple(lines), scheme=scheme, goal=goal))
    assert all(one.sentence.endswith("。") and one.rule for one in found)
    weights = [list(Severity).index(one.severity) for one in found]
    assert weights == sorted(weights)
    assert len(CHECKS) == len(set(CHECKS))
