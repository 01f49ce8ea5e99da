"""Interpreters and their profiles: post, gender, domains, lines, and when they may be rung at home."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from yuqiao.accounts.models import JournalEntry
from yuqiao.hotline.routing_tables import DOMAINS
from yuqiao.web.console import routing_words as say
from yuqiao.web.console import words
from yuqiao.web.console.gate import Act, allowed, person_of
from yuqiao.web.console.hours import DAY_NAMES, days_named
from yuqiao.web.console.words import word
from yuqiao.workforce.calendar import DAYS
from yuqiao.workforce.models import Interpreter
from yuqiao.workforce.profiles import Profile, ProfileError, profile_of, set_profile

HISTORY = 20
LABELS: words.Words = {
    "tier": gettext_lazy("Post"),
    "gender": gettext_lazy("Gender"),
    "domains": gettext_lazy("Domains"),
    "only_lines": gettext_lazy("Only these lines (numbers or classes)"),
    "barred_lines": gettext_lazy("Not these lines (numbers or classes)"),
    "mobile": gettext_lazy("Own mobile (SIP URI), with her consent"),
    "mobile_days": gettext_lazy("May be rung at home on"),
    "mobile_begins": gettext_lazy("From"),
    "mobile_ends": gettext_lazy("To"),
}


class ProfileForm(forms.Form):
    """One profile. Times are those of the city; one that ends first reaches past midnight."""

    tier = forms.ChoiceField(choices=lambda: list(say.POSTS.items()))
    gender = forms.ChoiceField(required=False, choices=lambda: [("", _("not said")), *say.GENDERS.items()])
    domains = forms.MultipleChoiceField(
        required=False,
        choices=lambda: [(code, say.DOMAINS[code]) for code in DOMAINS],
        widget=forms.CheckboxSelectMultiple,
    )
    only_lines = forms.CharField(required=False, max_length=110)
    barred_lines = forms.CharField(required=False, max_length=110)
    mobile = forms.CharField(required=False, max_length=200)
    mobile_days = forms.MultipleChoiceField(
        required=False,
        choices=lambda: [(day, DAY_NAMES[day]) for day in DAYS],
        widget=forms.CheckboxSelectMultiple,
    )
    mobile_begins = forms.TimeField(widget=forms.TimeInput(attrs={"type": "time"}))
    mobile_ends = forms.TimeField(widget=forms.TimeInput(attrs={"type": "time"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = word(LABELS, name)

    def changes(self) -> dict[str, Any]:
        """Return what was entered, as `workforce.profiles` takes it."""
        data = dict(self.cleaned_data)
        for name in ("only_lines", "barred_lines"):
            data[name] = tuple(code for code in re.split(r"[\s,，、]+", data[name]) if code)
        for name in ("mobile_begins", "mobile_ends"):
            data[name] = data[name].hour * 60 + data[name].minute
        return data | {"domains": tuple(data["domains"]), "mobile_days": "".join(data["mobile_days"])}


def _initial(profile: Profile) -> dict[str, Any]:
    return {
        "tier": profile.tier,
        "gender": profile.gender,
        "domains": list(profile.domains),
        "only_lines": " ".join(profile.only_lines),
        "barred_lines": " ".join(profile.barred_lines),
        "mobile": profile.mobile,
        "mobile_days": list(profile.mobile_days),
        "mobile_begins": _clock(profile.mobile_begins),
        "mobile_ends": _clock(profile.mobile_ends),
    }


def _clock(minute: int) -> str:
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"


@allowed(Act.EDIT_INTERPRETERS)
def show_list(request: HttpRequest) -> HttpResponseBase:
    """List all interpreters with what routing goes by."""
    rows = [_row(one) for one in Interpreter.objects.prefetch_related("languages").order_by("number")]
    return render(request, "console/interpreters.html", {"rows": rows})


def _row(one: Interpreter) -> dict[str, object]:
    profile = profile_of(one)
    held = sorted(one.languages.all(), key=lambda language: (-language.level, language.language))
    hours = f"{_clock(profile.mobile_begins)}–{_clock(profile.mobile_ends)}"
    return {
        "number": one.number,
        "state": one.state,
        "state_word": word(words.STATES, one.state),
        "post": word(say.POSTS, one.tier),
        "languages": [(words.language_name(language.language), language.level) for language in held],
        "domains": [word(say.DOMAINS, code) for code in profile.domains],
        "only": profile.only_lines,
        "barred": profile.barred_lines,
        "at_home": f"{days_named(profile.mobile_days)} {hours}" if profile.mobile else "",
    }


@allowed(Act.EDIT_INTERPRETERS)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, number: str) -> HttpResponseBase:
    """Change one profile; the journal tells who did, without the mobile's number."""
    row = get_object_or_404(Interpreter, number=number)
    form = ProfileForm(request.POST or None, initial=_initial(profile_of(row)))
    if request.method == "POST" and form.is_valid():
        try:
            set_profile(row, form.changes(), by=person_of(request))
        except ProfileError as error:
            form.add_error(error.field, word(_SENTENCES, error.field))
        else:
            messages.success(request, _("Saved; the journal holds who did it."))
            return redirect("interpreters")
    entries = JournalEntry.objects.filter(action="workforce.profile", subject_id=str(row.pk)).select_related("actor")
    context = {
        "form": form,
        "title": number,
        "back": "interpreters",
        "history": [_told(entry) for entry in entries.order_by("-id")[:HISTORY]],
    }
    return render(request, "console/routing_form.html", context)


_SENTENCES: words.Words = {
    "mobile": gettext_lazy("Write it as a SIP URI, such as sip:13800000000@trunk."),
    "mobile_days": gettext_lazy("Say on which days she may be rung at home."),
    "only_lines": gettext_lazy("Few codes, without percent signs or underscores."),
    "barred_lines": gettext_lazy("Few codes, without percent signs or underscores."),
}


def _told(entry: JournalEntry) -> dict[str, object]:
    changes = []
    for name, pair in entry.detail.items():
        if name in LABELS:
            label = word(LABELS, name)
            changes.append(label if pair is True else f"{label}: {_shown(name, pair[0])} → {_shown(name, pair[1])}")
    return {"at": entry.at, "who": entry.actor, "what": entry.detail.get("number", ""), "changes": changes}


def _shown(name: str, value: object) -> str:
    if name == "tier":
        return word(say.POSTS, str(value))
    if name in {"mobile_begins", "mobile_ends"} and isinstance(value, int):
        return _clock(value)
    if name == "domains" and isinstance(value, list):
        return " ".join(word(say.DOMAINS, code) for code in value) or "–"
    return (" ".join(value) if isinstance(value, list) else str(value)) or "–"
