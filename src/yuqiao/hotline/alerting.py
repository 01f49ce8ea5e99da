"""The ladder's messages: each step that fires writes to all of its people, by SMS and e-mail, until somebody took over.

A message says what kind of incident it is, how long there is to take it over, and where; nothing of the caller, and not
the words somebody entered. `tell` runs within the transaction that fires the step, `attempt` in ``yuqiao work``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

from django.conf import settings
from django.db import transaction
from django.db.models import F

from yuqiao.accounts.models import Person
from yuqiao.accounts.services import record
from yuqiao.hotline.jobs import send_alert
from yuqiao.hotline.models import Alert, AlertNumber, DeliveryState, IncidentKind, Told
from yuqiao.hotline.senders import NUMBER, SENDERS, Message, SendingError, sender_for
from yuqiao.lib import clock

#: After the first failure it is tried again so soon, then after pauses that double: an incident does not wait.
PAUSE = dt.timedelta(seconds=15)
ATTEMPTS = 6


class AlertNumberError(ValueError):
    """This is no number to which a message can be sent."""


def people_of(told: Told) -> list[Person]:
    """Return whom a step tells: who has its role, or belongs to its department, and may sign in."""
    active = Person.objects.filter(is_active=True)
    mine = active.filter(department=told.department) if told.department_id else active.filter(grants__role=told.role)
    return list(mine.distinct().order_by("pk"))


def addresses_of(person: Person) -> Iterator[tuple[str, str]]:
    """Yield (sender, address) for each way in which the city's settings can reach somebody."""
    number = AlertNumber.objects.filter(person=person).values_list("number", flat=True).first()
    for address in (number or "", person.email):
        if address and (sender := sender_for(address)):
            yield sender, address


def tell(told: Told, at: dt.datetime) -> int:
    """Write one alert for each person and sender, and send them in the background; returns how many."""
    alerts = Alert.objects.bulk_create(
        Alert(told=told, person=person, sender=sender, next_try_at=at)
        for person in people_of(told)
        for sender, _address in addresses_of(person)
    )
    for alert in alerts:
        send_alert.enqueue(alert.pk)
    return len(alerts)


def message_of(alert: Alert, address: str) -> Message:
    """Return what is sent: the kind, the step, the time there is, where to take it over."""
    told, incident = alert.told, alert.told.incident
    kind = IncidentKind(incident.kind).label
    minutes = max(1, round((told.due_at - told.at).total_seconds() / 60))
    link = f"{settings.PUBLIC_URL.rstrip('/')}/incidents/{incident.pk}/"
    text = f"重大事项（{kind}）第{told.level}级告知，请在{minutes}分钟内登录接手：{link}"
    return Message(address, f"重大事项告知：{kind}", text, f"alert-{alert.pk}")


def attempt(alert_id: int, again: Callable[[dt.datetime], object]) -> str:
    """Send one alert; ``again`` is told within the same transaction when another attempt is due.

    Returns ``sent``, ``again``, ``failed`` or ``nothing_to_do``: somebody took over, or it was sent already.
    """
    alert, address = _take(alert_id, clock.now())
    if alert is None:
        return "nothing_to_do"
    try:
        SENDERS[alert.sender]().send(message_of(alert, address))
    except SendingError as error:
        later = clock.now() + PAUSE * 2 ** (alert.attempts - 1)
        give_up = not error.again or alert.attempts >= ATTEMPTS
        with transaction.atomic():
            Alert.objects.filter(pk=alert.pk).update(
                state=DeliveryState.FAILED if give_up else DeliveryState.WAITING,
                error=error.code[:60],
                next_try_at=None if give_up else later,
            )
            if not give_up:
                again(later)
        return "failed" if give_up else "again"
    Alert.objects.filter(pk=alert.pk).update(state=DeliveryState.SENT, sent_at=clock.now(), error="")
    return "sent"


def _take(alert_id: int, now: dt.datetime) -> tuple[Alert | None, str]:
    """Take an alert for one attempt by one conditional UPDATE; with the address as it is now."""
    due = Alert.objects.filter(pk=alert_id, state=DeliveryState.WAITING, next_try_at__lte=now)
    with transaction.atomic():
        alert = due.select_related("told__incident", "person").first()
        if alert is None:
            return None, ""
        incident = alert.told.incident
        address = next((one for name, one in addresses_of(alert.person) if name == alert.sender), "")
        if incident.acknowledged_at or incident.closed_at or not address:
            why = "no_address" if not address else "taken_over"
            due.update(state=DeliveryState.FAILED, error=why, next_try_at=None)
            return None, ""
        if not due.update(state=DeliveryState.SENDING, attempts=F("attempts") + 1, next_try_at=None):
            return None, ""
        alert.attempts += 1
        return alert, address


def set_number(person: Person, number: str) -> None:
    """Keep (or, empty, forget) the number for one's own messages; journaled without it. AlertNumberError if none."""
    number = number.strip().replace(" ", "").replace("-", "")
    if number and not NUMBER.fullmatch(number):
        raise AlertNumberError("a number has 5 to 20 digits, perhaps after a +")
    with transaction.atomic():
        if number:
            AlertNumber.objects.update_or_create(person=person, defaults={"number": number})
        else:
            AlertNumber.objects.filter(person=person).delete()
        record(person, "alert.number", person, {"given": bool(number)})
