"""Beijing's form of 2023, and forms that are wrong on purpose: what the audit finds, and that it cries no wolf."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.evaluation.audit import Finding, Weight, audit, guess
from yuqiao.evaluation.form import Form, FundsRow, IndicatorRow
from yuqiao.evaluation.readers.cells import read_cells
from yuqiao.evaluation.readers.files import UnreadableError, read_file, read_pasted
from yuqiao.evaluation.readers.text import read_text
from yuqiao.evaluation.readers.workbook import shown
from yuqiao.evaluation.schemes import BEIJING, BUDGET, NATIONAL, SCHEMES, Scheme
from yuqiao.evaluation.tests import beijing


def rules(form: Form, weight: Weight | None = None) -> list[str]:
    return [one.rule for one in audit(form, BEIJING) if weight in {None, one.weight}]


def found_by(rule: str, form: Form = beijing.PRINTED) -> list[Finding]:
    return [one for one in audit(form, BEIJING) if one.rule == rule]


def test_the_printed_form_contradicts_itself_nowhere_and_leaves_these_questions() -> None:
    found = audit(beijing.PRINTED, BEIJING)
    assert [one for one in found if one.weight is Weight.ERROR] == []
    assert {(one.rule, one.where[:6]) for one in found if one.weight is Weight.DOUBT} == {
        ("over-achieved", "转接1234"),
        ("over-achieved", "制作视频"),
        ("partial", "7月底前完成"),
        ("budget-base", "年度资金总额"),
        ("late", "线下纠错活动"),
        ("no-approval", "组织线下主题"),
        ("first-hand-in", "多语言电话翻"),
        ("compound", "7月底前完成"),
        ("compound", "提升《条例》"),
        ("deadline-in-name", "7月底前完成"),
        ("evidence", "为在京外籍人"),
        ("evidence", "提升《条例》"),
        ("categories", "绩效指标"),
        ("operator-in-actual", "全市重点场所"),
        ("operator-in-actual", "抽查监督反馈"),
    }
    assert len(found_by("stray-quote")) == 8
    assert [one.should for one in found_by("rate-operator")] == ["＝100%"]
    assert [one.should for one in found_by("slip")] == ["整体满意度"]


def test_a_finding_says_where_it_is_and_what_should_stand_there() -> None:
    base = found_by("budget-base")[0].sentence
    assert "18.6062万元（11.05%）" in base
    assert "88.61%、得8.86分" in base
    late = found_by("late")[0]
    assert (late.place, late.printed) == ("第13行", "2")
    assert "“完成一次线下纠错”未按期完成（备注：合同流程办完已过8月" in late.sentence
    assert found_by("deadline-in-name")[0].should == "2023年7月31日前"
    assert {one.should for one in found_by("unit")} == {"2份", "96份", "1次", "2次", "676个", "0次"}


def test_what_a_remark_explains_is_not_asked_again() -> None:
    told = tuple(replace(row, remark=row.remark or "经批准，见附件") for row in beijing.PRINTED.indicators)
    left = {one.rule for one in audit(replace(beijing.PRINTED, indicators=told), BEIJING)}
    assert not left & {"over-achieved", "evidence", "no-remark", "deadline-in-name"}
    silent = tuple(replace(row, remark="") for row in beijing.PRINTED.indicators)
    asked = [one.where for one in found_by("no-remark", replace(beijing.PRINTED, indicators=silent))]
    assert asked == ["组织线下主题活动", "7月底前完成制作视频2期，完成一次线下纠错"]


def test_an_upper_limit_scored_by_another_published_rule_is_a_question_and_no_error() -> None:
    row = IndicatorRow("产出指标", "成本指标", "单次成本", "≤50元", "80元", "10", "4.00", "油价上涨")
    assert rules(Form(indicators=(row,)), Weight.DOUBT)[0] == "other-rule"
    assert "points" in rules(Form(indicators=(replace(row, points="5.00"),)), Weight.ERROR)


@pytest.mark.parametrize(
    ("actual", "points", "rule"),
    [
        ("2023年7月20日", "3.00", None),
        ("7月31日", "3.00", None),
        ("2023年8月20日", "3.00", "late-full"),
        ("2023年8月20日", "1.00", None),
        ("2023年7月20日", "2.00", "points"),
        ("是", "3.00", "no-date"),
    ],
)
def test_a_deadline_is_compared_with_the_day_of_the_first_hand_in(actual: str, points: str, rule: str | None) -> None:
    row = IndicatorRow("产出指标", "时效指标", "半年总结", "7月底前", actual, "3", points, "见收文登记")
    found = {one.rule for one in audit(Form(year="2023", indicators=(row,)), BEIJING) if one.where == row.name}
    assert found == ({rule} if rule else set())


def test_a_rate_given_as_a_bare_share_is_understood_and_needs_its_unit() -> None:
    row = IndicatorRow("产出指标", "质量指标", "响应率", "＝100%", "0.98", "4", "3.92", "两次未接")
    assert "points" not in rules(Form(indicators=(row,)))
    assert "unit" in rules(Form(indicators=(row,)))
    assert "rate-over-whole" in rules(Form(indicators=(replace(row, actual="102%", points="4"),)))


def test_the_national_default_weights_differ_from_beijing_s() -> None:
    found = [one.sentence for one in audit(beijing.PRINTED, NATIONAL) if one.rule == "category-weight"]
    assert found == [
        "产出指标分值60，财政部 项目支出绩效自评（通用）规定50。",
        "效益指标分值20，财政部 项目支出绩效自评（通用）规定30。",
    ]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"rate": "99.63%"}, "rate"),
        ({"rate": "99.6%"}, None),
        ({"points": "9.97"}, "budget-points"),
        ({"executed": "149.999999"}, "rate"),
        ({"adjusted": "140.000000"}, "overspent"),
    ],
)
def test_the_money_is_calculated_again(change: dict[str, str], rule: str | None) -> None:
    first, *rest = beijing.PRINTED.funds
    found = rules(replace(beijing.PRINTED, funds=(replace(first, **change), *rest)))
    before = rules(beijing.PRINTED)
    assert (rule in found and rule not in before) if rule else found == before


def test_a_truncated_rate_is_told_from_a_wrong_one() -> None:
    row = FundsRow("年度资金总额", "350", "350", "347.15", "10", "99.18%", "9.92")
    assert [one.rule for one in audit(Form(funds=(row,), total_points="9.92"), BEIJING)] == ["rate-rounding"]


def test_a_score_beyond_the_rule_is_found_with_the_right_one() -> None:
    row = IndicatorRow("产出指标", "数量指标", "回访", "≥10次", "8次", "5", "4.50", "人手不足")
    finding = next(one for one in audit(Form(indicators=(row,)), BEIJING) if one.rule == "points")
    assert finding.sentence == "得分4.50，按规则应为4.00：完成80.00%，按比例计4.00分。"
    assert "more-than-weight" in rules(Form(indicators=(replace(row, points="5.01"),)))
    assert "no-actual" in rules(Form(indicators=(replace(row, actual="很多"),)))
    assert "target" in rules(Form(indicators=(replace(row, target="尽量"),)))


def test_every_printed_form_of_the_same_content_gives_the_same_findings(tmp_path: Path) -> None:
    for name, content in beijing.as_files().items():
        path = tmp_path / name
        path.write_bytes(content)
        form = read_file(path)
        kept = [replace(one, target="", actual="", where="") for one in form.indicators]
        assert kept == [replace(one, target="", actual="", where="") for one in beijing.PRINTED.indicators], name
        assert (form.year, form.total_points, form.header) == ("2023", "95.96", {"项目名称": "国际语言环境建设服务"})
        assert form.funds == beijing.PRINTED.funds
        assert form.not_understood == ()
        found = [one for one in audit(form, BEIJING) if one.rule != "guessed"]
        wanted = audit(beijing.PRINTED, BEIJING)
        assert [(one.rule, one.where) for one in found] == [(one.rule, one.where) for one in wanted], name
        assert all(one.place for one in found if one.where in {row.name for row in form.indicators})


def test_a_table_pasted_with_bars_is_read_like_one_with_tabs() -> None:
    bars = "\n".join(f"| {' | '.join(row)} |" for row in beijing.as_rows())
    assert [replace(one, where="") for one in read_pasted(bars).indicators] == [
        replace(one, where="") for one in beijing.PRINTED.indicators
    ]
    assert read_pasted(bars).total_points == "95.96"


@pytest.mark.parametrize(
    ("value", "number_format", "wanted"),
    [
        (0.9962218, "0.00%", "99.62%"),
        (0.99625, "0.00%", "99.63%"),
        (168.3362, "0.000000", "168.336200"),
        (9.96, "0.00_ ", "9.96"),
        (30000, "#,##0", "30000"),
        (6, '0"期"', "6期"),
        (5.0, "General", "5"),
        (1e-7, "General", "0.0000001"),
        (dt.datetime.fromisoformat("2023-07-20"), "yyyy-mm-dd", "2023-07-20"),
        (True, "General", "是"),
        ("≥500个", "@", "≥500个"),
        (float("inf"), "0.00", ""),
    ],
)
def test_a_spreadsheet_s_cell_is_read_as_it_is_shown(value: object, number_format: str, wanted: str) -> None:
    assert shown(value, number_format) == wanted


def test_remarks_that_a_page_break_cut_off_find_their_rows_and_one_is_told() -> None:
    form = read_text(beijing.as_text())
    assert {row.name: row.remark for row in form.indicators if row.remark} == beijing.REMARK_OF
    assert [one.sentence[:4] for one in found_by("guessed", form)] == ["3条备注"]
    strange = read_text(beijing.as_text() + "\n\n与表中各行无关的一句话")
    assert strange.not_understood == ("备注与指标行失去对应：与表中各行无关的一句话",)


@pytest.mark.parametrize("scheme", [one for one in SCHEMES if one.weights])
def test_the_scheme_is_told_by_the_weights(scheme: Scheme) -> None:
    rows = tuple(
        IndicatorRow(level1, "", level1, "＝1次", "1次", str(weight), str(weight))
        for level1, weight in scheme.weights.items()
        if level1 != BUDGET
    )
    funds = (FundsRow("年度资金总额", "1", "1", "1", str(scheme.weights[BUDGET])),)
    told, because = guess(Form(funds=funds, indicators=rows))
    assert told.weights == scheme.weights
    assert "/".join(str(one) for one in scheme.weights.values()) in because


def test_a_form_of_no_known_weights_takes_the_nearest_scheme_and_says_so() -> None:
    assert guess(Form()) == (NATIONAL, "表中没有分值，按通用方案核对")
    rows = tuple(replace(row, weight="3") if row.weight == "4" else row for row in beijing.PRINTED.indicators)
    told, because = guess(replace(beijing.PRINTED, indicators=rows))
    assert told == BEIJING
    assert because.endswith("取最接近的")


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(beijing.as_xlsx()[:400])
    with pytest.raises(UnreadableError, match="save it anew"):
        read_file(broken)
    with pytest.raises(UnreadableError, match="cannot be opened"):
        read_file(tmp_path / "missing.docx")
    picture = tmp_path / "picture.bin"
    picture.write_bytes(b"\x89PNG\xff\xff\xff\x81")
    with pytest.raises(UnreadableError, match="no text"):
        read_file(picture)
    locked = tmp_path / "torn.pdf"
    locked.write_bytes(b"%PDF-1.7 torn")
    with pytest.raises(UnreadableError, match="damaged"):
        read_file(locked)


@given(st.text(max_size=400))
def test_no_text_makes_the_reader_or_the_audit_fall(text: str) -> None:
    audit(read_text(text), BEIJING)


@given(st.lists(st.sampled_from(beijing.as_text().split("\n")), max_size=60))
def test_no_order_of_its_lines_makes_them_fall(lines: list[str]) -> None:
    audit(read_text("\n".join(lines)), BEIJING)


def test_a_sound_form_passes() -> None:
    rows = [
        ("项目支出绩效自评表（2026年度）",),
        beijing.MONEY_HEADINGS,
        ("年度资金总额", "100", "100", "97.5", "10.0", "97.50%", "9.75"),
        (*beijing.HEADINGS, beijing.REMARKS),
        ("产出指标", "数量指标", "转接外语电话", "≥500个", "600个", "20.0", "20.0", ""),
        ("产出指标", "质量指标", "响应率", "＝100%", "99%", "20.0", "19.80", "两次未接，已回访"),
        ("产出指标", "时效指标", "半年总结", "是", "是", "10.0", "10.0", "6月28日提交，收文号可查"),
        ("产出指标", "成本指标", "单次成本", "≤50元", "48元", "10.0", "10.0", ""),
        ("效益指标", "社会效益指标", "服务外籍人士", "≥400人次", "410人次", "20.0", "20.0", ""),
        ("满意度指标", "服务对象满意度指标", "投诉", "＝0次", "0次", "10.0", "10.0", ""),
        ("总分：", "", "", "", "", "100", "99.55", ""),
    ]
    found = audit(read_cells(rows), BEIJING)
    assert [one.rule for one in found] == ["categories"], "three benefit categories are not there, and no more is wrong"


@pytest.mark.parametrize(
    ("actual", "asked"),
    [
        ("是", False),
        ("是，2023-07-12首次完成", False),
        ("涉外服务环境得到提升", False),
        ("逾期，2023-08-12首次完成", True),
        ("未完成", True),
        ("没有得到提升", True),
        ("7月底前完成制作视频2期", True),
    ],
)
def test_what_is_done_is_told_by_its_words_also_with_a_day(actual: str, *, asked: bool) -> None:
    row = IndicatorRow("效益指标", "社会效益指标", "服务环境", "是", actual, "10", "10.00")
    form = replace(beijing.PRINTED, indicators=(row,))
    assert ("partial" in rules(form)) is asked
