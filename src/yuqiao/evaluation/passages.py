"""A report's text in its parts: sections by their headings, sentences by their ends. Pure.

Text out of a PDF is broken over lines and pages; it is put together again before anybody reads numbers in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

HEADING = re.compile(r"^\s*(?:[一二三四五六七八九十]+、|[（(][一二三四五六七八九十]+[)）]|\d{1,2}[.．](?!\d))")
#: The number before a point of a list: beside 2021年度 it would read as 3.2021.
ORDINAL = re.compile(r"^\s*\d{1,2}[.．]\s*")
SPACE = re.compile(r"(?<![0-9A-Za-z])\s+|\s+(?![0-9A-Za-z])")
SENTENCE = re.compile(r"[^。！？]+[。！？]?")
LONGEST_TITLE = 30


@dataclass(frozen=True, slots=True)
class Passage:
    """One part of a report under its title, as one line without blanks."""

    title: str
    text: str

    @property
    def sentences(self) -> list[str]:
        """Return the sentences, each with its end."""
        return [one for one in SENTENCE.findall(self.text) if one.strip()]


def read_report(text: str) -> list[Passage]:
    """Return a report's passages; what stands before the first heading has the title "". Empty ones are left out."""
    parts: list[tuple[str, list[str]]] = [("", [])]
    chapter = ""
    for line in text.splitlines():
        rest = line
        if HEADING.match(line):
            title = _title(line)
            if line.strip()[0] in "一二三四五六七八九十":
                chapter = title
            elif chapter:
                title = f"{chapter} {title}"
            parts.append((title, []))
            rest = "" if _is_title(line) else ORDINAL.sub("", line)
        parts[-1][1].append(rest)
    return [Passage(title, joined) for title, lines in parts if (joined := join(lines))]


def join(lines: list[str]) -> str:
    """Return broken lines as one, without blanks beside Chinese; a blank between words or numbers stays."""
    return SPACE.sub("", SPACE.sub("", " ".join(line.strip() for line in lines))).strip()


def _is_title(line: str) -> bool:
    """Whether a heading stands alone on its line: short, and no sentence."""
    return len(line.strip()) <= LONGEST_TITLE and not set(line) & set("，。；")


def _title(line: str) -> str:
    """Return the heading a line begins with: up to the first full stop, shortened."""
    title = SPACE.sub("", line.strip()).split("。")[0]
    return title if len(title) <= LONGEST_TITLE else title[:LONGEST_TITLE] + "…"
