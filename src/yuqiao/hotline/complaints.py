"""The register of complaints about our service (S44): from the rating page, the interpreter's desk, or typed."""

from __future__ import annotations

from django.db import transaction

from yuqiao.accounts.models import Person
from yuqiao.accounts.services import record
from yuqiao.hotline.models import Call, Complaint, ComplaintSource, ComplaintState, Line
from yuqiao.lib import clock

OPEN = (ComplaintState.NEW, ComplaintState.HANDLING)
CLOSED = (ComplaintState.UPHELD, ComplaintState.UNFOUNDED)
LONGEST = 2000


class ComplaintError(ValueError):
    """A complaint cannot be written or settled; the message says why."""


def from_link(call: Call, text: str) -> Complaint | None:
    """Write a caller's complaint from the rating page; a second one changes the first as long as nobody took it up."""
    text = text.strip()[:LONGEST]
    if not text:
        return None
    complaint, fresh = Complaint.objects.get_or_create(
        call=call,
        source=ComplaintSource.SURVEY,
        defaults={"line": call.line, "language": call.language, "text": text, "made_at": clock.now()},
    )
    if not fresh:
        Complaint.objects.filter(pk=complaint.pk, state=ComplaintState.NEW).update(text=text)
    return complaint


def enter(
    text: str, *, by: Person, source: ComplaintSource, call: Call | None = None, line: Line | None = None
) -> Complaint:
    """Write a complaint that somebody was told; journaled without its words. ComplaintError for an empty one."""
    text = text.strip()[:LONGEST]
    if not text:
        raise ComplaintError("say what the complaint is")
    with transaction.atomic():
        complaint = Complaint.objects.create(
            call=call,
            line=line if call is None else call.line,
            language="" if call is None else call.language,
            source=source,
            text=text,
            made_at=clock.now(),
            entered_by=by,
        )
        record(by, "complaint.enter", complaint, {"source": str(source)})
    return complaint


def move(complaint: Complaint, state: str, answer: str, *, by: Person) -> None:
    """Take a complaint up, or close it with an answer; ComplaintError for a closed one, or closing without a word."""
    wanted, answer = ComplaintState(state), answer.strip()[:1000]
    if wanted is ComplaintState.NEW:
        raise ComplaintError("a complaint does not become new again")
    if wanted in CLOSED and not answer:
        raise ComplaintError("say what came of it")
    closing = {"settled_at": clock.now(), "settled_by": by} if wanted in CLOSED else {}
    with transaction.atomic():
        still_open = Complaint.objects.filter(pk=complaint.pk, state__in=OPEN)
        if not still_open.update(state=wanted, **({"answer": answer} if answer else {}), **closing):
            raise ComplaintError("this complaint is closed")
        record(by, "complaint.move", complaint, {"to": wanted.value})
