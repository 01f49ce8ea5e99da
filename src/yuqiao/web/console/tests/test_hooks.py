"""The page of partners' addresses: an administrator keeps them, the office sees them, the secret is shown once."""

from __future__ import annotations

import re

import pytest
from django.db.models import Q
from django.test import Client

from yuqiao.accounts.models import Person, Role
from yuqiao.accounts.services import create_person, grant_role
from yuqiao.hooks import outbox
from yuqiao.hooks.models import Hook, HookDelivery, HookState
from yuqiao.hooks.publishing import publish
from yuqiao.hooks.sending import Sent
from yuqiao.hotline.alarms import AlarmKind
from yuqiao.lib.clock import now
from yuqiao.web.console import pieces, watch

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def signed_in(username: str, role: Role) -> Client:
    person = create_person(username, by=None)
    grant_role(person, role, by=None)
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def admin() -> Client:
    return signed_in("chen", Role.ADMINISTRATOR)


def register(admin: Client, **more: str) -> str:
    """Register an address by the form; return what the page says."""
    form = {
        "name": "12345 工单系统",
        "url": "https://partner.example/x",
        "person": "chen",
        "kinds": "service.down",
    } | more
    return admin.post("/hooks/add/", form, follow=True).content.decode()


def test_the_secret_is_shown_once(admin: Client) -> None:
    secrets = re.findall(r"whsec_[\w+/=]+", register(admin))
    assert len(secrets) == 1
    hook = Hook.objects.get()
    for page in ("/hooks/", f"/hooks/{hook.pk}/"):
        said = admin.get(page).content.decode()
        assert "12345 工单系统" in said
        assert "whsec_" not in said
    fresh = admin.post(f"/hooks/{hook.pk}/change/", {"ask": "rotate"})
    assert "no-store" in fresh["Cache-Control"]
    assert re.findall(r"whsec_[\w+/=]+", fresh.content.decode()) not in ([], secrets)


@pytest.mark.parametrize("wrong", [{"url": "https://127.0.0.1/"}, {"kinds": "x"}, {"name": " "}])
def test_what_cannot_be_is_said_and_nothing_is_written(admin: Client, wrong: dict[str, str]) -> None:
    assert 'class="error"' in register(admin, **wrong)
    assert not Hook.objects.exists()


def test_tried_sent_again_changed_switched_and_removed(admin: Client) -> None:
    register(admin)
    hook = Hook.objects.get()
    here = f"/hooks/{hook.pk}/change/"
    admin.post(here, {"ask": "test"})
    publish("service.down", "service:media", {"service": "media", "line": ""}, Q())
    answers = [Sent(204, 8), Sent(503, 9, answer="<b>busy</b>")]
    outbox.serve(hook.pk, lambda *_: answers.pop(0))
    page = admin.get(f"/hooks/{hook.pk}/").content.decode()
    assert "hook.test" in page
    assert "503" in page
    assert "&lt;b&gt;busy" in page
    tried = HookDelivery.objects.get(event__kind="hook.test")
    admin.post(here, {"ask": "again", "delivery": str(tried.pk)})
    tried.refresh_from_db()
    assert tried.state == "waiting"
    admin.post(here, {"ask": "change", "name": "新名", "url": "https://new.example/", "kinds": ["case.closed"]})
    admin.post(here, {"ask": "off"})
    hook.refresh_from_db()
    assert (hook.name, hook.url, hook.kinds, hook.state) == ("新名", "https://new.example/", ["case.closed"], "off")
    assert 'class="error"' in admin.post(here, {"ask": "test"}, follow=True).content.decode()
    admin.post(here, {"ask": "on"})
    admin.post(here, {"ask": "remove"})
    assert admin.get(f"/hooks/{hook.pk}/").status_code == 404


def test_the_office_sees_it_and_changes_nothing(admin: Client) -> None:
    register(admin)
    hook = Hook.objects.get()
    boss = signed_in("boss", Role.SUPERVISOR)
    for page in ("/hooks/", f"/hooks/{hook.pk}/"):
        assert 'action="/hooks/' not in boss.get(page).content.decode()
    assert boss.post(f"/hooks/{hook.pk}/change/", {"ask": "off"}).status_code == 403
    assert boss.post("/hooks/add/", {}).status_code == 403


def test_an_address_that_failed_for_days_stands_on_the_board(admin: Client) -> None:
    register(admin)
    assert not [one for one in watch.away(now()) if one.kind is AlarmKind.HOOK]
    Hook.objects.update(state=HookState.BROKEN, failing_since=now())
    (alarm,) = [one for one in watch.away(now()) if one.kind is AlarmKind.HOOK]
    (row,) = pieces.in_words([alarm])
    assert "12345 工单系统" in row.text
    assert (row.level, row.page) == ("warn", "hooks")
    assert Person.objects.filter(username="chen").exists()
