"""A small city for the public pages: its own number in two languages, emergency lines, hours of interpreters."""

from __future__ import annotations

import datetime as dt

from yuqiao.hotline.models import DialledNumber, LineClass, WayIn
from yuqiao.web.console.tests import cast
from yuqiao.workforce.calendar import DAYS
from yuqiao.workforce.hours import open_window

OWN = "960169"


def city() -> None:
    """Write the rows."""
    own = cast.line(OWN, "多语种公共服务平台", "City interpretation line", line_class=LineClass.OWN)
    for number, language in ((OWN, ""), (f"{OWN}8", "ar")):
        DialledNumber.objects.create(number=number, line=own, way_in=WayIn.DIRECT, language=language)
    for number in ("110", "119", "120"):
        cast.line(number, "急", "Urgent", line_class=LineClass.EMERGENCY)
    midnight, on_air = dt.time(0), dt.date(2019, 7, 31)
    open_window("en", "resident", DAYS, midnight, midnight, valid_from=on_air, by=None)
    open_window("ar", "remote", DAYS, midnight, midnight, valid_from=on_air, by=None)
    open_window("ja", "resident", "12345", dt.time(9), dt.time(21), valid_from=on_air, by=None)
    open_window("ja", "remote", "6H", dt.time(10), dt.time(16), valid_from=on_air, by=None)
