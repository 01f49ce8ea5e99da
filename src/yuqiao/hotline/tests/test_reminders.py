"""Reminders before an appointment: once, to who asked; and lists that are erased in time."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core import mail
from django.test import override_settings

from yuqiao.accounts.models import Person
from yuqiao.hotline import orders, reminders
from yuqiao.hotline.models import Campaign, Order
from yuqiao.hotline.tests.test_outgoing import campaign, order
from yuqiao.lib import clock

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def arranged() -> Order:
    zhou = Person.objects.create(username="zhou", email="zhou@city.example")
    at = clock.now() + dt.timedelta(minutes=30)
    return orders.arrange(orders.Wanted("13900000002", "ko", at), by=zhou)


def test_each_reminder_is_due_once() -> None:
    wanted = arranged()
    assert reminders.do_due(clock.now()) == 0, "not yet"
    later = clock.now() + dt.timedelta(minutes=16)
    assert reminders.do_due(later) == 1
    assert reminders.do_due(later) == 0
    wanted.refresh_from_db()
    assert wanted.reminded_at == later


@override_settings(MESSAGE_SENDERS=("email",), EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend")
def test_who_asked_gets_a_message_without_anything_about_the_person() -> None:
    wanted = arranged()
    assert reminders.send(wanted.pk) == "sent"
    (message,) = mail.outbox
    assert message.to == ["zhou@city.example"]
    assert "13900000002" not in message.body
    orders.cancel(wanted, by=Person.objects.get())
    assert reminders.send(wanted.pk) == "nothing_to_do"


@override_settings(MESSAGE_SENDERS=())
def test_a_city_that_sends_no_messages_reminds_on_its_pages_only() -> None:
    assert reminders.send(arranged().pk) == "nothing_to_do"
    assert not mail.outbox


def test_lists_kept_long_enough_are_erased() -> None:
    old = campaign(sensitive=True, keep_until=clock.now().date() - dt.timedelta(days=2))
    order(of=old, name="Kim")
    reminders.do_due(clock.now())
    assert Order.objects.get().name == ""
    assert Campaign.objects.get().state == "stopped"
