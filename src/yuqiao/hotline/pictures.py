"""The picture beside a call's sound: how a citizen's page and the interpreter's find each other (S31, a pilot).

The picture flows between the two pages and is recorded by nobody; only one offer and one answer pass here. The caller's
page offers when an interpreter is on, hers answers when she wants to. With her leg the picture ends: whoever takes over
is asked anew. What lasts is in the call's events: asked for, from when to when, refused.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from yuqiao.accounts.models import Person
from yuqiao.accounts.services import record
from yuqiao.hotline.models import Call, CallEvent, Leg, LegRole, Picture
from yuqiao.hotline.state import CallState, LegPhase
from yuqiao.lib import clock, picture_sdp, turn
from yuqiao.lib.phones import is_guest

#: Switches of the pilot (settings.VIDEO).
OFF, RELAYED = "off", "relay"
#: How long a relay lets a page begin something: as long as a long call.
RELAY_SECONDS: Final = 2 * 3600


class PictureError(ValueError):
    """It cannot be done now. ``code``: ``nobody`` (no interpreter is on, or the call is over), ``gone`` (another offer
    took this one's place), ``answered`` (by another page of hers), ``broken`` (no description of a picture)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Told:
    """What the caller's page needs to know. ``may``: an interpreter is on; ``id``: the offer that stands, "" for none;
    ``answer``: hers, "" while there is none; ``again``: another offer is wanted."""

    may: bool
    id: str = ""
    answer: str = ""
    refused: bool = False
    again: bool = False


def possible(call: Call) -> bool:
    """Whether there may be a picture in this call: one from a page, while the pilot is on."""
    return settings.VIDEO != OFF and call.ended_at is None and is_guest(call.caller_number)


def told(call: Call) -> Told:
    """Return how far the picture is, for the caller's page."""
    row = Picture.objects.filter(call=call).defer("offer").first()
    if row is not None:
        return Told(True, str(row.id), row.answer, row.refused, row.again)
    return Told(_interpreter(call) is not None)


def servers() -> list[dict[str, object]]:
    """Return the relays that a page may use for this call (RTCIceServer); none where the site has none."""
    if not settings.TURN_URLS:
        return []
    until = clock.now().timestamp() + RELAY_SECONDS
    return [turn.lend(settings.TURN_URLS, settings.TURN_SECRET, f"picture-{uuid.uuid4().hex[:12]}", until).ice_server]


def offer(call: Call, sdp: str) -> Picture:
    """Take the caller's offer for the interpreter who is on; it takes the place of an older one."""
    text = _checked(sdp, "offer")
    with transaction.atomic():
        running = _running(call)
        old = Picture.objects.filter(call=running).first()
        leg = _still(old) or _interpreter(running)
        if leg is None:
            raise PictureError("nobody")
        at, began = clock.now(), None
        if old is not None and old.leg_id == leg.pk and not old.refused:
            began = old.began_at  # the same two people, after a break
            old.delete()
        else:
            if old is not None:
                _end(old, at)
            _tell(running, "picture_asked", at, leg)
        return Picture.objects.create(call=running, leg=leg, offer=text, asked_at=at, began_at=began)


def withdraw(call: Call) -> None:
    """The caller wants no picture any more."""
    with transaction.atomic():
        row = Picture.objects.select_for_update().filter(call=call).first()
        if row is not None:
            _end(row, clock.now())


def for_interpreter(call: Call, person: Person) -> Picture | None:
    """Return the offer made to this person, while she interprets on the call; None for everybody else."""
    if not possible(call):
        return None
    return Picture.objects.filter(call=call, leg__interpreter__person=person, leg__ended_at=None).first()


def answer(call: Call, person: Person, offered: UUID, sdp: str, *, herself: bool) -> None:
    """Take the interpreter's answer; ``herself``: she shows herself too."""
    text = _checked(sdp, "answer")
    with transaction.atomic():
        row = _hers(call, person, offered)
        if row.answer:
            raise PictureError("answered")
        row.answer, row.refused = text, False
        row.save(update_fields=["answer", "refused"])
        record(person, "picture.answer", call, {"herself": herself})


def again(call: Call, person: Person, offered: UUID) -> None:
    """Her page was loaded anew: the caller's page is to offer once more."""
    with transaction.atomic():
        row = _hers(call, person, offered)
        row.again = True
        row.save(update_fields=["again"])


def began(call: Call, person: Person, offered: UUID) -> None:
    """The two pages are connected."""
    with transaction.atomic():
        row = _hers(call, person, offered)
        if row.began_at is None:
            row.began_at = clock.now()
            row.save(update_fields=["began_at"])
            _tell(call, "picture_began", row.began_at, row.leg)


def refuse(call: Call, person: Person, offered: UUID) -> None:
    """The interpreter goes on by voice, from the first or after a while."""
    with transaction.atomic():
        row, at = _hers(call, person, offered), clock.now()
        if row.began_at is not None:
            _ended(row, at)
        _tell(call, "picture_refused", at, row.leg)
        row.refused, row.offer, row.answer, row.began_at = True, "", "", None
        row.save(update_fields=["refused", "offer", "answer", "began_at"])
        record(person, "picture.refuse", call)


def settle(call: CallState, at: dt.datetime) -> None:
    """End the picture with the leg it went to, or with the call; within the transaction that writes the call."""
    if not is_guest(call.caller_number):
        return
    row = Picture.objects.filter(call_id=UUID(call.id)).first()
    if row is None:
        return
    on = {leg.id for leg in call.legs if leg.phase is not LegPhase.OVER}
    if call.ended_at is not None or row.leg_id not in on:
        _end(row, at)


def _checked(sdp: str, kind: picture_sdp.Kind) -> str:
    try:
        return picture_sdp.check(sdp, kind)
    except picture_sdp.PictureSdpError as error:
        raise PictureError("broken") from error


def _running(call: Call) -> Call:
    """Return the call, kept from ending until this transaction does."""
    running = Call.objects.select_for_update(no_key=True).filter(pk=call.pk, ended_at=None).first()
    if running is None or not possible(running):
        raise PictureError("nobody")
    return running


def _interpreter(call: Call) -> Leg | None:
    """Return the leg of the interpreter who came last and is on."""
    if call.interpreter_at is None:
        return None
    on = call.legs.filter(role=LegRole.INTERPRETER, answered_at__isnull=False, ended_at=None)
    return on.order_by("-answered_at").first()


def _still(old: Picture | None) -> Leg | None:
    """Return the leg that has the picture, while it is on: who joins beside her does not take it."""
    return old.leg if old is not None and old.leg.ended_at is None else None


def _hers(call: Call, person: Person, offered: UUID) -> Picture:
    found = Picture.objects.select_for_update(of=("self",)).select_related("leg")
    row = found.filter(pk=offered, call=call, leg__interpreter__person=person, leg__ended_at=None).first()
    if row is None or row.refused:
        raise PictureError("gone")
    return row


def _end(row: Picture, at: dt.datetime) -> None:
    if row.began_at is not None:
        _ended(row, at)
    row.delete()


def _ended(row: Picture, at: dt.datetime) -> None:
    assert row.began_at is not None  # noqa: S101 (for the type checker)
    lasted = {"lasted_s": max(0, round((at - row.began_at).total_seconds()))}
    CallEvent.objects.create(call_id=row.call_id, at=at, kind="picture_ended", leg_id=row.leg_id, data=lasted)


def _tell(call: Call, kind: str, at: dt.datetime, leg: Leg) -> None:
    CallEvent.objects.create(call=call, at=at, kind=kind, leg=leg)
