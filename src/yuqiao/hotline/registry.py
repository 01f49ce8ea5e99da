"""The registry of lines: what an entry may say, and what is counted at a date (S25, S33–S36). Pure.

Days are whole and both ends are included: a merger, a validity or an agreement still holds on its last day.
A fault is a code with its facts; the pages have the sentences.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from yuqiao.languages.catalogue import BY_CODE
from yuqiao.lib.tables import Fault, fault

#: The ways of hotline.models.WayIn by which others dial us (a callback is dialled by us).
WAYS_IN: Final = ("beside_agent", "transferred", "direct")
CLASSES: Final = ("emergency", "government", "public", "own")
#: The classes that are counted as lines of the linkage (S33); our own number is the hub, not one of them.
PARTNER_CLASSES: Final = ("emergency", "government", "public")
PRIORITY_MOST: Final = 100
#: Recording by legal duty, unless the caller refuses, or never (`hotline.consent`).
RECORDING: Final = ("always", "ask", "never")


class Exclusion(StrEnum):
    """What calls of a line must not be about."""

    JUDICIAL = "judicial"
    SECRET = "secret"  # noqa: S105 (a kind of content)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line as the registry knows it; ``owner`` is a department's code, ``merged_into`` a line's number."""

    number: str
    name_zh: str
    line_class: str
    name_en: str = ""
    owner: str = ""
    agent_contact: str = ""
    priority: int = 10
    recording: str = "ask"
    linked: bool = True
    merged_into: str = ""
    merged_from: dt.date | None = None
    merged_until: dt.date | None = None
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None
    languages: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()

    def valid_on(self, day: dt.date) -> bool:
        """Tell whether the line exists on ``day``."""
        return within(day, self.valid_from, self.valid_until)

    def merged_on(self, day: dt.date) -> bool:
        """Tell whether another line answers for this one on ``day``."""
        return bool(self.merged_into) and within(day, self.merged_from, self.merged_until)

    def counts(self) -> bool:
        """Tell whether the line is one of the city's linkage (S33)."""
        return self.linked and self.line_class in PARTNER_CLASSES


@dataclass(frozen=True, slots=True)
class Merger:
    """A merger of the past: ``line`` was answered for by ``into`` (numbers) on these days, both included.

    The present one is part of the line's `Entry`.
    """

    line: str
    into: str
    since: dt.date
    until: dt.date

    def on(self, day: dt.date) -> bool:
        """Tell whether it held on ``day``."""
        return self.since <= day <= self.until


@dataclass(frozen=True, slots=True)
class Pact:
    """An agreement: ``department`` (code) is to be served through ``line`` (number), and is from ``signed_on``."""

    line: str
    department: str
    signed_on: dt.date | None = None
    valid_until: dt.date | None = None

    def in_force(self, day: dt.date) -> bool:
        """Tell whether it was signed by ``day`` and still holds then."""
        return self.signed_on is not None and within(day, self.signed_on, self.valid_until)


@dataclass(frozen=True, slots=True)
class Way:
    """A number at which we are dialled, and what it tells: the line (its number), the way in, perhaps the language."""

    number: str
    line: str
    way_in: str
    language: str = ""


def within(day: dt.date, first: dt.date | None, last: dt.date | None) -> bool:
    """Tell whether ``day`` is from ``first`` to ``last``, both included; None: no limit."""
    return (first is None or first <= day) and (last is None or day <= last)


#: Field -> the longest text the database keeps.
LENGTHS: Final = {"number": 32, "name_zh": 80, "name_en": 80, "agent_contact": 200}


def faults_of(entry: Entry) -> list[Fault]:
    """Return what is wrong with ``entry`` as it stands alone."""
    found = [one for field, most in LENGTHS.items() for one in _text_faults(field, getattr(entry, field), most)]
    found += [fault(field, "missing") for field in ("number", "name_zh") if not getattr(entry, field)]
    if entry.number and not (entry.number.isascii() and entry.number.isdigit()):
        found.append(fault("number", "not_digits", text=entry.number))
    if entry.line_class not in CLASSES:
        found.append(fault("line_class", "unknown_class", text=entry.line_class))
    if entry.recording not in RECORDING:
        found.append(fault("recording", "unknown_recording", text=entry.recording))
    if not 0 <= entry.priority <= PRIORITY_MOST:
        found.append(fault("priority", "priority_range", most=str(PRIORITY_MOST)))
    if entry.agent_contact and not entry.agent_contact.startswith(("sip:", "sips:")):
        found.append(fault("agent_contact", "not_sip"))
    found += [fault("languages", "unknown_language", text=code) for code in entry.languages if code not in BY_CODE]
    found += [
        fault("excludes", "unknown_exclusion", text=code) for code in entry.excludes if code not in set(Exclusion)
    ]
    for field in ("languages", "excludes"):
        found += [fault(field, "twice", text=code) for code, n in Counter(getattr(entry, field)).items() if n > 1]
    return found + _date_faults(entry)


def _text_faults(field: str, text: str, most: int) -> list[Fault]:
    found = []
    if len(text) > most:
        found.append(fault(field, "too_long", most=str(most)))
    if text != text.strip() or any(unicodedata.category(sign) in ("Cc", "Cs", "Cn", "Zl", "Zp") for sign in text):
        found.append(fault(field, "unprintable"))
    return found


def _date_faults(entry: Entry) -> list[Fault]:
    found = []
    if _reversed(entry.valid_from, entry.valid_until):
        found.append(fault("valid_until", "ends_before_it_begins"))
    if not entry.merged_into:
        found += [
            fault(field, "date_without_merger") for field in ("merged_from", "merged_until") if getattr(entry, field)
        ]
        return found
    if entry.merged_into == entry.number:
        found.append(fault("merged_into", "merged_into_itself"))
    if entry.merged_from is None:
        found.append(fault("merged_from", "merger_without_date"))
    if _reversed(entry.merged_from, entry.merged_until):
        found.append(fault("merged_until", "ends_before_it_begins"))
    return found


def _reversed(first: dt.date | None, last: dt.date | None) -> bool:
    return first is not None and last is not None and last < first


def faults_together(entries: Mapping[str, Entry], departments: Iterable[str]) -> dict[str, list[Fault]]:
    """Return what is wrong with each line among all ``entries`` (by number): owners and mergers.

    A line merges into one that stands by itself: chains and rings are refused whatever their dates, because a call
    to a merged line counts for two lines, never for three.
    """
    known = set(departments)
    found: dict[str, list[Fault]] = {}
    for number, entry in entries.items():
        wrong = []
        if entry.owner and entry.owner not in known:
            wrong.append(fault("owner", "unknown_department", text=entry.owner))
        if entry.merged_into and entry.merged_into != number:
            target = entries.get(entry.merged_into)
            if target is None:
                wrong.append(fault("merged_into", "unknown_line", text=entry.merged_into))
            elif ring := _ring(entries, number):
                wrong.append(fault("merged_into", "merger_ring", text=" → ".join(ring)))
            elif target.merged_into:
                wrong.append(fault("merged_into", "merger_chain", text=target.number, into=target.merged_into))
        if wrong:
            found[number] = wrong
    return found


def _ring(entries: Mapping[str, Entry], start: str) -> list[str]:
    """Return the way from ``start`` along mergers back to itself; empty when it leads elsewhere."""
    way = [start]
    while (entry := entries.get(way[-1])) is not None and entry.merged_into:
        if entry.merged_into == start:
            return [*way, start]
        if entry.merged_into in way:
            return []
        way.append(entry.merged_into)
    return []


def faults_of_merger(merger: Merger, others: Iterable[Merger], entries: Mapping[str, Entry]) -> list[Fault]:
    """Return what is wrong with a past merger beside ``others``: of one line, none may begin before another ended."""
    found = []
    for field in ("line", "into"):
        if (number := getattr(merger, field)) not in entries:
            found.append(fault(field, "unknown_line", text=number))
    if merger.line == merger.into:
        found.append(fault("into", "merged_into_itself"))
    if merger.until < merger.since:
        found.append(fault("until", "ends_before_it_begins"))
    entry = entries.get(merger.line)
    spans = [(one.since, one.until) for one in others if one.line == merger.line and one.since != merger.since]
    if entry is not None and entry.merged_from is not None:
        spans.append((entry.merged_from, entry.merged_until or dt.date.max))
    if any(first <= merger.until and merger.since <= last for first, last in spans):
        found.append(fault("since", "mergers_overlap"))
    return found


def faults_of_pact(pact: Pact, lines: Iterable[str], departments: Iterable[str]) -> list[Fault]:
    """Return what is wrong with an agreement."""
    found = []
    if pact.line not in set(lines):
        found.append(fault("line", "unknown_line", text=pact.line))
    if pact.department not in set(departments):
        found.append(fault("department", "unknown_department", text=pact.department))
    if pact.valid_until is not None and pact.signed_on is None:
        found.append(fault("signed_on", "end_without_signature"))
    if _reversed(pact.signed_on, pact.valid_until):
        found.append(fault("valid_until", "ends_before_it_begins"))
    return found


def faults_of_way(way: Way, lines: Iterable[str]) -> list[Fault]:
    """Return what is wrong with a number at which we are dialled."""
    found = _text_faults("number", way.number, LENGTHS["number"])
    digits = way.number.removeprefix("+")
    if not (digits.isascii() and digits.isdigit()):
        found.append(fault("number", "not_digits", text=way.number))
    if way.line not in set(lines):
        found.append(fault("line", "unknown_line", text=way.line))
    if way.way_in not in WAYS_IN:
        found.append(fault("way_in", "unknown_way_in", text=way.way_in))
    if way.language and way.language not in BY_CODE:
        found.append(fault("language", "unknown_language", text=way.language))
    return found


@dataclass(frozen=True, slots=True)
class Counts:
    """What is counted at ``day``; each count is as long as the list of its rows (lines' numbers, departments' codes).

    ``lines`` are the linkage's lines valid that day, ``by_class`` the same by class, ``merged`` and ``alone`` divide
    them. ``reached``: those whose calls can reach us, by a dialled number of their own or of the line they are merged
    into; ``unreached`` the others. ``covered`` departments have an agreement in force, ``uncovered`` have one that is
    not signed yet or has run out: covered / (covered + uncovered) is the coverage of S36.
    """

    day: dt.date
    lines: tuple[str, ...]
    by_class: Mapping[str, tuple[str, ...]]
    merged: tuple[str, ...]
    alone: tuple[str, ...]
    reached: tuple[str, ...]
    unreached: tuple[str, ...]
    covered: tuple[str, ...]
    uncovered: tuple[str, ...]


def counts_at(
    day: dt.date,
    entries: Iterable[Entry],
    pacts: Iterable[Pact],
    dialled: Iterable[str],
    mergers: Iterable[Merger] = (),
) -> Counts:
    """Count the registry as it stood on ``day``; ``dialled`` are the lines with a number at which we are dialled,
    ``mergers`` those of the past."""
    every = sorted((one for one in entries if one.counts() and one.valid_on(day)), key=lambda one: one.number)
    own_way = set(dialled)
    into = {one.line: one.into for one in mergers if one.on(day)}
    into |= {one.number: one.merged_into for one in every if one.merged_on(day)}
    merged = tuple(one.number for one in every if one.number in into)
    reached = tuple(one.number for one in every if one.number in own_way or into.get(one.number) in own_way)
    agreed = list(pacts)
    covered = {pact.department for pact in agreed if pact.in_force(day)}
    return Counts(
        day=day,
        lines=tuple(one.number for one in every),
        by_class={kind: tuple(one.number for one in every if one.line_class == kind) for kind in PARTNER_CLASSES},
        merged=merged,
        alone=tuple(one.number for one in every if one.number not in set(merged)),
        reached=reached,
        unreached=tuple(one.number for one in every if one.number not in set(reached)),
        covered=tuple(sorted(covered)),
        uncovered=tuple(sorted({pact.department for pact in agreed} - covered)),
    )
