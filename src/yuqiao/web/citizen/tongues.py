"""The ten languages of the citizens' pages: which one a visitor reads, and how it writes days, times and lists.

Texts come from this folder's own catalogues (``locale/``), days and times from CLDR by Babel.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time, get_day_names
from django.utils import translation

from yuqiao.languages.catalogue import BY_CODE, CODES, Language
from yuqiao.languages.tags import service_language

#: Read by whoever named no language of ours: the one most visitors can make out.
FALLBACK = "en"
#: The service language's code -> the catalogue's (and Django's) name for it, where they differ.
_CATALOGUE = {"zh": "zh-hans"}
#: Its locale of CLDR; Portuguese as in Macao and Portugal.
_LOCALE = {"zh": "zh_Hans_CN", "pt": "pt_PT"}
_TO = "–"
#: What stands between two things of a list.
_AND = {"zh": "、", "ja": "、", "ar": "، "}


class TongueConverter:
    """The first part of a public address: the code of a service language, such as ``ar``."""

    regex = "|".join(CODES)

    def to_python(self, value: str) -> Language:
        return BY_CODE[value]

    def to_url(self, value: Language | str) -> str:
        return value if isinstance(value, str) else value.code


@contextmanager
def spoken(language: Language) -> Iterator[None]:
    """Let gettext answer in ``language``."""
    with translation.override(_CATALOGUE.get(language.code, language.code)):
        yield


def preferred(accept_language: str) -> Language:
    """Return the language that a browser likes best among ours (RFC 9110 12.5.4), `FALLBACK` where it names none."""
    wishes: list[tuple[float, str]] = []
    for part in accept_language.split(",")[:20]:
        tag, _, rest = part.partition(";")
        weight = re.fullmatch(r"\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*", rest)
        wishes.append((-(float(weight[1]) if weight else 1.0), tag))
    tags = [tag for weight, tag in sorted(wishes, key=lambda wish: wish[0]) if weight < 0]
    return BY_CODE[service_language(tags) or FALLBACK]


def locale_of(language: Language) -> Locale:
    """Return how the language writes numbers and days."""
    return Locale.parse(_LOCALE.get(language.code, language.code))


def name_of(code: str, reader: Language) -> str:
    """Return what ``reader``'s language calls the language ``code``."""
    return locale_of(reader).languages.get(code) or BY_CODE[code].en


def time_of(moment: dt.time | dt.datetime, reader: Language) -> str:
    """Return a time of day such as ``9:00 PM`` as the reader writes it."""
    return format_time(moment, "HH:mm" if reader.code == "ko" else "short", locale=locale_of(reader))


def day_of(day: dt.date, reader: Language) -> str:
    """Return a day with its weekday, such as ``Sunday, November 22``."""
    return format_skeleton("MMMMEEEEd", dt.datetime.combine(day, dt.time()), locale=locale_of(reader))


def date_of(day: dt.date, reader: Language) -> str:
    """Return a whole date, such as ``November 22, 2026``."""
    return format_date(day, "long", locale=locale_of(reader))


def moment_of(moment: dt.datetime, reader: Language) -> str:
    """Return day and time of something near, in the order of the reader's language."""
    pattern = str(locale_of(reader).datetime_formats["medium"])
    return pattern.replace("{1}", day_of(moment.date(), reader)).replace("{0}", time_of(moment, reader))


def weekdays(letters: str, reader: Language) -> str:
    """Return days (1 Monday … 7 Sunday) as runs such as ``Mon–Fri``; other letters are left out."""
    names = get_day_names("abbreviated", locale=locale_of(reader))
    days = sorted(int(one) for one in letters if one in "1234567")
    runs = [list(run) for _, run in groupby(enumerate(days), key=lambda item: item[1] - item[0])]
    spans = [(run[0][1], run[-1][1]) for run in runs]
    said = [names[a - 1] if a == b else f"{names[a - 1]}{_TO}{names[b - 1]}" for a, b in spans]
    return listed(said, reader)


def listed(things: Sequence[str], reader: Language) -> str:
    """Return things one after the other, with the language's own comma between them."""
    return _AND.get(reader.code, ", ").join(things)


def hours(begins: dt.time, ends: dt.time, reader: Language) -> str:
    """Return a span of hours, such as ``9:00 AM – 9:00 PM``."""
    return f"{time_of(begins, reader)} {_TO} {time_of(ends, reader)}"
