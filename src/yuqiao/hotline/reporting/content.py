"""What a report says of its period: sections of sentences and tables, all from rows as they are at this moment.

In Chinese, because it is an office's document. Each section takes an author's remarks at its end.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils import timezone

from yuqiao.documents.blocks import Block, Heading, Paragraph, Table
from yuqiao.hotline.figures import availability, overtime
from yuqiao.hotline.figures.catalogue import COLUMNS, FIGURES
from yuqiao.hotline.figures.definition import Scope
from yuqiao.hotline.figures.period import Period
from yuqiao.hotline.figures.printed import change_of, value_of
from yuqiao.hotline.figures.report import Table as Figures
from yuqiao.hotline.figures.report import grouped, totals
from yuqiao.hotline.models import Incident, Line, Outage, RequestType, Service, Violation, WrapUp
from yuqiao.hotline.models.incidents import IncidentKind
from yuqiao.hotline.outages import CALL_SERVER_AWAY, ENGINE_UNREACHABLE, LEASE_LAPSED, RECORDINGS_UNWRITABLE
from yuqiao.hotline.reporting import sentences
from yuqiao.languages import catalogue as languages

#: Sections in order: code -> title. An author's remarks go to one of them.
SECTIONS: Mapping[str, str] = {
    "overview": "一、总体情况",
    "divided": "二、来电与转接",
    "topics": "三、诉求类别与主题",
    "times": "四、响应与时效",
    "people": "五、人员与工作量",
    "quality": "六、服务质量",
    "platform": "七、平台运行",
    "incidents": "八、重大事项",
    "summary": "九、工作总结与下一步安排",
    "definitions": "附：指标定义",
}
POINTS = "个百分点"
CAUSES = {
    CALL_SERVER_AWAY: "无呼叫服务在运行",
    ENGINE_UNREACHABLE: "媒体服务无法连接",
    LEASE_LAPSED: "数据库无法连接",
    RECORDINGS_UNWRITABLE: "录音无法写入磁盘",
}
MOST_OUTAGES, MOST_TOPICS = 50, 30


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything counted for a report: this period, the same of the year before, and the tables."""

    period: Period
    scope: Scope
    this: Figures
    before: Figures


def facts(period: Period) -> Facts:
    """Count what the report of ``period`` says."""
    earlier = period.year_before()
    scope = Scope(period.since, period.until)
    return Facts(period, scope, totals(scope), totals(Scope(earlier.since, earlier.until, at=scope.at)))


def definitions_digest() -> str:
    """Return the SHA-256 of all definitions: which version of them a signed report used."""
    said = "\n".join(f"{one.code}|{one.unit.value}|{one.definition_zh}|{one.definition_en}" for one in FIGURES)
    return hashlib.sha256(said.encode()).hexdigest()


def values(found: Facts) -> dict[str, list[int | None]]:
    """Return each figure's numerator, denominator and time by code, as a signed report keeps them."""
    return {code: [one.numerator, one.denominator, one.time_ms] for code, one in found.this.items()}


def blocks(found: Facts, remarks: Mapping[str, str]) -> tuple[Block, ...]:
    """Return the whole report; ``remarks`` by section."""
    made: list[Block] = []
    for code, title in SECTIONS.items():
        made.append(Heading(title))
        made += _MAKERS[code](found) if code in _MAKERS else []
        made += [Paragraph(line) for line in remarks.get(code, "").splitlines() if line.strip()]
    return tuple(made)


def _overview(found: Facts) -> list[Block]:
    said = [Paragraph(one) for one in sentences.overview(found.period.code, found.this, found.before)]
    rows = tuple(
        (one.figure.zh, value_of(one), value_of(found.before[code]), change_of(one, found.before[code], POINTS))
        for code, one in found.this.items()
    )
    return [*said, Table("全部指标与同比", ("指标", "本期", "上年同期", "增减"), rows)]


def _divided(found: Facts) -> list[Block]:
    head = tuple(one.zh for one in COLUMNS)
    lines = {line.pk: f"{line.number} {line.name_zh}" for line in Line.objects.all()}
    by_line = grouped(found.scope, "line", COLUMNS)
    by_language = grouped(found.scope, "language", COLUMNS)
    months = []
    for month in found.period.by_month():
        earlier = month.year_before()
        this = totals(Scope(month.since, month.until), COLUMNS)
        before = totals(Scope(earlier.since, earlier.until), COLUMNS[:2])
        cells = (str(one.numerator) for table in (this, before) for one in (table["calls"], table["transfers"]))
        months.append((month.code, *cells, change_of(this["calls"], before["calls"], POINTS)))
    return [
        Table("按月份", ("月份", "来电", "其中转接外语", "上年来电", "上年转接外语", "来电增减"), tuple(months)),
        Table("按语种", ("语种", *head), _busiest((_language(str(code)), one) for code, one in by_language.items())),
        Table(
            "按线路",
            ("线路", *head),
            _busiest(
                (lines.get(pk, "线路未知") if isinstance(pk, int) else "线路未知", one) for pk, one in by_line.items()
            ),
        ),
    ]


def _busiest(tables: Iterable[tuple[str, Figures]]) -> tuple[tuple[str, ...], ...]:
    """Return rows of the divided figures, the most calls first."""
    ordered = sorted(tables, key=lambda one: (-one[1]["calls"].numerator, one[0]))
    return tuple((name, *(value_of(table[one.code]) for one in COLUMNS)) for name, table in ordered)


def _language(code: str) -> str:
    known = languages.BY_CODE.get(code)
    return known.zh if known is not None else code or "语种未知"


def _topics(found: Facts) -> list[Block]:
    noted = WrapUp.objects.filter(call_at__gte=found.scope.since, call_at__lt=found.scope.until).order_by()
    kinds = noted.exclude(request_type="").values_list("request_type").annotate(n=Count("pk"))
    topics = noted.exclude(topic=None).values_list("topic__parent__name_zh", "topic__name_zh").annotate(n=Count("pk"))
    by_kind = tuple((RequestType(kind).label, str(n)) for kind, n in kinds.order_by("-n", "request_type"))
    by_topic = tuple(
        (f"{parent} / {name}" if parent else str(name), str(n))
        for parent, name, n in topics.order_by("-n", "topic__name_zh")[:MOST_TOPICS]
    )
    return [
        Paragraph(f"期内话后登记 {noted.count()} 通。"),
        *([Table("诉求类别", ("类别", "通数"), by_kind)] if by_kind else []),
        *([Table("主题", ("主题", "通数"), by_topic)] if by_topic else []),
    ]


def _times(found: Facts) -> list[Block]:
    return [Paragraph(one) for one in sentences.promises(found.this)]


def _people(found: Facts) -> list[Block]:
    worked = overtime.totals(overtime.rows(found.period.since, found.period.until))
    rows = tuple((one.number, str(one.calls), f"{one.lasted // 60_000}") for one in worked)
    return [
        Paragraph(sentences.span(found.this["occupancy"], "译员占用率")),
        Paragraph(sentences.share(found.this["remote"], "紧急远程译员承接率")),
        Paragraph(sentences.share(found.this["overflow"], "溢出率（班外手机承接）")),
        *([Table("班外加班", ("译员", "通数", "分钟（满分钟）"), rows)] if rows else []),
    ]


def _quality(found: Facts) -> list[Block]:
    said = [Paragraph(sentences.share(found.this["satisfaction"], "服务对象满意度"))]
    said.append(Paragraph(sentences.share(found.this["complaint_rate"], "投诉率")))
    this, before = found.this["violations"], found.before["violations"]
    said.append(Paragraph(sentences.growth(this, before, "违规接听电话", "次") + "目标为 0 次。"))
    counted = Violation.objects.filter(
        state=Violation.State.CONFIRMED, happened_at__gte=found.scope.since, happened_at__lt=found.scope.until
    )
    kinds = counted.order_by().values_list("kind").annotate(n=Count("*")).order_by("-n", "kind")
    rows = tuple((Violation.Kind(kind).label, str(count)) for kind, count in kinds)
    return [*said, *([Table("违规接听情形", ("情形", "次数"), rows)] if rows else [])]


def _platform(found: Facts) -> list[Block]:
    log = availability.rows(found.scope)
    rows = tuple(_outage(one) for one in log[:MOST_OUTAGES])
    count = log.count()
    return [
        Paragraph(sentences.span(found.this["availability"], "话务平台可用率")),
        Paragraph(f"非计划中断 {count} 次。" + (f"下表为最近 {MOST_OUTAGES} 次。" if count > MOST_OUTAGES else "")),
        *([Table("非计划中断", ("开始", "时长（秒）", "对象", "原因"), rows, wide=(3,))] if rows else []),
    ]


def _outage(one: Outage) -> tuple[str, ...]:
    lasted = "持续中" if one.ended_at is None else f"{(one.ended_at - one.began_at).total_seconds():.0f}"
    began = f"{timezone.localtime(one.began_at):%Y-%m-%d %H:%M:%S}"
    return began, lasted, Service(one.service).label, CAUSES.get(one.cause, one.cause)


def _incidents(found: Facts) -> list[Block]:
    opened = Incident.objects.filter(opened_at__gte=found.scope.since, opened_at__lt=found.scope.until).order_by()
    kinds = opened.values_list("kind").annotate(n=Count("*"), done=Count("pk", filter=Q(closed_at__isnull=False)))
    rows = tuple(
        (IncidentKind(kind).label, str(count), str(done)) for kind, count, done in kinds.order_by("-n", "kind")
    )
    said = Paragraph(f"期内重大事项 {opened.count()} 件。")
    return [said, *([Table("重大事项", ("类别", "件数", "已办结"), rows)] if rows else [])]


def _definitions(found: Facts) -> list[Block]:
    rows = tuple(
        (one.figure.zh, one.figure.definition_zh, str(one.numerator), str(one.denominator))
        for one in found.this.values()
    )
    return [
        Paragraph(f"定义版本 {definitions_digest()[:16]}；时长类分子分母以毫秒计。", small=True),
        Table("指标定义与分子分母", ("指标", "定义", "分子", "分母"), rows, wide=(1,)),
    ]


_MAKERS: Mapping[str, Callable[[Facts], list[Block]]] = {
    "overview": _overview,
    "divided": _divided,
    "topics": _topics,
    "times": _times,
    "people": _people,
    "quality": _quality,
    "platform": _platform,
    "incidents": _incidents,
    "definitions": _definitions,
}
