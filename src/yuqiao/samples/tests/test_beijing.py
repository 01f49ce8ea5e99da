"""Beijing's numbers come out of rows (S85, S90–S111), and each moves with its rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from uuid import UUID

import pytest

from yuqiao.contracts.models import Acceptance, HandIn
from yuqiao.evaluation import planning
from yuqiao.evaluation.assembling import assemble
from yuqiao.evaluation.linking import contract_alarms
from yuqiao.evaluation.models import Cancellation, Deviation, Evidence, EvidenceResult, Indicator, Payment, Project
from yuqiao.evaluation.plan_rules import Approval, PlanError
from yuqiao.evaluation.scoring import Done, execution_percent
from yuqiao.evaluation.sheet import Row, Sheet, actual_text, in_ten_thousand
from yuqiao.evaluation.tests import beijing as source
from yuqiao.hotline.models import Call, Complaint, InterpreterRequest, Violation
from yuqiao.outreach.models import Activity, Video
from yuqiao.samples.beijing import BEIJING
from yuqiao.workforce.models import Interpreter

pytestmark = [pytest.mark.database, pytest.mark.django_db]
LATE = "逾期，2023-08-01首次完成"
BY_SOURCE = {one.printed.source: one for one in BEIJING.planned}


def sheet_of(project: Project) -> Sheet:
    return assemble(project, BEIJING.evaluated_at)


def row(project: Project, number: str) -> Row:
    name = BY_SOURCE[number].ours("name")
    return next(one for one in sheet_of(project).leading if one.name == name)


def test_the_table_is_the_source_as_printed() -> None:
    cells = [
        (one.level1, one.level2, one.name, one.target, one.actual, one.weight, one.points)
        for one in (planned.printed for planned in BEIJING.planned)
    ]
    assert cells == list(source.ROWS)
    assert [planned.printed.source for planned in BEIJING.planned] == [f"S{number}" for number in range(90, 111)]
    assert all(one.why for planned in BEIJING.planned for one in planned.differs)


def test_the_headline_is_the_sources(beijing: Project) -> None:
    sheet = sheet_of(beijing)
    whole = sheet.money[0]
    amounts = (whole.initial_fen, whole.adjusted_fen, whole.executed_fen)
    assert tuple(in_ten_thousand(fen) for fen in amounts) == source.MONEY[:3]
    assert sheet.budget.ratio is not None
    assert execution_percent(sheet.budget.ratio, sheet.scheme) == "99.62%"
    assert (sheet.budget.value, sheet.total, sheet.open) == (Decimal("9.96"), Decimal("95.96"), 0)
    assert sum(one.score.value or 0 for one in sheet.leading) == Decimal("86.00")
    assert sum(one.weight for one in sheet.leading) + sheet.budget_weight == 100
    assert sheet.budget_initial.value == Decimal("8.86")


@pytest.mark.parametrize("number", list(BY_SOURCE))
def test_each_indicator_comes_out_as_printed(beijing: Project, number: str) -> None:
    planned, found = BY_SOURCE[number], row(beijing, number)
    assert (found.level1, found.level2) == (planned.printed.level1, planned.printed.level2)
    assert str(found.target) == planned.ours("target")
    assert actual_text(found) == planned.ours("actual")
    assert f"{found.weight:.2f}" == planned.ours("weight")
    assert f"{found.score.value}" == planned.printed.points
    assert found.remark == planned.ours("remark")
    assert found.remark.startswith(planned.printed.remark)
    assert found.measured.definition


def test_a_call_less_is_one_less(beijing: Project) -> None:
    Call.objects.filter(line__number="119")[0].delete()
    assert actual_text(row(beijing, "S94")) == "675个"


def test_calls_of_another_line_or_in_chinese_do_not_count(beijing: Project) -> None:
    first, second = Call.objects.all()[:2]
    Call.objects.filter(pk=first.pk).update(line=None)
    Call.objects.filter(pk=second.pk).update(language="zh")
    assert actual_text(row(beijing, "S94")) == "674个"


def test_a_sheet_withdrawn_costs_its_share(beijing: Project) -> None:
    now = dt.datetime(2023, 12, 31, tzinfo=dt.UTC)
    Evidence.objects.filter(kind="feedback_sheet", serial__endswith="00096").update(withdrawn_at=now)
    found = row(beijing, "S91")
    assert (actual_text(found), found.score.value) == ("95份", Decimal("5.94"))


def test_a_payment_less_lowers_the_rate(beijing: Project) -> None:
    Payment.objects.filter(amount_fen=5_834_287).delete()
    sheet = sheet_of(beijing)
    assert in_ten_thousand(sheet.money[0].executed_fen) == "143.330000"
    assert sheet.budget.value == Decimal("9.57")
    assert sheet.total == Decimal("95.57")


def test_a_day_missed_a_reply_not_given_a_violation_show(beijing: Project) -> None:
    for kind, number, text in (("attendance", "S101", "99.97%"), ("finding_reply", "S100", "99.76%")):
        one = Evidence.objects.filter(kind=kind)[0]
        Evidence.objects.filter(pk=one.pk).update(result=EvidenceResult.FAILED)
        assert actual_text(row(beijing, number)) == text
    call = Call.objects.all()[0]
    who = Interpreter.objects.get(legs__call=call)
    Violation.objects.create(
        kind="rude", state="confirmed", interpreter=who, call=call, happened_at=call.started_at,
        proposed_at=call.started_at,
    )  # fmt: skip
    found = row(beijing, "S102")
    assert (actual_text(found), found.score.value) == ("1次", Decimal("0.00"))


def test_a_video_moved_behind_july_shows_in_both_indicators(beijing: Project) -> None:
    Video.objects.filter(broadcast_on=dt.date(2023, 7, 24)).update(broadcast_on=dt.date(2023, 8, 1))
    assert actual_text(row(beijing, "S97")) == "6期"
    assert row(beijing, "S103").score.value == Decimal("1.00")


def test_s125_without_an_approved_change_of_target_a_cancelled_event_scores_nothing(beijing: Project) -> None:
    indicator = Indicator.objects.get(project=beijing, name="组织线下主题活动")
    adjustment = indicator.adjustments.get()
    assert (adjustment.amount_fen, row(beijing, "S96").score.value) == (-6_000_000, Decimal("0.00"))
    late = Approval("活动取消", "批复", dt.date(2024, 1, 3))
    with pytest.raises(PlanError) as refused:
        planning.change_target(indicator, "＝0次", late, by=None)
    assert refused.value.code == "approved_late"
    assert row(beijing, "S96").changes == 0
    planning.change_target(indicator, "＝0次", Approval("活动取消", "批复", adjustment.decided_on), by=None)
    changed = row(beijing, "S96")
    assert (str(changed.target), changed.score.value, changed.changes) == ("＝0次", Decimal("3.00"), 1)
    assert sheet_of(beijing).total == Decimal("98.96")


def test_s127_the_first_hand_in_counts_for_timeliness_however_often_it_is_handed_in_again(beijing: Project) -> None:
    versions = HandIn.objects.filter(deliverable__kind="半年总结").order_by("version")
    assert [one.handed_in_on.month for one in versions] == [7, 12]
    found = row(beijing, "S104")
    assert (found.measured.first_on, found.measured.done) == (dt.date(2023, 7, 12), Done.DONE)
    assert found.score.value == Decimal("3.00")
    versions.filter(version=1).delete()
    late = row(beijing, "S104")
    assert (late.measured.first_on, late.score.value) == (dt.date(2023, 12, 11), Decimal("0.00"))


def test_s127_lateness_of_the_campaign_hits_the_indicator_of_time_alone(beijing: Project) -> None:
    days = Activity.objects.filter(kind="field_campaign").values_list("held_on", flat=True)
    assert min(day for day in days if day) > dt.date(2023, 7, 31)
    assert row(beijing, "S93").score.value == Decimal("3.00")
    assert row(beijing, "S103").score.value == Decimal("2.00")
    parts = [one for one in sheet_of(beijing).rows if one.parent == row(beijing, "S103").id]
    assert [f"{one.weight} {one.score.value}" for one in parts] == ["2.00 2.00", "1.00 0.00"]


def test_s129_over_achievement_keeps_its_points_and_needs_a_reason(beijing: Project) -> None:
    flagged = {one.name: one for one in sheet_of(beijing).leading if one.score.over_achieved}
    assert set(flagged) == {BY_SOURCE["S94"].printed.name, BY_SOURCE["S97"].printed.name}
    for one in flagged.values():
        assert one.score.value == one.weight
        assert "需说明原因" in one.score.explanation
        assert one.cause
    assert [percent for one in flagged.values() for percent in [str(one.score.ratio)]] == ["169/125", "3/2"]


def test_s131_the_actual_is_a_number_that_rows_give(beijing: Project) -> None:
    found = row(beijing, "S95")
    assert (found.measured.numerator, found.measured.backed) == (30_128, 30_128)
    Evidence.objects.filter(kind="sign_photo", serial__gt="2023-29999").delete()
    assert (actual_text(row(beijing, "S95")), row(beijing, "S95").score.value) == ("29999条", Decimal("3.00"))
    Evidence.objects.filter(kind="sign_photo", serial__gt="2023-15000").delete()
    assert row(beijing, "S95").score.value == Decimal("1.50")


def test_s132_no_cell_keeps_a_stray_quote(beijing: Project) -> None:
    for one in sheet_of(beijing).leading:
        cells = (str(one.target), actual_text(one), f"{one.weight}", f"{one.score.value}")
        assert not any(quote in cell for cell in cells for quote in "‘’'＇`\"")


def test_s133_every_number_has_the_unit_of_its_target(beijing: Project) -> None:
    counted = [one for one in sheet_of(beijing).leading if one.target.amount is not None]
    assert len(counted) == 16
    for one in counted:
        assert one.target.amount is not None
        assert one.target.amount.unit
        assert actual_text(one).endswith(one.target.amount.unit)
        assert actual_text(one)[0].isdigit()


def test_s75_the_contract_of_the_campaigns_was_signed_after_their_deadline(beijing: Project) -> None:
    alarms = contract_alarms(beijing, dt.date(2023, 12, 31))
    late = {(one.contract.subject, one.alarm.name) for one in alarms if one.alarm.days < 0}
    assert ("外语标识纠错活动", "7月底前完成一次线下纠错") in late
    assert {contract for contract, _ in late} == {"外语标识纠错活动"}


def test_s70_the_cancelled_event_is_tied_to_its_indicator_and_to_the_money_that_was_cut(beijing: Project) -> None:
    cancelled = Cancellation.objects.get(project=beijing)
    assert (cancelled.activity.kind, cancelled.activity.state) == ("themed", "cancelled")
    assert cancelled.indicator is not None
    assert cancelled.indicator.name == "组织线下主题活动"
    assert cancelled.adjustment is not None
    assert cancelled.adjustment.amount_fen == -6_000_000
    assert sum(one.amount_fen for one in beijing.adjustments.all()) == -18_606_200, "S88: not all of it for the event"


def test_s138_goal_and_actual_stand_side_by_side_and_each_strand_has_its_indicators(beijing: Project) -> None:
    sheet = sheet_of(beijing)
    assert sheet.goal.startswith("2023年该项目将通过定期抽查北京市政府国际版门户网站")
    assert len(sheet.strands) == 4
    for place, strand in enumerate(sheet.strands):
        assert strand.goal in sheet.goal
        assert strand.achieved in sheet.achieved
        assert [one.name for one in sheet.leading if one.strand == place]
    assert all(one.strand is not None for one in sheet.leading)
    for words in ("纠错小程序", "三方比价", "发文落实整改"):
        assert words in sheet.achieved
        assert words not in sheet.goal


def test_every_deviation_has_the_sources_words_and_a_remedy_of_ours(beijing: Project) -> None:
    said = Deviation.objects.filter(indicator__project=beijing).order_by("indicator__position")
    deviating = {"S96", "S103"}
    for planned in BEIJING.planned:
        if planned.printed.source in deviating:
            one = said.get(indicator__name=planned.ours("name"))
            assert one.cause == planned.printed.remark
            assert one.remedy


def one_request() -> UUID:
    return InterpreterRequest.objects.order_by("created_at")[0].pk


def complaint() -> Complaint:
    made_at = dt.datetime(2023, 6, 1, tzinfo=dt.UTC)
    return Complaint.objects.create(source="typed", text="等了很久", made_at=made_at)


def one_rating() -> int:
    return Evidence.objects.filter(kind="partner_rating")[0].pk


Change = Callable[[], object]
#: One row changed -> what the form says instead, and the points.
CHANGES: dict[str, tuple[Change, str, str]] = {
    "S90": (lambda: HandIn.objects.filter(deliverable__kind="全年总结").delete(), "1份", "2.50"),
    "S92": (lambda: Activity.objects.filter(kind="online_campaign").update(state="cancelled"), "0次", "0.00"),
    "S93": (lambda: Activity.objects.filter(held_on=dt.date(2023, 11, 18)).delete(), "1次", "1.50"),
    "S96": (lambda: Activity.objects.filter(kind="themed").update(state="done", held_on="2023-09-15"), "1次", "3.00"),
    "S97": (lambda: Video.objects.exclude(broadcast_on__month__gte=9).delete(), "4期", "5.00"),
    "S98": (lambda: Evidence.objects.filter(kind="inspection_report").update(happened_on="2024-01-02"), "0份", "0.00"),
    "S99": (lambda: InterpreterRequest.objects.filter(pk=one_request()).update(state="unmet"), "99.85%", "3.99"),
    "S105": (lambda: Acceptance.objects.filter(stage="半年验收").update(accepted_on="2023-08-01"), LATE, "0.00"),
    "S109": (complaint, "1次", "0.00"),
    "S110": (lambda: Evidence.objects.filter(pk=one_rating()).update(kind="reviewee_complaint"), "1次", "0.00"),
    "S108": (lambda: Evidence.objects.filter(pk=one_rating()).update(result="failed"), "80%", "3.20"),
}


@pytest.mark.parametrize("number", list(CHANGES))
def test_one_row_changed_changes_the_number(beijing: Project, number: str) -> None:
    change, text, points = CHANGES[number]
    before = row(beijing, number)
    change()
    found = row(beijing, number)
    assert (actual_text(found), f"{found.score.value}") == (text, points)
    assert actual_text(before) == BY_SOURCE[number].ours("actual") != text
