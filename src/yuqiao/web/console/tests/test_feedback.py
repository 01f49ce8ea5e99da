"""Ratings and complaints on their page: what is open, who may act, and what only looks."""

from __future__ import annotations

import pytest
from django.test import Client

from yuqiao.accounts.models import JournalEntry, Role
from yuqiao.hotline import complaints
from yuqiao.hotline.models import Complaint, Rating, RatingReview, SurveyPolicy
from yuqiao.web.console.tests import cast

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def zhou(client: Client) -> Client:
    """A supervisor."""
    client.force_login(cast.person("zhou", Role.SUPERVISOR))
    return client


def page(client: Client) -> str:
    response = client.get("/feedback/", headers={"accept-language": "en"})
    assert response.status_code == 200
    return response.content.decode()


def test_a_low_rating_told_to_a_person_is_looked_into_and_closed(zhou: Client) -> None:
    call = cast.finished_call()
    assert zhou.post(f"/calls/{call.pk}/rate/", {"score": "2", "words": "<slow>"}).status_code == 302
    zhou.post(f"/calls/{call.pk}/rate/", {"score": "5"})
    zhou.post(f"/calls/{call.pk}/rate/", {"score": "x"})
    assert Rating.objects.get().score == 2
    text = page(zhou)
    assert 'id="open-reviews">1<' in text
    assert "&lt;slow&gt;" in text
    assert "0 / 1" in text
    review = RatingReview.objects.get()
    zhou.post(f"/feedback/reviews/{review.pk}/", {"note": " "})
    zhou.post(f"/feedback/reviews/{review.pk}/", {"note": "called her"})
    review.refresh_from_db()
    assert review.note == "called her"
    assert 'id="open-reviews">0<' in page(zhou)
    assert "<b>2</b> / 5" in zhou.get(f"/calls/{call.pk}/").content.decode()


def test_a_complaint_is_typed_taken_up_and_answered(zhou: Client) -> None:
    line = cast.line()
    zhou.post("/feedback/enter/", {"text": "never called back", "line": line.number})
    made = Complaint.objects.get()
    assert (made.source, made.line, made.state) == ("typed", line, "new")
    zhou.post(f"/feedback/complaints/{made.pk}/", {"state": "handling"})
    zhou.post(f"/feedback/complaints/{made.pk}/", {"state": "upheld"})
    made.refresh_from_db()
    assert made.state == "handling", "not closed without a word"
    zhou.post(f"/feedback/complaints/{made.pk}/", {"state": "upheld", "answer": "apologised"})
    assert "apologised" in page(zhou)
    assert zhou.post(f"/feedback/complaints/{made.pk}/", {"state": "gone"}).status_code == 400
    moved = JournalEntry.objects.filter(action="complaint.move").values_list("detail", flat=True)
    assert list(moved) == [{"to": "handling"}, {"to": "upheld"}]


def test_which_lines_ask(zhou: Client) -> None:
    line = cast.line()
    zhou.post("/feedback/policy/", {"line": line.number, "link": "always"})
    policy = SurveyPolicy.objects.get()
    assert (policy.by_key, policy.link) == (False, "always")
    assert "does not ask by key" in page(zhou)
    assert zhou.post("/feedback/policy/", {"line": line.number, "link": "x"}).status_code == 400


def test_others_look_or_see_nothing(client: Client) -> None:
    call = cast.finished_call()
    complaint = complaints.from_link(call, "rude")
    assert complaint is not None
    client.force_login(cast.person("auditor", Role.AUDITOR))
    assert "rude" in page(client)
    for path, data in (
        (f"/calls/{call.pk}/rate/", {"score": "1"}),
        (f"/feedback/complaints/{complaint.pk}/", {"state": "handling"}),
        ("/feedback/enter/", {"text": "x"}),
        ("/feedback/policy/", {"line": "12345", "link": "never"}),
    ):
        assert client.post(path, data).status_code == 403
    client.force_login(cast.person("agent", Role.AGENT))
    assert client.get("/feedback/").status_code == 403
