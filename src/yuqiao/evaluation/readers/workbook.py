"""The sheets of an xlsx as rows of cells, as a person sees them: 0.9962 in a format of per cent is 99.62%.

Sheets are read as a stream and only as far as a form reaches, so that a cell at the end of the grid costs nothing.
"""

from __future__ import annotations

import datetime as dt
import re
import warnings
from collections.abc import Iterator
from decimal import Decimal
from io import BytesIO

import openpyxl

from yuqiao.evaluation.amounts import plain, rounded
from yuqiao.evaluation.readers.errors import UnreadableError

MOST_ROWS = 5_000
MOST_COLUMNS = 64
MOST_SHEETS = 50
#: Empty rows up to the grid's end (1,048,576) are passed over; beyond this many cells nobody has written a form.
MOST_CELLS = 80_000_000


def read_xlsx(content: bytes) -> tuple[list[list[str]], list[str]]:
    """Return the rows of all visible sheets, and where each stands (第12行).

    A merged cell stands in its first place, the others are empty.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that a form does not need
            book = openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=True)
            found = list(_rows(book))
    except UnreadableError:
        raise
    except Exception as error:  # whatever the library falls over, the file is to blame
        raise UnreadableError("damaged") from error
    several = len({title for _, title, _ in found}) > 1
    places = [f"{title}第{number}行" if several else f"第{number}行" for _, title, number in found]
    return [cells for cells, _, _ in found], places


def _rows(book: openpyxl.Workbook) -> Iterator[tuple[list[str], str, int]]:
    """Yield the cells of each row that holds any, the sheet's title and the row's number in it."""
    seen = 0
    for sheet in [one for one in book.worksheets if one.sheet_state == "visible"][:MOST_SHEETS]:
        for number, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS + 1), 1):
            cells = ["" if cell.value is None else shown(cell.value, cell.number_format) for cell in row]
            seen += len(cells)
            too_far = number > MOST_ROWS or (len(cells) > MOST_COLUMNS and cells[-1])
            if seen > MOST_CELLS or (too_far and any(cells)):
                raise UnreadableError("cells", rows=MOST_ROWS, columns=MOST_COLUMNS)
            if any(cells):
                yield cells, sheet.title, number


def shown(value: object, number_format: str) -> str:
    """Return a cell as the sheet shows it; a float is taken as the shortest decimal that means it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ", "minutes")
    if not isinstance(value, int | float | Decimal):
        return str(value)
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not number.is_finite():
        return ""
    pattern = re.sub(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.', "", number_format.partition(";")[0])
    percent = pattern.rstrip().endswith("%")
    found = re.search(r"\.([0#?]+)", pattern)
    number = number * 100 if percent else number
    if "0" not in pattern:
        return plain(number)
    places = len(found.group(1)) if found else 0
    unit = re.search(r'[0#?]"([^"]*)"\s*$', number_format.partition(";")[0])  # 0"次" shows 6次
    return f"{rounded(number, places):.{places}f}{'%' if percent else ''}{unit.group(1) if unit else ''}"
