"""A project from plan to lock as rows: steps, versions, signatures, races, documents of the same bytes (S3)."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection

from yuqiao.accounts.models import JournalEntry, Person, Role
from yuqiao.accounts.services import grant_role
from yuqiao.evaluation import process, reviewing, texts, versions
from yuqiao.evaluation.freezing import FreezingError, compute, sheet_of
from yuqiao.evaluation.models import (
    Entered,
    EvidenceFor,
    Frozen,
    Payment,
    Project,
    SignatureRole,
    Stage,
    StageEvent,
)
from yuqiao.evaluation.plan_rules import PlanError
from yuqiao.evaluation.process import ProcessError, advance, missing
from yuqiao.evaluation.process_rules import Act, Power
from yuqiao.evaluation.process_rules import Stage as Step
from yuqiao.evaluation.tests.world import indicator, piece, project
from yuqiao.lib import clock

pytestmark = [pytest.mark.database, pytest.mark.django_db]
MAY = dt.date(2023, 5, 5)


def person(name: str, *roles: Role) -> Person:
    made = Person.objects.create(username=name)
    for role in roles or (Role.PROJECT_MANAGER,):
        grant_role(made, role, by=None)
    return made


@pytest.fixture
def li() -> Person:
    return person("li")


@pytest.fixture
def wang() -> Person:
    return person("wang")


@pytest.fixture
def planned() -> Project:
    of = project()
    of.budget.create(source="current", initial_fen=1_000_000)
    indicator(of, "count:feedback_sheet", name="提交译文质量反馈表", amount=Decimal(2), unit="份", weight=Decimal(60))
    indicator(of, "entered", name="半年总结", operator="是", amount=None, unit="", weight=Decimal(30), position=2)
    return of


def worked(of: Project, by: Person) -> None:
    """Let a year's work happen: sheets, money, a summary with its proof."""
    for _ in range(2):
        piece(of, "feedback_sheet", MAY)
    Payment.objects.create(project=of, amount_fen=1_000_000, paid_on=MAY, payee="甲", entered_at=clock.now())
    summary = of.indicators.get(name="半年总结")
    Entered.objects.create(indicator=summary, done="done", entered_at=clock.now())
    EvidenceFor.objects.create(indicator=summary, evidence=piece(of, "agreement", MAY, record="x:1"))
    for one in of.indicators.all():
        reviewing.review(one, "", by=by)


def drafted(of: Project, by: Person) -> Project:
    advance(of, Act.BEGIN, by=by)
    advance(of, Act.REVIEW, by=by)
    worked(of, by)
    advance(of, Act.REVIEWED, by=by)
    advance(of, Act.FREEZE, by=by)
    advance(of, Act.DRAFT, by=by)
    return of


def checked(of: Project, by: Person, checker: Person) -> str:
    """Bring a draft to signing and return its digest."""
    advance(of, Act.SUBMIT, by=by)
    advance(of, Act.PASS, by=checker)
    version = versions.newest(of)
    assert version is not None
    return version.sha256


def codes(caught: pytest.ExceptionInfo[ProcessError]) -> list[str]:
    return [one.code for one in caught.value.reasons]


def test_s3_from_plan_to_lock_with_two_signatures(planned: Project, li: Person, wang: Person) -> None:
    digest = checked(drafted(planned, li), li, wang)
    assert advance(planned, Act.SIGN_MANAGER, by=li, seen=digest) is Step.SIGNING
    assert advance(planned, Act.SIGN_HEAD, by=wang, seen=digest) is Step.LOCKED
    frozen = Frozen.objects.get(project=planned, number=2)
    assert set(frozen.signatures.values_list("role", "by__username", "sha256")) == {
        (SignatureRole.MANAGER, "li", digest),
        (SignatureRole.HEAD, "wang", digest),
    }
    assert [one.after for one in StageEvent.objects.all()] == [
        *("running", "mid_year", "running", "frozen", "draft", "check", "signing", "locked"),
    ]
    acts = JournalEntry.objects.filter(subject_type="evaluation.project", action__startswith="evaluation.sign")
    assert acts.count() == 2
    assert not Project.objects.exclude(stage=Stage.LOCKED).exists()


def test_a_locked_version_gives_the_bytes_that_were_signed(
    planned: Project, li: Person, wang: Person, kept: Path
) -> None:
    digest = checked(drafted(planned, li), li, wang)
    version = planned.frozen.get(sha256=digest)
    first = versions.document_of(version, "form", "docx")
    for act, by in ((Act.SIGN_HEAD, li), (Act.SIGN_MANAGER, wang)):
        advance(planned, act, by=by, seen=digest)
    piece(planned, "feedback_sheet", MAY)
    planned.refresh_from_db()
    assert versions.document_of(version, "form", "docx") == first
    assert versions.document_of(version, "report", "pdf").startswith(b"%PDF")
    assert versions.current(planned, clock.now()) == sheet_of(version)
    assert versions.report_in(version).title == "语言环境评价结果报告"
    planned.sections.create(section="content", text="{calls}以后写的", written_at=clock.now())
    assert versions.report_now(planned, sheet_of(version)) == versions.report_in(version)
    assert len([one for one in kept.rglob("*") if one.is_file()]) == 6


def test_a_kept_document_outlives_what_prints_and_a_lost_one_is_printed_again_or_missed(
    planned: Project, li: Person, wang: Person, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = checked(drafted(planned, li), li, wang)
    version = planned.frozen.get(sha256=digest)
    first = versions.document_of(version, "form", "xlsx")
    (lost,) = [one for one in kept.rglob("*") if one.name == version.text["documents"]["form.xlsx"]]
    content = lost.read_bytes()
    lost.unlink()
    assert versions.document_of(version, "form", "xlsx") == first, "printed again"
    monkeypatch.setitem(versions.RENDERERS, "xlsx", lambda _document: b"a newer library")
    with pytest.raises(FreezingError, match=r"form\.xlsx of version 2 is gone"):
        versions.document_of(version, "form", "xlsx")
    lost.write_bytes(content)
    assert versions.document_of(version, "form", "xlsx") == first
    Frozen.objects.filter(pk=version.pk).update(text={**version.text, "answers": ["x"]})
    with pytest.raises(FreezingError, match="not what was frozen"):
        versions.document_of(Frozen.objects.get(pk=version.pk), "form", "docx")


def test_every_reason_is_said_at_once(planned: Project, li: Person) -> None:
    advance(planned, Act.BEGIN, by=li)
    Entered.objects.create(indicator=planned.indicators.get(name="半年总结"), done="done", entered_at=clock.now())
    with pytest.raises(ProcessError) as caught:
        advance(planned, Act.FREEZE, by=li)
    assert codes(caught) == ["unreviewed", "gaps"]
    assert "缺少佐证材料：半年总结" in caught.value.zh
    assert "Evidence is missing" in str(caught.value)
    assert not planned.frozen.exists()
    assert planned.steps.count() == 1


def test_a_plan_whose_weights_do_not_fit_does_not_begin(planned: Project, li: Person) -> None:
    planned.indicators.filter(name="半年总结").update(weight=Decimal(29))
    assert [one.zh for one in missing(planned, Act.BEGIN, by=li)] == ["分值合计为99.00分，应为100分。"]
    planned.indicators.all().delete()
    assert [one.code for one in missing(planned, Act.BEGIN, by=li)] == ["no_indicators", "weights"]


def test_lost_points_need_cause_and_remedy_before_the_department_sees_them(planned: Project, li: Person) -> None:
    planned.indicators.filter(name="提交译文质量反馈表").update(amount=Decimal(3))
    drafted(planned, li)
    one = planned.indicators.get(name="提交译文质量反馈表")
    assert [reason.about for reason in missing(planned, Act.SUBMIT, by=li)] == [("提交译文质量反馈表",)]
    texts.explain(one, "抽查减少", "", by=li)
    assert [reason.code for reason in missing(planned, Act.SUBMIT, by=li)] == ["unexplained"]
    texts.explain(one, "抽查减少", "恢复抽查", by=li)
    assert advance(planned, Act.SUBMIT, by=li) is Step.CHECK


def test_s137_contradictions_are_mended_or_answered_before_the_department_sees_them(
    planned: Project, li: Person
) -> None:
    drafted(planned, li)
    sheet = versions.current(planned, clock.now())
    texts.write(planned, "analysis", "提交译文质量反馈表为96份。", sheet, by=li)
    (reason,) = missing(planned, Act.SUBMIT, by=li)
    assert reason.zh == "前后矛盾之处尚未更正或说明：“提交译文质量反馈表”写的是96份，数据为2份。"
    texts.write(planned, "analysis", "提交译文质量反馈表为{提交译文质量反馈表}。", sheet, by=li)
    assert missing(planned, Act.SUBMIT, by=li) == ()


def test_nobody_checks_what_they_wrote(planned: Project, li: Person, wang: Person) -> None:
    texts.write(planned, "content", "文字", versions.current(planned, clock.now()), by=wang)
    drafted(planned, li)
    advance(planned, Act.SUBMIT, by=li)
    for author in (li, wang):
        assert [one.code for one in missing(planned, Act.PASS, by=author)] == ["own_work"]
    assert missing(planned, Act.PASS, by=person("zhao")) == ()


def test_sent_back_it_gets_a_new_version_and_old_signatures_stay_with_the_old_one(
    planned: Project, li: Person, wang: Person
) -> None:
    first = checked(drafted(planned, li), li, wang)
    advance(planned, Act.SIGN_MANAGER, by=li, seen=first)
    with pytest.raises(ProcessError) as caught:
        advance(planned, Act.SEND_BACK, by=wang)
    assert codes(caught) == ["note"]
    advance(planned, Act.SEND_BACK, by=wang, note="补充说明")
    texts.write(planned, "content", "补充", versions.current(planned, clock.now()), by=li)
    second = checked(planned, li, wang)
    assert second != first
    with pytest.raises(ProcessError) as caught:
        advance(planned, Act.SIGN_HEAD, by=wang, seen=first)
    assert codes(caught) == ["other_version"]
    advance(planned, Act.SIGN_HEAD, by=wang, seen=second)
    assert planned.stage == Step.SIGNING, "the old signature does not count"
    assert [one.signatures.count() for one in planned.frozen.order_by("number")] == [0, 1, 1]


def test_thawed_data_can_be_mended_and_are_frozen_anew(planned: Project, li: Person) -> None:
    drafted(planned, li)
    frozen = versions.current(planned, clock.now())
    piece(planned, "feedback_sheet", MAY)
    assert versions.current(planned, clock.now()).rows[0].measured == frozen.rows[0].measured, "frozen is frozen"
    advance(planned, Act.THAW, by=li, note="补录一份")
    assert versions.current(planned, clock.now()).rows[0].measured.value == 3
    advance(planned, Act.FREEZE, by=li)
    assert [one.number for one in planned.frozen.all()] == [1, 2]
    assert [one.note for one in planned.steps.filter(before=Stage.DRAFT)] == ["补录一份"]


def test_two_people_at_once_do_not_both_take_a_step(planned: Project, li: Person, wang: Person) -> None:
    one, other = Project.objects.get(pk=planned.pk), Project.objects.get(pk=planned.pk)
    advance(one, Act.BEGIN, by=li)
    with pytest.raises(ProcessError) as caught:
        advance(other, Act.BEGIN, by=wang)
    assert codes(caught) == ["stage"]
    assert planned.steps.count() == 1


def test_what_is_entered_during_a_freeze_stops_it(
    planned: Project, li: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    advance(planned, Act.BEGIN, by=li)
    advance(planned, Act.REVIEW, by=li)
    worked(planned, li)

    def slowly(of: Project, at: dt.datetime) -> object:
        counted = compute(of, at)
        piece(of, "feedback_sheet", MAY)
        return counted

    monkeypatch.setattr("yuqiao.evaluation.process.compute", slowly)
    with pytest.raises(ProcessError) as caught:
        advance(planned, Act.FREEZE, by=li)
    assert codes(caught) == ["moved"]
    planned.refresh_from_db()
    assert (planned.stage, planned.frozen.count()) == (Stage.MID_YEAR, 0)


def test_roles_decide_who_may(planned: Project, li: Person) -> None:
    auditor = person("qian", Role.AUDITOR, Role.SUPERVISOR)
    assert process.powers_of(auditor) == frozenset()
    assert process.powers_of(li) == frozenset(Power)
    assert process.acts_for(planned, li) == (Act.BEGIN,)
    with pytest.raises(ProcessError) as caught:
        advance(planned, Act.BEGIN, by=auditor)
    assert codes(caught) == ["power"]


def test_nothing_is_entered_after_the_freeze_and_nothing_written_after_the_lock(
    planned: Project, li: Person, wang: Person
) -> None:
    digest = checked(drafted(planned, li), li, wang)
    one = planned.indicators.get(name="半年总结")
    for act in (
        lambda: reviewing.review(one, "", by=li),
        lambda: texts.explain(one, "原因", "", by=li),
    ):
        with pytest.raises(PlanError):
            act()
    advance(planned, Act.SIGN_HEAD, by=li, seen=digest)
    advance(planned, Act.SIGN_MANAGER, by=wang, seen=digest)
    for back in (Act.THAW, Act.SEND_BACK, Act.SIGN_HEAD):
        with pytest.raises(ProcessError) as caught:
            advance(planned, back, by=wang, note="再改", seen=digest)
        assert codes(caught) == ["stage"]


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_wins(planned: Project) -> None:
    people = [person(name) for name in ("a", "b", "c", "d")]

    def begin(by: Person) -> str:
        try:
            return advance(Project.objects.get(pk=planned.pk), Act.BEGIN, by=by).value
        except ProcessError as error:
            return error.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(people)) as pool:
        found = sorted(pool.map(begin, people))
    assert found == ["running", "stage", "stage", "stage"]
    assert planned.steps.count() == 1
