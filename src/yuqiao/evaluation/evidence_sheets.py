"""Lists of evidence as people keep them: an xlsx or a CSV, one piece a row (96 sheets, 30,000 signs). Pure.

Headings may stand in any order: 编号 and 日期 must be there, 名称, 结论, 收到日期, 类别, 链接 may.
Every fault is told with its row; with one fault, nothing of the list is to be used.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import openpyxl

from yuqiao.evaluation.evidence_kinds import KINDS, name_of
from yuqiao.evaluation.evidence_rules import EvidenceError, Facts, checked
from yuqiao.evaluation.readers.errors import UnreadableError
from yuqiao.evaluation.readers.kinds import Kind
from yuqiao.evaluation.readers.safety import MIB, inspect, text_of

MOST_ROWS = 100_000
MOST_COLUMNS = 40
#: A list of faults longer than this helps nobody.
MOST_FAULTS = 200
LARGEST = 20 * MIB
MOST_XML = 64 * MIB

SERIAL, TITLE, DAY, RESULT, RECEIVED, KIND, LINK = "编号", "名称", "日期", "结论", "收到日期", "类别", "链接"
HEADINGS = (SERIAL, TITLE, DAY, RESULT, RECEIVED, KIND, LINK)
NEEDED = (SERIAL, DAY)
#: What people write for a result; whatever else is a fault.
RESULTS = {
    **dict.fromkeys(("", "—", "-", "无"), ""),
    **dict.fromkeys(("合格", "通过", "正确", "到岗", "满意", "已反馈", "是"), "passed"),
    **dict.fromkeys(("不合格", "未通过", "错误", "缺勤", "不满意", "未反馈", "否"), "failed"),
}
KIND_CODES = {**{one.name: one.code for one in KINDS}, **{one.code: one.code for one in KINDS}}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a row (as the spreadsheet counts: the headings are row 1)."""

    row: int
    zh: str


@dataclass(frozen=True, slots=True)
class Listed:
    """What a list holds: pieces with their rows, or faults. With a fault, the pieces are not to be used."""

    pieces: tuple[tuple[int, Facts], ...] = ()
    faults: tuple[Fault, ...] = ()


def read_list(content: bytes, name: str, kind: str, *, today: dt.date) -> Listed:
    """Return what a list holds; ``kind`` holds where a row names none. UnreadableError for a file that is no list."""
    found = inspect(content, name, largest=LARGEST, most_xml=MOST_XML)
    if found is Kind.XLSX:
        return _listed(_xlsx(content), kind, today)
    if found is Kind.TEXT:
        return _listed(_csv(content), kind, today)
    raise UnreadableError("not-a-form", kind=found.value)


def _xlsx(content: bytes) -> Iterator[Sequence[object]]:
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        yield from sheet.iter_rows(max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS, values_only=True)
    except (LookupError, ValueError, TypeError, AttributeError, ArithmeticError, SyntaxError) as error:  # of its XML
        raise UnreadableError("damaged") from error


def _csv(content: bytes) -> Iterator[Sequence[object]]:
    text = text_of(content) or ""
    separator = "\t" if "\t" in text.partition("\n")[0] else ","
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    except csv.Error as error:
        raise UnreadableError("damaged") from error


def _listed(rows: Iterable[Sequence[object]], kind: str, today: dt.date) -> Listed:
    numbered = enumerate(rows, 1)
    places: dict[str, int] = {}
    for _number, row in numbered:
        if any(_text(cell) for cell in row):
            places = {_text(cell): place for place, cell in enumerate(row) if _text(cell) in HEADINGS}
            break
    if missing := [heading for heading in NEEDED if heading not in places]:
        return Listed(faults=(Fault(1, f"缺少列：{'、'.join(missing)}。可用的列：{'、'.join(HEADINGS)}。"),))
    pieces: list[tuple[int, Facts]] = []
    faults: list[Fault] = []
    seen: dict[tuple[str, str], int] = {}
    for number, row in numbered:
        cells = {heading: row[place] if place < len(row) else None for heading, place in places.items()}
        if not any(_text(cell) for cell in cells.values()):
            continue
        if len(pieces) + len(faults) >= MOST_ROWS:
            faults.append(Fault(number, f"清单超过{MOST_ROWS}行，请分次导入。"))
            break
        try:
            facts = _facts(cells, kind, today)
        except EvidenceError as error:
            faults.append(Fault(number, error.zh))
        else:
            first = seen.setdefault((facts.kind, facts.serial), number)
            if first != number:
                faults.append(Fault(number, f"编号“{facts.serial}”与第{first}行重复。"))
            pieces.append((number, facts))
        if len(faults) >= MOST_FAULTS:
            break
    if not pieces and not faults:
        faults.append(Fault(2, "清单中没有数据行。"))
    return Listed(tuple(pieces), tuple(faults))


def _facts(cells: dict[str, object], kind: str, today: dt.date) -> Facts:
    said = _text(cells.get(KIND))
    code = KIND_CODES.get(said, said) if said else kind
    serial = _text(cells.get(SERIAL))
    if not serial:
        raise EvidenceError("serial_missing")
    result = RESULTS.get(_text(cells.get(RESULT)))
    if result is None:
        raise EvidenceError("result")
    day = _day(cells.get(DAY))
    if day is None:
        raise EvidenceError("day", day="")
    facts = Facts(
        code,
        _text(cells.get(TITLE)) or f"{name_of(code)}{serial}"[:200],
        day,
        serial,
        result,
        _day(cells.get(RECEIVED)) or day,
        _text(cells.get(LINK)),
    )
    return checked(facts, today=today, with_file=False)


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip().removeprefix("'")


def _day(cell: object) -> dt.date | None:
    """Return the day of a cell: a date, or text as 2023-07-31, 2023/7/31, 2023.7.31, 2023年7月31日, 20230731."""
    if isinstance(cell, dt.datetime):
        return cell.date()
    if isinstance(cell, dt.date):
        return cell
    text = _text(cell)
    if not text:
        return None
    parts = text.replace("年", "-").replace("月", "-").removesuffix("日").replace("/", "-").replace(".", "-").split("-")
    if len(parts) == 1 and len(text) == 8:
        parts = [text[:4], text[4:6], text[6:]]
    try:
        year, month, day = (int(part) for part in parts)
        return dt.date(year, month, day)
    except ValueError as error:
        raise EvidenceError("day", day=text) from error
