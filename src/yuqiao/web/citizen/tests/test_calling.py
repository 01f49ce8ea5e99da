"""Calling from the page: tickets for a proof of work or a seat, how far the call is, the way to rate it."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.conf import settings
from django.core import signing
from django.test import Client

from yuqiao.hotline import callbacks
from yuqiao.hotline.models import Call, Callback, Invitation, Rating
from yuqiao.hotline.state import CallState
from yuqiao.lib import phones, proof_of_work
from yuqiao.lib.clock import now
from yuqiao.web.citizen import calling, seats
from yuqiao.web.citizen.tests.cast import OWN, city
from yuqiao.web.console.tests import cast

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def task_of(client: Client, code: str = "ar") -> dict[str, str]:
    """Open the page and let the device reckon."""
    text = client.get(f"/{code}/call/").content.decode()
    found = re.search(r'data-task="([^"]+)"', text)
    assert found is not None
    return {"task": found[1], "proof": proof_of_work.solve(found[1])}


def get_ticket(client: Client, fields: dict[str, str], code: str = "ar", status: int = 200) -> dict[str, Any]:
    response = client.post(f"/{code}/call/ticket/", fields)
    assert response.status_code == status
    return dict(response.json())


def dialled(given: dict[str, Any]) -> tuple[str, str]:
    """The phone of a ticket, and what it may dial."""
    read = phones.check(given["ticket"], phones.key_from(settings.ARI_PASSWORD), now().timestamp())
    assert given["dials"] == read.dials
    return read.name, read.dials


def told(client: Client, seat: str, code: str = "en") -> dict[str, Any]:
    return dict(client.post(f"/{code}/call/state/", {"seat": seat}).json())


def test_a_proof_opens_one_call_to_our_own_number_in_the_pages_language(client: Client) -> None:
    city()
    given = get_ticket(client, task_of(client))
    read = phones.check(given["ticket"], phones.key_from(settings.ARI_PASSWORD), now().timestamp())
    assert (read.dials, read.language, read.name) == (f"{OWN}8", "ar", given["address"][4:-8])
    assert phones.is_guest(read.name)
    assert given["dials"] == f"{OWN}8"
    assert read.until < now().timestamp() + 60
    again = get_ticket(client, {"seat": given["seat"]})
    assert again["address"] == given["address"], "after a break of the network it is the same phone"


def test_nobody_gets_in_without_a_proof_or_with_an_old_one(client: Client) -> None:
    city()
    solved = task_of(client)
    get_ticket(client, solved)
    assert get_ticket(client, solved, status=422)["problem"] == "spent"
    assert get_ticket(client, {}, status=422)["problem"] == "broken"
    assert get_ticket(client, task_of(client) | {"proof": ""}, status=422)["problem"] == "wrong"
    forged = signing.dumps("desk-e-01", salt="something else")
    assert get_ticket(client, {"seat": forged}, status=422)["problem"] == "broken"
    assert client.get("/ar/call/ticket/").status_code == 405
    assert Client(enforce_csrf_checks=True).post("/ar/call/ticket/", {}).status_code == 403


def test_a_seat_whose_call_has_ended_opens_no_other(client: Client) -> None:
    city()
    seat = get_ticket(client, task_of(client))["seat"]
    name = signing.loads(seat, salt=seats.SALT)
    call = cast.call(caller_number=name, phase="talking", language="ar")
    during = get_ticket(client, {"seat": seat})
    assert (during["address"], during["dials"]) == (f"sip:{name}@browser", f"{OWN}8"), "the network broke"
    Call.objects.filter(pk=call.pk).update(ended_at=now())
    after = get_ticket(client, {"seat": seat})
    assert dialled(after) == (name, ""), "the page learns that its call is over, and calls nobody"
    assert dialled(get_ticket(client, {"seat": after["seat"]})) == (name, "")
    assert get_ticket(client, {"seat": seat, "task": "", "proof": ""}, status=422)["problem"] == "broken"
    solved = task_of(client)
    other, number = dialled(get_ticket(client, {"seat": seat} | solved))
    assert other != name
    assert number == f"{OWN}8"
    assert get_ticket(client, {"seat": seat} | solved, status=422)["problem"] == "spent"
    for _ in range(calling.MOST):
        client.post("/ar/call/ticket/", {"seat": seat, "task": ""})
    assert get_ticket(client, {"seat": seat} | task_of(client), status=429)["problem"] == "often"


def test_one_address_begins_so_many_calls_only(client: Client) -> None:
    city()
    for _ in range(calling.MOST):
        get_ticket(client, {}, status=422)
    assert get_ticket(client, task_of(client), status=429)["problem"] == "often"


def test_without_a_number_of_our_own_there_is_no_call(client: Client) -> None:
    assert get_ticket(client, task_of(client), status=422)["problem"] == "closed"


def test_the_page_may_use_the_microphone_and_others_may_not(client: Client) -> None:
    assert "microphone=(self)" in client.get("/ar/call/")["Permissions-Policy"]
    assert "microphone=()" in client.get("/ar/")["Permissions-Policy"]


def test_how_far_the_call_is(client: Client) -> None:
    city()
    seat = get_ticket(client, task_of(client))["seat"]
    name = signing.loads(seat, salt=seats.SALT)
    assert told(client, seat) == {"words": "", "over": False, "rate": ""}
    assert told(client, "forged") == {"words": "", "over": False, "rate": ""}
    call = cast.call(caller_number=name, phase="seeking", language="ar", started_at=now())
    assert told(client, seat)["words"] == "An interpreter is being called."
    cast.waiting(call)
    assert "You are next" in told(client, seat)["words"]
    for n in range(3):
        earlier = cast.call(60 + n, phase="seeking", language="ar")
        cast.waiting(earlier)
    assert told(client, seat)["words"] == "There are 3 callers ahead of you."
    assert told(client, seat, "ar")["words"] == "قبلك 3 متصلين."
    assert told(client, seat, "ru")["words"] == "Перед вами 3 человека."
    for phase, words in (("talking", "on the line"), ("choosing", "Listen"), ("unassisted", "could be reached")):
        Call.objects.filter(pk=call.pk).update(phase=phase)
        assert words in told(client, seat)["words"]


def test_a_served_call_is_rated_from_the_page(client: Client) -> None:
    city()
    seat = get_ticket(client, task_of(client))["seat"]
    name = signing.loads(seat, salt=seats.SALT)
    missed = cast.call(90, caller_number=name, phase="ended", ended_at=now())
    assert told(client, seat)["rate"] == "", "nobody rates what was not served"
    Call.objects.filter(pk=missed.pk).update(interpreter_at=now())
    link = told(client, seat)["rate"]
    assert told(client, seat) == {"words": "The call is over.", "over": True, "rate": link}
    assert client.post(link, {"score": "5"}).status_code == 302
    assert Rating.objects.get().call == missed
    assert (Invitation.objects.get().sender, Invitation.objects.get().address) == ("page", "")


def test_a_missed_call_from_a_page_is_owed_no_callback_to_a_browser() -> None:
    call = cast.call(caller_number=f"{phones.GUEST}0123456789abcdef")
    state = CallState(str(call.pk), caller_number=call.caller_number, started_at=now().timestamp())
    callbacks.open_for(state, now() + dt.timedelta(minutes=1))
    assert not Callback.objects.exists()
