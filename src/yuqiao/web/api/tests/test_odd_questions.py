"""Whatever is asked of the open interface, it answers as it is described, and never with an error of its own."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.core.cache import cache
from django.test import Client

from yuqiao.accounts import tokens
from yuqiao.accounts.models import Department, Role
from yuqiao.accounts.services import create_person, grant_role
from yuqiao.cases.services import Origin, open_order
from yuqiao.hooks import services
from yuqiao.hotline.models import Line

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NUMBERS = ["0", "-1", str(2**63), str(10**30), "1e9", "x", "1.5", "١"]
WORDS = ["", "0000", "9999-99", "2026H3", "\x00", "语" * 3000, "2026-11-22T08:00:00+99:99", "' OR 1=1 --", "-" * 80]
VALUES: list[Any] = [
    None,
    True,
    -(10**30),
    1.5,
    "",
    "\x00",
    "\ud7ff",
    "x" * 3000,
    [],
    [None],
    ["\x00"],
    {},
    {"a": [{}]},
]


class Asker:
    """A system that keeps to nothing."""

    def __init__(self) -> None:
        boss = create_person("boss", by=None)
        grant_role(boss, Role.SUPERVISOR, by=None)
        office = Department.objects.create(code="housing", name_zh="x")
        Line.objects.create(number="12345", name_zh="x", line_class="government")
        self.case = open_order(office, "urgent", "漏水", "x", Origin(), by=boss).pk
        self.hook = services.register(boss, "x", "https://partner.example/", ["service.up"], by=None)[0].pk
        _, secret = tokens.issue(boss, "x", list(tokens.Scope), 1, by=None)
        self._client = Client(headers={"Authorization": f"Bearer {secret}", "Idempotency-Key": "a-1"})
        told = self._client.get("/api/1/openapi.json").json()
        self._schemas = told["components"]["schemas"]
        self.operations = [(path, method, way) for path, ways in told["paths"].items() for method, way in ways.items()]

    def ask(self, way: dict[str, Any], method: str, path: str, body: object = None) -> None:
        data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        answer = self._client.generic(method.upper(), path, data, content_type="application/json")
        what = (method, path, data[:200], answer.status_code, answer.content[:300])
        assert str(answer.status_code) in way["responses"], what
        if answer.status_code >= 400:
            assert answer["Content-Type"] == "application/problem+json", what
            assert answer.json()["detail"], what

    def fields(self, way: dict[str, Any]) -> dict[str, Any]:
        """A right body by its examples; empty where there is none."""
        schema = way.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
        named = self._schemas.get(schema.get("$ref", "").rpartition("/")[2], schema)
        return {name: said["examples"][0] for name, said in named.get("properties", {}).items()}


@pytest.fixture
def asker(settings: Any) -> Asker:
    cache.clear()
    settings.API_PER_MINUTE = 10**9
    return Asker()


def test_numbers_and_words_that_are_none_in_addresses(asker: Asker) -> None:
    for path, method, way in asker.operations:
        names = [one["name"] for one in way["parameters"] if one["in"] == "path"]
        for number in NUMBERS if names else []:
            odd = path
            for name in names:
                odd = odd.replace(f"{{{name}}}", quote(number))
            asker.ask(way, method, odd, asker.fields(way) or None)
        here = path.replace("{case_id}", str(asker.case)).replace("{hook_id}", str(asker.hook))
        for one in way["parameters"]:
            for word in [*WORDS, *NUMBERS] if one["in"] == "query" and "{" not in here else []:
                asker.ask(way, method, f"{here}?{urlencode({one['name']: word})}")


def test_bodies_that_are_none_or_hold_something_else(asker: Asker) -> None:
    asked = 0
    for path, method, way in asker.operations:
        right = asker.fields(way)
        if not right:
            continue
        here = path.replace("{case_id}", str(asker.case)).replace("{hook_id}", str(asker.hook))
        for body in (b"", b"{", b"[]", b"null", b"\xff", b'"x"', b"[" * 2000):
            asker.ask(way, method, here, body)
        for name in right:
            for value in VALUES:
                asker.ask(way, method, here, right | {name: value})
                asked += 1
    assert asked > 100
