"""The registries: who opens which, what they write and who journals it, tables in and out, the untouchable journal."""

from __future__ import annotations

import datetime as dt
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from yuqiao.accounts.models import Department, District, JournalEntry, Person, Role
from yuqiao.accounts.services import roles_of, verify_journal
from yuqiao.accounts.sheets import DEPARTMENTS, PEOPLE
from yuqiao.hotline.models import DialledNumber, Line
from yuqiao.languages.models import Term
from yuqiao.lib.clock import now
from yuqiao.web import messages
from yuqiao.web.console.tests import cast
from yuqiao.web.registry.urls import site
from yuqiao.workforce.models import Interpreter, InterpreterLanguage, ServiceWindow, SpecialDay

pytestmark = [pytest.mark.database, pytest.mark.django_db]
WATCHERS = {Role.SUPERVISOR, Role.PROJECT_MANAGER, Role.AUDITOR, Role.ADMINISTRATOR}
#: Registry -> whose it is to see.
SEES = {
    "accounts_person": {Role.AUDITOR, Role.ADMINISTRATOR},
    "accounts_journalentry": {Role.AUDITOR, Role.ADMINISTRATOR},
    "accounts_department": WATCHERS,
    "accounts_district": WATCHERS,
    "hotline_line": WATCHERS,
    "hotline_agreement": WATCHERS,
    "hotline_diallednumber": WATCHERS,
    "hotline_linemerger": WATCHERS,
    "hotline_linedomain": WATCHERS,
    "workforce_interpreter": {Role.SUPERVISOR, Role.PROJECT_MANAGER},
    "workforce_servicewindow": WATCHERS,
    "workforce_specialday": WATCHERS,
    "contracts_supplier": {Role.SUPERVISOR, Role.PROJECT_MANAGER, Role.AUDITOR},
    "languages_term": {Role.SUPERVISOR, Role.PROJECT_MANAGER},
}
OFFICE = {Role.ADMINISTRATOR}
FLOOR = {Role.SUPERVISOR, Role.PROJECT_MANAGER}
#: Registry -> who enters and changes rows in it.
KEEPS = {
    "accounts_person": OFFICE,
    "accounts_department": OFFICE,
    "accounts_district": OFFICE,
    "workforce_interpreter": FLOOR,
    "workforce_specialday": FLOOR,
    "languages_term": FLOOR,
    "contracts_supplier": {Role.PROJECT_MANAGER},
}
#: Registry -> who takes tables in.
TAKES = KEEPS | dict.fromkeys(
    (
        "hotline_line",
        "hotline_agreement",
        "hotline_diallednumber",
        "hotline_linemerger",
        "hotline_linedomain",
        "workforce_servicewindow",
    ),
    FLOOR,
)


@pytest.fixture(autouse=True, scope="module")
def _catalogues() -> None:
    messages.compile_all()


def browser(*roles: Role, name: str = "boss") -> Client:
    client = Client()
    client.force_login(cast.person(name, *roles))
    client.cookies[django_settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def errors(answer: Any) -> str:
    """Return what the form of an answer complains about, for a failing test to show."""
    context = answer.context
    return str(context["errors"]) if context and "errors" in context else ""


def test_every_registry_stands_in_this_table() -> None:
    assert {f"{model._meta.app_label}_{model._meta.model_name}" for model in site._registry} == set(SEES)


@pytest.mark.parametrize("role", list(Role))
def test_each_role_opens_its_own_registries_and_no_other(role: Role) -> None:
    client = browser(role)
    index = client.get("/admin/")
    if role not in WATCHERS:
        assert index.status_code == 403
        assert client.get("/admin/login/")["Location"] == "/"
        assert client.get(reverse("admin:accounts_person_changelist")).status_code == 403
        return
    assert index.status_code == 200
    for name, seers in SEES.items():
        sees = role in seers
        assert client.get(reverse(f"admin:{name}_changelist")).status_code == (200 if sees else 403), name
        for table, address in ((KEEPS, "add"), (TAKES, "import")):
            got = client.get(f"/admin/{name.replace('_', '/')}/{address}/").status_code
            assert got == (404 if name not in table else 200 if role in table[name] else 403), (name, address)
        assert client.get(reverse(f"admin:{name}_history", args=[10**6])).status_code == (404 if sees else 403), name


def test_strangers_come_to_our_own_door() -> None:
    answer = Client().get("/admin/accounts/person/", follow=True)
    assert answer.redirect_chain[-1][0] == "/sign-in/?next=/admin/accounts/person/"


def test_only_the_registries_have_their_own_policy_of_scripts() -> None:
    client = browser(Role.ADMINISTRATOR)
    own = client.get("/admin/")["Content-Security-Policy"]
    assert "script-src 'self' 'unsafe-eval';" in own
    assert "script-src 'self';" in client.get("/board/")["Content-Security-Policy"]
    assert "'unsafe-inline'" not in client.get("/board/")["Content-Security-Policy"]


def wanted(**more: object) -> dict[str, object]:
    return {
        "username": "lin",
        "display_name": "林月",
        "email": "lin@city.example",
        "interface_language": "en",
        "department": "",
        "is_active": "on",
        "roles": ["interpreter", "agent"],
        "line": "12345",
        "password": cast.PASSWORD,
    } | more


def test_an_administrator_enters_somebody_who_then_signs_in() -> None:
    client = browser(Role.ADMINISTRATOR)
    answer = client.post(reverse("admin:accounts_person_add"), wanted())
    assert answer.status_code == 302, errors(answer)
    lin = Person.objects.get(username="lin")
    assert roles_of(lin) == {Role.INTERPRETER, Role.AGENT}
    assert lin.grants.get(role="agent").line_number == "12345"
    assert lin.grants.get(role="interpreter").line_number == ""
    assert (lin.email, lin.is_staff, lin.is_superuser) == ("lin@city.example", False, False)
    said = list(JournalEntry.objects.filter(subject_id=str(lin.pk)).values_list("action", "actor__username"))
    assert {("person.create", "boss"), ("role.grant", "boss"), ("person.password", "boss")} <= set(said)
    assert verify_journal() == []
    assert "lin@city.example" not in str(list(JournalEntry.objects.values_list("detail", flat=True)))
    door = Client()
    assert door.post("/sign-in/", {"username": "lin", "password": cast.PASSWORD})["Location"] == "/"


def test_a_poor_password_enters_nobody() -> None:
    client = browser(Role.ADMINISTRATOR)
    assert client.post(reverse("admin:accounts_person_add"), wanted(password="12345")).status_code == 200
    assert not Person.objects.filter(username="lin").exists()


def test_roles_taken_away_and_switching_off_end_the_sessions() -> None:
    client = browser(Role.ADMINISTRATOR)
    lin = cast.person("lin", Role.AGENT, Role.INTERPRETER)
    open_elsewhere = Client()
    open_elsewhere.force_login(lin)
    address = reverse("admin:accounts_person_change", args=[lin.pk])
    assert client.post(address, wanted(roles=["interpreter"], password="")).status_code == 302
    assert roles_of(lin) == {Role.INTERPRETER}
    assert open_elsewhere.get("/")["Location"].startswith("/sign-in/")
    client.post(address, wanted(roles=["interpreter"], password="", is_active=""))
    lin.refresh_from_db()
    assert not lin.is_active
    page = client.get(reverse("admin:accounts_person_history", args=[lin.pk])).content.decode()
    assert "Role: taken away from" in page
    assert "Member of staff: changed" in page


def test_an_auditor_reads_people_and_changes_nobody() -> None:
    client = browser(Role.AUDITOR)
    lin = cast.person("lin", Role.AGENT)
    address = reverse("admin:accounts_person_change", args=[lin.pk])
    lin.grants.update(line_number="12345")
    page = client.get(address).content.decode()
    assert "Hotline agent 12345" in page
    assert "zh-hans" not in page
    assert "中文" in page
    assert lin.password.split("$")[0] not in page, "what passwords are made into is for nobody to read"
    assert client.post(address, wanted(display_name="X")).status_code == 403
    assert client.get(f"/admin/accounts/person/{lin.pk}/delete/").status_code == 404


def test_nothing_is_deleted_by_anybody() -> None:
    client = browser(*Role)
    office = Department.objects.create(code="fao", name_zh="外办")
    for name in ("department", "journalentry"):
        assert client.post(f"/admin/accounts/{name}/{office.pk}/delete/", {"post": "yes"}).status_code == 404
    assert client.post(
        reverse("admin:accounts_department_changelist"), {"action": "delete_selected", "_selected_action": office.pk}
    ).status_code in {200, 302}
    assert Department.objects.filter(pk=office.pk).exists()


def test_giving_roles_asks_for_a_fresh_proof(settings: Any) -> None:
    settings.STEP_UP_MINUTES = 10
    client = Client()
    boss = cast.person("boss", Role.ADMINISTRATOR, password=cast.PASSWORD)
    client.force_login(boss)
    address = reverse("admin:accounts_person_add")
    asked = client.post(address, wanted())
    assert asked["Location"].startswith("/security/again/")
    assert not Person.objects.filter(username="lin").exists()
    client.post(asked["Location"], {"password": cast.PASSWORD})
    assert Person.objects.filter(username="lin").exists(), "what was typed got lost"


def test_districts_and_departments_are_written_by_services() -> None:
    client = browser(Role.ADMINISTRATOR)
    client.post(reverse("admin:accounts_district_add"), {"code": "hd", "name_zh": "海淀区", "name_en": "Haidian"})
    assert District.objects.get().name_zh == "海淀区"
    upper = Department.objects.create(code="city", name_zh="市政府")
    add = {"code": "fao", "name_zh": "市外办", "name_en": "FAO", "parent": upper.pk}
    answer = client.post(reverse("admin:accounts_department_add"), add)
    assert answer.status_code == 302, errors(answer)
    fao = Department.objects.get(code="fao")
    ring = {"name_zh": "市政府", "name_en": "", "parent": fao.pk}
    assert client.post(reverse("admin:accounts_department_change", args=[upper.pk]), ring).status_code == 200
    upper.refresh_from_db()
    assert upper.parent is None
    actions = list(JournalEntry.objects.values_list("action", flat=True))
    assert {"district.add", "department.add"} <= set(actions)
    assert actions.count("department.change") == 0


def table(*rows: tuple[str, ...]) -> SimpleUploadedFile:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(DEPARTMENTS.headings)
    for row in rows:
        sheet.append((*row, ""))
    file = BytesIO()
    book.save(file)
    return SimpleUploadedFile("departments.xlsx", file.getvalue())


def test_a_table_of_departments_is_looked_at_first_and_then_taken_in() -> None:
    client = browser(Role.ADMINISTRATOR)
    Department.objects.create(code="city", name_zh="市政府")
    address = reverse("admin:accounts_department_import")
    rows = table(("city", "市政府", "", ""), ("fao", "市外办", "FAO", "city"), ("psb", "公安局", "", "city"))
    look = client.post(address, {"import_file": rows})
    assert "市外办" in look.content.decode()
    assert (look.context["fresh"], look.context["changed"], look.context["same"]) == (2, 0, 1)
    assert Department.objects.count() == 1, "looking at it wrote it"
    assert not JournalEntry.objects.filter(action="department.add").exists()
    sealed = {"sealed": look.context["sealed"]}
    done = client.post(reverse("admin:accounts_department_process_import"), sealed)
    assert done.status_code == 302
    assert Department.objects.get(code="fao").parent == Department.objects.get(code="city")
    assert JournalEntry.objects.filter(action="department.add", actor__username="boss").count() == 2
    assert not JournalEntry.objects.filter(action="department.change").exists()


def test_a_table_with_an_unknown_department_above_writes_nothing_and_says_why() -> None:
    client = browser(Role.ADMINISTRATOR)
    rows = table(("psb", "公安局", "", ""), ("fao", "市外办", "FAO", "nowhere"))
    address = reverse("admin:accounts_department_import")
    look = client.post(address, {"import_file": rows})
    assert look.status_code == 422
    assert look.context["faults"] == [(3, "上级部门编码", "There is no department of code “nowhere”.")]
    assert look.context["sealed"] == ""
    assert Department.objects.count() == 0


def test_people_are_exported_without_secrets_and_the_journal_says_so() -> None:
    client = browser(Role.ADMINISTRATOR)
    cast.person("lin", Role.AGENT, Role.INTERPRETER, password=cast.PASSWORD)
    answer = client.post(reverse("admin:accounts_person_export"), {"format": "0", "resource": "0"})
    sheet = openpyxl.load_workbook(BytesIO(answer.content)).worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0] == PEOPLE.headings
    assert ["话务员,译员" in str(row) for row in rows].count(True) == 1
    assert JournalEntry.objects.get(action="register.export").detail == {"register": "accounts.person"}


def test_the_journal_is_found_by_person_and_never_changed() -> None:
    client = browser(Role.AUDITOR)
    lin = cast.person("lin", Role.AGENT)
    address = reverse("admin:accounts_journalentry_changelist")
    assert "Role: given" in client.get(address, {"q": str(lin.pk)}).content.decode()
    entry = JournalEntry.objects.latest("id")
    one = reverse("admin:accounts_journalentry_change", args=[entry.pk])
    assert client.get(one).status_code == 200
    assert client.post(one, {"action": "nothing.happened"}).status_code == 403
    assert verify_journal() == []


@pytest.mark.parametrize(
    ("register", "shown", "hidden"),
    [
        ("hotline_line", ["Emergency", "Unless the caller refuses"], ["紧急服务热线", "告知并可拒绝"]),
        ("hotline_diallednumber", ["Dialled our number", "Japanese"], ["直拨本号", ">ja<"]),
        ("workforce_interpreter", ["Resident", "Off duty", "English"], [">resident<", ">off<", ">en<"]),
        ("workforce_servicewindow", ["Remote", "Mon Tue Wed"], [">remote<", ">123<"]),
    ],
)
def test_codes_are_shown_by_name_in_lists_and_filters(register: str, shown: list[str], hidden: list[str]) -> None:
    line = Line.objects.create(number="120", name_zh="急救", line_class="emergency", recording="ask")
    DialledNumber.objects.create(number="9601690", line=line, way_in="direct", language="ja")
    li = Interpreter.objects.create(number="1001", person=cast.person("li", Role.INTERPRETER), state_since=now())
    InterpreterLanguage.objects.create(interpreter=li, language="en", level=3)
    hours = {"begins": dt.time(8), "ends": dt.time(20), "valid_from": dt.date(2026, 1, 1)}
    ServiceWindow.objects.create(language="ja", tier="remote", days="123", **hours)
    page = browser(Role.SUPERVISOR).get(reverse(f"admin:{register}_changelist")).content.decode()
    assert [one for one in shown if one not in page] == []
    assert [one for one in hidden if one in page] == []


def test_a_filter_by_name_finds_the_rows_of_its_code() -> None:
    Term.objects.create(zh="急诊", foreign="Notaufnahme", language="de", domain="medical", source="own")
    Term.objects.create(zh="罚款", foreign="amende", language="fr", domain="legal", source="own")
    lists = reverse("admin:languages_term_changelist")
    page = browser(Role.SUPERVISOR).get(lists, {"language": "de"}).content.decode()
    assert ("Notaufnahme" in page, "amende" in page, "German" in page) == (True, False, True)


def test_a_row_one_may_only_read_names_its_codes() -> None:
    holiday = SpecialDay.objects.create(date=dt.date(2026, 10, 1), name="国庆节", counts_as="H")
    page = browser(Role.AUDITOR).get(reverse("admin:workforce_specialday_change", args=[holiday.pk])).content.decode()
    assert "holidays" in page
    line = Line.objects.create(
        number="120", name_zh="急救", line_class="emergency", languages=["ja"], excludes=["secret"]
    )
    page = (
        browser(Role.SUPERVISOR, name="sun").get(reverse("admin:hotline_line_change", args=[line.pk])).content.decode()
    )
    assert [one for one in ("Emergency", "Japanese", "Classified matters") if one not in page] == []
    assert [one for one in ("紧急服务热线", "&#x27;ja&#x27;", "Select value") if one in page] == []
