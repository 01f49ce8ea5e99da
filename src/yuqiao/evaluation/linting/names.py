"""Checks of names: two tasks in one, words that nobody can measure, names that differ by a sign."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from yuqiao.evaluation.design import WISHES, tasks
from yuqiao.evaluation.linting.plan import ENTERED, Concern, Plan, Severity, about, bare, doubled, quoted
from yuqiao.evaluation.targets import Operator

#: Longer names do not fit the form's column on two lines.
LONGEST = 40
#: Two names so alike are most likely meant to be one.
ALIKE = 0.86
LANGUAGES = "英法德俄西日韩阿葡"
#: What tells two things apart on purpose, though names differ by no more: 半年总结 and 全年总结.
OPPOSITES = {
    one + two
    for group in ("半全", "上下", "内外", "中外", "东西", "南北", "一二三四", LANGUAGES)
    for one in group
    for two in group
}


def compound(plan: Plan) -> Iterator[Concern]:
    """An indicator that holds several tasks is split, each with its own weight (S126)."""
    for one in plan.judged:
        found = tasks(one.name)
        if found:
            sentence = f"一个指标含{len(found)}项任务：{quoted(list(found))}；只完成一部分时无法计分。"
            yield about(one, Severity.DOUBT, "compound", sentence, "请拆分，并分别定指标值和分值。")


def vague(plan: Plan) -> Iterator[Concern]:
    """A wish without number, day or proof is neither specific nor measurable (S8)."""
    for one in plan.judged:
        words = [verb for verb in WISHES if verb in one.name]
        measured = one.counted or one.deadline is not None or one.formula != ENTERED or one.proof.strip()
        if words and one.target.operator is Operator.DONE and not measured:
            sentence = f"“{words[0]}”到什么程度没有写明，无法衡量。"
            yield about(one, Severity.DOUBT, "vague", sentence, "请改为可量化的指标，或写明认定标准和佐证材料。")


def too_long(plan: Plan) -> Iterator[Concern]:
    """Names are read in a narrow column."""
    for one in plan.lines:
        if len(one.name) > LONGEST:
            sentence = f"名称{len(one.name)}字，表格中难以阅读。"
            yield about(one, Severity.NOTE, "long-name", sentence, f"请压缩到{LONGEST}字以内。")


def same_name(plan: Plan) -> Iterator[Concern]:
    """Each indicator has its own name, and counts what no other one counts."""
    twice = set(doubled([bare(one.name) for one in plan.lines]))
    for one in plan.lines:
        if bare(one.name) in twice:
            yield about(one, Severity.ERROR, "same-name", "有两项指标同名。", "请改名，或合并。")
    sources = [one.formula for one in plan.leading if one.formula != ENTERED and one.counted]
    for formula in doubled(sources):
        names = [one.name for one in plan.leading if one.formula == formula]
        sentence = f"{quoted(names)}用同一数据来源，同一成绩会计分两次。"
        yield Concern(Severity.DOUBT, "same-source", names[0], sentence, "请合并，或限定各自的范围。")


def nearly_registered(plan: Plan) -> Iterator[Concern]:
    """A name that differs from a registered one by a sign or two is a slip of the pen (S135)."""
    known = {bare(one): one for one in plan.register}
    names = [(plan.name, None), *((one.name, one) for one in plan.lines)]
    own = {bare(name) for name, _ in names}
    for name, line in names:
        mine = bare(name)
        if not mine or mine in known:
            continue
        near = next((one for key, one in known.items() if key not in own and _alike(mine, key)), None)
        if near is None:
            continue
        sentence = f"名称“{name}”与登记的“{near}”只差一两个字。"
        where = Concern(Severity.DOUBT, "near-name", name, sentence, "请核对，按登记名称填写。")
        yield where if line is None else about(line, where.severity, where.rule, sentence, where.advice)


def _alike(one: str, other: str) -> bool:
    """Whether two names differ by a sign or two; numbers tell things apart and are no slip."""
    if abs(len(one) - len(other)) > 3 or min(len(one), len(other)) < 5:
        return False
    if re.findall(r"\d+", one) != re.findall(r"\d+", other):
        return False
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    if matcher.ratio() < ALIKE:
        return False
    return not any(one[a:b] + other[c:d] in OPPOSITES for _, a, b, c, d in matcher.get_opcodes())
