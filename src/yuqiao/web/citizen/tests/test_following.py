"""Following a case by its code: what a citizen may see and no more; codes are not guessed."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client
from pytest_django import Settings

from yuqiao.accounts.models import Department, Role
from yuqiao.cases import codes, services
from yuqiao.cases.models import WorkOrder
from yuqiao.languages.catalogue import CODES
from yuqiao.web.citizen import following
from yuqiao.web.console.tests import cast

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def order() -> WorkOrder:
    bureau = Department.objects.create(code="water", name_zh="市水务局", name_en="Water bureau")
    boss = cast.person("wang", Role.SUPERVISOR, name="王琳")
    return services.open_order(bureau, "normal", "漏水", "张先生家漏水", services.Origin(language="fr"), by=boss)


def ask(client: Client, code: str, tongue: str = "en", status: int = 200) -> str:
    response = client.post(f"/{tongue}/case/", {"code": code})
    assert response.status_code == status
    return html.unescape(response.content.decode())


@pytest.mark.parametrize("tongue", CODES)
def test_who_has_the_code_sees_how_far_it_is_and_nothing_else(client: Client, order: WorkOrder, tongue: str) -> None:
    text = ask(client, codes.code_of(order), tongue)
    assert ("市水务局" if tongue == "zh" else "Water bureau") in text
    assert codes.code_of(order) in text
    for kept in ("漏水", "张", "王琳", "wang"):
        assert kept not in text


def test_each_state_is_said(client: Client, order: WorkOrder) -> None:
    said = {ask(client, codes.code_of(order))}
    for state in ("accepted", "answered", "returned", "closed"):
        WorkOrder.objects.update(state=state)
        said.add(ask(client, codes.code_of(order)))
    assert len(said) == 5


def test_digits_are_taken_however_they_are_written(client: Client, order: WorkOrder) -> None:
    code = codes.code_of(order)
    arabic = code.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    for written in (code, code.replace("-", " "), f" №{code.replace('-', '')} ", arabic):
        assert "Water bureau" in ask(client, written)


def test_a_wrong_code_opens_nothing_and_guessing_ends(client: Client, order: WorkOrder) -> None:
    code = codes.code_of(order)
    other = code[:-1] + str((int(code[-1]) + 1) % 10)
    assert "no case" in ask(client, other, status=422)
    for nonsense in ("", "12345678", f"{order.pk + 1}{code[-9:]}", "9" * 60):
        ask(client, nonsense, status=422)
    for _ in range(following.MOST_WRONG - 5):
        ask(client, "1-0000-0000", status=422)
    ask(client, code, status=429)


def test_codes_outlive_a_new_secret_key(order: WorkOrder, settings: Settings) -> None:
    code, former = codes.code_of(order), settings.SECRET_KEY
    settings.SECRET_KEY = "another-key"
    assert codes.find(code) is None
    settings.SECRET_KEY_FALLBACKS = [former]
    assert codes.find(code) == order
    assert codes.code_of(order) != code


def test_the_centre_is_shown_the_code_to_tell(client: Client, order: WorkOrder) -> None:
    client.force_login(order.opened_by)
    page = client.get(f"/cases/{order.pk}/", headers={"accept-language": "en"}).content.decode()
    assert codes.code_of(order) in page
    clerk = cast.person("li", Role.CLERK)
    clerk.department = order.department
    clerk.save()
    client.force_login(clerk)
    page = client.get(f"/cases/{order.pk}/", headers={"accept-language": "en"}).content.decode()
    assert not re.search(r"\d+-\d{4}-\d{4}", page)
