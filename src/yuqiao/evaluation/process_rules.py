"""How an evaluation goes from its plan to the locked, signed version, and what may still be changed on the way. Pure.

Source: 项目支出绩效评价管理办法（财预〔2020〕10号）on self-evaluation, 绩效运行监控 (the mid-year review); S3 (two
signatures), S125 (targets change only with an approval).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

HUNDRED = Decimal(100)


class Stage(StrEnum):
    """The stages in their order; the same values as `models.process.Stage`."""

    PLAN = "plan"
    RUNNING = "running"
    MID_YEAR = "mid_year"
    FROZEN = "frozen"
    DRAFT = "draft"
    CHECK = "check"
    SIGNING = "signing"
    LOCKED = "locked"


class Act(StrEnum):
    """What people do to bring an evaluation on, or back."""

    BEGIN = "begin"  # the plan stands
    REVIEW = "review"  # open a mid-year review
    REVIEWED = "reviewed"  # close it
    FREEZE = "freeze"  # keep the data as they are
    DRAFT = "draft"  # begin to write
    SUBMIT = "submit"  # hand it to the department
    PASS = "pass"  # the department has no objection  # noqa: S105 (no password)
    SEND_BACK = "send_back"  # the text is to be mended
    THAW = "thaw"  # the data are to be mended; they will be frozen anew
    SIGN_HEAD = "sign_head"  # 主管主任
    SIGN_MANAGER = "sign_manager"  # 项目部门负责人


SIGNING_ACTS = frozenset({Act.SIGN_HEAD, Act.SIGN_MANAGER})


class Power(StrEnum):
    """What somebody's roles allow."""

    PREPARE = "prepare"
    CHECK = "check"
    SIGN_HEAD = "sign_head"
    SIGN_MANAGER = "sign_manager"


class What(StrEnum):
    """What can be changed in a project."""

    PLAN = "plan"  # indicators, targets, goals, the initial budget
    CHANGE = "change"  # targets and budget, with an approval (S88, S125)
    EVIDENCE = "evidence"  # evidence, entered actuals, payments
    REVIEW = "review"  # what a mid-year review says
    TEXT = "text"  # sections, what was achieved, deviations, claims, answers to contradictions


EARLY = frozenset({Stage.PLAN, Stage.RUNNING, Stage.MID_YEAR})
#: While the department checks, the text rests too: whoever finds something to mend sends it back.
EDITABLE: Mapping[What, frozenset[Stage]] = {
    What.PLAN: frozenset({Stage.PLAN}),
    What.CHANGE: frozenset({Stage.RUNNING, Stage.MID_YEAR}),
    What.EVIDENCE: EARLY,
    What.REVIEW: frozenset({Stage.MID_YEAR}),
    What.TEXT: EARLY | {Stage.FROZEN, Stage.DRAFT},
}


def may_edit(stage: Stage | str, what: What) -> bool:
    """Tell whether ``what`` can be changed at ``stage``; nothing at all once it is locked. ValueError for no stage."""
    return Stage(stage) in EDITABLE[what]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why not: a code that does not change, and the names of what it is about."""

    code: str
    about: tuple[str, ...] = ()

    @property
    def zh(self) -> str:
        """Say in Chinese what is to be mended."""
        return SENTENCES[self.code][0].replace("{about}", "、".join(self.about))

    @property
    def en(self) -> str:
        """Say it in English."""
        return SENTENCES[self.code][1].replace("{about}", ", ".join(self.about))


#: Code -> what a person reads (Chinese, English).
SENTENCES: Mapping[str, tuple[str, str]] = {
    "stage": ("当前阶段不能进行这一步。", "This step is not taken at this stage."),
    "power": ("您没有进行这一步的权限。", "Your roles do not allow this step."),
    "note": ("请写明理由。", "Give a reason."),
    "no_indicators": ("尚未设置绩效指标。", "There are no indicators yet."),
    "weights": ("分值合计为{about}分，应为100分。", "The weights add up to {about}; they must add up to 100."),
    "unreviewed": ("年中评审尚未覆盖：{about}。", "Not reviewed at mid-year: {about}."),
    "early": (
        "年度尚未结束，提前冻结数据须写明理由。",
        "The year is not over: give a reason for freezing the data now.",
    ),
    "gaps": ("缺少佐证材料：{about}。", "Evidence is missing: {about}."),
    "unscored": ("尚未计分：{about}。", "Not scored yet: {about}."),
    "unexplained": ("偏差缺少原因或改进措施：{about}。", "Deviations without cause or remedy: {about}."),
    "contradictions": (
        "前后矛盾之处尚未更正或说明：{about}。",
        "Contradictions neither mended nor answered: {about}.",
    ),
    "figures": ("报告文字有误：{about}。", "The report's text is wrong: {about}."),
    "moved": (
        "期间有人录入了数据或文字，请重新核对后再试。",
        "Somebody entered data or words meanwhile; look again, then repeat.",
    ),
    "document": ("版本无法生成：{about}。", "The version cannot be made: {about}."),
    "own_work": ("审核人不能是起草人。", "Who wrote cannot check."),
    "no_version": ("没有可以签字的版本。", "There is no version to sign."),
    "other_version": (
        "您看到的不是当前版本，请重新查看后再签字。",
        "What you saw is not the current version; look again, then sign.",
    ),
    "seat_taken": ("这一栏已经签字。", "This place is signed already."),
    "signed_twice": ("两处签字不能是同一人。", "Two different people sign."),
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """A step that is not taken, with every reason at once."""

    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Signed:
    """Who signed, and over which digest."""

    by: int
    digest: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What the decision rests on. Names of what is missing, so that people see what to mend.

    ``weights`` is the sum of all points, None under a scheme that prints none (S112). ``authors`` wrote or handed in
    this version. ``digest`` is that of the ``version`` to be signed, ``seen`` that of the one the signer looked at;
    ``signed`` maps an act of signing to its signature under this version.
    """

    actor: int
    powers: frozenset[Power]
    note: str = ""
    indicators: int = 0
    weights: Decimal | None = None
    unreviewed: tuple[str, ...] = ()
    year_over: bool = True
    gaps: tuple[str, ...] = ()
    unscored: tuple[str, ...] = ()
    unexplained: tuple[str, ...] = ()
    contradictions: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    authors: frozenset[int] = frozenset()
    digest: str = ""
    version: int = 0
    seen: str = ""
    signed: Mapping[Act, Signed] = field(default_factory=dict)


Condition = Callable[[Facts], Reason | None]


def _named(code: str, names: Callable[[Facts], tuple[str, ...]]) -> Condition:
    def condition(facts: Facts) -> Reason | None:
        return Reason(code, names(facts)) if names(facts) else None

    return condition


def has_indicators(facts: Facts) -> Reason | None:
    """Refuse a plan without indicators."""
    return None if facts.indicators else Reason("no_indicators")


def weights_fit(facts: Facts) -> Reason | None:
    """Points add up to 100 wherever there are any (S119)."""
    return None if facts.weights in {None, HUNDRED} else Reason("weights", (f"{facts.weights}",))


def explained(facts: Facts) -> Reason | None:
    """Going back needs a reason."""
    return None if facts.note.strip() else Reason("note")


def not_early(facts: Facts) -> Reason | None:
    """Freezing before the year is over needs a reason."""
    return None if facts.year_over or facts.note.strip() else Reason("early")


def by_another(facts: Facts) -> Reason | None:
    """Nobody checks what they wrote."""
    return Reason("own_work") if facts.actor in facts.authors else None


def sees_the_version(facts: Facts) -> Reason | None:
    """A signature is given to the version that its giver looked at."""
    if not facts.digest:
        return Reason("no_version")
    return None if facts.seen == facts.digest else Reason("other_version")


def signs_once(facts: Facts) -> Reason | None:
    """Two different people sign (S3)."""
    return Reason("signed_twice") if any(one.by == facts.actor for one in facts.signed.values()) else None


reviewed = _named("unreviewed", lambda facts: facts.unreviewed)
proved = _named("gaps", lambda facts: facts.gaps)
scored = _named("unscored", lambda facts: facts.unscored)
accounted = _named("unexplained", lambda facts: facts.unexplained)
consistent = _named("contradictions", lambda facts: facts.contradictions)
bound = _named("figures", lambda facts: facts.figures)


@dataclass(frozen=True, slots=True)
class Way:
    """One act: from which stages it leads where, who may do it, and what must hold."""

    act: Act
    before: frozenset[Stage]
    after: Stage
    power: Power
    conditions: tuple[Condition, ...] = ()


def _from(*stages: Stage) -> frozenset[Stage]:
    return frozenset(stages)


WAYS: tuple[Way, ...] = (
    Way(Act.BEGIN, _from(Stage.PLAN), Stage.RUNNING, Power.PREPARE, (has_indicators, weights_fit)),
    Way(Act.REVIEW, _from(Stage.RUNNING), Stage.MID_YEAR, Power.PREPARE),
    Way(Act.REVIEWED, _from(Stage.MID_YEAR), Stage.RUNNING, Power.PREPARE, (reviewed,)),
    Way(
        Act.FREEZE,
        _from(Stage.RUNNING, Stage.MID_YEAR),
        Stage.FROZEN,
        Power.PREPARE,
        (has_indicators, weights_fit, reviewed, proved, not_early),
    ),
    Way(Act.DRAFT, _from(Stage.FROZEN), Stage.DRAFT, Power.PREPARE),
    Way(Act.SUBMIT, _from(Stage.DRAFT), Stage.CHECK, Power.PREPARE, (scored, accounted, bound, consistent)),
    Way(Act.PASS, _from(Stage.CHECK), Stage.SIGNING, Power.CHECK, (by_another, scored, accounted, bound, consistent)),
    Way(Act.SEND_BACK, _from(Stage.CHECK, Stage.SIGNING), Stage.DRAFT, Power.CHECK, (explained,)),
    Way(
        Act.THAW,
        _from(Stage.FROZEN, Stage.DRAFT, Stage.CHECK, Stage.SIGNING),
        Stage.RUNNING,
        Power.PREPARE,
        (explained,),
    ),
    Way(Act.SIGN_HEAD, _from(Stage.SIGNING), Stage.SIGNING, Power.SIGN_HEAD, (sees_the_version, signs_once)),
    Way(Act.SIGN_MANAGER, _from(Stage.SIGNING), Stage.SIGNING, Power.SIGN_MANAGER, (sees_the_version, signs_once)),
)
BY_ACT: Mapping[Act, Way] = {way.act: way for way in WAYS}


def step(stage: Stage, act: Act, facts: Facts) -> Stage | Refusal:
    """Return the stage an act leads to, or every reason why it is not done.

    The second signature over the same digest locks; nothing else does, and nothing leads away from there.
    """
    way = BY_ACT[act]
    if stage not in way.before:
        return Refusal((Reason("stage"),))
    if way.power not in facts.powers:
        return Refusal((Reason("power"),))
    found = [condition(facts) for condition in way.conditions]
    if act in facts.signed:
        found.append(Reason("seat_taken"))
    reasons = tuple(one for one in found if one is not None)
    if reasons:
        return Refusal(reasons)
    return Stage.LOCKED if act in SIGNING_ACTS and _complete(act, facts) else way.after


def _complete(act: Act, facts: Facts) -> bool:
    """Tell whether with this signature both are there, over one digest."""
    others = [facts.signed.get(one) for one in SIGNING_ACTS - {act}]
    return all(one is not None and one.digest == facts.digest for one in others)


def possible(stage: Stage, powers: frozenset[Power]) -> tuple[Act, ...]:
    """Return the acts somebody could do at a stage, in the order of the list; conditions may still refuse them."""
    return tuple(way.act for way in WAYS if stage in way.before and way.power in powers)
