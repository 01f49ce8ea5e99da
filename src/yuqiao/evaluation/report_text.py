"""The evaluation report's chapters and their text, every number bound to its figure (S7). Pure.

An author's text stands in place of a section's default; both name figures in braces. What the platform writes itself
holds no number that is not a figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from yuqiao.evaluation.claims import Verdict, conclusion
from yuqiao.evaluation.passages import SENTENCE, Passage
from yuqiao.evaluation.quantities import Quantity, quantities
from yuqiao.evaluation.report_figures import MARK, TARGET, Figure, FigureError, name_of, named
from yuqiao.evaluation.sheet import Sheet


@dataclass(frozen=True, slots=True)
class SectionKind:
    """One section: ``chapter`` titles stand before their first one. ``asks`` says in Chinese what belongs there."""

    code: str
    chapter: str
    title: str
    asks: str
    default: str = ""


PROJECT, METHOD, RESULT = "一、项目概述", "二、绩效评价概述", "三、评价结论与绩效分析"
SECTIONS: tuple[SectionKind, ...] = (
    SectionKind(
        "background",
        PROJECT,
        "（一）项目背景",
        "立项背景、服务对象、资金安排",
        "{project}由{unit}实施。本项目{year}年预算金额{budget}万元，实际支付{paid}万元，预算执行率为{execution}。",
    ),
    SectionKind("goals", PROJECT, "（二）项目目标", "年度总体目标及各项分目标"),
    SectionKind("content", PROJECT, "（三）项目内容", "服务内容、服务方式、覆盖范围"),
    SectionKind("implementation", PROJECT, "（四）项目实施情况", "全年组织实施和完成情况"),
    SectionKind(
        "purpose",
        METHOD,
        "（一）评价目的",
        "评价目的",
        "本次绩效评价旨在全面分析和综合评价{project}财政资金的使用和管理情况，为提高财政资金使用效益、强化支出责任提供依据。",
    ),
    SectionKind(
        "design",
        METHOD,
        "（二）评价设计与实施",
        "评价的组织、步骤和数据来源",
        "本次评价为自评，由{unit}组织实施。年初确定绩效指标{indicators}项，年中进行监控评审，年末冻结数据；各项完成值均由系统记录或佐证材料得出。",
    ),
    SectionKind("indicators", METHOD, "（三）绩效评价指标体系和评分标准方法", "指标、指标值和实际完成值"),
    SectionKind("conclusion", RESULT, "（一）总体结论", "有数据或佐证材料支持的结论"),
    SectionKind(
        "analysis",
        RESULT,
        "（二）绩效分析",
        "逐项分析完成情况及原因",
        "{year}年全年承接{calls}通来电，比{year_before}年的{calls_before}通{calls_more}通，变动幅度为{growth}。"
        "全年预算{budget}万元，结余{unspent}万元。",
    ),
    SectionKind("experience", "四、主要绩效或成功经验", "", "可推广的做法"),
    SectionKind("problems", "五、存在问题或不足", "", "偏差及其原因"),
    SectionKind("advice", "六、相关建议", "", "改进措施和建议"),
)
BY_CODE: Mapping[str, SectionKind] = {one.code: one for one in SECTIONS}
#: Sections that the data write; an author adds to them and cannot take away.
COMPUTED = frozenset({"indicators", "conclusion"})
#: Sections whose default repeats what the form says, word for word: braces in it are no marks.
REPEATED = frozenset({"goals", "implementation", "problems", "advice"})


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text; ``figure`` names the figure it prints, "" for words."""

    text: str
    figure: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph; ``own``: an author wrote it."""

    spans: tuple[Span, ...]
    own: bool = False

    @property
    def text(self) -> str:
        """Return the words without what they are bound to."""
        return "".join(one.text for one in self.spans)


@dataclass(frozen=True, slots=True)
class Part:
    """One section as it is printed; ``chapter`` is set where a new one begins. ``own``: an author wrote to it."""

    code: str
    chapter: str
    title: str
    paragraphs: tuple[Paragraph, ...]
    own: bool = False


@dataclass(frozen=True, slots=True)
class ReportText:
    """The whole text, ready to be printed, with every figure it prints."""

    title: str
    evaluator: str
    parts: tuple[Part, ...]
    figures: Mapping[str, Figure]

    @property
    def empty(self) -> tuple[str, ...]:
        """Return the titles of the sections that nobody wrote yet."""
        return tuple(part.title or BY_CODE[part.code].chapter for part in self.parts if not part.paragraphs)


def default_of(code: str, sheet: Sheet) -> str:
    """Return a section's text as the platform proposes it; figures in braces. KeyError for no section."""
    kind = BY_CODE[code]
    makers = {
        "goals": _goals,
        "implementation": _achieved,
        "indicators": _indicators,
        "problems": _problems,
        "advice": _advice,
    }
    return makers[code](sheet) if code in makers else kind.default


def _goals(sheet: Sheet) -> str:
    return _with(sheet.goal, [one.goal for one in sheet.strands])


def _achieved(sheet: Sheet) -> str:
    return _with(sheet.achieved, [one.achieved for one in sheet.strands])


def _with(whole: str, strands: Sequence[str]) -> str:
    """Return a text with its strands, a paragraph each; a strand that the text names already is not said again."""
    return "\n".join([one for one in [whole] if one] + [one for one in strands if one and one not in whole])


def _indicators(sheet: Sheet) -> str:
    """One paragraph for each category, every actual by the indicator's name."""
    groups: dict[str, list[str]] = {}
    for row in sheet.leading:
        name = name_of(row, sheet)
        words = row.name.translate(NO_MARKS)
        groups.setdefault(row.level2, []).append(f"{words}：指标值{{{name}|{TARGET}}}，实际完成{{{name}}}。")
    return "\n".join(f"{level.translate(NO_MARKS)}。{''.join(said)}" for level, said in groups.items())


#: A name is words, whatever signs it holds.
NO_MARKS = str.maketrans("{}", "｛｝")


def _problems(sheet: Sheet) -> str:
    return "\n".join(f"{row.name}：{_ended(row.cause)}" for row in sheet.rows if row.cause)


def _advice(sheet: Sheet) -> str:
    return "\n".join(f"针对{row.name}：{_ended(row.remedy)}" for row in sheet.rows if row.remedy)


def _ended(text: str) -> str:
    return text if text.endswith(("。", "！", "？")) else f"{text}。"


def used(sheet: Sheet, written: Mapping[str, str]) -> list[str]:
    """Return all texts of a report that may name figures, so that their figures can be measured."""
    own = [text for text in written.values() if text.strip()]
    return own + [default_of(one.code, sheet) for one in SECTIONS if one.code not in REPEATED] + [GRADED]


GRADED = "项目绩效自评总分{total}分，自评等级为{grade}。"


def compose(
    sheet: Sheet, written: Mapping[str, str], figures: Mapping[str, Figure], verdicts: Sequence[Verdict]
) -> ReportText:
    """Return the report's text: an author's section or its default, figures filled in, claims as judged.

    FigureError for a name that is no figure. A sentence of a default whose figures are unknown is left out.
    """
    parts, chapter = [], ""
    for kind in SECTIONS:
        own = written.get(kind.code, "").strip()
        paragraphs = [] if own and kind.code not in COMPUTED else _filled_default(kind.code, sheet, figures, verdicts)
        paragraphs += [replace(fill(line, figures), own=True) for line in own.splitlines() if line.strip()]
        begins = kind.chapter if kind.chapter != chapter else ""
        chapter = kind.chapter
        parts.append(Part(kind.code, begins, kind.title, tuple(paragraphs), bool(own)))
    printed = {span.figure for part in parts for one in part.paragraphs for span in one.spans if span.figure}
    return ReportText(
        f"{sheet.header.name}评价结果报告",
        sheet.header.department,
        tuple(parts),
        {name: figures[name] for name in sorted(printed)},
    )


def _filled_default(
    code: str, sheet: Sheet, figures: Mapping[str, Figure], verdicts: Sequence[Verdict]
) -> list[Paragraph]:
    if code == "conclusion":
        said = [conclusion(verdicts), GRADED]
        return [fill(line, figures) for line in said if line and known(line, figures)]
    if code in REPEATED:
        return [Paragraph((Span(line),)) for line in default_of(code, sheet).splitlines() if line.strip()]
    lines = []
    for line in default_of(code, sheet).splitlines():
        kept = "".join(sentence for sentence in SENTENCE.findall(line) if known(sentence, figures))
        if kept.strip():
            lines.append(fill(kept, figures))
    return lines


def known(text: str, figures: Mapping[str, Figure]) -> bool:
    """Tell whether every figure that a text names has a value."""
    return all((one := figures.get(name)) is not None and one.text is not None for name in named(text))


def fill(text: str, figures: Mapping[str, Figure]) -> Paragraph:
    """Return one paragraph with its figures printed; a figure without a value prints （暂无数据） and stays bound."""
    missing = [name for name in named(text) if name not in figures]
    if missing:
        raise FigureError(missing, figures)
    spans, at = [], 0
    for mark in MARK.finditer(text):
        if mark.start() > at:
            spans.append(Span(text[at : mark.start()]))
        figure = figures[mark[1].strip()]
        spans.append(Span(UNKNOWN if figure.text is None else figure.text, figure.name))
        at = mark.end()
    if at < len(text):
        spans.append(Span(text[at:]))
    return Paragraph(tuple(spans))


UNKNOWN = "（暂无数据）"


def passages(report: ReportText) -> tuple[Passage, ...]:
    """Return the report's text for the checks of contradictions; paragraphs are sentences of one passage."""
    found = []
    for part in report.parts:
        text = "".join(_ended(one.text) for one in part.paragraphs)
        if text:
            found.append(Passage(part.title or BY_CODE[part.code].chapter, text))
    return tuple(found)


def passages_of_form(sheet: Sheet) -> tuple[Passage, ...]:
    """Return what the form says in words: goals, what came of them, and the remarks (S4)."""
    pairs = [("预期目标", _goals(sheet)), ("实际完成情况", _achieved(sheet))]
    pairs += [(f"偏差原因：{row.name}", row.remark) for row in sheet.rows if row.remark]
    return tuple(Passage(title, text.replace("\n", "")) for title, text in pairs if text.strip())


def loose(part: Part) -> list[Quantity]:
    """Return the numbers that an author typed instead of naming their figure; what carries no unit is passed over."""
    words = "，".join(span.text for one in part.paragraphs if one.own for span in one.spans if not span.figure)
    return [one for one in quantities(words) if one.unit not in {"", "年", "月", "日"}]
