"""The sample city's project of this year and of the year before, so that no page of the evaluation is empty.

Goals, weights and wording follow the source's form (S84–S111); amounts and evidence are invented.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.utils import timezone

from yuqiao.accounts.models import Department
from yuqiao.evaluation.models import (
    Adjustment,
    BudgetLine,
    Entered,
    Evidence,
    EvidenceFor,
    EvidenceResult,
    Indicator,
    MoneySource,
    Payment,
    Project,
    Strand,
)
from yuqiao.lib import clock

OFFICE: Final = "foreign-affairs"
NAME: Final = "国际语言环境建设"
OUTPUT, BENEFIT, CONTENT = "产出指标", "效益指标", "满意度指标"


@dataclass(frozen=True, slots=True)
class Plan:
    """One indicator; ``pieces`` are how many pieces of evidence last year had, of the kind its formula names."""

    level1: str
    level2: str
    name: str
    operator: str
    amount: str
    unit: str
    weight: str
    formula: str = "entered"
    deadline: tuple[int, int] | None = None
    pieces: int = 0
    strand: int = 0


PLANS: Final = (
    Plan(OUTPUT, "数量指标", "提交译文质量反馈表", "＝", "96", "份", "10", "count:feedback_sheet", pieces=96),
    Plan(OUTPUT, "数量指标", "转接热线外语电话数量", "≥", "500", "个", "10", "hotline:transfers", strand=1),
    Plan(OUTPUT, "数量指标", "外语标识采集数量", "≥", "300", "条", "10", "count:sign_photo", pieces=312, strand=2),
    Plan(OUTPUT, "质量指标", "多语言电话翻译服务响应率", "＝", "100", "%", "10", "hotline:response_rate", strand=1),
    Plan(OUTPUT, "质量指标", "质检合格率", "≥", "98", "%", "5", "share:quality_sample", pieces=60, strand=1),
    Plan(OUTPUT, "质量指标", "违规接听电话数量", "＝", "0", "次", "5", "hotline:violations", strand=1),
    Plan(OUTPUT, "时效指标", "提交半年工作总结", "是", "", "", "5", deadline=(7, 31), strand=1),
    Plan(OUTPUT, "时效指标", "提交全年工作总结", "是", "", "", "5", deadline=(12, 15), strand=1),
    Plan(BENEFIT, "社会效益指标", "为在本市外籍人士提供便捷、准确的多语言电话咨询渠道", "是", "", "", "20", strand=1),
    Plan(CONTENT, "服务对象满意度指标", "来电人满意度", "≥", "95", "%", "5", "hotline:satisfaction", strand=1),
    Plan(CONTENT, "服务对象满意度指标", "服务电话拨打方投诉", "＝", "0", "次", "5", "hotline:complaints", strand=1),
)
STRANDS: Final = (
    ("译文监督", "对市级网站外文版译文开展抽查，每份样稿出具译文质量反馈表。"),
    ("多语言热线", "为在本市外籍人士提供全天候多语言三方通话服务。"),
    ("外语标识", "采集全市重点场所外语标识，督促有关单位整改。"),
)
#: Kinds whose pieces are checked: each sixtieth is not passed.
CHECKED: Final = "quality_sample"


def write() -> None:
    """Write both years' projects; what is there already stays as it is."""
    year = timezone.localdate(clock.now()).year
    if Project.objects.filter(code=f"language-{year}").exists():
        return
    before = _project(year - 1, None)
    _fill(before, dt.date(year - 1, 12, 31))
    _fill(_project(year, before), timezone.localdate(clock.now()))


def _project(year: int, before: Project | None) -> Project:
    office = Department.objects.filter(code=OFFICE).first() or Department.objects.order_by("pk")[0]
    made = Project.objects.create(
        code=f"language-{year}",
        year=year,
        name=NAME,
        department=office,
        unit=office,
        manager_name="秦朗",
        scheme="beijing",
        goal="为在本市工作、生活的外籍人士提供优质的语言服务，提升城市国际语言环境。",
        stage="running",
        before=before,
        created_at=clock.now(),
    )
    for place, (name, goal) in enumerate(STRANDS):
        Strand.objects.create(project=made, position=place, name=name, goal=goal)
    return made


def _fill(project: Project, until: dt.date) -> None:
    strands = list(project.strands.all())
    for place, plan in enumerate(PLANS, 1):
        deadline = dt.date(project.year, *plan.deadline) if plan.deadline else None
        indicator = Indicator.objects.create(
            project=project,
            position=place,
            level1=plan.level1,
            level2=plan.level2,
            name=plan.name,
            operator=plan.operator,
            amount=Decimal(plan.amount) if plan.amount else None,
            unit=plan.unit,
            weight=Decimal(plan.weight),
            formula=plan.formula,
            deadline=deadline,
            strand=strands[plan.strand],
        )
        if plan.pieces:
            _pieces(project, plan, until)
        elif deadline is not None and deadline <= until:
            _done(indicator, deadline - dt.timedelta(days=11))
    _money(project, until)


def _pieces(project: Project, plan: Plan, until: dt.date) -> None:
    """Write the pieces that would be there by ``until`` if they came evenly; this year a tenth fewer."""
    first, kind = dt.date(project.year, 1, 1), plan.formula.partition(":")[2]
    due = plan.pieces if until.month == 12 and until.day == 31 else plan.pieces * 9 // 10
    gap = dt.timedelta(days=364) / plan.pieces
    days = [first + gap * number for number in range(due)]
    Evidence.objects.bulk_create(
        Evidence(
            project=project,
            kind=kind,
            serial=f"{number:04d}",
            title=f"{plan.name} {number}",
            happened_on=day,
            received_on=day,
            result=_result(kind, number),
            entered_at=clock.now(),
        )
        for number, day in enumerate(days, 1)
        if day <= until
    )


def _result(kind: str, number: int) -> str:
    if kind != CHECKED:
        return EvidenceResult.NONE
    return EvidenceResult.FAILED if number % 60 == 0 else EvidenceResult.PASSED


def _done(indicator: Indicator, day: dt.date) -> None:
    at = clock.now()
    Entered.objects.create(indicator=indicator, done="done", done_on=day, basis="文件已归档", entered_at=at)
    paper = Evidence.objects.create(
        project=indicator.project,
        kind="work_summary",
        serial=f"{indicator.project.year}-{indicator.position:02d}",
        title=indicator.name,
        happened_on=day,
        received_on=day,
        entered_at=at,
    )
    EvidenceFor.objects.create(indicator=indicator, evidence=paper)


def _money(project: Project, until: dt.date) -> None:
    at, year = clock.now(), project.year
    BudgetLine.objects.create(project=project, source=MoneySource.CURRENT, initial_fen=168_000_000)
    Adjustment.objects.create(
        project=project,
        source=MoneySource.CURRENT,
        amount_fen=-18_000_000,
        reason="压减线下活动",
        approval=f"预算批复〔{year}〕12号",
        decided_on=dt.date(year, 5, 20),
        entered_at=at,
    )
    for month, amount in ((3, 24_000_000), (6, 45_500_000), (9, 38_200_000), (11, 20_000_000), (12, 21_100_000)):
        day = dt.date(year, month, 15)
        if day <= until:
            Payment.objects.create(
                project=project, amount_fen=amount, paid_on=day, payee="翻译服务供应商", entered_at=at
            )
