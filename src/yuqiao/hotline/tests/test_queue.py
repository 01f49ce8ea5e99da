"""Routing on rows: the short list decides as the whole staff would, claims give back, decisions stay written."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from dataclasses import replace

import pytest
from django.utils import timezone

from yuqiao.accounts.models import Person
from yuqiao.hotline import queue, roster, routing_tables, shortlist
from yuqiao.hotline.events import InterpretersClaimed, MustWait, NobodyThere
from yuqiao.hotline.models import Call, InterpreterRequest, Line, RoutingDecision
from yuqiao.hotline.routing import MOBILE, TIERS, Policies, Wanted, choose
from yuqiao.hotline.routing_tables import (
    LineFacts,
    PolicyError,
    cover,
    forget,
    line_facts,
    policies,
    set_domain,
    set_policy,
)
from yuqiao.hotline.state import CLAIMED, WAITING
from yuqiao.hotline.tests.rows import OneCall, interpreter, line
from yuqiao.lib import clock
from yuqiao.workforce import services as workforce
from yuqiao.workforce.calendar import DAYS
from yuqiao.workforce.models import Interpreter, InterpreterLanguage, Post, ServiceWindow, SpecialDay

pytestmark = [pytest.mark.database, pytest.mark.django_db]
ALWAYS = {"mobile_days": DAYS, "mobile_begins": 0, "mobile_ends": 0}


def some_city(chance: random.Random, size: int) -> None:
    """Write interpreters of every kind."""
    now = clock.now()
    people = Person.objects.bulk_create(Person(username=f"p{number}") for number in range(size))
    rows = Interpreter.objects.bulk_create(
        Interpreter(
            person=person,
            number=str(number),
            contact=f"sip:{number}@desk",
            tier=chance.choice(["resident", "resident", "remote", "volunteer", "neighbour"]),
            state=chance.choice(["ready", "ready", "ready", "off", "busy", "break"]),
            state_since=now,
            idle_since=now.timestamp() - chance.randrange(50),
            worked_since=now.timestamp() - chance.choice([100, 4000]),
            worked_until=now.timestamp() - chance.choice([10, 400]),
            calls_since_pause=chance.choice([1, 3, 20]),
            gender=chance.choice(["", "f", "m"]),
            domains=chance.choice(["", "", ",medical,", ",legal,medical,", ",police,"]),
            only_lines=chance.choice(["", "", "", ",120,", ",government,"]),
            barred_lines=chance.choice(["", "", "", ",emergency,", ",12345,"]),
            mobile=chance.choice(["", f"sip:m{number}@desk"]),
            mobile_days=chance.choice(["", DAYS, "135", "H"]),
            mobile_begins=chance.choice([0, 480, 1200]),
            mobile_ends=chance.choice([0, 700, 1380]),
        )
        for number, person in enumerate(people)
    )
    InterpreterLanguage.objects.bulk_create(
        InterpreterLanguage(interpreter=row, language=language, level=chance.randint(1, 3))
        for row in rows
        for language in {"en", chance.choice(["en", "ja", "ko"])}
    )


def some_request(chance: random.Random, number: int, now: float) -> Wanted:
    """Return a request with wishes of every kind."""
    return Wanted(
        str(uuid.UUID(int=number)),
        chance.choice(["en", "ja"]),
        chance.choice([0, 10, 100]),
        chance.random() < 0.2,
        now - chance.choice([0, 3, 8, 16, 25, 40]),
        tuple(chance.sample(range(1, 200), 5)),
        level=chance.randint(1, 3),
        domain=chance.choice(["", "medical", "police"]),
        gender=chance.choice(["", "f"]),
        line=chance.choice(["120", "12345"]),
        line_class=chance.choice(["emergency", "government", "callback"]),
        familiar=tuple(chance.sample(sorted(Interpreter.objects.values_list("pk", flat=True)), 2)),
    )


@pytest.mark.parametrize("seed", range(6))
def test_the_short_list_decides_for_one_request_as_the_whole_staff_would(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shortlist, "NAMED", 0)
    chance = random.Random(seed)
    some_city(chance, 70)
    now = clock.now().timestamp()
    for number in range(25):
        wanted = some_request(chance, number, now)
        rings_homes = Policies().of(wanted.line_class).off_duty
        staff = [one for one in roster.everybody({wanted.language}, now) if rings_homes or not one.off]
        whole = choose(wanted, [], staff, Policies(), now)
        short, _others = queue._choose(wanted, None, Policies(), now, set())
        assert [one.id for one in short.chosen] == [one.id for one in whole.chosen]
        assert short.nobody == whole.nobody
        assert short.given_up == whole.given_up
        tried = sum(one.one.id in wanted.tried for one in whole.considered)
        assert sum(short.counts.values()) == sum(whole.counts.values()) - tried, "everybody is counted"
        assert short.counts.get("busy", 0) == whole.counts.get("busy", 0)
        if not wanted.tried or not whole.counts.get("rest"):
            assert short.look_again_at == whole.look_again_at


def test_of_several_who_are_asked_for_only_those_still_as_thought_are_claimed() -> None:
    ready, taken, home = interpreter("1"), interpreter("2", state="busy"), at_home("3")
    now = clock.now()
    assert workforce.claim_all("r", now, ready=[ready.pk, taken.pk, home.pk], at_home=[]) == {ready.pk}
    assert workforce.claim_all("s", now, ready=[], at_home=[home.pk, ready.pk]) == {home.pk}
    assert workforce.claim_all("t", now) == set()
    assert dict(Interpreter.objects.values_list("number", "off_shift")) == {"1": False, "2": False, "3": True}
    assert dict(Interpreter.objects.values_list("number", "held_by")) == {"1": "r", "2": "", "3": "s"}


def test_who_was_rung_in_vain_keeps_her_place_and_who_talked_does_not() -> None:
    li = interpreter("1")
    Interpreter.objects.filter(pk=li.pk).update(idle_since=5.0)
    now = clock.now()
    assert workforce.claim(li.pk, "a", now)
    assert workforce.release("a", "ready", now, li.pk) == 1
    li.refresh_from_db()
    assert (li.state, li.idle_since) == ("ready", 5.0)
    workforce.claim(li.pk, "b", now)
    workforce.engage("b", li.pk, now)
    workforce.release("b", "wrap_up", now + dt.timedelta(seconds=60), li.pk)
    li.refresh_from_db()
    assert (li.state, li.idle_since, li.calls_since_pause) == ("wrap_up", now.timestamp() + 60, 1)
    assert li.worked_until - li.worked_since == 60


def test_work_goes_on_over_short_gaps_and_begins_anew_after_a_pause() -> None:
    li = interpreter("1")
    at = clock.now()
    for gap, calls in ((0, 1), (100, 2), (299, 3), (301, 1)):
        at += dt.timedelta(seconds=gap)
        workforce.claim(li.pk, "r", at)
        workforce.engage("r", li.pk, at)
        workforce.release("r", "wrap_up", at, li.pk)
        Interpreter.objects.update(state="ready")
        li.refresh_from_db()
        assert li.calls_since_pause == calls
    assert li.worked_since == pytest.approx(at.timestamp())


def test_a_break_neither_gains_nor_costs_a_place() -> None:
    li, now = interpreter("1"), clock.now()
    person = Person.objects.create(username="li")
    began = now - dt.timedelta(seconds=600)
    Interpreter.objects.update(state="break", state_since=began, idle_since=began.timestamp() - 60)
    workforce.set_presence(li.pk, "ready", person)
    li.refresh_from_db()
    assert clock.now().timestamp() - li.idle_since == pytest.approx(60, abs=5)


def at_home(number: str, **more: object) -> Interpreter:
    """Write somebody who is off and may be rung at home."""
    row = interpreter(number, state="off")
    Interpreter.objects.filter(pk=row.pk).update(mobile=f"sip:m{number}@mobile", **{**ALWAYS, **more})
    return row


def test_off_shift_she_is_rung_on_her_mobile_must_confirm_and_goes_back_home() -> None:
    line()
    home = at_home("1")
    call = OneCall().call
    request = call.requests[0]
    assert request.state == CLAIMED
    assert [leg.contact for leg in call.legs if leg.interpreter] == ["sip:m1@mobile"]
    home.refresh_from_db()
    assert (home.state, home.off_shift, home.held_by) == ("claimed", True, request.id)
    workforce.release(request.id, "ready", clock.now(), home.pk)
    home.refresh_from_db()
    assert (home.state, home.off_shift) == ("off", False)
    workforce.claim(home.pk, "again", clock.now(), off_shift=True)
    workforce.engage("again", home.pk, clock.now())
    workforce.release("again", "wrap_up", clock.now(), home.pk)
    workforce.end_wrap_ups(clock.now(), 0)
    home.refresh_from_db()
    assert (home.state, home.off_shift) == ("off", False), "after her call she is at home again, not on duty"


def test_mobiles_ring_only_at_the_hours_agreed() -> None:
    wednesday = dt.datetime(2026, 11, 18, 23, 30, tzinfo=timezone.get_current_timezone()).timestamp()
    SpecialDay.objects.create(date=dt.date(2026, 11, 20), counts_as="H", name="试")
    hours = {"evenings": (1200, 1440), "nights": (1380, 360), "mornings": (360, 720)}
    for number, (name, (begins, ends)) in enumerate(hours.items()):
        row = at_home(str(number), mobile_begins=begins, mobile_ends=ends, mobile_days="3")
        Interpreter.objects.filter(pk=row.pk).update(number=name)

    def there(at: float) -> set[str]:
        forget()
        return {one.number for one in roster.everybody({"en"}, at)}

    assert there(wednesday) == {"evenings", "nights"}
    assert there(wednesday + 4 * 3600) == {"nights"}, "begun on Wednesday, past midnight"
    assert there(wednesday - 14 * 3600) == {"mornings"}
    assert there(wednesday + 24 * 3600) == set()


def test_nobody_signed_on_outside_the_hours_is_said_at_once() -> None:
    line()
    local = timezone.localtime() + dt.timedelta(hours=3)
    begins, ends = local.time(), (local + dt.timedelta(hours=1)).time()
    ServiceWindow.objects.create(
        language="en", tier="resident", days=DAYS, begins=begins, ends=ends, valid_from=dt.date(2026, 1, 1)
    )
    call = OneCall().call
    assert call.outcome == "callback"
    kept = RoutingDecision.objects.get()
    assert (kept.outcome, kept.reason, kept.facts["cover"]) == ("nobody", "off_hours", "none")


def test_the_change_over_is_looked_at_again() -> None:
    line()
    interpreter("1", state="busy")
    soon = timezone.localtime() + dt.timedelta(seconds=90)
    begins = (soon - dt.timedelta(hours=5)).time()
    ServiceWindow.objects.create(
        language="en", tier="remote", days=DAYS, begins=begins, ends=soon.time(), valid_from=dt.date(2026, 1, 1)
    )
    ServiceWindow.objects.create(
        language="en", tier="resident", days=DAYS, begins=soon.time(), ends=begins, valid_from=dt.date(2026, 1, 1)
    )
    now = clock.now().timestamp()
    before = cover("en", now)
    assert (before.tier, before.then) == ("remote", "resident")
    assert before.until == pytest.approx(soon.timestamp(), abs=0.01)
    assert cover("en", now + 91).tier == "resident"
    call = OneCall().call
    found = queue.seek(call, call.requests[0].id, clock.now())
    assert isinstance(found, MustWait)
    assert found.look_again_at == pytest.approx(soon.timestamp(), abs=0.01)


def test_a_decision_keeps_what_was_thought_then() -> None:
    line()
    set_domain(line_of("960169"), "medical", by=None)
    plain, doctor = interpreter("1"), interpreter("2", state="busy")
    Interpreter.objects.filter(pk=doctor.pk).update(domains=",medical,")
    call = OneCall().call
    assert call.requests[0].state == WAITING
    kept = RoutingDecision.objects.get()
    assert (kept.outcome, kept.chosen, kept.step) == ("wait", [], 0)
    assert kept.facts["counts"] == {"domain": 1, "busy": 1}
    assert kept.facts["best"][0][:4] == [plain.pk, "1", "resident", "domain"]
    assert kept.facts["again"] == pytest.approx(10.0, abs=0.1)
    found = queue.seek(call, call.requests[0].id, clock.now() + dt.timedelta(seconds=11))
    assert isinstance(found, InterpretersClaimed)
    assert [one.interpreter for one in found.chosen] == [plain.pk]
    later = RoutingDecision.objects.last()
    assert later is not None
    assert (later.outcome, later.chosen, later.facts["given_up"]) == ("rung", [plain.pk], ["domain"])


def line_of(number: str) -> Line:
    """Return the row of a line."""
    return Line.objects.get(number=number)


def test_who_served_this_number_before_is_preferred() -> None:
    line()
    former = interpreter("9")
    first = OneCall(leg="a", number="13900000001")
    workforce.release(first.call.requests[0].id, "ready", clock.now())
    InterpreterRequest.objects.update(state="answered", interpreter=former)
    Call.objects.update(ended_at=clock.now())
    idle = interpreter("1")
    Interpreter.objects.filter(pk=former.pk).update(idle_since=9e9)
    again = OneCall(leg="b", number="13900000001").call
    assert again.requests[0].tried == (former.pk,)
    assert RoutingDecision.objects.order_by("-id")[0].facts["best"][0][7] == 1
    other = OneCall(leg="c", number="13900000002").call
    assert other.requests[0].tried == (idle.pk,)


def test_a_policy_is_kept_checked_and_journaled() -> None:
    set_policy("government", {"ring_first": 2, "ring_most": 4}, by=None)
    assert policies(clock.now().timestamp()).of("government").ring_first == 2
    assert policies(clock.now().timestamp()).of("public").ring_first == 1
    with pytest.raises(PolicyError, match="ring_first"):
        set_policy("government", {"ring_first": 5}, by=None)
    with pytest.raises(PolicyError, match="gender_after"):
        set_policy("government", {"gender_after": None}, by=None)
    with pytest.raises(PolicyError):
        set_policy("nothing", {}, by=None)


def test_a_line_has_the_domain_of_its_kind_unless_a_row_says_otherwise() -> None:
    line()
    now = clock.now().timestamp()
    assert line_facts("12345", now).domain == ""
    set_domain(line_of("12345"), "legal", by=None)
    assert line_facts("12345", now).domain == "legal"
    set_domain(line_of("12345"), "", gender="f", level=2, by=None)
    assert line_facts("12345", now) == LineFacts("government", "", "f", 2)
    with pytest.raises(PolicyError):
        set_domain(line_of("12345"), "", level=4, by=None)
    assert line_facts("nothing", now).line_class == "own"
    assert routing_tables.KINDS["120"] == "medical"


def test_all_were_tried() -> None:
    line()
    li = interpreter("1")
    call = OneCall().call
    request = replace(call.requests[0], state=WAITING, ringing=(), tried=(li.pk,))
    found = queue.seek(call.with_request(request), request.id, clock.now())
    assert isinstance(found, NobodyThere)
    assert found.reason == "tried"


def test_tiers_in_the_database_are_those_of_routing() -> None:
    assert {*Post.values, MOBILE} == set(TIERS)


def test_a_line_that_asks_for_a_woman_gets_one_while_one_is_on_duty() -> None:
    own = line()
    set_domain(own, "", gender="f", by=None)
    man, woman = interpreter("1"), interpreter("2")
    Interpreter.objects.filter(pk=man.pk).update(gender="m")
    Interpreter.objects.filter(pk=woman.pk).update(gender="f", idle_since=9e9)
    assert OneCall(leg="a", number="1").call.requests[0].tried == (woman.pk,)
    assert OneCall(leg="b", number="2").call.requests[0].state == WAITING, "she may be free in a moment"
    forget()
    Interpreter.objects.filter(pk=woman.pk).update(state="off", held_by="")
    assert OneCall(leg="c", number="3").call.requests[0].state == WAITING, "the one before goes first"
