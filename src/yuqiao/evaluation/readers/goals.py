"""The year's goal and what came of it (预期目标, 实际完成情况), from cells or from text."""

from __future__ import annotations

import re
from collections.abc import Sequence

GOAL, ACHIEVED, END = "预期目标", "实际完成情况", "一级指标"
#: The label that stands upright beside both, each sign on its own line.
UPRIGHT = frozenset({"年", "度", "总", "体", "目", "标", "年度总体目标", "年度目标"})
_SENTENCE_END = ("。", "！", "？", "；")


def goals_in_cells(rows: Sequence[Sequence[str]]) -> tuple[str, str]:
    """Return goal and achievement from the rows under their headings; empty where there are no such headings."""
    flat = [[re.sub(r"\s+", "", cell) for cell in row] for row in rows]
    for place, row in enumerate(flat):
        if GOAL in row and ACHIEVED in row:
            left, right = row.index(GOAL), row.index(ACHIEVED)
            under = _until_indicators(rows[place + 1 :], flat[place + 1 :])
            return _column(under, left), _column(under, right)
    return "", ""


def _until_indicators(rows: Sequence[Sequence[str]], flat: Sequence[Sequence[str]]) -> list[Sequence[str]]:
    end = next((n for n, row in enumerate(flat) if END in row or {GOAL, ACHIEVED} & set(row)), len(flat))
    return list(rows[:end])


def _column(rows: Sequence[Sequence[str]], column: int) -> str:
    cells = [row[column].strip() for row in rows if column < len(row)]
    return joined([line for cell in cells for line in cell.splitlines()])


def goals_in_text(lines: Sequence[str]) -> tuple[str, str]:
    """Return goal and achievement from the lines between their headings and the indicators.

    They stand one after the other, as a PDF gives two cells; the goal ends with a sentence before an empty line.
    """
    begin = next((n for n, line in enumerate(lines) if GOAL in line and ACHIEVED in line), None)
    if begin is None:
        return "", ""
    end = next((n for n, line in enumerate(lines) if n > begin and line.startswith(END)), len(lines))
    body = [line.strip() for line in lines[begin + 1 : end]]
    texts = [line for line in body if line not in UPRIGHT]
    while texts and not texts[0]:
        texts.pop(0)
    cut = next(
        (n for n, line in enumerate(texts) if not line and n and texts[n - 1].endswith(_SENTENCE_END)), len(texts)
    )
    return joined(texts[:cut]), joined(texts[cut:])


#: No column of such a form holds longer lines: text with longer ones was not broken by a page.
WIDEST = 45


def joined(lines: Sequence[str]) -> str:
    """Return lines as paragraphs.

    Lines of a page are joined, except behind a sentence that ends clearly before the margin; others are paragraphs.
    """
    told = [one for one in (_tight(line) for line in lines) if one]
    longest = max(map(len, told), default=0)
    if longest > WIDEST:
        return "\n".join(told)
    text = ""
    for line in told:
        text += line
        if line.endswith(_SENTENCE_END) and len(line) < longest * 4 // 5:
            text += "\n"
    return text.strip()


def _tight(line: str) -> str:
    """Return a line without the spaces that a change of font leaves beside Chinese signs."""
    signs = r"[\u4e00-\u9fff，。、；：（）“”《》]"
    return re.sub(rf"(?<={signs})[ \t]+|[ \t]+(?={signs})", "", line.strip())
