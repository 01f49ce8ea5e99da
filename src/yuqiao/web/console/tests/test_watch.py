"""What the board watches: alarms from rows, the day's service level, the pulse; re-routing; the big screen's door."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest
from django.db import connections
from django.test import Client

from yuqiao.accounts.models import JournalEntry, Role
from yuqiao.hotline import emergencies, outages, routing_tables
from yuqiao.hotline.alarms import AlarmKind
from yuqiao.hotline.models import CallCommand, Service
from yuqiao.lib.clock import now
from yuqiao.web.console import pulse, watch
from yuqiao.web.console.pieces import BOARD, WALL, pieces
from yuqiao.web.console.tests import cast
from yuqiao.web.console.today import today
from yuqiao.workforce import hours

pytestmark = [pytest.mark.database, pytest.mark.django_db]
KEY = "a-room-on-the-third-floor"


@pytest.fixture(autouse=True)
def _tables_read_anew() -> Iterator[None]:
    routing_tables.forget()
    yield
    routing_tables.forget()


def kinds() -> list[str]:
    return [one.kind.value for one in watch.panels(now()).alarms]


def wang(client: Client, *roles: Role) -> Client:
    client.force_login(cast.person("wang", *(roles or (Role.SUPERVISOR,))))
    return client


def test_what_is_away_is_an_alarm_with_since_when() -> None:
    assert kinds() == ["calls"]
    cast.lease()
    assert kinds() == []
    began = now() - dt.timedelta(minutes=3)
    outages.began(Service.MEDIA, began, outages.ENGINE_UNREACHABLE)
    (media,) = watch.panels(now()).alarms
    assert (media.kind, media.since) == (AlarmKind.MEDIA, began.timestamp())
    outages.over(Service.MEDIA, now())
    assert kinds() == []


def test_a_wait_above_the_lines_limit_and_a_shortage_are_alarms() -> None:
    cast.lease()
    cast.interpreter("K-01", "ko", state="busy")
    urgent = cast.call(11, on=cast.line("110", line_class="emergency"), language="ko", phase="seeking")
    cast.waiting(urgent)
    patient = cast.call(12, language="en", phase="seeking")
    cast.interpreter("E-01", "en")
    cast.waiting(patient)
    assert kinds() == ["wait", "short"]
    assert {one.about for one in watch.panels(now()).alarms} == {"ko"}


def test_nobody_on_duty_in_service_hours_is_an_alarm() -> None:
    cast.lease()
    person = cast.person("lead", Role.SUPERVISOR)
    cast.interpreter("J-01", "ja", state="off")
    day = dt.date.today() - dt.timedelta(days=2)  # noqa: DTZ011 (a plain date of the plan)
    hours.open_window("ja", "resident", "1234567H", dt.time(0), dt.time(0), valid_from=day, by=person)
    routing_tables.forget()
    assert kinds() == ["nobody"]


def test_the_days_figures_follow_the_statistics_definitions() -> None:
    second = dt.timedelta(seconds=1)
    cast.call(4, time_to_answer=2 * second, time_to_interpreter=8 * second)
    cast.call(3, time_to_answer=16 * second, outcome="abandoned")
    cast.call(2, time_to_answer=15 * second, time_to_interpreter=20 * second)
    cast.call(1, way_in="callback", time_to_answer=second)
    found = today(now())
    assert (found.calls, found.served, found.in_time, found.abandoned) == (3, 2, 2, 1)
    assert (found.level, found.longest, found.median) == (66, 20.0, 8.0)


def test_a_piece_is_rendered_for_each_view_and_holds_no_personal_data_on_the_wall() -> None:
    call = cast.call(50, language="ko")
    cast.waiting(call)
    cast.callback(call)
    cast.interpreter("K-01", "ko")
    found = pieces([BOARD, WALL], now(), "zh-hans")
    assert "K-01" in found[BOARD]["staff-ko"]
    assert "韩语" in found[WALL]["wall"]
    for private in ("K-01", "0123", "译员 K-01", "12345"):
        assert private not in found[WALL]["wall"]


def test_the_emergency_shows_on_both_without_a_reload() -> None:
    emergencies.begin("台风", [], 4, by=cast.person("lead", Role.SUPERVISOR))
    found = pieces([BOARD, WALL], now(), "en")
    assert "台风" in found[BOARD]["part-alarms"]
    assert "台风" in found[WALL]["wall"]


@pytest.mark.django_db(transaction=True)
def test_the_pulse_moves_with_each_commit_of_another_connection_and_only_then() -> None:
    own = pulse.mark()
    assert pulse.mark() == own
    connections.close_all()  # another connection than this one writes

    def elsewhere() -> None:
        cast.line("119")
        connections.close_all()

    first = pulse.mark()
    import threading  # noqa: PLC0415

    writer = threading.Thread(target=elsewhere)
    writer.start()
    writer.join()
    assert pulse.mark() != first


def test_a_supervisor_re_routes_what_waits(client: Client) -> None:
    supervisor = wang(client)
    cast.interpreter("K-01", "ko")
    call = cast.call(50, language="ko", phase="seeking")
    cast.waiting(call)
    supervisor.post(f"/calls/{call.pk}/reroute/", {"language": "ko", "interpreter": "K-01"})
    supervisor.post(f"/calls/{call.pk}/reroute/", {"language": "ja", "interpreter": ""})
    asked = list(CallCommand.objects.order_by("id").values_list("kind", "arguments"))
    assert [kind for kind, _ in asked] == ["reroute", "choose_language"]
    assert JournalEntry.objects.filter(action="call.reroute", detail={"number": "K-01"}).exists()
    assert supervisor.post(f"/calls/{call.pk}/reroute/", {"language": "xx"}).status_code == 400
    assert supervisor.post(f"/calls/{call.pk}/reroute/", {"language": "ko", "interpreter": "?"}).status_code == 404


def test_who_may_not_steer_re_routes_nothing(client: Client) -> None:
    auditor = wang(client, Role.AUDITOR)
    call = cast.call(50)
    assert auditor.post(f"/calls/{call.pk}/reroute/", {"language": "en"}).status_code == 403
    assert "reroute" not in auditor.get("/board/").content.decode().split("<dialog")[0].split("part-waiting")[0]
    assert not CallCommand.objects.exists()


def test_a_screen_is_let_in_by_its_key_and_shut_out_by_another(client: Client, settings: object) -> None:
    settings.WALL_KEY = ""  # type: ignore[attr-defined]
    assert client.get("/board/wall/enter/?key=").status_code == 403
    assert client.get("/board/wall/").headers["Location"].startswith("/sign-in/")
    settings.WALL_KEY = KEY  # type: ignore[attr-defined]
    assert client.get(f"/board/wall/enter/?key={KEY}x").status_code == 403
    assert client.get(f"/board/wall/enter/?key={KEY}").headers["Location"] == "/board/wall/"
    assert client.get("/board/wall/").status_code == 200
    assert client.get("/board/").status_code == 302, "the key opens the big screen alone"
    settings.WALL_KEY = KEY[::-1]  # type: ignore[attr-defined]
    assert client.get("/board/wall/").status_code == 302


def test_who_may_not_watch_sees_no_big_screen(client: Client) -> None:
    assert wang(client, Role.INTERPRETER).get("/board/wall/").status_code == 403
