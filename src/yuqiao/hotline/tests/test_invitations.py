"""Who is sent a link, when and how often; and what a rating by link may do."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest
from django.test import override_settings
from django_tasks_db.models import DBTaskResult

from yuqiao.accounts.models import JournalEntry, Person
from yuqiao.engines import events as engine
from yuqiao.hotline import complaints, invitations, ratings
from yuqiao.hotline.jobs import send_invitation
from yuqiao.hotline.models import (
    Call,
    Complaint,
    ComplaintSource,
    Invitation,
    Line,
    MessageConsent,
    Rating,
    RatingReview,
)
from yuqiao.hotline.rating_words import MESSAGE, SUBJECT
from yuqiao.hotline.sending import attempt
from yuqiao.hotline.tests.gateway import GatewayServer, gateway
from yuqiao.hotline.tests.rows import OneCall, interpreter, line
from yuqiao.languages.catalogue import CODES
from yuqiao.lib import clock
from yuqiao.lib.hours import Hours

pytestmark = [pytest.mark.database, pytest.mark.django_db]

ALWAYS_OPEN = Hours.parse("00:00-23:59")
NUMBER = "13900000001"
NOON = dt.datetime(2026, 3, 4, 12, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def sms() -> Iterator[GatewayServer]:
    with (
        gateway() as server,
        override_settings(
            MESSAGE_SENDERS=["sms", "email"],
            SMS_URL=server.url,
            SMS_SECRET="s",
            MESSAGE_HOURS=ALWAYS_OPEN,
            PUBLIC_URL="https://h.example/",
        ),
    ):
        yield server


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> list[dt.datetime]:
    """The clock stands at noon; a test moves it by changing the list's one entry."""
    times = [NOON]
    monkeypatch.setattr(clock, "now", lambda: times[0])
    monkeypatch.setattr(time, "time", lambda: clock.now().timestamp())  # the engine's clock is the same
    return times


def zhou() -> Person:
    return Person.objects.get_or_create(username="zhou")[0]


def hangs_up(*, agreed: bool = True, policy: str = "", emergency: bool = False, leg: str = "leg-1") -> Call:
    """A served caller hangs up first."""
    own = Line.objects.filter(number="960169").first() or line()
    if emergency:
        Line.objects.update(line_class="emergency")
    if policy:
        ratings.set_policy(own, by_key=True, link=policy, by=zhou())
    if agreed:
        invitations.say_consent(NUMBER, allowed=True, by=zhou())
    interpreter(f"i-{leg}")
    call = OneCall(leg, NUMBER)
    inbound, outbound = (one.id for one in call.call.legs)
    now = time.time()
    for event in (
        engine.LegAnswered(inbound, now),
        engine.LegJoined(inbound, now),
        engine.LegControlled(outbound, now),
        engine.LegJoined(outbound, now),
        engine.LegEnded(inbound, 16, now + 5),
        engine.LegEnded(outbound, 16, now + 5),
    ):
        call.tell(event)
    return Call.objects.get(pk=call.call.id)


def send(invitation: Invitation) -> str:
    became: str = send_invitation.func(invitation.pk)
    invitation.refresh_from_db()
    return became


def test_a_caller_who_agreed_gets_one_link_in_her_language(sms: GatewayServer) -> None:
    call = hangs_up()
    invitation = Invitation.objects.get()
    assert (invitation.call, invitation.address, invitation.sender, invitation.state) == (
        call,
        NUMBER,
        "sms",
        "waiting",
    )
    assert DBTaskResult.objects.filter(task_path__endswith="send_invitation").count() == 1
    assert send(invitation) == "sent"
    assert send(invitation) == "nothing_to_do", "once, whatever runs again"
    assert [json.loads(body)["text"] for _, body in sms.taken] == [
        MESSAGE["en"].replace("{link}", f"https://h.example/r/{invitation.token}/")
    ]
    assert (invitation.state, invitation.attempts, invitation.error) == ("sent", 1, "")
    assert len(invitation.token) >= 22


@pytest.mark.usefixtures("sms")
@pytest.mark.parametrize(
    ("agreed", "policy", "emergency", "sent"),
    [
        (True, "", False, 1),
        (False, "", False, 0),
        (False, "always", False, 1),
        (True, "never", False, 0),
        (True, "", True, 0),
        (True, "consented", True, 1),
    ],
)
def test_consent_and_the_lines_policy_decide(agreed: bool, policy: str, emergency: bool, sent: int) -> None:
    hangs_up(agreed=agreed, policy=policy, emergency=emergency)
    # An emergency line does not even ask, so it invites nobody unless a policy says so.
    assert Invitation.objects.count() == sent


@pytest.mark.usefixtures("sms")
def test_whoever_refused_is_never_written_to() -> None:
    invitations.say_consent(NUMBER, allowed=False, by=None)
    hangs_up(agreed=False, policy="always")
    assert not Invitation.objects.exists()


def test_without_a_sender_in_the_settings_there_are_no_messages() -> None:
    hangs_up(policy="always")
    assert not Invitation.objects.exists()


def test_an_address_the_caller_gave_goes_by_mail(sms: GatewayServer, mailoutbox: list[object]) -> None:
    invitations.say_consent(NUMBER, allowed=True, address="anna@example.org", by=zhou())
    hangs_up(agreed=False)
    invitation = Invitation.objects.get()
    assert (invitation.sender, send(invitation), len(mailoutbox)) == ("email", "sent", 1)
    assert sms.taken == []


def test_consent_given_after_the_call_sends_the_link_then(sms: GatewayServer) -> None:
    call = hangs_up(agreed=False)
    assert not Invitation.objects.exists()
    made = invitations.agree(call, "", by=zhou())
    assert made is not None
    assert invitations.agree(call, "", by=zhou()) is None, "one message for one call"
    assert send(made) == "sent"
    assert len(sms.taken) == 1
    details = list(JournalEntry.objects.filter(action="message.agree").values_list("detail", flat=True))
    assert all(NUMBER not in str(detail) for detail in details)


def test_failures_are_tried_again_with_longer_pauses_and_then_given_up(
    sms: GatewayServer, noon: list[dt.datetime]
) -> None:
    hangs_up()
    invitation = Invitation.objects.get()
    with override_settings(MESSAGE_ATTEMPTS=3, MESSAGE_PAUSE_SECONDS=60):
        sms.answers = [503, 429, 500]
        later: list[dt.datetime] = []
        assert attempt(invitation.pk, later.append) == "again"
        assert attempt(invitation.pk, later.append) == "nothing_to_do", "not before its time"
        noon[0] = later[-1]
        assert attempt(invitation.pk, later.append) == "again"
        noon[0] = later[-1]
        assert attempt(invitation.pk, later.append) == "failed"
    assert [at - NOON for at in later] == [dt.timedelta(seconds=60), dt.timedelta(seconds=180)]
    invitation.refresh_from_db()
    assert (invitation.state, invitation.attempts, invitation.error) == ("failed", 3, "http_500")


def test_what_the_gateway_refuses_for_good_is_not_tried_again(sms: GatewayServer) -> None:
    hangs_up()
    sms.answers = [400]
    invitation = Invitation.objects.get()
    assert send(invitation) == "failed"
    assert send(invitation) == "nothing_to_do"


def test_a_failed_attempt_leaves_a_job_for_the_next(sms: GatewayServer) -> None:
    hangs_up()
    invitation = Invitation.objects.get()
    sms.answers = [503]
    assert send(invitation) == "again"
    jobs = DBTaskResult.objects.filter(task_path__endswith="send_invitation").order_by("enqueued_at")
    assert jobs[1].run_after == invitation.next_try_at


def test_at_night_a_message_waits_for_the_morning(sms: GatewayServer, noon: list[dt.datetime]) -> None:
    with override_settings(MESSAGE_HOURS=Hours.parse("09:00-20:00")):
        noon[0] = NOON.replace(hour=23)
        hangs_up()
        invitation = Invitation.objects.get()
        morning = NOON.replace(day=5, hour=9)
        assert invitation.next_try_at == morning
        assert DBTaskResult.objects.get(task_path__endswith="send_invitation").run_after == morning
        later: list[dt.datetime] = []
        assert attempt(invitation.pk, later.append) == "put_off"
        assert later == [morning]
        noon[0] = morning
        assert attempt(invitation.pk, later.append) == "sent"
    assert len(sms.taken) == 1


def test_a_rating_or_a_refusal_meanwhile_stops_the_message(sms: GatewayServer) -> None:
    call = hangs_up()
    ratings.rate_at_desk(call, 5, "", by=zhou())
    invitation = Invitation.objects.get()
    assert send(invitation) == "nothing_to_do"
    assert (invitation.state, invitation.error, sms.taken) == ("failed", "not_wanted", [])


@pytest.mark.usefixtures("sms")
def test_a_link_rates_once_may_be_changed_for_a_day_and_expires(noon: list[dt.datetime]) -> None:
    hangs_up()
    invitation = Invitation.objects.get()
    assert invitations.rate(invitation, 4, " fine ").way == "link"
    noon[0] = NOON + dt.timedelta(hours=23, minutes=59)
    invitations.rate(invitation, 1, "not fine")
    rating = Rating.objects.get()
    assert (rating.score, rating.words, rating.given_at, rating.changed_at) == (1, "not fine", NOON, noon[0])
    assert RatingReview.objects.count() == 1
    noon[0] = NOON + dt.timedelta(hours=24)
    with pytest.raises(invitations.LinkClosedError):
        invitations.rate(invitation, 5, "")
    Invitation.objects.update(used_at=None)
    noon[0] = NOON + dt.timedelta(days=7)
    with pytest.raises(invitations.LinkClosedError):
        invitations.rate(invitation, 5, "")
    with pytest.raises(ratings.RatingError):
        invitations.rate(invitation, 6, "")


@pytest.mark.usefixtures("sms")
def test_complaints_have_states_and_an_answer() -> None:
    call = hangs_up()
    complaint = complaints.from_link(call, " rude ")
    assert complaint is not None
    complaints.from_link(call, "very rude")
    complaint.refresh_from_db()
    assert (Complaint.objects.count(), complaint.text, complaint.language) == (1, "very rude", "en")
    assert complaints.from_link(call, " ") is None
    complaints.move(complaint, "handling", "", by=zhou())
    complaints.from_link(call, "changed")
    with pytest.raises(complaints.ComplaintError, match="what came of it"):
        complaints.move(complaint, "upheld", " ", by=zhou())
    complaints.move(complaint, "upheld", "apologised", by=zhou())
    with pytest.raises(complaints.ComplaintError, match="closed"):
        complaints.move(complaint, "unfounded", "no", by=zhou())
    complaint.refresh_from_db()
    assert (complaint.text, complaint.state, complaint.answer) == ("very rude", "upheld", "apologised")
    with pytest.raises(complaints.ComplaintError):
        complaints.enter(" ", by=zhou(), source=ComplaintSource.TYPED)
    assert complaints.enter("late", by=zhou(), source=ComplaintSource.TYPED, line=call.line).line == call.line


def test_messages_are_short_and_there_in_every_language() -> None:
    assert set(MESSAGE) == set(SUBJECT) == set(CODES)
    for text in MESSAGE.values():
        assert text.count("{link}") == 1
        # 3GPP TS 23.038: 160 characters of GSM 7 bit, or 70 of UCS-2; the link takes about 45.
        assert len(text) - len("{link}") <= (110 if text.isascii() else 70)
    assert MessageConsent.objects.count() == 0
