"""Two call servers at once: never two interpreters for one request, nor one interpreter for two requests."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from yuqiao.hotline.models import InterpreterRequest
from yuqiao.hotline.tests.rows import database_url, interpreter, line
from yuqiao.workforce.models import Interpreter

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


def race(*commands: list[str]) -> list[list[str]]:
    """Start these racers together and return what each got."""
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
        for racer in racers:
            assert racer.stdout is not None
            assert racer.stdout.readline() == "ready\n"
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
