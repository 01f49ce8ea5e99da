"""Reminders as rows: begun once, sent once, raised to colleagues, settled when done."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import override_settings
from django_tasks_db.models import DBTaskResult

from yuqiao.accounts.models import Person, Role
from yuqiao.accounts.services import grant_role
from yuqiao.evaluation import jobs, reminding
from yuqiao.evaluation.models import Entered, Indicator, Project, Reminder, Stage
from yuqiao.evaluation.tests.world import indicator, project
from yuqiao.lib import clock

pytestmark = [pytest.mark.database, pytest.mark.django_db]
SENDING = override_settings(MESSAGE_SENDERS=("email",), EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend")


def day(month: int, on: int, year: int = 2023) -> dt.datetime:
    return dt.datetime(year, month, on, 1, tzinfo=dt.UTC)


@pytest.fixture
def running() -> Project:
    of = project()
    of.created_by = Person.objects.create(username="li", email="li@city.example", department=of.department)
    of.stage = Stage.RUNNING
    of.save()
    return of


@pytest.fixture
def summary(running: Project) -> Indicator:
    """Something to be done by the end of July, reviewed at mid-year already."""
    made = indicator(
        running, "entered", name="半年总结", operator="是", amount=None, unit="", deadline=dt.date(2023, 7, 31)
    )
    made.reviews.create(at=clock.now())
    return made


def kinds(of: Project) -> list[tuple[str, bool]]:
    return [(one.kind, one.settled_at is None) for one in of.reminders.order_by("id")]


def test_each_is_begun_once_and_a_graver_one_settles_it(summary: Indicator) -> None:
    of = summary.project
    for _ in range(2):
        reminding.do_due(day(7, 1))
    assert kinds(of) == [("deadline:early", True)]
    reminding.do_due(day(8, 1))
    assert kinds(of) == [("deadline:early", False), ("deadline:late", True)]
    assert [text for _, text in reminding.open_reminders(of)] == ["指标“半年总结”须于2023年7月31日前完成，已逾期。"]


def test_it_is_settled_when_done_and_comes_back_when_undone(summary: Indicator) -> None:
    reminding.do_due(day(7, 1))
    done = Entered.objects.create(indicator=summary, done="done", entered_at=clock.now())
    assert reminding.do_due(day(7, 2)) == []
    assert kinds(summary.project) == [("deadline:early", False)]
    done.delete()
    reminding.do_due(day(7, 3))
    assert kinds(summary.project) == [("deadline:early", True)]


@SENDING
def test_who_began_the_project_gets_it_once(summary: Indicator) -> None:
    (due,) = reminding.do_due(day(7, 1))
    assert [reminding.send(due, day(7, 1)) for _ in range(2)] == ["sent", "nothing_to_do"]
    (message,) = mail.outbox
    assert (message.to, message.subject) == (["li@city.example"], "绩效自评提醒：语言环境")
    assert message.body == "指标“半年总结”须于2023年7月31日前完成。"
    assert reminding.do_due(day(7, 2)) == [], "not every day"


@SENDING
def test_once_raised_the_departments_other_managers_get_it_too(summary: Indicator) -> None:
    of = summary.project
    wang = Person.objects.create(username="wang", email="wang@city.example", department=of.department)
    grant_role(wang, Role.PROJECT_MANAGER, by=None)
    elsewhere = Person.objects.create(username="zhao", email="zhao@city.example")
    grant_role(elsewhere, Role.PROJECT_MANAGER, by=None)
    (due,) = reminding.do_due(day(8, 10))
    reminding.send(due, day(8, 10))
    assert sorted(one.to[0] for one in mail.outbox) == ["li@city.example", "wang@city.example"]


@override_settings(
    MESSAGE_SENDERS=("email",),
    EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend",
    EMAIL_HOST="127.0.0.1",
    EMAIL_PORT=1,
)
def test_what_could_not_be_sent_is_tried_in_the_next_round(summary: Indicator) -> None:
    (due,) = reminding.do_due(day(7, 1))
    assert reminding.send(due, day(7, 1)) == "failed"
    assert reminding.do_due(day(7, 2)) == [due]


@override_settings(MESSAGE_SENDERS=())
def test_a_city_without_e_mail_is_reminded_on_the_desk(summary: Indicator) -> None:
    (due,) = reminding.do_due(day(7, 1))
    assert reminding.send(due, day(7, 1)) == "sent"
    assert not mail.outbox
    assert len(reminding.open_reminders(summary.project)) == 1


def test_the_projects_own_days_and_a_lock_that_settles_all(running: Project) -> None:
    indicator(running, "count:feedback_sheet", weight=Decimal(90))
    reminding.do_due(day(7, 30))
    assert kinds(running) == [("mid_year:soon", True)]
    Project.objects.filter(pk=running.pk).update(stage=Stage.LOCKED)
    reminding.do_due(day(7, 31))
    assert kinds(running) == [("mid_year:soon", False)]


def test_a_round_waits_for_each_morning_once() -> None:
    def rounds() -> list[dt.datetime]:
        found = DBTaskResult.objects.filter(task_path__endswith="jobs.remind").order_by("run_after")
        return [one.run_after for one in found]

    assert jobs.keep_reminding(day(7, 1))
    assert not jobs.keep_reminding(day(7, 1))
    call_command("remind_evaluations", keep=True)
    assert rounds() == [day(7, 2, 2023).replace(hour=0)], "08:00 in China is midnight UTC"


def test_a_round_by_hand_says_what_it_did(summary: Indicator, capsys: pytest.CaptureFixture[str]) -> None:
    Project.objects.update(year=clock.now().year)
    Indicator.objects.update(deadline=clock.now().date())
    call_command("remind_evaluations")
    due = Reminder.objects.filter(settled_at=None).count()
    assert due
    assert capsys.readouterr().out == f"{due} due, {due} sent, 0 to be tried again\n"
