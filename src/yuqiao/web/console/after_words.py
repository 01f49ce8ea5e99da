"""What codes of the time after a call are called: kinds of request, outcomes, complaints, work orders."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yuqiao.cases.models import OrderClass, OrderState
from yuqiao.hotline.models import ComplaintSource, ComplaintState, RequestType, Sensitive, WrapUpOutcome
from yuqiao.web.console.words import Words

TYPES: Words = {
    RequestType.CONSULT: _("Information"),
    RequestType.COMPLAINT: _("Complaint"),
    RequestType.SUGGESTION: _("Suggestion"),
    RequestType.HELP: _("Help"),
    RequestType.EMERGENCY: _("Police / first aid"),
    RequestType.PRAISE: _("Praise"),
    RequestType.OTHER: _("Something else"),
}
WRAP_OUTCOMES: Words = {
    WrapUpOutcome.RESOLVED: _("Resolved"),
    WrapUpOutcome.PASSED_ON: _("Passed on"),
    WrapUpOutcome.FOLLOW_UP: _("To be followed up"),
    WrapUpOutcome.NOT_RESOLVED: _("Not resolved"),
    WrapUpOutcome.BROKEN_OFF: _("Call broken off"),
}
SENSITIVE: Words = {
    Sensitive.NONE: _("None"),
    Sensitive.HEALTH: _("Health"),
    Sensitive.WHEREABOUTS: _("Whereabouts and contacts"),
    Sensitive.IDENTITY: _("Identity papers, biometrics"),
    Sensitive.MINOR: _("Child under 14"),
    Sensitive.OTHER: _("Other sensitive data"),
}
SOURCES: Words = {
    ComplaintSource.SURVEY: _("Rating page"),
    ComplaintSource.LINE: _("Agent of a partner line"),
    ComplaintSource.DESK: _("Interpreter's desk"),
    ComplaintSource.TYPED: _("Typed"),
}
COMPLAINT_STATES: Words = {
    ComplaintState.NEW: _("New"),
    ComplaintState.HANDLING: _("Being handled"),
    ComplaintState.UPHELD: _("Upheld"),
    ComplaintState.UNFOUNDED: _("Unfounded"),
}
ORDER_CLASSES: Words = {
    OrderClass.NORMAL: _("Normal (5 days)"),
    OrderClass.URGENT: _("Urgent (24 hours)"),
    OrderClass.EMERGENCY: _("Emergency (2 hours)"),
}
ORDER_STATES: Words = {
    OrderState.OPEN: _("To be taken up"),
    OrderState.ACCEPTED: _("In hand"),
    OrderState.ANSWERED: _("Answered by the department"),
    OrderState.RETURNED: _("Returned"),
    OrderState.CLOSED: _("Closed"),
}
ORDER_ACTS: Words = {
    "open": _("Order opened"),
    "accept": _("Take up"),
    "answer": _("Answer"),
    "return": _("Return: not ours"),
    "reassign": _("Pass to another department"),
    "send_back": _("Send back for more"),
    "close": _("Close the order"),
    "note": _("Add a note"),
    "to_community": _("Handed to the community"),
    "told_caller": _("Told the caller"),
}
