"""The page of an interpreter's desk as her telephone: switched on by her, rung while it is open (S26, S28).

Where she is rung follows from her row in the same transaction (triggers of migration 0008): the page while it is there,
her own contact otherwise, so a closed browser costs no call.
"""

from __future__ import annotations

import datetime as dt
import re

from django.db import transaction
from django.db.models import Q

from yuqiao.accounts.models import Person
from yuqiao.accounts.services import record
from yuqiao.lib import phones
from yuqiao.workforce.models import Interpreter

#: After so long without a sign a page is forgotten. It gives one each 20 s, but browsers let a page that lies behind
#: others act once a minute only. A closed page costs nothing in between: the media server answers 480 for it at once.
STAYS = dt.timedelta(seconds=150)
_FIT = re.compile(r"[a-z0-9][a-z0-9-]{0,57}")


def phone_name(number: str, interpreter_id: int) -> str:
    """Return the name of her phone: ``desk-`` and her number, or her row's id where a number makes no name."""
    lower = number.lower()
    return f"desk-{lower}" if _FIT.fullmatch(lower) else f"desk-row-{interpreter_id}"


def switch(interpreter_id: int, *, on: bool, by: Person) -> None:
    """Make the browser her telephone, or her own contact again; journaled."""
    with transaction.atomic():
        rows = Interpreter.objects.select_for_update().filter(pk=interpreter_id)
        away = {} if on else {"desk_contact": "", "desk_until": None}
        if rows.exclude(browser_phone=on).update(browser_phone=on, **away):
            record(by, "workforce.browser_phone", rows.get(), {"on": on})


def is_there(interpreter_id: int, at: dt.datetime) -> bool:
    """Her page is connected; False when the browser is not her telephone."""
    row = Interpreter.objects.filter(pk=interpreter_id, browser_phone=True).only("number").first()
    if row is None:
        return False
    address = f"sip:{phone_name(row.number, row.pk)}@{phones.HOST}"
    return (
        Interpreter.objects.filter(pk=row.pk, browser_phone=True).update(desk_contact=address, desk_until=at + STAYS)
        == 1
    )


def is_gone(interpreter_id: int) -> None:
    """Her page was closed, or lost its connection: her own contact is rung."""
    Interpreter.objects.filter(pk=interpreter_id).exclude(desk_contact="").update(desk_contact="", desk_until=None)


def forget_silent(at: dt.datetime) -> int:
    """Forget pages that gave no sign; returns how many."""
    silent = Interpreter.objects.filter(Q(desk_until=None) | Q(desk_until__lte=at)).exclude(desk_contact="")
    return silent.update(desk_contact="", desk_until=None)
