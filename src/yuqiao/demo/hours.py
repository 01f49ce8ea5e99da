"""The sample city's service hours, as the source documents have them (S26, S28): English round the clock, Japanese and
Korean twelve hours a day, the others by remote interpreters in an emergency; German as in Beijing, eight hours."""

from __future__ import annotations

import datetime as dt
from typing import Final

from yuqiao.workforce.calendar import DAYS
from yuqiao.workforce.hours import open_window
from yuqiao.workforce.models import ServiceWindow

MIDNIGHT: Final = dt.time(0)
#: Language, tier, begin and end; the own number 960169 went on air on 2019-07-31 (S27).
HOURS: Final = (
    ("en", "resident", MIDNIGHT, MIDNIGHT),
    ("ja", "resident", dt.time(9), dt.time(21)),
    ("ko", "resident", dt.time(9), dt.time(21)),
    ("de", "remote", dt.time(9), dt.time(17)),
    *((code, "remote", MIDNIGHT, MIDNIGHT) for code in ("fr", "ru", "es", "ar", "pt")),
)
ON_AIR: Final = dt.date(2019, 7, 31)


def seed_hours() -> None:
    """Write the windows once."""
    if not ServiceWindow.objects.exists():
        for language, tier, begins, ends in HOURS:
            open_window(language, tier, DAYS, begins, ends, valid_from=ON_AIR, by=None)
