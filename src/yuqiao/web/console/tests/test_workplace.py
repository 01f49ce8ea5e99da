"""Notes and terms during a call: who writes, who reads what, and that nothing typed is lost."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from playwright.sync_api import expect

from yuqiao.accounts.models import JournalEntry, Role
from yuqiao.hotline import terms
from yuqiao.hotline.models import Call, CallNote, Leg
from yuqiao.hotline.notes import LONGEST
from yuqiao.languages.catalogue import FOREIGN
from yuqiao.languages.models import Term
from yuqiao.lib.clock import now
from yuqiao.web.console.tests import cast
from yuqiao.web.console.tests.conftest import Visitor
from yuqiao.workforce.models import Interpreter

ENGLISH = {"accept-language": "en"}
TODAY = dt.date(2026, 3, 2)


def on_call(number: str = "E-01", call: Call | None = None) -> tuple[Call, Interpreter, Leg]:
    helper = cast.interpreter(number, "en")
    call = call or cast.call(60)
    return call, helper, cast.leg(call, "interpreter", interpreter=helper, label=number)


@pytest.mark.database
@pytest.mark.django_db
def test_a_note_is_kept_as_it_stands_and_the_replacement_reads_it(client: Client) -> None:
    call, li, leg = on_call()
    client.force_login(li.person)
    url = f"/calls/{call.pk}/note/"
    assert "kept" in client.post(url, {"text": "fell from"}).json()
    assert "kept" in client.post(url, {"text": "fell from a ladder", "sensitive": "1"}).json()
    assert CallNote.objects.get().text == "fell from a ladder"
    assert "fell from a ladder</textarea>" in client.get(f"/calls/{call.pk}/workplace/").content.decode()
    leg.ended_at = now()
    leg.save()
    _call, wang, _leg = on_call("E-02", call)
    client.force_login(wang.person)
    page = client.get(f"/calls/{call.pk}/workplace/", headers=ENGLISH).content.decode()
    assert "fell from a ladder" in page
    assert "Sensitive" in page
    actions = list(JournalEntry.objects.filter(action__startswith="note.").values_list("action", flat=True))
    assert actions == ["note.keep", "note.keep", "note.read_sensitive"], "its class, and who read it; no letters"
    assert "ladder" not in str(list(JournalEntry.objects.values_list("detail", flat=True)))


@pytest.mark.database
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "plain", "sensitive"),
    [
        (Role.SUPERVISOR, True, True),
        (Role.PROJECT_MANAGER, True, True),
        (Role.AUDITOR, True, False),
        (Role.ADMINISTRATOR, True, False),
        (Role.EXPERT, False, False),
    ],
)
def test_sensitive_notes_are_for_few(client: Client, role: Role, plain: bool, sensitive: bool) -> None:
    call, li, _leg = on_call()
    _same, wang, _her = on_call("E-02", call)
    for helper, text, secret in ((li, "harmless words", ""), (wang, "health matters", "1")):
        client.force_login(helper.person)
        client.post(f"/calls/{call.pk}/note/", {"text": text, "sensitive": secret})
    client.force_login(cast.person("reader", role))
    answer = client.get(f"/calls/{call.pk}/workplace/")
    assert answer.status_code == (200 if plain else 403)
    assert ("harmless words" in answer.content.decode()) == plain
    assert ("health matters" in answer.content.decode()) == sensitive


@pytest.mark.database
@pytest.mark.django_db
def test_nobody_else_writes_and_nothing_too_long_or_too_late_is_kept(client: Client) -> None:
    call, li, leg = on_call()
    url = f"/calls/{call.pk}/note/"
    other = cast.interpreter("E-09", "en")
    client.force_login(other.person)
    assert client.post(url, {"text": "not mine"}).status_code == 409
    client.force_login(cast.person("wang", Role.SUPERVISOR))
    assert client.post(url, {"text": "not mine"}).status_code == 404
    client.force_login(li.person)
    assert client.post(url, {"text": "x" * (LONGEST + 1)}).status_code == 409
    leg.ended_at = call.ended_at = now() - dt.timedelta(hours=1)
    leg.save()
    call.save()
    assert client.post(url, {"text": "too late"}).status_code == 409
    assert not CallNote.objects.exists()


@pytest.mark.database
@pytest.mark.django_db
def test_the_seed_has_each_term_in_every_language_and_is_added_once() -> None:
    wang = cast.person("wang", Role.SUPERVISOR)
    added = terms.load_seed(wang)
    assert terms.load_seed(wang) == 0
    words = set(Term.objects.values_list("zh", flat=True))
    assert added == Term.objects.count() == len(words) * len(FOREIGN)
    assert [term.foreign for term in terms.search("ko", "救护", TODAY)] == ["구급차"]
    assert [term.zh for term in terms.search("en", "AMBUL", TODAY)] == ["救护车"]
    assert terms.search("fr", "救护", TODAY, domain="travel") == []


@pytest.mark.database
@pytest.mark.django_db
def test_a_term_is_found_only_while_it_holds() -> None:
    day = dt.timedelta(days=1)
    for word, begins, ends in (("old", None, TODAY - day), ("now", TODAY, TODAY), ("next", TODAY + day, None)):
        Term.objects.create(language="en", domain="legal", zh="押金", foreign=word, valid_from=begins, valid_until=ends)
    assert [term.foreign for term in terms.search("en", "押金", TODAY)] == ["now"]


@pytest.mark.database
@pytest.mark.django_db
def test_a_table_goes_out_and_comes_back_the_same_and_a_wrong_row_takes_nothing(client: Client) -> None:
    wang = cast.person("wang", Role.SUPERVISOR)
    Term.objects.create(language="ar", domain="medical", zh="=过敏", foreign="حساسية", source="-1", valid_from=TODAY)
    client.force_login(wang)
    before = list(
        Term.objects.values_list("language", "domain", "zh", "foreign", "source", "valid_from", "valid_until")
    )
    for name in ("terms.xlsx", "terms.csv"):
        data = client.get(f"/terms/download/{name}").content
        Term.objects.all().delete()
        answer = client.post("/terms/upload/", {"file": SimpleUploadedFile(name, data)}, headers=ENGLISH, follow=True)
        assert "Rows taken: 1" in answer.content.decode()
        rows = Term.objects.values_list("language", "domain", "zh", "foreign", "source", "valid_from", "valid_until")
        assert list(rows) == before
    head = ",".join(terms.COLUMNS)
    for row in (
        "医疗,胸痛,tlh,x,,,",
        "巫术,胸痛,en,x,,,",
        "医疗,,en,x,,,",
        "医疗,胸痛,en,x,,2026-02-02,2026-01-01",
        "医疗,a,en,b,,x,",
    ):
        table = f"{head}\r\n医疗,胸痛,en,chest pain,,,\r\n{row}\r\n".encode()
        answer = client.post(
            "/terms/upload/", {"file": SimpleUploadedFile("t.csv", table)}, headers=ENGLISH, follow=True
        )
        assert "row 3 is wrong" in answer.content.decode(), row
    assert Term.objects.count() == 1


@pytest.mark.database
@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
def test_who_looks_up_and_who_keeps(client: Client, role: Role) -> None:
    client.force_login(cast.person("eve", role))
    sees = role in {Role.INTERPRETER, Role.SUPERVISOR, Role.EXPERT, Role.SUPPLIER_MANAGER, Role.PROJECT_MANAGER}
    keeps = role in {Role.SUPERVISOR, Role.EXPERT, Role.PROJECT_MANAGER}
    for path in ("/terms/", "/terms/search/?language=en&q=a", "/terms/download/terms.csv"):
        assert client.get(path).status_code == (200 if sees else 403)
    assert client.post("/terms/upload/", {"seed": "1"}).status_code == (302 if keeps else 403)


@pytest.mark.browser
def test_at_her_desk_she_notes_looks_up_and_finds_all_of_it_after_a_reload(visitor: Visitor) -> None:
    call, li, leg = on_call()
    terms.load_seed(cast.person("wang", Role.SUPERVISOR))
    caller, agent = cast.leg(call, "caller"), cast.leg(call, "agent", label="12345")
    call.snapshot = {
        "principal": caller.pk,
        "legs": [
            {"id": caller.pk, "role": "caller", "phase": "up", "aside": "hold"},
            {"id": agent.pk, "role": "agent", "phase": "joined", "aside": ""},
            {"id": leg.pk, "role": "interpreter", "phase": "joined", "aside": ""},
        ],
    }
    call.save()
    visitor.sign_in(li.person, "zh-hans")
    page = visitor.open("/")
    note = page.locator("form.note textarea")
    note.fill("住址：黄埔大道")
    expect(page.locator(".kept")).to_have_attribute("data-state", "kept")
    page.locator(".lookup input[name=q]").fill("胸")
    expect(page.locator(".terms li")).to_have_count(1)
    expect(page.locator(".terms li")).to_contain_text("chest pain")
    expect(page.locator("[data-apart=hold]")).to_contain_text("保持中")
    page.reload()
    expect(page.locator("form.note textarea")).to_have_value("住址：黄埔大道")
    assert CallNote.objects.get().text == "住址：黄埔大道"
    assert visitor.problems == []


@pytest.mark.database
@pytest.mark.django_db
def test_phrase_cards_are_in_the_callers_language_and_the_readers(client: Client) -> None:
    call, li, _leg = on_call()
    client.force_login(li.person)
    path = f"/calls/{call.pk}/workplace/"
    Call.objects.update(language="ar")
    page = client.get(path, headers={"accept-language": "en"}).content.decode()
    assert '<dd lang="ar" dir="rtl">هل هناك شخص مصاب أو مريض؟</dd>' in page
    assert '<dt lang="en">Is anybody hurt or ill?</dt>' in page
    Call.objects.update(language="en")
    page = client.get(path, headers={"accept-language": "en"}).content.decode()
    assert '<dd lang="en" dir="ltr">Is anybody hurt or ill?</dd>' in page
    assert '<dt lang="zh">有人受伤或生病吗？</dt>' in page, "never a sentence beside itself"
    Call.objects.update(language="")
    assert "cards-of-phrases" not in client.get(path).content.decode()
    Call.objects.update(language="ar")
    client.force_login(cast.person("boss", Role.SUPERVISOR))
    assert "cards-of-phrases" not in client.get(path).content.decode(), "who does not interpret needs none"
