"""The city of the measurement: 500 live calls, 200 interpreters; then changes written by the services of life."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import sys
import time
import uuid
from collections import deque
from collections.abc import Iterator

import django

SUPERVISOR = "bench-supervisor"
#: So many new calls live at once, each for seconds: one that ended at once would be shown only as ended.
LIVE = 20


def fill(calls: int, interpreters: int) -> str:
    """Write the city and return a supervisor's session cookie."""
    from django.core.management import call_command  # noqa: PLC0415 (after the environment is prepared)
    from django.test import Client  # noqa: PLC0415

    from yuqiao.accounts.models import Role  # noqa: PLC0415
    from yuqiao.accounts.services import create_person, grant_role  # noqa: PLC0415
    from yuqiao.hotline.models import Call, CallEvent, DialledNumber, Lease, Leg, Line  # noqa: PLC0415
    from yuqiao.languages.catalogue import FOREIGN  # noqa: PLC0415
    from yuqiao.lib.clock import now  # noqa: PLC0415
    from yuqiao.workforce.models import Interpreter, InterpreterLanguage  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    supervisor = create_person(SUPERVISOR, by=None)
    grant_role(supervisor, Role.SUPERVISOR, by=None)
    line = Line.objects.create(
        number="12345", name_zh="政务服务便民热线", name_en="Government", line_class="government"
    )
    DialledNumber.objects.create(number="960169", line=line, way_in="direct", language="en")
    at = now()
    Lease.objects.create(name="calls", holder="bench", until=at + dt.timedelta(hours=2), alive_at=at)
    people = []
    for number in range(interpreters):
        one = Interpreter.objects.create(
            person=create_person(f"bench-{number}", by=None),
            number=f"{number:04d}",
            contact="sip:x@127.0.0.1",
            state="busy" if number >= interpreters // 10 else "break",
            state_since=at,
        )
        InterpreterLanguage.objects.create(interpreter=one, language=FOREIGN[number % len(FOREIGN)], level=2)
        people.append(one)
    for number in range(calls):
        started = at - dt.timedelta(seconds=number)
        call = Call.objects.create(
            line=line, dialled="960169", way_in="direct", language=FOREIGN[number % len(FOREIGN)], phase="talking",
            caller_number="+441632960123", started_at=started, answered_at=started, interpreter_at=started,
        )  # fmt: skip
        parties = [("caller", None), ("agent", None), ("interpreter", people[number % interpreters])]
        Leg.objects.bulk_create(
            [
                Leg(
                    id=str(uuid.uuid4()), call=call, role=role, interpreter=who, created_at=started, answered_at=started
                )
                for role, who in parties
            ]
        )
        CallEvent.objects.create(call=call, at=started, kind="interpreter_joined")
    client = Client()
    client.force_login(supervisor)
    return client.cookies["sessionid"].value


def changes() -> Iterator[str]:
    """Make one change after the other; yield, once each is committed, how a board that shows it can be told."""
    from yuqiao.accounts.models import Person  # noqa: PLC0415
    from yuqiao.engines.events import LegArrived, LegEnded  # noqa: PLC0415
    from yuqiao.hotline import services  # noqa: PLC0415
    from yuqiao.hotline.rules import step  # noqa: PLC0415
    from yuqiao.hotline.state import CallState, Timing  # noqa: PLC0415
    from yuqiao.workforce import services as workforce  # noqa: PLC0415
    from yuqiao.workforce.models import Interpreter  # noqa: PLC0415

    by = Person.objects.get(username=SUPERVISOR)
    idle = itertools.cycle(list(Interpreter.objects.filter(state="break").order_by("number")))
    states = {one.pk: itertools.cycle(["off", "break"]) for one in Interpreter.objects.filter(state="break")}
    live: deque[tuple[str, CallState]] = deque()
    while True:
        for _ in range(2):
            leg = str(uuid.uuid4())
            call, _acts = services.admit(LegArrived(leg, "960169", "+8613800000000", time.time()), Timing())
            live.append((leg, call))
            yield f"{call.id} true"
            if len(live) > LIVE:
                leg, call = live.popleft()
                services.commit(call, *step(call, LegEnded(leg, 16, time.time())))
                yield f"{call.id} ended"
        one = next(idle)
        state = next(states[one.pk])
        workforce.set_presence(one.pk, state, by=by)
        yield f"{one.number} {state}"


def write(rate: float, seconds: float) -> None:
    """Make ``rate`` changes a second for ``seconds``; print when each was committed, in UNIX seconds."""
    made = changes()
    begun = time.monotonic()
    for number in range(int(rate * seconds)):
        time.sleep(max(0.0, begun + number / rate - time.monotonic()))
        sys.stdout.write(json.dumps([next(made), time.time()]) + "\n")


if __name__ == "__main__":
    django.setup()
    if sys.argv[1] == "fill":
        sys.stdout.write(fill(int(sys.argv[2]), int(sys.argv[3])))
    else:
        write(float(sys.argv[2]), float(sys.argv[3]))
