"""Tables of the registries: out and in again changes nothing, many rows cost few queries, nothing is half written."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from yuqiao.accounts.departments import Office
from yuqiao.accounts.listing import people, save_areas, save_people
from yuqiao.accounts.models import Department, District, JournalEntry, Person, Role
from yuqiao.accounts.services import roles_of, verify_journal
from yuqiao.accounts.sheets import DEPARTMENTS, PEOPLE, Area, Listed
from yuqiao.contracts.vendors import Vendor, save_vendors
from yuqiao.hotline.line_domains import LINE_DOMAINS, Asked, save_asked
from yuqiao.hotline.lines import save_entries, save_mergers, save_pacts, save_ways
from yuqiao.hotline.models import Agreement, LineDomain
from yuqiao.hotline.registry import Entry, Merger, Pact, Way
from yuqiao.hotline.terms import Word, save_terms
from yuqiao.languages.models import Term
from yuqiao.lib.tables import TableError
from yuqiao.web.console.tests import cast
from yuqiao.web.registry.books import look
from yuqiao.web.registry.tests.test_registries import TAKES, browser
from yuqiao.web.registry.urls import site
from yuqiao.workforce.coverage import Window
from yuqiao.workforce.days import Day, save_days
from yuqiao.workforce.models import Duty, Interpreter, ServiceWindow
from yuqiao.workforce.seats import SEATS, Seat, save_seats
from yuqiao.workforce.windows import WINDOWS, save_windows

pytestmark = [pytest.mark.database, pytest.mark.django_db]
SPRING, NINE, SIX = dt.date(2026, 3, 2), dt.time(9), dt.time(18)
ENGLISH = Window("en", "resident", "1234567H", NINE, SIX, SPRING)
BOOKS = {
    f"{model._meta.app_label}_{model._meta.model_name}": register.book
    for model, register in site._registry.items()
    if register.book is not None
}


def upload(client: Client, name: str, data: bytes) -> Any:
    file = SimpleUploadedFile("table.xlsx", data)
    return client.post(reverse(f"admin:{name}_import"), {"import_file": file})


def write(client: Client, name: str, seen: Any) -> Any:
    return client.post(reverse(f"admin:{name}_process_import"), {"sealed": seen.context["sealed"]})


@pytest.fixture
def boss() -> Person:
    """A city with a row or two in each registry, and somebody who may everything."""
    boss = cast.person("boss", *Role)
    save_areas([Area("hd", "海淀区", "Haidian")], by=boss)
    Department.objects.create(code="city", name_zh="市政府", district=District.objects.get(code="hd"))
    save_people([Listed("lin", "林月", "lin@city.example", "city", roles=("agent:12345", "interpreter"))], by=boss)
    save_entries([Entry("12345", "便民热线", "government"), Entry("110", "=公安", "emergency")], by=boss)
    save_mergers([Merger("110", "12345", dt.date(2020, 1, 1), dt.date(2020, 6, 30))], by=boss)
    save_pacts([Pact("12345", "city")], by=boss)
    save_ways([Way("7012345", "12345", "transferred", "en")], by=boss)
    save_seats([Seat("2001", "lin", "sip:2001@pbx", languages=("en:3", "ja:1"), domains=("medical",))], by=boss)
    save_terms([Word("medical", "高血压", "en", "hypertension"), Word("general", "+社保", "ru", "соц")], by=boss)
    save_vendors([Vendor("甲公司"), Vendor("某大学", university=True)], by=boss)
    save_days([Day(dt.date(2026, 10, 1), "H", "国庆节")], by=boss)
    save_windows([ENGLISH, Window("csl", "remote", "67H", SIX, NINE, SPRING, dt.date(2026, 5, 1))], by=boss)
    save_asked([Asked("110", "police", "f", 2), Asked("12345")], by=boss)
    return boss


def test_each_registry_that_takes_tables_has_a_book() -> None:
    assert set(BOOKS) == set(TAKES)


@pytest.mark.parametrize("name", sorted(TAKES))
def test_what_a_registry_gives_away_changes_nothing_when_taken_in(boss: Person, name: str) -> None:
    client, journal = Client(), JournalEntry.objects
    client.force_login(boss)
    for number in ("0", "1"):
        given = client.post(reverse(f"admin:{name}_export"), {"format": number, "resource": "0"})
        before = journal.count()
        seen = upload(client, name, given.content)
        assert seen.status_code == 200, seen.context["faults"]
        assert (seen.context["fresh"], seen.context["changed"]) == (0, 0)
        assert seen.context["same"] == len(list(BOOKS[name].kept()))
        assert journal.count() == before, "looking wrote something"


def test_two_thousand_rows_cost_few_queries_and_one_chain(boss: Person) -> None:
    offices = [Office(f"d{n}", f"部门{n}", "", f"d{n // 2}" if n > 1 else "city", "") for n in range(1, 2001)]
    book = BOOKS["accounts_department"]
    with CaptureQueriesContext(
        connection,
    ) as asked:
        found = look(book, DEPARTMENTS.to_xlsx(offices), boss)
        book.save([one.after for one in found.changes], by=boss)
    assert len(asked) < 80
    assert Department.objects.get(code="d1999").parent == Department.objects.get(code="d999")
    assert JournalEntry.objects.filter(action="department.add").count() == 2000
    assert verify_journal() == []


def test_what_was_looked_at_is_written_by_whoever_looked_and_only_while_nothing_changed(boss: Person) -> None:
    client, other = Client(), browser(Role.ADMINISTRATOR, name="other")
    client.force_login(boss)
    rows = DEPARTMENTS.to_xlsx([Office("city", "人民政府", "", "", "hd")])
    seen = upload(client, "accounts_department", rows)
    assert [cell.after for cell in seen.context["changes"][0]["cells"]] == ["人民政府"]
    write(other, "accounts_department", seen)
    assert Department.objects.get(code="city").name_zh == "市政府", "somebody else used the seal"
    Department.objects.filter(code="city").update(name_zh="市人民政府")
    again = write(client, "accounts_department", seen)
    assert again.status_code == 200
    assert again.context["changes"][0]["cells"][0].before == "市人民政府"
    assert write(client, "accounts_department", again).status_code == 302
    assert Department.objects.get(code="city").name_zh == "人民政府"
    assert JournalEntry.objects.get(action="department.change").detail == {"name_zh": ["市人民政府", "人民政府"]}
    assert JournalEntry.objects.get(action="register.import").detail["rows"] == 1


def test_people_are_entered_changed_and_signed_out_by_a_table(boss: Person) -> None:
    client, elsewhere = Client(), Client()
    client.force_login(boss)
    lin = Person.objects.get(username="lin")
    elsewhere.force_login(lin)
    rows = [
        Listed("lin", "林月", "new@city.example", roles=("interpreter",)),
        Listed("wang", "王", department="city", interface_language="en", roles=("clerk",)),
    ]
    seen = upload(client, "accounts_person", PEOPLE.to_csv(rows))
    assert write(client, "accounts_person", seen).status_code == 302
    assert [one for one in people(Person.objects.all()) if one.username != "boss"] == rows
    assert not Person.objects.get(username="wang").has_usable_password()
    assert elsewhere.get("/")["Location"].startswith("/sign-in/"), "lost a role and stayed signed in"
    assert JournalEntry.objects.filter(action="person.change", subject_id=lin.pk).latest("id").detail == {
        "fields": ["email", "department"]
    }
    assert "new@city.example" not in str(list(JournalEntry.objects.values_list("detail", flat=True)))
    assert verify_journal() == []


def test_nobody_shuts_herself_out_and_one_bad_row_stops_all(boss: Person) -> None:
    client = Client()
    client.force_login(boss)
    rows = [
        Listed("new"),
        Listed("boss", roles=("auditor",), is_active=False),
        Listed("a b", email="x", department="no", roles=("king", "clerk:1")),
    ]
    seen = upload(client, "accounts_person", PEOPLE.to_xlsx(rows))
    assert seen.status_code == 422
    said = [(row, heading) for row, heading, _sentence in seen.context["faults"]]
    assert said == [
        (3, "可登录"),
        (3, "角色"),
        *((4, name) for name in ("用户名", "电子邮箱", "部门编码", "角色", "角色")),
    ]
    assert not Person.objects.filter(username="new").exists()
    with pytest.raises(TableError):
        save_people(rows, by=boss)
    assert not Person.objects.filter(username="new").exists()
    assert roles_of(boss) == set(Role)


def test_a_seat_is_entered_by_a_form_and_routing_sees_it(boss: Person) -> None:
    client = Client()
    client.force_login(boss)
    cast.person("wu", Role.INTERPRETER)
    cells = {"number": "2002", "username": "wu", "contact": "sip:2002@pbx", "tier": "常驻", "languages": "fr:2，ko"}
    typed = {f"cell_{name}": text for name, text in cells.items()}
    wrong = client.post(reverse("admin:workforce_interpreter_add"), typed | {"cell_contact": "2002"})
    assert "sip:" in str(wrong.context["errors"])
    taken = client.post(reverse("admin:workforce_interpreter_add"), typed | {"cell_username": "lin"})
    assert "2001" in str(taken.context["errors"])
    made = client.post(reverse("admin:workforce_interpreter_add"), typed)
    assert made.status_code == 302, made.context["errors"]
    row = Interpreter.objects.get(number="2002")
    assert sorted(Duty.objects.filter(interpreter=row).values_list("language", "level")) == [("fr", 2), ("ko", 1)]
    address = reverse("admin:workforce_interpreter_change", args=[row.pk])
    changed = typed | {
        "cell_number": "9",
        "cell_languages": "fr:3",
        "cell_mobile": "sip:138@t",
        "cell_mobile_days": "1",
    }
    assert client.post(address, changed).status_code == 302
    assert sorted(Duty.objects.filter(interpreter=row).values_list("language", "level")) == [("fr", 3)]
    page = client.get(reverse("admin:workforce_interpreter_history", args=[row.pk])).content.decode()
    assert "fr:2、ko:1" in page
    assert "sip:138@t" not in page


def test_a_seat_stays_with_the_person_whose_calls_it_holds(boss: Person) -> None:
    cast.person("wu", Role.INTERPRETER)
    found = look(BOOKS["workforce_interpreter"], SEATS.to_csv([Seat("2001", "wu", "sip:2001@pbx")]), boss)
    assert [(one.fault.field, one.fault.code) for one in found.faults] == [("username", "seat_stays")]


def test_a_term_that_is_there_is_not_entered_twice_and_its_end_can_be_set(boss: Person) -> None:
    client = Client()
    client.force_login(boss)
    typed = {"cell_domain": "医疗", "cell_zh": "高血压", "cell_language": "en", "cell_foreign": "hypertension"}
    again = client.post(reverse("admin:languages_term_add"), typed)
    assert again.status_code == 200
    row = Term.objects.get(zh="高血压")
    address = reverse("admin:languages_term_change", args=[row.pk])
    assert client.post(address, typed | {"cell_valid_until": "2026-12-31"}).status_code == 302
    row.refresh_from_db()
    assert str(row.valid_until) == "2026-12-31"
    assert JournalEntry.objects.get(action="term.change").detail == {"valid_until": [None, "2026-12-31"]}


def test_agreements_are_found_by_whether_they_hold(boss: Person) -> None:
    client = Client()
    client.force_login(boss)
    address = reverse("admin:hotline_agreement_changelist")
    assert client.get(address, {"force": "yes"}).context["cl"].result_count == 0
    Agreement.objects.update(signed_on="2021-07-01")
    assert client.get(address, {"force": "yes"}).context["cl"].result_count == 1
    assert client.get(address, {"force": "no"}).context["cl"].result_count == 0


def test_a_table_opens_two_windows_and_ends_one_as_it_was_seen(boss: Person) -> None:
    client = Client()
    client.force_login(boss)
    friday = dt.date(2026, 3, 6)
    rows = [
        Window("en", "resident", "1234567H", NINE, SIX, SPRING, friday),
        Window("en", "remote", "67H", SIX, NINE, friday),
        Window("ja", "resident", "12345", NINE, SIX, SPRING),
    ]
    begun = JournalEntry.objects.latest("id").pk
    seen = upload(client, "workforce_servicewindow", WINDOWS.to_xlsx(rows))
    assert (seen.context["fresh"], seen.context["changed"], seen.context["same"]) == (2, 1, 0)
    ended = seen.context["changes"][0]
    assert [(cell.heading, cell.before, cell.after) for cell in ended["cells"]] == [("截止日期", "", "2026-03-06")]
    assert not JournalEntry.objects.filter(pk__gt=begun).exists(), "looking wrote something"
    assert write(client, "workforce_servicewindow", seen).status_code == 302
    assert ServiceWindow.objects.filter(language="en").count() == 2
    assert ServiceWindow.objects.get(language="en", tier="resident").valid_until == friday
    written = list(JournalEntry.objects.filter(pk__gt=begun).order_by("id").values_list("action", "actor__username"))
    assert written == [
        ("workforce.window_closed", "boss"),
        ("workforce.window_opened", "boss"),
        ("workforce.window_opened", "boss"),
        ("register.import", "boss"),
    ]
    assert verify_journal() == []


def test_hours_that_cannot_be_taken_are_said_by_row_and_none_is_written(boss: Person) -> None:
    client, before = browser(Role.SUPERVISOR, name="li"), ServiceWindow.objects.count()
    rows = [
        Window("ja", "resident", "12345", NINE, SIX, SPRING),
        Window("csl", "remote", "67H", SIX, NINE, SPRING),
        Window("tlh", "volunteer", "89", NINE, SIX, SPRING),
    ]
    seen = upload(client, "workforce_servicewindow", WINDOWS.to_csv(rows))
    assert seen.status_code == 422
    assert [(row, heading) for row, heading, _sentence in seen.context["faults"]] == [
        (3, "截止日期"),
        (4, "语种"),
        (4, "覆盖层级"),
        (4, "值守日"),
    ]
    said = [sentence for _row, _heading, sentence in seen.context["faults"]]
    assert said[0] == ("It ends on 2026-05-01 already and can only end earlier; for longer hours enter another window.")
    assert said[2] == "Write 常驻 or 紧急远程, not “volunteer”."
    assert seen.context["sealed"] == ""
    assert ServiceWindow.objects.count() == before


def test_hours_closed_meanwhile_are_looked_at_again(boss: Person) -> None:
    client = Client()
    client.force_login(boss)
    later, sooner = dt.date(2026, 4, 1), dt.date(2026, 3, 20)
    asked = Window("en", "resident", "1234567H", NINE, SIX, SPRING, later)
    seen = upload(client, "workforce_servicewindow", WINDOWS.to_csv([asked]))
    ServiceWindow.objects.filter(language="en").update(valid_until=sooner)
    again = write(client, "workforce_servicewindow", seen)
    assert again.status_code == 422
    assert [row for row, _heading, _sentence in again.context["faults"]] == [2]
    assert ServiceWindow.objects.get(language="en").valid_until == sooner


def test_lines_ask_what_a_table_says(boss: Person) -> None:
    client = Client()
    client.force_login(boss)
    bad = upload(client, "hotline_linedomain", LINE_DOMAINS.to_csv([Asked("12345", "legal"), Asked("999", level=4)]))
    assert [(row, heading) for row, heading, _sentence in bad.context["faults"]] == [(3, "线路号码"), (3, "最低等级")]
    seen = upload(client, "hotline_linedomain", LINE_DOMAINS.to_xlsx([Asked("12345", "legal"), Asked("110")]))
    assert (seen.context["fresh"], seen.context["changed"]) == (0, 2)
    assert not LineDomain.objects.filter(domain="legal").exists(), "looking wrote something"
    assert write(client, "hotline_linedomain", seen).status_code == 302
    kept = list(LineDomain.objects.order_by("line__number").values_list("line__number", "domain", "gender", "level"))
    assert kept == [("110", "", "", 1), ("12345", "legal", "", 1)]
    told = JournalEntry.objects.filter(action="routing.domain", actor=boss).order_by("-id")[:2]
    assert [entry.detail for entry in told] == [
        {"number": "110", "domain": ["police", ""], "gender": ["f", ""], "level": [2, 1]},
        {"number": "12345", "domain": ["", "legal"]},
    ]


@pytest.mark.parametrize("name", ["workforce_servicewindow", "hotline_linedomain"])
def test_an_auditor_takes_tables_away_and_none_in(boss: Person, name: str) -> None:
    auditor, rows = browser(Role.AUDITOR, name="shen"), BOOKS[name].kind.to_csv(BOOKS[name].kept())
    assert auditor.post(reverse(f"admin:{name}_export"), {"format": "1", "resource": "0"}).content == rows
    assert upload(auditor, name, rows).status_code == 403
    assert auditor.post(reverse(f"admin:{name}_process_import"), {"sealed": ""}).status_code == 403
    assert "/import/" not in auditor.get(reverse(f"admin:{name}_changelist")).content.decode()
