"""Lists of people to be called, as xlsx or CSV: read with every row's fault, never written. No database (S46).

A row without the person's consent is refused by itself; the others are used.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from yuqiao.hotline.callback_rules import DIALABLE
from yuqiao.languages.catalogue import BY_CODE, FOREIGN
from yuqiao.lib.cells import CellError, cells_of

#: Heading -> field; the first three must be there.
COLUMNS: Final = {"号码": "number", "语种": "language", "同意来源": "consent", "姓名": "name", "备注": "note"}
NEEDED: Final = ("号码", "语种", "同意来源")
_CODES: Final = {BY_CODE[code].zh: code for code in FOREIGN} | {code: code for code in FOREIGN}


@dataclass(frozen=True, slots=True)
class ListedPerson:
    """One person to be called: digits, a language's code, where the person agreed, and perhaps name and note."""

    number: str
    language: str
    consent: str
    name: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """Why row ``row`` (as the spreadsheet counts; 0: the file itself) is not used; ``code`` of `read`."""

    row: int
    code: str


def read(data: bytes) -> tuple[list[ListedPerson], list[Refused]]:
    """Return the rows to use and those refused: no_consent, number, language, twice, columns, not_a_table …"""
    try:
        sheets = cells_of(data)
    except CellError as error:
        return [], [Refused(0, error.code)]
    cells = next((rows for _, rows in sheets if any(any(row) for row in rows)), [])
    headings = [cell.strip() for cell in cells[0]] if cells else []
    if not set(NEEDED) <= set(headings):
        return [], [Refused(1, "columns")]
    people: list[ListedPerson] = []
    refused: list[Refused] = []
    seen: set[str] = set()
    for number, row in enumerate(cells[1:], 2):
        if not any(cell.strip() for cell in row):
            continue
        person = ListedPerson(**_values(headings, row))
        code = _fault(person, seen)
        if code:
            refused.append(Refused(number, code))
        else:
            seen.add(person.number)
            people.append(person)
    return people, refused


def _values(headings: list[str], row: list[str]) -> dict[str, str]:
    values = dict.fromkeys(("number", "language", "consent"), "")
    for heading, cell in zip(headings, row, strict=False):
        field = COLUMNS.get(heading)
        if field:
            values[field] = cell.strip()
    values["number"] = values["number"].replace(" ", "").replace("-", "")
    values["language"] = _CODES.get(values["language"], values["language"])
    return {
        field: value[: {"number": 64, "name": 80, "note": 300, "consent": 120}.get(field, 20)]
        for field, value in values.items()
    }


def _fault(person: ListedPerson, seen: set[str]) -> str:
    if not person.consent:
        return "no_consent"
    if not DIALABLE.fullmatch(person.number):
        return "number"
    if person.language not in FOREIGN:
        return "language"
    return "twice" if person.number in seen else ""
