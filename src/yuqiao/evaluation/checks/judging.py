"""What an auditor asks: how indicators are designed, what proves them, and what the remarks give away."""

from __future__ import annotations

from collections.abc import Iterator

from yuqiao.evaluation.design import (
    common,
    day_in_name,
    is_timely,
    missing_categories,
    names_a_day,
    tasks,
    without_day,
)
from yuqiao.evaluation.findings import Finding, Weight, number, of_row, target_of, year_of
from yuqiao.evaluation.form import Form, IndicatorRow
from yuqiao.evaluation.schemes import Scheme
from yuqiao.evaluation.targets import COUNTED, Operator

#: Words by which a remark admits that something came late, was done again, or was given up.
LATE = ("较晚", "延迟", "推迟", "滞后", "逾期", "延期", "延后", "晚于", "未按期", "未按时", "未及时", "已过")
AGAIN = ("更新提交", "重新提交", "再次提交", "补充提交", "补交", "补报", "重报", "修改后提交", "完善更新")
GIVEN_UP = ("取消", "停办", "调减", "不再开展", "未开展", "暂停")
APPROVED = ("批复", "批准", "审批", "同意", "文号")
#: So many signs in common mean the same thing in two names.
SAME = 3


def compound(form: Form, _scheme: Scheme) -> Iterator[Finding]:
    """One indicator promises one thing, or half of it has no score (S126)."""
    for row in form.indicators:
        if found := tasks(row.name):
            parts = "；".join(found)
            sentence = f"一个指标含{len(found)}项任务（{parts}），应拆分并分别赋分。"
            yield of_row(row, Weight.DOUBT, "compound", sentence)


def evidence(form: Form, _scheme: Scheme) -> Iterator[Finding]:
    """What is only said to be done needs a day or a proof (S134)."""
    year = year_of(form)
    for row in form.indicators:
        target = target_of(row, year)
        if target is None or target.operator is not Operator.DONE or row.remark.strip():
            continue
        if names_a_day(row.name):
            day = day_in_name(row.name, year)
            should = f"{day.year}年{day.month}月{day.day}日前" if day else ""
            shown = f"“{should}”" if should else ""
            sentence = f"时限写在指标名称里，应把{shown or '日期'}写入年度指标值，并填首次提交日期、附佐证。"
            yield of_row(row, Weight.DOUBT, "deadline-in-name", sentence, printed=row.target, should=should)
        elif is_timely(row.level2, row.name):
            sentence = f"时效指标的“{row.actual.strip()}”没有时限和首次提交日期，无法核对是否按时。"
            yield of_row(row, Weight.DOUBT, "no-deadline", sentence, printed=row.actual)
        else:
            sentence = f"“{row.actual.strip()}”没有佐证材料，无法核对。"
            yield of_row(row, Weight.DOUBT, "evidence", sentence, printed=row.actual)


def remarks(form: Form, _scheme: Scheme) -> Iterator[Finding]:
    """A deviation has its cause and remedy beside it."""
    for row in form.indicators:
        weight, printed = number(row.weight), number(row.points)
        if weight is not None and printed is not None and printed < weight and not row.remark.strip():
            yield of_row(row, Weight.DOUBT, "no-remark", "未得满分，缺少偏差原因分析及改进措施。")


def categories(form: Form, scheme: Scheme) -> Iterator[Finding]:
    """The scheme's categories are all there (S136)."""
    missing = missing_categories([row.level2 for row in form.indicators], scheme) if form.indicators else ()
    if missing:
        yield Finding(Weight.DOUBT, "categories", "绩效指标", f"没有设置{'、'.join(missing)}，需说明不适用的理由。")


def late(form: Form, _scheme: Scheme) -> Iterator[Finding]:
    """What was not done in time, by one row, but has all its points in another (S93, S103, S127)."""
    for row in form.indicators:
        if not is_timely(row.level2, row.name) or not _lost_points(row):
            continue
        for missed in _missed(row):
            reason = f"（备注：{row.remark.strip()}）" if row.remark.strip() else ""
            where = f"（{row.where}）" if row.where else ""
            for other in form.indicators:
                if other is row or _lost_points(other) or len(common(_bare(missed), _bare(other.name))) < SAME:
                    continue
                if (target := target_of(other, year_of(form))) is None or target.operator not in COUNTED:
                    continue
                sentence = (
                    f"得满分{other.points}，但时效指标“{row.name}”{where}中“{missed}”未按期完成{reason}；"
                    "延误只在时效指标扣分，应填写完成日期并说明。"
                )
                yield of_row(other, Weight.DOUBT, "late", sentence, printed=other.actual)


def admitted(form: Form, _scheme: Scheme) -> Iterator[Finding]:
    """What a remark admits: lateness, a second hand-in, something given up without approval (S88, S125, S127)."""
    for row in form.indicators:
        remark = row.remark.strip()
        if any(word in remark for word in LATE) and not _lost_points(row):
            yield of_row(
                row, Weight.DOUBT, "late-full", f"备注称有延误（{remark}），却得满分{row.points}。", printed=row.points
            )
        if any(word in remark for word in AGAIN):
            sentence = f"备注称又提交过（{remark}）：是否按时以首次提交日期为准，应填首次提交日期。"
            yield of_row(row, Weight.DOUBT, "first-hand-in", sentence)
        if any(word in remark for word in GIVEN_UP) and not any(word in remark for word in APPROVED):
            still = f"年度指标值仍为“{row.target.strip()}”，没有调整指标的批复，也没有金额"
            sentence = f"备注称已取消或调减（{remark}），{still}。"
            yield of_row(row, Weight.DOUBT, "no-approval", sentence, printed=row.target)


def _lost_points(row: IndicatorRow) -> bool:
    weight, printed = number(row.weight), number(row.points)
    return weight is not None and printed is not None and printed < weight


def _missed(row: IndicatorRow) -> list[str]:
    """Return the tasks of a timely row that its actual does not say were done."""
    wanted = tasks(row.name) or (row.name,)
    return [one for one in wanted if 2 * len(common(_bare(one), _bare(row.actual))) < len(_bare(one))]


def _bare(name: str) -> str:
    text = without_day(name)
    for word in ("完成", "开展", "组织", "一次", "两次", "按时", "及时"):
        text = text.replace(word, "")
    return text
