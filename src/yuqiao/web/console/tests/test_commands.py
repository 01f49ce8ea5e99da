"""What may be asked of a running call, and by whom."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client

from yuqiao.accounts.models import Department, JournalEntry, Role
from yuqiao.hotline.models import Agreement, CallCommand, Line
from yuqiao.lib.clock import now
from yuqiao.web.console.tests import cast

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def asked() -> list[tuple[str, dict[str, str]]]:
    return list(CallCommand.objects.order_by("id").values_list("kind", "arguments"))


def test_a_supervisor_adds_drops_and_ends_with_journal_entries(client: Client) -> None:
    client.force_login(cast.person("wang", Role.SUPERVISOR))
    call = cast.call(20)
    leg = cast.leg(call, "agent")
    url = f"/calls/{call.pk}/command/"
    for form in ({"ask": "add_party", "line": "12345"}, {"ask": "drop_leg", "leg": leg.pk}, {"ask": "end"}):
        assert client.post(url, form, headers={"accept-language": "en"}).status_code == 302
    assert asked() == [("add_party", {"line": "12345"}), ("drop_leg", {"leg": leg.pk}), ("end", {})]
    entries = JournalEntry.objects.filter(subject_id=str(call.pk)).values_list("action", flat=True)
    assert list(entries) == ["call.add_party", "call.drop_leg", "call.end"]
    page = client.get(f"/calls/{call.pk}/", headers={"accept-language": "en"}).content.decode()
    assert "The call server was asked" in page


def test_her_interpreter_may_while_she_is_on_it(client: Client) -> None:
    helper = cast.interpreter("E-01", "en")
    call = cast.call(20)
    leg = cast.leg(call, "interpreter", interpreter=helper)
    client.force_login(helper.person)
    url = f"/calls/{call.pk}/command/"
    assert client.post(url, {"ask": "add_party", "line": "12345"}).status_code == 302
    leg.ended_at = now()
    leg.save()
    assert client.post(url, {"ask": "end"}).status_code == 403
    assert asked() == [("add_party", {"line": "12345"})]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SUPERVISOR])
def test_nobody_else_may(client: Client, role: Role) -> None:
    client.force_login(cast.person("eve", role))
    assert client.post(f"/calls/{cast.call(20).pk}/command/", {"ask": "end"}).status_code == 403
    assert asked() == []


def test_only_lines_of_the_list_can_be_added(client: Client) -> None:
    client.force_login(cast.person("wang", Role.SUPERVISOR))
    call, quiet = cast.call(20), cast.line("999", agent_contact="")
    url = f"/calls/{call.pk}/command/"
    for number in ("sip:premium@elsewhere.example", "00881", "", quiet.number):
        response = client.post(
            url, {"ask": "add_party", "line": number}, headers={"accept-language": "en"}, follow=True
        )
        assert "Nobody was added" in response.content.decode()
    assert client.post(url, {"ask": "drop_leg", "leg": cast.leg(cast.call(), "agent").pk}).status_code == 404
    assert client.post(url, {"ask": "launch"}).status_code == 400
    assert asked() == []


def test_a_line_is_found_by_its_name_or_by_a_department_that_it_answers_for(client: Client) -> None:
    client.force_login(cast.person("wang", Role.SUPERVISOR))
    call = cast.call(20)
    cast.line("12319", "城建服务", "City works", agent_contact="sip:works@127.0.0.1")
    cast.line("12333", "社保咨询", "Social insurance", agent_contact="sip:social@127.0.0.1")
    water, later = (
        Department.objects.create(code=code, name_zh=name) for code, name in (("w", "水务局"), ("l", "园林局"))
    )
    day, works = dt.date(2021, 7, 1), Line.objects.get(number="12319")
    Agreement.objects.create(line=works, department=water, signed_on=day)
    Agreement.objects.create(line=works, department=later)
    asks = {"12333": "12333", "社保": "12333", " 水务局 ": "12319", "园林局": None, "务": None, "1": None}
    for said, number in asks.items():
        before = len(asked())
        client.post(
            f"/calls/{call.pk}/command/", {"ask": "add_party", "line": said}, headers={"accept-language": "zh-hans"}
        )
        wanted = [] if number is None else [("add_party", {"line": number})]
        assert asked()[before:] == wanted, said
    client.post(
        f"/calls/{call.pk}/command/", {"ask": "add_party", "line": "City works"}, headers={"accept-language": "en"}
    )
    assert asked()[-1] == ("add_party", {"line": "12319"})


def test_a_call_that_is_over_takes_nothing(client: Client) -> None:
    client.force_login(cast.person("wang", Role.SUPERVISOR))
    call = cast.finished_call()
    response = client.post(f"/calls/{call.pk}/command/", {"ask": "end"}, headers={"accept-language": "en"}, follow=True)
    assert "The call is over already" in response.content.decode()
    assert asked() == []


def test_forms_of_other_sites_are_refused() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.person("wang", Role.SUPERVISOR))
    response = client.post(f"/calls/{cast.call(20).pk}/command/", {"ask": "end"}, headers={"accept-language": "en"})
    assert response.status_code == 403
    assert "This form is out of date" in response.content.decode()
    assert asked() == []
