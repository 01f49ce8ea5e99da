"""The code by which whoever asked follows a work order without an account: its row and eight digits of a seal.

Digits alone, since an interpreter says them over the telephone in any of ten languages. They follow from the secret
key, so no table of codes can leak; a guess is right once in a hundred million, and guesses are counted where the page
is.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from yuqiao.cases.models import WorkOrder

SEAL_DIGITS: Final = 8
_LONGEST: Final = 24


def code_of(order: WorkOrder) -> str:
    """Return the code of an order as it is said and written, such as ``123-4821-9930``."""
    seal = _seal(order.pk, settings.SECRET_KEY)
    return f"{order.pk}-{seal[:4]}-{seal[4:]}"


def find(code: str) -> WorkOrder | None:
    """Return the order of a code, in digits of any script with anything between them; None where there is none."""
    digits = "".join(sign for sign in unicodedata.normalize("NFKC", code) if sign.isdecimal())
    digits = "".join(str(unicodedata.decimal(sign)) for sign in digits)
    if not SEAL_DIGITS < len(digits) <= _LONGEST or int(digits[:-SEAL_DIGITS]) >= 2**63:
        return None
    order_id, seal = int(digits[:-SEAL_DIGITS]), digits[-SEAL_DIGITS:]
    keys = [str(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    if not any(constant_time_compare(_seal(order_id, key), seal) for key in keys):
        return None
    return WorkOrder.objects.select_related("department").filter(pk=order_id).first()


def _seal(order_id: int, key: str) -> str:
    digest = salted_hmac("yuqiao.cases.codes", str(order_id), key, algorithm="sha256").digest()
    return str(int.from_bytes(digest, "big") % 10**SEAL_DIGITS).zfill(SEAL_DIGITS)
