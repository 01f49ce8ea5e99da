"""The registry of people: entering them, their roles, a new password, a lost second factor (S22)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.admin import display
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminPasswordWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from yuqiao.accounts import services
from yuqiao.accounts.credentials import holds_factor, reset_factors, set_password
from yuqiao.accounts.listing import check_people, people, save_people
from yuqiao.accounts.models import Person, Role
from yuqiao.accounts.people import Particulars, change_person, set_roles
from yuqiao.accounts.sheets import PEOPLE
from yuqiao.web.console import words
from yuqiao.web.console.gate import Act, may, person_of
from yuqiao.web.console.security.proving import demand_fresh
from yuqiao.web.registry import codes
from yuqiao.web.registry.base import Register
from yuqiao.web.registry.books import Book
from yuqiao.web.registry.site import site

ONLY_FOR_AGENTS = _("Only for hotline agents: the number of the line they answer.")


class PersonForm(ModelForm[Person]):
    """One person: particulars, roles, and what an administrator does about a lost way in."""

    interface_language = forms.ChoiceField(
        label=_("Language of the pages"), choices=settings.LANGUAGES, widget=UnfoldAdminSelectWidget
    )
    roles = forms.MultipleChoiceField(label=_("Roles"), required=False, widget=UnfoldAdminCheckboxSelectMultipleWidget)
    line = forms.CharField(
        label=_("Line"), required=False, max_length=32, widget=UnfoldAdminTextInputWidget, help_text=ONLY_FOR_AGENTS
    )
    password = forms.CharField(
        label=_("New password"),
        required=False,
        strip=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        help_text=_("Empty: it stays as it is. A new one ends all sessions."),
    )
    lost_factor = forms.BooleanField(
        label=_("Take the second factor off"),
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text=_("For somebody who lost phone and recovery codes. Ends all sessions; the journal keeps who did it."),
    )

    class Meta:
        model = Person
        fields = ("username", "display_name", "email", "interface_language", "department", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].choices = [(role, words.word(words.ROLES, role)) for role in Role.values]  # type: ignore[attr-defined]
        if self.instance.pk is not None:
            grants = list(self.instance.grants.all())
            self.fields["roles"].initial = [one.role for one in grants]
            self.fields["line"].initial = next((one.line_number for one in grants if one.line_number), "")

    def clean_password(self) -> str:
        """Refuse what the site's rules refuse."""
        password = str(self.cleaned_data.get("password") or "")
        if password:
            validate_password(password, self.instance)
        return password

    def grants(self) -> list[tuple[Role, str]]:
        """Return the roles asked for; the line goes with the agent's alone."""
        line = str(self.cleaned_data.get("line") or "").strip()
        return [(Role(one), line if one == Role.AGENT else "") for one in self.cleaned_data["roles"]]

    def particulars(self) -> Particulars:
        """Return the rest as services take it."""
        said = self.cleaned_data
        department = said["department"].code if said["department"] else ""
        return Particulars(
            said["display_name"], said["email"], said["interface_language"], department, is_active=said["is_active"]
        )


class PeopleRegister(Register):
    """People and roles."""

    sees = Act.SEE_PEOPLE
    keeps = Act.KEEP_PEOPLE
    personal = True
    form = PersonForm
    takes = Act.KEEP_PEOPLE
    book = Book(
        Person,
        PEOPLE,
        people,
        lambda rows, by: check_people(rows, by=by),
        save_people,
    )
    list_display = ("username", "display_name", "held", "department", "is_active", "second_factor", "last_login")
    list_filter = ("grants__role", "is_active", "department")
    codes = {"grants__role": codes.by(words.ROLES), "interface_language": codes.by(dict(settings.LANGUAGES))}
    instead = {"roles": "held", "line": "", "password": "", "lost_factor": "second_factor"}
    search_fields = ("username", "display_name", "email", "department__name_zh")
    ordering = ("username",)
    fieldsets = (
        (None, {"fields": ("username", "display_name", "email", "interface_language", "department", "is_active")}),
        (_("Roles"), {"fields": ("roles", "line")}),
        (_("Password and second factor"), {"fields": ("password", "lost_factor")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Person]:
        rows: QuerySet[Person] = super().get_queryset(request).select_related("department").prefetch_related("grants")
        return rows

    def get_readonly_fields(self, request: HttpRequest, obj: Person | None = None) -> tuple[str, ...]:
        return () if obj is None else ("username",)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Roles are given, passwords set and factors taken off only after a fresh proof."""
        if may(person_of(request), Act.KEEP_PEOPLE):
            demand_fresh(request)
        response: HttpResponseBase = super().changeform_view(request, *args, **kwargs)
        return response

    def save_model(self, request: HttpRequest, obj: Person, form: PersonForm, change: bool) -> None:
        """Write through services: each step checks and journals itself."""
        by = person_of(request)
        wanted, password = form.particulars(), form.cleaned_data["password"]
        with transaction.atomic():
            if not change:
                made = services.create_person(obj.username, by=by)
                obj.pk, obj.password = made.pk, made.password
                obj._state.adding = False
            person = Person.objects.get(pk=obj.pk)
            change_person(person, wanted, by=by)
            set_roles(person, form.grants(), by=by)
            if password:
                set_password(person, password, by=by)
            if change and form.cleaned_data["lost_factor"]:
                reset_factors(person, by=by)

    def save_related(self, *_args: Any, **_more: Any) -> None:
        """Roles are written with the person."""

    @display(description=_("Roles"))
    def held(self, person: Person) -> str:
        held = (f"{words.word(words.ROLES, one.role)} {one.line_number}".rstrip() for one in person.grants.all())
        return "、".join(held) or "–"

    @display(description=_("Second factor"), boolean=True)
    def second_factor(self, person: Person) -> bool:
        return holds_factor(person)


site.register(Person, PeopleRegister)
