"""Listening in from the pages: who may, what is asked, what others see of it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from yuqiao.accounts.models import JournalEntry, Person, Role
from yuqiao.hotline.models import Call, CallCommand, FloorManager, Monitoring
from yuqiao.hotline.monitor_phones import phone_of
from yuqiao.lib.clock import now
from yuqiao.web.console.tests import cast

pytestmark = [pytest.mark.database, pytest.mark.django_db]

ENGLISH = {"accept-language": "en"}
ROSA = "sip:rosa@exchange.example"


@pytest.fixture
def rosa(client: Client) -> Person:
    """A supervisor, signed in."""
    person = cast.person("rosa", Role.SUPERVISOR, name="罗莎")
    client.force_login(person)
    return person


def ask(client: Client, call: Call, **form: str) -> int:
    return client.post(f"/calls/{call.pk}/listen-in/", {"purpose": "quality", **form}, headers=ENGLISH).status_code


def listened(call: Call, person: Person, **more: Any) -> None:
    """The call's snapshot with somebody who listens."""
    since = now().timestamp()
    row = {"id": "m", "person": person.pk, "phase": "on", "mode": "listen", "answered_at": since, "purpose": "training"}
    call.snapshot = {"monitors": [row | more]}
    call.save()


def page_of(client: Client, call: Call) -> str:
    return client.get(f"/calls/{call.pk}/", headers=ENGLISH).content.decode()


def test_a_supervisor_gives_her_phone_once_and_says_what_for(client: Client, rosa: Person) -> None:
    call = cast.call()
    assert "Listen in" in page_of(client, call)
    assert ask(client, call, ask="listen", phone=ROSA) == 302
    assert ask(client, cast.call(), ask="whisper", purpose="training") == 302, "her phone is remembered"
    first, second = CallCommand.objects.order_by("id")
    assert first.arguments == {"person": rosa.pk, "contact": ROSA, "mode": "listen", "purpose": "quality"}
    assert (second.arguments["contact"], second.arguments["mode"]) == (ROSA, "whisper")
    assert f'value="{ROSA}"' in page_of(client, call)
    entries = JournalEntry.objects.filter(action__in=["call.monitor", "monitor.phone"]).order_by("id")
    assert [(one.action, one.actor_id) for one in entries] == [
        ("monitor.phone", rosa.pk),
        ("call.monitor", rosa.pk),
        ("call.monitor", rosa.pk),
    ]
    assert "rosa@" not in str([one.detail for one in entries]), "no address in the journal"


@pytest.mark.usefixtures("rosa")
def test_what_cannot_be_rung_or_makes_no_sense_is_not_asked(client: Client) -> None:
    call = cast.call()
    for phone in ("", "rosa", "sip:rosa@host;transport=tls?Route=x", "sip:@x", "http://x"):
        assert ask(client, call, ask="listen", phone=phone) == 302
    assert ask(client, call, ask="listen", phone="13900000001") == 302, "no way to dial numbers is set"
    assert "Nobody can be rung there" in page_of(client, call)
    assert ask(client, call, ask="sing", phone=ROSA) == 400
    assert ask(client, call, ask="listen", phone=ROSA, purpose="boredom") == 400
    assert not CallCommand.objects.exists()


def test_a_number_is_dialled_by_the_sites_way_out_and_must_be_confirmed_by_key(
    client: Client, rosa: Person, settings: Any
) -> None:
    settings.OUTBOUND_CONTACT = "sip:{number}@trunks"
    settings.BARGE_ANNOUNCED = True
    assert ask(client, cast.call(), ask="barge", phone="139 0000-0001") == 302
    arguments = CallCommand.objects.get().arguments
    assert arguments["contact"] == "sip:13900000001@trunks"
    assert (arguments["confirm"], arguments["announced"]) == ("yes", "yes")
    assert phone_of(rosa) == "13900000001"
    assert ask(client, cast.call(), ask="barge", phone="sip:13900000001@trunks") == 302
    assert CallCommand.objects.latest("id").arguments["confirm"] == "yes", "the same mobile, written otherwise"


def test_the_page_itself_is_rung_where_it_says_so_and_she_stays_where_she_is_on(client: Client, rosa: Person) -> None:
    call, page = cast.call(), f"sip:staff-{rosa.pk}@browser"
    assert ask(client, call, ask="whisper", browser="1") == 302, "no phone is needed"
    assert CallCommand.objects.get().arguments["contact"] == page
    assert phone_of(rosa) == "", "a page is not kept as her phone"
    listened(call, rosa, contact=page)
    assert ask(client, call, ask="barge") == 302
    assert CallCommand.objects.latest("id").arguments["contact"] == page
    listened(call, rosa, contact=page, phase="over")
    assert ask(client, call, ask="listen", phone=ROSA) == 302
    assert CallCommand.objects.latest("id").arguments["contact"] == ROSA
    assert ask(client, cast.call(), ask="listen", browser="1") == 302
    assert CallCommand.objects.latest("id").arguments["contact"] == page, "though a phone is on file"
    assert phone_of(rosa) == ROSA


def test_a_floor_managers_phone_is_offered(client: Client, rosa: Person) -> None:
    FloorManager.objects.create(person=rosa, contact="sip:9001@exchange.example")
    assert 'value="sip:9001@exchange.example"' in page_of(client, cast.call())


@pytest.mark.parametrize("role", [Role.PROJECT_MANAGER, Role.AUDITOR, Role.ADMINISTRATOR, Role.INTERPRETER, Role.AGENT])
def test_others_may_not(client: Client, role: Role) -> None:
    client.force_login(cast.person("p", role))
    call = cast.call()
    assert ask(client, call, ask="listen", phone=ROSA) == 403
    if role not in {Role.INTERPRETER, Role.AGENT}:
        assert "Listen in" not in page_of(client, call).replace("#overhear", "")


def test_while_she_listens_the_page_shows_what_she_does_and_the_way_out(client: Client, rosa: Person) -> None:
    call = cast.call()
    listened(call, rosa, mode="whisper", whispering=False)
    page = page_of(client, call)
    assert 'value="whisper" aria-pressed="true"' in page
    assert 'name="purpose" value="training"' in page
    assert "you are heard by nobody" in page
    assert ask(client, call, ask="end") == 302
    assert CallCommand.objects.get().kind == "monitor_end"
    board = client.get("/board/", headers=ENGLISH).content.decode()
    assert "罗莎" in board
    assert "overhears" in board


def test_who_interprets_reads_of_it_only_after_the_call(client: Client, rosa: Person) -> None:
    call, helper = cast.call(), cast.interpreter("E-01", "en")
    cast.leg(call, "interpreter", interpreter=helper)
    listened(call, rosa)
    cast.event(call, "monitor_on", mode="listen", purpose="training")
    Monitoring.objects.create(
        id="m", call=call, person=rosa, purpose="training", mode="listen", created_at=now(), answered_at=now()
    )
    told = "A supervisor is on the phone: Listens silently (Training of the interpreter)"
    assert told in page_of(client, call)
    client.force_login(helper.person)
    assert told not in page_of(client, call)
    assert "罗莎" not in page_of(client, call)
    call.ended_at = now()
    call.save()
    assert told in page_of(client, call)
    client.force_login(cast.person("audit", Role.AUDITOR))
    assert "罗莎" in page_of(client, call), "those who may hear recordings see who listened"


@pytest.mark.usefixtures("rosa")
def test_a_call_that_is_over_cannot_be_listened_to(client: Client) -> None:
    call = cast.call(ended_at=now(), phase="ended")
    assert "What for" not in page_of(client, call)
    assert ask(client, call, ask="listen", phone=ROSA) == 302
    assert not CallCommand.objects.exists()
