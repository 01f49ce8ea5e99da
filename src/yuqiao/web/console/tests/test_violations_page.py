"""The register's page: judged by who may, appealed by whose it is, the figure leads to it, and nobody else sees it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from yuqiao.accounts.models import Role
from yuqiao.hotline.models import Recording, Violation
from yuqiao.lib.clock import now
from yuqiao.web.console.tests import cast
from yuqiao.workforce.models import Interpreter

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def li(db: None) -> Interpreter:
    return cast.interpreter("E-01", "en")


@pytest.fixture
def zhou(client: Client) -> Client:
    client.force_login(cast.person("zhou", Role.SUPERVISOR))
    return client


def proposed(li: Interpreter, **more: object) -> Violation:
    call = cast.finished_call()
    defaults = {"kind": "missed_ring", "happened_at": call.started_at, "proposed_at": now()}
    return Violation.objects.create(interpreter=li, call=call, **defaults | more)


def page(client: Client, path: str = "/violations/") -> str:
    response = client.get(path, headers={"accept-language": "en"})
    assert response.status_code == 200
    return response.content.decode()


def test_judged_contested_and_annulled(zhou: Client, li: Interpreter) -> None:
    case = proposed(li)
    assert f'id="v{case.pk}"' in page(zhou)
    zhou.post("/violations/change/", {"ask": "confirm", "case": case.pk, "rule": "3.2", "reason": "<no answer>"})
    text = page(zhou, "/violations/?state=confirmed")
    assert "&lt;no answer&gt;" in text
    own = Client()
    own.force_login(li.person)
    assert "My violations: 1" in page(own, "/")
    assert "Rang in vain" in page(own, "/violations/mine/")
    assert 'href="/desk/"' in page(own, "/violations/mine/"), "also when who watches has the board for a home"
    own.post("/violations/mine/appeal/", {"case": case.pk, "why": "broken phone"})
    said = zhou.post("/violations/change/", {"ask": "grant", "case": case.pk, "reason": "ok"}, follow=True)
    assert Violation.objects.get().state == "confirmed", "she who confirmed cannot hear the appeal"
    assert "problem" in said.content.decode() or "error" in said.content.decode()
    other = Client()
    other.force_login(cast.person("wu", Role.PROJECT_MANAGER))
    other.post("/violations/change/", {"ask": "grant", "case": case.pk, "reason": "repaired since"})
    assert Violation.objects.get().state == "annulled"


def test_entered_with_a_position_in_the_recording(zhou: Client, li: Interpreter) -> None:
    call = cast.finished_call()
    form = {
        "ask": "enter",
        "call": f"https://host/calls/{call.pk}/",
        "interpreter": "E-01",
        "kind": "rude",
        "note": "x",
    }
    zhou.post("/violations/change/", form | {"position": "1:05"})
    assert not Violation.objects.exists(), "no recording to point into"
    Recording.objects.create(call=call, kind="mix", name="mix", created_at=now())
    zhou.post("/violations/change/", form | {"position": "1:05"})
    assert Violation.objects.get().position_ms == 65_000
    assert "1:05" in page(zhou)


def test_the_figure_leads_to_its_cases(zhou: Client, li: Interpreter) -> None:
    case = proposed(li, state="confirmed")
    year = timezone.localtime(case.happened_at).year
    assert f"/violations/?case={case.pk}" in page(zhou, f"/statistics/violations/numerator/?period={year}")
    assert f'id="v{case.pk}"' in page(zhou, f"/violations/?case={case.pk}")


def test_who_may_do_what(client: Client, li: Interpreter) -> None:
    case = proposed(li)
    client.force_login(cast.person("auditor", Role.AUDITOR))
    assert "Enter a case" not in page(client)
    assert client.post("/violations/change/", {"ask": "dismiss"}).status_code == 403
    assert client.get("/violations/mine/").status_code == 404
    client.force_login(li.person)
    assert client.get("/violations/").status_code == 403
    assert "Rang in vain" not in page(client, "/violations/mine/"), "what nobody judged is no case yet"
    assert client.post("/violations/change/", {"ask": "dismiss", "case": case.pk}).status_code == 403
    wang = cast.interpreter("E-02", "en")
    Violation.objects.update(state="confirmed")
    client.force_login(wang.person)
    client.post("/violations/mine/appeal/", {"case": case.pk, "why": "not mine"})
    assert Violation.objects.get().appealed_at is None


@pytest.mark.parametrize("path", ["/violations/?state=x", "/violations/?case=99999999", "/violations/"])
def test_odd_addresses(zhou: Client, path: str) -> None:
    assert zhou.get(path).status_code == (404 if path.endswith("=x") else 200)
    assert zhou.post("/violations/change/", {"ask": "x"}).status_code == 404
