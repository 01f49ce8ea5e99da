"""The page of callbacks: numbers lead to rows, supervisors act, others only look, and the call shows its callback."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.test import Client, override_settings

from yuqiao.accounts.models import JournalEntry, Role
from yuqiao.hotline.models import Callback
from yuqiao.lib.clock import now
from yuqiao.web.console.tests import cast

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NUMBER = "+441632960123"


@pytest.fixture(autouse=True)
def _outbound() -> Iterator[None]:
    with override_settings(OUTBOUND_CONTACT="sip:{number}@trunk"):
        yield


@pytest.fixture
def zhou(client: Client) -> Client:
    client.force_login(cast.person("zhou", Role.SUPERVISOR))
    return client


def missed(number: str = NUMBER, **more: object) -> Callback:
    call = cast.call(300, caller_number=number, phase="ended", outcome="callback", ended_at=now())
    owed = cast.callback(call, number=number)
    Callback.objects.filter(pk=owed.pk).update(**more)
    owed.refresh_from_db()
    return owed


def page(client: Client, path: str = "/callbacks/") -> str:
    response = client.get(path, headers={"accept-language": "en"})
    assert response.status_code == 200
    return response.content.decode()


def test_open_ones_are_listed_with_attempts_and_their_calls(zhou: Client) -> None:
    owed = missed(attempts=1, next_try_at=now())
    tried = cast.call(100, way_in="callback", returns=owed, phase="ended", outcome="not_reached", ended_at=now())
    text = page(zhou)
    assert NUMBER in text, "a supervisor may have to dial it"
    assert f'/calls/{owed.call_id}/"' in text
    assert f'/calls/{tried.pk}/"' in text
    assert "Caller not reached" in text


def test_each_number_leads_to_its_rows(zhou: Client) -> None:
    late = missed("+4411111", due_at=now() - dt.timedelta(hours=1))
    fine = missed("+4422222", done_at=now(), outcome="answered")
    overdue, in_time = page(zhou, "/callbacks/?part=overdue"), page(zhou, "/callbacks/?days=7&part=in_time")
    assert f'id="c{late.pk}"' in overdue
    assert f'id="c{fine.pk}"' not in overdue
    assert f'id="c{fine.pk}"' in in_time
    assert f'id="c{late.pk}"' not in in_time
    assert "50.0 %" in overdue


def test_a_supervisor_asks_for_it_now_and_closes_it_by_hand(zhou: Client) -> None:
    owed = missed()
    assert zhou.post(f"/callbacks/{owed.pk}/now/").status_code == 302
    owed.refresh_from_db()
    assert owed.asked_now
    zhou.post(f"/callbacks/{owed.pk}/close/", {"note": " "})
    owed.refresh_from_db()
    assert owed.done_at is None
    zhou.post(f"/callbacks/{owed.pk}/close/", {"note": "rang her from the desk"})
    owed.refresh_from_db()
    assert owed.outcome == "by_hand"
    actions = list(JournalEntry.objects.filter(action__startswith="callback.").values_list("action", flat=True))
    assert sorted(actions) == ["callback.by_hand", "callback.now"]
    assert "rang her from the desk" in page(zhou, "/callbacks/?part=in_time")


def test_others_look_only_and_see_no_whole_number(client: Client) -> None:
    owed = missed()
    client.force_login(cast.person("auditor", Role.AUDITOR))
    assert NUMBER not in page(client)
    assert client.post(f"/callbacks/{owed.pk}/now/").status_code == 403
    assert client.post(f"/callbacks/{owed.pk}/close/", {"note": "x"}).status_code == 403
    client.force_login(cast.person("agent", Role.AGENT))
    assert client.get("/callbacks/").status_code == 403


def test_the_board_and_the_call_show_it(zhou: Client) -> None:
    owed = missed(attempts=2, next_try_at=now())
    assert f"/callbacks/#c{owed.pk}" in page(zhou, "/board/")
    back = cast.call(100, way_in="callback", returns=owed, phase="ended", outcome="served", ended_at=now())
    Callback.objects.filter(pk=owed.pk).update(done_at=now(), outcome="answered", proof=back)
    assert f"/calls/{back.pk}/" in page(zhou, f"/calls/{owed.call_id}/")
    assert f"/calls/{owed.call_id}/" in page(zhou, f"/calls/{back.pk}/")


def test_many_rows_need_a_fixed_number_of_queries(zhou: Client, django_assert_max_num_queries: object) -> None:
    for number in range(15):
        missed(f"+44100{number}")
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        page(zhou)
