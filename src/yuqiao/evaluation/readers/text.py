"""A self-evaluation form from plain text: pasted, or as a PDF gives it, its cells broken over lines.

An indicator is recognised from behind: its name is whatever stands before a target, an actual, a weight and points.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

from yuqiao.evaluation.form import Form, FundsRow, IndicatorRow
from yuqiao.evaluation.readers.goals import goals_in_text
from yuqiao.evaluation.readers.remarks import place_remarks, split_remarks

FIRST_LEVEL = ("产出指标", "效益指标", "满意度指标")
SECOND_LEVEL = {
    "数量指标": "产出指标",
    "质量指标": "产出指标",
    "时效指标": "产出指标",
    "成本指标": "产出指标",
    "经济效益指标": "效益指标",
    "社会效益指标": "效益指标",
    "生态效益指标": "效益指标",
    "可持续影响指标": "效益指标",
    "服务对象满意度指标": "满意度指标",
}
LABELS = ("项目名称", "主管部门", "实施单位", "项目负责人", "联系电话")
FUNDS = ("年度资金总额", "当年财政拨款", "上年结转资金", "其他资金")
HEADINGS = frozenset(
    {
        "一级指标",
        "二级指标",
        "三级指标",
        "年度指标值",
        "年度指标值（A）",
        "实际完成值",
        "实际完成值（B）",
        "分值",
        "得分",
    }
    | {"绩", "效", "指", "标", "绩效指标", "偏差原因分析及改进措施"}
)
MONEY = r"-?\d[\d,]*\.?\d*|—|-"
#: A label may be broken anywhere; six cells follow it, and a seventh where the points stand on the same page.
FUNDS_LABEL = "|".join(r"\s*".join(label) for label in FUNDS)
FUNDS_ROW = re.compile(
    rf"({FUNDS_LABEL})\s+({MONEY})\s+({MONEY})\s+({MONEY})\s+({MONEY})\s+([\d.]+%|—|-)(?:[ \t]+({MONEY}))?(?=\s|$)"
)
#: A target stands alone; behind it an actual of one cell's length, a weight, and points with decimals.
TARGET = re.compile(r"(?<=\s)(?:[‘’'\"]?[＝=≥≤＞＜>]\S+|是)(?=\s)")
CELLS = re.compile(r"\s+(\S.{0,200}?)\s+(\d+(?:\.\d+)?)\s+(\d+\.\d+)(?=\s|$|[\u4e00-\u9fff])", re.DOTALL)
TOTAL = re.compile(r"总分[:：]?\s*([\d.]+)\s+([\d.]+)")
YEAR = re.compile(r"[（(]\s*(\d{4})\s*年度?\s*[）)]")
REMARKS = "偏差原因分析及改进措施"
#: Signs that PDF fonts name as radicals and that have no compatibility mapping of their own (Unicode, 2E80–2EFF).
RADICALS = str.maketrans(
    "⺠⻄⻅⻆⻉⻋⻓⻔⻘⻚⻛⻜⻝⻢⻣⻤⻥⻦⻩⻬⻮⻰⻳", "民西见角贝车长门青页风飞食马骨鬼鱼鸟黄齐齿龙龟"
)
KANGXI = re.compile("[\u2f00-\u2fdf]")


def read_text(text: str) -> Form:
    """Return the form that a text holds; what cannot be placed is listed in ``not_understood``."""
    text = mended(text)
    lines = [line.strip() for line in text.splitlines()]
    total = TOTAL.search(text)
    year = YEAR.search(text)
    begin = next((n for n, line in enumerate(lines) if line.startswith("一级指标")), None)
    body = "\n".join(lines[begin + 1 :] if begin is not None else [])
    body = body[: found.start()] if (found := TOTAL.search(body)) else body
    indicators, lost = _indicators(body, 0 if begin is None else begin + 1)
    loose = _loose_remarks(lines)
    indicators, left = place_remarks(indicators, loose)
    lost += [f"备注与指标行失去对应：{one}" for one in left]
    moved = [one.where for one in indicators if one.remark]
    said = f"{len(moved)}条备注与指标行失去对应（跨页），已按顺序和内容对应到{'、'.join(moved)}，请核对。"
    goal, achieved = goals_in_text(lines)
    return Form(
        title=next((line for line in lines if line), ""),
        year=year.group(1) if year else "",
        header=_header(lines),
        funds=_funds(text),
        indicators=tuple(indicators),
        total_weight=total.group(1) if total else "",
        total_points=total.group(2) if total else "",
        not_understood=tuple(lost),
        guessed=(said,) if moved else (),
        goal=goal,
        achieved=achieved,
    )


def mended(text: str) -> str:
    """Return a PDF's text with radicals as signs, and without the spaces that a change of font leaves in cells."""
    text = re.sub(r"[ \t]{2,}", " ", text)
    text = KANGXI.sub(lambda found: unicodedata.normalize("NFKC", found.group()), text.translate(RADICALS))
    text = re.sub(r"(?<=[（(])[ \t]+|[ \t]+(?=[）)])|[ \t]+(?=（)", "", text)
    text = re.sub(r"(?<=[＝=≥≤＞＜])[ \t]+|(?<=[‘’])[ \t]+(?=[＝=≥≤＞＜])", "", text)
    return re.sub(r"(?<=\d)[ \t]+(?=[\u4e00-\u9fff])", "", text)


def _header(lines: list[str]) -> dict[str, str]:
    header: dict[str, str] = {}
    for line in lines:
        found = sorted((line.find(label), label) for label in LABELS if label in line)
        ends = [*(at for at, _ in found[1:]), len(line)]
        for (at, label), end in zip(found, ends[: len(found)], strict=True):
            header.setdefault(label, line[at + len(label) : end].strip(" :："))
    return header


def _funds(text: str) -> tuple[FundsRow, ...]:
    rows = [found.groups() for found in FUNDS_ROW.finditer(text)]
    # A second page may hold the points alone, in the order of the rows.
    spilled: list[str] = []
    after = text.rpartition("\n得分\n")[2] if "\n得分\n" in text else ""
    for cell in after.split():
        if not re.fullmatch(rf"{MONEY}", cell):
            break
        spilled.append(cell)
    return tuple(
        FundsRow(
            re.sub(r"\s", "", name),
            initial,
            adjusted,
            executed,
            weight,
            rate,
            points or (spilled[n] if len(spilled) == len(rows) else ""),
        )
        for n, (name, initial, adjusted, executed, weight, rate, points) in enumerate(rows)
    )


def _indicators(body: str, before: int) -> tuple[list[IndicatorRow], list[str]]:
    """Return the rows of a text that begins after so many lines, and what lies between them."""
    rows: list[IndicatorRow] = []
    lost: list[str] = []
    level2 = ""
    at = line = 0
    body = f"\n{body}"  # a target stands behind white space, the first one too
    for target in TARGET.finditer(body):
        cells = CELLS.match(body, target.end()) if target.start() >= at else None
        if cells is None:
            continue
        remark, name = _remark_before(body[at : target.start()])
        if remark and rows:
            rows[-1] = replace(rows[-1], remark=remark)
        level2, clean = _levels(name, level2)
        line += body.count("\n", at, target.start())
        where = f"第{len(rows) + 1}项，第{before + line}行"
        actual, weight, points = cells.groups()
        joined = re.sub(r"\s+", "", actual)
        level1 = SECOND_LEVEL.get(level2, "")
        rows.append(IndicatorRow(level1, level2, clean, target.group(), joined, weight, points, where=where))
        line += body.count("\n", target.start(), cells.end())
        at = cells.end()
    lost += _left_over(body[at:])
    return rows, lost


def _remark_before(words: str) -> tuple[str, str]:
    """Return the remark of the row before, which runs on until the labels of this one, and what begins with them."""
    joined = "".join(word for word in words.split() if word not in HEADINGS)
    places = [joined.find(label.removesuffix("标")) for label in (*SECOND_LEVEL, *FIRST_LEVEL)]
    begin = min((place for place in places if place >= 0), default=0)
    return joined[:begin], joined[begin:]


def _levels(words: str, before: str) -> tuple[str, str]:
    """Return the second level and the indicator's name; labels may be broken over lines, or missing: then as before."""
    joined = "".join(word for word in words.split() if word not in HEADINGS)
    level2 = before
    changed = True
    while changed:
        changed = False
        for label in (*SECOND_LEVEL, *FIRST_LEVEL):
            stem = label.removesuffix("标")  # the last sign may stand alone on a line, like those of a vertical heading
            if joined.startswith(stem) and joined not in {stem, label}:
                level2 = label if label in SECOND_LEVEL else level2
                joined, changed = joined.removeprefix(stem).removeprefix("标"), True
    return level2, joined


def _left_over(text: str) -> list[str]:
    words = [word for word in text.split() if word not in HEADINGS]
    return [" ".join(words)] if words else []


def _loose_remarks(lines: list[str]) -> list[str]:
    """Return the remarks that stand alone, on a page that holds no rows."""
    if REMARKS not in lines:
        return []
    after = lines[lines.index(REMARKS) + 1 :]
    return split_remarks(after)
