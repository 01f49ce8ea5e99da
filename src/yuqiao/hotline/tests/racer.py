"""A call server's database work in a process of its own, to race others: ``python -m yuqiao.hotline.tests.racer``.

``admit NAME COUNT`` takes in so many calls, ``claim NAME`` claims every interpreter it can, ``back NAME`` begins every
callback it can. ``seek NAME COUNT`` claims for one request after the other in step with the others: it says when it has
claimed and when it has let go, and goes on when a line comes. Starts when a line comes on standard input; prints what
it got as JSON.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import django

django.setup()

from django.db import transaction  # noqa: E402

from yuqiao.engines.events import LegArrived  # noqa: E402
from yuqiao.hotline.effects import Ring  # noqa: E402
from yuqiao.hotline.events import InterpretersClaimed  # noqa: E402
from yuqiao.hotline.queue import seek  # noqa: E402
from yuqiao.hotline.services import admit, begin_due_outbound  # noqa: E402
from yuqiao.hotline.state import Timing  # noqa: E402
from yuqiao.hotline.tests.many import asking  # noqa: E402
from yuqiao.lib import clock  # noqa: E402
from yuqiao.workforce.models import Interpreter  # noqa: E402
from yuqiao.workforce.services import claim, release  # noqa: E402


def admit_calls(name: str, count: int) -> list[str]:
    """Return the ids of the interpreters who would be rung."""
    rung = []
    for number in range(count):
        call, acts = admit(LegArrived(f"{name}-{number}", "9601691", f"139{number:08}", time.time()), Timing())
        if any(isinstance(act, Ring) for act in acts):
            rung.append(str(call.requests[0].ringing[0]))
    return rung


def seek_in_step(name: str, count: int) -> list[list[list[int]]]:
    """Return for each request who was to be rung, and whom the rows held for it while the others held theirs."""
    got = []
    for call in asking(name, count):
        request = call.requests[0].id
        with transaction.atomic():
            answer = seek(call, request, clock.now())
        in_step("claimed")
        rung = [one.interpreter for one in answer.chosen] if isinstance(answer, InterpretersClaimed) else []
        got.append([rung, list(Interpreter.objects.filter(held_by=request).values_list("pk", flat=True))])
        release(request, "ready", clock.now())
        in_step("let go")
    return got


def in_step(done: str) -> None:
    """Say what is done and wait for the others."""
    sys.stdout.write(f"{done}\n")
    sys.stdout.flush()
    sys.stdin.readline()


def claim_all(name: str) -> list[str]:
    """Return the ids of the interpreters who were claimed."""
    ids = list(Interpreter.objects.order_by("id").values_list("pk", flat=True))
    return [str(pk) for pk in ids if claim(pk, f"{name}-{pk}", clock.now())]


def call_back(_name: str) -> list[str]:
    """Return the numbers of the callers who would be called back."""
    called = []
    while begun := begin_due_outbound(Timing()):
        called.append(begun[0].caller_number)
    return called


def main() -> None:
    """Wait for the start, race, tell."""
    what, name, *rest = sys.argv[1:]
    in_step("ready")
    got: list[Any]
    match what:
        case "seek":
            got = seek_in_step(name, int(rest[0]))
        case "admit":
            got = admit_calls(name, int(rest[0]))
        case "back":
            got = call_back(name)
        case _:
            got = claim_all(name)
    sys.stdout.write(json.dumps(got) + "\n")


if __name__ == "__main__":
    main()
