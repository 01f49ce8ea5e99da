"""What a contract's file needs, when it comes too late, and what stands between it and a payment. Pure.

Sources: S13 and S74 (ways to buy), S75 (a contract signed after its indicator's deadline), S80 and S81 (payment follows
hand-in and acceptance).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from yuqiao.lib.refusal import RefusalError, Sentences

#: Code -> what a person reads (Chinese, English); fields in braces are filled in.
SENTENCES: Sentences = {
    "text": ("请填写{what}（不超过{most}字）。", "Fill in {what} with at most {most} signs."),
    "supplier_taken": ("供应商“{name}”已登记。", "The supplier {name} is registered already."),
    "number_taken": ("合同编号“{number}”已登记。", "The contract number {number} is taken."),
    "procurement": ("没有采购方式“{mode}”。", "There is no way to buy called {mode}."),
    "amount": ("金额须大于零。", "The amount must be more than nothing."),
    "order": ("结束日期{last}早于开始日期{first}。", "It ends on {last}, before it begins on {first}."),
    "future": ("日期{day}尚未到来。", "The day {day} is yet to come."),
    "signed": ("合同已于{day}签订。", "The contract was signed on {day} already."),
    "papers": ("采购文件不齐，不能登记签订：{what}。", "The file is not complete: {what}."),
    "paper": ("没有文件类别“{kind}”。", "There is no paper of kind {kind}."),
    "party": ("报价单须写明报价单位和金额。", "A quote names who gave it and the amount."),
    "same_party": (
        "“{party}”已有报价单，三方比价须为不同单位。",
        "{party} has quoted already; quotes come from three.",
    ),
    "before_last": (
        "提交日期{day}早于上一版本（{last}）。",
        "Handed in on {day}, before the version of {last}.",
    ),
    "withdrawn": ("该记录已撤回。", "This was withdrawn already."),
    "reason": ("请写明理由（不超过500字）。", "Give the reason in at most 500 signs."),
}


class ContractError(RefusalError):
    """A contract cannot be so; ``str`` is the English sentence, ``zh`` the Chinese."""

    sentences = SENTENCES


#: What papers are called; the same codes as `models.PaperKind`.
PAPERS: Mapping[str, str] = {
    "quote": "报价单",
    "comparison": "比价记录",
    "direct_approval": "定向委托审批",
    "entrusting": "委托函",
    "tender_notice": "招标公告",
    "award_notice": "中标通知书",
    "contract": "合同文本",
}
#: Procurement mode -> paper -> how many, for a quote from as many parties (S13, S74).
NEEDED: Mapping[str, Mapping[str, int]] = {
    "entrusted": {"entrusting": 1, "contract": 1},
    "directed": {"direct_approval": 1, "contract": 1},
    "three_quotes": {"quote": 3, "comparison": 1, "contract": 1},
    "tender": {"tender_notice": 1, "award_notice": 1, "contract": 1},
}
#: A contract may be signed once these are there; its own text comes with the signature.
AT_SIGNING = frozenset({"contract"})


@dataclass(frozen=True, slots=True)
class Missing:
    """So many papers of a kind are there, so many are needed."""

    kind: str
    have: int
    need: int

    @property
    def zh(self) -> str:
        """Say in Chinese what is missing."""
        return f"{PAPERS[self.kind]}有{self.have}份，需{self.need}份"


def missing_papers(mode: str, papers: Iterable[tuple[str, str]]) -> list[Missing]:
    """Return what a contract's file lacks; ``papers`` are (kind, party). Quotes of one party count once."""
    have: dict[str, set[object]] = {}
    for number, (kind, party) in enumerate(papers):
        have.setdefault(kind, set()).add(party.strip() if kind == "quote" else number)
    return [
        Missing(kind, len(have.get(kind, ())), need)
        for kind, need in NEEDED[mode].items()
        if len(have.get(kind, ())) < need
    ]


class Lateness(StrEnum):
    """How a contract stands to a day by which its work is to be done (S75)."""

    LATE = "late"  # signed after it, or still unsigned when it is over
    TIGHT = "tight"  # signed, or to be signed today, with less time left than the work needs


@dataclass(frozen=True, slots=True)
class Alarm:
    """One deadline that a contract endangers; ``days`` from the signature (or today) to it, negative when past."""

    name: str
    deadline: dt.date
    lateness: Lateness
    days: int
    signed: bool

    @property
    def zh(self) -> str:
        """Say in Chinese what is wrong."""
        begun = "合同签订" if self.signed else "合同至今未签订，今天"
        if self.lateness is Lateness.LATE:
            return f"{begun}已晚于“{self.name}”的完成期限{self.deadline.isoformat()}（晚{-self.days}天）。"
        return f"{begun}距“{self.name}”的完成期限{self.deadline.isoformat()}只有{self.days}天。"


def alarms(
    signed_on: dt.date | None, deadlines: Sequence[tuple[str, dt.date]], *, today: dt.date, lead: int = 30
) -> list[Alarm]:
    """Return the deadlines that a contract endangers, the nearest first; the work needs ``lead`` days."""
    begun = signed_on or today
    found = []
    for name, deadline in sorted(deadlines, key=lambda one: (one[1], one[0])):
        days = (deadline - begun).days
        if days < 0:
            found.append(Alarm(name, deadline, Lateness.LATE, days, signed_on is not None))
        elif days < lead:
            found.append(Alarm(name, deadline, Lateness.TIGHT, days, signed_on is not None))
    return found


@dataclass(frozen=True, slots=True)
class Due:
    """A deliverable: its day, and when it was first handed in."""

    title: str
    due_on: dt.date | None
    first: dt.date | None


@dataclass(frozen=True, slots=True)
class Item:
    """An item of acceptance; the newest of a stage and name counts."""

    stage: str
    item: str
    passed: bool


def obstacles(
    mode: str,
    signed_on: dt.date | None,
    papers: Iterable[tuple[str, str]],
    deliverables: Iterable[Due],
    items: Iterable[Item],
    *,
    today: dt.date,
) -> list[str]:
    """Return in Chinese what stands between a contract and a payment: signature, papers, hand-ins, acceptance."""
    found = [] if signed_on is not None and signed_on <= today else ["合同尚未签订。"]
    found += [f"采购文件不齐：{one.zh}。" for one in missing_papers(mode, papers)]
    found += [
        f"“{one.title}”应于{one.due_on.isoformat()}提交，尚未提交。"
        for one in deliverables
        if one.due_on is not None and one.due_on <= today and one.first is None
    ]
    newest = {(one.stage, one.item): one.passed for one in items}
    found += [f"“{stage} {item}”验收不合格。" for (stage, item), passed in newest.items() if not passed]
    return found
