"""Ratings in rows: one for each call, low ones looked into, lines that ask and lines that do not."""

from __future__ import annotations

import time

import pytest

from yuqiao.accounts.models import JournalEntry, Person
from yuqiao.engines import events as engine
from yuqiao.hotline import ratings
from yuqiao.hotline.models import Call, DialledNumber, Line, Rating, RatingReview, SurveyPolicy
from yuqiao.hotline.tests.rows import OneCall, interpreter, line

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def served(number: str = "1001", leg: str = "leg-1", dialled: str = "9601691") -> OneCall:
    """A call whose caller and interpreter hear each other."""
    interpreter(number)
    call = OneCall(leg, dialled=dialled)
    inbound, outbound = (one.id for one in call.call.legs)
    now = time.time()
    call.tell(engine.LegAnswered(inbound, now))
    call.tell(engine.LegJoined(inbound, now))
    call.tell(engine.LegControlled(outbound, now))
    call.tell(engine.LegJoined(outbound, now))
    return call


def ends_and_presses(call: OneCall, keys: str) -> None:
    inbound, outbound = (one.id for one in call.call.legs)
    for key in "##":
        call.tell(engine.KeyPressed(outbound, key, time.time()))
    for key in keys:
        call.tell(engine.KeyPressed(inbound, key, time.time()))


def test_a_key_becomes_one_row_with_line_and_language() -> None:
    own = line()
    ends_and_presses(served(), "955")
    rating = Rating.objects.get()
    assert (rating.score, rating.way, rating.line, rating.language) == (5, "key", own, "en")
    assert rating.call == Call.objects.get()
    assert not RatingReview.objects.exists()


@pytest.mark.parametrize(("key", "reviews"), [("1", 1), ("2", 1), ("3", 0)])
def test_a_low_rating_is_looked_into(key: str, reviews: int) -> None:
    line()
    ends_and_presses(served(), key)
    assert RatingReview.objects.filter(settled_at=None).count() == reviews


def test_emergency_lines_do_not_ask_unless_they_say_so() -> None:
    own = line()
    Line.objects.update(line_class="emergency")
    ends_and_presses(served(), "5")
    assert not Rating.objects.exists()
    ratings.set_policy(own, by_key=True, link="never", by=Person.objects.create(username="zhou"))
    ends_and_presses(served("1002", "leg-2"), "5")
    assert Rating.objects.count() == 1
    assert JournalEntry.objects.filter(action="survey.policy").count() == 1


def test_a_line_may_choose_not_to_ask(django_assert_num_queries: object) -> None:
    own = line()
    SurveyPolicy.objects.create(line=own, by_key=False)
    number = DialledNumber.objects.select_related("line__survey_policy").get(number="9601691")
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert not ratings.asks(number.line)
    SurveyPolicy.objects.all().delete()
    number = DialledNumber.objects.select_related("line__survey_policy").get(number="9601691")
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert ratings.asks(number.line)
    assert not ratings.asks(None)


def test_what_a_caller_told_a_person_is_entered_once_and_journaled() -> None:
    line()
    call = served()
    zhou = Person.objects.create(username="zhou")
    row = Call.objects.get()
    rating = ratings.rate_at_desk(row, 1, " too slow ", by=zhou)
    assert (rating.way, rating.words, rating.entered_by) == ("desk", "too slow", zhou)
    with pytest.raises(ratings.RatingError, match="has a rating"):
        ratings.rate_at_desk(row, 5, "", by=zhou)
    ends_and_presses(call, "5")
    assert Rating.objects.get().score == 1, "the first one stays"
    review = RatingReview.objects.get()
    with pytest.raises(ratings.RatingError, match="what came of it"):
        ratings.settle(review, "  ", by=zhou)
    ratings.settle(review, "called her", by=zhou)
    with pytest.raises(ratings.RatingError, match="closed"):
        ratings.settle(review, "again", by=zhou)
    detail = JournalEntry.objects.get(action="rating.enter").detail
    assert detail == {"score": 1}, "no words of the caller in the journal"


def test_nobody_rates_a_call_in_which_nobody_was_served() -> None:
    line()
    OneCall()
    with pytest.raises(ratings.RatingError, match="nobody was served"):
        ratings.rate_at_desk(Call.objects.get(), 5, "", by=Person.objects.create(username="zhou"))
    with pytest.raises(ratings.RatingError, match="1 to 5"):
        ratings.rate_at_desk(Call.objects.get(), 6, "", by=Person.objects.get(username="zhou"))
