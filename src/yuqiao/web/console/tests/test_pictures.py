"""The picture at the desk: for her who interprets on that call, now; everybody else gets nothing."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client
from pytest_django import Settings

from yuqiao.accounts.models import Person, Role
from yuqiao.hotline import pictures
from yuqiao.hotline.models import Call, CallEvent, Picture
from yuqiao.lib.clock import now
from yuqiao.lib.tests.test_picture_sdp import ANSWER, OFFER
from yuqiao.web.console.tests import cast

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def _pilot(settings: Settings) -> None:
    settings.VIDEO = "on"


def as_(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def talks(number: str = "1001", caller: str = "guest-00112233445566aa") -> tuple[Call, Client]:
    """A call from a page with the interpreter of this number, and her browser."""
    her = cast.interpreter(number, "en")
    call = cast.call(caller_number=caller, interpreter_at=now())
    cast.leg(call, "caller")
    cast.leg(call, "interpreter", interpreter=her)
    return call, as_(her.person)


def test_she_is_offered_answers_and_tells_that_it_began() -> None:
    call, her = talks()
    url = f"/picture/{call.pk}/"
    assert her.get(url).json() == {"id": ""}
    row = pictures.offer(call, OFFER)
    assert her.get(url).json() == {
        "id": str(row.id),
        "offer": OFFER,
        "answered": False,
        "servers": [],
        "relay": False,
    }
    assert her.post(url, {"ask": "answer", "id": row.id, "answer": ANSWER, "herself": "1"}).status_code == 204
    assert her.get(url).json()["answered"]
    assert her.post(url, {"ask": "began", "id": row.id}).status_code == 204
    assert her.post(url, {"ask": "refuse", "id": row.id}).status_code == 204
    assert her.get(url).json() == {"id": ""}
    assert list(CallEvent.objects.order_by("id").values_list("kind", flat=True)) == [
        "picture_asked",
        "picture_began",
        "picture_ended",
        "picture_refused",
    ]


def test_nobody_else_sees_an_offer_or_answers_it() -> None:
    call, _her = talks()
    elsewhere, other = talks("1002", "guest-ffffffffffffffff")
    row = pictures.offer(call, OFFER)
    url = f"/picture/{call.pk}/"
    strangers = [other] + [as_(cast.person(f"p-{role}", role)) for role in Role]
    for stranger in strangers:
        assert stranger.get(url).status_code == 403
        assert stranger.post(url, {"ask": "answer", "id": row.id, "answer": ANSWER}).status_code == 403
    assert Client().get(url).status_code == 302
    crossed = other.post(f"/picture/{elsewhere.pk}/", {"ask": "answer", "id": row.id, "answer": ANSWER})
    assert (crossed.status_code, crossed.json()) == (409, {"problem": "gone"})
    assert Picture.objects.get().answer == ""


def test_who_has_left_the_call_gets_nothing_any_more() -> None:
    call, her = talks()
    pictures.offer(call, OFFER)
    call.legs.filter(role="interpreter").update(ended_at=now())
    assert her.get(f"/picture/{call.pk}/").status_code == 403


@pytest.mark.parametrize("offered", ["", "x", str(uuid.uuid4())])
def test_an_offer_that_stands_no_more_is_a_conflict(offered: str) -> None:
    call, her = talks()
    pictures.offer(call, OFFER)
    answer = her.post(f"/picture/{call.pk}/", {"ask": "answer", "id": offered, "answer": ANSWER})
    assert (answer.status_code, answer.json()) == (409, {"problem": "gone"})


def test_the_desk_may_use_a_camera_only_in_the_pilot(settings: Settings) -> None:
    call, her = talks()
    page = her.get("/")
    assert "camera=(self)" in page["Permissions-Policy"]
    assert f'data-picture="/picture/{call.pk}/"' in page.content.decode()
    settings.VIDEO = "off"
    page = her.get("/")
    assert "camera=()" in page["Permissions-Policy"]
    assert 'id="picture"' not in page.content.decode()
    assert "data-picture" not in page.content.decode()
    assert her.get(f"/picture/{call.pk}/").json() == {"id": ""}
