"""Webhooks by the open interface: one's own addresses alone, their log by pages, who hears of which work orders."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.cache import cache
from django.db.models import Q
from django.test import Client

from yuqiao.accounts import tokens
from yuqiao.accounts.models import Department, Person, Role
from yuqiao.accounts.services import create_person, grant_role
from yuqiao.cases import services as cases
from yuqiao.cases.models import WorkOrder
from yuqiao.cases.rules import Side
from yuqiao.hooks import kinds, outbox
from yuqiao.hooks.models import Hook, HookDelivery, HookEvent
from yuqiao.hooks.publishing import publish
from yuqiao.hooks.sending import Sent
from yuqiao.hooks.services import register
from yuqiao.web.console.cases import seen_by
from yuqiao.web.console.gate import Act, may

pytestmark = [pytest.mark.database, pytest.mark.django_db]

WANTED = {"name": "我的系统", "url": "https://partner.example/x", "events": ["service.down"]}


@pytest.fixture(autouse=True)
def _no_requests_counted() -> None:
    cache.clear()


class Partner:
    """A partner's system with a token for this alone."""

    def __init__(self, username: str) -> None:
        self.person = create_person(username, by=None)
        _, secret = tokens.issue(self.person, "x", [tokens.Scope.HOOKS], 30, by=None)
        self._client = Client(headers={"Authorization": f"Bearer {secret}"})

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        data = b"" if body is None else json.dumps(body).encode()
        answer = self._client.generic(method, f"/api/1/hooks{path}", data, content_type="application/json")
        return answer.status_code, answer.json() if answer.content else None


@pytest.fixture
def partner() -> Partner:
    return Partner("partner")


def test_an_address_from_its_registration_to_its_removal(partner: Partner) -> None:
    status, made = partner.ask("POST", "", WANTED)
    assert (status, made["state"], made["events"]) == (201, "on", ["service.down"])
    assert made["secret"].startswith("whsec_")
    here = f"/{made['id']}"
    assert "secret" not in partner.ask("GET", here)[1]
    assert [one["id"] for one in partner.ask("GET", "")[1]] == [made["id"]]
    status, changed = partner.ask("PATCH", here, {"events": ["service.up", "service.down"], "on": False})
    assert (status, changed["events"], changed["state"], changed["url"]) == (
        200, ["service.down", "service.up"], "off", WANTED["url"],
    )  # fmt: skip
    assert partner.ask("POST", here + "/test")[0] == 409
    assert partner.ask("PATCH", here, {"on": True})[1]["state"] == "on"
    assert partner.ask("POST", here + "/secret")[1]["secret"] not in ("", made["secret"])
    assert partner.ask("POST", here + "/test")[0] == 202
    assert partner.ask("DELETE", here) == (204, None)
    assert partner.ask("GET", here)[0] == 404
    assert partner.ask("GET", "")[1] == []


def test_others_see_nothing_of_it(partner: Partner) -> None:
    here = f"/{partner.ask('POST', '', WANTED)[1]['id']}"
    other = Partner("other")
    assert other.ask("GET", "")[1] == []
    for method, path in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/secret"), ("POST", "/test"),
                         ("GET", "/deliveries"), ("POST", "/deliveries/1/again")):  # fmt: skip
        assert other.ask(method, here + path, {} if method == "PATCH" else None)[0] == 404, (method, path)
    assert Hook.objects.get().state == "on"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"url": "http://partner.example/"}, "https"), ({"url": "https://10.0.0.1/"}, "own network"),
     ({"events": []}, "event"),
     ({"name": ""}, "called"), ({"events": ["no.such"]}, "service.down")],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_what_to_mend(partner: Partner, wrong: dict[str, Any], said: str) -> None:
    status, answer = partner.ask("POST", "", WANTED | wrong)
    assert (status, answer["status"], answer["title"]) == (422, 422, "Unprocessable Entity")
    assert said in answer["detail"]
    assert not Hook.objects.exists()


def test_the_log_page_by_page_and_an_event_sent_again(partner: Partner) -> None:
    hook = partner.ask("POST", "", WANTED)[1]["id"]
    for number in range(5):
        publish("service.down", f"service:{number}", {"service": "media", "line": ""}, Q())
    answers = [Sent(200, 4), Sent(error="timeout", ms=10_000)]
    outbox.serve(hook, lambda *_: answers.pop(0))
    first, second = (partner.ask("GET", f"/{hook}/deliveries?limit=3&before={before}")[1] for before in (10**9, 3))
    assert len(first) == 3
    rest = partner.ask("GET", f"/{hook}/deliveries?limit=3&before={first[-1]['id']}")[1]
    assert len(rest) == 2
    assert second is not None
    tried = sorted((one for one in [*first, *rest] if one["attempts"]), key=lambda one: one["id"])
    assert [(one["state"], one["attempts"][0]["status"], one["attempts"][0]["error"]) for one in tried] == [
        ("delivered", 200, ""),
        ("waiting", None, "timeout"),
    ]
    assert partner.ask("POST", f"/{hook}/deliveries/{tried[1]['id']}/again")[0] == 409
    assert partner.ask("POST", f"/{hook}/deliveries/{tried[0]['id']}/again")[0] == 202
    assert HookDelivery.objects.get(pk=tried[0]["id"]).state == "waiting"
    assert partner.ask("GET", f"/{hook}/deliveries?limit=1000")[0] == 422


def test_who_is_told_of_a_work_order_is_who_may_see_it() -> None:
    office, other = (Department.objects.create(code=code, name_zh=code) for code in ("housing", "health"))
    people: list[Person] = []
    for role in Role:
        for department in (None, office, other):
            made = create_person(f"{role.value}-{department or ''}", by=None)
            grant_role(made, role, by=None)
            made.department = department
            made.save(update_fields=["department"])
            people.append(made)
    of_cases = [name for name in kinds.BY_NAME if name.startswith("case.")]
    for one in people:
        register(one, "x", "https://partner.example/", of_cases, by=None)
    boss = next(one for one in people if one.username.startswith("supervisor"))
    order = cases.open_order(office, "urgent", "漏水", "三楼漏水", cases.Origin(language="en"), by=boss)
    clerk = next(one for one in people if one.username == "clerk-housing")
    cases.do(order, "accept", "", side=Side.DEPARTMENT, by=clerk)
    allowed = {one.pk for one in people if may(one, Act.SEE_CASES) and seen_by(one).filter(pk=order.pk).exists()}
    for event in HookEvent.objects.all():
        assert set(event.deliveries.values_list("hook__person", flat=True)) == allowed
        assert "漏水" not in repr(event.data)
    cases.do(order, "return", "不属于本部门", side=Side.DEPARTMENT, by=clerk)
    cases.do(order, "reassign", "", side=Side.CENTRE, by=boss, department=other)
    moved = HookEvent.objects.get(kind="case.assigned", data__department="health")
    assert moved.data == {"id": order.pk, "state": "open", "department": "health"}
    told = set(moved.deliveries.values_list("hook__person__username", flat=True))
    assert {"clerk-housing", "clerk-health"} <= told, "whoever had it hears that it is theirs no more"
    assert WorkOrder.objects.get().department == other
    kinds_told = list(HookEvent.objects.order_by("at").values_list("kind", flat=True))
    assert kinds_told == ["case.assigned", "case.changed", "case.changed", "case.assigned"]


def test_the_description_tells_every_event_with_its_headers() -> None:
    told = Client().get("/api/1/openapi.json").json()["webhooks"]
    assert set(told) == {*kinds.BY_NAME, "hook.test"}
    answered = told["request.answered"]["post"]
    body = answered["requestBody"]["content"]["application/json"]
    assert body["example"]["data"] == {"id": 81, "state": "talking", "outcome": ""}
    assert {one["name"] for one in answered["parameters"]} == {"webhook-id", "webhook-timestamp", "webhook-signature"}
