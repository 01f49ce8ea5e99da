"""Which kind of day a date is in China: an ordinary weekday, a public holiday, or a weekend day that is worked.

The State Council announces each year's holidays and make-up workdays; the package ``chinesecalendar`` carries them.
What it does not know yet, or what the city decides otherwise, comes from `SpecialDay` rows. Pure: rows are handed in.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import chinese_calendar

#: Days as service windows name them: Monday 1 … Sunday 7 (ISO 8601), H a public holiday.
HOLIDAY = "H"
#: As which weekday a weekend day counts that is worked to make up for a holiday, unless the office says otherwise.
MAKE_UP_WORKDAY = "1"
WEEKDAYS = "1234567"
DAYS = WEEKDAYS + HOLIDAY


def kind_of_day(date: dt.date, special: Mapping[dt.date, str] | None = None) -> str:
    """Return the letter of ``DAYS`` that ``date`` counts as; ``special`` overrides the national calendar.

    A weekend day that is no public holiday stays a weekend day. A year the national calendar does not know yet
    is taken by its weekdays alone.
    """
    if special and date in special:
        return special[date]
    weekday = str(date.isoweekday())
    try:
        holiday, name = chinese_calendar.get_holiday_detail(date)
    except NotImplementedError:
        return weekday
    if holiday:
        return HOLIDAY if name is not None else weekday
    return MAKE_UP_WORKDAY if weekday in "67" else weekday
