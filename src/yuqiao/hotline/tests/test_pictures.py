"""The picture's rows: who is offered it, what stands in the call's events, and that nothing of it stays."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from pytest_django import Settings

from yuqiao.accounts.models import JournalEntry, Person
from yuqiao.hotline import pictures
from yuqiao.hotline.models import Call, CallEvent, Leg, Picture
from yuqiao.hotline.pictures import PictureError
from yuqiao.hotline.state import CallState, LegPhase, LegState
from yuqiao.lib.clock import now
from yuqiao.lib.tests.test_picture_sdp import ANSWER, OFFER
from yuqiao.workforce.models import Interpreter

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def _pilot(settings: Settings) -> None:
    settings.VIDEO = "on"


def a_call(number: str = "guest-0123456789abcdef") -> Call:
    at = now()
    return Call.objects.create(dialled="1", caller_number=number, started_at=at, answered_at=at, interpreter_at=at)


def joins(call: Call, user: str) -> Leg:
    person = Person.objects.create(username=user)
    her = Interpreter.objects.create(person=person, number=user, contact="sip:x@localhost", state_since=now())
    at = now()
    return Leg.objects.create(
        id=f"{user}-leg", call=call, role="interpreter", interpreter=her, created_at=at, answered_at=at
    )


def who(leg: Leg) -> Person:
    assert leg.interpreter is not None
    return leg.interpreter.person


def leaves(leg: Leg) -> None:
    leg.ended_at = now()
    leg.save()
    pictures.settle(state_of(leg.call), now())


def state_of(call: Call) -> CallState:
    legs = tuple(
        LegState(leg.id, leg.role, 0.0, phase=LegPhase.OVER if leg.ended_at else LegPhase.JOINED)
        for leg in call.legs.all()
    )
    return CallState(str(call.pk), caller_number=call.caller_number, started_at=0.0, legs=legs)


def kinds() -> list[str]:
    return list(CallEvent.objects.order_by("id").values_list("kind", flat=True))


def test_offered_answered_seen_and_over_with_the_call() -> None:
    call = a_call()
    assert pictures.told(call) == pictures.Told(may=False)
    li = joins(call, "li")
    assert pictures.told(call) == pictures.Told(may=True)
    row = pictures.offer(call, OFFER)
    assert pictures.for_interpreter(call, who(li)) == row
    pictures.answer(call, who(li), row.id, ANSWER, herself=True)
    told = pictures.told(call)
    assert (told.id, told.answer) == (str(row.id), ANSWER)
    pictures.began(call, who(li), row.id)
    pictures.began(call, who(li), row.id)
    pictures.settle(replace(state_of(call), ended_at=1.0), now() + dt.timedelta(seconds=90))
    assert kinds() == ["picture_asked", "picture_began", "picture_ended"]
    assert CallEvent.objects.get(kind="picture_ended").data["lasted_s"] in {90, 91}
    assert not Picture.objects.exists(), "descriptions hold people's addresses"
    assert JournalEntry.objects.get(action="picture.answer").detail == {"herself": True}


def test_whoever_takes_over_is_asked_anew_and_the_former_one_gets_nothing() -> None:
    call = a_call()
    li = joins(call, "li")
    first = pictures.offer(call, OFFER)
    wang = joins(call, "wang")
    assert pictures.for_interpreter(call, who(wang)) is None
    assert pictures.offer(call, OFFER).leg_id == li.pk, "who joins beside her does not take the picture"
    leaves(li)
    assert pictures.told(call) == pictures.Told(may=True), "another offer is to be made"
    second = pictures.offer(call, OFFER)
    assert pictures.for_interpreter(call, who(li)) is None
    assert pictures.for_interpreter(call, who(wang)) == second
    for offered in (first.id, second.id):
        with pytest.raises(PictureError, match="gone"):
            pictures.answer(call, who(li), offered, ANSWER, herself=False)


def test_a_break_is_the_same_picture_and_no_new_question() -> None:
    call = a_call()
    li = joins(call, "li")
    row = pictures.offer(call, OFFER)
    pictures.answer(call, who(li), row.id, ANSWER, herself=False)
    pictures.began(call, who(li), row.id)
    pictures.again(call, who(li), row.id)
    assert pictures.told(call).again
    other = pictures.offer(call, OFFER)
    assert other.id != row.id
    assert (other.began_at is not None, pictures.told(call).again) == (True, False)
    with pytest.raises(PictureError, match="gone"):
        pictures.answer(call, who(li), row.id, ANSWER, herself=False)
    pictures.answer(call, who(li), other.id, ANSWER, herself=False)
    with pytest.raises(PictureError, match="answered"):
        pictures.answer(call, who(li), other.id, ANSWER, herself=False)
    assert kinds() == ["picture_asked", "picture_began"]


def test_she_may_refuse_at_any_time_and_the_caller_may_ask_again() -> None:
    call = a_call()
    li = joins(call, "li")
    row = pictures.offer(call, OFFER)
    pictures.answer(call, who(li), row.id, ANSWER, herself=True)
    pictures.began(call, who(li), row.id)
    pictures.refuse(call, who(li), row.id)
    told = pictures.told(call)
    assert (told.refused, told.answer, Picture.objects.get().offer) == (True, "", "")
    again = pictures.offer(call, OFFER)
    assert not pictures.told(call).refused
    assert again.began_at is None
    pictures.withdraw(call)
    assert not Picture.objects.exists()
    assert kinds() == ["picture_asked", "picture_began", "picture_ended", "picture_refused", "picture_asked"]


def test_no_interpreter_no_picture() -> None:
    call = a_call()
    with pytest.raises(PictureError, match="nobody"):
        pictures.offer(call, OFFER)
    li = joins(call, "li")
    row = pictures.offer(call, OFFER)
    Call.objects.update(ended_at=now())
    call.refresh_from_db()
    assert pictures.for_interpreter(call, who(li)) is None
    with pytest.raises(PictureError, match="nobody"):
        pictures.offer(call, OFFER)
    pictures.settle(replace(state_of(call), ended_at=1.0), now())
    with pytest.raises(PictureError, match="gone"):
        pictures.began(call, who(li), row.id)


def test_what_is_no_picture_is_refused() -> None:
    call = a_call()
    li = joins(call, "li")
    with pytest.raises(PictureError, match="broken"):
        pictures.offer(call, ANSWER)
    row = pictures.offer(call, OFFER)
    with pytest.raises(PictureError, match="broken"):
        pictures.answer(call, who(li), row.id, OFFER, herself=False)


@pytest.mark.parametrize(("number", "video"), [("13900000001", "on"), ("guest-0123456789abcdef", "off")])
def test_telephones_have_no_picture_and_without_the_pilot_nobody(number: str, video: str, settings: Settings) -> None:
    settings.VIDEO = video
    call = a_call(number)
    joins(call, "li")
    assert not pictures.possible(call)
    with pytest.raises(PictureError, match="nobody"):
        pictures.offer(call, OFFER)


def test_a_relay_is_lent_where_the_site_has_one(settings: Settings) -> None:
    assert pictures.servers() == []
    settings.TURN_URLS, settings.TURN_SECRET = ["turn:relay.example"], "north"
    first, second = pictures.servers()[0], pictures.servers()[0]
    assert first["urls"] == ["turn:relay.example"]
    until, name = str(first["username"]).split(":")
    assert 3600 < int(until) - now().timestamp() < 3 * 3600
    assert name.startswith("picture-")
    assert first["credential"] != second["credential"], "two pages are lent two names"
