"""Requests of partner lines' agents: asked for on their page, begun as calls, noted on and rated (S36).

`admit` and `take_due` run within the transactions of `hotline.services`; all else is an agent's own and journaled.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from yuqiao.accounts.models import Person, Role
from yuqiao.accounts.services import record
from yuqiao.engines.events import LegArrived
from yuqiao.hotline import complaints, wishes
from yuqiao.hotline.beginning import Facts
from yuqiao.hotline.callback_numbers import NumberError, dialable
from yuqiao.hotline.callback_rules import contact_for
from yuqiao.hotline.choosing import BY_AGENT
from yuqiao.hotline.models import (
    CallCommand,
    ComplaintSource,
    DialledNumber,
    Line,
    LineRequest,
    RequestWay,
)
from yuqiao.hotline.registry import within
from yuqiao.hotline.requested import Requested
from yuqiao.hotline.state import BESIDE_AGENT
from yuqiao.languages.catalogue import FOREIGN
from yuqiao.lib import clock, phones

#: How long a request may stand until its call begins: a page that never called, a call server that was away.
UNBEGUN: Final = dt.timedelta(minutes=2)
#: How long after its end a call may be rated and noted on.
AFTERWARDS: Final = dt.timedelta(days=7)
LONGEST_NOTE, LONGEST_REFERENCE, LONGEST_WORDS = 2000, 60, 1000
#: An agent's own telephone may be one of her house: a few digits.
_EXTENSION: Final = re.compile(r"[0-9]{2,8}", re.ASCII)


class LineRequestError(ValueError):
    """It cannot be done; ``code`` says why: ``line``, ``language``, ``way``, ``number``, ``no_calls_out``, ``waiting``
    (she has asked already), ``over``, ``unserved``, ``score``, ``words``, ``long``, or one of `NumberError`."""

    def __init__(self, code: str, field: str = "") -> None:
        super().__init__(code)
        self.code, self.field = code, field


@dataclass(frozen=True, slots=True)
class Wish:
    """An interpreter of ``language`` for ``line`` (a number). ``way``: `RequestWay`; ``number``: her own telephone;
    ``guest``: the foreigner's, empty when beside her; ``expected``: how long she was told to wait, in seconds."""

    line: str
    language: str
    way: str
    number: str = ""
    guest: str = ""
    reference: str = ""
    expected: int | None = None


def lines_of(person: Person) -> list[Line]:
    """Return the lines whose agent ``person`` is, by number."""
    mine = person.grants.filter(role=Role.AGENT).exclude(line_number="").values("line_number")
    return list(Line.objects.filter(number__in=mine).order_by("number"))


def own_number(text: str) -> str:
    """Return an agent's telephone as we ring it: a few digits of her house, or a whole number. LineRequestError."""
    plain = re.sub(r"[\s\-()]", "", unicodedata.normalize("NFKC", text))
    number = plain if _EXTENSION.fullmatch(plain) else _whole(text, "number")
    return _not_ours(number, "number")


def guest_number(text: str) -> str:
    """Return a foreigner's telephone as we ring it: a whole number of a permitted country. LineRequestError."""
    return _not_ours(_whole(text, "guest"), "guest")


def _whole(text: str, field: str) -> str:
    try:
        return dialable(text, settings.COUNTRY, settings.CALLBACK_COUNTRIES)
    except NumberError as error:
        raise LineRequestError(error.code, field) from error


def _not_ours(number: str, field: str) -> str:
    if DialledNumber.objects.filter(number=number).exists() or Line.objects.filter(number=number).exists():
        raise LineRequestError("incomplete", field)  # a hotline is added from the directory, not rung as a person
    return number


def kept_number(person: Person) -> str:
    """Return the telephone at which she was rung last; "" before the first time."""
    return LineRequest.objects.filter(person=person).exclude(number="").values_list("number", flat=True).first() or ""


def current(person: Person, now: dt.datetime) -> LineRequest | None:
    """Return what she asked for and is not over yet; None when there is nothing."""
    fresh = Q(call=None, created_at__gt=now - UNBEGUN) | Q(call__isnull=False, call__ended_at=None)
    mine = LineRequest.objects.filter(fresh, person=person, cancelled_at=None)
    return mine.select_related("line", "call").first()


def recent(person: Person, now: dt.datetime) -> QuerySet[LineRequest]:
    """Return her requests of the last days that became calls which are over, the newest first."""
    mine = LineRequest.objects.filter(person=person, created_at__gt=now - AFTERWARDS, call__ended_at__isnull=False)
    return mine.select_related("line", "call")


def ask(wish: Wish, *, by: Person) -> LineRequest:
    """Write a request; LineRequestError says what to mend. Her page calls us then, or we ring her telephone."""
    now = clock.now()
    line = next((one for one in lines_of(by) if one.number == wish.line), None)
    if line is None:
        raise LineRequestError("line")
    if wish.language not in FOREIGN:
        raise LineRequestError("language")
    if wish.way not in RequestWay.values:
        raise LineRequestError("way")
    if not settings.OUTBOUND_CONTACT and (wish.guest or wish.way == RequestWay.PHONE):
        raise LineRequestError("no_calls_out")
    number = own_number(wish.number) if wish.way == RequestWay.PHONE else kept_number(by)
    guest = guest_number(wish.guest) if wish.guest.strip() else ""
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=by.pk)  # pressed twice it is asked for once
        if current(by, now) is not None:
            raise LineRequestError("waiting")
        request = LineRequest.objects.create(
            person=by,
            line=line,
            language=wish.language,
            way=wish.way,
            number=number,
            guest=guest,
            reference=wish.reference.strip()[:LONGEST_REFERENCE],
            expected=wish.expected,
            created_at=now,
        )
        told = {"language": wish.language, "line": line.number, "way": wish.way, "guest": bool(guest)}
        record(by, "line_request.ask", request, told)
    return request


def admit(arrival: LegArrived, call_id: str, now: dt.datetime) -> tuple[Facts, int] | None:
    """Return what is known of a call from an agent's page, and its line's row; None for any other call."""
    row = phones.line_agent(arrival.caller_number)
    if row is None or arrival.trunk:  # what a carrier says of its callers opens nothing
        return None
    request = _unbegun(now).filter(person_id=row, way=RequestWay.BROWSER, line__number=arrival.dialled).first()
    if request is None or not _begin(request, call_id):
        return None
    line = request.line
    return Facts(
        BESIDE_AGENT,
        line.number,
        f"sip:{arrival.caller_number}@{phones.HOST}",
        line.priority,
        line.record,
        request.language,
        refusable=line.refusable,
        hints=tuple(line.languages),
        excludes=tuple(line.excludes),
        valid=within(timezone.localdate(now), line.valid_from, line.valid_until),
        language_by=BY_AGENT,
        guest=contact_for(settings.OUTBOUND_CONTACT, request.guest),
    ), line.pk


def take_due(call_id: str, now: dt.datetime) -> tuple[Requested, int] | None:
    """Take the most pressing request whose agent is to be rung; return whom to ring, and her line's row."""
    for request in _unbegun(now).filter(way=RequestWay.PHONE).order_by("-line__priority", "created_at")[:20]:
        contact, line = contact_for(settings.OUTBOUND_CONTACT, request.number), request.line
        if contact and _begin(request, call_id):
            return Requested(
                contact,
                request.number,
                request.language,
                line.number,
                line.priority,
                record=line.record,
                refusable=line.refusable,
                excludes=tuple(line.excludes),
                guest=contact_for(settings.OUTBOUND_CONTACT, request.guest),
            ), line.pk
    return None


def _unbegun(now: dt.datetime) -> QuerySet[LineRequest]:
    rows = LineRequest.objects.filter(call=None, cancelled_at=None, created_at__gt=now - UNBEGUN)
    return rows.select_related("line")


def _begin(request: LineRequest, call_id: str) -> bool:
    # The call's own row may be written only at the end of this transaction; its foreign key is checked at commit.
    mine = LineRequest.objects.filter(pk=request.pk, call=None, cancelled_at=None)
    return bool(mine.update(call_id=UUID(call_id)))


def cancel(request: LineRequest, *, by: Person) -> None:
    """Take a request back, or end its call; LineRequestError when it is over already."""
    with transaction.atomic():
        if LineRequest.objects.filter(pk=request.pk, call=None, cancelled_at=None).update(cancelled_at=clock.now()):
            record(by, "line_request.cancel", request, {})
            return
    request.refresh_from_db()
    if request.call is None:
        raise LineRequestError("over")
    try:
        wishes.ask_end(request.call, by=by)
    except wishes.CommandError as error:
        raise LineRequestError("over") from error


def add_party(request: LineRequest, number: str, *, by: Person) -> CallCommand:
    """Ask to have somebody rung into her running call: a hotline of the directory, or a telephone number."""
    if request.call is None or request.call.ended_at is not None:
        raise LineRequestError("over")
    number = number.strip()
    if Line.objects.filter(number=number).exclude(agent_contact="").exists():
        return wishes.ask_add_party(request.call, number, by=by)
    contact = contact_for(settings.OUTBOUND_CONTACT, guest_number(number))
    if not contact:
        raise LineRequestError("no_calls_out", "guest")
    return wishes.ask_add_party(request.call, contact, by=by)


def keep(request: LineRequest, note: str, reference: str, *, by: Person) -> None:
    """Keep her note and her own reference as they stand now; the journal keeps that there are any, not each letter."""
    if len(note) > LONGEST_NOTE or len(reference) > LONGEST_REFERENCE or "\x00" in note + reference:
        raise LineRequestError("long")
    ended = None if request.call is None else request.call.ended_at
    if ended is not None and clock.now() - ended > AFTERWARDS:
        raise LineRequestError("over")
    with transaction.atomic():
        first = not (request.note or request.reference)
        LineRequest.objects.filter(pk=request.pk).update(note=note, reference=reference.strip())
        if first and (note or reference):
            record(by, "line_request.note", request, {})


def rate(request: LineRequest, score: int, words: str, *, problem: bool, by: Person) -> None:
    """Write how it was, once; where the interpreting was wrong, a complaint is entered for supervisors to look into.

    LineRequestError: ``unserved`` (no interpreter was on), ``over`` (rated, or too long ago), ``score``, ``words``.
    """
    call, now, words = request.call, clock.now(), words.strip()[:LONGEST_WORDS]
    if score not in range(1, 6):
        raise LineRequestError("score")
    if call is None or call.interpreter_at is None or call.ended_at is None:
        raise LineRequestError("unserved")
    if now - call.ended_at > AFTERWARDS:
        raise LineRequestError("over")
    if problem and not words:
        raise LineRequestError("words")
    with transaction.atomic():
        unrated = LineRequest.objects.filter(pk=request.pk, rated_at=None)
        if not unrated.update(score=score, words=words, problem=problem, rated_at=now):
            raise LineRequestError("over")
        record(by, "line_request.rate", request, {"score": score, "problem": problem})
        if problem:
            complaints.enter(words, by=by, source=ComplaintSource.LINE, call=call)
