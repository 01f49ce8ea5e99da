"""Writing comments on recordings, answering, withdrawing and settling them; journaled without their words (S41)."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet

from yuqiao.accounts.models import Person
from yuqiao.accounts.services import record
from yuqiao.hotline import comment_rules as rules
from yuqiao.hotline.comment_rules import Reader, Said, Stay
from yuqiao.hotline.lanes import length_ms_of
from yuqiao.hotline.models import Call, CallComment
from yuqiao.lib import clock
from yuqiao.workforce.models import Interpreter


class CommentError(ValueError):
    """A comment cannot be written, or the reader may not do this with it; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def reader_of(person: Person, *, hears: bool) -> Reader:
    """Return who reads; ``hears``: one of her roles hears recordings."""
    own = Interpreter.objects.filter(person=person).values_list("pk", flat=True).first()
    return Reader(person.pk, hears, own)


def said_by(row: CallComment) -> Said:
    """Return a comment as the rules see it; an answer is settled with its comment."""
    settled = row.settled_at is not None or (row.answers is not None and row.answers.settled_at is not None)
    return Said(
        author=row.author_id,
        about=row.about_id,
        kind=row.kind,
        answer=row.answers_id is not None,
        withdrawn=row.withdrawn_at is not None,
        settled=settled,
    )


def open_ones() -> QuerySet[CallComment]:
    """Return the comments that somebody is to look into."""
    kinds = sorted(rules.TO_SETTLE)
    return CallComment.objects.filter(answers=None, withdrawn_at=None, settled_at=None, kind__in=kinds)


def add(call: Call, kind: str, text: str, at_ms: int, until_ms: int | None, *, by: Reader) -> CallComment:
    """Comment on a moment or a passage. CommentError ``role``, or as `comment_rules.fault` says."""
    if not by.hears:
        raise CommentError("role")
    if code := rules.fault(kind, text, at_ms, until_ms, length_ms_of(call)):
        raise CommentError(code)
    row = CallComment(call=call, kind=kind, at_ms=at_ms, until_ms=until_ms)
    row.about_id = rules.concerned(_stays(call), at_ms)
    return _write(row, text, by, "comment.add")


def answer(comment: CallComment, text: str, *, by: Reader) -> CallComment:
    """Answer a comment. CommentError ``role`` or ``text``."""
    if not rules.may_answer(by, said_by(comment)):
        raise CommentError("role")
    if not 0 < len(text.strip()) <= rules.LONGEST:
        raise CommentError("text")
    row = CallComment(call=comment.call, answers=comment, about=comment.about, kind=comment.kind)
    row.at_ms, row.until_ms = comment.at_ms, comment.until_ms
    return _write(row, text, by, "comment.answer")


def withdraw(comment: CallComment, *, by: Reader) -> None:
    """Take one's own comment back: it is shown no more. CommentError ``role``."""
    if not rules.may_withdraw(by, said_by(comment)):
        raise CommentError("role")
    _change(comment, by, "comment.withdraw", withdrawn_at=clock.now())


def settle(comment: CallComment, *, by: Reader) -> None:
    """Say that a comment was looked into. CommentError ``role``."""
    if not rules.may_settle(by, said_by(comment)):
        raise CommentError("role")
    _change(comment, by, "comment.settle", settled_at=clock.now(), settled_by_id=by.person)


def _write(row: CallComment, text: str, by: Reader, action: str) -> CallComment:
    row.text, row.author_id, row.made_at = text.strip(), by.person, clock.now()
    with transaction.atomic():
        row.save(force_insert=True)
        record(Person.objects.get(pk=by.person), action, row, _told(row))
    return row


def _change(comment: CallComment, by: Reader, action: str, **values: object) -> None:
    still = CallComment.objects.filter(pk=comment.pk, withdrawn_at=None, settled_at=None)
    with transaction.atomic():
        if not still.update(**values):
            raise CommentError("role")
        record(Person.objects.get(pk=by.person), action, comment, _told(comment))


def _told(row: CallComment) -> dict[str, object]:
    return {"call": str(row.call_id), "kind": row.kind}


def _stays(call: Call) -> list[Stay]:
    if call.answered_at is None:
        return []
    found: list[Stay] = []
    for leg in call.legs.filter(interpreter__isnull=False, answered_at__isnull=False):
        begin, end = leg.answered_at, leg.ended_at or clock.now()
        if leg.interpreter_id is not None and begin is not None:
            times = [round((at - call.answered_at).total_seconds() * 1000) for at in (begin, end)]
            found.append(Stay(leg.interpreter_id, *times))
    return found
