"""The form after a call: by client, and by keyboard alone in a real browser within 20 seconds."""

from __future__ import annotations

import datetime as dt
import os
import time

import pytest
from django.test import Client
from playwright.sync_api import expect

from yuqiao.accounts.models import JournalEntry, Role
from yuqiao.hotline.models import Call, Complaint, MessageConsent, Topic, WrapUp
from yuqiao.hotline.topics import tree
from yuqiao.lib.clock import now
from yuqiao.web.console.tests import cast
from yuqiao.web.console.tests.conftest import Visitor
from yuqiao.workforce.models import Interpreter


def filled(**changes: str) -> dict[str, str]:
    topic = Topic.objects.filter(parent=None)[0]
    return {"request_type": "help", "topic": str(topic.pk), "outcome": "resolved", "sensitive": "none", **changes}


def page(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path, headers={"accept-language": "en"})
    assert response.status_code == status
    return response.content.decode()


@pytest.fixture
def anna(db: None, client: Client) -> Interpreter:
    """Anna, signed in, after a call."""
    row = cast.interpreter("E-01", "en", state="wrap_up")
    Interpreter.objects.update(state_since=now())
    cast.finished_call(60, 30)
    client.force_login(row.person)
    return row


@pytest.mark.database
def test_her_page_holds_the_form_until_it_is_finished(client: Client, anna: Interpreter) -> None:
    call = Call.objects.get()
    assert f'data-call="{call.pk}"' in page(client, "/")
    draft = client.post(f"/wrap-ups/{call.pk}/", {"request_type": "help"})
    assert draft.status_code == 204
    anna.refresh_from_db()
    assert anna.wrap_up_until is not None
    assert anna.wrap_up_until > now() + dt.timedelta(seconds=20)
    more = {"note": "lost bag", "finish": "1", "agrees": "on", "complaint": "late"}
    assert client.post(f"/wrap-ups/{call.pk}/", filled(**more))["Location"] == "/"
    assert WrapUp.objects.get().note == "lost bag"
    assert MessageConsent.objects.get().number == call.caller_number
    assert Complaint.objects.get().source == "desk"
    assert "wrap-form" not in page(client, "/")
    assert client.post(f"/wrap-ups/{call.pk}/", filled()).status_code == 409


@pytest.mark.database
@pytest.mark.usefixtures("anna")
def test_what_is_not_complete_is_not_finished_but_she_may_be_ready_all_the_same(client: Client) -> None:
    call = Call.objects.get()
    answer = client.post(f"/wrap-ups/{call.pk}/", {"request_type": "help", "finish": "1"}, follow=True)
    assert "未保存" in answer.content.decode()
    assert client.post("/presence/", {"state": "ready"}).status_code == 302
    assert Interpreter.objects.get(number="E-01").state == "ready", "a reminder, not a lock"


@pytest.mark.database
@pytest.mark.usefixtures("anna")
def test_others_see_nothing_and_supervisors_mend(client: Client) -> None:
    call = Call.objects.get()
    client.force_login(cast.person("stranger", Role.INTERPRETER))
    page(client, f"/wrap-ups/{call.pk}/", 403)
    page(client, "/wrap-ups/", 403)
    page(client, "/topics/", 403)
    client.force_login(cast.person("zhou", Role.SUPERVISOR))
    assert 'id="missing-count">1<' in page(client, "/wrap-ups/")
    assert client.post(f"/wrap-ups/{call.pk}/", filled(note="asked her")).status_code == 302
    listed = page(client, "/wrap-ups/")
    assert 'id="missing-count">0<' in listed
    assert "asked her" in listed
    assert JournalEntry.objects.filter(action="wrap_up.correct").count() == 1


@pytest.mark.database
@pytest.mark.django_db
def test_the_tree_of_topics_is_changed_by_those_who_may(client: Client) -> None:
    client.force_login(cast.person("zhou", Role.SUPERVISOR))
    first = tree()[0]
    names = {"name_zh": "签到", "name_en": "Check-in"}
    client.post("/topics/change/", {"do": "add", "parent": str(first.topic.pk), **names})
    made = Topic.objects.get(name_en="Check-in")
    client.post("/topics/change/", {"do": "rename", "topic": str(made.pk), "name_zh": "入住", "name_en": "Checking in"})
    client.post("/topics/change/", {"do": "move", "topic": str(made.pk), "parent": ""})
    client.post("/topics/change/", {"do": "retire", "topic": str(made.pk)})
    made.refresh_from_db()
    assert (made.name_zh, made.parent, made.retired_at is None) == ("入住", None, False)
    assert "Bring back" in page(client, "/topics/")
    client.post("/topics/change/", {"do": "restore", "topic": str(made.pk)})
    assert client.post("/topics/change/", {"do": "delete", "topic": str(made.pk)}).status_code == 400
    answer = client.post("/topics/change/", {"do": "add", "name_zh": " ", "name_en": "x"}, follow=True)
    assert "未更改" in answer.content.decode()
    client.force_login(cast.person("auditor", Role.AUDITOR))
    assert "Add topic" not in page(client, "/topics/")
    assert client.post("/topics/change/", {"do": "add", **names}).status_code == 403


def test_by_keyboard_alone_within_twenty_seconds(visitor: Visitor) -> None:
    if not Topic.objects.exists():  # a test that flushed the database took the first topics with it
        parent = Topic.objects.create(name_zh="旅行出行", name_en="Travel")
        Topic.objects.create(parent=parent, name_zh="失物", name_en="Lost property")
    anna = cast.interpreter("E-01", "en", state="busy")
    call = cast.finished_call(60, 30)
    call.legs.filter(interpreter=anna).update(ended_at=None)
    visitor.sign_in(anna.person, "zh-hans")
    screen = visitor.open("/")
    expect(screen.locator(".wrap-form")).to_have_count(0)
    call.legs.update(ended_at=now())
    Interpreter.objects.update(state="wrap_up", state_since=now())
    form = screen.locator(".wrap-form")
    expect(form).to_be_visible(timeout=10_000)  # it comes by itself
    expect(form.locator("[data-step].now legend")).to_have_text("诉求类型")
    began = time.monotonic()
    keys = screen.keyboard
    keys.press("4")
    expect(form.locator("[data-step].now legend")).to_have_text("主题")
    keys.press("1")
    keys.press("1")
    expect(form.locator("[data-step].now legend")).to_have_text("结果")
    keys.press("5")
    keys.press("Backspace")
    keys.press("2")
    keys.press("0")
    expect(screen.locator("#wrap-note")).to_be_focused()
    expect(form.locator(".saved")).to_have_text("已保存")
    draft = WrapUp.objects.get()
    assert (draft.request_type, draft.finished_at) == ("help", None), "saved while she types"
    anna.refresh_from_db()
    assert anna.wrap_up_until is not None
    keys.type("在地铁站丢了包，2 点联系失物招领")
    if os.environ.get("YUQIAO_PICTURES"):
        screen.screenshot(path=f"{os.environ['YUQIAO_PICTURES']}/wrap-up.png", full_page=True)
    keys.press("Enter")
    screen.get_by_text("话后记录已保存").wait_for()
    assert time.monotonic() - began < 20
    done = WrapUp.objects.get()
    assert done.finished_at is not None
    assert done.topic is not None
    assert done.topic.parent is not None
    assert (done.outcome, done.sensitive) == ("passed_on", "none")
    assert "2 点" in done.note
    assert visitor.problems == []
