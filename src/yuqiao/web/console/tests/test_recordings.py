"""Hearing recordings: for a purpose, within one's own sitting, in ranges, never outside the folder, and noted."""

from __future__ import annotations

import asyncio
import datetime as dt
import io
import json
import os
import uuid
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from django.http import StreamingHttpResponse
from django.test import Client

from yuqiao.accounts.models import JournalEntry, Role
from yuqiao.hotline import jobs, listenings
from yuqiao.hotline.models import Call, Complaint, Listening, Recording
from yuqiao.hotline.tracks import read_samples
from yuqiao.lib import clock
from yuqiao.web.console.tests import cast

pytestmark = [pytest.mark.database, pytest.mark.django_db, pytest.mark.filterwarnings("ignore:StreamingHttpResponse")]


@pytest.fixture
def call(recordings: Path) -> Call:
    made = cast.finished_call()
    for leg, hertz in zip(made.legs.all(), (440, 620, 1000), strict=True):
        cast.track(made, leg, seconds=0.5, hertz=hertz)
    return made


@pytest.fixture
def wang(client: Client) -> Client:
    client.force_login(cast.person("wang", Role.SUPERVISOR))
    return client


def begun(client: Client, call: Call, purpose: str = "quality", reference: str = "") -> Any:
    told = client.post(f"/calls/{call.pk}/listen/", {"purpose": purpose, "reference": reference})
    assert told.status_code == 200, told.content
    return told.json()


def body(response: Any) -> bytes:
    assert isinstance(response, StreamingHttpResponse)

    async def collect() -> bytes:
        return b"".join([piece async for piece in response])

    return asyncio.run(collect())


def test_all_tracks_come_as_the_channels_of_one_file_whole_and_in_ranges(
    wang: Client, call: Call, recordings: Path
) -> None:
    told = begun(wang, call)
    assert [lane["role"] for lane in told["lanes"]] == ["caller", "agent", "interpreter"]
    whole = wang.get(told["sound"])
    assert (whole.status_code, whole["Content-Type"], whole["Accept-Ranges"]) == (200, "audio/wav", "bytes")
    data = body(whole)
    assert len(data) == int(whole["Content-Length"])
    sound, rate = soundfile.read(io.BytesIO(data), dtype="int16")
    assert (rate, told["length"]) == (8000, 0.5)
    for column, row in enumerate(Recording.objects.order_by("id")):
        assert np.array_equal(sound[:, column], read_samples(recordings / row.path))
    for first, last in ((0, 3), (44, 143), (10, 5001), (1001, len(data) - 1)):
        part = wang.get(told["sound"], headers={"range": f"bytes={first}-{last}"})
        assert (part.status_code, part["Content-Range"]) == (206, f"bytes {first}-{last}/{len(data)}")
        assert body(part) == data[first : last + 1]
    changed = wang.get(told["sound"], headers={"range": "bytes=44-143", "if-range": '"another"'})
    assert changed.status_code == 200
    beyond = wang.get(told["sound"], headers={"range": f"bytes={len(data)}-"})
    assert (beyond.status_code, beyond["Content-Range"]) == (416, f"bytes */{len(data)}")


def test_nothing_is_heard_without_a_purpose_and_a_case_has_its_number(wang: Client, call: Call) -> None:
    for purpose, reference in (("", ""), ("curiosity", ""), ("complaint", ""), ("order", "about his daughter")):
        refused = wang.post(f"/calls/{call.pk}/listen/", {"purpose": purpose, "reference": reference})
        assert refused.status_code == 400
        assert refused.json()["error"]
    assert not Listening.objects.exists()
    begun(wang, call, "complaint", "12345-2026-0042")
    row = Listening.objects.get()
    assert (row.purpose, row.reference, row.length_ms) == ("complaint", "12345-2026-0042", 500)


def test_each_sitting_enters_the_journal_with_its_purpose_and_what_was_heard(wang: Client, call: Call) -> None:
    told = begun(wang, call, "complaint", "C-7")
    begun(wang, call)
    entries = JournalEntry.objects.filter(action="recording.listen", subject_id=str(call.pk))
    assert [entry.actor and entry.actor.username for entry in entries] == ["wang", "wang"]
    assert [entry.detail["purpose"] for entry in entries] == ["complaint", "quality"]
    assert "C-7" not in json.dumps(entries[0].detail), "the number stands in the row"
    assert wang.post(told["heard"], {"spans": "[[0, 100], [300, 450]]"}).status_code == 204
    assert not JournalEntry.objects.filter(action="recording.heard").exists(), "once, at the end of the sitting"
    assert wang.post(told["heard"], {"spans": "[[50, 200]]", "over": "1"}).status_code == 204
    row = Listening.objects.get(purpose="complaint")
    assert (row.heard, row.heard_ms) == ([[0, 200], [300, 450]], 350)
    entry = JournalEntry.objects.get(action="recording.heard")
    assert entry.detail == {"listening": str(row.pk), "seconds": [[0, 1], [0, 1]], "percent": 70}
    assert wang.get(told["sound"]).status_code == 403, "the sitting is over"
    assert wang.post(told["heard"], {"spans": "[]"}).status_code == 403


@pytest.mark.parametrize("spans", ["x", "{}", '[["a", 2]]', "[[1]]", "[[true, 2]]", json.dumps([[0, 1]] * 2001)])
def test_what_makes_no_sense_is_not_written_down(wang: Client, call: Call, spans: str) -> None:
    told = begun(wang, call)
    assert wang.post(told["heard"], {"spans": spans}).status_code == 400
    assert Listening.objects.get().heard == []


def test_a_page_that_gives_no_sign_for_long_is_closed_by_the_round(wang: Client, call: Call) -> None:
    told = begun(wang, call)
    wang.post(told["heard"], {"spans": "[[0, 5]]"})
    Listening.objects.update(seen_at=clock.now() - listenings.IDLE - dt.timedelta(seconds=1))
    assert wang.get(told["sound"]).status_code == 403
    jobs.look_after_recordings.call()
    assert Listening.objects.get().ended_at is not None
    assert JournalEntry.objects.get(action="recording.heard").detail["percent"] == 1


def test_a_sitting_serves_only_whom_it_is_of(wang: Client, call: Call) -> None:
    told = begun(wang, call)
    other = Client()
    other.force_login(cast.person("li", Role.SUPERVISOR))
    assert other.get(told["sound"]).status_code == 403
    assert other.post(told["heard"], {"spans": "[[0, 9]]"}).status_code == 403
    assert Client().get(told["sound"]).status_code == 302
    assert wang.get(f"/recordings/{uuid.uuid4()}/").status_code == 403


def test_a_sitting_dies_with_the_role(wang: Client, call: Call) -> None:
    told = begun(wang, call)
    Listening.objects.get().person.grants.all().delete()
    assert wang.get(told["sound"]).status_code == 403


@pytest.mark.parametrize("role", [Role.AGENT, Role.INTERPRETER, Role.ADMINISTRATOR, Role.CLERK])
def test_other_roles_hear_nothing(client: Client, call: Call, role: Role) -> None:
    client.force_login(cast.person("nosy", role))
    assert client.post(f"/calls/{call.pk}/listen/", {"purpose": "quality"}).status_code == 403
    assert not Listening.objects.exists()


def test_an_interpreter_hears_her_own_call_where_the_site_allows_it(client: Client, call: Call, settings: Any) -> None:
    her = call.legs.get(role="interpreter").interpreter
    assert her is not None
    client.force_login(her.person)
    assert client.post(f"/calls/{call.pk}/listen/", {"purpose": "own"}).status_code == 403
    settings.OWN_RECORDINGS_DAYS = 30
    told = begun(client, call, "own")
    assert client.get(told["sound"]).status_code == 200
    other = cast.interpreter("E-77", "en")
    stranger = Client()
    stranger.force_login(other.person)
    assert stranger.post(f"/calls/{call.pk}/listen/", {"purpose": "own"}).status_code == 403
    Complaint.objects.create(call=call, source="typed", text="x", made_at=clock.now())
    assert client.get(told["sound"]).status_code == 403, "now it is proof, and others look into it"
    assert client.post(f"/calls/{call.pk}/listen/", {"purpose": "own"}).status_code == 403
    assert "others hear it now" in client.get(f"/calls/{call.pk}/", headers={"accept-language": "en"}).content.decode()


@pytest.mark.parametrize("path", ["../secret.wav", "/etc/hostname", "finished/../../secret.wav", "link.wav", "", "."])
def test_paths_out_of_the_folder_lead_nowhere(wang: Client, call: Call, recordings: Path, path: str) -> None:
    (recordings.parent / "secret.wav").write_bytes(b"secret")
    os.symlink(recordings.parent / "secret.wav", recordings / "link.wav")
    Recording.objects.update(path=path)
    assert wang.post(f"/calls/{call.pk}/listen/", {"purpose": "quality"}).status_code == 404
    assert not Listening.objects.exists()


def test_a_damaged_file_is_not_given_out(wang: Client, call: Call, recordings: Path) -> None:
    (recordings / Recording.objects.earliest("id").path).write_bytes(b"fLaC and nothing")
    assert wang.post(f"/calls/{call.pk}/listen/", {"purpose": "quality"}).status_code == 404


def test_a_running_call_is_not_heard(wang: Client, recordings: Path) -> None:
    call = cast.call(20)
    cast.track(call, cast.leg(call, "caller"), seconds=0.2)
    assert wang.post(f"/calls/{call.pk}/listen/", {"purpose": "quality"}).status_code == 404
    assert not JournalEntry.objects.filter(action="recording.listen").exists()


def test_a_refused_call_is_not_heard_even_while_its_files_are_there(wang: Client, call: Call) -> None:
    told = begun(wang, call)
    Call.objects.filter(pk=call.pk).update(consent="refused")
    assert wang.get(told["sound"]).status_code == 403
    assert wang.post(f"/calls/{call.pk}/listen/", {"purpose": "quality"}).status_code == 404


def test_files_are_taken_away_by_few_within_a_sitting_and_each_is_journaled(call: Call, recordings: Path) -> None:
    auditor, supervisor = Client(), Client()
    auditor.force_login(cast.person("zhao", Role.AUDITOR))
    supervisor.force_login(cast.person("wang", Role.SUPERVISOR))
    assert begun(supervisor, call)["files"] == []
    files = begun(auditor, call, "audit", "2026-3")["files"]
    assert len(files) == 3
    row = Recording.objects.earliest("id")
    assert files[0]["name"] == Path(row.path).name
    assert supervisor.post(files[0]["url"]).status_code == 403
    assert auditor.get(files[0]["url"]).status_code == 405
    taken = auditor.post(files[0]["url"])
    assert body(taken) == (recordings / row.path).read_bytes()
    assert "attachment" in taken["Content-Disposition"]
    assert Listening.objects.get(purpose="audit").taken == [row.pk]
    entry = JournalEntry.objects.get(action="recording.take")
    assert (entry.detail["purpose"], entry.detail["recording"]) == ("audit", row.pk)
    other = cast.track(cast.finished_call(), call.legs.all()[0], seconds=0.1)
    assert auditor.post(files[0]["url"].replace(f"/{row.pk}/", f"/{other.pk}/")).status_code == 404


def test_who_heard_it_stands_on_the_page_for_those_who_may_hear(wang: Client, call: Call) -> None:
    told = begun(wang, call, "complaint", "C-7")
    wang.post(told["heard"], {"spans": "[[0, 250]]", "over": "1"})
    page = wang.get(f"/calls/{call.pk}/", headers={"accept-language": "en"}).content.decode()
    assert "Who heard this recording" in page
    assert "C-7" in page
    assert "50 %" in page
    watcher = Client()
    watcher.force_login(cast.person("admin", Role.ADMINISTRATOR))
    assert "Who heard this recording" not in watcher.get(f"/calls/{call.pk}/").content.decode()
