"""A report's text: every number is a figure, unknown names are refused, an author's words stand beside (S7)."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.evaluation.claims import judge
from yuqiao.evaluation.contradictions.checks import check
from yuqiao.evaluation.contradictions.finding import Register
from yuqiao.evaluation.quantities import quantities
from yuqiao.evaluation.report_figures import MARK, SHORT, Figure, FigureError, more, of_formula, of_sheet, wanted
from yuqiao.evaluation.report_text import (
    GRADED,
    SECTIONS,
    ReportText,
    compose,
    default_of,
    fill,
    loose,
    passages,
    passages_of_form,
    used,
)
from yuqiao.evaluation.schemes import GUANGZHOU
from yuqiao.evaluation.sheet import Measured, Sheet, Strand
from yuqiao.evaluation.tests.sheets import row, sheet

ROWS = [
    row(1, "制作视频", "≥4期", "6", "60"),
    row(2, "质检差错率", "≤1%", "5/3", "30", cause="新译员较多", remedy="加强培训"),
]
SHEET = replace(
    sheet(ROWS), goal="稳定运行平台。", achieved="平台稳定运行。", strands=(Strand("热线", "提供翻译。", "已提供。"),)
)


def figures(of: Sheet = SHEET, calls: int | None = 6191) -> dict[str, Figure]:
    found = of_sheet(of)
    for name, formula, value, unit in (
        ("calls", "hotline:calls", calls, "通"),
        ("calls_before", "before:hotline:calls", 5187, "通"),
        ("growth", "growth:hotline:calls", Fraction(100400, 5187), "%"),
    ):
        measured = Measured(formula, None if value is None else Fraction(value))
        found[name] = of_formula(name, formula, unit, measured, of.scheme)
    found["calls_more"] = more(found["calls"], found["calls_before"])
    return found


def composed(written: dict[str, str] | None = None, of: Sheet = SHEET, calls: int | None = 6191) -> ReportText:
    return compose(of, written or {}, figures(of, calls), judge(of, {}))


def text_of(report: ReportText, code: str) -> str:
    return "\n".join(one.text for part in report.parts if part.code == code for one in part.paragraphs)


def test_s7_the_chapters_stand_in_their_order() -> None:
    report = composed()
    assert [part.chapter for part in report.parts if part.chapter] == [
        "一、项目概述",
        "二、绩效评价概述",
        "三、评价结论与绩效分析",
        "四、主要绩效或成功经验",
        "五、存在问题或不足",
        "六、相关建议",
    ]
    assert report.title == "国际语言环境建设服务评价结果报告"
    assert report.empty == ("（三）项目内容", "四、主要绩效或成功经验")


def test_numbers_come_from_figures_and_know_them() -> None:
    report = composed()
    assert text_of(report, "analysis") == (
        "2023年全年承接6191通来电，比2022年的5187通增加1004通，变动幅度为19.36%。全年预算149.73万元，结余0.565713万元。"
    )
    spans = [span for part in report.parts if part.code == "analysis" for span in part.paragraphs[0].spans]
    bound = {span.text: span.figure for span in spans if span.figure}
    assert bound["6191"] == "calls"
    assert report.figures["calls"].source == "formula:hotline:calls"
    assert report.figures["制作视频"].source == "row:1"


def test_the_platforms_own_sentences_hold_no_number_that_is_no_figure() -> None:
    for text in [*(one.default for one in SECTIONS), GRADED, default_of("indicators", SHEET)]:
        assert quantities(MARK.sub("", text)) == [], text


def test_a_sentence_whose_figures_are_unknown_is_left_out() -> None:
    assert text_of(composed(calls=None), "analysis") == "全年预算149.73万元，结余0.565713万元。"
    unscored = sheet([*ROWS, row(3, "总结", "是", None, "1")])
    assert "等级" not in text_of(composed(of=unscored), "conclusion")
    assert "总分87.96分，自评等级为良。" in text_of(composed(), "conclusion")


def test_an_author_replaces_a_default_and_adds_to_what_is_computed() -> None:
    report = composed(
        {"analysis": "承接{ calls }通，制作视频{制作视频}。\n\n另有3场座谈。", "conclusion": "特此说明。"}
    )
    assert text_of(report, "analysis") == "承接6191通，制作视频6期。\n另有3场座谈。"
    assert text_of(report, "conclusion").endswith("\n特此说明。")
    (part,) = [one for one in report.parts if one.code == "analysis"]
    assert [(f"{one.value:f}", one.unit) for one in loose(part)] == [("3", "场")]


def test_problems_and_advice_come_from_deviations() -> None:
    assert text_of(composed(), "problems") == "质检差错率：新译员较多。"
    assert text_of(composed(), "advice") == "针对质检差错率：加强培训。"


def test_an_unknown_name_is_refused_with_what_was_perhaps_meant() -> None:
    with pytest.raises(FigureError, match="没有名为“call”的数据；是否指calls") as caught:
        wanted(["承接{call}通。"], SHEET)
    assert caught.value.names == ("call",)
    with pytest.raises(FigureError, match="没有名为“来电量”的数据；可写指标名称"):
        fill("{来电量}", {})


def test_figures_that_only_formulas_answer_are_asked_for_once() -> None:
    texts = ["{calls}、{calls}、{share:sign_photo}、{制作视频}、{paid}", "{calls_more}"]
    assert wanted(texts, SHEET) == {
        "calls": "hotline:calls",
        "share:sign_photo": "share:sign_photo",
        "calls_before": "before:hotline:calls",
    }
    assert {"calls", "calls_before", "growth"} <= set(wanted(used(SHEET, {}), SHEET))


def test_two_indicators_of_one_name_are_told_apart() -> None:
    twins = sheet([row(1, "活动", "≥1次", "1", "10"), row(2, "活动", "≥1次", "2", "10")])
    assert text_of(composed(of=twins), "indicators").count("实际完成1次") == 1
    assert {"#1", "#2"} <= set(of_sheet(twins))


def test_a_figure_without_a_value_is_said_in_an_authors_sentence() -> None:
    assert text_of(composed({"content": "承接{calls}通。"}, calls=None), "content") == "承接（暂无数据）通。"


def test_fewer_calls_read_as_fewer() -> None:
    assert figures(calls=5000)["calls_more"].text == "减少187"
    assert figures(calls=None)["calls_more"].text is None


def test_what_the_platform_writes_contradicts_nothing() -> None:
    report = composed()
    assert check((*passages(report), *passages_of_form(SHEET)), Register(name=SHEET.header.name, sheet=SHEET)) == []
    titles = [one.title for one in passages_of_form(SHEET)]
    assert titles == ["预期目标", "实际完成情况", "偏差原因：质检差错率"]


def test_strands_that_the_goal_names_already_are_not_said_twice() -> None:
    said = replace(SHEET, goal="稳定运行平台；提供翻译。", achieved="")
    assert default_of("goals", said) == "稳定运行平台；提供翻译。"
    assert default_of("implementation", said) == "已提供。"


def test_a_scheme_without_weights_grades_a_project_that_has_them() -> None:
    weighed = sheet([row(1, "制作视频", "≥4期", "6", "90")], scheme=GUANGZHOU)
    assert (weighed.weights, weighed.graded) == (Decimal(100), True)
    assert of_sheet(weighed)["grade"].text == "优秀"
    bare = sheet([row(1, "制作视频", "≥4期", "6", "0")], scheme=GUANGZHOU)
    assert (bare.weights, bare.graded) == (None, False)


def test_braces_in_a_goal_are_words() -> None:
    said = replace(SHEET, goal="建设{一站式}平台。")
    assert "calls" in wanted(used(said, {}), said)
    assert text_of(composed(of=said), "goals").startswith("建设{一站式}平台。")


@given(st.lists(st.text("{}|#：a指 标\n", min_size=1, max_size=8), min_size=1, max_size=4))
def test_no_name_of_an_indicator_breaks_the_text(names: list[str]) -> None:
    named = sheet([row(number, name, "≥1次", "1", "10") for number, name in enumerate(names)])
    assert wanted(used(named, {}), named).keys() <= set(SHORT) | {"calls", "calls_before"}
    assert text_of(composed(of=named), "indicators").count("实际完成1次") == len(names)
