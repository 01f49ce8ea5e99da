"""The board and the big screen in pieces: each is one element of the page by its id, sent only when it has changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yuqiao.hotline.alarms import Alarm, AlarmKind
from yuqiao.web.console import watch, words
from yuqiao.web.console.watch import LanguageRow, Panels, Slow

#: Who looks: a supervisor at her desk, or everybody in the room.
BOARD, WALL = "board", "wall"
VIEWS = (BOARD, WALL)
#: The pieces of the board beside the rows of languages, each a template and an element ``part-NAME``.
PARTS = ("alarms", "figures", "pressing", "waiting", "callbacks", "course")
ALARM_WORDS: dict[AlarmKind, tuple[str | Promise, str]] = {  # and the page that tells more
    AlarmKind.CALLS: (_("No call server is active: new calls wait until one is."), "outages"),
    AlarmKind.MEDIA: (_("The media server cannot be reached."), "outages"),
    AlarmKind.TRUNK: (_("A trunk is away."), "outages"),
    AlarmKind.LINE: (_("Line {about} is away."), "outages"),
    AlarmKind.RECORD: (
        _("Recordings cannot be written; calls go on without. See whether the disk is full."),
        "outages",
    ),
    AlarmKind.WEB: (_("Some web pages are away."), "outages"),
    AlarmKind.WAIT: (_("{about}: {count} waiting longer than the limit"), ""),
    AlarmKind.NOBODY: (_("{about}: in service hours, and nobody on duty"), "hours"),
    AlarmKind.HOOK: (_("{about}: this partner's system takes no events any more"), "hooks"),
    AlarmKind.SHORT: (_("{about}: {count} more waiting than interpreters ready"), "hours"),
}
#: Shortage is a warning, what is broken or late is an alarm.
WARNINGS = frozenset({AlarmKind.NOBODY, AlarmKind.SHORT, AlarmKind.WEB, AlarmKind.HOOK})

#: What these are about is said as it is; the others name a language.
AS_THEY_ARE = frozenset({AlarmKind.LINE, AlarmKind.HOOK})


@dataclass(frozen=True, slots=True)
class AlarmRow:
    """An alarm in words; ``since`` in epoch milliseconds, ``page`` the name of the address that tells more."""

    kind: str
    level: str
    text: str
    since: int | None
    page: str


def in_words(alarms: Iterable[Alarm]) -> list[AlarmRow]:
    """Return alarms for the reader."""
    return [
        AlarmRow(
            one.kind.value,
            "warn" if one.kind in WARNINGS else "alarm",
            str(ALARM_WORDS[one.kind][0]).format(
                about=one.about if one.kind in AS_THEY_ARE else words.language_name(one.about), count=one.count
            ),
            None if one.since is None else round(one.since * 1000),
            ALARM_WORDS[one.kind][1],
        )
        for one in alarms
    ]


@lru_cache(maxsize=1024)
def staff_row(row: LanguageRow, language: str) -> str:
    """Return one language's row; nothing is rendered anew while nobody's state changes."""
    with translation.override(language):
        return render_to_string("console/board/staff.html", {"row": row})


def staff_rows(rows: Iterable[LanguageRow], language: str) -> dict[str, str]:
    """Return the pieces that tell who is in which state."""
    return {f"staff-{row.code}": staff_row(row, language) for row in rows}


def rendered(view: str, found: Panels, language: str) -> dict[str, str]:
    """Return the pieces of ``view``: id of the element -> HTML of the whole element."""
    with translation.override(language):
        context = {"panels": found, "alarms": in_words(found.alarms)}
        if view == WALL:
            return {"wall": render_to_string("console/board/wall_piece.html", context)}
        parts = {f"part-{name}": render_to_string(f"console/board/{name}.html", context) for name in PARTS}
    return parts | staff_rows(found.languages, language)


def pieces(
    views: Iterable[str], at: dt.datetime, language: str, known: Slow | None = None
) -> dict[str, dict[str, str]]:
    """Read once and return the pieces of each view."""
    with translation.override(language):
        found = watch.panels(at, known)
    return {view: rendered(view, found, language) for view in views}
