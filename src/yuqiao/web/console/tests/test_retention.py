"""How long a recording is kept, on the call's page: what it says, who may keep it longer, and what is refused."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from yuqiao.accounts.models import JournalEntry, Role
from yuqiao.hotline import retention
from yuqiao.hotline.models import Call, RecordingHold
from yuqiao.hotline.recordings import finish
from yuqiao.hotline.tests.test_keeping import recorded
from yuqiao.web.console.tests import cast

pytestmark = [pytest.mark.database, pytest.mark.django_db]


@pytest.fixture
def call(tmp_path: Path, settings: Any) -> Call:
    settings.RECORDINGS_DIR = tmp_path
    settings.RECORDINGS_DAYS = {"": 100}
    made = recorded(tmp_path)
    finish(str(made.pk))
    return Call.objects.get(pk=made.pk)


def of(role: Role) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(cast.person(role.value, role))
    return client


def ask(client: Client, call: Call, what: str, **more: str) -> Any:
    return client.post(f"/calls/{call.pk}/recording/", {"ask": what, **more}, follow=True)


def test_the_page_says_until_when_and_a_hold_with_its_reason(call: Call) -> None:
    boss = of(Role.SUPERVISOR)
    assert call.ended_at is not None
    until = f"Kept until {(call.ended_at + dt.timedelta(days=100)).astimezone(dt.timezone(dt.timedelta(hours=8))):%F}"
    assert until in boss.get(f"/calls/{call.pk}/").content.decode()
    page = ask(boss, call, "keep", reason="Case 17 <at court>").content.decode()
    assert "kept longer by" in page
    assert "Case 17 &lt;at court&gt;" in page
    assert "Let it go at its time" in page
    page = ask(boss, call, "release").content.decode()
    assert ("Case 17" in page, "Keep longer…" in page) == (False, True)
    acts = list(JournalEntry.objects.filter(subject_id=call.pk).order_by("-id").values_list("action", flat=True)[:2])
    assert acts == ["recording.keep_no_longer", "recording.keep_longer"]


def test_what_is_wrong_is_said_and_nothing_is_changed(call: Call) -> None:
    boss = of(Role.PROJECT_MANAGER)
    assert "1 to 300 characters" in ask(boss, call, "keep", reason=" ").content.decode()
    assert "Nobody keeps this recording" in ask(boss, call, "release").content.decode()
    assert ask(boss, call, "burn").status_code == 404
    assert not RecordingHold.objects.exists()


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.INTERPRETER, Role.AGENT, Role.CLERK])
def test_others_keep_nothing(call: Call, role: Role) -> None:
    assert ask(of(role), call, "keep", reason="mine").status_code == 403
    assert not RecordingHold.objects.exists()


def test_a_recording_that_went_at_its_time_is_told_of(call: Call, settings: Any) -> None:
    settings.RECORDINGS_DAYS = {"": 0}
    assert retention.expire(str(call.pk)) > 0
    page = of(Role.AUDITOR).get(f"/calls/{call.pk}/").content.decode()
    assert "and is deleted." in page
    assert "Keep longer…" not in page
    assert "is being finished" not in page
