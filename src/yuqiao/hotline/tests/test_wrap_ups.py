"""Wrap-ups: drafts that keep her in wrap-up, finished ones, missing ones, corrections; and the tree of topics."""

from __future__ import annotations

import datetime as dt

import pytest

from yuqiao.accounts.models import JournalEntry, Person
from yuqiao.hotline import topics, wrap_ups
from yuqiao.hotline.figures.definition import Scope
from yuqiao.hotline.figures.report import totals
from yuqiao.hotline.models import Call, Complaint, Leg, Topic, WrapUp
from yuqiao.hotline.tests.rows import interpreter, line
from yuqiao.hotline.wrap_ups import Said, WrapUpError
from yuqiao.lib import clock
from yuqiao.workforce.models import Interpreter
from yuqiao.workforce.services import end_wrap_ups, hold_wrap_up

pytestmark = [pytest.mark.database, pytest.mark.django_db]
SECOND = dt.timedelta(seconds=1)


def served(by: Interpreter, ago: float = 60, *, number: str = "13900000001") -> Call:
    began = clock.now() - ago * SECOND
    call = Call.objects.create(
        dialled="9601691",
        way_in="direct",
        language="en",
        caller_number=number,
        phase="ended",
        outcome="served",
        started_at=began,
        answered_at=began,
        interpreter_at=began + SECOND,
        time_to_interpreter=SECOND,
        ended_at=began + 30 * SECOND,
    )
    Leg.objects.create(
        id=f"leg-{call.pk}",
        call=call,
        role="interpreter",
        interpreter=by,
        created_at=began,
        answered_at=began + SECOND,
        ended_at=began + 30 * SECOND,
    )
    return call


def said(**changes: object) -> Said:
    topic = Topic.objects.filter(parent=None).first()
    assert topic is not None
    values: dict[str, object] = {"request_type": "consult", "topic_id": topic.pk, "outcome": "resolved"}
    return Said(**(values | changes))  # type: ignore[arg-type]


def test_a_draft_then_finished_then_closed_to_her() -> None:
    anna = interpreter("1001", state="wrap_up")
    call = served(anna)
    start = clock.now() - dt.timedelta(hours=1)
    assert wrap_ups.pending(anna, start) == call
    draft = wrap_ups.save(call, anna, Said(request_type="help"), finish=False)
    assert (draft.finished_at, draft.request_type) == (None, "help")
    assert wrap_ups.pending(anna, start) == call, "a draft is not finished"
    with pytest.raises(WrapUpError, match="choose"):
        wrap_ups.save(call, anna, Said(request_type="help"), finish=True)
    wrap_ups.save(call, anna, said(note=" lost bag ", sensitive="health"), finish=True)
    row = WrapUp.objects.get()
    assert (row.note, row.sensitive, row.interpreter) == ("lost bag", "health", anna)
    assert wrap_ups.pending(anna, start) is None
    with pytest.raises(WrapUpError, match="finished"):
        wrap_ups.save(call, anna, said(), finish=False)
    entry = JournalEntry.objects.get(action="wrap_up.finish")
    assert "lost bag" not in str(entry.detail)


@pytest.mark.parametrize("wrong", [{"request_type": "x"}, {"outcome": "x"}, {"sensitive": "x"}, {"topic_id": 999_999}])
def test_codes_that_do_not_exist_are_refused(wrong: dict[str, object]) -> None:
    anna = interpreter("1001")
    with pytest.raises(WrapUpError):
        wrap_ups.save(served(anna), anna, said(**wrong), finish=False)


def test_a_replaced_interpreter_has_no_wrap_up_to_fill_in() -> None:
    first, second = interpreter("1001"), interpreter("1002")
    call = served(first)
    Leg.objects.create(
        id="second",
        call=call,
        role="interpreter",
        interpreter=second,
        created_at=call.started_at,
        answered_at=call.started_at + 9 * SECOND,
        ended_at=call.ended_at,
    )
    start = clock.now() - dt.timedelta(hours=1)
    assert wrap_ups.pending(first, start) is None
    assert wrap_ups.pending(second, start) == call


def test_wrap_up_never_ends_early_while_she_writes_and_ends_at_the_limit() -> None:
    began = clock.now()
    anna = interpreter("1001")
    Interpreter.objects.update(state="wrap_up", state_since=began)
    assert hold_wrap_up(anna.pk, began + 15 * SECOND, 300)
    assert end_wrap_ups(began + 40 * SECOND, 20) == 0, "she typed 25 s ago"
    assert hold_wrap_up(anna.pk, began + 290 * SECOND, 300)
    assert end_wrap_ups(began + 299 * SECOND, 20) == 0
    assert end_wrap_ups(began + 300 * SECOND, 20) == 1, "not beyond the limit"
    assert not hold_wrap_up(anna.pk, began + 301 * SECOND, 300), "she is ready again"
    Interpreter.objects.update(state="wrap_up", state_since=began + 400 * SECOND)
    assert end_wrap_ups(began + 420 * SECOND, 20) == 1, "nothing is left of the last one"


def test_what_was_never_filled_in_is_listed_and_a_supervisor_mends_it() -> None:
    anna = interpreter("1001")
    call, other = served(anna), served(anna, 30)
    wrap_ups.save(other, anna, said(), finish=True)
    since, until = clock.now() - dt.timedelta(hours=1), clock.now()
    assert list(wrap_ups.missing(since, until)) == [call]
    zhou = Person.objects.create(username="zhou")
    wrap_ups.correct(call, said(outcome="follow_up"), by=zhou)
    assert not wrap_ups.missing(since, until).exists()
    wrap_ups.correct(other, said(outcome="passed_on", note="words"), by=zhou)
    row = WrapUp.objects.get(call=other)
    assert (row.outcome, row.corrected_by, row.interpreter) == ("passed_on", zhou, anna)
    entry = JournalEntry.objects.filter(action="wrap_up.correct", subject_id=str(other.pk)).get()
    assert entry.detail == {"outcome": ["resolved", "passed_on"], "note": True}
    with pytest.raises(WrapUpError):
        wrap_ups.correct(other, Said(), by=zhou)


def test_figures_by_type_and_the_rate_of_complaints_come_from_rows() -> None:
    own, anna = line(), interpreter("1001")
    for kind in ("consult", "consult", "emergency"):
        wrap_ups.save(served(anna), anna, said(request_type=kind), finish=True)
    wrap_ups.save(served(anna), anna, Said(request_type="praise"), finish=False)
    zhou = Person.objects.create(username="zhou")
    for text in ("one", "the same again"):
        Complaint.objects.create(
            call=Call.objects.first(), line=own, source="typed", text=text, made_at=clock.now(), entered_by=zhou
        )
    Complaint.objects.create(source="typed", text="without a call", made_at=clock.now())
    found = totals(Scope(clock.now() - dt.timedelta(hours=1), clock.now() + SECOND))
    values = {code: one.numerator for code, one in found.items() if code.startswith("wanted_")}
    assert {code: n for code, n in values.items() if n} == {"wanted_consult": 2, "wanted_emergency": 1}
    assert len(values) == 7
    assert found["complaints"].numerator == 3
    assert (found["complaint_rate"].numerator, found["complaint_rate"].denominator) == (1, 4)


def test_the_tree_is_seeded_in_both_languages_and_can_be_changed() -> None:
    branches = topics.tree()
    assert [one.topic.name_zh for one in branches][:3] == ["旅行出行", "安全治安", "医疗健康"]
    assert len(branches) <= 9, "a digit for each"
    assert all(one.name_zh and one.name_en for one in Topic.objects.all())
    zhou = Person.objects.create(username="zhou")
    visas = branches[3]
    fresh = topics.add("落户", "Settling", visas.topic, by=zhou)
    assert topics.tree()[3].below[-1].topic == fresh
    topics.rename(fresh, "落户手续", "Settling down", by=zhou)
    topics.move(fresh, branches[0].topic, by=zhou)
    fresh.refresh_from_db()
    assert (fresh.name_zh, fresh.parent) == ("落户手续", branches[0].topic)
    topics.retire(fresh, retired=True, by=zhou)
    assert fresh not in [one.topic for one in topics.tree()[0].below]
    assert fresh in [one.topic for one in topics.tree(retired=True)[0].below]
    topics.retire(fresh, retired=False, by=zhou)
    assert fresh in [one.topic for one in topics.tree()[0].below]
    assert JournalEntry.objects.filter(action__startswith="topic.").count() == 5


def test_a_tree_stays_a_tree_of_three_levels() -> None:
    zhou = Person.objects.create(username="zhou")
    top = topics.tree()[0]
    second = top.below[0].topic
    third = topics.add("三", "three", second, by=zhou)
    with pytest.raises(topics.TopicError, match="levels"):
        topics.add("四", "four", third, by=zhou)
    with pytest.raises(topics.TopicError, match="under itself"):
        topics.move(top.topic, third, by=zhou)
    with pytest.raises(topics.TopicError, match="levels"):
        topics.move(second, topics.tree()[1].below[0].topic, by=zhou)
    with pytest.raises(topics.TopicError, match="name"):
        topics.add(" ", "x", None, by=zhou)
