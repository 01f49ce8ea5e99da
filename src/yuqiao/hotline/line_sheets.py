"""The registry as tables: xlsx of lines, agreements, numbers dialled, past mergers; or CSV of one. No database.

What is written reads back the same. Reading gives every cell's fault with its row, and a table with a fault in it
gives nothing else (`lib.tables`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

from yuqiao.hotline.registry import CLASSES, RECORDING, WAYS_IN, Entry, Exclusion, Merger, Pact, Way
from yuqiao.lib import cells
from yuqiao.lib.cells import MOST_BYTES, YES_NO, CellError, cells_of
from yuqiao.lib.tables import (
    Column,
    Kind,
    RowFault,
    certain_day,
    day,
    fault,
    heading_row,
    iso,
    listed,
    named,
    parts,
    rows_of,
    whole,
    yes,
)

Row = TypeVar("Row", Entry, Pact, Way, Merger)

CLASS_NAMES: Final = dict(zip(CLASSES, ("紧急服务热线", "政务服务热线", "公共服务热线", "本平台热线"), strict=True))
WAY_NAMES: Final = dict(zip(WAYS_IN, ("坐席同机呼入", "转接呼入", "直拨本号"), strict=True))
RECORDING_NAMES: Final = dict(zip(RECORDING, ("依法录音", "告知并可拒绝", "不录音"), strict=True))
EXCLUSION_NAMES: Final = {Exclusion.JUDICIAL.value: "司法", Exclusion.SECRET.value: "涉密"}
OLD_RECORDING: Final = {YES_NO[True]: "ask", YES_NO[False]: "never"}

_write_class, _read_class = named(CLASS_NAMES)
_write_way, _read_way = named(WAY_NAMES)
_write_recording, _read_recording = named(RECORDING_NAMES)

LINE_COLUMNS: Final = (
    Column("线路号码", "number", str, str),
    Column("名称", "name_zh", str, str),
    Column("英文名称", "name_en", str, str),
    Column("类别", "line_class", _write_class, _read_class),
    Column("主管部门编码", "owner", str, str),
    Column("坐席地址", "agent_contact", str, str),
    Column("优先级", "priority", str, whole),
    # Tables of before there was a choice say 是 or 否.
    Column("录音", "recording", _write_recording, lambda text: OLD_RECORDING.get(text) or _read_recording(text)),
    Column("纳入三方通话联动", "linked", YES_NO.__getitem__, yes),
    Column("并入线路", "merged_into", str, str),
    Column("并入日期", "merged_from", iso, day),
    Column("并入截止", "merged_until", iso, day),
    Column("启用日期", "valid_from", iso, day),
    Column("停用日期", "valid_until", iso, day),
    Column("常用语种", "languages", ",".join, parts),
    Column("不受理内容", "excludes", *listed(EXCLUSION_NAMES)),
)
PACT_COLUMNS: Final = (
    Column("线路号码", "line", str, str),
    Column("部门编码", "department", str, str),
    Column("签订日期", "signed_on", iso, day),
    Column("有效期至", "valid_until", iso, day),
)
MERGER_COLUMNS: Final = (
    Column("线路号码", "line", str, str),
    Column("曾并入线路", "into", str, str),
    Column("并入日期", "since", iso, certain_day),
    Column("并入截止", "until", iso, certain_day),
)
WAY_COLUMNS: Final = (
    Column("呼入号码", "number", str, str),
    Column("线路号码", "line", str, str),
    Column("呼入方式", "way_in", _write_way, _read_way),
    Column("语种", "language", str, str),
)


LINES: Final[Kind[Entry]] = Kind("线路", LINE_COLUMNS, Entry, ("number",))
PACTS: Final[Kind[Pact]] = Kind("联动协议", PACT_COLUMNS, Pact, ("line", "department"))
MERGERS: Final[Kind[Merger]] = Kind("并入沿革", MERGER_COLUMNS, Merger, ("line", "since"))
WAYS: Final[Kind[Way]] = Kind("呼入号码", WAY_COLUMNS, Way, ("number",))


@dataclass(slots=True)
class Tables:
    """What was read: rows with their place in the file, and faults. With a fault, the rows are not to be used."""

    lines: list[tuple[int, Entry]]
    pacts: list[tuple[int, Pact]]
    ways: list[tuple[int, Way]]
    faults: list[RowFault]
    mergers: list[tuple[int, Merger]] = field(default_factory=list)


def to_csv(kind: Kind[Row], rows: Iterable[Row]) -> bytes:
    """Return one table as CSV."""
    return kind.to_csv(rows)


def to_xlsx(
    entries: Iterable[Entry], pacts: Iterable[Pact], ways: Iterable[Way] = (), mergers: Iterable[Merger] = ()
) -> bytes:
    """Return all tables as sheets of one workbook."""
    return cells.to_xlsx(
        {
            LINES.sheet: LINES.table(entries),
            PACTS.sheet: PACTS.table(pacts),
            WAYS.sheet: WAYS.table(ways),
            MERGERS.sheet: MERGERS.table(mergers),
        }
    )


def read(data: bytes) -> Tables:
    """Read what `to_xlsx` or `to_csv` wrote, or what people made of it. Says what is wrong; never raises for it."""
    found = Tables([], [], [], [])
    if len(data) > MOST_BYTES:
        found.faults.append(RowFault("", 0, fault("", "file_too_large", most=str(MOST_BYTES // 2**20))))
        return found
    try:
        sheets = cells_of(data)
    except CellError as error:
        found.faults.append(RowFault("", 0, fault("", error.code)))
        return found
    known = 0
    for name, rows in sheets:
        if not any(any(row) for row in rows):
            continue
        match name or _sheet_of(rows):  # CSV has no name: its headings tell
            case LINES.sheet:
                found.lines += rows_of(LINES, rows, found.faults)
            case PACTS.sheet:
                found.pacts += rows_of(PACTS, rows, found.faults)
            case WAYS.sheet:
                found.ways += rows_of(WAYS, rows, found.faults)
            case MERGERS.sheet:
                found.mergers += rows_of(MERGERS, rows, found.faults)
            case _:
                found.faults.append(RowFault(name, 0, fault("", "unknown_sheet", text=name)))
        known += 1
    if not known:
        found.faults.append(RowFault("", 0, fault("", "empty_file")))
    return found


def _sheet_of(rows: Sequence[Sequence[str]]) -> str:
    """Return the sheet that has a heading no other has; that of lines where none is known."""
    own = ((PACTS, "部门编码"), (MERGERS, "曾并入线路"), (WAYS, "呼入号码"))
    for kind, heading in own:
        if heading in {cell.strip() for cell in rows[heading_row(kind, rows)]}:
            return kind.sheet
    return LINES.sheet
