"""Policies of routing, one column for each class of lines; the domains of lines; who changed what."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from yuqiao.accounts.models import JournalEntry
from yuqiao.hotline import routing_tables as tables
from yuqiao.hotline.models import Line, LineDomain
from yuqiao.hotline.routing import DEFAULTS, Policy
from yuqiao.lib.clock import now
from yuqiao.web.console import routing_words as say
from yuqiao.web.console.gate import Act, allowed, may, person_of
from yuqiao.web.console.words import word

#: How many changes of the past are shown.
HISTORY = 20
#: Empty means never.
MAY_BE_EMPTY = frozenset({"rest_after", "permission_after"})
KINDS = {one.name: one.type for one in fields(Policy)}


def _shown(value: object) -> str:
    if value is None:
        return _("not relaxed")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return f"{float(str(value)):g}"


@allowed(Act.WATCH)
def show(request: HttpRequest) -> HttpResponseBase:
    """Show all policies beside each other, what differs from the defaults, the lines' domains and the last changes."""
    at = now().timestamp()
    tables.forget()
    policies = {name: tables.policies(at).of(name) for name in tables.CLASSES}
    groups = [
        {
            "title": title,
            "rows": [
                {
                    "label": label,
                    "cells": [
                        {
                            "value": _shown(getattr(policy, name)),
                            "changed": getattr(policy, name) != getattr(DEFAULTS[kind], name),
                        }
                        for kind, policy in policies.items()
                    ],
                }
                for name, label in words.items()
            ],
        }
        for title, words in say.FIELDS
    ]
    context = {
        "classes": [(name, word(say.CLASSES, name)) for name in tables.CLASSES],
        "parts": groups,
        "domains": _domains(at),
        "may_edit": may(person_of(request), Act.EDIT_ROUTING),
        "choices": [("", _("none")), *((code, word(say.DOMAINS, code)) for code in tables.DOMAINS)],
        "genders": [("", _("any")), *((code, word(say.GENDERS, code)) for code in say.GENDERS)],
        "lines": Line.objects.order_by("number").values_list("number", "name_zh"),
        "history": [_told(entry) for entry in _entries()],
    }
    return render(request, "console/routing.html", context)


def _domains(at: float) -> list[tuple[str, str]]:
    numbers = {*tables.KINDS, *LineDomain.objects.values_list("line__number", flat=True)}
    known = Line.objects.filter(number__in=numbers).order_by("number").values_list("number", flat=True)
    return [(number, _asked(tables.line_facts(number, at))) for number in known]


def _asked(facts: tables.LineFacts) -> str:
    parts = [word(say.DOMAINS, facts.domain)] if facts.domain else []
    parts += [word(say.GENDERS, facts.gender)] if facts.gender else []
    parts += [_("level %(n)d or higher") % {"n": facts.level}] if facts.level > 1 else []
    return " · ".join(parts) or _("none")


def _entries() -> list[JournalEntry]:
    actions = ["routing.policy", "routing.domain"]
    return list(JournalEntry.objects.filter(action__in=actions).select_related("actor").order_by("-id")[:HISTORY])


def _told(entry: JournalEntry) -> dict[str, Any]:
    labels = {name: label for _title, words in say.FIELDS for name, label in words.items()}
    labels |= {"domain": _("Domain"), "gender": _("Gender")}
    detail = dict(entry.detail)
    what = word(say.CLASSES, detail.pop("class")) if "class" in detail else detail.pop("number", "")
    changes = [
        f"{labels.get(name, name)}: {_value(name, pair[0])} → {_value(name, pair[1])}" for name, pair in detail.items()
    ]
    return {"at": entry.at, "who": entry.actor, "what": what, "changes": changes}


def _value(name: str, value: object) -> str:
    named = {"domain": say.DOMAINS, "gender": say.GENDERS}.get(name)
    return _shown(value) if named is None else word(named, str(value)) if value else _("none")


def _form(line_class: str, data: Any = None) -> forms.Form:
    """Return the form of one class, filled with its policy; limits are those that are checked when it is written."""
    policy = tables.policies(now().timestamp()).of(line_class)
    form = forms.Form(data, initial={name: getattr(policy, name) for name in KINDS})
    for _title, words in say.FIELDS:
        for name, label in words.items():
            form.fields[name] = _field(name, str(label))
    return form


def _field(name: str, label: str) -> forms.Field:
    if KINDS[name] == "bool":
        return forms.BooleanField(label=label, required=False)
    least, most = tables.LIMITS[name]
    required = name not in MAY_BE_EMPTY
    if KINDS[name] == "int":
        return forms.IntegerField(label=label, min_value=int(least), max_value=int(most), required=required)
    return forms.FloatField(label=label, min_value=least, max_value=most, required=required)


@allowed(Act.EDIT_ROUTING)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, line_class: str) -> HttpResponseBase:
    """Change the policy of one class of lines."""
    if line_class not in tables.CLASSES:
        raise Http404
    tables.forget()
    form = _form(line_class, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            tables.set_policy(line_class, form.cleaned_data, by=person_of(request))
        except tables.PolicyError as error:
            form.add_error(
                error.field if error.field in form.fields else None, _("This does not fit the other values.")
            )
        else:
            messages.success(request, _("Saved; the journal holds who did it."))
            return redirect("routing")
    context = {"form": form, "title": word(say.CLASSES, line_class), "back": "routing"}
    return render(request, "console/routing_form.html", context)


@allowed(Act.EDIT_ROUTING)
@require_POST
def change_domain(request: HttpRequest) -> HttpResponseBase:
    """Say what the calls of a line are about."""
    line = get_object_or_404(Line, number=request.POST.get("line", ""))
    try:
        tables.set_domain(
            line,
            request.POST.get("domain", ""),
            gender=request.POST.get("gender", ""),
            level=int(request.POST.get("level", "1")),
            by=person_of(request),
        )
    except ValueError:  # PolicyError too
        messages.error(request, _("Nothing was changed."))
    else:
        messages.success(request, _("Saved; the journal holds who did it."))
    return redirect("routing")
