"""Beijing's form of 2023, and forms that are wrong on purpose: what the audit finds, and that it cries no wolf."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.evaluation.audit import Weight, audit
from yuqiao.evaluation.command import main
from yuqiao.evaluation.form import Form, FundsRow, IndicatorRow
from yuqiao.evaluation.readers.cells import read_cells
from yuqiao.evaluation.readers.files import UnreadableError, read_file
from yuqiao.evaluation.readers.text import read_text
from yuqiao.evaluation.schemes import BEIJING, NATIONAL
from yuqiao.evaluation.tests import beijing


def rules(form: Form, weight: Weight | None = None) -> list[str]:
    return [one.rule for one in audit(form, BEIJING) if weight in {None, one.weight}]


def test_the_printed_form_contradicts_itself_nowhere_and_leaves_these_questions() -> None:
    found = audit(beijing.PRINTED, BEIJING)
    assert [one for one in found if one.weight is Weight.ERROR] == []
    doubts = {(one.rule, one.where[:6]) for one in found if one.weight is Weight.DOUBT}
    assert ("over-achieved", "转接1234") in doubts
    assert ("over-achieved", "制作视频") in doubts
    assert ("operator-in-actual", "全市重点场所") in doubts
    assert ("partial", "7月底前完成") in doubts
    assert ("compound", "7月底前完成") in doubts
    assert ("no-remark", "组织线下主题") in doubts
    base = next(one.sentence for one in found if one.rule == "budget-base")
    assert "18.6062万元（11.05%）" in base
    assert "88.61%" in base
    assert "成本指标" in next(one.sentence for one in found if one.rule == "categories")
    assert sum(one.rule == "stray-quote" for one in found) == 8
    assert sum(one.rule == "rate-operator" for one in found) == 1


def test_the_national_default_weights_differ_from_beijing_s() -> None:
    found = [one.sentence for one in audit(beijing.PRINTED, NATIONAL) if one.rule == "category-weight"]
    assert found == [
        "产出指标分值60，财政部 项目支出绩效自评（通用）规定50。",
        "效益指标分值20，财政部 项目支出绩效自评（通用）规定30。",
    ]


@given(row=st.integers(0, 20), digit=st.integers(1, 9))
def test_any_one_digit_of_points_changed_is_found(row: int, digit: int) -> None:
    indicators = list(beijing.PRINTED.indicators)
    printed = Decimal(indicators[row].points)
    indicators[row] = replace(indicators[row], points=str((printed + digit) % 10 + Decimal("0.00")))
    changed = replace(beijing.PRINTED, indicators=tuple(indicators))
    assert "total" in rules(changed, Weight.ERROR)


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


def test_the_four_kinds_of_files_hold_the_same_form(tmp_path: Path) -> None:
    xlsx, word, text = tmp_path / "form.xlsx", tmp_path / "form.docx", tmp_path / "form.txt"
    xlsx.write_bytes(beijing.as_xlsx())
    word.write_bytes(beijing.as_docx())
    text.write_text(beijing.as_text(), "gb18030", errors="replace")
    for path in (xlsx, word, text):
        form = read_file(path)
        cells = [(one.level1, one.level2, one.name, one.weight, one.points) for one in form.indicators]
        wanted = [(one.level1, one.level2, one.name, one.weight, one.points) for one in beijing.PRINTED.indicators]
        assert cells == wanted, path.name
        assert (form.year, form.total_points, form.header) == ("2023", "95.96", {"项目名称": "国际语言环境建设服务"})
        assert form.funds == beijing.PRINTED.funds
        assert form.not_understood == ()
        assert sorted(rules(form)) == sorted(rules(beijing.PRINTED)), path.name


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


def test_the_command_prints_findings_and_fails_when_there_are_any(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "form.xlsx"
    path.write_bytes(beijing.as_xlsx())
    assert main([str(path)]) == 1
    shown = capsys.readouterr().out
    assert "识别 21 项指标、4 行资金，总分 95.96。" in shown
    assert "错误" not in shown
    assert main(["--json", str(path)]) == 1
    assert len(json.loads(capsys.readouterr().out)) == len(audit(beijing.PRINTED, BEIJING))
    empty = tmp_path / "empty.txt"
    empty.write_text("nothing")
    assert main([str(empty)]) == 2
    assert "no indicators" in capsys.readouterr().err


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
