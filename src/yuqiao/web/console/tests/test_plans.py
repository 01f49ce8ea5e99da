"""Pages of plans: emergency mode with its banner, appointments, calling lists, bookings; who may see and do what."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from yuqiao.accounts.models import Role
from yuqiao.hotline import trend_figures
from yuqiao.hotline.models import Booking, Campaign, Emergency, Order, OrderAttempt, Standby, Topic, WrapUp
from yuqiao.lib.clock import now
from yuqiao.web.console.tests import cast
from yuqiao.workforce.calendar import DAYS
from yuqiao.workforce.models import ServiceWindow

pytestmark = [pytest.mark.database, pytest.mark.django_db]

NUMBER = "13900000002"
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def zhou(client: Client) -> Client:
    client.force_login(cast.person("zhou", Role.SUPERVISOR))
    return client


def page(client: Client, path: str) -> str:
    response = client.get(path, headers={"accept-language": "en"})
    assert response.status_code == 200, path
    return response.content.decode()


def send(client: Client, path: str, **form: object) -> str:
    """Post a form and return the page that follows."""
    response = client.post(path, form, follow=True, headers={"accept-language": "en"})
    assert response.status_code == 200, path
    return response.content.decode()


def local(at: dt.datetime) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%dT%H:%M")


def test_a_supervisor_switches_emergency_mode_and_every_page_says_so(zhou: Client) -> None:
    assert "Emergency mode is off." in page(zhou, "/emergency/")
    assert "Say why." in send(zhou, "/emergency/switch/", ask="begin", reason=" ", hours="6")
    said = send(zhou, "/emergency/switch/", ask="begin", reason="Typhoon", hours="6", languages=["ja"])
    assert "Switch emergency mode off" in said
    for path in ("/board/", "/callbacks/", "/hours/"):
        assert "Emergency mode is on:</a>" in page(zhou, path).replace(" Typhoon", "")
    lasting = Emergency.objects.get()
    assert lasting.languages == ["ja"]
    Emergency.objects.update(remind_at=now() - HOUR)
    assert "end it, or say that it goes on." in page(zhou, "/emergency/")
    send(zhou, "/emergency/switch/", ask="prolong", emergency=lasting.pk, hours="3")
    cast.call(10, language="ja", time_to_interpreter=dt.timedelta(seconds=7))
    Emergency.objects.update(began_at=now() - HOUR)
    assert "7.0 s" in page(zhou, "/emergency/")
    send(zhou, "/emergency/switch/", ask="end", emergency=lasting.pk)
    assert "banner" not in page(zhou, "/board/")
    assert "7.0 s" in page(zhou, f"/emergency/{lasting.pk}/")


def test_the_roster_is_written_and_closed(zhou: Client) -> None:
    cast.interpreter("J-01", "ja")
    form = {"interpreter": "J-01", "language": "ja", "days": list("1234567H"), "begins": "00:00", "ends": "00:00"}
    today = timezone.localdate().isoformat()
    said = send(zhou, "/emergency/roster/", ask="open", **form, **{"from": today})
    assert "No mobile entered" in said
    assert "does not hold" in send(zhou, "/emergency/roster/", ask="open", **{**form, "language": "ko", "from": today})
    standby = Standby.objects.get()
    send(zhou, "/emergency/roster/", ask="close", standby=standby.pk, until=today)
    standby.refresh_from_db()
    assert standby.valid_until == timezone.localdate()


def test_an_appointment_from_asking_to_its_proof(zhou: Client) -> None:
    begins = now() + HOUR
    form = {"ask": "arrange", "begins": local(begins), "language": "ko", "number": NUMBER, "name": "Kim"}
    assert "no such line" in send(zhou, "/appointments/change/", **form, line="999")
    cast.line()
    assert NUMBER in send(zhou, "/appointments/change/", **form, line="12345")
    order = Order.objects.get()
    assert (order.with_agent, order.line and order.line.number) == (True, "12345")
    assert "not complete" in send(zhou, "/appointments/change/", **{**form, "begins": "tomorrow"})
    call = cast.call(20, way_in="scheduled", phase="ended", outcome="served", ended_at=now())
    OrderAttempt.objects.create(order=order, call=call)
    Order.objects.update(done_at=now(), outcome="answered", attempts=1, proof=call)
    text = page(zhou, "/appointments/")
    assert NUMBER not in text, "nobody has to dial it any more"
    assert f"/calls/{call.pk}/" in text
    assert "Spoke with us" in text
    assert "closed already" in send(zhou, "/appointments/change/", ask="cancel", order=order.pk)


def test_what_is_due_soon_stands_on_the_board(zhou: Client) -> None:
    form = {"ask": "arrange", "begins": local(now() + dt.timedelta(minutes=9)), "language": "ko", "number": NUMBER}
    send(zhou, "/appointments/change/", **form)
    assert f"/appointments/#o{Order.objects.get().pk}" in page(zhou, "/board/")


LIST = "号码,语种,同意来源,姓名\r\n13900000002,ko,登记表,Kim\r\n13900000003,ja,,Sato\r\n"


def a_list(client: Client, **more: str) -> Campaign:
    last = (timezone.localdate() + dt.timedelta(days=9)).isoformat()
    form = {"name": "Visits", "first": "09:00", "last": "20:00", "ends": last, "attempts": "3", "pause": "60"}
    send(client, "/lists/add/", **form, reserve="1", **more)
    campaign = Campaign.objects.get()
    file = SimpleUploadedFile("people.csv", LIST.encode())
    said = client.post(f"/lists/{campaign.pk}/fill/", {"file": file}, follow=True, headers={"accept-language": "en"})
    text = said.content.decode()
    assert "1 new people" in text
    assert "Row 3: The row does not say where the person agreed." in text
    return campaign


def test_a_list_is_filled_begun_and_stopped(zhou: Client) -> None:
    campaign = a_list(zhou)
    for state in ("running", "paused", "running", "stopped"):
        send(zhou, f"/lists/{campaign.pk}/change/", state=state)
        campaign.refresh_from_db()
        assert campaign.state == state
    assert "somebody else changed it" in send(zhou, f"/lists/{campaign.pk}/change/", state="running")
    assert "Visits" in page(zhou, "/lists/")
    assert "These hours are not possible" in send(
        zhou,
        "/lists/add/",
        name="x",
        first="05:00",
        last="20:00",
        ends="2030-01-01",
        attempts="1",
        pause="60",
        reserve="1",
    )


def test_people_of_a_sensitive_list_are_for_supervisors_only(zhou: Client) -> None:
    kept = (timezone.localdate() + dt.timedelta(days=30)).isoformat()
    campaign = a_list(zhou, sensitive="1", keep_until=kept)
    assert "Kim" in page(zhou, f"/lists/{campaign.pk}/")
    other = Client()
    other.force_login(cast.person("manager", Role.PROJECT_MANAGER))
    text = page(other, f"/lists/{campaign.pk}/")
    assert "Kim" not in text
    assert "not its people" in text
    file = SimpleUploadedFile("people.csv", LIST.encode())
    assert other.post(f"/lists/{campaign.pk}/fill/", {"file": file}).status_code == 403


def a_booking(client: Client, title: str = "Canton Fair") -> Booking:
    form = {"title": title, "kind": "on_site", "place": "Hall A", "languages": ["en", "ja"], "interpreters": "2"}
    span = {"begins": local(now() + HOUR), "ends": local(now() + 5 * HOUR)}
    send(client, "/bookings/add/", **form, **span, contact_name="Chen", contact_number=NUMBER)
    return Booking.objects.get(title=title)


def test_a_booking_its_interpreters_answer_conflict_and_file(zhou: Client) -> None:
    li = cast.interpreter("E-01", "en")
    booking, other = a_booking(zhou, "=Canton Fair"), a_booking(zhou, "Forum")
    for one in (booking, other):
        send(zhou, f"/bookings/{one.pk}/change/", ask="assign", interpreter="E-01", language="en")
    text = page(zhou, f"/bookings/{booking.pk}/")
    assert f"/bookings/{other.pk}/" in text, "the conflict is shown"
    ServiceWindow.objects.create(
        language="en",
        tier="resident",
        days=DAYS,
        begins=dt.time(0),
        ends=dt.time(0),
        valid_from=dt.date(2026, 1, 1),
    )
    assert "At her seat English" in page(zhou, f"/bookings/{booking.pk}/"), "so is her own seat"
    hers = Client()
    hers.force_login(li.person)
    assert "=Canton Fair" in page(hers, "/my-bookings/")
    assert "Accepted" in send(hers, f"/my-bookings/{booking.assignments.get().pk}/", answer="accept")
    assert hers.get("/bookings/").status_code == 403
    assert "Only the interpreter herself" in send(
        zhou, f"/my-bookings/{booking.assignments.get().pk}/", answer="accept"
    )
    send(zhou, f"/bookings/{booking.pk}/change/", state="confirmed")
    send(zhou, f"/bookings/{booking.pk}/change/", state="done", volunteers="12", hours="96.5")
    booking.refresh_from_db()
    assert (booking.state, booking.volunteers) == ("done", 12)
    assert "1 / 2" in page(zhou, "/bookings/")
    year = timezone.localtime(booking.begins_at).year
    answer = zhou.get(f"/bookings/bookings.xlsx?year={year}")
    sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    row = next(row for row in sheet.iter_rows(min_row=2) if row[0].value == "=Canton Fair")
    assert row[0].data_type == "s", "no formula"
    assert [cell.value for cell in row][4:6] == [2, 1]


@pytest.mark.parametrize(
    ("path", "auditor", "post"),
    [
        ("/emergency/", 200, "/emergency/switch/"),
        ("/appointments/", 200, "/appointments/change/"),
        ("/lists/", 200, "/lists/add/"),
        ("/bookings/", 200, "/bookings/add/"),
    ],
)
def test_others_look_only_and_agents_not_at_all(client: Client, path: str, auditor: int, post: str) -> None:
    client.force_login(cast.person("auditor", Role.AUDITOR))
    assert client.get(path).status_code == auditor
    assert client.post(post).status_code == 403
    client.force_login(cast.person("agent", Role.AGENT))
    assert client.get(path).status_code == 403


def test_the_call_and_the_desk_show_why_we_call_and_which_questions_to_ask(zhou: Client) -> None:
    campaign = a_list(zhou, sheet="https://forms.example/visit", sensitive="1", keep_until="2030-01-01")
    li = cast.interpreter("K-01", "ko", state="busy")
    call = cast.call(20, way_in="outreach")
    cast.leg(call, "interpreter", interpreter=li)
    OrderAttempt.objects.create(order=campaign.orders.get(), call=call)
    hers, auditor = Client(), Client()
    hers.force_login(li.person)
    auditor.force_login(cast.person("auditor", Role.AUDITOR))
    for client, path in ((zhou, f"/calls/{call.pk}/"), (hers, f"/calls/{call.pk}/"), (hers, "/")):
        text = page(client, path)
        assert "https://forms.example/visit" in text
        assert "Kim" in text
    assert "Kim" not in page(auditor, f"/calls/{call.pk}/")


def test_an_interpreters_desk_shows_appointments_in_her_languages_and_events(zhou: Client) -> None:
    form = {"ask": "arrange", "begins": local(now() + dt.timedelta(minutes=9)), "language": "ko", "number": NUMBER}
    send(zhou, "/appointments/change/", **form)
    li, wang = cast.interpreter("K-01", "ko", "en"), cast.interpreter("J-01", "ja")
    booking = a_booking(zhou)
    send(zhou, f"/bookings/{booking.pk}/change/", ask="assign", interpreter="K-01", language="en")
    hers = Client()
    hers.force_login(li.person)
    text = page(hers, "/")
    assert "Appointments in your languages" in text
    assert "Events you are asked for: 1" in text
    hers.force_login(wang.person)
    assert "Appointments in your languages" not in page(hers, "/")


def test_a_rising_topic_stands_on_the_board_by_its_name(zhou: Client) -> None:
    trend_figures.forget()  # boards ask at most twice a minute, and another test may just have asked
    topic = Topic.objects.create(name_zh="签证", name_en="Visa questions")
    for number in range(9):
        call = cast.finished_call(600 + number)
        WrapUp.objects.create(call=call, call_at=call.started_at, topic=topic, opened_at=now(), saved_at=now())
    assert "Visa questions" in page(zhou, "/board/")
    assert "Visa questions" in page(zhou, "/emergency/")


@pytest.mark.parametrize("day", ["0001-01-01", "0001-03-01", "0002-01-01", "9998-12-31", "9999-12-31", "0000-01-01"])
def test_where_dates_end_a_page_of_bookings_is_shown_all_the_same(client: Client, day: str) -> None:
    client.force_login(cast.person("wang", Role.SUPERVISOR))
    assert client.get(f"/bookings/?week={day}").status_code == 200
    assert client.get(f"/bookings/bookings.xlsx?year={day[:4]}").status_code == 200
