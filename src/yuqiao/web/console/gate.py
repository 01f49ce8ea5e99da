"""Who may see and do what on the staff pages: one visible table."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from yuqiao.accounts.models import Person, Role
from yuqiao.accounts.services import roles_of

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


class Act(Enum):
    """Something a person does on these pages."""

    REQUEST = "ask for an interpreter for the line one answers"
    WATCH = "see the live board and the history of calls"
    LISTEN = "hear recordings"
    TAKE_RECORDINGS = "take recordings away as files"
    KEEP_RECORDINGS = "keep a recording beyond its time, and let it go again"
    REPORT = "see the statistics with the rows behind them, and take them away as a file"
    STEER = "add a party to a running call, drop one, end it"
    SEE_LINES = "see the registry of lines and download it"
    EDIT_LINES = "add, change, merge and retire lines, upload tables of them"
    EDIT_HOURS = "open and close service hours, set special days"
    WRITE_REPORT = "begin half-year and year reports and write to them"
    SIGN_REPORT = "sign such a report, which freezes it"
    SEE_VIOLATIONS = "see the register of violations"
    JUDGE = "enter violations, judge them, decide appeals"
    EDIT_TOPICS = "change the tree of topics of wrap-ups"
    SEE_TERMS = "look terms up and take them away as a table"
    KEEP_TERMS = "take in tables of terms"
    READ_SENSITIVE = "read notes of the sensitive class"
    SEE_INCIDENTS = "see incidents, their clocks and reports"
    HANDLE_INCIDENTS = "take incidents over, write their reports, set the ladder"
    EDIT_ROUTING = "change policies of routing and domains of lines"
    EDIT_INTERPRETERS = "see and change interpreters' profiles, own mobiles included"
    SEE_CASES = "see work orders: a clerk those of the own department, others all"
    ARRANGE = "arrange calls, lists of people to call, and bookings of events"
    KEEP_OUTAGES = "enter outages, announce maintenance, withdraw what was wrong"
    SEE_PROJECTS = "see projects, their indicators, money and evidence, and take their documents away"
    EDIT_PLAN = "begin projects, change goals, budget, payments, indicators and targets"
    ADD_EVIDENCE = "hand in evidence, enter what was done, withdraw what was wrong"
    REVIEW = "review indicators, explain deviations, write the report, take a project to its next stage"
    SIGN_EVALUATION = "sign a frozen self-evaluation"
    KEEP_CONTRACTS = "enter suppliers, contracts, what is handed in, acceptance, activities, videos and honours"
    OPEN_REGISTRIES = "open the registries, each of which asks for more"
    SEE_PEOPLE = "see who is entered and with which roles"
    KEEP_PEOPLE = "enter people, districts and departments, give and take roles, help whoever lost the way in"
    READ_JOURNAL = "read the journal"
    SEE_HOOKS = "see where partners' systems are told of events, and what became of it"
    KEEP_HOOKS = "register and change such addresses"
    AUDIT_FORMS = "check anybody's self-evaluation form"


#: Least privilege: who looks after the machines (administrator) sees that they work, and hears nobody.
ALLOWED: dict[Act, frozenset[Role]] = {
    Act.REQUEST: frozenset({Role.AGENT}),
    Act.WATCH: frozenset({Role.SUPERVISOR, Role.PROJECT_MANAGER, Role.AUDITOR, Role.ADMINISTRATOR}),
    Act.LISTEN: frozenset({Role.SUPERVISOR, Role.PROJECT_MANAGER, Role.AUDITOR}),
    Act.TAKE_RECORDINGS: frozenset({Role.PROJECT_MANAGER, Role.AUDITOR}),
    Act.KEEP_RECORDINGS: frozenset({Role.SUPERVISOR, Role.PROJECT_MANAGER, Role.AUDITOR}),
    Act.REPORT: frozenset({Role.SUPERVISOR, Role.PROJECT_MANAGER, Role.AUDITOR}),
    Act.STEER: frozenset({Role.SUPERVISOR}),
    Act.SEE_LINES: frozenset({Role.SUPERVISOR, Role.PROJECT_MANAGER, Role.AUDITOR, Role.ADMINISTRATOR}),
    Act.EDIT_LINES: frozenset({Role.SUPERVISOR, Role.PROJECT_MANAGER}),
    Act.EDIT_HOURS: frozenset({Role.SUPERVISOR, Role.PROJECT_MANAGER}),
    Act.WRITE_REPORT: frozenset({Role.SUPERVISOR, Role.PROJECT_MANAGER}),
    Act.SIGN_REPORT: frozenset({Role.PROJECT_MANAGER}),
    Act.SEE_VIOLATIONS: frozenset({Role.SUPERVISOR, Role.PROJECT_MANAGER, Role.AUDITOR}),
    Act.JUDGE: frozenset({Role.SUPERVISOR, Role.PROJECT_MANAGER}),
    Act.EDIT_TOPICS: frozenset({Role.SUPERVISOR, Role.PROJECT_MANAGER}),
    Act.SEE_TERMS: frozenset(
        {Role.INTERPRETER, Role.SUPERVISOR, Role.EXPERT, Role.SUPPLIER_MANAGER, Role.PROJECT_MANAGER}
    ),
    Act.KEEP_TERMS: frozenset({Role.SUPERVISOR, Role.EXPERT, Role.PROJECT_MANAGER}),
    Act.READ_SENSITIVE: frozenset({Role.SUPERVISOR, Role.PROJECT_MANAGER}),
    Act.SEE_INCIDENTS: frozenset({Role.SUPERVISOR, Role.PROJECT_MANAGER, Role.AUDITOR}),
    Act.HANDLE_INCIDENTS: frozenset({Role.SUPERVISOR, Role.PROJECT_MANAGER}),
    Act.EDIT_ROUTING: frozenset({Role.SUPERVISOR, Role.PROJECT_MANAGER}),
    Act.EDIT_INTERPRETERS: frozenset({Role.SUPERVISOR, Role.PROJECT_MANAGER}),
    Act.SEE_CASES: frozenset({Role.CLERK, Role.SUPERVISOR, Role.PROJECT_MANAGER, Role.AUDITOR}),
    Act.ARRANGE: frozenset({Role.SUPERVISOR, Role.PROJECT_MANAGER}),
    Act.KEEP_OUTAGES: frozenset({Role.SUPERVISOR, Role.PROJECT_MANAGER, Role.ADMINISTRATOR}),
    Act.SEE_PROJECTS: frozenset({Role.SUPERVISOR, Role.PROJECT_MANAGER, Role.AUDITOR}),
    Act.EDIT_PLAN: frozenset({Role.PROJECT_MANAGER}),
    Act.ADD_EVIDENCE: frozenset({Role.PROJECT_MANAGER}),
    Act.REVIEW: frozenset({Role.PROJECT_MANAGER}),
    Act.SIGN_EVALUATION: frozenset({Role.PROJECT_MANAGER}),
    Act.KEEP_CONTRACTS: frozenset({Role.PROJECT_MANAGER}),
    Act.OPEN_REGISTRIES: frozenset({Role.SUPERVISOR, Role.PROJECT_MANAGER, Role.AUDITOR, Role.ADMINISTRATOR}),
    Act.SEE_PEOPLE: frozenset({Role.AUDITOR, Role.ADMINISTRATOR}),
    Act.KEEP_PEOPLE: frozenset({Role.ADMINISTRATOR}),
    Act.READ_JOURNAL: frozenset({Role.AUDITOR, Role.ADMINISTRATOR}),
    Act.SEE_HOOKS: frozenset({Role.SUPERVISOR, Role.PROJECT_MANAGER, Role.AUDITOR, Role.ADMINISTRATOR}),
    Act.KEEP_HOOKS: frozenset({Role.ADMINISTRATOR}),
    Act.AUDIT_FORMS: frozenset({Role.PROJECT_MANAGER, Role.AUDITOR}),
}


def person_of(request: HttpRequest) -> Person:
    """Return who is signed in; for views behind ``allowed`` or ``login_required``."""
    return cast(Person, request.user)


def may(person: Person, act: Act) -> bool:
    """Tell whether one of the person's roles allows ``act``."""
    return not ALLOWED[act].isdisjoint(roles_of(person))


def allowed(act: Act) -> Callable[[View[P]], View[P]]:
    """Let a view be reached only by signed-in people who may ``act``; others get 403."""

    def guard(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not may(person_of(request), act):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return cast(View[P], login_required(guarded))

    return guard
