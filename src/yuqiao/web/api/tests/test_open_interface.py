"""The open interface as a partner's system meets it: tokens and scopes, requests, work orders, figures."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from yuqiao.accounts import tokens
from yuqiao.accounts.models import ApiToken, Department, JournalEntry, Person, Role
from yuqiao.accounts.services import create_person, grant_role
from yuqiao.cases.models import WorkOrder
from yuqiao.cases.services import Origin, open_order
from yuqiao.hotline.models import Call, InterpreterRequest, Line, Order, RequestState
from yuqiao.lib.clock import now
from yuqiao.workforce.models import Interpreter, InterpreterLanguage

pytestmark = [pytest.mark.database, pytest.mark.django_db]

WISH = {"number": "01065120000", "language": "ar", "line": "12345", "note": "住院手续"}


@pytest.fixture(autouse=True)
def _no_requests_counted() -> None:
    cache.clear()


def person(username: str, role: Role, department: Department | None = None) -> Person:
    made = create_person(username, by=None)
    grant_role(made, role, by=None)
    made.department = department
    made.save(update_fields=["department"])
    return made


@pytest.fixture
def boss() -> Person:
    return person("boss", Role.SUPERVISOR)


@pytest.fixture
def line() -> Line:
    return Line.objects.create(number="12345", name_zh="政务热线", line_class="government")


class Partner:
    """A partner's system with one token."""

    def __init__(self, of: Person, *scopes: tokens.Scope) -> None:
        self.token, self.secret = tokens.issue(of, "12345's system", scopes, 30, by=None)
        self._client = Client(headers={"Authorization": f"Bearer {self.secret}"})

    def get(self, path: str, **query: str) -> tuple[int, Any]:
        answer = self._client.get(f"/api/1{path}", query)
        return answer.status_code, answer.json()

    def send(self, method: str, path: str, body: object = None, key: str = "") -> tuple[int, Any]:
        headers = {"Idempotency-Key": key} if key else {}
        answer = self._client.generic(
            method, f"/api/1{path}", data=self._as_json(body), content_type="application/json", headers=headers
        )
        return answer.status_code, answer.json()

    @staticmethod
    def _as_json(body: object) -> bytes:
        import json  # noqa: PLC0415

        return b"" if body is None else json.dumps(body).encode()


def test_without_a_token_or_with_one_for_something_else_nothing_opens(boss: Person) -> None:
    assert Client().get("/api/1/languages").status_code == 401
    assert Client(headers={"Authorization": "Bearer yuqiao_x"}).get("/api/1/languages").status_code == 401
    partner = Partner(boss, tokens.Scope.FIGURES)
    status, said = partner.get("/languages")
    assert status == 403
    assert "status" in said["detail"]


@pytest.mark.parametrize("how", ["revoked", "over", "person gone"])
def test_a_token_that_is_no_longer_valid_opens_nothing(boss: Person, how: str) -> None:
    partner = Partner(boss, tokens.Scope.STATUS)
    assert partner.get("/languages")[0] == 200
    if how == "revoked":
        tokens.revoke(partner.token, by=boss)
        assert JournalEntry.objects.filter(action="token.revoke").exists()
    elif how == "over":
        ApiToken.objects.update(expires_at=now())
    else:
        Person.objects.filter(pk=boss.pk).update(is_active=False)
    assert partner.get("/languages")[0] == 401


def test_the_secret_is_kept_nowhere_and_its_use_is_noted(boss: Person) -> None:
    partner = Partner(boss, tokens.Scope.STATUS)
    partner.get("/languages")
    token = ApiToken.objects.get()
    assert token.used_at is not None
    assert partner.secret not in repr(list(ApiToken.objects.values()))
    assert partner.secret not in repr(list(JournalEntry.objects.values()))


def test_who_asks_too_often_waits_and_others_do_not(boss: Person, settings: Any) -> None:
    settings.API_PER_MINUTE = 3
    eager, patient = Partner(boss, tokens.Scope.STATUS), Partner(boss, tokens.Scope.STATUS)
    codes = [eager.get("/languages")[0] for _ in range(8)]  # a minute may turn in between, once
    assert 429 in codes
    assert patient.get("/languages")[0] == 200


def test_every_answer_tells_how_often_one_may_still_ask_and_refusals_are_problem_details(
    boss: Person, settings: Any
) -> None:
    settings.API_PER_MINUTE = 2
    client = Client(headers={"Authorization": f"Bearer {Partner(boss, tokens.Scope.STATUS).secret}"})
    answers = [client.get("/api/1/languages") for _ in range(6)]  # a minute may turn in between, once
    first, refused = answers[0], next(one for one in answers if one.status_code == 429)
    assert first["RateLimit-Policy"] == '"minute";q=2;w=60'
    assert first["RateLimit"].startswith('"minute";r=1;t=')
    assert refused["RateLimit"].startswith('"minute";r=0;t=')
    assert 0 < int(refused["Retry-After"]) <= 60
    assert refused["Content-Type"] == "application/problem+json"
    assert (refused.json()["status"], refused.json()["title"]) == (429, "Too Many Requests")
    stranger = Client().get("/api/1/languages")
    assert stranger["WWW-Authenticate"].startswith("Bearer ")
    assert stranger["Content-Type"] == "application/problem+json"


def test_each_language_says_who_is_free_and_who_waits(boss: Person, line: Line) -> None:
    at = now()
    for number, state in (("1", "ready"), ("2", "busy")):
        made = Interpreter.objects.create(
            person=create_person(f"i{number}", by=None), number=number, contact="sip:x@y", state=state, state_since=at
        )
        InterpreterLanguage.objects.create(interpreter=made, language="ar", level=2)
    call = Call.objects.create(line=line, dialled="12345", started_at=at)
    InterpreterRequest.objects.create(call=call, language="ar", created_at=at)
    for seconds in (4, 10, 30):
        began = at - dt.timedelta(minutes=5)
        InterpreterRequest.objects.create(
            call=call,
            language="ar",
            created_at=began,
            settled_at=began + dt.timedelta(seconds=seconds),
            state=RequestState.ANSWERED,
        )
    _, languages = Partner(boss, tokens.Scope.STATUS).get("/languages")
    arabic = next(one for one in languages if one["code"] == "ar")
    assert (arabic["ready"], arabic["waiting"], arabic["median_wait_seconds"]) == (1, 1, 10.0)
    assert next(one for one in languages if one["code"] == "ja")["median_wait_seconds"] is None


def test_asking_twice_under_one_key_is_one_request(boss: Person, line: Line) -> None:
    partner = Partner(boss, tokens.Scope.REQUEST)
    first, second = (partner.send("POST", "/requests", WISH, key="a-1") for _ in range(2))
    assert (first[0], second[0]) == (201, 200)
    assert first[1]["id"] == second[1]["id"]
    order = Order.objects.get()
    assert (order.number, order.language, order.line) == ("01065120000", "ar", line)
    assert order.asked_by == boss
    assert first[1]["state"] == "waiting"
    assert JournalEntry.objects.filter(action="order.arrange").count() == 1
    status, said = partner.send("POST", "/requests", WISH | {"language": "ja"}, key="a-1")
    assert status == 409
    assert "another wish" in said["detail"]


def test_a_request_is_followed_to_its_end_and_taken_back(boss: Person, line: Line) -> None:
    partner = Partner(boss, tokens.Scope.REQUEST)
    _, made = partner.send("POST", "/requests", WISH, key="a-1")
    order = Order.objects.get()
    order.running = call = Call.objects.create(line=line, dialled="x", started_at=now())
    order.save()
    assert partner.get(f"/requests/{made['id']}")[1]["state"] == "calling"
    call.interpreter_at = now()
    call.save()
    talking = partner.get(f"/requests/{made['id']}")[1]
    assert (talking["state"], talking["call"]) == ("talking", str(call.pk))
    assert partner.send("DELETE", f"/requests/{made['id']}")[0] == 409
    order.running = None
    order.save()
    assert [partner.send("DELETE", f"/requests/{made['id']}")[1]["outcome"] for _ in range(2)] == ["cancelled"] * 2


def test_ones_own_requests_are_listed_page_by_page(boss: Person, line: Line) -> None:
    partner = Partner(boss, tokens.Scope.REQUEST)
    made = [partner.send("POST", "/requests", WISH, key=f"a-{number}")[1]["id"] for number in range(3)]
    client = Client(headers={"Authorization": f"Bearer {partner.secret}"})
    first = client.get("/api/1/requests", {"limit": 2})
    assert [one["id"] for one in first.json()] == made[:0:-1]
    assert first["Link"] == f'</api/1/requests?limit=2&before={made[1]}>; rel="next"'
    last = client.get(first["Link"].partition("<")[2].partition(">")[0])
    assert ([one["id"] for one in last.json()], "Link" in last) == (made[:1], False)
    assert [one["key"] for one in partner.get("/requests", key="a-1")[1]] == ["a-1"]
    other = Partner(person("other", Role.SUPERVISOR), tokens.Scope.REQUEST)
    assert other.get("/requests") == (200, [])


def test_another_partner_sees_nothing_of_it(boss: Person, line: Line) -> None:
    _, made = Partner(boss, tokens.Scope.REQUEST).send("POST", "/requests", WISH, key="a-1")
    other = Partner(person("other", Role.SUPERVISOR), tokens.Scope.REQUEST)
    assert other.get(f"/requests/{made['id']}")[0] == 404
    assert other.send("DELETE", f"/requests/{made['id']}")[0] == 404
    assert other.send("POST", "/requests", WISH, key="a-1")[0] == 201, "keys are each partner's own"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"number": "sip:x@y"}, "number"),
        ({"language": "xx"}, "language"),
        ({"line": "nobody's"}, "line"),
        ({"with_agent": True}, "with_agent"),
        ({"begins_at": "2001-01-01T00:00:00Z"}, "begins_at"),
        ({"begins_at": "soon"}, "begins_at"),
        ({"note": "x" * 301}, "note"),
    ],
)
def test_what_cannot_be_is_refused_with_what_to_mend(
    boss: Person, line: Line, wrong: dict[str, object], said: str
) -> None:
    status, answer = Partner(boss, tokens.Scope.REQUEST).send("POST", "/requests", WISH | wrong, key="a-1")
    assert status == 422
    assert said in answer["detail"]
    assert not Order.objects.exists()


def test_a_wish_without_a_key_is_refused(boss: Person, line: Line) -> None:
    status, answer = Partner(boss, tokens.Scope.REQUEST).send("POST", "/requests", WISH)
    assert status == 422
    assert "Idempotency-Key" in answer["detail"]


@pytest.fixture
def orders(boss: Person) -> list[WorkOrder]:
    offices = [Department.objects.create(code=code, name_zh=code) for code in ("housing", "health")]
    return [open_order(one, "urgent", "漏水", "三楼漏水", Origin(language="en"), by=boss) for one in offices]


def test_a_department_sees_and_answers_its_own_work_orders(orders: list[WorkOrder]) -> None:
    own, foreign = orders
    partner = Partner(person("clerk", Role.CLERK, own.department), tokens.Scope.CASES)
    status, found = partner.get("/cases")
    assert status == 200
    assert [one["number"] for one in found] == [own.number]
    assert found[0]["possible"][0] == "accept"
    assert partner.get(f"/cases/{foreign.pk}")[0] == 404
    assert partner.send("POST", f"/cases/{foreign.pk}/acts", {"act": "accept"})[0] == 404
    assert partner.send("POST", f"/cases/{own.pk}/acts", {"act": "answer", "text": "x"})[0] == 409, "not accepted yet"
    assert partner.send("POST", f"/cases/{own.pk}/acts", {"act": "accept"})[1]["state"] == "accepted"
    assert partner.send("POST", f"/cases/{own.pk}/acts", {"act": "answer"})[0] == 409, "an answer says something"
    answered = partner.send("POST", f"/cases/{own.pk}/acts", {"act": "answer", "text": "已修好"})[1]
    assert answered["state"] == "answered"
    assert [one["act"] for one in answered["events"]] == ["open", "accept", "answer"]
    assert partner.send("POST", f"/cases/{own.pk}/acts", {"act": "close"})[0] == 409, "the centre closes"
    assert partner.get("/cases", state="answered")[1][0]["id"] == own.pk
    assert partner.get("/cases", state="nonsense")[0] == 422
    later = (now() + dt.timedelta(hours=1)).isoformat()
    assert partner.get("/cases", changed_since=later)[1] == []


def test_work_orders_come_page_by_page_each_once(boss: Person) -> None:
    office = Department.objects.create(code="housing", name_zh="x")
    made = {open_order(office, kind, "漏水", "x", Origin(), by=boss).pk for kind in ("normal", "urgent", "normal")}
    client = Client(headers={"Authorization": f"Bearer {Partner(boss, tokens.Scope.CASES).secret}"})
    url, seen = "/api/1/cases?limit=2", list[int]()
    while url:
        answer = client.get(url)
        seen += [one["id"] for one in answer.json()]
        url = answer.get("Link", "").partition("<")[2].partition(">")[0]
    assert (set(seen), len(seen)) == (made, 3)
    assert client.get("/api/1/cases?after=999999").status_code == 422


def test_a_token_opens_no_more_than_its_person_may(orders: list[WorkOrder]) -> None:
    partner = Partner(person("expert", Role.EXPERT), tokens.Scope.CASES, tokens.Scope.FIGURES)
    assert partner.get("/cases")[0] == 403
    assert partner.get("/figures", period="2026")[0] == 403


def test_figures_are_those_of_the_pages(boss: Person, line: Line) -> None:
    at = now()
    Call.objects.create(line=line, dialled="12345", started_at=at, language="en")
    partner = Partner(boss, tokens.Scope.FIGURES)
    status, figures = partner.get("/figures", period=f"{timezone.localtime(at):%Y}")
    assert status == 200
    assert next(one for one in figures if one["code"] == "calls")["numerator"] == 1
    assert partner.get("/figures", period=f"{timezone.localtime(at):%Y}", language="ja")[1][0]["numerator"] == 0
    for wrong in ({"period": "lately"}, {"period": "2026", "line": "1"}, {"period": "2026", "language": "xx"}):
        assert partner.get("/figures", **wrong)[0] == 422


def test_the_description_is_openapi_3_1_with_examples() -> None:
    told = Client().get("/api/1/openapi.json").json()
    assert told["openapi"].startswith("3.1")
    operations = {(path, method) for path, ways in told["paths"].items() for method in ways}
    assert ("/api/1/requests", "post") in operations
    assert {path for path, _ in operations} == {
        "/api/1/languages",
        "/api/1/requests",
        "/api/1/requests/{request_id}",
        "/api/1/cases",
        "/api/1/cases/{case_id}",
        "/api/1/cases/{case_id}/acts",
        "/api/1/figures",
        "/api/1/hooks",
        "/api/1/hooks/{hook_id}",
        "/api/1/hooks/{hook_id}/secret",
        "/api/1/hooks/{hook_id}/test",
        "/api/1/hooks/{hook_id}/deliveries",
        "/api/1/hooks/{hook_id}/deliveries/{delivery_id}/again",
    }
    assert told["components"]["schemas"]["Asked"]["properties"]["number"]["examples"] == ["01065120000"]
    for name, schema in told["components"]["schemas"].items():
        for field, said in schema.get("properties", {}).items():
            assert "examples" in said or "$ref" in repr(said), f"{name}.{field} has no example"
    ways = [way for each in told["paths"].values() for way in each.values()]
    assert all(way["description"] for way in ways)
    assert all("example" in one or "examples" in one for way in ways for one in way["parameters"])
    for way in ways:
        refusals = {status: one for status, one in way["responses"].items() if status >= "400"}
        assert refusals.keys() >= {"401", "403", "422", "429"}
        assert all(set(one["content"]) == {"application/problem+json"} for one in refusals.values())
    assert all(way.get("security") for ways in told["paths"].values() for way in ways.values())
