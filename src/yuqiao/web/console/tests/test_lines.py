"""The registry's pages: who may, counts that lead to their rows, the form, download and upload."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from yuqiao.accounts.models import Department, JournalEntry, Role
from yuqiao.hotline import line_sheets, lines, registry
from yuqiao.hotline.line_sheets import LINES, to_csv
from yuqiao.hotline.models import DialledNumber, Line, WayIn
from yuqiao.hotline.registry import Entry, Pact
from yuqiao.lib import cells, tables
from yuqiao.lib.tables import fault
from yuqiao.web.console import line_words
from yuqiao.web.console.tests import cast

pytestmark = [pytest.mark.database, pytest.mark.django_db]

DAY = dt.date(2021, 7, 1)
SEES = {Role.SUPERVISOR, Role.PROJECT_MANAGER, Role.AUDITOR, Role.ADMINISTRATOR}
EDITS = {Role.SUPERVISOR, Role.PROJECT_MANAGER}


@pytest.fixture(autouse=True)
def _registry() -> None:
    Department.objects.create(code="city", name_zh="市政务服务局", name_en="Service bureau")
    Department.objects.create(code="tax", name_zh="市税务局")
    hub = Entry("12345", "政务服务便民热线", "government", "City line", owner="city", excludes=("secret",))
    tax = Entry("12366", "纳税服务", "government", merged_into="12345", merged_from=DAY)
    other = Entry("999", "红十字会急救", "emergency", linked=False)
    lines.save_entries([hub, tax, other, Entry("110", "公安报警", "emergency")], by=None)
    lines.save_pacts([Pact("12345", "tax", DAY), Pact("12345", "city")], by=None)
    DialledNumber.objects.create(number="7112345", line=Line.objects.get(number="12345"), way_in=WayIn.BESIDE_AGENT)


def enter(client: Client, *roles: Role) -> Client:
    client.force_login(cast.person(f"p{uuid.uuid4().hex[:8]}", *roles))
    return client


@pytest.fixture
def wang(client: Client) -> Client:
    return enter(client, Role.SUPERVISOR)


def page(client: Client, path: str) -> str:
    response = client.get(path, headers={"accept-language": "en"})
    assert response.status_code == 200
    return response.content.decode()


def numbers(text: str) -> list[str]:
    return re.findall(r'<th scope="row"><a href="/lines/(\d+)/">', text)


def filled(**changes: Any) -> dict[str, Any]:
    return {
        "number": "96158",
        "name_zh": "机场",
        "line_class": "public",
        "priority": "10",
        "recording": "ask",
    } | changes


@pytest.mark.parametrize("role", list(Role))
def test_each_role_sees_and_edits_what_the_table_says(client: Client, role: Role) -> None:
    enter(client, role)
    sees = 200 if role in SEES else 403
    for path in ("/lines/", "/lines/12345/", "/lines/departments/?show=covered", "/lines/download/lines.xlsx"):
        assert client.get(path).status_code == sees, path
    edits = 200 if role in EDITS else 403
    for path in ("/lines/add/", "/lines/12345/change/"):
        assert client.get(path).status_code == edits, path
    for path in ("/lines/upload/", "/lines/12345/agreement/", "/lines/12345/numbers/", "/lines/12345/merge/"):
        assert client.post(path).status_code == (302 if role in EDITS else 403), path
    assert client.get("/departments/").status_code == sees
    assert client.post("/departments/").status_code == (422 if role in EDITS else 403)


def test_every_count_leads_to_as_many_rows(wang: Client) -> None:
    overview = page(wang, "/lines/")
    assert numbers(overview) == ["110", "12345", "12366", "999"]
    found = re.findall(r'<a href="(/lines/[^"]*show=(\w+)[^"]*)"[^>]*><b>(\d+)', overview)
    counted = {show: int(count) for _url, show, count in found}
    assert counted == {
        "lines": 3, "emergency": 1, "government": 2, "public": 0, "merged": 1, "alone": 2,
        "reached": 2, "unreached": 1, "covered": 1, "uncovered": 1,
    }  # fmt: skip
    for url, show, count in found:
        rows = page(wang, url.replace("&amp;", "&")).count('<th scope="row">')
        assert rows == int(count), show


def test_the_list_is_as_it_was_on_the_day_asked_for(wang: Client) -> None:
    assert numbers(page(wang, "/lines/?show=merged&day=2021-06-30")) == []
    assert numbers(page(wang, "/lines/?show=merged&day=2021-07-01")) == ["12366"]
    assert numbers(page(wang, "/lines/?day=never&q=CITY")) == ["12345"]


def test_pages_ask_the_database_a_fixed_number_of_times(wang: Client, django_assert_max_num_queries: Any) -> None:
    more = [Entry(str(n), "热线", "government", merged_into="12345", merged_from=DAY) for n in range(7000, 7040)]
    lines.save_entries(more, by=None)
    for number in range(8):
        cast.finished_call(4000 + number * 10, on=Line.objects.get(number=str(7000 + number)))
    for path in ("/lines/", "/lines/12345/", "/lines/departments/?show=covered"):
        with django_assert_max_num_queries(18):
            wang.get(path)


def test_a_lines_page_shows_what_belongs_to_it(wang: Client) -> None:
    own, merged = (cast.finished_call(on=Line.objects.get(number=number)) for number in ("12345", "12366"))
    hub = page(wang, "/lines/12345/")
    for text in ("7112345", "市税务局", "Service bureau", "to be signed", "12366", "Classified matters", "City line"):
        assert text in hub
    assert str(own.pk) in hub
    assert str(merged.pk) in hub
    assert str(own.pk) not in page(wang, "/lines/12366/")
    assert wang.get("/lines/0/").status_code == 404


def test_a_line_is_added_and_changed_with_a_journal_entry(wang: Client) -> None:
    response = wang.post("/lines/add/", filled(languages=["en", "ja"], owner="city", valid_from="2021-07-01"))
    assert response["Location"] == "/lines/96158/"
    entry = lines.all_entries()["96158"]
    assert (entry.languages, entry.owner, entry.valid_from, entry.linked) == (("en", "ja"), "city", DAY, False)
    assert 'value="2021-07-01"' in page(wang, "/lines/96158/change/")
    assert wang.post("/lines/96158/change/", filled(number="1", name_zh="白云机场")).status_code == 302
    assert lines.all_entries()["96158"].name_zh == "白云机场"
    last = JournalEntry.objects.latest("id")
    assert last.action == "line.change"
    assert last.actor is not None


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"number": "110"}, "There is a line 110 already."),
        ({"merged_into": "12366", "merged_from": "2021-07-01"}, "merge into 12345 directly"),
        ({"merged_into": "1", "merged_from": "2021-07-01"}, "There is no line 1."),
        ({"valid_from": "2021-07-02", "valid_until": "2021-07-01"}, "The last day is before the first."),
        ({"agent_contact": "<script>"}, "begins with sip:"),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(wang: Client, changes: dict[str, str], sentence: str) -> None:
    response = wang.post("/lines/add/", filled(**changes), headers={"accept-language": "en"})
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert "<script>" not in response.content.decode()
    assert not Line.objects.filter(number="96158").exists()


def test_an_agreement_is_written_on_the_lines_page_or_refused_with_a_sentence(wang: Client) -> None:
    said = {"department": "city", "signed_on": "2021-07-01", "valid_until": ""}
    response = wang.post("/lines/12345/agreement/", said, headers={"accept-language": "en"})
    assert "The agreement is written." in page(wang, response["Location"])
    assert lines.counts(DAY).uncovered == ()
    before = JournalEntry.objects.count()
    for wrong, sentence in (
        ({"valid_until": "2021-06-30"}, "The last day is before the first."),
        ({"department": "nobody"}, "There is no department of code “nobody”."),
        ({"signed_on": "soon"}, "Name a department, and days as 2021-07-01."),
    ):
        refused = wang.post("/lines/12345/agreement/", said | wrong, headers={"accept-language": "en"})
        assert sentence in page(wang, refused["Location"])
    assert JournalEntry.objects.count() == before


def upload(client: Client, data: bytes) -> Any:
    return client.post("/lines/upload/", {"file": SimpleUploadedFile("t.csv", data)}, headers={"accept-language": "en"})


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("lines.xlsx", b"PK"),
        ("lines.csv", b"\xef\xbb\xbf"),
        ("agreements.csv", b"\xef\xbb\xbf"),
        ("numbers.csv", b"\xef\xbb\xbf"),
        ("mergers.csv", b"\xef\xbb\xbf"),
    ],
)
def test_what_is_downloaded_can_be_uploaded_and_changes_nothing(wang: Client, name: str, begins: bytes) -> None:
    response = wang.get(f"/lines/download/{name}")
    assert response.content.startswith(begins)
    assert f'filename="{name}"' in response["Content-Disposition"]
    before = JournalEntry.objects.count()
    assert upload(wang, response.content)["Location"] == "/lines/"
    assert JournalEntry.objects.count() == before


def test_an_upload_is_written_or_answered_row_by_row(wang: Client) -> None:
    good, bad = Entry("96891", "地铁", "public"), Entry("96158", "<b>", "public", owner="nobody")
    response = upload(wang, to_csv(LINES, [good, bad]))
    assert response.status_code == 422
    text = response.content.decode()
    assert "There is no department of code “nobody”." in text
    assert '<td class="num">3</td>' in text
    assert not Line.objects.filter(number="96891").exists()
    assert "Written: 1 lines" in page(wang, upload(wang, to_csv(LINES, [good]))["Location"])
    assert Line.objects.filter(number="96891").exists()


def test_every_fault_has_a_sentence_with_its_facts() -> None:
    files = [Path(str(module.__file__)) for module in (line_sheets, lines, registry, cells, tables)]
    source = "".join(file.read_text("utf-8") for file in files)
    written = set(re.findall(r'(?:fault\([^,()]+(?:\[0\])?, |CellError\()"([a-z_]+)"', source))
    assert len(written) > 30
    assert written - set(line_words.FAULTS) == set()
    with translation.override("en"):
        ring = fault("merged_into", "merger_chain", text="1 {into}", into="2")
        assert line_words.fault_sentence(ring).endswith("merge into 2 directly.")


def said(client: Client, path: str, form: dict[str, str]) -> str:
    """Post a form of a line's page; return the page it leads to."""
    response = client.post(path, form, headers={"accept-language": "en"})
    assert response.status_code == 302
    return page(client, response["Location"])


def test_numbers_dialled_are_written_changed_and_taken_away_on_the_lines_page(wang: Client) -> None:
    path = "/lines/12345/numbers/"
    way = {"number": "71123452", "way_in": "transferred", "language": "ja"}
    assert "The number is written." in said(wang, path, way)
    assert DialledNumber.objects.get(number="71123452").language == "ja"
    said(wang, path, way | {"language": ""})
    assert DialledNumber.objects.get(number="71123452").language == ""
    assert "There is no way in" in said(wang, path, way | {"way_in": "letter"})
    assert "belongs to another line" in said(wang, "/lines/110/numbers/", way)
    assert "We are not dialled at 7112345 for this line." in said(wang, "/lines/110/numbers/", {"drop": "7112345"})
    assert "The number is gone." in said(wang, path, {"drop": "7112345"})
    assert list(DialledNumber.objects.values_list("number", flat=True)) == ["71123452"]
    told = JournalEntry.objects.filter(action__startswith="dialled.").order_by("id")
    assert list(told.values_list("action", flat=True)) == ["dialled.add", "dialled.change", "dialled.drop"]


def test_a_line_is_merged_into_another_and_its_history_stands_on_both_pages(wang: Client) -> None:
    lines.add_line(Entry("12319", "城建服务", "government"), by=None)
    shown = said(wang, "/lines/12366/merge/", {"into": "12319", "since": "2022-01-01"})
    assert "The merger is written." in shown
    assert "2021-07-01 – 2021-12-31" in shown
    assert "2021-07-01 – 2021-12-31" in page(wang, "/lines/12345/")
    assert "merged into 12319 already" in said(wang, "/lines/12366/merge/", {"into": "12345", "since": "2022-01-01"})
    assert "Name the line" in said(wang, "/lines/12366/merge/", {"into": "12345", "since": "soon"})


def test_departments_are_added_and_changed_on_their_page(wang: Client) -> None:
    office = {"code": "customs", "name_zh": "海关", "name_en": "Customs", "parent": "city"}
    assert "The department is written." in said(wang, "/departments/", office)
    assert 'value="海关"' in page(wang, "/departments/?code=customs")
    said(wang, "/departments/", office | {"name_en": ""})
    said(wang, "/departments/", office | {"name_en": ""})
    row = Department.objects.get(code="customs")
    assert (row.name_en, row.parent) == ("", Department.objects.get(code="city"))
    told = list(JournalEntry.objects.order_by("id").values_list("action", "detail"))[-2:]
    assert told[1] == ("department.change", {"name_en": ["Customs", ""]})
    for wrong, sentence in (
        ({"parent": "nobody"}, "There is no department of code “nobody”."),
        ({"code": "city", "parent": "customs"}, "It would stand above itself."),
    ):
        refused = wang.post("/departments/", office | wrong, headers={"accept-language": "en"})
        assert refused.status_code == 422
        assert sentence in refused.content.decode()
