"""What the database tells a call that arrives, and what becomes of the files of a caller who refused."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.utils import timezone

from yuqiao.accounts.models import JournalEntry, Person
from yuqiao.engines.events import LegArrived
from yuqiao.hotline import callbacks, services
from yuqiao.hotline.arrivals import facts_for
from yuqiao.hotline.models import Call, Callback, CallEvent, DialledNumber, Line, Recording
from yuqiao.hotline.recordings import discard, finish
from yuqiao.hotline.state import Timing
from yuqiao.lib import clock
from yuqiao.workforce.models import Interpreter, InterpreterLanguage

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def line(**more: object) -> Line:
    made = Line.objects.create(number="960169", name_zh="多语种热线", line_class="own", **more)
    DialledNumber.objects.create(number="9601690", line=made, way_in="direct")
    return made


def interpreter(number: str, state: str, *languages: str) -> None:
    person = Person.objects.create(username=number)
    made = Interpreter.objects.create(
        person=person, number=number, contact="sip:x@y", state=state, state_since=clock.now()
    )
    for language in languages:
        InterpreterLanguage.objects.create(interpreter=made, language=language)


def arrival(*tags: str, leg: str = "leg-1") -> LegArrived:
    return LegArrived(leg, "9601690", "13900000001", clock.now().timestamp(), tags)


def test_the_menu_is_what_somebody_holds_hints_first_then_those_on_duty() -> None:
    line(languages=["ru"])
    interpreter("1001", "off", "en", "ru")
    interpreter("1002", "ready", "ja")
    facts, _line = facts_for(arrival())
    assert facts.menu == ("ru", "ja", "en")
    assert facts.hints == ("ru",)


def test_no_menu_is_looked_up_where_the_language_is_known(django_assert_num_queries: object) -> None:
    line()
    with django_assert_num_queries(1):  # type: ignore[operator]
        facts, _line = facts_for(arrival("ja"))
    assert facts.menu == ()


@pytest.mark.parametrize(
    ("policy", "record", "refusable"), [("always", True, False), ("ask", True, True), ("never", False, True)]
)
def test_the_line_s_policy_of_recording(policy: str, record: bool, refusable: bool) -> None:
    line(recording=policy)
    facts, _line = facts_for(arrival())
    assert (facts.record, facts.refusable) == (record, refusable)


def test_a_line_that_is_not_valid_today_is_answered_and_marked() -> None:
    line(valid_until=timezone.localdate() - dt.timedelta(days=1), excludes=["secret"])
    call, _acts = services.admit(arrival("ja"), Timing())
    kinds = list(CallEvent.objects.filter(call_id=call.id).values_list("kind", flat=True))
    assert {"line_not_valid", "line_excludes"} <= set(kinds)
    row = Call.objects.get(pk=call.id)
    assert (row.language, row.language_by, row.line_id is not None) == ("ja", "hlang", True)


def refused_call(root: Path) -> Call:
    """A call whose caller refused, with one segment and a finished track on disk."""
    made = line()
    call = Call.objects.create(
        line=made, started_at=clock.now(), answered_at=clock.now(), ended_at=clock.now(), consent="refused",
        caller_number="13900000001",
    )  # fmt: skip
    for kind, name in (("segment", "a-1.wav"), ("mix", "finished/a/mix.wav")):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"RIFF")
        Recording.objects.create(
            call=call, kind=kind, name=name.removesuffix(".wav"), path=name, created_at=clock.now(), sha256="00"
        )
    return call


def test_the_files_of_a_caller_who_refused_are_deleted_and_the_journal_says_so(
    tmp_path: Path, settings: object
) -> None:
    settings.RECORDINGS_DIR = tmp_path  # type: ignore[attr-defined]
    call = refused_call(tmp_path)
    assert finish(str(call.pk)) == 0, "no track is made of it either"
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    assert list(call.recordings.values_list("kind", "path", "sha256")) == [("segment", "", "")]
    entry = JournalEntry.objects.get(action="recording.discard")
    assert entry.detail == {"files": 2}
    assert discard(str(call.pk)) == 0, "and once is enough"


def test_the_files_of_everybody_else_stay(tmp_path: Path, settings: object) -> None:
    settings.RECORDINGS_DIR = tmp_path  # type: ignore[attr-defined]
    call = refused_call(tmp_path)
    Call.objects.filter(pk=call.pk).update(consent="given")
    assert discard(str(call.pk)) == 0
    assert (tmp_path / "a-1.wav").exists()


def test_who_refused_is_not_recorded_when_called_back(tmp_path: Path, settings: object) -> None:
    settings.OUTBOUND_CONTACT = "sip:{number}@trunk"  # type: ignore[attr-defined]
    call = refused_call(tmp_path)
    owed = Callback.objects.create(
        call=call, line=call.line, number=call.caller_number, created_at=clock.now(), due_at=clock.now()
    )
    missed = callbacks.take(owed, "11111111-2222-4333-8444-555555555555")
    assert missed is not None
    assert not missed.record
    Callback.objects.update(running=None)
    Call.objects.update(consent="given")
    again = callbacks.take(owed, "11111111-2222-4333-8444-555555555556")
    assert again is not None
    assert (again.record, again.refusable) == (True, True)
    Callback.objects.update(running=None)
