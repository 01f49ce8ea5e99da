"""Registries whose own pages change one row, and tables many at once; and the journal, which nobody changes."""

from __future__ import annotations

from django.contrib.admin import display
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yuqiao.accounts.models import JournalEntry
from yuqiao.hotline.line_domains import LINE_DOMAINS, asked_of, check_asked, save_asked
from yuqiao.hotline.models import LineDomain
from yuqiao.web.console import routing_words, words
from yuqiao.web.console.gate import Act
from yuqiao.web.console.hours import days_named
from yuqiao.web.registry import codes, history
from yuqiao.web.registry.base import Register
from yuqiao.web.registry.books import Book
from yuqiao.web.registry.labels import MODELS
from yuqiao.web.registry.site import site
from yuqiao.workforce.models import ServiceWindow
from yuqiao.workforce.windows import WINDOWS, check_windows, save_windows, windows_of

#: Kind of subject -> what pages call it.
NAMED = {model._meta.label_lower: label for model, label in MODELS.items()}


class WindowRegister(Register):
    """Service hours by language; their own page and tables open and close them."""

    sees = Act.WATCH
    takes = Act.EDIT_HOURS
    book = Book(
        ServiceWindow,
        WINDOWS,
        windows_of,
        lambda rows, _by: check_windows(rows),
        save_windows,
    )
    list_display = ("language", "tier", "days", "begins", "ends", "valid_from", "valid_until")
    list_filter = ("language", "tier")
    codes = {"language": codes.language, "tier": codes.by(words.TIERS), "days": days_named}
    search_fields = ("language",)
    ordering = ("language", "begins")


class DomainRegister(Register):
    """What the calls of a line ask of interpreters; the page of routing and tables change it."""

    sees = Act.WATCH
    takes = Act.EDIT_ROUTING
    book = Book(
        LineDomain,
        LINE_DOMAINS,
        asked_of,
        lambda rows, _by: check_asked(rows),
        save_asked,
    )
    list_display = ("line", "domain", "gender", "level")
    list_filter = ("domain",)
    codes = {"domain": codes.by(routing_words.DOMAINS), "gender": codes.by(routing_words.GENDERS)}
    search_fields = ("line__number", "line__name_zh")
    ordering = ("line__number",)


class JournalRegister(Register):
    """The journal: read, searched, taken away; the database itself refuses everything else."""

    sees = Act.READ_JOURNAL
    personal = True
    list_display = ("moment", "actor", "act", "subject", "said")
    list_filter = ("subject_type", "action")
    codes = {"subject_type": lambda kind: str(NAMED.get(kind, kind)), "action": history.act}
    search_fields = ("=actor__username", "actor__display_name", "action", "=subject_id")
    date_hierarchy = "at"
    ordering = ("-id",)
    fields = ("moment", "actor", "act", "action", "subject", "said", "previous_hash", "hash")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[JournalEntry]:
        rows: QuerySet[JournalEntry] = super().get_queryset(request).select_related("actor")
        return rows

    @display(description=_("When"), ordering="at")
    def moment(self, entry: JournalEntry) -> str:
        return f"{timezone.localtime(entry.at):%Y-%m-%d %H:%M:%S}"

    @display(description=_("Subject"))
    def subject(self, entry: JournalEntry) -> str:
        label = NAMED.get(entry.subject_type)
        return f"{label} {entry.subject_id}" if label else f"{entry.subject_type}:{entry.subject_id}"

    @display(description=_("Act"), ordering="action")
    def act(self, entry: JournalEntry) -> str:
        return history.act(entry.action)

    @display(description=_("Detail"))
    def said(self, entry: JournalEntry) -> str:
        return history.sentence(entry.detail)


site.register(LineDomain, DomainRegister)
site.register(ServiceWindow, WindowRegister)
site.register(JournalEntry, JournalRegister)
