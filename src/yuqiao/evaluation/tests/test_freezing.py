"""A frozen sheet stays as it was, says what differs now and why, and shows if somebody touched it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yuqiao.accounts.models import JournalEntry, Person
from yuqiao.evaluation import entering, evidence, formulas, freezing
from yuqiao.evaluation.assembling import assemble
from yuqiao.evaluation.entering import Actual
from yuqiao.evaluation.evidence_rules import Facts
from yuqiao.evaluation.freezing import FreezingError, freeze, sheet_of
from yuqiao.evaluation.freezing_data import as_data, digest_of, from_data, sheet_as_data, sheet_from_data
from yuqiao.evaluation.freezing_differences import verify
from yuqiao.evaluation.freezing_rows import FEW, digest
from yuqiao.evaluation.models import Evidence, Frozen, Indicator, Project
from yuqiao.evaluation.scoring import Score
from yuqiao.evaluation.sheet import Measured, Row, Sheet
from yuqiao.evaluation.tests import world
from yuqiao.evaluation.tests.world import indicator, piece, project
from yuqiao.hotline.models import Call, Line
from yuqiao.lib import clock

pytestmark = pytest.mark.database
rows = pytest.mark.usefixtures("db")
D = dt.date

st.register_type_strategy(Decimal, st.decimals(allow_nan=False))
# Zones without an hour that comes twice: such a moment equals no other zone's, not even its own (PEP 495).
ZONES = st.sampled_from([dt.UTC, dt.timezone(dt.timedelta(hours=8)), dt.timezone(dt.timedelta(hours=-3, minutes=-30))])
st.register_type_strategy(dt.datetime, st.datetimes(timezones=ZONES))
SCORES = st.builds(Score, parts=st.lists(st.builds(Score, parts=st.just(())), max_size=2).map(tuple))
ROWS = st.builds(Row, measured=st.from_type(Measured), score=SCORES)
SHEETS = st.builds(Sheet, budget=SCORES, budget_initial=SCORES, rows=st.lists(ROWS, max_size=3).map(tuple))


@given(SHEETS)
@settings(max_examples=60, deadline=None)
def test_a_sheet_comes_back_from_json_as_it_was(sheet: Sheet) -> None:
    said = json.dumps(sheet_as_data(sheet), ensure_ascii=False)
    again = sheet_from_data(json.loads(said))
    assert again == sheet
    assert [one.measured.value for one in again.rows] == [one.measured.value for one in sheet.rows]
    assert digest_of(sheet_as_data(again)) == digest_of(json.loads(said))


def test_what_has_no_exact_form_is_refused() -> None:
    with pytest.raises(TypeError, match="float"):
        as_data(0.1)
    with pytest.raises(TypeError, match="no int"):
        from_data(Measured, {"numerator": "5"})


def test_an_older_sheet_reads_with_what_it_lacks_and_without_what_is_gone() -> None:
    assert from_data(Measured, {"value": "1/3", "gone": 5}) == Measured(value=Fraction(1, 3))


@pytest.fixture
def of(db: None) -> Project:
    made = project()
    made.budget.create(source="current", initial_fen=100_000_000)
    made.payments.create(amount_fen=99_000_000, paid_on=D(2023, 5, 1), payee="x", entered_at=clock.now())
    return made


def sheets(of: Project, count: int) -> list[Evidence]:
    return [
        evidence.add(of, Facts("feedback_sheet", f"表{number}", D(2023, 1, 1 + number % 28), str(number)), by=None)
        for number in range(count)
    ]


@rows
def test_a_frozen_sheet_is_numbered_journaled_and_never_changes(of: Project) -> None:
    alice = Person.objects.create(username="alice")
    indicator(of, "count:feedback_sheet")
    sheets(of, 3)
    now = clock.now()
    first = freeze(of, alice, now)
    assert sheet_of(first) == assemble(of, now)
    sheets_then = sheet_as_data(sheet_of(first))
    evidence.add(of, Facts("feedback_sheet", "又一张", D(2023, 6, 1), "x"), by=None)
    second = freeze(of, alice)
    again = Frozen.objects.get(pk=first.pk)
    assert sheet_as_data(sheet_of(again)) == sheets_then
    assert (first.number, second.number) == (1, 2)
    assert sheet_of(second).rows[0].measured.value == 4
    assert JournalEntry.objects.filter(action="evaluation.freeze", actor=alice).count() == 2


@rows
def test_nothing_is_said_while_nothing_changed() -> None:
    of = project()
    world.everything(1, of)
    for number, (_way, formula, _name) in enumerate(formulas.choices()):
        indicator(of, formula, name=f"{number} {formula}")
    frozen = freeze(of, None)
    assert verify(Frozen.objects.get(pk=frozen.pk)) == []


@rows
def test_rows_that_were_added_withdrawn_replaced_or_changed_are_named(of: Project) -> None:
    indicator(of, "count:feedback_sheet", name="反馈表", amount=Decimal(4), unit="份", weight=Decimal(6))
    kept = sheets(of, 4)
    frozen = freeze(of, None)
    evidence.withdraw(kept[0], "重复", by=None)
    assert verify(frozen) == [
        "指标“反馈表”冻结时为4份，现为3份。",
        "指标“反馈表”得分冻结时为6.00，现为4.50。",
        "指标“反馈表”所计记录有变化：减少1条（译文质量反馈表 0 表0，已撤回：重复）。",
    ]
    evidence.add(of, Facts("feedback_sheet", "补", D(2023, 6, 1), "b"), by=None)
    assert verify(frozen) == [
        "指标“反馈表”所计记录有变化：新增1条（译文质量反馈表 b 补）；减少1条（译文质量反馈表 0 表0，已撤回：重复）。"
    ]
    evidence.replace(kept[1], Facts("feedback_sheet", "改", D(2023, 1, 2), "1"), by=None)
    assert "译文质量反馈表 1 表1，已有新版本" in verify(frozen)[0]
    Evidence.objects.filter(pk=kept[2].pk).update(serial="另")
    assert "内容变更1条（译文质量反馈表 另 表2）" in verify(frozen)[0]


@rows
def test_of_many_rows_the_days_that_differ_are_named(of: Project) -> None:
    indicator(of, "hotline:calls", name="来电")
    line = Line.objects.create(number="12345", name_zh="市民热线", line_class="government")
    began = dt.datetime(2023, 3, 5, 15, 59, 59, tzinfo=dt.UTC)
    Call.objects.bulk_create(
        Call(line=line, dialled="1", way_in="direct", started_at=began + number * dt.timedelta(minutes=7))
        for number in range(FEW + 100)
    )
    frozen = freeze(of, None)
    assert verify(frozen) == []
    Call.objects.create(line=line, dialled="1", way_in="direct", started_at=began)
    assert verify(frozen) == [
        "指标“来电”冻结时为600个，现为601个。",
        "指标“来电”所计记录有变化：2023-03-05冻结时1条、现2条。",
    ]


@rows
def test_changed_definitions_targets_money_and_indicators_are_said(of: Project) -> None:
    asked = indicator(of, "entered", name="采集", amount=Decimal(3), unit="万条")
    gone = indicator(of, "entered", name="取消", position=2)
    entering.enter(asked, Actual(value=Decimal(3), basis="台账"), by=None)
    frozen = freeze(of, None)
    entering.enter(asked, Actual(value=Decimal("3.5"), basis="新台账"), by=None)
    of.payments.create(amount_fen=100, paid_on=D(2023, 5, 1), payee="x", entered_at=clock.now())
    Indicator.objects.filter(pk=asked.pk).update(amount=Decimal(2), operator="＞")
    gone.delete()
    indicator(of, "entered", name="新设", position=3)
    said = verify(frozen)
    assert said[:2] == [
        "年度资金总额全年执行数冻结时为99.000000万元，现为99.000100万元。",
        "当年财政拨款全年执行数冻结时为99.000000万元，现为99.000100万元。",
    ]
    assert said[2:6] == [
        "指标“采集”的指标值冻结时为“≥3万条”，现为“＞2万条”。",
        "指标“采集”的统计口径冻结时为“台账”，现为“新台账”。",
        "指标“采集”冻结时为3万条，现为3.5万条。",
        "指标“取消”已不存在。",
    ]
    assert said[-1] == "新增了指标“新设”。"


@rows
def test_last_years_actual_is_the_one_that_was_frozen() -> None:
    earlier = project("p-2022", 2022)
    of = project("p-2023", 2023, before=earlier)
    indicator(earlier, "count:feedback_sheet", name="反馈表")
    asked = indicator(of, "before", name="反馈表")
    piece(earlier, "feedback_sheet", D(2022, 5, 1))
    assert formulas.measure(asked, clock.now()).value == 1
    freeze(earlier, None)
    piece(earlier, "feedback_sheet", D(2022, 5, 1))
    found = formulas.measure(asked, clock.now())
    assert found.value == 1
    assert found.definition == "上年（2022年）：本年度登记且未撤回的“译文质量反馈表”件数"


@rows
def test_whoever_touches_what_was_kept_is_found_out(of: Project) -> None:
    indicator(of, "count:feedback_sheet")
    frozen = freeze(of, None)
    data = frozen.sheet
    data["rows"][0]["measured"]["value"] = "97"
    Frozen.objects.filter(pk=frozen.pk).update(sheet=data)
    touched = Frozen.objects.get(pk=frozen.pk)
    assert verify(touched) == ["冻结版本的内容与其校验值不符，可能被改动，请从备份恢复。"]
    with pytest.raises(FreezingError, match="not what was frozen"):
        sheet_of(touched)


@rows
def test_rows_that_never_rest_are_not_frozen(of: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody enters a piece each time between counting and reading."""
    indicator(of, "count:feedback_sheet")
    real = assemble
    moved: list[int] = []

    def assemble_and_add(one: Project, at: dt.datetime) -> Sheet:
        sheet = real(one, at)
        if len(moved) < limit:
            moved.append(piece(one, "feedback_sheet", D(2023, 5, 1), serial=f"m{len(moved)}").pk)
        return sheet

    monkeypatch.setattr(freezing, "assemble", assemble_and_add)
    limit = 3
    with pytest.raises(FreezingError, match="try again"):
        freeze(of, None)
    assert not Frozen.objects.exists()
    moved.clear()
    limit = 1
    Evidence.objects.all().delete()
    assert sheet_of(freeze(of, None)).rows[0].measured.value == 1


@rows
@pytest.mark.parametrize("seed", range(3))
def test_a_digest_depends_on_the_rows_and_not_on_their_order(seed: int) -> None:
    of = project()
    world.everything(seed, of)
    found = Evidence.objects.filter(project=of)
    backwards = digest(found.order_by("-pk"))
    assert digest(found) == backwards
    assert backwards["count"] == found.count() == len(backwards["rows"])
    one = found.order_by("pk")[seed]
    Evidence.objects.filter(pk=one.pk).update(received_on=D(2020, 1, 1))
    changed = digest(found)
    assert changed["sha256"] != backwards["sha256"]
    assert {pk for pk, mark in changed["rows"].items() if backwards["rows"][pk] != mark} == {str(one.pk)}


@rows
def test_a_digest_holds_the_same_text_on_every_database() -> None:
    """What a row's moment, id, duration and truth are written as, told here for one row of each kind."""
    line = Line.objects.create(pk=7, number="12345", name_zh="市民热线", line_class="government")
    Call.objects.create(
        pk="00000000-0000-0000-0000-000000000001", line=line, dialled="1", way_in="direct", language="en",
        started_at=dt.datetime(2023, 3, 5, 16, tzinfo=dt.UTC), time_to_answer=dt.timedelta(seconds=1.5),
    )  # fmt: skip
    found = digest(Call.objects.all())
    assert list(found["rows"]) == ["00000000000000000000000000000001"]
    line_of_row = hashlib.sha256(b"00000000000000000000000000000001|7|en|1500000|").hexdigest()
    assert found["sha256"] == hashlib.sha256(f"2023-03-06 {line_of_row}\n".encode()).hexdigest()
