"""How a document looks: fonts and sizes of its parts, the page and what runs along its edges."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Face:
    """A font for Latin letters and one for Chinese signs, as an office machine knows them; size in points."""

    latin: str
    chinese: str
    size: float
    bold: bool = False


SERIF, SANS = "Times New Roman", "Arial"
SONG, HEI, FANGSONG, KAI = "宋体", "黑体", "仿宋_GB2312", "楷体_GB2312"
TITLE = "方正小标宋简体"
#: Chinese faces without serifs; everything else is printed with serifs where its own face is missing.
SANS_FACES = frozenset({HEI})


@dataclass(frozen=True, slots=True)
class Style:
    """Faces by part; ``leading`` in points between the feet of two lines (0: the font's own); ``indent`` in signs."""

    name: str
    title: Face
    subtitle: Face
    headings: tuple[Face, Face, Face]
    body: Face
    small: Face
    table: Face
    leading: float = 0
    indent: int = 0


PLAIN = Style(
    "plain",
    title=Face(SANS, HEI, 20),
    subtitle=Face(SERIF, SONG, 11),
    headings=(Face(SANS, HEI, 15), Face(SANS, HEI, 12), Face(SANS, HEI, 11)),
    body=Face(SERIF, SONG, 11),
    small=Face(SERIF, SONG, 9),
    table=Face(SERIF, SONG, 9),
)
#: Official documents, GB/T 9704-2012: 5.2.2 (No. 3 仿宋), 5.2.3 (lines), 7.3.1 (title of No. 2), 7.3.3 (headings).
OFFICIAL = Style(
    "official",
    title=Face(SERIF, TITLE, 22),
    subtitle=Face(SERIF, KAI, 16),
    headings=(Face(SERIF, HEI, 16), Face(SERIF, KAI, 16), Face(SERIF, FANGSONG, 16, bold=True)),
    body=Face(SERIF, FANGSONG, 16),
    small=Face(SERIF, FANGSONG, 12),
    table=Face(SERIF, SONG, 10.5),
    leading=28,
    indent=2,
)
#: A form on one page: a title of No. 3, the year beneath it.
FORM = Style(
    "form",
    title=Face(SERIF, HEI, 18),
    subtitle=Face(SERIF, SONG, 11),
    headings=(Face(SANS, HEI, 13), Face(SANS, HEI, 11), Face(SANS, HEI, 10)),
    body=Face(SERIF, SONG, 10),
    small=Face(SERIF, SONG, 8.5),
    table=Face(SERIF, SONG, 9),
)


@dataclass(frozen=True, slots=True)
class Page:
    """A4; margins in mm (top, right, bottom, left). ``running`` stands on top of each page but the first, ``mark`` on
    top of every page to the right (内部使用)."""

    sideways: bool | None = None
    margins: tuple[float, float, float, float] = (20, 20, 20, 20)
    running: str = ""
    mark: str = ""
    counted: bool = False
    """Whether the foot says 第 1 页 共 3 页 instead of the number alone."""


SHORT_SIDE, LONG_SIDE = 210.0, 297.0


def room(page: Page, *, sideways: bool) -> tuple[float, float]:
    """Return how wide and how high a page's text may be, in mm."""
    wide, high = (LONG_SIDE, SHORT_SIDE) if sideways else (SHORT_SIDE, LONG_SIDE)
    top, right, bottom, left = page.margins
    return wide - left - right, high - top - bottom
