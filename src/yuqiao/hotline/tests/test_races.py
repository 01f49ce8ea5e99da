"""Two call servers at once: never two interpreters for one request, nor one interpreter for two requests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

import pytest

from yuqiao.hotline.models import InterpreterRequest, Line
from yuqiao.hotline.routing import DEFAULTS
from yuqiao.hotline.tests.many import asking, write_requests
from yuqiao.hotline.tests.rows import database_url, interpreter, line
from yuqiao.workforce.models import Interpreter

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


def race(*commands: list[str], steps: int = 0) -> list[list[Any]]:
    """Start these racers together, keep them in step so many times, and return what each got."""
    environment = {**os.environ, "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "yuqiao.config.settings"}
    racers = [
        subprocess.Popen(
            [sys.executable, "-m", "yuqiao.hotline.tests.racer", *command],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for command in commands
    ]
    try:
        for step in range(steps + 1):
            for racer in racers:
                assert racer.stdout is not None
                assert racer.stdout.readline() == ("ready\n" if step == 0 else "claimed\n" if step % 2 else "let go\n")
            for racer in racers:
                assert racer.stdin is not None
                racer.stdin.write("go\n")
                racer.stdin.flush()
        return [json.loads(racer.communicate(timeout=60)[0]) for racer in racers]
    finally:
        for racer in racers:
            racer.kill()
            racer.wait()


def test_claiming_the_same_interpreters_side_by_side() -> None:
    for number in range(150):
        interpreter(str(number))
    one, other = race(["claim", "one"], ["claim", "other"])
    assert len(one) + len(other) == 150
    assert not set(one) & set(other)
    for pk, held_by in Interpreter.objects.values_list("pk", "held_by"):
        assert held_by == f"{'one' if str(pk) in one else 'other'}-{pk}"


def test_taking_calls_in_side_by_side() -> None:
    line()
    for number in range(25):
        interpreter(str(number))
    one, other = race(["admit", "one", "20"], ["admit", "other", "20"])
    rung = one + other
    assert len(rung) == len(set(rung)) == 25, "every interpreter is rung for one call"
    requests = InterpreterRequest.objects.all()
    assert requests.count() == 40
    claimed = list(requests.filter(state="claimed").values_list("pk", "interpreter_id"))
    assert len(claimed) == len({interpreter_id for _, interpreter_id in claimed}) == 25
    assert requests.filter(state="waiting").count() == 15
    held = dict(Interpreter.objects.exclude(held_by="").values_list("pk", "held_by"))
    assert held == {interpreter_id: str(pk) for pk, interpreter_id in claimed}


RACES = 1000


def test_a_thousand_races_never_ring_two_for_one_nor_one_for_two() -> None:
    line()
    Line.objects.create(number="110", name_zh="报警", line_class="emergency", priority=100)
    for number in range(4):
        interpreter(str(number))
    for name in ("one", "other"):
        write_requests(asking(name, RACES))
    one, other = race(["seek", "one", str(RACES)], ["seek", "other", str(RACES)], steps=2 * RACES)
    assert len(one) == len(other) == RACES
    both = 0
    for number, ((mine, my_rows), (theirs, their_rows)) in enumerate(zip(one, other, strict=True)):
        plan = DEFAULTS["emergency" if number % 3 == 0 else "own"].ring_first
        assert 1 <= len(mine) <= plan or theirs, "nobody is rung though somebody is free"
        assert max(len(mine), len(theirs)) <= plan, "more are rung for one request than the plan says"
        assert not set(mine) & set(theirs), "one interpreter is rung for two requests"
        assert (sorted(my_rows), sorted(their_rows)) == (sorted(mine), sorted(theirs)), "the rows say otherwise"
        both += bool(mine) and bool(theirs)
    assert both > RACES / 2, "most races have two who got somebody"
    assert not Interpreter.objects.exclude(held_by="").exists()
