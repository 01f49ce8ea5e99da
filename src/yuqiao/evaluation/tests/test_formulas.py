"""Actuals come from rows by a visible list of ways, and every number leads to the very rows it counted."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from yuqiao.contracts.models import Contract, Deliverable, HandIn, Supplier
from yuqiao.evaluation import formulas
from yuqiao.evaluation.formulas import FormulaError, Part
from yuqiao.evaluation.formulas.written import read_formula
from yuqiao.evaluation.models import Entered, EvidenceFor, Indicator
from yuqiao.evaluation.scoring import Done
from yuqiao.evaluation.tests import world
from yuqiao.evaluation.tests.world import indicator, piece, project
from yuqiao.hotline.models import Line
from yuqiao.lib import clock
from yuqiao.outreach.models import Activity, Video

rows = pytest.mark.usefixtures("db")
pytestmark = pytest.mark.database
D = dt.date
#: Formulas beyond those offered in a plan: with filters.
FILTERED = (
    "hotline:transfers?lines=12345,110",
    "hotline:response_rate?lines=12345&language=ja",
    "hotline:satisfaction?language=en&until=07-31",
    "hotline:complaint_rate?lines=12345,120",
    "count:feedback_sheet?until=07-31",
    "share:sign_photo?since=07-31",
    "outreach:videos?until=07-31",
    "contracts:handed_in?kind=summary&contract=C0,C1",
    "contracts:on_time?kind=statistics",
    "contracts:acceptance?stage=上半年&contract=C2",
)


def all_formulas() -> list[str]:
    return [formula for _way, formula, _name in formulas.choices()] + list(FILTERED)


@given(st.text(max_size=40) | st.from_regex(r"[a-z]+:[a-z_]+\?[a-z]+=[0-9,-]*(&[a-z]+=.{0,5})?", fullmatch=True))
def test_whatever_is_written_is_a_formula_or_says_what_to_mend(text: str) -> None:
    try:
        found = formulas.check(text)
    except FormulaError:
        return
    assert found.way in formulas.BY_CODE


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "begins with"),
        ("count:nothing", "kind"),
        ("share:honour_certificate", "no result"),
        ("hotline:nothing", "no figure"),
        ("hotline:occupancy?lines=110,120", "one line"),
        ("hotline:calls?language=xx", "language"),
        ("hotline:calls?kind=a", "no option"),
        ("count:survey?until=02-30", "no day"),
        ("count:survey?until=07-31&since=08-01", "after"),
        ("count:survey?until=07-31&until=08-01", "twice"),
        ("outreach:nothing", "does not count"),
        ("contracts:handed_in?stage=一", "no option"),
        ("money:nothing", "does not tell"),
        ("growth", "wants a formula"),
        ("before:before", "one year back"),
        ("entered:5", "alone"),
    ],
)
def test_a_wrong_formula_is_refused_with_what_to_write(text: str, said: str) -> None:
    with pytest.raises(FormulaError, match=said):
        formulas.check(text)


def test_the_last_day_of_february_is_a_day_in_every_year() -> None:
    assert read_formula("count:survey?until=02-29").days(2023)[1] == D(2023, 2, 28)
    assert read_formula("count:survey?until=02-29").days(2024)[1] == D(2024, 2, 29)


@rows
@pytest.mark.parametrize("seed", range(4))
def test_as_many_rows_are_shown_as_a_number_says(seed: int) -> None:
    """Drill: numerator and denominator of every counted formula are the numbers of rows behind them."""
    earlier = project("earlier", world.YEAR - 1)
    of = project(before=earlier)
    world.everything(seed, of, earlier)
    asked = [indicator(of, formula) for formula in all_formulas()]
    now = clock.now()
    measured = formulas.measure_all(Indicator.objects.select_related("project"), now)
    assert {code for one in asked if (code := one.formula.partition(":")[0])} == set(formulas.BY_CODE)
    counted = 0
    for one in asked:
        found = measured[one.pk]
        assert found == formulas.measure(one, now), one.formula
        assert "无法识别" not in found.definition, one.formula
        way = formulas.BY_CODE[one.formula.partition(":")[0]]
        code = one.formula.partition(":")[2].partition("?")[0]
        if not way.counts or code in {"occupancy", "availability"}:
            continue
        shown = formulas.rows(one, Part.NUMERATOR, now)
        assert shown.count() == found.numerator, one.formula
        if found.denominator is not None:
            assert formulas.rows(one, Part.DENOMINATOR, now).count() == found.denominator, one.formula
        if found.denominator:
            percent = Fraction(100 * (found.numerator or 0), found.denominator)
            assert found.value == percent or code.startswith(("answer_", "interpreter_")), one.formula
        assert len(formulas.described(shown, 0, 50)) == min(shown.count(), 50)
        counted += bool(found.numerator)
    assert counted > 30


@rows
def test_evidence_is_counted_by_its_newest_version_within_the_year() -> None:
    of = project()
    piece(of, "sign_photo", D(2023, 1, 1), result="passed")
    piece(of, "sign_photo", D(2023, 12, 31), result="failed")
    piece(of, "sign_photo", D(2024, 1, 1), result="failed")
    piece(of, "sign_photo", D(2023, 5, 1), result="failed", withdrawn_at=clock.now())
    piece(of, "sign_photo", D(2023, 5, 1), result="failed", replaced_at=clock.now())
    piece(of, "sign_photo", D(2023, 6, 1))
    piece(project("other"), "sign_photo", D(2023, 6, 1), result="failed")
    number = formulas.measure(indicator(of, "count:sign_photo"), clock.now())
    assert (number.value, number.first_on) == (Fraction(3), D(2023, 1, 1))
    share = formulas.measure(indicator(of, "failed:sign_photo", unit="%"), clock.now())
    assert (share.value, share.numerator, share.denominator) == (Fraction(50), 1, 2)
    assert (
        formulas.said(share) == "本年度“外语标识图片”中不合格件数÷有检查结论的件数（分子1，分母2，依据2条记录或材料）。"
    )


@rows
def test_the_first_hand_in_decides_whether_something_was_in_time() -> None:
    """S104, S127: the half-year summary was handed in by July and improved in December."""
    of = project()
    contract = Contract.objects.create(
        number="C",
        subject="电话翻译",
        supplier=Supplier.objects.create(name_zh="大学", university=True),
        procurement="directed",
        amount_fen=1,
        begins_on=D(2023, 1, 1),
        ends_on=D(2023, 12, 31),
    )
    summary = Deliverable.objects.create(contract=contract, kind="half_year_summary", title="半年总结")
    wanted = indicator(
        of, "contracts:handed_in?kind=half_year_summary", operator="是", amount=None, deadline=D(2023, 7, 31)
    )
    july = dt.datetime(2023, 7, 1, tzinfo=dt.UTC)
    assert formulas.measure(wanted, july).done is None
    assert formulas.measure(wanted, clock.now()).done is Done.NOT
    HandIn.objects.create(deliverable=summary, version=1, handed_in_on=D(2023, 7, 20))
    HandIn.objects.create(deliverable=summary, version=2, handed_in_on=D(2023, 12, 20))
    found = formulas.measure(wanted, clock.now())
    assert (found.done, found.first_on, found.text) == (Done.DONE, D(2023, 7, 20), "是，2023-07-20首次完成")
    wanted.deadline = D(2023, 7, 19)
    late = formulas.measure(wanted, clock.now())
    assert (late.done, late.text) == (Done.NOT, "逾期，2023-07-20首次完成")
    wanted.operator = "前"
    by_the_day = formulas.measure(wanted, clock.now())
    assert (by_the_day.done, by_the_day.first_on) == (Done.DONE, D(2023, 7, 20))


@rows
def test_activities_and_videos_are_counted_by_kind_and_part_of_the_year() -> None:
    of = project()
    for kind, day, state in (
        ("field_campaign", D(2023, 9, 1), "done"),
        ("field_campaign", D(2023, 10, 1), "done"),
        ("themed", None, "cancelled"),
        ("joint", D(2022, 3, 1), "done"),
    ):
        Activity.objects.create(kind=kind, title="活动", held_on=day, state=state)
    for day in (D(2023, 3, 1), D(2023, 7, 31), D(2023, 8, 1)):
        Video.objects.create(title="视频", made_on=day, broadcast_on=day)

    def value(formula: str) -> Fraction | None:
        return formulas.measure(indicator(of, formula), clock.now()).value

    assert value("outreach:field_campaign") == 2
    assert value("outreach:field_campaign?until=07-31") == 0
    assert value("outreach:themed") == 0
    assert value("outreach:activities") == 2
    assert value("outreach:videos") == 3
    assert value("outreach:videos?until=07-31") == 2


@rows
def test_money_is_measured_in_fen_against_both_budgets() -> None:
    """S118, S120: 149.164287 of 149.73 and of 168.3362 ten thousand."""
    of = project()
    of.budget.create(source="current", initial_fen=168_336_200)
    of.adjustments.create(
        source="current", amount_fen=-18_606_200, reason="a", approval="b", decided_on=D(2023, 1, 1),
        entered_at=clock.now(),
    )  # fmt: skip
    of.payments.create(amount_fen=149_164_287, paid_on=D(2023, 1, 1), payee="x", entered_at=clock.now())
    asked = {
        code: indicator(of, f"money:{code}", unit="万元")
        for code in ("execution", "execution_initial", "paid", "saved")
    }
    found = formulas.measure_all(asked.values(), clock.now())
    value = {code: found[one.pk].value for code, one in asked.items()}
    assert value["execution"] == Fraction(149_164_287 * 100, 149_730_000)
    assert value["execution_initial"] == Fraction(149_164_287 * 100, 168_336_200)
    assert value["paid"] == Fraction(149_164_287, 1_000_000)
    assert value["saved"] == Fraction(565_713, 1_000_000)


@rows
def test_last_years_actual_comes_from_the_project_of_the_same_line_or_from_rows() -> None:
    """S37: from 5187 to 6191 calls, here as sheets."""
    earlier = project("p-2022", 2022)
    of = project("p-2023", 2023, before=earlier)
    indicator(earlier, "count:feedback_sheet", name="反馈表")
    for number in range(5):
        piece(of if number < 3 else earlier, "feedback_sheet", D(2023 if number < 3 else 2022, 5, 1))
    same = formulas.measure(indicator(of, "before", name="反馈表"), clock.now())
    assert (same.value, same.definition) == (Fraction(2), "上年（2022年）：本年度登记且未撤回的“译文质量反馈表”件数")
    assert formulas.measure(indicator(of, "before", name="没有"), clock.now()).value is None
    assert formulas.measure(indicator(of, "before:count:feedback_sheet"), clock.now()).value == 2
    growth = formulas.measure(indicator(of, "growth:count:feedback_sheet", unit="%"), clock.now())
    assert (growth.value, growth.numerator, growth.denominator) == (Fraction(50), 1, 2)


@rows
def test_a_line_that_is_not_registered_is_said_so() -> None:
    Line.objects.create(number="110", name_zh="公安", line_class="emergency")
    found = formulas.measure(indicator(project(), "hotline:transfers?lines=110,999"), clock.now())
    assert (found.value, found.definition) == (None, "线路999没有登记，无法统计")


@rows
def test_a_formula_that_names_nothing_stops_nobody() -> None:
    of = project()
    wrong, right = indicator(of, "count:nothing"), indicator(of, "outreach:honours")
    found = formulas.measure_all([wrong, right], clock.now())
    assert found[wrong.pk].value is None
    assert found[wrong.pk].definition == "公式“count:nothing”无法识别，请在指标中改正"
    assert found[right.pk].value == 0
    assert not formulas.rows(wrong).exists()


@rows
def test_what_was_entered_last_counts_and_its_rows_are_its_proofs() -> None:
    of = project()
    asked = indicator(of, "entered", unit="%")
    Entered.objects.create(indicator=asked, value=Decimal(5), entered_at=clock.now())
    Entered.objects.create(indicator=asked, numerator=1, denominator=60, entered_at=clock.now(), basis="质检单")
    proof = piece(of, "quality_sample", D(2023, 5, 1))
    gone = piece(of, "quality_sample", D(2023, 5, 1), withdrawn_at=clock.now())
    for one in (proof, gone):
        EvidenceFor.objects.create(indicator=asked, evidence=one)
    found = formulas.measure(asked, clock.now())
    assert (found.value, found.backed, found.definition) == (Fraction(5, 3), 1, "质检单")
    assert list(formulas.rows(asked)) == [proof]


@rows
def test_a_hundred_projects_are_measured_in_as_few_queries_as_one() -> None:
    wanted = ("count:feedback_sheet", "share:sign_photo", "entered", "money:execution", "outreach:videos", "before")
    for number in range(100):
        of = project(f"p{number}")
        for formula in wanted:
            indicator(of, formula)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        found = formulas.measure_all(Indicator.objects.select_related("project"), clock.now())
    assert len(found) == 100 * len(wanted)
    assert len(asked) <= 12
