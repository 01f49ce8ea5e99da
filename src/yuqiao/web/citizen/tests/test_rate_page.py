"""The public rating page: ten languages, no account, nothing personal; one rating, changeable; guesses are slowed."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re

import pytest
from django.test import Client

from yuqiao.hotline import ratings
from yuqiao.hotline.models import Complaint, Invitation, MessageConsent, Rating, RatingReview
from yuqiao.languages.catalogue import CODES
from yuqiao.lib.clock import now
from yuqiao.web.citizen import rating as page
from yuqiao.web.citizen.words import RATING
from yuqiao.web.console.tests import cast

pytestmark = [pytest.mark.database, pytest.mark.django_db]
TOKEN = "a" * 22


@pytest.fixture
def link() -> Invitation:
    """A link for a call in Arabic."""
    return Invitation.objects.create(
        call=cast.finished_call(language="ar"),
        address="+441632960123",
        sender="sms",
        language="ar",
        token=TOKEN,
        created_at=now(),
        expires_at=now() + dt.timedelta(days=7),
    )


def text(client: Client, query: str = "", status: int = 200) -> str:
    response = client.get(f"/r/{TOKEN}/{query}")
    assert response.status_code == status
    return response.content.decode()


def test_every_language_has_all_words() -> None:
    assert set(RATING) == set(CODES)
    for words in RATING.values():
        values = dataclasses.astuple(words)
        assert all(values)
        assert len(set(words.scores)) == 5
        assert all(words.scores)


@pytest.mark.usefixtures("link")
@pytest.mark.parametrize("code", CODES)
def test_the_page_speaks_each_language_in_its_direction(client: Client, code: str) -> None:
    body = text(client, f"?lang={code}")
    assert f'<html lang="{code}" dir="{"rtl" if code == "ar" else "ltr"}">' in body
    assert RATING[code].question in body.replace("&#x27;", "'")
    assert body.count('type="radio"') == 5


def test_it_opens_in_the_callers_language_and_names_nobody(client: Client, link: Invitation) -> None:
    response = client.get(f"/r/{TOKEN}/")
    body = response.content.decode()
    assert 'lang="ar" dir="rtl"' in body
    assert response["Content-Language"] == "ar"
    assert (response["X-Robots-Tag"], response["Referrer-Policy"]) == ("noindex", "same-origin")
    assert link.call.caller_number not in body
    assert str(link.call_id) not in body
    assert not Rating.objects.exists(), "a link preview rates nothing"


def test_rating_changing_and_complaining(client: Client, link: Invitation) -> None:
    sent = client.post(f"/r/{TOKEN}/", {"score": "2", "words": "slow", "complaint": "rude", "lang": "ar"})
    assert sent["Location"] == f"/r/{TOKEN}/?lang=ar"
    rating = Rating.objects.get()
    assert (rating.call, rating.score, rating.words, rating.way) == (link.call, 2, "slow", "link")
    assert (rating.language, rating.line) == ("ar", link.call.line)
    assert RatingReview.objects.count() == 1
    assert RATING["ar"].thanks in text(client)
    again = text(client, "?change&lang=en")
    assert re.search(r'value="2" required checked', again)
    assert ">slow</textarea>" in again
    client.post(f"/r/{TOKEN}/", {"score": "5", "words": "", "complaint": "rude, I said"})
    rating.refresh_from_db()
    assert (Rating.objects.count(), rating.score) == (1, 5)
    assert Complaint.objects.get().text == "rude, I said"


@pytest.mark.usefixtures("link")
@pytest.mark.parametrize("score", ["", "0", "6", "5.0", "٥"])
def test_no_score_is_said_plainly_and_keeps_what_was_typed(client: Client, score: str) -> None:
    response = client.post(f"/r/{TOKEN}/", {"score": score, "words": "kept <b>", "lang": "fr"})
    assert response.status_code == 422
    body = response.content.decode()
    assert 'role="alert"' in body
    assert "kept &lt;b&gt;" in body
    assert not Rating.objects.exists()


def test_links_that_are_over_say_so(client: Client, link: Invitation) -> None:
    ratings.rate_at_desk(link.call, 4, "", by=cast.person("zhou"))
    assert RATING["ar"].closed in text(client, status=410)
    assert client.post(f"/r/{TOKEN}/", {"score": "1"}).status_code == 410
    Rating.objects.all().delete()
    Invitation.objects.update(expires_at=now())
    text(client, status=410)


def test_guesses_are_slowed_and_answer_in_the_browsers_language(client: Client) -> None:
    response = client.get("/r/unknown/", headers={"accept-language": "xx, de-DE;q=0.9"})
    assert response.status_code == 404
    assert RATING["de"].closed in response.content.decode()
    for n in range(page.MOST_UNKNOWN):
        client.get(f"/r/guess-{n}/")
    assert client.get("/r/another/").status_code == 429


@pytest.mark.usefixtures("link")
def test_one_link_takes_so_many_posts_only(client: Client) -> None:
    codes = [client.post(f"/r/{TOKEN}/", {"score": "5"}).status_code for _ in range(page.MOST_POSTS + 1)]
    assert codes[-2:] == [302, 429]
    assert Rating.objects.count() == 1


def test_no_more_messages(client: Client, link: Invitation) -> None:
    assert client.get(f"/r/{TOKEN}/no-more/").status_code == 405
    response = client.post(f"/r/{TOKEN}/no-more/", {"lang": "es"})
    assert RATING["es"].no_more_done in response.content.decode()
    consent = MessageConsent.objects.get()
    assert (consent.number, consent.allowed) == (link.call.caller_number, False)


@pytest.mark.usefixtures("link")
def test_a_forged_post_is_refused() -> None:
    assert Client(enforce_csrf_checks=True).post(f"/r/{TOKEN}/", {"score": "5"}).status_code == 403
