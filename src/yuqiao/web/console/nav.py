"""The way from page to page: one visible list in five groups, shown at the top to those who may open each entry."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yuqiao.accounts.models import Person
from yuqiao.accounts.services import roles_of
from yuqiao.web.console.gate import ALLOWED, Act
from yuqiao.workforce.models import Interpreter


class Group(Enum):
    """What a page is for; the order of the groups."""

    NOW = _("On watch")
    PLAN = _("Plan")
    REGISTER = _("Registers")
    RESULTS = _("Results")
    EVALUATION = _("Evaluation")


@dataclass(frozen=True, slots=True)
class Entry:
    """A page to go to: the name of its address, what it is called, what one must be allowed to do, and its group.

    ``hers``: for interpreters alone.
    """

    name: str
    title: str | Promise
    act: Act
    group: Group
    hers: bool = False


ENTRIES = (
    Entry("agent", _("Ask for an interpreter"), Act.REQUEST, Group.NOW),
    Entry("desk", _("My desk"), Act.WATCH, Group.NOW, hers=True),  # home is the desk of all other interpreters
    Entry("board", _("Live board"), Act.WATCH, Group.NOW),
    Entry("callbacks", _("Callbacks"), Act.WATCH, Group.NOW),
    Entry("incidents", _("Incidents"), Act.SEE_INCIDENTS, Group.NOW),
    Entry("emergency", _("Emergency mode"), Act.WATCH, Group.NOW),
    Entry("appointments", _("Appointments"), Act.WATCH, Group.PLAN),
    Entry("bookings", _("Bookings"), Act.WATCH, Group.PLAN),
    Entry("campaigns", _("Calling lists"), Act.REPORT, Group.PLAN),
    Entry("hours", _("Service hours"), Act.WATCH, Group.PLAN),
    Entry("calendars", _("Calendars"), Act.ARRANGE, Group.PLAN),
    Entry("staffing", _("Staffing"), Act.REPORT, Group.PLAN),
    Entry("routing", _("Routing"), Act.WATCH, Group.PLAN),
    Entry("interpreters", _("Interpreters"), Act.EDIT_INTERPRETERS, Group.REGISTER),
    Entry("terms", _("Terms"), Act.SEE_TERMS, Group.REGISTER),
    Entry("lines", _("Lines"), Act.SEE_LINES, Group.REGISTER),
    Entry("departments", _("Departments"), Act.SEE_LINES, Group.REGISTER),
    Entry("hooks", _("Events for partners"), Act.SEE_HOOKS, Group.REGISTER),
    Entry("admin:index", _("People and registries"), Act.OPEN_REGISTRIES, Group.REGISTER),
    Entry("topics", _("Topics"), Act.REPORT, Group.REGISTER),
    Entry("wrap-ups", _("Wrap-ups"), Act.REPORT, Group.NOW),
    Entry("cases", _("Work orders"), Act.SEE_CASES, Group.NOW),
    Entry("feedback", _("Ratings and complaints"), Act.REPORT, Group.RESULTS),
    Entry("statistics", _("Statistics"), Act.REPORT, Group.RESULTS),
    Entry("reports", _("Reports"), Act.REPORT, Group.RESULTS),
    Entry("workload", _("Workload"), Act.REPORT, Group.RESULTS),
    Entry("comments", _("Comments on recordings"), Act.LISTEN, Group.RESULTS),
    Entry("violations", _("Violations"), Act.SEE_VIOLATIONS, Group.RESULTS),
    Entry("outages", _("Outages"), Act.WATCH, Group.RESULTS),
    Entry("projects", _("Projects"), Act.SEE_PROJECTS, Group.EVALUATION),
    Entry("contracts", _("Contracts"), Act.SEE_PROJECTS, Group.EVALUATION),
    Entry("outreach", _("Outreach"), Act.SEE_PROJECTS, Group.EVALUATION),
    Entry("audit-form", _("Check a form"), Act.AUDIT_FORMS, Group.EVALUATION),
)


def groups_for(request: HttpRequest) -> list[dict[str, object]]:
    """Return the groups with the entries this reader may open; ``here`` marks those of the present page."""
    person = getattr(request, "user", None)
    if not isinstance(person, Person):
        return []
    roles = roles_of(person)
    hers = not ALLOWED[Act.WATCH].isdisjoint(roles) and Interpreter.objects.filter(person=person).exists()
    groups: list[dict[str, object]] = []
    for group in Group:
        entries = [
            {"url": url, "title": entry.title, "here": request.path.startswith(url)}
            for entry in ENTRIES
            if entry.group is group and not ALLOWED[entry.act].isdisjoint(roles) and (hers or not entry.hers)
            for url in [reverse(entry.name)]
        ]
        if entries:
            groups.append({"title": group.value, "entries": entries, "here": any(one["here"] for one in entries)})
    return groups
