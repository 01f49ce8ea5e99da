"""Codes that rows hold, shown by their names: in the columns of lists, in filters and in rows one may only read.

Names of codes that models bear themselves are Chinese, for documents; pages say them in the reader's language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from django.contrib.admin import AllValuesFieldListFilter, display
from django.contrib.admin.views.main import ChangeList
from django.db.models import Model

from yuqiao.web.console.words import Words, language_name, word
from yuqiao.web.registry.labels import FIELDS

Says: TypeAlias = Callable[[Any], str]
#: Before a field's name: the column that says its code by name.
NAMED = "named_"


def by(names: Words) -> Says:
    """Return what says a code by one of ``names``; a code nobody named stands as it is, none is a dash."""
    return lambda code: word(names, code) if code else "–"


def language(code: str) -> str:
    """Return a language's name; a dash where a row is for no language of its own."""
    return language_name(code) if code else "–"


def each(says: Says) -> Says:
    """Return what says a list of codes, each by ``says``."""
    return lambda found: "、".join(map(says, found)) or "–"


def column(field: str, says: Says) -> Callable[[Any, Model], str]:
    """Return a column of a registry's list, sorted by its code."""

    @display(description=FIELDS[field], ordering=field)
    def named(_register: object, row: Model) -> str:
        return says(getattr(row, field))

    return named


class CodesFilter(AllValuesFieldListFilter):
    """Filters by a field's codes, those that occur, each by its name."""

    says: Says

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        """Yield the links: all, then one for each code."""
        codes = {str(code) for code in self.lookup_choices}
        for link in super().choices(changelist):
            shown = str(link["display"])
            yield {**link, "display": self.says(shown) if shown in codes else shown}


def filter_by(says: Says) -> type[CodesFilter]:
    """Return a filter whose codes are said by ``says``."""
    return type("CodesFilter", (CodesFilter,), {"says": staticmethod(says)})
