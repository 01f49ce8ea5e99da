"""The page of outages: availability with its rows, maintenance to come, entries by those who may, and nobody else."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from yuqiao.accounts.models import Role
from yuqiao.hotline.models import Outage
from yuqiao.lib.clock import now
from yuqiao.web.console import words
from yuqiao.web.console.tests import cast

pytestmark = [pytest.mark.database, pytest.mark.django_db]

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def zhou(client: Client) -> Client:
    client.force_login(cast.person("zhou", Role.SUPERVISOR))
    return client


def away(service: str = "calls", ago: float = 60, minutes: float = 6, **more: object) -> Outage:
    began = now() - ago * MINUTE
    defaults: dict[str, object] = {"automatic": True, "cause": "call_server_away", "entered_at": now()}
    return Outage.objects.create(service=service, began_at=began, ended_at=began + minutes * MINUTE, **defaults | more)


def page(client: Client, path: str = "/outages/") -> str:
    response = client.get(path, headers={"accept-language": "en"})
    assert response.status_code == 200
    return response.content.decode()


def stamp(minutes: float) -> str:
    return timezone.localtime(now() + minutes * MINUTE).strftime("%Y-%m-%dT%H:%M")


def test_availability_and_the_log(zhou: Client) -> None:
    away()
    text = page(zhou, "/outages/?days=1")
    assert '<dd id="availability">90.0' in text  # six minutes of the hour since the platform began
    assert "0:06:00" in text or "6:00" in text
    assert "No call server was at work" in text


def test_announced_entered_closed_and_withdrawn(zhou: Client) -> None:
    away()
    announced = {"ask": "announce", "service": "calls", "begin": stamp(60), "end": stamp(90), "cause": "upgrade <b>"}
    zhou.post("/outages/change/", announced)
    zhou.post("/outages/change/", {"ask": "enter", "service": "trunk", "begin": stamp(-30), "cause": "fibre"})
    text = page(zhou)
    assert "upgrade &lt;b&gt;" in text
    assert 'id="to-come"' in text
    fibre = Outage.objects.get(cause="fibre")
    zhou.post("/outages/change/", {"ask": "close", "outage": fibre.pk, "end": stamp(-20)})
    zhou.post("/outages/change/", {"ask": "explain", "outage": fibre.pk, "cause": "digger"})
    zhou.post("/outages/change/", {"ask": "withdraw", "outage": fibre.pk, "reason": "other city"})
    fibre.refresh_from_db()
    assert fibre.ended_at is not None
    assert fibre.cause == "digger"
    assert "other city" in page(zhou)


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"ask": "enter", "service": "calls", "begin": "", "cause": "x"},
        {"ask": "enter", "service": "calls", "begin": "2199-01-01T00:00", "cause": "x"},
        {"ask": "announce", "service": "calls", "begin": "2020-01-01T00:00", "end": "2020-01-02T00:00", "cause": "x"},
        {"ask": "close", "outage": "no"},
    ],
)
def test_nonsense_is_said_and_changes_nothing(zhou: Client, form: dict[str, str]) -> None:
    response = zhou.post("/outages/change/", form, follow=True, headers={"accept-language": "en"})
    assert "Nothing was changed." in response.content.decode()
    assert not Outage.objects.exists()


def test_an_auditor_reads_and_cannot_change_and_an_agent_sees_nothing(client: Client) -> None:
    client.force_login(cast.person("auditor", Role.AUDITOR))
    assert "Announce maintenance" not in page(client)
    assert client.post("/outages/change/", {"ask": "enter"}).status_code == 403
    client.force_login(cast.person("agent", Role.AGENT))
    assert client.get("/outages/").status_code == 403


def test_statistics_lead_to_the_outages(client: Client) -> None:
    client.force_login(cast.person("auditor", Role.AUDITOR))
    one = away()
    year = timezone.localtime(one.began_at).year
    text = page(client, f"/statistics/availability/numerator/?period={year}")
    assert f"/outages/#o{one.pk}" in text
    assert "6:00" in text


def test_the_board_says_since_when_nothing_is_recorded(zhou: Client) -> None:
    cast.lease()
    assert "Recordings cannot be written" not in page(zhou, "/board/")
    began = away("record", ago=5, cause="recordings_unwritable", minutes=1)
    Outage.objects.filter(pk=began.pk).update(ended_at=None)
    text = page(zhou, "/board/")
    assert "Recordings cannot be written; calls go on without." in text
    assert f'data-since="{words.epoch_ms(began.began_at)}"' in text
    log = page(zhou)
    assert "Recordings could not be written" in log
