"""Requests of partner lines' agents in rows: what is refused, how each becomes a call, what stays of it."""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import replace

import pytest
from pytest_django import Settings

from yuqiao.accounts.models import JournalEntry, Person, Role
from yuqiao.accounts.services import grant_role
from yuqiao.engines import events as engine
from yuqiao.engines.events import LegArrived
from yuqiao.hotline import callbacks, expecting, line_requests, services
from yuqiao.hotline import effects as ask_for
from yuqiao.hotline.line_requests import LineRequestError, Wish
from yuqiao.hotline.models import (
    Call,
    Callback,
    CallCommand,
    Complaint,
    InterpreterRequest,
    Line,
    LineRequest,
)
from yuqiao.hotline.routing_tables import forget
from yuqiao.hotline.rules import step
from yuqiao.hotline.state import Timing
from yuqiao.hotline.tests.rows import interpreter
from yuqiao.hotline.waits import Outlook
from yuqiao.lib import clock

pytestmark = [pytest.mark.database, pytest.mark.django_db]

IN_PAGE = Wish("110", "ar", "browser")
BY_PHONE = Wish("110", "ar", "phone", "8001")


@pytest.fixture(autouse=True)
def _calls_out(settings: Settings) -> None:
    settings.OUTBOUND_CONTACT = "sip:{number}@trunk"
    forget()
    expecting.forget()


@pytest.fixture
def wu() -> Person:
    Line.objects.create(
        number="110", name_zh="报警", line_class="emergency", priority=100, agent_contact="sip:110@desk"
    )
    Line.objects.create(number="12345", name_zh="市民热线", line_class="government", agent_contact="sip:12345@desk")
    made = Person.objects.create(username="wu")
    grant_role(made, Role.AGENT, by=None, line_number="110")
    return made


def calls_in(person: Person, dialled: str = "110") -> Call:
    """Her page calls; return the call's row."""
    state, _ = services.admit(LegArrived("leg-1", dialled, f"agent-{person.pk}", time.time()), Timing())
    return Call.objects.get(pk=state.id)


def over(call: Call, *, served: bool) -> None:
    at = clock.now()
    Call.objects.filter(pk=call.pk).update(ended_at=at, interpreter_at=at if served else None, phase="ended")


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        (Wish("12345", "ar", "browser"), "line"),
        (Wish("110", "zh", "browser"), "language"),
        (Wish("110", "tlh", "browser"), "language"),
        (Wish("110", "ar", "pigeon"), "way"),
        (Wish("110", "ar", "phone"), "incomplete"),
        (Wish("110", "ar", "phone", "12345"), "incomplete"),  # that is a line, nobody's telephone
        (Wish("110", "ar", "phone", "sip:x@evil"), "incomplete"),
        (Wish("110", "ar", "browser", guest="8001"), "incomplete"),  # an extension is no foreigner's
        (Wish("110", "ar", "browser", guest="+44 20 7946 0958"), "country"),
    ],
)
def test_what_makes_no_sense_is_refused_and_leaves_nothing(wu: Person, wish: Wish, code: str) -> None:
    with pytest.raises(LineRequestError, match=code):
        line_requests.ask(wish, by=wu)
    assert not LineRequest.objects.exists()


def test_without_a_way_out_there_is_only_her_page(wu: Person, settings: Settings) -> None:
    settings.OUTBOUND_CONTACT = ""
    for wish in (BY_PHONE, Wish("110", "ar", "browser", guest="01065120000")):
        with pytest.raises(LineRequestError, match="no_calls_out"):
            line_requests.ask(wish, by=wu)
    line_requests.ask(IN_PAGE, by=wu)


def test_her_page_calls_and_it_is_a_call_of_her_line(wu: Person) -> None:
    li = interpreter("1001", ar=2)
    request = line_requests.ask(IN_PAGE, by=wu)
    assert line_requests.current(wu, clock.now()) == request
    call = calls_in(wu)
    assert (call.line and call.line.number, call.way_in, call.language, call.language_by) == (
        *("110", "beside_agent", "ar"),
        "agent",
    )
    row = InterpreterRequest.objects.get()
    assert (row.priority, row.state, row.interpreter) == (100, "claimed", li)
    request.refresh_from_db()
    assert request.call == call
    assert line_requests.current(wu, clock.now()) == request


def test_asked_twice_it_is_asked_once(wu: Person) -> None:
    line_requests.ask(IN_PAGE, by=wu)
    with pytest.raises(LineRequestError, match="waiting"):
        line_requests.ask(BY_PHONE, by=wu)


@pytest.mark.parametrize("name", ["agent-0", "agent-", "agent-x", "guest-1"])
def test_only_her_own_page_calls_for_her(wu: Person, name: str) -> None:
    line_requests.ask(IN_PAGE, by=wu)
    services.admit(LegArrived("leg-1", "110", name, time.time()), Timing())
    assert LineRequest.objects.get().call is None


def test_a_carrier_whose_caller_calls_itself_like_her_page_is_not_believed(wu: Person) -> None:
    line_requests.ask(IN_PAGE, by=wu)
    services.admit(LegArrived("leg-1", "110", f"agent-{wu.pk}", time.time(), trunk="carrier"), Timing())
    assert LineRequest.objects.get().call is None


def test_a_request_whose_page_never_called_is_forgotten(wu: Person) -> None:
    line_requests.ask(IN_PAGE, by=wu)
    LineRequest.objects.update(created_at=clock.now() - line_requests.UNBEGUN)
    assert line_requests.current(wu, clock.now()) is None
    assert calls_in(wu).line is None
    line_requests.ask(IN_PAGE, by=wu)


def test_her_telephone_is_rung_and_once_she_is_on_an_interpreter(wu: Person) -> None:
    interpreter("1001", ar=2)
    line_requests.ask(Wish("110", "ar", "phone", "8001", "010 6512-0000", "J-7"), by=wu)
    begun = services.begin_due_outbound(Timing())
    assert begun is not None
    state, acts = begun
    assert [one.contact for one in acts if isinstance(one, ask_for.Ring)] == ["sip:8001@trunk"]
    assert services.begin_due_outbound(Timing()) is None, "it is taken once"
    assert (state.guest, state.caller_number, state.priority) == ("sip:01065120000@trunk", "8001", 100)
    now, agent = time.time(), state.legs[0].id
    for event in (engine.LegControlled(agent, now), engine.LegJoined(agent, now)):
        state, acts = services.commit(state, *step(state, event))
    assert InterpreterRequest.objects.get().state == "claimed"
    assert line_requests.kept_number(wu) == "8001", "she need not type it again"


def test_emergency_lines_are_rung_first(wu: Person) -> None:
    mei = Person.objects.create(username="mei")
    grant_role(mei, Role.AGENT, by=None, line_number="12345")
    line_requests.ask(Wish("12345", "ar", "phone", "8002"), by=mei)
    line_requests.ask(BY_PHONE, by=wu)
    begun = services.begin_due_outbound(Timing())
    assert begun is not None
    assert begun[0].line == "110"


def test_taken_back_before_and_during_the_call(wu: Person) -> None:
    request = line_requests.ask(IN_PAGE, by=wu)
    line_requests.cancel(request, by=wu)
    assert line_requests.current(wu, clock.now()) is None
    assert calls_in(wu).line is None, "what was taken back becomes no call of hers"
    again = line_requests.ask(BY_PHONE, by=wu)
    services.begin_due_outbound(Timing())
    again.refresh_from_db()
    line_requests.cancel(again, by=wu)
    assert CallCommand.objects.get().kind == "end"
    over(Call.objects.get(line__number="110"), served=False)
    again.refresh_from_db()
    with pytest.raises(LineRequestError, match="over"):
        line_requests.cancel(again, by=wu)


@pytest.mark.parametrize(
    ("outcome", "number", "owed"), [("callback", "8001", 1), ("abandoned", "8001", 0), ("callback", "", 0)]
)
def test_she_is_called_back_only_where_we_said_so_and_can(wu: Person, outcome: str, number: str, owed: int) -> None:
    line_requests.ask(IN_PAGE, by=wu)
    LineRequest.objects.update(number=number)
    state, _ = services.admit(LegArrived("leg-1", "110", f"agent-{wu.pk}", time.time()), Timing())
    Callback.objects.all().delete()
    callbacks.open_for(replace(state, outcome=outcome), clock.now())
    assert list(Callback.objects.values_list("number", flat=True)) == [number] * owed


def test_a_rating_with_a_problem_becomes_a_complaint_and_is_given_once(wu: Person) -> None:
    request = line_requests.ask(IN_PAGE, by=wu)
    call = calls_in(wu)
    request.refresh_from_db()
    with pytest.raises(LineRequestError, match="unserved"):
        line_requests.rate(request, 5, "", problem=False, by=wu)
    over(call, served=True)
    request.refresh_from_db()
    for score, problem, code in ((0, False, "score"), (6, False, "score"), (2, True, "words")):
        with pytest.raises(LineRequestError, match=code):
            line_requests.rate(request, score, " ", problem=problem, by=wu)
    line_requests.rate(request, 2, "数字译错", problem=True, by=wu)
    with pytest.raises(LineRequestError, match="over"):
        line_requests.rate(request, 5, "", problem=False, by=wu)
    complaint = Complaint.objects.get()
    assert (complaint.call, complaint.source, complaint.text) == (call, "line", "数字译错")
    said = str(list(JournalEntry.objects.values_list("action", "detail")))
    assert "line_request.rate" in said
    assert "数字译错" not in said


def test_notes_are_kept_and_the_journal_knows_that_there_are_some(wu: Person) -> None:
    request = line_requests.ask(IN_PAGE, by=wu)
    line_requests.keep(request, "护照", "J-7", by=wu)
    request.refresh_from_db()
    line_requests.keep(request, "护照丢失", "J-7", by=wu)
    request.refresh_from_db()
    assert (request.note, request.reference) == ("护照丢失", "J-7")
    assert JournalEntry.objects.filter(action="line_request.note").count() == 1
    with pytest.raises(LineRequestError, match="long"):
        line_requests.keep(request, "x" * 2001, "", by=wu)


def test_a_party_is_added_from_the_directory_or_by_a_number_that_may_be_called(wu: Person) -> None:
    request = line_requests.ask(IN_PAGE, by=wu)
    calls_in(wu)
    request.refresh_from_db()
    assert line_requests.add_party(request, "12345", by=wu).arguments == {"line": "12345"}
    assert line_requests.add_party(request, "010-6512 0000", by=wu).arguments == {"contact": "sip:01065120000@trunk"}
    for number in ("sip:x@evil", "+44 20 7946 0958", "114"):
        with pytest.raises(LineRequestError):
            line_requests.add_party(request, number, by=wu)
    assert "6512" not in str(list(JournalEntry.objects.values_list("detail", flat=True)))


def test_what_is_told_beforehand_follows_from_who_is_there(wu: Person) -> None:
    line, now = Line.objects.get(number="110"), clock.now()
    told = expecting.prospects(line, now)
    assert told["ar"].expected.outlook is Outlook.NOBODY
    free, busy = interpreter("1001", ar=2), interpreter("1002", state="busy", ko=2)
    told = expecting.prospects(line, now)
    assert (told["ar"].staff.free, told["ar"].expected.outlook) == (1, Outlook.FREE)
    assert told["ko"].expected.outlook is Outlook.QUEUE
    free.barred_lines = ",emergency,"
    free.save()
    assert expecting.prospects(line, now)["ar"].expected.outlook is Outlook.NOBODY, "she is barred from this line"
    assert busy.state == "busy"


def test_languages_asked_for_by_this_line_come_first(wu: Person) -> None:
    line, other, now = Line.objects.get(number="110"), Line.objects.get(number="12345"), clock.now()
    day = dt.timedelta(days=1)
    for language, of, ago in (("pt", line, 3), ("ko", other, 3), ("ko", other, 4), ("de", line, 100)):
        Call.objects.create(line=of, dialled="x", language=language, started_at=now - ago * day)
    assert expecting.most_asked(line, now)[:3] == ["pt", "ko", "en"]
