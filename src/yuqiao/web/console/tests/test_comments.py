"""Comments at moments of a recording: written, answered, looked into, taken back; each sees what concerns her."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from yuqiao.accounts.models import JournalEntry, Role
from yuqiao.accounts.services import grant_role
from yuqiao.hotline.models import Call, CallComment
from yuqiao.web.console.tests import cast

pytestmark = [pytest.mark.database, pytest.mark.django_db]
WORDS = "said fifteen, the caller said fifty"


@pytest.fixture
def call(recordings: Path) -> Call:
    return cast.finished_call()


def browser(person: Any) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(person)
    return client


@pytest.fixture
def wang() -> Client:
    return browser(cast.person("wang", Role.SUPERVISOR))


@pytest.fixture
def her(call: Call) -> Client:
    leg = call.legs.get(role="interpreter")
    assert leg.interpreter is not None
    return browser(leg.interpreter.person)


def comment(client: Client, call: Call, **more: str) -> Any:
    form = {"kind": "error", "text": WORDS, "at": "12000", "until": "", "part": "1"} | more
    return client.post(f"/calls/{call.pk}/comments/", form)


def change(client: Client, row: CallComment, ask: str, **more: str) -> Any:
    return client.post(f"/comments/{row.pk}/", {"ask": ask, **more})


def test_a_comment_stands_at_its_moment_and_concerns_who_interpreted(wang: Client, call: Call) -> None:
    part = comment(wang, call, until="15500")
    assert part.status_code == 200
    assert WORDS in part.content.decode()
    row = CallComment.objects.get()
    assert (row.at_ms, row.until_ms, row.about) == (12000, 15500, call.legs.get(role="interpreter").interpreter)
    entry = JournalEntry.objects.get(action="comment.add")
    assert (entry.subject_id, entry.detail) == (str(row.pk), {"call": str(call.pk), "kind": "error"})
    assert "0:12 – 0:15" in wang.get(f"/calls/{call.pk}/").content.decode()


@pytest.mark.parametrize(
    "wrong", [{"kind": "rant"}, {"text": " "}, {"at": ""}, {"at": "9999999"}, {"at": "-5"}, {"until": "12000"}]
)
def test_what_makes_no_sense_is_said_and_not_kept(wang: Client, call: Call, wrong: dict[str, str]) -> None:
    refused = comment(wang, call, **wrong)
    assert refused.status_code == 400
    assert refused.content.decode().endswith(".")
    assert not CallComment.objects.exists()


def test_she_sees_and_answers_what_concerns_her_without_hearing_anybody(wang: Client, her: Client, call: Call) -> None:
    comment(wang, call)
    row = CallComment.objects.get()
    assert WORDS in her.get("/comments/mine/").content.decode()
    assert WORDS in her.get(f"/calls/{call.pk}/").content.decode()
    assert her.get("/comments/").status_code == 403
    assert her.post(f"/calls/{call.pk}/listen/", {"purpose": "quality"}).status_code == 403
    assert comment(her, call).status_code == 403
    change(her, row, "answer", text="The line broke just then.")
    assert "The line broke just then." in wang.get("/comments/").content.decode()
    for ask in ("settle", "withdraw"):
        change(her, row, ask)
    row.refresh_from_db()
    assert (row.settled_at, row.withdrawn_at) == (None, None)


def test_another_interpreter_and_other_roles_see_nothing_of_it(wang: Client, call: Call) -> None:
    comment(wang, call)
    row = CallComment.objects.get()
    other = browser(cast.interpreter("E-55", "en").person)
    assert WORDS not in other.get("/comments/mine/").content.decode()
    assert change(other, row, "answer", text="x").status_code == 404
    watcher = browser(cast.person("admin", Role.ADMINISTRATOR))
    assert WORDS not in watcher.get(f"/calls/{call.pk}/").content.decode()
    assert watcher.get("/comments/mine/").status_code == 404
    assert CallComment.objects.count() == 1


def test_open_ones_wait_until_somebody_looked_into_them(wang: Client, her: Client, call: Call) -> None:
    comment(wang, call)
    comment(wang, call, kind="praise", text="calm and exact", at="20000")
    row = CallComment.objects.get(kind="error")
    waiting = wang.get("/comments/").content.decode()
    assert WORDS in waiting
    assert "calm and exact" not in waiting
    assert "calm and exact" in wang.get("/comments/?which=all").content.decode()
    change(wang, row, "settle")
    assert WORDS not in wang.get("/comments/").content.decode()
    row.refresh_from_db()
    assert row.settled_by is not None
    change(her, row, "answer", text="too late")
    assert CallComment.objects.filter(answers=row).count() == 0, "it is closed"


def test_ones_own_comment_is_taken_back_and_the_journal_knows(wang: Client, her: Client, call: Call) -> None:
    comment(wang, call)
    row = CallComment.objects.get()
    li = browser(cast.person("li", Role.SUPERVISOR))
    change(li, row, "withdraw")
    assert WORDS in li.get("/comments/").content.decode(), "not by others"
    change(wang, row, "withdraw")
    for reader, path in ((wang, "/comments/?which=all"), (her, "/comments/mine/"), (li, f"/calls/{call.pk}/")):
        assert WORDS not in reader.get(path).content.decode()
    told = JournalEntry.objects.get(action="comment.withdraw")
    assert told.subject_id == str(row.pk)
    assert WORDS not in str(told.detail)
    assert CallComment.objects.get().text == WORDS, "the row stays"


def test_nobody_settles_what_concerns_herself(call: Call, wang: Client) -> None:
    leg = call.legs.get(role="interpreter")
    assert leg.interpreter is not None
    comment(wang, call)
    grant_role(leg.interpreter.person, Role.SUPERVISOR, by=None)
    change(browser(leg.interpreter.person), CallComment.objects.get(), "settle")
    assert CallComment.objects.get().settled_at is None
