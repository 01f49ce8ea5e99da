"""What a check says, and what it is given."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from yuqiao.evaluation.passages import Passage
from yuqiao.evaluation.sheet import Sheet

LONGEST_QUOTE = 80
LONGEST_KEY = 200
#: How many signs before a number are looked at: a report may hold one endless sentence, and checks must not.
BEFORE = 40
_CLAUSE = "，；。！？"


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is said: under which title (or in which table), and in which words."""

    title: str
    quote: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Two places that cannot both be right, or one that lacks what it needs. ``code`` does not change."""

    code: str
    sentence: str
    first: Place
    second: Place | None = None

    @property
    def where(self) -> str:
        """Return what an answer is tied to: once the words change, it has to be given anew."""
        return "｜".join(one.quote for one in (self.first, self.second) if one)[:LONGEST_KEY]


@dataclass(frozen=True, slots=True)
class Known:
    """A figure as the data have it: its names in texts, its unit (% for rates), its value in that unit."""

    names: tuple[str, ...]
    value: Fraction
    unit: str


@dataclass(frozen=True, slots=True)
class Register:
    """What the platform knows besides the text; each part may be missing, and then is not compared.

    ``lines`` are the numbers of lines, ``languages`` how many service languages there are. ``troubles`` are sentences
    about what went wrong in the year (a post unfilled, a hand-in too late).
    """

    name: str = ""
    sheet: Sheet | None = None
    figures: tuple[Known, ...] = ()
    lines: frozenset[str] = frozenset()
    languages: int | None = None
    troubles: tuple[str, ...] = ()


Report = tuple[Passage, ...]
Check = Callable[[Report, Register], Iterator[Finding]]


def place(passage: Passage, start: int, end: int) -> Place:
    """Return where ``text[start:end]`` stands, quoted with the clause around it."""
    text = passage.text
    begin = max((text.rfind(mark, 0, start) for mark in _CLAUSE), default=-1) + 1
    ends = [found for mark in _CLAUSE if (found := text.find(mark, end)) >= 0]
    stop = min(ends, default=len(text))
    if stop - begin > LONGEST_QUOTE:
        begin = max(begin, start - LONGEST_QUOTE // 2)
        stop = min(stop, max(end, begin + LONGEST_QUOTE))
    return Place(passage.title, text[begin:stop])


def outside(text: str) -> str:
    """Return a text of the same length with what stands in brackets blanked out."""
    return re.sub(r"[（(][^（）()]*[)）]", lambda found: " " * len(found[0]), text)
