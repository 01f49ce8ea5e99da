"""What waits is sent at least once and in order; what fails is sent again, rests, is given up, and is journaled."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Q
from standardwebhooks.webhooks import Webhook

from yuqiao.accounts.models import JournalEntry, Person
from yuqiao.hooks import outbox, schedule, services
from yuqiao.hooks.models import DeliveryState, Hook, HookAttempt, HookDelivery, HookEvent, HookState
from yuqiao.hooks.publishing import publish
from yuqiao.hooks.sending import Rules, Sent
from yuqiao.hooks.services import HookError
from yuqiao.lib.clock import now

pytestmark = [pytest.mark.database, pytest.mark.django_db]

URL = "https://partner.example/events"
EVERYBODY = Q()
TAKEN, BROKEN = Sent(204, 3), Sent(500, 3, answer="oops")


class Wire:
    """Stands for the network: keeps what is sent, answers as told."""

    def __init__(self, *answers: Sent) -> None:
        self.answers, self.sent = list(answers), list[tuple[bytes, dict[str, str]]]()

    def __call__(self, url: str, body: bytes, headers: dict[str, str], rules: Rules) -> Sent:
        self.sent.append((body, headers))
        return self.answers.pop(0) if self.answers else TAKEN

    def ids(self) -> list[str]:
        return [headers["webhook-id"] for _, headers in self.sent]


@pytest.fixture
def chen() -> Person:
    return Person.objects.create(username="chen")


@pytest.fixture
def registered(chen: Person) -> tuple[Hook, str]:
    return services.register(chen, "12345", URL, ["service.down", "service.up"], by=chen)


@pytest.fixture
def hook(registered: tuple[Hook, str]) -> Hook:
    return registered[0]


def down(subject: str = "service:media") -> str:
    """Publish an event and return its id."""
    assert publish("service.down", subject, {"service": "media", "line": ""}, EVERYBODY) == 1
    return HookEvent.objects.latest("at").pk


def later(moment: Callable[[], dt.datetime], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "now", moment)


def test_an_event_is_signed_delivered_once_and_logged(registered: tuple[Hook, str]) -> None:
    hook, secret = registered
    event, wire = down(), Wire()
    assert outbox.due(now()) == [hook.pk]
    assert outbox.serve(hook.pk, wire) == 1
    (body, headers) = wire.sent[0]
    read = Webhook(secret).verify(body, headers)
    assert (read["type"], read["data"]) == ("service.down", {"service": "media", "line": ""})
    assert headers["webhook-id"] == event
    assert secret not in repr(list(Hook.objects.values()))
    delivery = HookDelivery.objects.get()
    assert (delivery.state, delivery.attempts, delivery.log.get().status) == ("delivered", 1, 204)
    assert outbox.due(now()) == []
    assert outbox.serve(hook.pk, wire) == 0


def test_what_is_rolled_back_was_never_told(hook: Hook) -> None:
    with transaction.atomic():
        down()
        transaction.set_rollback(True)
    assert not HookEvent.objects.exists()
    assert not HookDelivery.objects.exists()


def test_only_those_are_told_who_asked_for_it_may_see_it_and_are_there(hook: Hook, chen: Person) -> None:
    assert publish("request.queued", "request:1", {"id": 1}, EVERYBODY) == 0, "not asked for"
    assert publish("service.down", "service:media", {}, Q(person=chen.pk + 1)) == 0, "not hers to see"
    services.switch(hook, on=False, by=chen)
    assert publish("service.down", "service:media", {}, EVERYBODY) == 0, "switched off"
    services.switch(hook, on=True, by=chen)
    Person.objects.filter(pk=chen.pk).update(is_active=False)
    assert publish("service.down", "service:media", {}, EVERYBODY) == 0, "nobody any more"
    with pytest.raises(KeyError):
        publish("service.sideways", "x", {}, EVERYBODY)


def test_what_failed_is_sent_again_under_the_same_id_and_with_a_fresh_signature(
    hook: Hook, monkeypatch: pytest.MonkeyPatch
) -> None:
    event, wire, begun = down(), Wire(BROKEN, Sent(error="timeout")), now()
    moment = begun
    later(lambda: moment, monkeypatch)
    assert outbox.serve(hook.pk, wire) == 1
    assert outbox.due(begun) == []
    for seconds in (7, 60):
        moment = begun + dt.timedelta(seconds=seconds)
        assert outbox.due(moment) == [hook.pk]
        assert outbox.serve(hook.pk, wire) == 1
    assert wire.ids() == [event] * 3
    bodies, stamps = {body for body, _ in wire.sent}, {headers["webhook-timestamp"] for _, headers in wire.sent}
    assert (len(bodies), len(stamps)) == (1, 3)
    assert [(one.status, one.error) for one in HookAttempt.objects.all()] == [(500, ""), (None, "timeout"), (204, "")]
    hook.refresh_from_db()
    assert (hook.failures, hook.failing_since, hook.resume_at) == (0, None, None)
    assert HookDelivery.objects.get().state == DeliveryState.DELIVERED


def test_one_subject_stays_in_order_and_holds_up_no_other(hook: Hook, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second, other = down("a"), down("a"), down("b")
    wire, moment = Wire(BROKEN), now()
    later(lambda: moment, monkeypatch)
    outbox.serve(hook.pk, wire)
    moment += dt.timedelta(seconds=7)
    assert outbox.serve(hook.pk, wire) == 3
    assert wire.ids() == [first, other, first, second]


def test_who_is_sent_to_by_one_process_is_left_alone_by_others_until_it_dies(hook: Hook) -> None:
    event = down()

    class Died(BaseException):
        """The process is killed between sending and writing down."""

    sent: list[str] = []

    def killed(url: str, body: bytes, headers: dict[str, str], rules: Rules) -> Sent:
        sent.append(headers["webhook-id"])
        assert outbox.due(now()) == []
        assert outbox.serve(hook.pk, Wire()) == 0, "somebody else sends there"
        Hook.objects.filter(pk=hook.pk).update(taken_until=now() + outbox.lease())  # as if `finally` never ran
        raise Died

    with pytest.raises(Died):
        outbox.serve(hook.pk, killed)
    assert outbox.due(now()) == []
    assert outbox.due(now() + outbox.lease()) == [hook.pk]
    Hook.objects.update(taken_until=now())
    wire = Wire()
    outbox.serve(hook.pk, wire)
    assert sent == wire.ids() == [event]


def test_410_switches_off(hook: Hook) -> None:
    down()
    outbox.serve(hook.pk, Wire(Sent(410)))
    hook.refresh_from_db()
    assert hook.state == HookState.GONE
    assert HookDelivery.objects.get().state == DeliveryState.FAILED
    assert JournalEntry.objects.filter(action="hook.gone", actor=None).exists()
    assert publish("service.down", "x", {}, EVERYBODY) == 0


def test_after_days_of_failure_it_is_switched_off_and_journaled(hook: Hook, monkeypatch: pytest.MonkeyPatch) -> None:
    down()
    moment, wire = now(), Wire(*[BROKEN] * 20)
    later(lambda: moment, monkeypatch)
    for _ in range(schedule.ATTEMPTS):
        assert outbox.serve(hook.pk, wire) == 1
        delivery, hook_now = HookDelivery.objects.get(), Hook.objects.get()
        if delivery.next_try_at is None or hook_now.state != HookState.ON:
            break
        assert hook_now.resume_at is not None
        moment = max(delivery.next_try_at, hook_now.resume_at)
    assert Hook.objects.get().state == HookState.BROKEN
    assert JournalEntry.objects.filter(action="hook.broken", actor=None).count() == 1
    outbox.clean(moment + schedule.OLDEST)
    assert HookDelivery.objects.get().state == DeliveryState.FAILED


def test_when_it_is_back_what_waits_goes_at_once(hook: Hook, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [down(f"subject {number}") for number in range(4)]
    moment, wire = now(), Wire(*[BROKEN] * schedule.DOWN)
    later(lambda: moment, monkeypatch)
    for _ in range(schedule.DOWN):
        outbox.serve(hook.pk, wire)
        resume = Hook.objects.get().resume_at
        assert resume is not None
        moment = resume
    failed = len(wire.sent)
    assert failed == schedule.DOWN
    moment += dt.timedelta(seconds=1)
    outbox.serve(hook.pk, wire)
    assert set(wire.ids()[failed:]) == set(ids)
    assert not HookDelivery.objects.exclude(state=DeliveryState.DELIVERED).exists()


def test_switched_on_again_what_waits_is_sent_and_what_is_too_old_is_not(hook: Hook, chen: Person) -> None:
    down()
    services.switch(hook, on=False, by=chen)
    assert outbox.due(now()) == []
    outbox.clean(now())
    services.switch(hook, on=True, by=chen)
    assert outbox.serve(hook.pk, Wire()) == 1
    old = down("other")
    services.switch(hook, on=False, by=chen)
    outbox.clean(now() + schedule.OLDEST + dt.timedelta(minutes=1))
    assert HookDelivery.objects.get(event=old).state == DeliveryState.FAILED


def test_a_new_secret_and_the_former_one_sign_for_a_day(registered: tuple[Hook, str], chen: Person) -> None:
    hook, former = registered
    fresh = services.rotate(hook, by=chen)
    down("a")
    wire = Wire()
    outbox.serve(hook.pk, wire)
    for secret in (former, fresh):
        Webhook(secret).verify(*wire.sent[0])
    Hook.objects.update(former_until=now())
    down("b")
    outbox.serve(hook.pk, wire)
    assert len(wire.sent[1][1]["webhook-signature"].split()) == 1
    Webhook(fresh).verify(*wire.sent[1])


def test_a_test_event_goes_at_once_and_an_old_event_again_by_hand(hook: Hook, chen: Person) -> None:
    event = down()
    outbox.serve(hook.pk, Wire(BROKEN))
    with pytest.raises(HookError, match="waits"):
        services.send_again(HookDelivery.objects.get(), by=chen)
    services.try_out(hook, by=chen)
    wire = Wire()
    outbox.serve(hook.pk, wire)
    assert b'"hook.test"' in wire.sent[0][0]
    HookDelivery.objects.filter(event=event).update(state=DeliveryState.FAILED, next_try_at=None)
    services.send_again(HookDelivery.objects.get(event=event), by=chen)
    outbox.serve(hook.pk, wire)
    assert wire.ids()[-1] == event
    assert HookDelivery.objects.get(event=event).state == DeliveryState.DELIVERED
    services.switch(hook, on=False, by=chen)
    for refused in (
        services.try_out,
        lambda one, by: services.send_again(HookDelivery.objects.get(event=event), by=by),
    ):
        with pytest.raises(HookError, match="off"):
            refused(hook, by=chen)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"name": " "}, "name"),
        ({"kinds": []}, "kinds"),
        ({"kinds": ["no.such"]}, "kinds"),
        ({"url": "http://partner.example/"}, "scheme"),
        ({"url": "https://127.0.0.1/"}, "inside"),
    ],
)
def test_what_cannot_be_registered(chen: Person, changed: dict[str, Any], code: str) -> None:
    wanted = {"name": "x", "url": URL, "kinds": ["service.up"]} | changed
    with pytest.raises(HookError) as refused:
        services.register(chen, **wanted, by=chen)
    assert refused.value.code == code
    assert refused.value.zh
    assert not Hook.objects.exists()


def test_nobody_registers_without_end_and_what_is_removed_is_gone(chen: Person) -> None:
    made = [services.register(chen, "x", URL, ["service.up"], by=chen)[0] for _ in range(services.MOST)]
    with pytest.raises(HookError, match="already"):
        services.register(chen, "x", URL, ["service.up"], by=chen)
    services.remove(made[0], by=chen)
    services.remove(made[0], by=chen)
    with pytest.raises(HookError, match="removed"):
        services.rotate(made[0], by=chen)
    services.register(chen, "x", URL, ["service.up"], by=chen)
    assert Hook.objects.get(pk=made[0].pk).secret == ""


def test_every_act_is_journaled_without_secrets(registered: tuple[Hook, str], chen: Person) -> None:
    hook, secret = registered
    services.change(hook, "other", URL + "/2", ["service.up"], by=chen)
    fresh = services.rotate(hook, by=chen)
    services.try_out(hook, by=chen)
    services.remove(hook, by=chen)
    entries = JournalEntry.objects.order_by("id")
    assert [one.action.removeprefix("hook.") for one in entries] == ["register", "change", "rotate", "test", "remove"]
    assert {one.actor for one in entries} == {chen}
    said = repr(list(entries.values()))
    assert secret not in said
    assert fresh not in said


def test_the_log_is_forgotten_after_a_month(hook: Hook) -> None:
    down()
    outbox.serve(hook.pk, Wire())
    assert outbox.clean(now() + dt.timedelta(days=29)) == 0
    assert outbox.clean(now() + dt.timedelta(days=31)) == 1
    assert not HookAttempt.objects.exists()
