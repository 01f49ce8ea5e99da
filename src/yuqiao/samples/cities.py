"""The samples there are: one visible list. Pure."""

from __future__ import annotations

from typing import Final

from yuqiao.samples.beijing import BEIJING
from yuqiao.samples.guangzhou import GUANGZHOU
from yuqiao.samples.tables import City

CITIES: Final[dict[str, City]] = {one.code: one for one in (BEIJING, GUANGZHOU)}
