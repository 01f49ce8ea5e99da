"""Whatever a printed form holds, it becomes a draft or a problem at its place, and never falls (S131, S132)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yuqiao.evaluation.form import Form, FundsRow, IndicatorRow
from yuqiao.evaluation.import_rules import Said, draft
from yuqiao.evaluation.readers.goals import goals_in_cells, goals_in_text
from yuqiao.evaluation.schemes import BEIJING, GUANGZHOU
from yuqiao.evaluation.scoring import Done
from yuqiao.evaluation.tests import beijing

D = Decimal
TEXT = st.text(max_size=12) | st.sampled_from(
    ["", "—", "是", "≥3万条", "‘＝96份", "100%", "1e9", "9" * 30, "7月底前", "-5"]
)
ROWS = st.builds(IndicatorRow, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT)
FUNDS = st.builds(
    FundsRow, st.sampled_from(["年度资金总额", "当年财政拨款", "别的"]), TEXT, TEXT, TEXT, TEXT, TEXT, TEXT
)


@settings(deadline=None)
@given(
    rows=st.lists(ROWS, max_size=5),
    funds=st.lists(FUNDS, max_size=3),
    year=TEXT,
    head=st.dictionaries(st.sampled_from(["项目名称", "实施单位", "联系电话"]), TEXT),
)
def test_no_form_makes_it_fall_and_no_row_disappears(
    rows: list[IndicatorRow], funds: list[FundsRow], year: str, head: dict[str, str]
) -> None:
    form = Form(year=year, header=head, funds=tuple(funds), indicators=tuple(rows))
    made = draft(form, BEIJING)
    kept = {one.row for one in made.rows}
    assert len(made.rows) + sum(one.blocks for one in made.problems) >= len(rows)
    assert kept <= set(range(len(rows)))
    assert all(one.sentence.endswith("。") or one.sentence.startswith("无法识别") for one in made.problems)
    assert all(min(one.initial, one.adjusted, one.executed) >= 0 for one in made.funds)


def row(target: str, actual: str, weight: str = "3", points: str = "2.00") -> Said | None:
    form = replace(beijing.PRINTED, indicators=(IndicatorRow("", "", "一项", target, actual, weight, points),))
    return draft(form, BEIJING).rows[0].said


@pytest.mark.parametrize(
    ("target", "actual", "said"),
    [
        ("≥500个", "676", Said(D("676.0000"))),
        ("＝100%", "1", Said(D("100.0000"))),
        ("≥3万条", "3.2万条", Said(D("32000.0000"))),
        ("是", "是", Said(done=Done.DONE)),
        ("是", "未开展", Said(done=Done.NOT)),
        ("7月底前", "7月12日", Said(done=Done.DONE, done_on=dt.date(2023, 7, 12))),
        ("7月底前", "是", None),
        ("≥2次", "很多", None),
        ("是", "", None),
    ],
)
def test_actuals_as_they_are_printed(target: str, actual: str, said: Said | None) -> None:
    assert row(target, actual) == said


def test_words_instead_of_yes_are_worth_what_the_printed_points_say() -> None:
    partly = row("是", "完成视频")
    assert partly is not None
    assert (partly.done, partly.share, partly.text) == (Done.PARTLY, D("66.67"), "完成视频")
    whole, none = row("是", "完成视频", points="3"), row("是", "完成视频", points="0")
    assert whole is not None
    assert none is not None
    assert (whole.done, none.done) == (Done.DONE, Done.NOT)
    assert row("是", "完成视频", points="4") is None


def test_money_without_sources_is_this_year_s_and_dashes_are_nothing() -> None:
    whole = FundsRow("年度资金总额", "—", "350", "347.15", "10", "99.18%", "9.91")
    made = draft(replace(beijing.PRINTED, funds=(whole,)), GUANGZHOU)
    assert [(one.source, one.initial, one.adjusted, one.executed) for one in made.funds] == [
        ("current", 350_000_000, 350_000_000, 347_150_000)
    ]
    assert [one.where for one in made.problems[:2]] == ["年度资金总额"] * 2
    fraction = draft(replace(beijing.PRINTED, funds=(replace(whole, initial="1.0000001"),)), GUANGZHOU)
    assert any(one.blocks and "不足一分" in one.sentence for one in fraction.problems)


def test_goals_are_read_from_cells_and_from_text() -> None:
    rows = [["年度总体目标", "预期目标", "", "实际完成情况"], ["", "第一段。", "", "做了。"], ["一级指标", "", "", ""]]
    assert goals_in_cells(rows) == ("第一段。", "做了。")
    assert goals_in_cells([["没有", "目标"]]) == ("", "")
    lines = [
        "预期目标  实际完成情况",
        "年",
        "度",
        "    2023年将开展",
        "检查，提升水平 。",
        "",
        "2023年，开展",
        "",
        "了检查。",
        "一级指标 二级指标",
    ]
    assert goals_in_text(lines) == ("2023年将开展检查，提升水平。", "2023年，开展了检查。")


def test_what_a_reader_placed_by_its_content_is_told_for_a_person_to_check() -> None:
    told = draft(replace(beijing.PRINTED, guessed=("3条备注已按内容对应，请核对。",)), BEIJING).problems
    assert ("3条备注已按内容对应，请核对。", False) in [(one.sentence, one.blocks) for one in told]
