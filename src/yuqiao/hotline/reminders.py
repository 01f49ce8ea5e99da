"""What the clock brings about for plans: reminders before an appointment, and erasing what was kept long enough.

The board and the desks of interpreters who hold the language show an appointment from its reminder on; who asked for it
gets an e-mail besides, where the city sends e-mails (S36, S46, S72).
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from yuqiao.hotline import campaigns, decisions
from yuqiao.hotline.jobs import send_reminder
from yuqiao.hotline.models import Order, OrderKind
from yuqiao.hotline.senders import SENDERS, Message, SendingError, sender_for

#: How many reminders are begun in one go.
AT_ONCE = 50


def do_due(now: dt.datetime) -> int:
    """Begin every reminder that is due, each once; erase expired lists, old decisions; returns how many reminders."""
    decisions.prune(now)
    campaigns.erase_expired(now, timezone.localtime(now).date())
    waiting = Order.objects.filter(kind=OrderKind.SCHEDULED, done_at=None, reminded_at=None, remind_at__lte=now)
    begun = 0
    for order in waiting.select_related("asked_by")[:AT_ONCE]:
        with transaction.atomic():
            if not Order.objects.filter(pk=order.pk, reminded_at=None).update(reminded_at=now):
                continue
            begun += 1
            if order.asked_by is not None and order.asked_by.email and sender_for(order.asked_by.email):
                send_reminder.enqueue(order.pk)
    return begun


def send(order_id: int) -> str:
    """Remind who asked for an appointment; returns ``sent``, ``failed`` or ``nothing_to_do``."""
    order = Order.objects.select_related("asked_by", "line").filter(pk=order_id, done_at=None).first()
    address = "" if order is None or order.asked_by is None else order.asked_by.email
    name = sender_for(address) if address else ""
    if order is None or not name:
        return "nothing_to_do"
    at = timezone.localtime(order.begins_at).strftime("%Y-%m-%d %H:%M")
    text = f"您预约的通话将于 {at} 开始。The call you arranged begins at {at}."
    try:
        SENDERS[name]().send(Message(address, "预约通话提醒 · Appointment", text, f"order-{order.pk}"))
    except SendingError:
        return "failed"
    return "sent"
