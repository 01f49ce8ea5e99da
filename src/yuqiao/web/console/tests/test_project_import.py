"""A printed form becomes a project on the pages: looked at first, mended, then all of it or nothing."""

from __future__ import annotations

import html
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from yuqiao.accounts.models import Department, Role
from yuqiao.evaluation.models import ImportedForm, Project
from yuqiao.evaluation.tests.beijing import as_docx, as_pasted
from yuqiao.web.console.tests import cast

pytestmark = [pytest.mark.database, pytest.mark.django_db]
PAGE = "/projects/import/"


@pytest.fixture
def zhao(client: Client) -> Client:
    Department.objects.create(code="fao", name_zh="北京市人民政府外事办公室", name_en="FAO")
    client.force_login(cast.person("zhao", Role.PROJECT_MANAGER))
    client.cookies["django_language"] = "en"
    return client


def looked(client: Client) -> str:
    response = client.post(PAGE, {"ask": "look", "file": SimpleUploadedFile("自评表.docx", as_docx())})
    assert response.status_code == 200
    return response.content.decode()


def read_of(page: str) -> str:
    found = re.search(r'name="read" value="([^"]+)"', page)
    assert found is not None
    return html.unescape(found[1])


def test_the_printed_form_of_2023_becomes_a_project_with_its_21_indicators(zhao: Client) -> None:
    page = looked(zhao)
    assert page.count('name="skip"') == 21
    assert not Project.objects.exists(), "a look keeps nothing"
    choice = {"ask": "confirm", "read": read_of(page), "code": "beijing-2023", "department": "fao", "unit": "fao"}
    response = zhao.post(PAGE, choice)
    made = Project.objects.get()
    assert response["Location"] == f"/projects/{made.pk}/plan/"
    assert (made.year, made.indicators.count()) == (2023, 21)
    assert "99.62%" in zhao.get(f"/projects/{made.pk}/").content.decode()
    assert ImportedForm.objects.get().sha256


def test_an_indicator_is_left_out_and_the_name_mended(zhao: Client) -> None:
    choice = {"code": "b", "department": "fao", "unit": "fao", "name": "另一名称", "skip": ["0", "5"]}
    zhao.post(PAGE, {"ask": "confirm", "read": read_of(looked(zhao)), **choice})
    made = Project.objects.get()
    assert (made.name, made.indicators.count()) == ("另一名称", 19)


def test_what_is_missing_is_said_and_nothing_is_made(zhao: Client) -> None:
    read = read_of(looked(zhao))
    said = zhao.post(PAGE, {"ask": "confirm", "read": read, "code": "b", "department": "", "unit": ""})
    assert said.status_code == 422
    assert "There is no department" in said.content.decode()
    assert 'value="b"' in said.content.decode()
    assert not Project.objects.exists()


def test_what_was_read_cannot_be_changed_on_the_way(zhao: Client) -> None:
    read = read_of(looked(zhao))
    forged = read[:-3] + ("aaa" if not read.endswith("aaa") else "bbb")
    assert zhao.post(PAGE, {"ask": "confirm", "read": forged, "code": "b"}).status_code == 404


def test_a_file_that_is_no_form_is_refused(zhao: Client) -> None:
    said = zhao.post(PAGE, {"ask": "look", "file": SimpleUploadedFile("leer.docx", b" ")})
    assert said.status_code == 422
    assert "the file is empty" in said.content.decode()


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SUPERVISOR, Role.CLERK])
def test_others_import_nothing(client: Client, role: Role) -> None:
    client.force_login(cast.person("somebody", role))
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, {"ask": "look", "text": as_pasted()}).status_code == 403
