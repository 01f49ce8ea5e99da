"""Rows of ratings: by key within the call's own transaction, at a desk by a person; low ones are looked into (S44)."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction

from yuqiao.accounts.models import Person
from yuqiao.accounts.services import record
from yuqiao.hotline.models import Call, Line, LineClass, Rating, RatingReview, RatingWay, SurveyPolicy
from yuqiao.hotline.rows import instant
from yuqiao.hotline.state import CallState
from yuqiao.lib import clock

#: Ratings up to this one are looked into, from this one on the caller counts as satisfied.
LOW, SATISFIED = 2, 4


class RatingError(ValueError):
    """A rating cannot be written or settled; the message says why."""


def asks(line: Line | None) -> bool:
    """Whether callers of this line are asked by key; ``line`` is best selected with its ``survey_policy``."""
    if line is None:
        return False
    policy: SurveyPolicy | None = getattr(line, "survey_policy", None)
    return line.line_class != LineClass.EMERGENCY if policy is None else policy.by_key


def rated_by_key(call: CallState, score: int, at: float) -> None:
    """Write what the caller pressed; a call that has a rating keeps it."""
    line = Line.objects.filter(number=call.line).only("pk").first()
    rating, fresh = Rating.objects.get_or_create(
        call_id=UUID(call.id),
        defaults={
            "line": line,
            "language": call.language,
            "way": RatingWay.KEY,
            "score": score,
            "given_at": instant(at),
        },
    )
    if fresh:
        look_into(rating, instant(at))


def look_into(rating: Rating, at: dt.datetime) -> None:
    """Open a review for a low rating, once."""
    if rating.score <= LOW:
        RatingReview.objects.get_or_create(rating=rating, defaults={"opened_at": at})


def rate_at_desk(call: Call, score: int, words: str, *, by: Person) -> Rating:
    """Write what a caller said to a person; RatingError for a call that has a rating or served nobody."""
    if score not in range(1, 6):
        raise RatingError("a rating is 1 to 5")
    if call.interpreter_at is None:
        raise RatingError("nobody was served in this call")
    now = clock.now()
    with transaction.atomic():
        rating, fresh = Rating.objects.get_or_create(
            call=call,
            defaults={
                "line": call.line,
                "language": call.language,
                "way": RatingWay.DESK,
                "score": score,
                "words": words.strip()[:1000],
                "given_at": now,
                "entered_by": by,
            },
        )
        if not fresh:
            raise RatingError("this call has a rating")
        look_into(rating, now)
        record(by, "rating.enter", call, {"score": score})
    return rating


def settle(review: RatingReview, note: str, *, by: Person) -> None:
    """Close a review; RatingError without a word on what came of it, or when it is closed."""
    note = note.strip()
    if not note:
        raise RatingError("say what came of it")
    with transaction.atomic():
        still_open = RatingReview.objects.filter(pk=review.pk, settled_at=None)
        if not still_open.update(settled_at=clock.now(), settled_by=by, note=note[:500]):
            raise RatingError("this review is closed")
        record(by, "rating.settle", review)


def set_policy(line: Line, *, by_key: bool, link: str, by: Person) -> SurveyPolicy:
    """Say whom a line asks; journaled."""
    wanted = SurveyPolicy.Link(link)
    with transaction.atomic():
        policy, _ = SurveyPolicy.objects.update_or_create(line=line, defaults={"by_key": by_key, "link": wanted})
        record(by, "survey.policy", line, {"by_key": by_key, "link": wanted.value})
    return policy
