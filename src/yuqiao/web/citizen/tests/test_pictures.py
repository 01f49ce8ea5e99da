"""The picture on the citizen's page: shown only in the pilot, offered only from the call's own seat."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import Settings

from yuqiao.hotline import pictures
from yuqiao.hotline.models import Call, Picture
from yuqiao.languages.catalogue import CODES
from yuqiao.lib.clock import now
from yuqiao.lib.tests.test_picture_sdp import ANSWER, OFFER
from yuqiao.web.citizen import seats
from yuqiao.web.citizen.pictures import MOST
from yuqiao.web.citizen.tests.cast import city
from yuqiao.web.console.tests import cast

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NAME = "guest-00112233445566aa"


def talks() -> Call:
    call = cast.call(caller_number=NAME, interpreter_at=now())
    cast.leg(call, "interpreter", interpreter=cast.interpreter("1001", "en"))
    return call


def ask(client: Client, status: int = 200, seat: str | None = None, **fields: str) -> dict[str, object]:
    response = client.post("/en/call/picture/", {"seat": seats.give(NAME) if seat is None else seat, **fields})
    assert response.status_code == status
    return {} if status == 204 else dict(response.json())


@pytest.mark.parametrize("code", CODES)
def test_the_page_offers_video_only_in_the_pilot(client: Client, settings: Settings, code: str) -> None:
    city()
    off = client.get(f"/{code}/call/")
    assert b"call-picture" not in off.content
    assert "camera=()" in off["Permissions-Policy"]
    settings.VIDEO = "on"
    on = client.get(f"/{code}/call/")
    assert b"call-picture" in on.content
    assert "camera=(self)" in on["Permissions-Policy"]
    assert "camera=()" in client.get(f"/{code}/")["Permissions-Policy"]


def test_the_seat_of_a_call_and_no_other_offers_and_is_told(client: Client, settings: Settings) -> None:
    settings.VIDEO = "on"
    call = talks()
    other = cast.call(5, caller_number="guest-ffffffffffffffff", interpreter_at=now())
    assert ask(client) == {"servers": [], "relay": False}
    offered = ask(client, offer=OFFER)["id"]
    state = client.post("/en/call/state/", {"seat": seats.give(NAME)}).json()["picture"]
    assert state == {"may": True, "id": offered, "answer": "", "refused": False, "again": False}
    assert ask(client, 422, seat="", offer=OFFER) == {"problem": "nobody"}
    assert ask(client, 422, seat=NAME, offer=OFFER) == {"problem": "nobody"}
    assert ask(client, 422, seat=seats.give("guest-1"), offer=OFFER) == {"problem": "nobody"}
    theirs = client.post("/en/call/state/", {"seat": seats.give(other.caller_number)}).json()["picture"]
    assert (theirs["id"], theirs["may"]) == ("", False)
    ask(client, 422, offer=ANSWER)
    assert Picture.objects.get().call == call
    ask(client, 204, stop="1")
    assert not Picture.objects.exists()


def test_without_the_pilot_nothing_is_told_or_taken(client: Client) -> None:
    talks()
    assert "picture" not in client.post("/en/call/state/", {"seat": seats.give(NAME)}).json()
    assert ask(client, 422, offer=OFFER) == {"problem": "nobody"}


def test_a_flood_of_offers_is_stopped(client: Client, settings: Settings) -> None:
    settings.VIDEO = "on"
    talks()
    for _ in range(MOST):
        ask(client, offer=OFFER)
    assert ask(client, 429, offer=OFFER) == {"problem": "often"}


def test_where_addresses_are_hidden_pages_are_told_to_use_the_relay(client: Client, settings: Settings) -> None:
    settings.VIDEO, settings.TURN_URLS, settings.TURN_SECRET = pictures.RELAYED, ["turn:relay.example"], "north"
    talks()
    told = ask(client)
    assert told["relay"] is True
    assert str(told["servers"]).count("turn:relay.example") == 1
