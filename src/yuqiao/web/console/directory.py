"""Whom an interpreter may add to a call: the lines whose agents can be rung, and the departments they answer for (S33).

What she types finds a line by its number, by its name, or by a department that is served through it (S35).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from yuqiao.hotline.models import Agreement, Line
from yuqiao.lib.clock import now
from yuqiao.web.console import words
from yuqiao.web.console.lines import department_name


@dataclass(frozen=True, slots=True)
class Entry:
    """One choice: the number that is sent, and what it is called."""

    number: str
    name: str


def entries() -> list[Entry]:
    """Return every line that can be rung, then every department that is served through one, by name."""
    lines = Line.objects.exclude(agent_contact="").order_by("number")
    return [*(Entry(line.number, words.line_name(line)) for line in lines), *sorted(_departments(), key=_name)]


def find(said: str) -> Line | None:
    """Return the line that ``said`` means: its number, else a name that only one has; None where there is none."""
    text = " ".join(said.split()).casefold()
    known = entries()
    numbers = {one.number for one in known if one.number == text}
    numbers = numbers or {one.number for one in known if one.name.casefold() == text}
    numbers = numbers or {one.number for one in known if text and text in one.name.casefold()}
    return Line.objects.get(number=numbers.pop()) if len(numbers) == 1 else None


def _departments() -> Iterator[Entry]:
    day = timezone.localdate(now())
    holds = Q(valid_until=None) | Q(valid_until__gte=day)
    served = Agreement.objects.filter(holds, signed_on__lte=day).exclude(line__agent_contact="")
    for one in served.select_related("line", "department").order_by("line__number"):
        yield Entry(one.line.number, department_name(one.department))


def _name(entry: Entry) -> tuple[str, str]:
    return entry.name, entry.number
