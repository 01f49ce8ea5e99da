"""Notes on a call: kept while she types, shown to her replacement; sensitive ones to few, and their readers journaled.

Only the author writes a note, during the call and for `WRITABLE` after it. Who interprets the call now reads all of
them; supervisors and project managers too; others who may watch calls read those that are not sensitive (S46).
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from yuqiao.accounts.models import Person
from yuqiao.accounts.services import record
from yuqiao.hotline.models import Call, CallNote
from yuqiao.lib import clock
from yuqiao.workforce.models import Interpreter

LONGEST = 4000
WRITABLE = dt.timedelta(minutes=30)


class NoteError(ValueError):
    """A note cannot be kept; the message says why."""


def may_write(call: Call, interpreter: Interpreter, at: dt.datetime) -> bool:
    """Tell whether she is or was on the call, and it is running or just over."""
    fresh = call.ended_at is None or at - call.ended_at <= WRITABLE
    return fresh and call.legs.filter(interpreter=interpreter, answered_at__isnull=False).exists()


def keep(call: Call, interpreter: Interpreter, text: str, *, sensitive: bool) -> CallNote:
    """Keep her note as it stands now; NoteError when it is too long, or not hers to write. The journal keeps that
    there is one and of which class, not every letter."""
    at = clock.now()
    if len(text) > LONGEST or "\x00" in text:
        raise NoteError(f"a note holds at most {LONGEST} characters")
    if not may_write(call, interpreter, at):
        raise NoteError("only who interprets a call writes on it, until half an hour after it")
    with transaction.atomic():
        old = CallNote.objects.filter(call=call, interpreter=interpreter).first()
        values = {"text": text, "sensitive": sensitive, "changed_at": at}
        note, created = CallNote.objects.update_or_create(
            call=call, interpreter=interpreter, defaults=values, create_defaults={**values, "created_at": at}
        )
        if created or (old is not None and old.sensitive != sensitive):
            record(interpreter.person, "note.keep", note, {"sensitive": sensitive})
        return note


def read(call: Call, reader: Person, *, trusted: bool) -> list[CallNote]:
    """Return the notes of others that ``reader`` may see. ``trusted``: sensitive ones too, which is journaled."""
    others = call.notes.exclude(interpreter__person=reader).exclude(text="").select_related("interpreter")
    shown = list(others if trusted else others.filter(sensitive=False))
    if any(note.sensitive for note in shown):
        record(reader, "note.read_sensitive", call, {"notes": sum(note.sensitive for note in shown)})
    return shown
