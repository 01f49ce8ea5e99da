"""From plan to lock: who may do what when, what must hold, and that nothing can be locked or changed otherwise (S3)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal

import pytest
from hypothesis import event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from yuqiao.evaluation import models
from yuqiao.evaluation.process_rules import (
    BY_ACT,
    EDITABLE,
    SENTENCES,
    SIGNING_ACTS,
    WAYS,
    Act,
    Facts,
    Power,
    Reason,
    Refusal,
    Signed,
    Stage,
    What,
    may_edit,
    possible,
    step,
)

LI, WANG, ZHAO = 1, 2, 3  # project manager, colleague of the department, head of the office
ALL = frozenset(Power)
GOOD = Facts(LI, ALL, indicators=21, weights=Decimal(100), digest="d", seen="d")


def codes(found: Stage | Refusal) -> list[str]:
    assert isinstance(found, Refusal), found
    assert all("{about}" not in reason.zh + reason.en for reason in found.reasons)
    return [reason.code for reason in found.reasons]


def test_the_stages_are_those_of_the_rows() -> None:
    assert [one.value for one in Stage] == list(models.Stage.values)


def test_s3_the_way_from_plan_to_lock_with_two_people() -> None:
    stage = Stage.PLAN
    for act in (Act.BEGIN, Act.REVIEW, Act.REVIEWED, Act.FREEZE, Act.DRAFT, Act.SUBMIT):
        after = step(stage, act, GOOD)
        assert isinstance(after, Stage), after
        stage = after
    assert stage is Stage.CHECK
    assert step(stage, Act.PASS, replace(GOOD, actor=WANG, authors=frozenset({LI}))) is Stage.SIGNING
    assert step(Stage.SIGNING, Act.SIGN_MANAGER, GOOD) is Stage.SIGNING
    first = {Act.SIGN_MANAGER: Signed(LI, "d")}
    assert step(Stage.SIGNING, Act.SIGN_HEAD, replace(GOOD, actor=ZHAO, signed=first)) is Stage.LOCKED


def test_s3_one_person_cannot_sign_twice_nor_two_in_one_seat() -> None:
    first = {Act.SIGN_MANAGER: Signed(LI, "d")}
    assert codes(step(Stage.SIGNING, Act.SIGN_HEAD, replace(GOOD, signed=first))) == ["signed_twice"]
    second = replace(GOOD, actor=ZHAO, signed=first)
    assert codes(step(Stage.SIGNING, Act.SIGN_MANAGER, second)) == ["seat_taken"]


def test_who_looked_at_another_version_does_not_sign_this_one() -> None:
    assert codes(step(Stage.SIGNING, Act.SIGN_HEAD, replace(GOOD, seen="c"))) == ["other_version"]
    assert codes(step(Stage.SIGNING, Act.SIGN_HEAD, replace(GOOD, digest="", seen=""))) == ["no_version"]


def test_nobody_checks_their_own_work() -> None:
    assert codes(step(Stage.CHECK, Act.PASS, replace(GOOD, authors=frozenset({LI, WANG})))) == ["own_work"]


@pytest.mark.parametrize(
    ("stage", "act", "change", "wanted"),
    [
        (Stage.PLAN, Act.BEGIN, {"indicators": 0}, ["no_indicators"]),
        (Stage.PLAN, Act.BEGIN, {"weights": Decimal(99)}, ["weights"]),
        (Stage.MID_YEAR, Act.REVIEWED, {"unreviewed": ("制作视频",)}, ["unreviewed"]),
        (Stage.RUNNING, Act.FREEZE, {"unreviewed": ("制作视频",), "gaps": ("半年总结",)}, ["unreviewed", "gaps"]),
        (Stage.RUNNING, Act.FREEZE, {"year_over": False}, ["early"]),
        (Stage.DRAFT, Act.SUBMIT, {"unexplained": ("线下主题活动",)}, ["unexplained"]),
        (Stage.DRAFT, Act.SUBMIT, {"unscored": ("满意度",), "contradictions": ("九种语言",)}, None),
        (Stage.CHECK, Act.SEND_BACK, {}, ["note"]),
        (Stage.SIGNING, Act.THAW, {"note": " "}, ["note"]),
        (Stage.PLAN, Act.FREEZE, {}, ["stage"]),
        (Stage.LOCKED, Act.THAW, {"note": "再改"}, ["stage"]),
        (Stage.CHECK, Act.PASS, {"powers": frozenset({Power.PREPARE})}, ["power"]),
    ],
)
def test_what_is_missing_is_said_all_at_once(
    stage: Stage, act: Act, change: dict[str, object], wanted: list[str] | None
) -> None:
    assert codes(step(stage, act, replace(GOOD, **change))) == (wanted or ["unscored", "contradictions"])  # type: ignore[arg-type]


def test_a_scheme_without_points_asks_for_no_sum_and_a_reason_allows_an_early_freeze() -> None:
    assert step(Stage.PLAN, Act.BEGIN, replace(GOOD, weights=None)) is Stage.RUNNING
    assert step(Stage.RUNNING, Act.FREEZE, replace(GOOD, year_over=False, note="合同十一月到期")) is Stage.FROZEN


def test_a_refusal_names_what_is_missing() -> None:
    assert Reason("gaps", ("半年总结", "验收")).zh == "缺少佐证材料：半年总结、验收。"
    assert set(EDITABLE) == set(What)
    assert {way.act for way in WAYS} == set(Act)
    assert set(SENTENCES) >= {"stage", "power"}


def test_the_plan_is_fixed_once_it_runs_and_nothing_changes_when_locked() -> None:
    assert may_edit(Stage.PLAN, What.PLAN)
    assert not may_edit(Stage.RUNNING, What.PLAN)
    assert may_edit("running", What.CHANGE)
    assert not may_edit(Stage.FROZEN, What.EVIDENCE)
    assert may_edit(Stage.DRAFT, What.TEXT)
    assert not any(may_edit(stage, what) for what in What for stage in (Stage.CHECK, Stage.SIGNING, Stage.LOCKED))
    assert possible(Stage.LOCKED, ALL) == ()
    assert possible(Stage.CHECK, frozenset({Power.CHECK})) == (Act.PASS, Act.SEND_BACK)


@dataclass
class Version:
    """A version with its signatures; a digest is never used again."""

    digest: str
    signed: dict[Act, Signed] = field(default_factory=dict)


class Evaluation(RuleBasedStateMachine):
    """A project in the hands of people who try anything in any order."""

    @initialize()
    def begin(self) -> None:
        self.stage = Stage.PLAN
        self.versions: list[Version] = []
        self.text = 0
        self.locked_text: int | None = None
        self.authors: frozenset[int] = frozenset()
        self.checked_by: int | None = None

    def facts(self, actor: int, powers: frozenset[Power], whole: bool, note: str) -> Facts:
        current = self.versions[-1] if self.versions else Version("")
        seen = current.digest if whole else "something older"
        return Facts(
            actor,
            powers,
            note=note,
            indicators=1,
            weights=Decimal(100 if whole else 97),
            gaps=() if whole else ("一",),
            unscored=() if whole else ("二",),
            authors=self.authors,
            digest=current.digest,
            seen=seen,
            signed=dict(current.signed),
        )

    @rule(
        act=st.sampled_from(Act),
        actor=st.sampled_from([LI, WANG, ZHAO]),
        powers=st.one_of(st.just(ALL), st.frozensets(st.sampled_from(Power))),
        whole=st.integers(0, 4),
        note=st.sampled_from(["", "更正"]),
    )
    def tries(self, act: Act, actor: int, powers: frozenset[Power], whole: int, note: str) -> None:
        self.acts(act, actor, powers, whole, note)

    def acts(self, act: Act, actor: int, powers: frozenset[Power], whole: int, note: str) -> None:
        facts = self.facts(actor, powers, bool(whole), note)
        after = step(self.stage, act, facts)
        if isinstance(after, Refusal):
            assert after.reasons
            return
        assert self.stage is not Stage.LOCKED
        if act in {Act.FREEZE, Act.PASS}:
            self.versions.append(Version(f"{len(self.versions)}:{self.text}"))
        if act is Act.SUBMIT:
            self.authors |= {actor}
        if act is Act.PASS:
            self.checked_by = actor
        if act in SIGNING_ACTS:
            self.versions[-1].signed[act] = Signed(actor, facts.seen)
        if act in {Act.SEND_BACK, Act.THAW}:
            assert note
        if after is Stage.LOCKED:
            self.locked_text = self.text
        self.stage = after

    @rule(actor=st.sampled_from([LI, WANG, ZHAO]), times=st.integers(1, 12))
    def goes_on(self, actor: int, times: int) -> None:
        """Take the next step that leads on, as people do who mean it: else a lock is never seen."""
        onward = [way.act for way in WAYS if way.act not in {Act.REVIEW, Act.SEND_BACK, Act.THAW}]
        for turn in range(times):
            for act in onward:
                if self.stage in BY_ACT[act].before:
                    self.acts(act, (actor + turn) % 3 + 1, ALL, 1, "")
                    break
            else:
                return
            if self.stage is Stage.SIGNING:
                onward.reverse()
        event(f"came to {self.stage}")

    @precondition(lambda self: self.versions)
    @rule(what=st.sampled_from(What), actor=st.sampled_from([LI, WANG]))
    def edits(self, what: What, actor: int) -> None:
        if may_edit(self.stage, what):
            self.text += 1
            self.authors |= {actor}

    @invariant()
    def locked_means_two_people_under_one_unchanged_version(self) -> None:
        if self.stage is not Stage.LOCKED:
            return
        last = self.versions[-1]
        assert set(last.signed) == SIGNING_ACTS
        assert {one.digest for one in last.signed.values()} == {last.digest}
        assert len({one.by for one in last.signed.values()}) == 2
        assert last.digest.endswith(f":{self.text}"), "signed is what was checked"
        assert self.locked_text == self.text, "nothing is edited after the lock"
        assert self.checked_by not in self.authors

    @invariant()
    def signatures_stay_with_their_version(self) -> None:
        for version in self.versions:
            assert all(one.digest == version.digest for one in version.signed.values())


TestEvaluation = Evaluation.TestCase
TestEvaluation.settings = settings(max_examples=200, stateful_step_count=60, deadline=None)
