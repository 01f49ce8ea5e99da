"""Rows for tests of services: lines, numbers, interpreters."""

from __future__ import annotations

import time

from django.db import connection

from yuqiao.accounts.models import Person
from yuqiao.engines.events import LegArrived
from yuqiao.hotline.effects import Effect
from yuqiao.hotline.events import Event
from yuqiao.hotline.models import CallEvent, DialledNumber, Line
from yuqiao.hotline.rules import step
from yuqiao.hotline.services import Acts, admit, commit
from yuqiao.hotline.state import CallState, Timing
from yuqiao.lib import clock
from yuqiao.lib.database_url import url_of
from yuqiao.workforce.models import Interpreter, InterpreterLanguage


def line() -> Line:
    """Write our own line with a number for English, one without a language, and a line that can be added."""
    own = Line.objects.create(number="960169", name_zh="多语种热线", line_class="own")
    DialledNumber.objects.create(number="9601691", line=own, way_in="direct", language="en")
    DialledNumber.objects.create(number="9601690", line=own, way_in="direct")
    Line.objects.create(number="12345", name_zh="市民热线", line_class="government", agent_contact="sip:12345@desk")
    return own


def interpreter(number: str, *, state: str = "ready", tier: str = "resident", **levels: int) -> Interpreter:
    """Write one interpreter."""
    row = Interpreter.objects.create(
        person=Person.objects.create(username=f"interpreter-{number}"),
        number=number,
        contact=f"sip:{number}@desk",
        tier=tier,
        state=state,
        state_since=clock.now(),
    )
    for language, level in (levels or {"en": 1}).items():
        InterpreterLanguage.objects.create(interpreter=row, language=language, level=level)
    return row


class OneCall:
    """One call driven through services as the call server does, one event after the other."""

    def __init__(self, leg: str = "leg-1", number: str = "13900000001", dialled: str = "9601691") -> None:
        self.acts: Acts
        self.call: CallState
        self.call, self.acts = admit(LegArrived(leg, dialled, number, time.time()), Timing())

    def tell(self, event: Event) -> Acts:
        """Step, commit, and return what the engine is to do."""
        call, effects = step(self.call, event)
        self.call, self.acts = self.commit(call, effects)
        return self.acts

    def call_kinds(self) -> list[str]:
        """Return the kinds of the call's history as written."""
        return list(CallEvent.objects.filter(call_id=self.call.id).values_list("kind", flat=True))

    def commit(self, call: CallState, effects: list[Effect]) -> tuple[CallState, Acts]:
        """Write the way to ``call``."""
        return commit(self.call, call, effects)


def database_url() -> str:
    """Return the address of the test's own database, for other processes."""
    return url_of(connection.settings_dict)
