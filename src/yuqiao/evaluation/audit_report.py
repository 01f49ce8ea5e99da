"""What an auditor reads: findings of one form grouped by what is wrong, a line for each of many forms, or JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from yuqiao.evaluation.amounts import plain
from yuqiao.evaluation.audit import audit, guess
from yuqiao.evaluation.checks.points import points_added
from yuqiao.evaluation.findings import Finding, Weight, number
from yuqiao.evaluation.form import Form
from yuqiao.evaluation.readers.errors import UnreadableError
from yuqiao.evaluation.schemes import Scheme

#: Rule -> what a group of such findings is called.
TITLES = {
    "target": "年度指标值无法识别",
    "no-points": "分值或得分不是数字",
    "no-actual": "实际完成值不是数字",
    "amounts": "预算金额与执行率不符",
    "rate": "执行率有误",
    "rate-rounding": "执行率进位规则不一致",
    "budget-points": "预算得分有误",
    "overspent": "超预算执行",
    "sources": "资金来源与总额不符",
    "weights": "分值合计不是100",
    "total-weight": "总分行的分值有误",
    "category-weight": "一级指标分值与方案不符",
    "points": "得分与规则不符",
    "more-than-weight": "得分超出分值",
    "other-rule": "计分规则未写明",
    "total": "总分与各项得分之和不符",
    "total-range": "总分超出范围",
    "no-total": "没有总分",
    "over-achieved": "超额较多而未说明原因",
    "partial": "部分完成而没有评分依据",
    "no-date": "没有首次提交日期",
    "late-full": "延误却得满分",
    "late": "延误未在数量指标中反映",
    "first-hand-in": "重复提交，须以首次提交为准",
    "no-approval": "取消或调减没有批复",
    "budget-base": "年初预算与全年预算不同",
    "no-remark": "未得满分而没有说明",
    "compound": "一个指标含多项任务",
    "deadline-in-name": "时限没有写入年度指标值",
    "no-deadline": "时效指标没有时限和日期",
    "evidence": "定性指标没有佐证",
    "categories": "指标类别不完整",
    "operator-in-actual": "实际完成值带有运算符",
    "rate-operator": "比率写成“≥100%”",
    "rate-over-whole": "比率超过100%",
    "unit": "实际完成值缺少单位",
    "unit-mismatch": "单位不同，无法比较",
    "stray-quote": "多余的引号",
    "weight-format": "小数位数不一致",
    "slip": "疑为笔误",
    "twice": "指标重复",
    "not-understood": "无法识别的内容",
    "guessed": "按内容推定的对应关系",
}


#: Why a readable file is no self-evaluation.
OTHER = frozenset({"no-indicators", "no-scores", "not-a-form"})


@dataclass(frozen=True, slots=True)
class Audited:
    """One file with what was found in it; either ``form`` with its findings, or ``error``."""

    name: str
    form: Form | None = None
    scheme: Scheme | None = None
    because: str = ""
    findings: tuple[Finding, ...] = ()
    error: UnreadableError | None = None

    @property
    def is_other(self) -> bool:
        """Whether the file could be read, and is something else: a plan, a report, a table of other things."""
        return self.error is not None and self.error.code in OTHER

    def count(self, weight: Weight) -> int:
        """Return how many findings weigh so much."""
        return sum(one.weight is weight for one in self.findings)


def audited(name: str, form: Form, scheme: Scheme | None = None) -> Audited:
    """Return a form's findings under a scheme, or under the one its weights tell; its error where it is no form."""
    if not form.indicators:
        return Audited(name, error=UnreadableError("no-indicators"))
    if not any(number(row.points) is not None for row in form.indicators):
        return Audited(name, error=UnreadableError("no-scores"))
    chosen, because = (scheme, "指定") if scheme is not None else guess(form)
    return Audited(name, form, chosen, because, tuple(audit(form, chosen)))


def sums(one: Audited) -> str:
    """Return the total as printed beside the sum of what is printed, with the grade of the sum."""
    if one.form is None or one.scheme is None:
        return ""
    added = points_added(one.form)
    if not one.form.total_points:
        return f"没有总分，各项得分相加{plain(added)}"
    return f"总分{one.form.total_points}，各项得分相加{plain(added)}，等级“{one.scheme.grade(added)}”"


def line(one: Audited) -> str:
    """Return one file's line in a list of many."""
    if one.error is not None:
        what = "不是自评表" if one.is_other else "无法读取"
        return f"{one.name}：{what}：{one.error.chinese}（{one.error.english}）"
    counts = "，".join(f"{weight.value}{one.count(weight)}" for weight in Weight)
    return f"{one.name}：{counts}；{sums(one)}"


def report(one: Audited) -> str:
    """Return what an auditor reads of one form: what it is, then the findings in groups, the gravest first."""
    form, scheme = one.form, one.scheme
    if form is None or scheme is None:
        return line(one)
    year = f"（{form.year}年度）" if form.year and form.year not in form.title else ""
    lines = [
        f"{form.title}{year} {form.header.get('项目名称', '')}".strip(),
        f"计分方案：{scheme.name}（{one.because}）",
        f"识别{len(form.indicators)}项指标、{len(form.funds)}行资金；{sums(one)}。",
    ]
    for weight in Weight:
        mine = [finding for finding in one.findings if finding.weight is weight]
        if mine or weight is Weight.ERROR:
            lines.append(f"\n■ {weight.value} {len(mine)}处" + ("" if mine else "：执行率、得分、合计复算无误"))
        for rule in dict.fromkeys(finding.rule for finding in mine):
            group = [finding for finding in mine if finding.rule == rule]
            lines.append(f"  {TITLES[rule]}（{len(group)}处）")
            lines += [f"    · {_told(finding)}" for finding in group]
    if not one.findings:
        lines.append("没有发现问题。")
    return "\n".join(lines)


def _told(finding: Finding) -> str:
    place = f"（{finding.place}）" if finding.place else ""
    if finding.weight is Weight.FORM and finding.printed and finding.should:
        return f"{finding.where}{place}：{finding.printed} → {finding.should}"
    return f"{finding.where}{place}：{finding.sentence}" if finding.where else finding.sentence


def as_data(one: Audited) -> dict[str, Any]:
    """Return one file's audit as data for JSON; every number is text, exactly as printed."""
    if one.form is None or one.scheme is None:
        error = one.error
        told = {"code": error.code, "zh": error.chinese, "en": error.english} if error is not None else None
        return {"file": one.name, "error": told}
    form = one.form
    added = points_added(form)
    return {
        "file": one.name,
        "title": form.title,
        "year": form.year,
        "project": form.header.get("项目名称", ""),
        "scheme": one.scheme.code,
        "scheme_because": one.because,
        "indicators": len(form.indicators),
        "funds": len(form.funds),
        "total": form.total_points,
        "total_added": plain(added),
        "total_agrees": number(form.total_points) == added,
        "grade": one.scheme.grade(added) if form.total_points else "",
        "counts": {weight.name.lower(): one.count(weight) for weight in Weight},
        "findings": [{**asdict(found), "title": TITLES[found.rule]} for found in one.findings],
    }
