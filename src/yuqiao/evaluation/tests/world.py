"""Rows of every kind that formulas count, by chance but always the same for the same seed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from random import Random

from yuqiao.accounts.models import Department
from yuqiao.contracts.models import Acceptance, Contract, Deliverable, HandIn, Supplier
from yuqiao.evaluation import evidence_kinds
from yuqiao.evaluation.models import BudgetLine, Evidence, Indicator, MoneySource, Payment, Project
from yuqiao.hotline.models import Call, InterpreterRequest, Line, Rating
from yuqiao.lib import clock
from yuqiao.outreach.models import Activity, ActivityKind, ActivityState, Honour, Video

YEAR = 2023
EDGES = [dt.date(2022, 12, 31), dt.date(2023, 1, 1), dt.date(2023, 7, 31), dt.date(2023, 12, 31), dt.date(2024, 1, 1)]


def project(code: str = "p", year: int = YEAR, before: Project | None = None) -> Project:
    """Write a project of the office."""
    office, _ = Department.objects.get_or_create(code="fao", defaults={"name_zh": "市外办", "name_en": "FAO"})
    return Project.objects.create(
        code=code,
        year=year,
        name="语言环境",
        department=office,
        unit=office,
        scheme="beijing",
        created_at=clock.now(),
        before=before,
    )


def indicator(of: Project, formula: str, **fields: object) -> Indicator:
    """Write an indicator of a project with a target of one."""
    given: dict[str, object] = {
        "level1": "产出指标",
        "level2": "数量指标",
        "name": formula,
        "weight": Decimal(1),
        "position": 1,
        "operator": "≥",
        "amount": Decimal(1),
        "unit": "个",
        **fields,
    }
    return Indicator.objects.create(project=of, formula=formula, **given)


def piece(of: Project, kind: str, day: dt.date, **fields: object) -> Evidence:
    """Write one piece of evidence as rows, without its file."""
    given = {"title": "材料", "received_on": day, "entered_at": clock.now(), **fields}
    return Evidence.objects.create(project=of, kind=kind, happened_on=day, **given)


def everything(seed: int, *projects: Project) -> None:
    """Write rows of every context, many of them on the first and last days of a year."""
    chance = Random(seed)
    _evidence(chance, projects)
    _outreach(chance)
    _contracts(chance)
    _hotline(chance)
    for one in projects:
        BudgetLine.objects.create(project=one, source=MoneySource.CURRENT, initial_fen=chance.randint(1, 10**9))
        for _ in range(3):
            Payment.objects.create(
                project=one, amount_fen=chance.randint(1, 10**7), paid_on=day(chance), payee="x", entered_at=clock.now()
            )


def day(chance: Random) -> dt.date:
    """Return a day, often one at the edge of a year."""
    return chance.choice(EDGES) if chance.random() < 0.4 else dt.date(YEAR, 1, 1) + dt.timedelta(chance.randrange(365))


def _evidence(chance: Random, projects: tuple[Project, ...]) -> None:
    kinds = [one.code for one in evidence_kinds.KINDS]
    for one in projects:
        for _ in range(60):
            piece(
                one,
                chance.choice(kinds),
                day(chance),
                result=chance.choice(["", "passed", "passed", "failed"]),
                withdrawn_at=clock.now() if chance.random() < 0.1 else None,
                replaced_at=clock.now() if chance.random() < 0.1 else None,
            )


def _outreach(chance: Random) -> None:
    for number in range(20):
        Activity.objects.create(
            kind=chance.choice(ActivityKind.values),
            title=f"活动{number}",
            held_on=day(chance),
            state=chance.choice(ActivityState.values),
        )
        Video.objects.create(
            title=f"视频{number}", made_on=day(chance), broadcast_on=chance.choice([None, day(chance)])
        )
        Honour.objects.create(title=f"荣誉{number}", awarded_by="市", awarded_on=day(chance))


def _contracts(chance: Random) -> None:
    supplier = Supplier.objects.create(name_zh="供应商")
    for number in range(3):
        contract = Contract.objects.create(
            number=f"C{number}",
            subject="服务",
            supplier=supplier,
            procurement="directed",
            amount_fen=1,
            begins_on=EDGES[1],
            ends_on=EDGES[3],
        )
        for _ in range(6):
            asked = Deliverable.objects.create(
                contract=contract,
                kind=chance.choice(["summary", "statistics"]),
                title="成果",
                due_on=chance.choice([None, day(chance)]),
            )
            for version in range(1, chance.randint(1, 4)):
                HandIn.objects.create(deliverable=asked, version=version, handed_in_on=day(chance))
            Acceptance.objects.create(
                contract=contract,
                stage=chance.choice(["上半年", "下半年"]),
                item="项",
                accepted_on=day(chance),
                passed=chance.random() < 0.8,
            )


def _hotline(chance: Random) -> None:
    lines = [
        Line.objects.get_or_create(number=number, defaults={"name_zh": number, "line_class": "government"})[0]
        for number in ("12345", "110", "120")
    ]
    for _ in range(60):
        on = day(chance)
        began = dt.datetime(on.year, on.month, on.day, chance.randrange(24), tzinfo=dt.UTC)
        answered = chance.random() < 0.8
        call = Call.objects.create(
            line=chance.choice(lines),
            dialled="1",
            way_in=chance.choice(["transferred", "direct"]),
            language=chance.choice(["en", "ja", "zh"]),
            started_at=began,
            time_to_answer=dt.timedelta(seconds=chance.randrange(30)) if answered else None,
            time_to_interpreter=dt.timedelta(seconds=chance.randrange(60)) if answered else None,
        )
        InterpreterRequest.objects.create(
            call=call,
            line=call.line,
            language=call.language,
            created_at=began,
            state=chance.choice(["answered", "answered", "withdrawn"]),
        )
        if answered and chance.random() < 0.5:
            Rating.objects.create(
                call=call, line=call.line, language=call.language, way="key", score=chance.randint(1, 5), given_at=began
            )
