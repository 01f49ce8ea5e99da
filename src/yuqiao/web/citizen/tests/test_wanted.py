"""Asking on a public page to be called back: a row with a deadline, one per number; no fraud, no flood, no robots."""

from __future__ import annotations

import datetime as dt
import html
import re

import pytest
from django.test import Client
from pytest_django import Settings

from yuqiao.accounts.models import JournalEntry
from yuqiao.hotline import callbacks, wanted_callbacks
from yuqiao.hotline.callback_figures import callbacks_returned
from yuqiao.hotline.models import Callback, SpentProof
from yuqiao.hotline.wanted_callbacks import WantedError
from yuqiao.lib import clock, proof_of_work
from yuqiao.web.citizen import wanted
from yuqiao.web.citizen.tests.cast import OWN, city
from yuqiao.web.console.tests import cast

pytestmark = [pytest.mark.database, pytest.mark.django_db]
NOON = dt.datetime(2026, 11, 23, 4, 0, tzinfo=dt.UTC)  # 12:00 in the city
MOBILE = "13900000001"


class Clock:
    """What time it is."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> dt.datetime:
        return self.at

    def passes(self, seconds: float) -> None:
        self.at += dt.timedelta(seconds=seconds)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    moving = Clock()
    monkeypatch.setattr(clock, "now", moving)
    for module in ("wanted", "proofs"):
        monkeypatch.setattr(f"yuqiao.web.citizen.{module}.now", moving)
    return moving


def form(client: Client, code: str = "ar", *, solved: bool = True, **typed: str) -> dict[str, str]:
    """Open the page and fill it in; ``solved``: as a browser with JavaScript does."""
    text = client.get(f"/{code}/callback/").content.decode()
    found = re.search(r'name="task" value="([^"]+)"', text)
    assert found is not None
    proof = proof_of_work.solve(found[1]) if solved else ""
    return {"number": MOBILE, "language": "ar", "name": "", "at": "", "task": found[1], "proof": proof} | typed


def post(client: Client, filled: dict[str, str], code: str = "ar", status: int = 200) -> str:
    response = client.post(f"/{code}/callback/", filled)
    assert response.status_code == status
    return html.unescape(response.content.decode())


def test_a_wish_becomes_a_callback_with_its_deadline(client: Client, time: Clock, settings: Settings) -> None:
    city()
    settings.OUTBOUND_CONTACT = "sip:{number}@trunk.example"
    text = post(client, form(client, name=" ليلى "))
    row = Callback.objects.get()
    assert (row.number, row.language, row.name, row.call) == (MOBILE, "ar", "ليلى", None)
    assert row.line is not None
    assert row.line.number == "960169"
    assert (row.next_try_at, row.due_at) == (time.at, time.at + callbacks.promise().within)
    assert "سنتصل بك" in text
    assert "12:30" in text
    assert MOBILE not in text
    entry = JournalEntry.objects.get(action="callback.wanted")
    assert MOBILE not in str(entry.detail)
    taken = callbacks.due(time.at, {"ar"})
    assert taken == [row]
    assert callbacks_returned(NOON - dt.timedelta(1), NOON + dt.timedelta(1), NOON).open == 0, "no missed call"


def test_a_chosen_time_is_kept(client: Client, time: Clock, settings: Settings) -> None:
    settings.OUTBOUND_CONTACT = "sip:{number}@trunk.example"
    filled = form(client)
    at = wanted_callbacks.times(time.at)[5]
    text = post(client, filled | {"at": at.isoformat()})
    row = Callback.objects.get()
    assert row.next_try_at == at
    assert row.due_at > at
    assert f"{at:%M}" in text
    assert all(8 <= one.hour < 21 for one in wanted_callbacks.times(time.at))
    assert len({one.date() for one in wanted_callbacks.times(time.at)}) == 4


def test_one_number_is_owed_one_callback(client: Client, time: Clock) -> None:
    missed = cast.callback(cast.finished_call(caller_number=MOBILE))
    first = post(client, form(client))
    time.passes(60)
    again = post(client, form(client, number="+86 139 0000 0001"))
    assert Callback.objects.get() == missed
    assert "سنتصل بك" in first
    assert "سنتصل بك" in again, "nobody learns whether a number is known"


@pytest.mark.parametrize("code", ["zh", "en", "ar"])
def test_one_number_is_wished_for_so_often_a_day_only(client: Client, time: Clock, code: str) -> None:
    city()
    first = time.at
    for hours in range(wanted_callbacks.MOST):
        time.at = first + dt.timedelta(hours=hours)
        post(client, form(client, code), code)
        assert Callback.objects.filter(done_at=None).update(done_at=time.at) == 1
    text = post(client, form(client, code, number="+86 139 0000 0001"), code, 429)
    assert OWN in text, "they are told to call"
    assert JournalEntry.objects.filter(action="callback.wanted").count() == wanted_callbacks.MOST
    post(client, form(client, code, number="13900000002"), code)
    time.at = first + wanted_callbacks.WITHIN
    post(client, form(client, code), code)
    assert Callback.objects.filter(number=MOBILE).count() == wanted_callbacks.MOST + 1


def test_missed_calls_do_not_count_as_wishes(client: Client, time: Clock) -> None:
    for _ in range(wanted_callbacks.MOST):
        cast.callback(cast.finished_call(caller_number=MOBILE))
        Callback.objects.filter(done_at=None).update(done_at=time.at, created_at=time.at)
    post(client, form(client))
    assert Callback.objects.filter(call=None).count() == 1


def test_a_number_called_enough_keeps_the_callback_it_is_owed(client: Client, time: Clock) -> None:
    for _ in range(wanted_callbacks.MOST):
        post(client, form(client))
        Callback.objects.filter(done_at=None).update(done_at=time.at)
        time.passes(1)  # the next task is another one
    missed = cast.callback(cast.finished_call(caller_number=MOBILE))
    post(client, form(client))
    assert Callback.objects.get(done_at=None) == missed


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"number": "1390000"}, "look complete"),
        ({"number": "110"}, "look complete"),
        ({"number": "sip:you@example"}, "look complete"),
        ({"number": "+1 900 555 1234"}, "in this country"),
        ({"number": "+44 20 7946 0958"}, "in this country"),
        ({"number": "400 810 0000"}, "kind of number"),
        ({"language": "zh"}, "choose your language"),
        ({"language": "xx"}, "choose your language"),
        ({"at": "yesterday"}, "another time"),
        ({"at": "2026-11-23T10:00:00+08:00"}, "another time"),
        ({"at": "2026-11-24T10:00:00"}, "another time"),
        ({"at": "2027-11-23T10:00:00+08:00"}, "another time"),
    ],
)
@pytest.mark.usefixtures("time")
def test_what_makes_no_sense_is_said_and_keeps_what_was_typed(client: Client, typed: dict[str, str], said: str) -> None:
    text = post(client, form(client, "en") | {"name": "Leila <b>"} | typed, "en", 422)
    assert said in text
    assert 'role="alert"' in text
    assert 'value="Leila <b>"' in text  # unescaped here, escaped in the page
    assert not Callback.objects.exists()
    assert not SpentProof.objects.exists()


def test_a_number_of_our_own_is_not_called(time: Clock) -> None:
    cast.line("02083330000")
    task = proof_of_work.read(proof_of_work.give("x", b"k", time.at.timestamp(), 1), "x", b"k", 0)
    with pytest.raises(WantedError, match="incomplete"):
        wanted_callbacks.want(wanted_callbacks.Wish("020-8333 0000", "en"), task)


def test_other_countries_can_be_permitted(client: Client, time: Clock, settings: Settings) -> None:
    settings.CALLBACK_COUNTRIES = ["CN", "GB"]
    time.passes(1)
    post(client, form(client, number="0044 (0)20 7946 0958"))
    assert Callback.objects.get().number == "+442079460958"


@pytest.mark.usefixtures("time")
def test_digits_of_other_scripts_are_understood(client: Client) -> None:
    post(client, form(client, number="١٣٩٠٠٠٠٠٠٠١"))
    assert Callback.objects.get().number == MOBILE


def test_a_proof_is_good_once_and_in_time_only(client: Client, time: Clock) -> None:
    filled = form(client)
    post(client, filled)
    Callback.objects.all().delete()
    assert "alert" in post(client, filled, status=422)
    late = form(client)
    time.passes(proof_of_work.LIFE + 1)
    post(client, late, status=422)
    wrong = form(client)
    post(client, wrong | {"proof": str((int(wrong["proof"]) + 1) % 800)}, status=422)
    post(client, form(client) | {"task": "made-up"}, status=422)
    assert not Callback.objects.exists()
    post(client, form(client))
    assert SpentProof.objects.count() == 1, "old ones are forgotten"


def test_without_javascript_a_few_come_through_slowly(client: Client, time: Clock) -> None:
    hasty = form(client, solved=False)
    post(client, hasty, status=422)
    for n in range(wanted.MOST_WITHOUT_PROOF):
        filled = form(client, solved=False, number=f"1390000000{n}")
        time.passes(wanted.SLOWEST_READER)
        post(client, filled)
    assert Callback.objects.count() == wanted.MOST_WITHOUT_PROOF
    filled = form(client, solved=False, number="13900000009")
    time.passes(wanted.SLOWEST_READER)
    post(client, filled, status=429)
    assert Callback.objects.count() == wanted.MOST_WITHOUT_PROOF
    post(client, form(client, number="13900000009"))


def test_one_address_asks_so_often_only(client: Client, time: Clock) -> None:
    time.passes(1)
    filled = form(client, number="1")
    for _ in range(wanted.MOST):
        post(client, filled, status=422)
    post(client, filled, status=429)


def test_a_forged_post_is_refused() -> None:
    assert Client(enforce_csrf_checks=True).post("/ar/callback/", {"number": MOBILE}).status_code == 403
