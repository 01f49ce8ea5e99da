"""Which telephone numbers strangers may have us call: whole ones of permitted countries, none that costs extra. Pure.

Whoever asks on a public page to be called back chooses whom the city's trunk dials and pays for (toll fraud), so a
number must be possible in its country's own plan (Google's libphonenumber) and of an ordinary kind.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from typing import Final

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType

#: No premium, shared-cost or free-phone numbers, pagers or company-wide numbers.
ORDINARY: Final = frozenset(
    {
        PhoneNumberType.FIXED_LINE,
        PhoneNumberType.MOBILE,
        PhoneNumberType.FIXED_LINE_OR_MOBILE,
        PhoneNumberType.VOIP,
        PhoneNumberType.PERSONAL_NUMBER,
    }
)
_LONGEST: Final = 40


class NumberError(ValueError):
    """``code``: ``incomplete`` (no whole number of its country), ``country`` (not permitted), ``kind`` (costly)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def dialable(text: str, home: str, countries: Collection[str]) -> str:
    """Return ``text`` as we dial it: as within the country at ``home`` (ISO 3166-1, two letters), else +E.164.

    Digits of any script and usual separators are understood. NumberError where it is none of ``countries``.
    """
    number = _parsed(text, home)
    country = phonenumbers.region_code_for_number(number)
    if country is None:
        raise NumberError("incomplete")
    if country not in countries:
        raise NumberError("country")
    if phonenumbers.number_type(number) not in ORDINARY:
        raise NumberError("kind")
    if country == home:
        national = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
        return "".join(sign for sign in national if sign.isdigit())
    return str(phonenumbers.format_number(number, PhoneNumberFormat.E164))


def _parsed(text: str, home: str) -> PhoneNumber:
    plain = unicodedata.normalize("NFKC", text.strip())
    if not plain or len(plain) > _LONGEST or any(sign.isalpha() for sign in plain):
        raise NumberError("incomplete")
    if plain.startswith("00"):  # the international prefix here and in most countries (ITU-T E.164)
        plain = "+" + plain[2:]
    try:
        number = phonenumbers.parse(plain, home)
    except NumberParseException as error:
        raise NumberError("incomplete") from error
    if not phonenumbers.is_valid_number(number) or number.extension:
        raise NumberError("incomplete")
    return number
