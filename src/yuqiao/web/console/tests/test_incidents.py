"""Incidents on the pages: who sees them, the clock that fires the next step, taking over, closing with the report."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from yuqiao.accounts.models import JournalEntry, Role
from yuqiao.hotline import incidents
from yuqiao.hotline.models import Alert, CallCommand, FloorManager, Incident, LadderStep, Told
from yuqiao.lib.clock import now
from yuqiao.web.console.tests import cast

pytestmark = [pytest.mark.database, pytest.mark.django_db]

ENGLISH = {"accept-language": "en"}


def ladder() -> None:
    wang = cast.person("ladder", Role.PROJECT_MANAGER)
    incidents.set_step(1, "supervisor", "board", 5, by=wang)
    incidents.set_step(2, "project_manager", "ring", 10, by=wang)


def opened(**more: object) -> Incident:
    return incidents.open_by_hand("medical", "心梗，已转120", by=cast.person("opener", Role.SUPERVISOR), **more)  # type: ignore[arg-type]


def test_the_next_step_fires_when_nobody_took_over_in_time_and_each_fires_once() -> None:
    ladder()
    incident = opened(call=cast.call(20))
    assert (incident.told.count(), incidents.fire_due(now())) == (1, 0)
    assert incidents.fire_due(now() + dt.timedelta(minutes=6)) == 1
    assert incidents.fire_due(now() + dt.timedelta(minutes=6)) == 0
    assert list(Told.objects.values_list("level", "role", "way")) == [
        (1, "supervisor", "board"),
        (2, "project_manager", "ring"),
    ]
    assert CallCommand.objects.get().kind == "call_manager", "the second step rings into the call"
    assert incidents.fire_due(now() + dt.timedelta(minutes=30)) == 0
    incident.refresh_from_db()
    assert (incident.level, incident.due_at) == (2, None), "the ladder is at its end, and the board says so"


def test_who_takes_over_stops_the_ladder_once(client: Client) -> None:
    ladder()
    incident = opened()
    client.force_login(cast.person("wang", Role.SUPERVISOR))
    for said in ("You have taken it over", "Not done"):
        page = client.post(f"/incidents/{incident.pk}/acknowledge/", headers=ENGLISH, follow=True).content.decode()
        assert said in page
    assert incidents.fire_due(now() + dt.timedelta(hours=1)) == 0
    assert JournalEntry.objects.filter(action="incident.acknowledge").count() == 1


def test_an_incident_is_closed_with_all_three_parts_of_its_report_only(client: Client) -> None:
    incident = opened()
    client.force_login(cast.person("wang", Role.SUPERVISOR))
    url = f"/incidents/{incident.pk}/report/"
    client.post(url, {"happened": "a", "handled": " ", "plan": "c", "close": "1"})
    incident.refresh_from_db()
    assert (incident.closed_at, incident.happened) == (None, "")
    client.post(url, {"happened": "a", "handled": "", "plan": ""})
    client.post(url, {"happened": "a", "handled": "b", "plan": "c", "close": "1"})
    incident.refresh_from_db()
    assert incident.closed_at is not None
    assert incident.acknowledged_by == incident.closed_by
    client.post(url, {"happened": "other", "handled": "b", "plan": "c"})
    incident.refresh_from_db()
    assert incident.happened == "a", "a closed report stays as it is"
    assert list(JournalEntry.objects.filter(action__startswith="incident.").values_list("action", flat=True)) == [
        "incident.open",
        "incident.report",
        "incident.close",
    ]


def test_the_board_shouts_until_somebody_takes_over(client: Client) -> None:
    incident = opened(call=cast.call(20))
    client.force_login(cast.person("wang", Role.SUPERVISOR))
    assert "Medical emergency" in client.get("/board/", headers=ENGLISH).content.decode()
    incidents.acknowledge(incident, cast.person("li", Role.SUPERVISOR))
    assert "Medical emergency" not in client.get("/board/", headers=ENGLISH).content.decode()


def test_a_special_case_is_entered_on_the_page_of_its_call_and_stands_there(client: Client) -> None:
    call = cast.call(20)
    client.force_login(cast.person("wang", Role.SUPERVISOR))
    assert "Enter a special case" in client.get(f"/calls/{call.pk}/", headers=ENGLISH).content.decode()
    client.post("/incidents/open/", {"kind": "consular", "subject": "passport lost", "call": str(call.pk)})
    assert Incident.objects.get().call == call
    assert client.post("/incidents/open/", {"kind": "other", "subject": "x", "call": "none"}).status_code == 404
    assert "Consular matter" in client.get(f"/calls/{call.pk}/", headers=ENGLISH).content.decode()
    client.force_login(cast.person("keeper", Role.ADMINISTRATOR))
    assert "Consular matter" not in client.get(f"/calls/{call.pk}/", headers=ENGLISH).content.decode()


def test_the_ladder_and_the_duty_are_set_on_the_page_and_nonsense_is_refused(client: Client) -> None:
    wang = cast.person("wang", Role.SUPERVISOR)
    client.force_login(wang)
    step = {"level": "1", "told": "role:supervisor", "way": "board", "minutes": "5"}
    client.post("/incidents/ladder/", step)
    for wrong in (
        {"minutes": "0"},
        {"way": "pigeon"},
        {"told": "role:king"},
        {"told": "department:none"},
        {"level": "x"},
    ):
        assert (
            "Not done" in client.post("/incidents/ladder/", step | wrong, headers=ENGLISH, follow=True).content.decode()
        )
    assert LadderStep.objects.count() == 1
    client.post("/incidents/duty/", {"on": "1", "contact": "sip:9001@exchange.example"})
    assert incidents.manager_contact() == "sip:9001@exchange.example"
    client.post("/incidents/duty/", {"on": "1", "contact": "javascript:1"})
    assert incidents.manager_contact() == "sip:9001@exchange.example"
    page = client.post("/incidents/duty/", {"on": "0"}, headers=ENGLISH, follow=True).content.decode()
    assert "You are off duty" in page
    assert FloorManager.objects.get().on_duty_since is None
    client.post("/incidents/ladder/", {"level": "1", "drop": "1"})
    assert not LadderStep.objects.exists()


@pytest.mark.parametrize("role", list(Role))
def test_least_privilege(client: Client, role: Role) -> None:
    incident = opened()
    client.force_login(cast.person("eve", role))
    sees = role in {Role.SUPERVISOR, Role.PROJECT_MANAGER, Role.AUDITOR}
    assert client.get("/incidents/").status_code == (200 if sees else 403)
    assert client.get(f"/incidents/{incident.pk}/").status_code == (200 if sees else 403)
    handles = role in {Role.SUPERVISOR, Role.PROJECT_MANAGER}
    for path in (f"{incident.pk}/acknowledge", f"{incident.pk}/report", "open", "ladder", "duty"):
        allowed = handles and (path != "duty" or role is Role.SUPERVISOR)
        assert client.post(f"/incidents/{path}/").status_code == (302 if allowed else 403)


def test_the_page_says_what_became_of_the_messages_and_keeps_one_s_number(client: Client) -> None:
    ladder()
    incident = opened()
    wang = cast.person("wang", Role.SUPERVISOR)
    told = incident.told.get()
    for sender, state in (("sms", "sent"), ("email", "failed")):
        Alert.objects.create(told=told, person=wang, sender=sender, state=state)
    client.force_login(wang)
    page = client.get(f"/incidents/{incident.pk}/", headers=ENGLISH).content.decode()
    assert "1 messages sent, 0 under way, 1 not sent" in page
    said = client.post("/incidents/number/", {"number": "13800000001"}, headers=ENGLISH, follow=True)
    assert 'value="13800000001"' in said.content.decode()
    wrong = client.post("/incidents/number/", {"number": "call me"}, headers=ENGLISH, follow=True).content.decode()
    assert "This is no telephone number" in wrong
    client.force_login(cast.person("li", Role.INTERPRETER))
    assert client.post("/incidents/number/", {"number": "1"}).status_code == 403
