"""Listening in, as rows: written before her phone rings, found again by another call server, closed with the call."""

from __future__ import annotations

import time

import pytest

from yuqiao.accounts.models import JournalEntry, Person
from yuqiao.engines import events as engine
from yuqiao.hotline import effects as ask
from yuqiao.hotline import services, wishes
from yuqiao.hotline.models import Call, CallCommand, CallEvent, Leg, Monitoring
from yuqiao.hotline.state import restore
from yuqiao.hotline.tests.rows import OneCall, interpreter, line

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def talking() -> OneCall:
    """A caller and an interpreter talk."""
    line()
    interpreter("1001")
    call, now = OneCall(), time.time()
    for leg in call.call.legs:
        call.tell((engine.LegAnswered if leg.inbound else engine.LegControlled)(leg.id, now))
        call.tell(engine.LegJoined(leg.id, now))
    return call


def listens(call: OneCall, rosa: Person, mode: str = "listen") -> list[ask.EngineEffect]:
    """Rosa asks from the desk, and the call server takes it up; returns what the engine is to do."""
    command = wishes.ask_monitor(Call.objects.get(), mode, "training", phone="sip:rosa@desk", by=rosa)
    event = wishes.event_of(command, time.time())
    assert event is not None
    return call.tell(event)


def test_her_row_stands_before_her_phone_rings_and_she_is_no_leg() -> None:
    call, rosa = talking(), Person.objects.create(username="rosa")
    ring = next(act for act in listens(call, rosa) if isinstance(act, ask.Ring))
    row = Monitoring.objects.get()
    assert (row.pk, row.person, row.purpose, row.mode, row.answered_at) == (ring.leg, rosa, "training", "listen", None)
    assert services.is_known(ring.leg), "a stray phone of hers is never taken for a caller"
    assert Leg.objects.count() == 2
    assert restore(Call.objects.get().snapshot).monitors[0].id == ring.leg
    call.tell(engine.LegControlled(ring.leg, time.time()))
    call.tell(engine.KeyPressed(ring.leg, "5", time.time()))
    call.tell(engine.LegEnded(ring.leg, engine.NORMAL, time.time()))
    row.refresh_from_db()
    assert (row.mode, row.answered_at is not None, row.ended_at is not None) == ("whisper", True, True)
    assert not CallCommand.objects.filter(done_at=None).exists()
    entries = JournalEntry.objects.filter(action="call.monitor").order_by("id")
    assert [(one.actor, one.detail) for one in entries] == [
        (rosa, {"mode": "listen", "purpose": "training"}),
        (rosa, {"mode": "whisper", "by": "key"}),
    ]
    assert list(CallEvent.objects.filter(kind__startswith="monitor").values_list("kind", flat=True)) == [
        "monitor_on",
        "monitor_mode",
        "monitor_off",
    ]


def test_a_call_that_failed_leaves_nobody_listening_on_paper() -> None:
    call = talking()
    listens(call, Person.objects.create(username="rosa"))
    services.abort(call.call)
    assert not Monitoring.objects.filter(ended_at=None).exists()


def test_nobody_listens_without_a_purpose_or_a_mode_that_exists() -> None:
    talking()
    rosa, call = Person.objects.create(username="rosa"), Call.objects.get()
    for mode, purpose in (("listen", ""), ("listen", "boredom"), ("sing", "quality")):
        with pytest.raises(wishes.CommandError):
            wishes.ask_monitor(call, mode, purpose, phone="sip:rosa@desk", by=rosa)
    assert not CallCommand.objects.exists()
