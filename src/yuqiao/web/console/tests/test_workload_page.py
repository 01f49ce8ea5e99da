"""The page of workload: a day by half hour and language, a month's overtime on the page and as a file."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re

import pytest
from django.test import Client

from yuqiao.accounts.models import Role
from yuqiao.hotline.models import Leg
from yuqiao.web.console.tests import cast
from yuqiao.workforce.models import Interpreter, PresenceSpan

pytestmark = [pytest.mark.database, pytest.mark.django_db]

#: Noon in the city.
NOON = dt.datetime(2026, 3, 5, 4, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def auditor(client: Client) -> Client:
    client.force_login(cast.person("auditor", Role.AUDITOR))
    return client


def worked(tier: str, begin: float, end: float) -> Leg:
    call = cast.finished_call()
    li = Interpreter.objects.get()
    leg = cast.leg(call, "interpreter", interpreter=li, tier=tier, ended_at=NOON + end * MINUTE)
    Leg.objects.filter(pk=leg.pk).update(
        created_at=NOON + begin * MINUTE, answered_at=NOON + begin * MINUTE, lasted=(end - begin) * MINUTE
    )
    leg.refresh_from_db()
    return leg


def page(client: Client, path: str) -> str:
    response = client.get(path, headers={"accept-language": "en"})
    assert response.status_code == 200
    return response.content.decode()


def test_a_day_by_half_hour(auditor: Client) -> None:
    li = cast.interpreter("E-01", "en")
    worked("resident", 0, 15)
    PresenceSpan.objects.create(
        interpreter=li, kind="on", began_at=NOON, ended_at=NOON + 60 * MINUTE, lasted=60 * MINUTE
    )
    text = page(auditor, "/workload/?day=2026-03-05")
    rows = dict(re.findall(r"<time>(\d\d:\d\d)</time></th><td data-level=\"\d*\">([^<]*)</td>", text))
    assert len(rows) == 48
    assert (rows["12:00"], rows["12:30"], rows["13:00"]) == ("50.0%", "0.0%", "–")
    assert '<td data-level="2"><b>25.0%</b></td>' in text
    assert "English" in text
    assert "Japanese" not in text


def test_overtime_on_the_page_and_as_a_file(auditor: Client) -> None:
    cast.interpreter("E-01", "en")
    leg = worked("mobile", 0, 12.5)
    worked("resident", 30, 40)
    text = page(auditor, "/workload/?month=2026-03")
    assert f"/calls/{leg.call_id}/" in text
    assert "12:30" in text
    file = auditor.get("/workload/overtime.csv?month=2026-03").content.decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(file)))[1:] == [
        ["E-01", "2026-03-05 12:00:00", "2026-03-05 12:12:30", "750.000", "en", str(leg.call_id)]
    ]


@pytest.mark.parametrize("asked", ["?day=no", "?month=no", "?day=2026-02-30"])
def test_nonsense_is_not_found(auditor: Client, asked: str) -> None:
    assert auditor.get(f"/workload/{asked}").status_code == 404


def test_who_may_see_it(client: Client) -> None:
    client.force_login(cast.person("agent", Role.AGENT))
    assert client.get("/workload/").status_code == 403
    assert client.get("/workload/overtime.csv?month=2026-03").status_code == 403
