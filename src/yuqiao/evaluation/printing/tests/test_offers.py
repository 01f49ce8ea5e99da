"""Which documents a project can be had as, made of its rows; each prints in each format."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from yuqiao.accounts.models import Department, Person
from yuqiao.documents.blocks import Table
from yuqiao.documents.formats import FORMATS
from yuqiao.evaluation import versions
from yuqiao.evaluation.freezing import FreezingError, freeze
from yuqiao.evaluation.models import BudgetLine, Evidence, EvidenceFor, Frozen, Indicator, Project, Stage
from yuqiao.evaluation.printing.copies import Copy
from yuqiao.evaluation.printing.offers import BY_CODE, MOST_PAPERS, OFFERS, papers_of
from yuqiao.lib import clock

pytestmark = [pytest.mark.database, pytest.mark.django_db]
AT = dt.datetime(2024, 1, 10, 4, tzinfo=dt.UTC)


@pytest.fixture
def project() -> Project:
    office = Department.objects.create(code="fao", name_zh="市外办", name_en="FAO")
    made = Project.objects.create(
        code="p", year=2023, name="语言环境", department=office, unit=office, scheme="beijing", created_at=clock.now()
    )
    BudgetLine.objects.create(project=made, source="current", initial_fen=168_336_200)
    indicator(made, 1, "transfers", "hotline:transfers")
    return made


def indicator(project: Project, place: int, name: str, formula: str = "") -> Indicator:
    return Indicator.objects.create(
        project=project,
        position=place,
        level1="产出指标",
        level2="数量指标",
        name=name,
        operator="≥",
        amount=Decimal(500),
        unit="个",
        weight=Decimal(4),
        formula=formula,
    )


def proof(one: Indicator, title: str, **fields: object) -> Evidence:
    day = dt.date(2023, 7, 1)
    given = {"kind": "work_summary", "happened_on": day, "received_on": day, "entered_at": clock.now(), **fields}
    made = Evidence.objects.create(project=one.project, title=title, **given)
    EvidenceFor.objects.create(indicator=one, evidence=made)
    return made


@pytest.mark.parametrize("kind", list(FORMATS))
@pytest.mark.parametrize("code", list(BY_CODE))
def test_every_document_prints_in_every_format_and_twice_the_same(code: str, kind: str, project: Project) -> None:
    first, second = (FORMATS[kind].write(BY_CODE[code].make(project, Copy.INTERNAL, AT)) for _ in range(2))
    assert first == second


def test_statistics_are_offered_where_an_indicator_counts_calls(project: Project) -> None:
    assert [one.code for one in OFFERS if one.fits(project)] == [one.code for one in OFFERS]
    project.indicators.all().delete()
    assert "statistics-year" not in [one.code for one in OFFERS if one.fits(project)]


def test_withdrawn_papers_are_not_named(project: Project) -> None:
    one = project.indicators.get()
    proof(one, "上半年总结", serial="Z-1")
    proof(one, "撤回的", withdrawn_at=clock.now())
    found = [(paper.title, paper.serial, paper.indicator) for paper in papers_of(project)]
    assert found == [("上半年总结", "Z-1", one.pk)]
    made = BY_CODE["self-evaluation"].make(project, Copy.INTERNAL, AT)
    table = next(one for one in made.blocks if isinstance(one, Table) and one.caption.startswith("表 5"))
    assert [row[2] for row in table.rows] == ["Z-1 上半年总结"]


def test_an_annex_names_no_more_papers_than_can_be_read(project: Project) -> None:
    one = project.indicators.get()
    for number in range(MOST_PAPERS + 1):
        proof(one, f"材料{number}")
    assert len(papers_of(project)) == MOST_PAPERS


def sealed(of: Project) -> Frozen:
    """Freeze a project's data and seal its version for signing."""
    mei = Person.objects.create(username="mei")
    freeze(of, mei, AT)
    Project.objects.filter(pk=of.pk).update(stage=Stage.CHECK)
    of.refresh_from_db()
    made = versions.seal(of, versions.prepare(of, AT), mei)
    Project.objects.filter(pk=of.pk).update(stage=Stage.SIGNING)
    of.refresh_from_db()
    return made


def test_everything_is_a_draft_until_a_version_is_sealed(project: Project) -> None:
    for code in ("self-evaluation", "report"):
        assert BY_CODE[code].make(project, Copy.PUBLIC, AT).page.mark == "草稿"
    sealed(project)
    for code in ("self-evaluation", "report"):
        assert BY_CODE[code].make(project, Copy.PUBLIC, AT).page.mark == ""
        assert BY_CODE[code].make(project, Copy.INTERNAL, AT).page.mark == "内部使用"


@pytest.mark.parametrize("kind", list(FORMATS))
def test_public_copies_are_byte_for_byte_what_is_signed_whatever_rows_become(kind: str, project: Project) -> None:
    version = sealed(project)
    project.indicators.update(name="改名", weight=Decimal(9))
    for code, name in (("self-evaluation", versions.FORM), ("report", versions.REPORT)):
        made = BY_CODE[code].make(project, Copy.PUBLIC, clock.now())
        assert FORMATS[kind].write(made) == versions.document_of(version, name, kind)


def test_a_version_somebody_changed_is_not_printed(project: Project) -> None:
    version = sealed(project)
    Frozen.objects.filter(pk=version.pk).update(sheet=version.sheet | {"goal": "别的"})
    with pytest.raises(FreezingError):
        BY_CODE["self-evaluation"].make(project, Copy.PUBLIC, AT)
