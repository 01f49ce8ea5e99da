"""Says in Chinese what differs now from a frozen sheet, and why: rows added, gone or changed, definitions, targets."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from yuqiao.evaluation import formulas
from yuqiao.evaluation.assembling import assemble
from yuqiao.evaluation.formulas import Part, describe
from yuqiao.evaluation.freezing import digests_of, untouched
from yuqiao.evaluation.freezing_data import sheet_from_data
from yuqiao.evaluation.freezing_rows import Digest
from yuqiao.evaluation.models import Evidence, Frozen, Indicator
from yuqiao.evaluation.sheet import Money, Row, Sheet, actual_text, in_ten_thousand

#: So many rows or days are named; of the others the number is said.
MOST_NAMED = 5
PARTS = {Part.NUMERATOR.value: "所计记录", Part.DENOMINATOR.value: "作为分母的记录"}


def verify(frozen: Frozen) -> list[str]:
    """Return one sentence for each figure that rows would give differently now, as of when it was frozen."""
    if not untouched(frozen):
        return ["冻结版本的内容与其校验值不符，可能被改动，请从备份恢复。"]
    then, now = sheet_from_data(frozen.sheet), assemble(frozen.project, frozen.at)
    fresh = digests_of(frozen.project, now, frozen.at)
    kept: dict[str, dict[str, Digest]] = frozen.digests["figures"]
    indicators = {one.pk: one for one in Indicator.objects.filter(project=frozen.project).select_related("project")}
    said = [*_money(then, now)]
    current = {row.id: row for row in now.rows}
    for row in then.rows:
        if row.id not in current:
            said.append(f"指标“{row.name}”已不存在。")
            continue
        said += _row(row, current[row.id])
        for part, before in kept.get(str(row.id), {}).items():
            after = fresh.get(row.id, {}).get(part)
            if after is not None and after["sha256"] != before["sha256"]:
                said.append(f"指标“{row.name}”{PARTS[part]}有变化：{_why(indicators[row.id], part, before, after)}。")
    said += [f"新增了指标“{row.name}”。" for row in now.rows if row.id not in {one.id for one in then.rows}]
    return said


def _money(then: Sheet, now: Sheet) -> Iterator[str]:
    after = {one.name: one for one in now.money}
    for before in then.money:
        found = after.get(before.name, Money(before.name))
        for name, was, is_now in (
            ("年初预算数", before.initial_fen, found.initial_fen),
            ("全年预算数", before.adjusted_fen, found.adjusted_fen),
            ("全年执行数", before.executed_fen, found.executed_fen),
        ):
            if was != is_now:
                yield f"{before.name}{name}冻结时为{in_ten_thousand(was)}万元，现为{in_ten_thousand(is_now)}万元。"


def _row(then: Row, now: Row) -> Iterator[str]:
    name = then.name
    if then.name != now.name:
        yield f"指标“{name}”已更名为“{now.name}”。"
    if str(then.target) != str(now.target):
        yield f"指标“{name}”的指标值冻结时为“{then.target}”，现为“{now.target}”。"
    if then.weight != now.weight:
        yield f"指标“{name}”的分值冻结时为{then.weight}，现为{now.weight}。"
    if (then.measured.formula, then.measured.definition) != (now.measured.formula, now.measured.definition):
        yield (
            f"指标“{name}”的统计口径冻结时为“{then.measured.definition or then.measured.formula}”，"
            f"现为“{now.measured.definition or now.measured.formula}”。"
        )
    if _values(then) != _values(now):
        yield f"指标“{name}”冻结时为{_value(then)}，现为{_value(now)}。"
    if then.score.value != now.score.value:
        yield f"指标“{name}”得分冻结时为{_or_none(then.score.value)}，现为{_or_none(now.score.value)}。"


def _values(row: Row) -> tuple[object, ...]:
    done = row.measured
    return (done.value, done.numerator, done.denominator, done.done, done.share, done.text, done.first_on)


def _value(row: Row) -> str:
    done = row.measured
    counts = "" if done.denominator is None else f"（{done.numerator}/{done.denominator}）"
    return (actual_text(row) or "无") + counts


def _or_none(value: object) -> str:
    return "无" if value is None else str(value)


def _why(indicator: Indicator, part: str, before: Digest, after: Digest) -> str:
    """Name the rows, or for many the days, that differ."""
    if "rows" in before and "rows" in after:
        return _which(indicator, part, before["rows"], after["rows"])
    was, is_now = _by_day(before), _by_day(after)
    if was is None or is_now is None:
        return f"冻结时{before['count']}条，现{after['count']}条"
    days = sorted(day for day in {*was, *is_now} if was.get(day) != is_now.get(day))
    named = "，".join(
        f"{day or '无日期'}冻结时{was.get(day, [0])[0]}条、现{is_now.get(day, [0])[0]}条" for day in days[:MOST_NAMED]
    )
    return named + (f"，等{len(days)}天" if len(days) > MOST_NAMED else "")


def _by_day(found: Digest) -> dict[str, list[Any]] | None:
    return found.get("days")


def _which(indicator: Indicator, part: str, before: dict[str, str], after: dict[str, str]) -> str:
    added = sorted(set(after) - set(before))
    gone = sorted(set(before) - set(after))
    changed = sorted(key for key in set(before) & set(after) if before[key] != after[key])
    rows = formulas.rows(indicator, Part(part))
    return "；".join(
        f"{word}{len(keys)}条" + _named(rows.model, keys)
        for word, keys in (("新增", added), ("减少", gone), ("内容变更", changed))
        if keys
    )


def _named(model: Any, keys: list[str]) -> str:
    """Name rows by what they are now; those that are no more are not named."""
    found = model._default_manager.filter(pk__in=keys[:MOST_NAMED])
    named = [describe(row).what + _state(row) for row in found]
    more = "等" if len(keys) > len(named) else ""
    return f"（{'、'.join(named)}{more}）" if named else ""


def _state(row: object) -> str:
    if isinstance(row, Evidence) and row.withdrawn_at is not None:
        return f"，已撤回：{row.withdrawn_reason}"
    return "，已有新版本" if isinstance(row, Evidence) and row.replaced_at is not None else ""
