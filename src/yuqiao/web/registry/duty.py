"""Registries of interpreters, special days, terms and suppliers: entered here one by one, or as tables."""

from __future__ import annotations

from django.contrib.admin import display
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from yuqiao.contracts.models import Supplier
from yuqiao.contracts.vendors import VENDORS, check_vendors, save_vendors, vendors
from yuqiao.hotline.terms import TERMS, check_terms, save_terms, words_of
from yuqiao.languages.catalogue import FOREIGN
from yuqiao.languages.models import Domain, Term
from yuqiao.web.console import routing_words, words
from yuqiao.web.console.gate import Act
from yuqiao.web.console.hours import DAY_NAMES
from yuqiao.web.console.terms import DOMAINS
from yuqiao.web.console.words import word
from yuqiao.web.registry import codes
from yuqiao.web.registry.books import Book
from yuqiao.web.registry.forms import BookRegister
from yuqiao.web.registry.site import site
from yuqiao.workforce.calendar import DAYS
from yuqiao.workforce.days import SPECIAL_DAYS, check_days, days_of, save_days
from yuqiao.workforce.models import Gender, Interpreter, Post, SpecialDay
from yuqiao.workforce.seats import SEATS, check_seats, save_seats, seats


class InterpreterRegister(BookRegister):
    """Interpreters: whose seat, which languages, how they are rung. Mobiles are personal, so tables ask who it is."""

    sees = keeps = takes = Act.EDIT_INTERPRETERS
    personal = True
    book = Book(
        Interpreter,
        SEATS,
        seats,
        lambda rows, _by: check_seats(rows),
        save_seats,
        ("number",),
    )
    list_display = ("number", "person", "tier", "spoken", "gender", "contact", "state")
    list_filter = ("tier", "languages__language", "gender", "state")
    codes = {
        "tier": codes.by(routing_words.POSTS),
        "languages__language": codes.language,
        "gender": codes.by(routing_words.GENDERS),
        "state": codes.by(words.STATES),
    }
    search_fields = ("number", "person__username", "person__display_name")
    ordering = ("number",)
    choices = {
        "tier": lambda: [(one, word(routing_words.POSTS, one)) for one in Post.values],
        "gender": lambda: [("", _("not said")), *((one, word(routing_words.GENDERS, one)) for one in Gender.values)],
    }
    helps = {
        "username": _("The user name under which she signs in; enter the person first."),
        "contact": _("The SIP address that is rung, such as sip:2001@pbx."),
        "languages": _("Codes with levels 1 to 3, such as en:3,ja:2."),
        "domains": _("Of 医疗, 警务, 法律 and 消防救援, with commas."),
        "mobile": _("A SIP address, and only with her consent."),
        "mobile_days": _("Monday 1 to Sunday 7, H for public holidays: 12345."),
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[Interpreter]:
        rows: QuerySet[Interpreter] = super().get_queryset(request).select_related("person")
        return rows.prefetch_related("languages")

    @display(description=_("Languages"))
    def spoken(self, row: Interpreter) -> str:
        held = sorted(row.languages.all(), key=lambda one: (-one.level, one.language))
        return "、".join(f"{words.language_name(one.language)} {one.level}" for one in held) or "–"


class SpecialDayRegister(BookRegister):
    """Holidays and weekend days that are worked."""

    sees = Act.WATCH
    keeps = takes = Act.EDIT_HOURS
    book = Book(
        SpecialDay,
        SPECIAL_DAYS,
        days_of,
        lambda rows, _by: check_days(rows),
        save_days,
        ("date",),
    )
    list_display = ("date", "name", "counts_as")
    search_fields = ("name",)
    date_hierarchy = "date"
    ordering = ("-date",)
    codes = {"counts_as": codes.by(DAY_NAMES)}
    choices = {"counts_as": lambda: [(letter, word(DAY_NAMES, letter)) for letter in DAYS]}


class TermRegister(BookRegister):
    """The glossary."""

    sees = Act.SEE_TERMS
    keeps = takes = Act.KEEP_TERMS
    book = Book(
        Term,
        TERMS,
        words_of,
        lambda rows, _by: check_terms(rows),
        save_terms,
        ("language", "domain", "zh", "foreign"),
    )
    list_display = ("zh", "foreign", "language", "domain", "source", "valid_from", "valid_until")
    list_filter = ("language", "domain")
    codes = {"language": codes.language, "domain": codes.by(DOMAINS)}
    search_fields = ("zh", "foreign", "source")
    ordering = ("zh", "language")
    choices = {
        "domain": lambda: [(one, word(DOMAINS, one)) for one in Domain.values],
        "language": lambda: [(one, words.language_name(one)) for one in FOREIGN],
    }


class SupplierRegister(BookRegister):
    """Suppliers; their contracts are entered on their own pages."""

    sees = Act.SEE_PROJECTS
    keeps = takes = Act.KEEP_CONTRACTS
    book = Book(
        Supplier,
        VENDORS,
        vendors,
        lambda rows, _by: check_vendors(rows),
        save_vendors,
        ("name_zh",),
    )
    list_display = ("name_zh", "university")
    list_filter = ("university",)
    search_fields = ("name_zh",)
    ordering = ("name_zh",)
    choices = {"university": lambda: [(False, _("no")), (True, _("yes"))]}


site.register(Interpreter, InterpreterRegister)
site.register(Supplier, SupplierRegister)
site.register(SpecialDay, SpecialDayRegister)
site.register(Term, TermRegister)
