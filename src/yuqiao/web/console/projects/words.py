"""What stages, lights and other codes of the evaluation are called on the pages."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from yuqiao.web.console.words import Words

STAGES: Words = {
    "plan": _("Planning"),
    "running": _("Under way"),
    "mid_year": _("Mid-year review"),
    "frozen": _("Data frozen"),
    "draft": _("Drafting"),
    "check": _("Department check"),
    "signing": _("To be signed"),
    "locked": _("Locked"),
}
LIGHTS: Words = {
    "green": _("On course"),
    "amber": _("Behind"),
    "red": _("Will miss"),
    "none": _("No data yet"),
}
#: The same once the year is over.
LIGHTS_OVER: Words = {
    "green": _("Reached"),
    "amber": _("Reached in part"),
    "red": _("Target missed"),
    "none": _("No data yet"),
}
SOURCES: Words = {
    "当年财政拨款": _("This year's appropriation"),
    "上年结转资金": _("Carried over from last year"),
    "其他资金": _("Other funds"),
    "年度资金总额": _("All funds of the year"),
}
FINDINGS: Words = {
    "错误": _("Wrong"),
    "疑问": _("To be explained"),
    "格式": _("To be written otherwise"),
    "提示": _("Good to know"),
}
DONE: Words = {
    "done": _("Done"),
    "partly": _("Partly done"),
    "not": _("Not done"),
}
STEPS: Words = {
    "begin": _("Begin the year: the plan stands"),
    "review": _("Open the mid-year review"),
    "reviewed": _("Close the mid-year review"),
    "freeze": _("Freeze the data"),
    "draft": _("Begin drafting"),
    "submit": _("Hand in to the department"),
    "pass": _("Pass: no objection"),
    "send_back": _("Send back to the author"),
    "thaw": _("Open the data again"),
    "sign_head": _("Sign as head in charge"),
    "sign_manager": _("Sign as head of the project's department"),
}
GROUNDWORK: Words = {
    "basis": _("Basis of the project"),
    "research": _("Research"),
    "forecast": _("A forecast"),
    "consultation": _("Opinions asked for"),
    "approval": _("Approval of the plan"),
}
RISK_LEVELS: Words = {
    "高": _("High"),
    "中": _("Middling"),
    "低": _("Low"),
}
RISK_STATES: Words = {
    "open": _("Watched"),
    "occurred": _("Occurred"),
    "closed": _("Over"),
}
