"""Policies, domains and profiles on their pages; and the call's page says why she was rung and why it took so long."""

from __future__ import annotations

import datetime as dt
import html

import pytest
from django.test import Client

from yuqiao.accounts.models import JournalEntry, Role
from yuqiao.hotline.models import Call, InterpreterRequest, RoutingDecision
from yuqiao.hotline.routing_tables import policies
from yuqiao.lib.clock import now
from yuqiao.web.console.tests import cast
from yuqiao.workforce.models import Interpreter

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def zhou(client: Client) -> Client:
    client.force_login(cast.person("zhou", Role.SUPERVISOR, name="周静"))
    return client


def page(client: Client, path: str, language: str = "en") -> str:
    response = client.get(path, headers={"accept-language": language})
    assert response.status_code == 200
    return html.unescape(response.content.decode())


def filled(client: Client, path: str) -> dict[str, object]:
    """Return the form of a page as a browser would send it."""
    form = client.get(path).context["form"]
    values = {field.name: field.value() for field in form}
    return {name: value for name, value in values.items() if value not in (None, False)}


def test_a_policy_is_shown_changed_and_told_by_the_journal(zhou: Client) -> None:
    assert "Emergency lines" in page(zhou, "/routing/")
    values = filled(zhou, "/routing/government/")
    response = zhou.post("/routing/government/", values | {"ring_first": "2", "rest_after": ""})
    assert response.status_code == 302
    policy = policies(now().timestamp()).of("government")
    assert (policy.ring_first, policy.rest_after, policy.off_duty) == (2, None, True)
    text = page(zhou, "/routing/")
    assert "<b>2</b>" in text
    assert "Rung at once: 1 → 2" in text
    assert "周静" in text or "zhou" in text


def test_a_policy_that_makes_no_sense_is_not_written(zhou: Client) -> None:
    values = filled(zhou, "/routing/public/")
    for wrong in ({"ring_first": "9", "ring_most": "3"}, {"ring_every": "0"}, {"gender_after": ""}):
        response = zhou.post("/routing/public/", values | wrong)
        assert response.status_code == 200
        assert b'role="alert"' in response.content
    assert not JournalEntry.objects.filter(action="routing.policy").exists()
    assert zhou.get("/routing/nothing/").status_code == 404


def test_a_lines_domain_is_set(zhou: Client) -> None:
    cast.line("12345")
    zhou.post("/routing/domain/", {"line": "12345", "domain": "legal", "gender": "f", "level": "2"})
    zhou.post("/routing/domain/", {"line": "12345", "domain": "nothing"})
    zhou.post("/routing/domain/", {"line": "12345", "level": "nothing"})
    text = page(zhou, "/routing/")
    assert "Legal · Woman · level 2 or higher" in text
    assert "Domain: none → Legal" in text
    assert "Gender: none → Woman" in text
    assert JournalEntry.objects.filter(action="routing.domain").count() == 1


def test_a_profile_is_changed_and_the_mobile_stays_out_of_the_journal(zhou: Client) -> None:
    cast.interpreter("1001", "en")
    values = filled(zhou, "/interpreters/1001/") | {
        "tier": "volunteer",
        "domains": ["medical", "legal"],
        "barred_lines": "110, emergency",
        "mobile": "sip:13800000000@trunk",
        "mobile_days": ["6", "7"],
        "mobile_begins": "18:00",
        "mobile_ends": "23:30",
    }
    assert zhou.post("/interpreters/1001/", values).status_code == 302
    row = Interpreter.objects.get()
    assert (row.tier, row.domains, row.barred_lines) == ("volunteer", ",medical,legal,", ",110,emergency,")
    assert (row.mobile_days, row.mobile_begins, row.mobile_ends) == ("67", 1080, 1410)
    text = page(zhou, "/interpreters/")
    assert "Volunteer" in text
    assert "Sat Sun 18:00–23:30" in text
    assert "13800000000" not in str(JournalEntry.objects.get(action="workforce.profile").detail)
    history = page(zhou, "/interpreters/1001/")
    assert "Post: Resident → Volunteer" in history


def test_a_profile_that_makes_no_sense_is_not_written(zhou: Client) -> None:
    cast.interpreter("1001", "en")
    values = filled(zhou, "/interpreters/1001/")
    for wrong in ({"mobile": "13800000000"}, {"mobile": "sip:1@trunk"}, {"only_lines": "12%"}, {"tier": "nothing"}):
        response = zhou.post("/interpreters/1001/", values | wrong)
        assert response.status_code == 200
        assert b'role="alert"' in response.content
    assert not JournalEntry.objects.filter(action="workforce.profile").exists()


def test_who_only_watches_sees_policies_and_neither_changes_them_nor_sees_mobiles(client: Client) -> None:
    client.force_login(cast.person("qian", Role.AUDITOR))
    assert "/routing/government/" not in page(client, "/routing/")
    assert client.get("/routing/government/").status_code == 403
    assert client.post("/routing/domain/").status_code == 403
    assert client.get("/interpreters/").status_code == 403


def decided() -> Call:
    """A call whose first phone rang after 10 s in vain and whose second one answered."""
    call = cast.call(60)
    first, second = cast.interpreter("1001", "en"), cast.interpreter("1002", "en")
    begun = call.started_at
    request = InterpreterRequest.objects.create(
        call=call,
        language="en",
        created_at=begun,
        state="answered",
        interpreter=second,
        first_rung_at=begun + dt.timedelta(seconds=10),
        settled_at=begun + dt.timedelta(seconds=17),
    )
    wish = {"domain": "medical", "gender": "", "level": 1, "target": "zh"}
    common = {"class": "government", "cover": "resident", "opens": {}, "ahead": 0, "again": 10.0, "wish": wish}
    kept = [first.pk, "1001", "resident", "domain", 700, 3, 10.0, 0]
    RoutingDecision.objects.create(
        request=request,
        at=begun,
        waited_ms=3,
        outcome="wait",
        facts=common | {"given_up": [], "counts": {"domain": 2, "busy": 1}, "best": [kept]},
    )
    chosen = [second.pk, "1002", "resident", "chosen", 300, 2, 10.0, 1]
    tried = [first.pk, "1001", "resident", "tried", 700, 3, None, 0]
    RoutingDecision.objects.create(
        request=request,
        at=begun + dt.timedelta(seconds=14),
        waited_ms=14000,
        outcome="rung",
        chosen=[second.pk],
        step=1,
        facts=common
        | {
            "given_up": ["domain"],
            "counts": {"chosen": 1, "behind": 2, "tried": 1, "busy": 1},
            "best": [chosen, tried],
        },
    )
    leg = cast.leg(call, "interpreter", after=10, up=False, interpreter=first)
    leg.ended_at = begun + dt.timedelta(seconds=14)
    leg.save()
    leg = cast.leg(call, "interpreter", after=14, interpreter=second)
    leg.answered_at = begun + dt.timedelta(seconds=17)
    leg.save()
    return call


def test_the_call_says_why_her_and_why_it_took_so_long(zhou: Client) -> None:
    call = decided()
    text = page(zhou, f"/calls/{call.pk}/", "zh-hans")
    assert (
        "为何是 1002：常驻；曾服务该来电人；在 3 名可振铃者中排第一（已空闲 5 分钟）；"
        "1 人正在他处振铃或通话；1 人已试过；已放宽“医疗”专业要求。"
    ) in text
    assert (
        "为何用了 17 秒：等待 10 秒 才有人可振铃（先留给医疗专业的译员）；"
        "1001 振铃 4.0 秒 未接；1002 振铃 3.0 秒 后接听。"
    ) in text
    assert "当时的派接决定" in text
    assert "暂非该专业" in text


def test_nobody_there_is_said(zhou: Client) -> None:
    call = cast.call(60, phase="ended", outcome="callback", ended_at=now())
    request = InterpreterRequest.objects.create(
        call=call, language="en", created_at=call.started_at, state="unmet", settled_at=call.started_at
    )
    RoutingDecision.objects.create(
        request=request,
        at=call.started_at,
        waited_ms=0,
        outcome="nobody",
        reason="off_hours",
        facts={"cover": "none", "given_up": [], "counts": {}, "best": [], "again": None, "wish": {}},
    )
    assert "Nobody was rung: outside the service hours, nobody signed on." in page(zhou, f"/calls/{call.pk}/")
