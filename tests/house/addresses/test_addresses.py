"""Who gets in where: every address of the web process, asked by everybody, against one table.

What is looked at here is the door alone. That readers of a page who may not change it find no verb behind it is shown
beside each page (web/console/tests).
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from http.cookies import SimpleCookie
from typing import Any, Final

import pytest
from django.core.cache import caches
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.house.addresses import city
from tests.house.addresses.table import ENDLESS, EVERYBODY, LETTERS, SIGNED_IN, TABLE
from yuqiao.accounts.models import Person

pytestmark = pytest.mark.django_db

SIGN_IN: Final = "/sign-in/"


def addresses(resolver: URLResolver, before: str = "", space: str = "") -> Iterator[tuple[str, str]]:
    """Yield the name, with its namespace, and the pattern of each address."""
    for one in resolver.url_patterns:
        pattern = before + str(one.pattern)
        if isinstance(one, URLPattern):
            yield space + (one.name or pattern), pattern
        else:
            yield from addresses(one, pattern, f"{one.namespace}:" if one.namespace else space)


def test_no_address_is_missing_from_the_table_and_none_is_named_twice() -> None:
    names = [name for name, _ in addresses(get_resolver())]
    assert sorted(names) == sorted(TABLE)


def filled(pattern: str, objects: Mapping[str, Any]) -> str:
    """Return an address in which the objects of the city stand in the places of the parameters."""
    of_pattern: dict[str, dict[str, Any]] = {
        "interpreters/": {"number": "1001"},
        "versions/": {"number": 1},
        "statistics/": {"code": "calls"},
        "poster-": {"size": "a4"},
        "app_label": {"app_label": "accounts"},
    } | objects["registered"]
    known = dict(objects)
    for part, others in of_pattern.items():
        known |= others if part in pattern else {}
    plain = re.sub(r"\^|\$|\(\?P(<\w+>)[^)]*\)", r"\1", pattern)  # some libraries write regular expressions
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(known[found[1]]), plain)


def met(client: Client, method: str, url: str) -> str:
    """Ask, undo whatever it did, and return how one was met: ``in``, ``out``, or ``nothing`` there for this person."""
    with transaction.atomic():
        response = client.generic(method, url)
        transaction.set_rollback(True)
    sent_away = response.status_code == 302 and response["Location"].startswith(SIGN_IN)
    if sent_away or response.status_code in {401, 403, 405}:
        return "out"
    return "nothing" if response.status_code == 404 else "in"


def as_cell(answers: Mapping[str, str]) -> str:
    """Write down who was let in, and after a question mark who found nothing, where others found something."""
    inside = "".join(letter for letter in EVERYBODY if answers[letter] == "in")
    nothing = "".join(letter for letter in EVERYBODY if answers[letter] == "nothing")
    if not inside:
        inside, nothing = nothing, ""
    others = "".join(letter for letter in SIGNED_IN if letter not in inside)
    cell = {EVERYBODY: "+", SIGNED_IN: "*"}.get(inside, inside)
    return f"{cell}?{'*' if nothing == others else nothing}" if nothing else cell


def signed_in(person: Person | None) -> tuple[Client, SimpleCookie]:
    """Return a browser of somebody, None for nobody, and its cookies as they are before anything is asked."""
    client = Client()
    if person is not None:
        client.force_login(person)
    return client, copy.deepcopy(client.cookies)


def test_everybody_gets_in_where_the_table_says_and_nowhere_else() -> None:
    objects = city.build()
    browsers = {"-": signed_in(None)}
    browsers |= {LETTERS[who]: signed_in(person) for who, person in city.people().items()}
    wrong = []
    for name, pattern in addresses(get_resolver()):
        url = filled(pattern, objects)
        for method, wanted in zip(("GET", "POST"), TABLE[name], strict=True):
            answers = {}
            for letter, (client, cookies) in browsers.items():
                if name in ENDLESS and letter in wanted:
                    answers[letter] = "in"
                    continue
                for cache in caches.all():
                    cache.clear()  # limits count per visitor, and here all come from one place
                client.cookies = copy.deepcopy(cookies)
                answers[letter] = met(client, method, url)
            if (found := as_cell(answers)) != wanted:
                wrong.append(f"{method} {name}: the table says {wanted!r}, it is {found!r}")
    assert not wrong, "\n".join(wrong)
