"""A seat: the signed name of a call begun on a page, by which that page, and no other, asks for more of it."""

from __future__ import annotations

from typing import Final

from django.core import signing

from yuqiao.hotline.models import Call

SALT: Final = "yuqiao.web.citizen.seat"
#: How long a seat is good.
SECONDS: Final = 4 * 3600


def give(name: str) -> str:
    """Return the seat of the phone called ``name``."""
    return signing.dumps(name, salt=SALT)


def name_of(seat: str) -> str:
    """Return whose seat it is; "" for one that is not ours, or too old."""
    try:
        return str(signing.loads(seat, salt=SALT, max_age=SECONDS)) if seat else ""
    except signing.BadSignature:
        return ""


def is_over(seat: str) -> bool:
    """Whether the call from this seat has ended; False for one that is still to come."""
    call = call_of(seat)
    return call is not None and call.ended_at is not None


def call_of(seat: str) -> Call | None:
    """Return the newest call from this seat; None where there is none."""
    name = name_of(seat)
    return Call.objects.filter(caller_number=name).order_by("-started_at").first() if name else None
