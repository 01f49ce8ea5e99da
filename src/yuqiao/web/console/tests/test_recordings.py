"""Hearing recordings: only with a right to, only with a ticket, never outside the folder, in ranges."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest
from django.core import signing
from django.http import StreamingHttpResponse
from django.test import Client

from yuqiao.accounts.models import JournalEntry, Role
from yuqiao.hotline.models import Call, Recording
from yuqiao.web.console import recordings as page
from yuqiao.web.console.tests import cast

pytestmark = [pytest.mark.database, pytest.mark.django_db, pytest.mark.filterwarnings("ignore:StreamingHttpResponse")]


@pytest.fixture
def call(recordings: Path) -> Call:
    made = cast.finished_call()
    for leg in made.legs.all():
        cast.track(made, leg, seconds=0.5)
    return made


@pytest.fixture
def wang(client: Client) -> Client:
    client.force_login(cast.person("wang", Role.SUPERVISOR))
    return client


def tickets(client: Client, call: Call) -> list[str]:
    return [track["url"] for track in client.post(f"/calls/{call.pk}/listen/").json()["tracks"]]


def body(response: Any) -> bytes:
    assert isinstance(response, StreamingHttpResponse)

    async def collect() -> bytes:
        return b"".join([piece async for piece in response])

    return asyncio.run(collect())


def test_tracks_come_whole_and_in_ranges(wang: Client, call: Call, recordings: Path) -> None:
    urls = tickets(wang, call)
    assert len(urls) == 3
    sound = (recordings / Recording.objects.earliest("id").path).read_bytes()
    whole = wang.get(urls[0])
    assert (whole.status_code, whole["Content-Type"], whole["Accept-Ranges"]) == (200, "audio/wav", "bytes")
    assert body(whole) == sound
    part = wang.get(urls[0], headers={"range": "bytes=44-143"})
    assert (part.status_code, part["Content-Range"]) == (206, f"bytes 44-143/{len(sound)}")
    assert body(part) == sound[44:144]
    changed = wang.get(urls[0], headers={"range": "bytes=44-143", "if-range": '"another"'})
    assert changed.status_code == 200
    beyond = wang.get(urls[0], headers={"range": f"bytes={len(sound)}-"})
    assert (beyond.status_code, beyond["Content-Range"]) == (416, f"bytes */{len(sound)}")


def test_each_listening_enters_the_journal(wang: Client, call: Call) -> None:
    tickets(wang, call)
    tickets(wang, call)
    entries = JournalEntry.objects.filter(action="recording.listen", subject_id=str(call.pk))
    assert [entry.actor and entry.actor.username for entry in entries] == ["wang", "wang"]


def test_a_ticket_serves_only_whom_it_was_given_to(wang: Client, call: Call) -> None:
    url = tickets(wang, call)[0]
    other = Client()
    other.force_login(cast.person("li", Role.SUPERVISOR))
    assert other.get(url).status_code == 403
    assert Client().get(url).status_code == 302


def test_a_ticket_dies_with_the_role(wang: Client, call: Call) -> None:
    url = tickets(wang, call)[0]
    entry = JournalEntry.objects.latest("id")
    assert entry.actor is not None
    entry.actor.grants.all().delete()
    assert wang.get(url).status_code == 403


def test_forged_and_old_tickets_are_refused(wang: Client, call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    url = tickets(wang, call)[0]
    assert wang.get(url[:-4] + "xx/").status_code == 403
    assert wang.get("/recordings/..%2f..%2fetc%2fpasswd/").status_code in {403, 404}
    monkeypatch.setattr(page, "TICKET_SECONDS", -1)
    assert wang.get(url).status_code == 403


@pytest.mark.parametrize("role", [Role.AGENT, Role.INTERPRETER, Role.ADMINISTRATOR, Role.CLERK])
def test_other_roles_hear_nothing_even_with_a_ticket(client: Client, call: Call, role: Role) -> None:
    person = cast.person("nosy", role)
    client.force_login(person)
    assert client.post(f"/calls/{call.pk}/listen/").status_code == 403
    ticket = signing.dumps({"recording": Recording.objects.earliest("id").pk, "person": person.pk}, salt=page.SALT)
    assert client.get(f"/recordings/{ticket}/").status_code == 403


@pytest.mark.parametrize("path", ["../secret.wav", "/etc/hostname", "finished/../../secret.wav", "link.wav", "", "."])
def test_paths_out_of_the_folder_lead_nowhere(wang: Client, call: Call, recordings: Path, path: str) -> None:
    (recordings.parent / "secret.wav").write_bytes(b"secret")
    os.symlink(recordings.parent / "secret.wav", recordings / "link.wav")
    urls = tickets(wang, call)
    Recording.objects.update(path=path)
    assert wang.get(urls[0]).status_code == 404


def test_a_running_call_is_not_heard(wang: Client, recordings: Path) -> None:
    call = cast.call(20)
    cast.track(call, cast.leg(call, "caller"), seconds=0.2)
    assert wang.post(f"/calls/{call.pk}/listen/").status_code == 404
    assert not JournalEntry.objects.filter(action="recording.listen").exists()
