"""Another interpreter is asked for: a woman, a higher level, one who knows the domain."""

from __future__ import annotations

from dataclasses import replace

import pytest

from yuqiao.hotline import effects as ask
from yuqiao.hotline import events as desk
from yuqiao.hotline import queue
from yuqiao.hotline.beginning import Facts
from yuqiao.hotline.events import InterpretersClaimed, MustWait, NobodyThere
from yuqiao.hotline.models import CallCommand, InterpreterRequest
from yuqiao.hotline.routing import Candidate, Policies, Wanted, choose
from yuqiao.hotline.state import CLAIMED, WAITING, WITHDRAWN, Phase
from yuqiao.hotline.tests.rows import OneCall, interpreter, line
from yuqiao.hotline.tests.world import World
from yuqiao.hotline.wishes import CommandError, ask_another, event_of
from yuqiao.lib import clock
from yuqiao.workforce.models import Interpreter

BESIDE = Facts("beside_agent", "110", "sip:110@desk", language="ru", priority=100)


def finished(world: World) -> dict[int, str]:
    """Return how each command was answered."""
    return {effect.command: effect.error for effect in world.done if isinstance(effect, ask.FinishCommand)}


def wish(world: World, *, level: int = 1, domain: str = "", gender: str = "") -> int:
    """Somebody asks for another interpreter; returns the command's id."""
    command = next(world.commands)
    world.tell(desk.AnotherAsked(command, level, domain, gender, world.now))
    return command


def test_while_one_is_sought_the_search_begins_anew_with_the_wish() -> None:
    world = World(BESIDE, ["wait", "claimed"])
    first = world.call.requests[0]
    command = wish(world, gender="f", level=2)
    assert finished(world) == {command: ""}
    old, new = world.call.requests
    assert (old.id, old.state) == (first.id, WITHDRAWN)
    assert (new.state, new.gender, new.level, new.strict) == (CLAIMED, "f", 2, False), "it relaxes as any other wish"
    assert [note.data for note in world.notes if note.kind == "another_asked"] == [{"level": "2", "gender": "f"}]


def test_who_rings_already_is_let_go_and_may_be_chosen_again() -> None:
    world = World(BESIDE, ["claimed", "wait", "claimed"])
    ringing = world.call.requests[0].ringing
    leg = world.leg("interpreter")
    wish(world, domain="medical")
    assert ask.HangUp(leg) in world.done
    assert not set(ringing) & set(world.call.requests[1].tried)
    world.gone(leg)
    assert not world.held, "she is free again once her phone is down"
    world.tell(desk.TryAgain(world.now))
    world.up("interpreter")
    assert world.phase() is Phase.TALKING


def test_beside_one_who_is_on_a_colleague_is_sought_and_nobody_else_will_do() -> None:
    world = World(BESIDE, ["claimed", "claimed"])
    world.up("agent")
    first = world.up("interpreter")
    command = wish(world, gender="f")
    assert world.phase() is Phase.TALKING
    request = world.call.requests[1]
    assert (request.strict, request.gender) == (True, "f")
    assert finished(world) == {}, "answered when she is on"
    world.up("interpreter")
    assert finished(world) == {command: ""}
    world.gone(first)
    assert world.phase() is Phase.TALKING


def test_if_there_is_no_such_colleague_nothing_changes() -> None:
    world = World(BESIDE, ["claimed", "nobody"])
    world.up("agent")
    world.up("interpreter")
    command = wish(world, level=3)
    assert finished(world) == {command: "nobody of the language is free"}
    assert world.phase() is Phase.TALKING
    again = World(BESIDE, ["claimed", "wait"])
    again.up("agent")
    again.up("interpreter")
    wish(again, level=3)
    assert finished(again) | {1: ""} == {1: ""}
    assert finished(again) == {}
    second = wish(again, level=2)
    assert finished(again) == {second: "a colleague is being sought already"}


def test_before_the_language_is_known_there_is_nobody_to_seek() -> None:
    world = World(Facts())
    command = wish(world, gender="f")
    assert finished(world) == {command: "wait until an interpreter is sought"}


def test_a_strict_wish_never_relaxes_and_is_told_at_once_if_nobody_fulfils_it() -> None:
    now = 1000.0
    plain = Candidate(1, "resident", 0.0, (("en", 1),), gender="m")
    wanted = Wanted("r", "en", 10, False, now - 500, gender="f")
    assert [one.id for one in choose(wanted, [], [plain], Policies(), now).chosen] == [1]
    strict = replace(wanted, strict=True)
    choice = choose(strict, [], [plain], Policies(), now)
    assert (choice.chosen, choice.nobody) == ((), "none")
    woman = replace(plain, id=2, gender="f")
    assert [one.id for one in choose(strict, [], [plain, woman], Policies(), now).chosen] == [2]


@pytest.mark.database
@pytest.mark.django_db
def test_on_rows_a_woman_is_claimed_and_a_strict_wish_waits_only_for_one() -> None:
    line()
    man = interpreter("1")
    Interpreter.objects.filter(pk=man.pk).update(gender="m")
    call = OneCall().call
    assert call.requests[0].tried == (man.pk,)
    wished = replace(call.requests[0], state=WAITING, ringing=(), tried=(), gender="f", strict=True)
    nobody = queue.seek(call.with_request(wished), wished.id, clock.now())
    assert isinstance(nobody, MustWait), "he talks; whether he would do is seen when he is free"
    Interpreter.objects.update(state="ready", held_by="")
    assert isinstance(queue.seek(call.with_request(wished), wished.id, clock.now()), NobodyThere)
    woman = interpreter("2")
    Interpreter.objects.filter(pk=woman.pk).update(gender="f")
    found = queue.seek(call.with_request(wished), wished.id, clock.now())
    assert isinstance(found, InterpretersClaimed)
    assert [one.interpreter for one in found.chosen] == [woman.pk]


@pytest.mark.database
@pytest.mark.django_db
def test_a_wish_is_checked_kept_and_told_to_the_call() -> None:
    line()
    OneCall()
    call = InterpreterRequest.objects.get().call
    for nonsense in ({}, {"level": 4}, {"domain": "cooking"}, {"gender": "x"}):
        with pytest.raises(CommandError):
            ask_another(call, by=None, **nonsense)
    command = ask_another(call, level=2, gender="f", by=None)
    assert command.arguments == {"level": "2", "gender": "f"}
    assert event_of(command, 5.0) == desk.AnotherAsked(command.pk, 2, "", "f", 5.0)
    assert CallCommand.objects.count() == 1
