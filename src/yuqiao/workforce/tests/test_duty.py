"""The narrow rows that routing reads say always what interpreters' and languages' own rows say."""

from __future__ import annotations

import datetime as dt
import random

import pytest
from django.db import transaction

from yuqiao.accounts.models import Person
from yuqiao.lib import clock
from yuqiao.workforce import services
from yuqiao.workforce.models import Duty, Interpreter, InterpreterLanguage

pytestmark = [pytest.mark.database, pytest.mark.django_db]
SAME = (
    *("number", "mobile", "mobile_days", "mobile_begins", "mobile_ends", "gender", "domains"),
    *("only_lines", "barred_lines", "idle_since", "worked_since", "worked_until", "calls_since_pause"),
)

DEEDS = ("claim", "home", "engage", "ready", "off", "wrap", "rested", "choose", "row", "page", "language")


def interpreter(number: str, state: str = "ready") -> Interpreter:
    """Write an interpreter for English."""
    row = Interpreter.objects.create(
        person=Person.objects.create(username=f"interpreter-{number}"),
        number=number,
        contact=f"sip:{number}@desk",
        mobile=f"sip:m{number}@mobile",
        state=state,
        state_since=clock.now(),
    )
    InterpreterLanguage.objects.create(interpreter=row, language="en")
    return row


def assert_told() -> None:
    """Every language of every interpreter has its row, as the two rows it follows say."""
    told = {one.held_id: one for one in Duty.objects.all()}
    languages = list(InterpreterLanguage.objects.select_related("interpreter"))
    assert set(told) == {one.pk for one in languages}
    for one in languages:
        duty, who = told[one.pk], one.interpreter
        assert duty.contact == (who.desk_contact or who.contact)
        assert (duty.interpreter_id, duty.language, duty.level) == (who.pk, one.language, one.level)
        assert [getattr(duty, name) for name in SAME] == [getattr(who, name) for name in SAME]
        held = who.held_by and who.state in {"ready", "off"}
        assert duty.state == ("claimed" if held else who.state)
        mobile = who.state == "off" and who.tier in {"resident", "remote"}
        assert duty.tier == ("mobile" if mobile else who.tier)


@pytest.mark.parametrize("seed", range(8))
def test_whatever_is_done_the_narrow_rows_follow(seed: int) -> None:
    chance, boss = random.Random(seed), Person.objects.create(username="boss")
    now = clock.now()
    for number in range(4):
        interpreter(str(number), state=chance.choice(["ready", "off", "break"]))
    for step in range(40):
        now += dt.timedelta(seconds=chance.randint(0, 400))
        who = chance.choice(list(Interpreter.objects.all()))
        request = str(chance.randint(1, 3))
        match chance.choice(
            ["claim", "home", "engage", "ready", "off", "wrap", "rested", "choose", "row", "page", "language"]
        ):
            case "claim":
                services.claim_all(request, now, ready=[who.pk])
            case "home":
                services.claim(who.pk, request, now, off_shift=True)
            case "engage":
                services.engage(request, who.pk, now)
            case "ready" | "off" as to:
                services.release(request, to, now, who.pk)
            case "wrap":
                services.release(request, "wrap_up", now)
            case "rested":
                services.end_wrap_ups(now, 0)
            case "choose" if not who.held_by:
                services.set_presence(who.pk, chance.choice(["ready", "break", "off"]), boss)
            case "row":
                tier = chance.choice(["resident", "remote", "volunteer"])
                Interpreter.objects.filter(pk=who.pk).update(tier=tier, domains=chance.choice(["", ",medical,"]))
            case "page":
                desk = chance.choice(["", f"sip:desk-{who.number}@browser"])
                Interpreter.objects.filter(pk=who.pk).update(desk_contact=desk)
            case "language":
                another_language(who, f"x{step}", chance.choice(["more", "better", "fewer"]))
        assert_told()


def another_language(who: Interpreter, language: str, change: str) -> None:
    """Let her hold one language more, all of them better, or none."""
    held = InterpreterLanguage.objects.filter(interpreter=who)
    if change == "more":
        InterpreterLanguage.objects.bulk_create([InterpreterLanguage(interpreter=who, language=language, level=2)])
    elif change == "better":
        held.update(level=3)
    else:
        held.delete()


def test_a_claim_undone_is_undone_in_both() -> None:
    li = interpreter("1")
    with transaction.atomic():
        services.claim(li.pk, "r", clock.now())
        assert Duty.objects.get().state == "claimed"
        transaction.set_rollback(True)
    assert_told()
    assert Duty.objects.get().state == "ready"


def test_who_leaves_takes_her_rows_along() -> None:
    li = interpreter("1")
    assert Duty.objects.count() == 1
    li.delete()
    assert Duty.objects.count() == 0
