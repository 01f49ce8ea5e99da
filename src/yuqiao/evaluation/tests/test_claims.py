"""Fifteen claims: printed only with figures or evidence behind them, withheld when figures speak against them (S9)."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from yuqiao.evaluation import evidence_kinds
from yuqiao.evaluation.claims import CLAIMS, Link, Verdict, conclusion, judge
from yuqiao.evaluation.contradictions.checks import check
from yuqiao.evaluation.contradictions.finding import Register
from yuqiao.evaluation.passages import Passage
from yuqiao.evaluation.scoring import Done
from yuqiao.evaluation.sheet import Row, Sheet
from yuqiao.evaluation.tests.sheets import row, sheet

QUALITY, TIME = ("产出指标", "质量指标"), ("产出指标", "时效指标")
SOCIAL, GLAD = ("效益指标", "社会效益指标"), ("满意度指标", "服务对象满意度指标")
LINKED = {claim.code: [Link("批复〔2023〕1号")] for claim in CLAIMS}


def good(**changed: Row) -> list[Row]:
    rows = {
        "count": row(1, "制作视频", "≥4期", "6", "30"),
        "quality": row(2, "响应率", "＝100%", "100", "20", kind=QUALITY),
        "time": row(3, "半年总结", "是", Done.DONE, "10", kind=TIME, deadline=dt.date(2023, 7, 31)),
        "social": row(4, "便捷渠道", "是", Done.DONE, "20", kind=SOCIAL),
        "glad": row(5, "服务对象满意度", "≥95%", "99.92", "10", kind=GLAD),
    }
    return list((rows | changed).values())


def verdict(code: str, found: tuple[Verdict, ...]) -> Verdict:
    return next(one for one in found if one.claim.code == code)


def whole(rows: list[Row] | None = None, executed: int = 149_730_000) -> Sheet:
    return sheet(rows or good(), executed=executed)


def test_s9_there_are_fifteen_claims_each_with_known_kinds_of_evidence() -> None:
    assert len(CLAIMS) == 15
    assert {kind for claim in CLAIMS for kind in claim.kinds} <= set(evidence_kinds.BY_CODE)
    assert all(claim.proof or claim.look for claim in CLAIMS)


def test_s9_with_everything_linked_and_full_all_are_printed() -> None:
    found = judge(whole(), LINKED)
    assert all(one.printed for one in found), [one.why for one in found if not one.printed]
    assert conclusion(found).startswith("该项目立项依据充分；绩效目标合理且清晰明确；")


def test_s9_without_evidence_only_what_figures_show_is_printed() -> None:
    found = judge(whole(), {})
    printed = [one.claim.code for one in found if one.printed]
    assert printed == ["all_on_time", "in_full", "in_time", "quality", "within_budget", "satisfied"]
    assert verdict("basis", found).why == "缺少佐证材料：立项批复或政策文件。"


def test_a_withdrawn_piece_carries_nothing() -> None:
    gone = {"basis": [Link("旧批复", stands=False)]}
    assert not verdict("basis", judge(whole(), gone)).printed


def test_s137_in_full_is_withheld_at_99_percent_whatever_is_linked() -> None:
    found = verdict("in_full", judge(whole(executed=149_164_287), LINKED))
    assert (found.printed, found.why) == (False, "与数据不符：资金未全额支付：执行率99.62%，计9.96分。")


def test_s127_on_time_is_withheld_by_a_lost_point_by_lateness_and_by_what_went_wrong() -> None:
    short = whole(good(count=row(1, "制作视频", "≥4期", "3", "30")))
    assert "制作视频" in verdict("all_on_time", judge(short, LINKED)).why
    late = row(
        3, "半年总结", "是", Done.DONE, "10", kind=TIME, deadline=dt.date(2023, 7, 31), first_on=dt.date(2023, 9, 1)
    )
    assert not verdict("in_time", judge(whole(good(time=late)), LINKED)).printed
    told = verdict("all_on_time", judge(whole(), LINKED, ("2023年9月缺1人",)))
    assert (told.printed, told.why) == (False, "与登记情况不符：2023年9月缺1人。")


def test_high_satisfaction_has_a_threshold_and_needs_a_figure_or_a_survey() -> None:
    low = whole(good(glad=row(5, "服务对象满意度", "≥80%", "89.99", "10", kind=GLAD)))
    assert verdict("satisfied", judge(low, LINKED)).why == "与数据不符：服务对象满意度未达到要求。"
    silent = whole([one for one in good() if one.id != 5])
    assert not verdict("satisfied", judge(silent, {})).printed
    assert verdict("satisfied", judge(silent, LINKED)).printed


def test_social_benefit_needs_evidence_besides_points() -> None:
    assert not verdict("social", judge(whole(), {})).printed
    assert verdict("social", judge(whole(), LINKED)).printed


def test_nothing_printed_gives_no_sentence() -> None:
    assert conclusion(()) == ""


@given(
    st.lists(st.tuples(st.sampled_from("0123456"), st.sampled_from([QUALITY, TIME, SOCIAL, GLAD])), max_size=5),
    st.integers(0, 160_000_000),
    st.sets(st.sampled_from([claim.code for claim in CLAIMS])),
)
def test_what_is_printed_is_never_contradicted_by_the_sheet(
    facts: list[tuple[str, tuple[str, str]]], executed: int, linked: set[str]
) -> None:
    rows = [row(n, f"指标{n}", "≥4次", done, "10", kind=kind) for n, (done, kind) in enumerate(facts)]
    made = whole(rows, executed)
    found = judge(made, {code: LINKED[code] for code in linked})
    assert all(one.why for one in found)
    codes = {one.code for one in check((Passage("结论", conclusion(found)),), Register(sheet=made))}
    assert not codes & {"on-time", "in-full"}
