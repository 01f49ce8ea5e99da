"""The way from page to page: one visible list, shown at the top to those who may open each entry."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yuqiao.accounts.models import Person
from yuqiao.accounts.services import roles_of
from yuqiao.web.console.gate import ALLOWED, Act


@dataclass(frozen=True, slots=True)
class Entry:
    """A page to go to: the name of its address, what it is called, and what one must be allowed to do."""

    name: str
    title: str | Promise
    act: Act


ENTRIES = (
    Entry("board", _("Live board"), Act.WATCH),
    Entry("callbacks", _("Callbacks"), Act.WATCH),
    Entry("lines", _("Lines"), Act.SEE_LINES),
    Entry("statistics", _("Statistics"), Act.REPORT),
    Entry("hours", _("Service hours"), Act.WATCH),
)


def entries_for(request: HttpRequest) -> list[dict[str, object]]:
    """Return the entries this reader may open; ``here`` marks the one that the present page belongs to."""
    person = getattr(request, "user", None)
    if not isinstance(person, Person):
        return []
    roles = roles_of(person)
    shown = [(entry, reverse(entry.name)) for entry in ENTRIES if not ALLOWED[entry.act].isdisjoint(roles)]
    return [{"url": url, "title": entry.title, "here": request.path.startswith(url)} for entry, url in shown]
