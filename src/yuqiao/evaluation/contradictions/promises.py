"""Words against facts: in full, on time, excellent; points for what came late; names as they are registered."""

from __future__ import annotations

import re
from collections.abc import Iterator

from yuqiao.evaluation.contradictions.finding import BEFORE, Finding, Place, Register, Report, place
from yuqiao.evaluation.contradictions.rates import BUDGET, stated
from yuqiao.evaluation.design import without_day
from yuqiao.evaluation.passages import Passage
from yuqiao.evaluation.quantities import quantities
from yuqiao.evaluation.sheet import Row, Sheet

#: 到位 is what was received, which a rate of payment does not contradict.
_IN_FULL = re.compile(r"(?<!未)(?<!不)(?:全额|足额)(?:拨付|支付|下达|执行|使用)")
_RATE = re.compile(r"(?:预算|资金|经费)(?:执行|完成|支付|支出|使用|到位)率[^，。；\d]{0,4}$")


def in_full(report: Report, register: Register) -> Iterator[Finding]:
    """Paid in full, while the rate says less (S81, S89, S137)."""
    for passage in report:
        for claim in _IN_FULL.finditer(passage.text):
            against = _rate_below(report) or _ratio_below(register.sheet)
            if against is not None:
                here = place(passage, *claim.span())
                yield Finding("in-full", f"写的是“{claim[0]}”，而{against.quote}。", here, against)


def _rate_below(report: Report) -> Place | None:
    for passage in report:
        for one in quantities(passage.text):
            if (
                one.unit == "%"
                and one.value < 100
                and _RATE.search(passage.text[max(0, one.start - BEFORE) : one.start])
            ):
                return place(passage, one.start, one.end)
    return None


def _ratio_below(sheet: Sheet | None) -> Place | None:
    if sheet is None or sheet.budget.ratio is None or sheet.budget.ratio >= 1:
        return None
    return Place("项目资金", sheet.budget.explanation.rstrip("。"))


_ON_TIME = re.compile(r"(?:全面|全部|均)(?:、|地)?(?:按时|按期|如期|及时)(?:、?保质|、?足额)?完成|全面完成各项")
_TROUBLE = re.compile(
    r"不达标|未达标|缺员|缺岗|人员缺失|未(?:能)?(?:按时|按期|如期|完成)|逾期|延期|推迟|滞后|(?:启动|完成)较晚|取消此?活动"
)
_NONE = re.compile(r"(?:没有|无|未发生|未出现|零|杜绝|避免)[^，。；]{0,6}$")


def on_time(report: Report, register: Register) -> Iterator[Finding]:
    """Everything in full and on time, while the text or the rows tell of a lack, or of lateness (S127, S137)."""
    for passage in report:
        for claim in _ON_TIME.finditer(passage.text):
            here = place(passage, *claim.span())
            for against in _troubles(report, register):
                yield Finding("on-time", f"写的是“{claim[0]}”，而另一处写明：{against.quote}。", here, against)


def _troubles(report: Report, register: Register) -> Iterator[Place]:
    """The first one of the text, those of the rows together, and each one of the registers."""
    told = (one for passage in report if (one := _trouble(passage)) is not None)
    yield from [one for one in [next(told, None)] if one is not None]
    if register.sheet is not None:
        below = [row.name for row in register.sheet.leading if _below(row)]
        late = [row.name for row in register.sheet.rows if _late(row)]
        if below:
            yield Place("绩效指标", f"未得满分：{'、'.join(below)}")
        if late:
            yield Place("绩效指标", f"晚于期限：{'、'.join(late)}")
    yield from (Place("登记", one) for one in register.troubles)


def _trouble(passage: Passage) -> Place | None:
    for one in _TROUBLE.finditer(passage.text):
        if not _NONE.search(passage.text[max(0, one.start() - BEFORE) : one.start()]):
            return place(passage, *one.span())
    return None


def _below(row: Row) -> bool:
    return row.score.value is not None and row.score.value < row.weight


def _late(row: Row) -> bool:
    return row.deadline is not None and row.measured.first_on is not None and row.measured.first_on > row.deadline


_GRADE = re.compile(
    r"(?:等级|评级|评定|结论|评价结果)(?:评定)?(?:为|是|：|:)*“?(优秀|良好|优|良|中|差)(?![\u4e00-\u9fff])"
)
_POINTS = re.compile(r"(?:总分|得分|自评分|评分|合计)[^，。；\d]{0,6}(\d+(?:\.\d+)?)\s*分?")


def grade(report: Report, register: Register) -> Iterator[Finding]:
    """A grade without points, or another one than the points give (S117, S137)."""
    points = next((one for passage in report if (one := _POINTS.search(passage.text))), None)
    sheet = register.sheet
    for passage in report:
        for claim in _GRADE.finditer(passage.text):
            here = place(passage, *claim.span())
            if sheet is not None and sheet.graded:
                if sheet.grade[:1] != claim[1][:1]:
                    there = Place("总分", f"{sheet.total}分，{sheet.grade}")
                    yield Finding("grade", f"等级写的是{claim[1]}，按总分应为{sheet.grade}。", here, there)
            elif points is None:
                yield Finding("grade-without-points", f"等级为{claim[1]}，但没有总分，也没有分项得分。", here)


def total(report: Report, register: Register) -> Iterator[Finding]:
    """A total in the text that is not the sheet's."""
    sheet = register.sheet
    if sheet is None or not sheet.graded:
        return
    for passage in report:
        for found in re.finditer(r"总分[^，。；\d]{0,6}(\d+(?:\.\d+)?)", passage.text):
            if found[1] not in {f"{sheet.total}", f"{sheet.total.normalize():f}"}:
                said = f"总分写的是{found[1]}，各项得分之和为{sheet.total}。"
                yield Finding("total", said, place(passage, *found.span()), Place("总分", f"{sheet.total}"))


def lateness(_report: Report, register: Register) -> Iterator[Finding]:
    """Full points beside a cause that tells of lateness: judged by the first hand-in, and only once (S80, S127)."""
    rows = register.sheet.rows if register.sheet else ()
    for row in rows:
        full = row.score.value is not None and row.score.value == row.weight
        if full and _late(row):
            said = f"“{row.name}”首次提交晚于期限，却得满分。"
            yield Finding(
                "late-but-full", said, _of(row), Place("期限", f"{row.deadline}，首次提交{row.measured.first_on}")
            )
        elif full and row.cause and not row.score.over_achieved:
            said = f"“{row.name}”得满分，却填写了偏差原因；及时与否以首次提交日期为准。"
            yield Finding("full-with-cause", said, _of(row), Place("偏差原因", row.cause))
    yield from _felt_once(rows)


def _felt_once(rows: tuple[Row, ...]) -> Iterator[Finding]:
    """The same activity late in one indicator and full in another: said to the reader, who may know why."""
    for row in rows:
        if not _below(row) or not _LATE_WORDS.search(row.cause):
            continue
        for other in rows:
            if row.id == other.parent or other.id == row.parent:
                continue
            common = _common(without_day(row.name), without_day(other.name))
            if other is not row and other.score.value == other.weight and not other.cause and common:
                said = f"“{common}”的延误只影响“{row.name}”，“{other.name}”得满分。"
                yield Finding("late-elsewhere", said, _of(row), _of(other))


_LATE_WORDS = re.compile(r"晚|迟|延|逾期|滞后|未按")
SHORTEST_COMMON = 4


def _common(one: str, two: str) -> str:
    """Return the longest text that both names hold, "" if shorter than four characters."""
    spans = [one[a:b] for a in range(len(one)) for b in range(a + SHORTEST_COMMON, len(one) + 1) if one[a:b] in two]
    return max(spans, key=len, default="")


def _of(row: Row) -> Place:
    points = "" if row.score.value is None else f"（{row.score.value}/{row.weight}分）"
    return Place("绩效指标", f"{row.name}{points}")


def names(report: Report, register: Register) -> Iterator[Finding]:
    """A project's or an indicator's name written otherwise than registered (S135)."""
    seen: set[str] = set()
    for passage in report:
        for one in _title_variants(passage, register.name):
            if one not in seen:
                seen.add(one)
                at = passage.text.find(one)
                said = f"项目名称写作“{one}”，登记的是“{register.name}”。"
                yield Finding("name", said, place(passage, at, at + len(one)), Place("项目登记", register.name))
    for row in register.sheet.rows if register.sheet else ():
        for passage in report:
            yield from _misspelt(passage, row.name)


def _title_variants(passage: Passage, name: str) -> Iterator[str]:
    if len(name) < 6:
        return
    for one in re.finditer(re.escape(name[:4]) + r"[^，。；、：:“”（）()\d]{0,20}?项目", passage.text):
        if one[0] not in name and name not in one[0] and name.rstrip("项目") != one[0].rstrip("项目"):
            yield one[0]


LONG_NAME = 8


def _misspelt(passage: Passage, name: str) -> Iterator[Finding]:
    """One other character in a long name."""
    if len(name) < LONG_NAME or name in passage.text:
        return
    for half, offset in ((name[: len(name) // 2], 0), (name[len(name) // 2 :], len(name) // 2)):
        for found in re.finditer(re.escape(half), passage.text):
            begin = found.start() - offset
            written = passage.text[max(0, begin) : begin + len(name)]
            if len(written) == len(name) and sum(a != b for a, b in zip(written, name, strict=True)) == 1:
                said = f"指标名称写作“{written}”，登记的是“{name}”。"
                yield Finding("name", said, place(passage, begin, begin + len(name)), Place("绩效指标", name))
                return


def over_hundred(report: Report, register: Register) -> Iterator[Finding]:
    """A rate of execution above its budget needs a word."""
    for one in stated(report, register):
        if one.basis.startswith(BUDGET) and one.exact > 100:
            yield Finding("over-budget", f"{one.basis}超过100%。", one.place)
