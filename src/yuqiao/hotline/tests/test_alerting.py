"""Each step of the ladder writes to its people for real until somebody took over; nothing personal leaves."""

from __future__ import annotations

import datetime as dt
import json
from email import message_from_bytes

import pytest
from django.test import override_settings

from yuqiao.accounts.models import Department, JournalEntry, Person, Role, RoleGrant
from yuqiao.hotline import alerting, incidents
from yuqiao.hotline.models import Alert, AlertNumber, Incident
from yuqiao.hotline.tests.gateway import GatewayServer
from yuqiao.hotline.tests.test_senders import Box, box, sms  # noqa: F401 (fixtures)
from yuqiao.lib import clock

pytestmark = [pytest.mark.database, pytest.mark.django_db]
BOTH = override_settings(MESSAGE_SENDERS=["sms", "email"], PUBLIC_URL="https://desk.example/")


def person(name: str, role: Role, *, email: str = "", number: str = "", **more: object) -> Person:
    """Somebody of the staff."""
    made = Person.objects.create(username=name, email=email, **more)
    RoleGrant.objects.create(person=made, role=role)
    if number:
        AlertNumber.objects.create(person=made, number=number)
    return made


def opened(minutes: int = 5) -> Incident:
    """An incident whose first step tells the supervisors."""
    boss = person("boss", Role.PROJECT_MANAGER)
    incidents.set_step(1, "supervisor", "board", minutes, by=boss)
    return incidents.open_by_hand("medical", "张三，13900000001", by=boss)


def send_all() -> list[str]:
    """Let the worker do all that is due; returns what became of each."""
    return [alerting.attempt(pk, lambda _at: None) for pk in Alert.objects.order_by("pk").values_list("pk", flat=True)]


@BOTH
def test_everybody_of_the_step_gets_an_sms_and_a_letter(sms: GatewayServer, box: Box) -> None:  # noqa: F811
    person("wang", Role.SUPERVISOR, email="wang@city.example", number="+8613800000001")
    person("zhao", Role.SUPERVISOR, number="13800000002")
    person("gone", Role.SUPERVISOR, email="gone@city.example", is_active=False)
    person("li", Role.INTERPRETER, email="li@city.example")
    with override_settings(SMS_URL=sms.url, SMS_BODY='{"to": "{number}", "text": "{text}"}'):
        incident = opened()
        assert send_all() == ["sent"] * 3
        assert send_all() == ["nothing_to_do"] * 3, "once each"
    told = [json.loads(body) for _headers, body in sms.taken]
    assert {one["to"] for one in told} == {"+8613800000001", "13800000002"}
    assert {one["text"] for one in told} == {
        f"重大事项（医疗急救）第1级告知，请在5分钟内登录接手：https://desk.example/incidents/{incident.pk}/"
    }
    (letter,) = box.taken
    assert letter.rcpt_tos == ["wang@city.example"]
    assert isinstance(letter.content, bytes)
    payload = message_from_bytes(letter.content).get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert "张三" not in payload.decode()
    assert JournalEntry.objects.get(action="incident.step").detail["messages"] == 3


@BOTH
def test_a_department_is_told_by_its_people_and_the_next_step_tells_the_next(sms: GatewayServer) -> None:  # noqa: F811
    health = Department.objects.create(code="health", name_zh="卫健委")
    person("wang", Role.SUPERVISOR, number="13800000001")
    person("doctor", Role.CLERK, number="13800000003", department=health)
    with override_settings(SMS_URL=sms.url, SMS_BODY="{number}"):
        incident = opened()
        boss = Person.objects.get(username="boss")
        incidents.set_step(2, "", "phone", 10, by=boss, department=health)
        assert send_all() == ["sent"]
        assert incidents.fire_due(clock.now() + dt.timedelta(minutes=6)) == 1
        assert send_all() == ["nothing_to_do", "nothing_to_do"], "its time is the moment the step fired"
        Alert.objects.filter(told__level=2).update(next_try_at=clock.now())
        assert send_all() == ["nothing_to_do", "sent"]
    assert [body for _headers, body in sms.taken] == ["13800000001", "13800000003"]
    assert incident.told.count() == 2


@BOTH
def test_a_failure_is_tried_again_soon_and_given_up_at_last(sms: GatewayServer) -> None:  # noqa: F811
    person("wang", Role.SUPERVISOR, number="13800000001")
    sms.answers = [503, 400]
    with override_settings(SMS_URL=sms.url):
        opened()
        alert = Alert.objects.get()
        later: list[dt.datetime] = []
        assert alerting.attempt(alert.pk, later.append) == "again"
        alert.refresh_from_db()
        assert [alert.next_try_at] == later
        assert (alert.state, alert.error, alert.attempts) == ("waiting", "http_503", 1)
        assert dt.timedelta(0) < later[0] - clock.now() <= alerting.PAUSE
        Alert.objects.update(next_try_at=clock.now())
        assert alerting.attempt(alert.pk, later.append) == "failed"
    alert.refresh_from_db()
    assert (alert.state, alert.error) == ("failed", "http_400")


@BOTH
def test_who_took_over_ends_the_messages(sms: GatewayServer) -> None:  # noqa: F811
    wang = person("wang", Role.SUPERVISOR, number="13800000001")
    with override_settings(SMS_URL=sms.url):
        incident = opened()
        incidents.acknowledge(incident, wang)
        assert send_all() == ["nothing_to_do"]
    assert not sms.taken
    assert Alert.objects.get().error == "taken_over"


@override_settings(MESSAGE_SENDERS=[])
def test_a_city_that_sends_no_messages_writes_none() -> None:
    person("wang", Role.SUPERVISOR, email="wang@city.example", number="13800000001")
    assert opened().told.get().alerts.count() == 0


def test_one_s_own_number_is_checked_and_not_journaled() -> None:
    wang = person("wang", Role.SUPERVISOR)
    alerting.set_number(wang, " 138-0000 0001 ")
    assert AlertNumber.objects.get().number == "13800000001"
    with pytest.raises(alerting.AlertNumberError):
        alerting.set_number(wang, "wang@city.example")
    alerting.set_number(wang, "")
    assert not AlertNumber.objects.exists()
    details = [entry.detail for entry in JournalEntry.objects.filter(action="alert.number")]
    assert details == [{"given": True}, {"given": False}]
