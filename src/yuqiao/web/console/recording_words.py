"""What the recording of a call is heard for, and why it may not be, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yuqiao.web.console.words import Words

PURPOSES: Words = {
    "quality": _("Quality check"),
    "training": _("Training of the interpreter"),
    "complaint": _("Looking into a complaint"),
    "dispute": _("Judging a violation or an appeal"),
    "order": _("Work order of a department"),
    "audit": _("Audit of the service"),
    "own": _("Hearing my own work again"),
}
#: Codes of `hotline.hearing.verdict`: why nobody of her kind hears this recording.
CLOSED: Words = {
    "role": _("Your role does not hear recordings."),
    "involved": _(
        "You were on this call, and a complaint or a violation in it is being looked into: others hear it now."
    ),
    "too_old": _("Interpreters hear their own calls for some days only; this one is older."),
}
#: Codes of `hotline.hearing.fault`: what is wrong with what somebody says she listens for.
FAULTS: Words = {
    "purpose": _("Choose what you listen for."),
    "reference": _("Give the number of the case: up to 40 letters and digits, no spaces."),
}
